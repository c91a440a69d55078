//! Makes text from the network safe to print.

/// Replaces control characters, line separators and characters that change the writing direction
/// with `�`.
///
/// Names of servers, users and items are chosen by strangers. Printed as they are, they can move
/// the cursor, change the colours or forge whole lines of a terminal or a log.
///
/// ```
/// use plex_tv_sdk::printable;
///
/// assert_eq!(printable("Shelf\u{1b}[2J\n"), "Shelf�[2J�");
/// assert_eq!(printable("Café 映画 🎬"), "Café 映画 🎬");
/// ```
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|character| if is_printable(character) { character } else { char::REPLACEMENT_CHARACTER })
        .collect()
}

fn is_printable(character: char) -> bool {
    let separates_lines = matches!(character, '\u{2028}' | '\u{2029}');
    let turns_direction =
        matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !character.is_control() && !separates_lines && !turns_direction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_move_the_cursor_or_change_line_or_direction_are_replaced() {
        for bad in ['\0', '\t', '\n', '\r', '\u{1b}', '\u{7f}', '\u{85}', '\u{9b}', '\u{2028}', '\u{202e}', '\u{2066}']
        {
            assert_eq!(printable(&format!("a{bad}b")), "a�b", "{bad:?}");
        }
    }
}
