//! Rules on prose, which ends up in rustdoc.

use super::{Report, context::Context};

/// `bare-url`, `brackets`, `todo`.
pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for node in &context.index.texts {
        let text = node.value.as_str().unwrap_or_default();
        // Every second piece is code.
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
