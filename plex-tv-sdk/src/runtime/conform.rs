//! Reads recorded replies with the generated types, for `cargo xtask conform` and similar tools.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};
use serde::Serialize;
use serde_json::Value;

use super::{
    error::{Error, PlexError, parse_plex_errors, redacted},
    transport,
    wire::{Reading, Slot},
};

/// A body that was decoded and encoded again. Anything that it lacks was lost by the types.
#[derive(Clone, PartialEq)]
pub struct Reread {
    value: Value,
    debug: String,
}

impl Reread {
    fn new<T: std::fmt::Debug + Serialize>(decoded: &T) -> Result<Self, Error> {
        let value =
            serde_json::to_value(decoded).map_err(|_| Error::invalid_input("the decoded value cannot be encoded"))?;
        Ok(Self { value, debug: format!("{decoded:?}") })
    }

    /// The value as encoded again, with its secrets in plain text.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The decoded value as `Debug` shows it.
    pub fn shown(&self) -> &str {
        &self.debug
    }
}

impl std::fmt::Debug for Reread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.debug)
    }
}

/// Returns the error list of a recorded refusal, which may have any of plex.tv's forms.
pub fn reread_error(body: &[u8]) -> Vec<PlexError> {
    parse_plex_errors(body)
}

/// Returns an XML body as the JSON that it is decoded from. Attributes and children are members,
/// and `$text` is the text next to them.
///
/// # Errors
/// When the body is neither XML nor JSON.
pub fn xml_as_json(body: &[u8]) -> Result<Value, Error> {
    transport::xml_to_value(body, "", usize::MAX)
}

/// Returns how long a recorded `Retry-After` asks to wait, given the `Date` of the same reply.
pub fn reread_retry_after(retry_after: &[u8], date: &[u8]) -> Option<Duration> {
    let value = |bytes| HeaderValue::from_bytes(bytes).ok();
    let mut headers = HeaderMap::new();
    headers.insert(RETRY_AFTER, value(retry_after)?);
    headers.extend(value(date).map(|date| (DATE, date)));
    transport::retry_after(&headers, || Timestamp::UNIX_EPOCH)
}

/// Returns what an error keeps of a body if these secrets were sent.
pub fn redacted_body(body: &[u8], secrets: &[String]) -> String {
    redacted(body, "no content type", secrets)
}

/// Reads a recorded JSON reply or request.
pub(crate) fn json<T: Slot + Serialize + std::fmt::Debug>(body: &[u8], strict_rows: bool) -> Result<Reread, Error> {
    let mut value = T::begin();
    transport::read_json(&mut value, body, reading(body, strict_rows), &HeaderMap::new())?;
    Reread::new(&value)
}

/// Reads a recorded XML reply.
pub(crate) fn xml<T: Slot + Serialize + std::fmt::Debug>(
    body: &[u8],
    root: &str,
    strict_rows: bool,
) -> Result<Reread, Error> {
    let mut value = T::begin();
    transport::read_xml(&mut value, body, root, reading(body, strict_rows))?;
    Reread::new(&value)
}

fn reading(body: &[u8], strict_rows: bool) -> Reading {
    Reading { strict_rows, body_limit: body.len().max(16 * 1024 * 1024) }
}
