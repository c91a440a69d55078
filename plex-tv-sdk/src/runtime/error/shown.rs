//! Makes text from the network safe for messages.

use reqwest::header::{CONTENT_TYPE, HeaderMap};

use super::{redact::Redaction, text::shortened};
use crate::runtime::printable::printable;

/// Returns a text from the network as messages may show it: without the secrets that were sent and
/// anything that looks like a token, without control characters, and at most `most` bytes long.
pub(crate) fn shown(text: &str, most: usize, sent: &[String]) -> String {
    shortened(Redaction::new(sent).of_text(text), most)
}

/// Returns a host as messages may show it. Host names are shorter than 256 bytes, but a URL may
/// hold longer ones.
pub(super) fn shown_host(host: &str) -> String {
    shortened(printable(host), 256)
}

/// Returns the content type of a reply, if it is a common one. Others are not shown, because a
/// server can put any text there.
pub(crate) fn media_type(headers: &HeaderMap) -> &'static str {
    const USUAL: [&str; 19] = [
        "application/javascript",
        "application/json",
        "application/octet-stream",
        "application/pdf",
        "application/problem+json",
        "application/x-www-form-urlencoded",
        "application/xhtml+xml",
        "application/xml",
        "audio/mpeg",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/svg+xml",
        "text/css",
        "text/html",
        "text/javascript",
        "text/json",
        "text/plain",
        "text/xml",
    ];
    let Some(value) = headers.get(CONTENT_TYPE) else { return "no content type" };
    let named = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    USUAL.into_iter().find(|usual| usual.eq_ignore_ascii_case(named)).unwrap_or("an unknown content type")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_text_has_no_secrets_no_control_characters_and_a_limit() {
        let sent = ["s3cr/et".to_owned()];

        assert_eq!(shown("rows[1].name", 99, &sent), "rows[1].name");
        assert_eq!(shown("rows.s3cr/et.x", 99, &sent), "rows.[redacted].x");
        assert_eq!(shown("rows.\u{1b}[2J\u{202e}", 99, &sent), "rows.�[2J�");
        assert_eq!(shown("rows.1a2b3c4d5e6f7g8h9i0j", 99, &[]), "rows.[redacted]");
        assert_eq!(shown("ééééé", 9, &[]), "ééé…");
        assert_eq!(shown("ééééé", 10, &[]), "ééééé");
        assert!(shown(&"a b ".repeat(60_000), 80, &[]).len() <= 80);
    }

    #[test]
    fn only_usual_content_types_are_named() {
        for (value, wanted) in [
            ("Text/HTML; charset=utf-8", "text/html"),
            ("text/CANARY", "an unknown content type"),
            ("application/json/CANARY", "an unknown content type"),
            ("", "an unknown content type"),
            (&"x".repeat(60_000), "an unknown content type"),
        ] {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, value.parse().unwrap())]);

            assert_eq!(media_type(&headers), wanted);
        }
        assert_eq!(media_type(&HeaderMap::new()), "no content type");
    }
}
