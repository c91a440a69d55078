//! Text from outside, fit to be shown.

use std::borrow::Cow;

/// The most characters of a text that a message shows.
const MAX_LENGTH: usize = 100;

/// A text of a reply as a message shows it: control characters are escaped, and the rest is cut.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    let is_fit = text.len() <= MAX_LENGTH && !text.chars().any(char::is_control);
    if is_fit {
        return Cow::Borrowed(text);
    }
    let mut shown = String::new();
    for character in text.chars().take(MAX_LENGTH) {
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    if text.chars().nth(MAX_LENGTH).is_some() {
        shown.push('…');
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped_and_long_texts_are_cut() {
        assert_eq!(shown("plain é"), "plain é");
        assert_eq!(shown("a\nb\u{1b}[2J"), "a\\nb\\u{1b}[2J");
        assert_eq!(shown(&"x".repeat(10_000)), format!("{}…", "x".repeat(100)));
    }
}
