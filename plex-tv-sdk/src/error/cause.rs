//! What a failure of the HTTP client was about.

use std::{error::Error as _, io};

/// The causes that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    Builder,
    Dns,
    Connect,
    Tls,
    Timeout,
    /// There was a body, but not the compressed one that was announced.
    Garbage,
    Break,
}

pub(super) fn of(error: &reqwest::Error) -> Cause {
    if error.is_builder() {
        Cause::Builder
    } else if error.is_dns() {
        Cause::Dns
    } else if error.is_connect() {
        if is_tls(error) { Cause::Tls } else { Cause::Connect }
    } else if error.is_timeout() {
        Cause::Timeout
    } else if has_invalid_data(error) {
        Cause::Garbage
    } else {
        Cause::Break
    }
}

/// rustls tells of a handshake that failed as of invalid data.
fn is_tls(error: &reqwest::Error) -> bool {
    has_invalid_data(error)
}

fn has_invalid_data(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.downcast_ref::<io::Error>().is_some_and(is_invalid_data) {
            return true;
        }
        source = cause.source();
    }
    false
}

/// An I/O error gives the source of what it holds as its own, so that one in another has to be looked for.
fn is_invalid_data(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<io::Error>());
    matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)
        || inner.is_some_and(is_invalid_data)
}
