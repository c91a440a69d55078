//! Base64 as in JSON Web Tokens: URL-safe, without padding.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

/// Encodes bytes.
pub(super) fn base64url(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// Decodes a text. Some programs write the padding that the standard omits.
pub(super) fn from_base64url(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}
