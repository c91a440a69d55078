//! Pieces of text in the two formats of the site: HTML and Markdown.
//!
//! In HTML, `@/` at the beginning of an address is the root of the site.

use serde::Serialize;

/// A text in both formats.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Text {
    pub(crate) html: String,
    pub(crate) markdown: String,
}

/// A piece of a line, which may be a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) href: Option<String>,
}

impl Piece {
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), href: None }
    }

    pub(crate) fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { text: text.into(), href: Some(href.into()) }
    }
}

/// The text of an example: plain, and as HTML with highlighted parts.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Code {
    pub(crate) language: &'static str,
    pub(crate) text: String,
    pub(crate) html: String,
}

impl Code {
    pub(crate) fn plain(language: &'static str, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { language, html: escaped(&text), text }
    }

    /// Adds a part; `class` is empty if it is not highlighted.
    pub(crate) fn push(&mut self, class: &str, text: &str) {
        self.text.push_str(text);
        if class.is_empty() {
            self.html.push_str(&escaped(text));
        } else {
            self.html.push_str(&format!("<span class=\"{class}\">{}</span>", escaped(text)));
        }
    }
}

/// Escapes characters that are special in HTML.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Allows line breaks in code where a person would break it: after punctuation, and before
/// capitals.
pub(crate) fn breakable(text: &str) -> String {
    let mut out = String::new();
    let mut last = ' ';
    for character in text.chars() {
        let is_empty_call = (last, character) == ('(', ')');
        let is_break = "_.(</".contains(last) || last == ':' && character != ':';
        if is_break && !is_empty_call || last.is_lowercase() && character.is_uppercase() {
            out.push_str("<wbr>");
        }
        out.push_str(&escaped(character.encode_utf8(&mut [0; 4])));
        last = character;
    }
    out
}

/// Turns a name into a fragment for an address, of letters, digits, `-`, `_` and `.`.
pub(crate) fn anchor(name: &str) -> String {
    let mut anchor = String::new();
    for character in name.chars() {
        match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '.' => anchor.push(character),
            _ if anchor.ends_with('-') || anchor.is_empty() => {}
            _ => anchor.push('-'),
        }
    }
    anchor.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_need_no_escapes() {
        for (name, wanted) in [
            ("reply.urls[]", "reply.urls"),
            ("A first program", "A-first-program"),
            ("$text", "text"),
            ("a / b", "a-b"),
        ] {
            assert_eq!(anchor(name), wanted);
        }
    }

    #[test]
    fn code_breaks_after_punctuation_and_before_capitals() {
        for (code, wanted) in [
            ("publicAddress", "public<wbr>Address"),
            ("Option<i64>", "Option&lt;<wbr>i64&gt;"),
            ("pin_id: i64", "pin_<wbr>id:<wbr> i64"),
            ("a::b", "a::<wbr>b"),
            ("a().b(…)", "a().<wbr>b(<wbr>…)"),
            ("/pins/{id}", "/<wbr>pins/<wbr>{id}"),
        ] {
            assert_eq!(breakable(code), wanted);
        }
    }

    #[test]
    fn highlighting_does_not_change_the_text() {
        let mut code = Code::default();
        code.push("", "a < ");
        code.push("s", "\"b\"");

        assert_eq!(code.text, "a < \"b\"");
        assert_eq!(code.html, "a &lt; <span class=\"s\">&quot;b&quot;</span>");
    }
}
