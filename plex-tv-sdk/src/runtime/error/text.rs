//! Texts of replies, read and cut.

/// A body as text, without the byte order mark; what is not UTF-8 is replaced.
pub(crate) fn text_of(body: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body))
}

/// Ends with `…` where something is left out.
pub(super) fn shortened(mut text: String, most: usize) -> String {
    if text.len() > most {
        text.truncate(cut(&text, most.saturating_sub('…'.len_utf8())).len());
        text.push('…');
    }
    text
}

/// The beginning of a text, of at most this many bytes.
pub(super) fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    &text[..end]
}
