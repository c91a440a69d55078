//! Rules on prose, which ends up in rustdoc.

use super::{Report, context::Context};

/// `bare-url`, `brackets`, `todo`, `full-stop`, `markup`.
pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for node in &context.index.texts {
        let text = node.value.as_str().unwrap_or_default();
        if node.pointer.ends_with("/description") && !text.trim_end().ends_with(['.', '!', '?']) && !text.is_empty() {
            report.add("full-stop", &node.pointer, "the description does not end like a sentence", "add a full stop");
        }
        markup(report, &node.pointer, text);
        // Every second piece is code in backticks.
        for prose in text.split('`').step_by(2) {
            for scheme in ["http://", "https://"] {
                for (at, _) in prose.match_indices(scheme).filter(|(at, _)| !prose[..*at].ends_with('<')) {
                    let url = prose[at..].split_whitespace().next().unwrap_or_default();
                    let what = format!("the address {url} is neither in <> nor in backticks");
                    report.add("bare-url", &node.pointer, what, "write <address>, or `address` if it is a pattern");
                }
            }
            if prose.contains(['[', ']']) {
                let what = "there are square brackets outside backticks";
                report.add("brackets", &node.pointer, what, "put the code in backticks, or use round brackets");
            }
        }
        for word in ["TODO", "FIXME"].into_iter().filter(|word| text.contains(word)) {
            report.add("todo", &node.pointer, format!("`{word}` is left in the text"), "do it, or open an issue");
        }
    }
}

/// `markup`: code blocks and HTML tags.
fn markup(report: &mut Report<'_>, pointer: &str, text: &str) {
    let mut is_after_blank = true;
    for line in text.lines() {
        let inner = line.trim_start();
        let is_fence = inner.starts_with("```") || inner.starts_with("~~~");
        let is_indented = is_after_blank && !inner.is_empty() && (line.starts_with("    ") || line.starts_with('\t'));
        if is_fence || is_indented {
            let what = "there is a code block, which rustdoc takes for a test";
            report.add("markup", pointer, what, "put short code in single backticks, and leave out longer code");
            break;
        }
        is_after_blank = inner.is_empty();
    }
    for prose in text.split('`').step_by(2) {
        let tag = prose.match_indices('<').find_map(|(at, _)| {
            let rest = prose.get(at + 1..)?;
            let is_tag = rest.starts_with(|first: char| first.is_ascii_alphabetic() || "/!?".contains(first));
            let word = rest.split(['>', ' ', '\n']).next().unwrap_or_default();
            // An address in angle brackets is a link.
            (is_tag && !word.starts_with("http://") && !word.starts_with("https://")).then(|| word.to_owned())
        });
        if let Some(word) = tag {
            let what = format!("`<{word}` is an HTML tag");
            report.add("markup", pointer, what, "put it in backticks, or rephrase the text");
        }
    }
}
