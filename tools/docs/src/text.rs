//! Pieces of text in the two forms that the site has: HTML and Markdown.
//!
//! In HTML, `@/` at the beginning of an address stands for the root of the site.

use serde::Serialize;

/// A text in both forms.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Text {
    pub(crate) html: String,
    pub(crate) markdown: String,
}

/// A piece of a line, which may lead somewhere.
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

/// Text of an example: plain, and with its parts marked for colours.
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

    /// Adds a part; `class` is empty where it has no colour of its own.
    pub(crate) fn push(&mut self, class: &str, text: &str) {
        self.text.push_str(text);
        if class.is_empty() {
            self.html.push_str(&escaped(text));
        } else {
            self.html.push_str(&format!("<span class=\"{class}\">{}</span>", escaped(text)));
        }
    }
}

/// The text with what means something in HTML escaped.
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

/// Code that may be broken where a person would break it: behind marks, and before capitals.
pub(crate) fn breakable(text: &str) -> String {
    let mut out = String::new();
    let mut last = ' ';
    for character in text.chars() {
        if "_.(<".contains(last) || last == ':' && character != ':' || last.is_lowercase() && character.is_uppercase() {
            out.push_str("<wbr>");
        }
        out.push_str(&escaped(character.encode_utf8(&mut [0; 4])));
        last = character;
    }
    out
}

/// A name for the part of an address behind `#`: letters, digits, `-`, `_` and `.`.
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
    fn anchors_hold_what_needs_no_escape() {
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
    fn code_breaks_behind_marks_and_before_capitals() {
        for (code, wanted) in [
            ("publicAddress", "public<wbr>Address"),
            ("Option<i64>", "Option&lt;<wbr>i64&gt;"),
            ("pin_id: i64", "pin_<wbr>id:<wbr> i64"),
            ("a::b", "a::<wbr>b"),
        ] {
            assert_eq!(breakable(code), wanted);
        }
    }

    #[test]
    fn code_keeps_its_text_whatever_is_marked() {
        let mut code = Code::default();
        code.push("", "a < ");
        code.push("s", "\"b\"");

        assert_eq!(code.text, "a < \"b\"");
        assert_eq!(code.html, "a &lt; <span class=\"s\">&quot;b&quot;</span>");
    }
}
