//! The operations that the user asked for.

use std::collections::BTreeSet;

use plex_tv_openapi::Document;

use super::source::Pair;

use plex_tv_openapi::METHODS;

/// The names of an operation. Any document can be compared, so the id may be missing, and there may
/// be many tags.
#[derive(Debug)]
struct Operation {
    id: Option<String>,
    /// Method and path, as in `GET /user`.
    address: String,
    tags: Vec<String>,
}

impl Operation {
    /// Returns its name in findings.
    fn label(&self) -> &str {
        self.id.as_ref().unwrap_or(&self.address)
    }
}

/// Returns the number of operations that either side has.
pub(super) fn count(pair: &Pair<'_>) -> usize {
    let [base, head] = [pair.base, pair.head].map(|side| side.map(operations).unwrap_or_default());
    // An operation keeps its address, or its id, or both.
    let addresses: BTreeSet<_> = head.iter().map(|operation| &operation.address).collect();
    let labels: BTreeSet<_> = head.iter().map(Operation::label).collect();
    let is_gone = |old: &&Operation| !addresses.contains(&old.address) && !labels.contains(old.label());
    head.len() + base.iter().filter(is_gone).count()
}

fn operations(document: &Document) -> Vec<Operation> {
    let paths = document.value()["paths"].as_object().into_iter().flatten();
    let all = paths
        .flat_map(|(path, item)| METHODS.iter().filter_map(move |method| Some((path, *method, item.get(method)?))));
    all.map(|(path, method, operation)| {
        let tags = operation["tags"].as_array().into_iter().flatten();
        Operation {
            id: operation["operationId"].as_str().map(str::to_owned),
            address: format!("{} {path}", method.to_ascii_uppercase()),
            tags: tags.filter_map(|tag| tag.as_str().map(str::to_owned)).collect(),
        }
    })
    .collect()
}

/// Returns the labels of the operations with one of these names or tags.
///
/// # Errors
/// When a name or tag matches no operation of either side.
pub(super) fn labels(pairs: &[Pair<'_>], names: &[String], tags: &[String]) -> Result<BTreeSet<String>, String> {
    // A label may be old or new, so an operation of one side is looked up on the other by its
    // address.
    let documents: Vec<Vec<Operation>> =
        pairs.iter().map(|pair| [pair.base, pair.head].into_iter().flatten().flat_map(operations).collect()).collect();
    let mut kept = BTreeSet::new();
    let mut keep = |is_wanted: &dyn Fn(&Operation) -> bool| {
        let mut is_found = false;
        for operations in &documents {
            let addresses: BTreeSet<_> =
                operations.iter().filter(|each| is_wanted(each)).map(|each| &each.address).collect();
            is_found |= !addresses.is_empty();
            let same = operations.iter().filter(|each| addresses.contains(&each.address));
            kept.extend(same.map(|each| each.label().to_owned()));
        }
        is_found
    };
    for name in names {
        if !keep(&|operation| operation.id.as_ref() == Some(name) || operation.address == *name) {
            return Err(format!(
                "no operation is called {name:?}; give an operationId, or method and path as in \"GET /user\""
            ));
        }
    }
    for tag in tags {
        if !keep(&|operation| operation.tags.contains(tag)) {
            return Err(format!("no operation has the tag {tag:?}"));
        }
    }
    Ok(kept)
}
