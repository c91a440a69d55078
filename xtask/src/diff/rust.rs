//! The effect on the Rust API. The code of both sides is generated in memory and compared as lists
//! of items.

use std::{collections::BTreeMap, panic, path::Path, thread};

use plex_tv_codegen::{Layout, generate_unlinted};
use plex_tv_diff::{CodeSize, Finding, Module, RustReport};
use plex_tv_openapi::{Document, Problem};
use similar::{Algorithm, ChangeTag, TextDiff};

use super::{items::items, source::Pair};

/// Returns the items that changed, each with the finding that changed it.
pub(super) fn effect(pairs: &[Pair<'_>], findings: &mut [Finding]) -> RustReport {
    let mut modules = Vec::new();
    let mut unavailable = Vec::new();
    let mut sizes = Vec::new();
    let changed: Vec<_> =
        pairs.iter().filter(|pair| pair.base.map(Document::value) != pair.head.map(Document::value)).collect();
    // In parallel: while one is formatted, the next is generated.
    let made: Vec<_> = thread::scope(|scope| {
        let running: Vec<_> = changed
            .iter()
            .map(|pair| [pair.base, pair.head].map(|document| scope.spawn(move || document.map(code).transpose())))
            .collect();
        running
            .into_iter()
            .map(|sides| sides.map(|side| side.join().unwrap_or_else(|why| panic::resume_unwind(why))))
            .collect()
    });
    for (pair, [base, head]) in changed.into_iter().zip(made) {
        let Some(document) = pair.head.or(pair.base) else { continue };
        match (base, head) {
            (Ok(base), Ok(head)) => {
                let (base, head) = (base.unwrap_or_default(), head.unwrap_or_default());
                sizes.extend(size(document, &base.text, &head.text));
                modules.push(Module { name: document.module(), base: base.items, head: head.items });
            }
            (base, head) => {
                let sides = [("old", base.err()), ("new", head.err())];
                unavailable.extend(sides.into_iter().filter_map(|(side, problems)| Some(cannot(side, &problems?))));
            }
        }
    }
    let mut report = RustReport::new(&modules);
    report.unavailable = unavailable;
    report.code = sizes;
    let documents = || pairs.iter().flat_map(|pair| [pair.head, pair.base]).flatten();
    let module_of = |file: &Path| documents().find(|document| document.path() == file).map(Document::module);
    report.attribute(findings, |file| module_of(file).unwrap_or_default());
    report
}

/// The generated code of one side.
#[derive(Debug, Default)]
struct Code {
    text: String,
    items: BTreeMap<String, String>,
}

fn code(document: &Document) -> Result<Code, Vec<Problem>> {
    let text = generate_unlinted(document, Layout::Rustfmt)?;
    let file = syn::parse_file(&text).map_err(|why| {
        let mend = "this is a bug in plex-tv-codegen: please report it";
        vec![Problem::new(document.path(), "recipe", format!("the generated code does not parse: {why}"), mend)]
    })?;
    let items = items(&file);
    Ok(Code { text, items })
}

/// Returns why a side gives no code: the first problem, and the number of other problems.
fn cannot(side: &str, problems: &[Problem]) -> String {
    let first = problems.first().map(|problem| {
        let line = problem.line().map(|line| format!(":{line}")).unwrap_or_default();
        format!("{}{line}: {}: {}", problem.file().display(), problem.rule(), problem.message())
    });
    let more = match problems.len() {
        0 | 1 => String::new(),
        all => format!(" (and {} more; see cargo xtask lint)", all - 1),
    };
    format!("no code can be generated from the {side} description: {}{more}", first.unwrap_or_default())
}

fn size(document: &Document, base: &str, head: &str) -> Option<CodeSize> {
    // The first line has the hash of the description and always changes.
    let without_header = |text: &'_ str| text.split_once('\n').map_or(String::new(), |(_, rest)| rest.to_owned());
    let (base, head) = (without_header(base), without_header(head));
    if base == head {
        return None;
    }
    let diff = TextDiff::configure().algorithm(Algorithm::Patience).diff_lines(&base, &head);
    let (mut added, mut removed) = (0, 0);
    for change in diff.iter_all_changes() {
        match change.tag() {
            ChangeTag::Insert => added += 1,
            ChangeTag::Delete => removed += 1,
            ChangeTag::Equal => {}
        }
    }
    Some(CodeSize { file: format!("{}.rs", document.module()), added, removed, lines: head.lines().count() })
}
