//! Decodes and shortens texts of replies.

/// Returns a body as text, without a byte order mark. Invalid UTF-8 is replaced.
pub(crate) fn text_of(body: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body))
}

/// Shortens a text to at most `most` bytes. A shortened text ends with `…`.
pub(super) fn shortened(mut text: String, most: usize) -> String {
    if text.len() > most {
        text.truncate(cut(&text, most.saturating_sub('…'.len_utf8())).len());
        text.push('…');
    }
    text
}

/// Returns the beginning of a text, at most `most` bytes long.
pub(super) fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    &text[..end]
}
