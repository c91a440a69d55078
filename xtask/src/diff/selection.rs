//! The operations that a reader asked for.

use std::collections::BTreeSet;

use plex_tv_openapi::Document;

use super::source::Pair;

use plex_tv_openapi::METHODS;

/// What an operation may be called by. Any document can be compared, so an id is not certain, and
/// tags may be many.
#[derive(Debug)]
struct Operation {
    id: Option<String>,
    /// As in `GET /user`.
    address: String,
    tags: Vec<String>,
}

impl Operation {
    /// What findings call it.
    fn label(&self) -> &str {
        self.id.as_ref().unwrap_or(&self.address)
    }
}

/// The operations of either side.
pub(super) fn count(pair: &Pair<'_>) -> usize {
    let operations: Vec<_> = [pair.base, pair.head].into_iter().flatten().flat_map(operations).collect();
    operations.iter().map(Operation::label).collect::<BTreeSet<_>>().len()
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

/// The labels of the operations that are named, or have a tag that is named.
///
/// # Errors
/// When a name or tag fits no operation of either side.
pub(super) fn labels(pairs: &[Pair<'_>], names: &[String], tags: &[String]) -> Result<BTreeSet<String>, String> {
    // A label may be old or new, so what one side finds is looked up by its address on the other.
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
