//! Classifies the failures of the HTTP client.

use std::{error::Error as _, io};

/// The causes that are distinguished.
#[cfg_attr(target_arch = "wasm32", allow(dead_code))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    Builder,
    Dns,
    Connect,
    /// There was a connection, but the server did not process the request.
    Unread,
    Tls,
    Timeout,
    /// There was a body, but it is not compressed as announced.
    Garbage,
    Break,
}

pub(super) fn of(error: &reqwest::Error) -> Cause {
    if error.is_builder() {
        Cause::Builder
    } else if let Some(cause) = of_connecting(error) {
        cause
    } else if error.is_timeout() {
        Cause::Timeout
    } else if has_invalid_data(error) {
        Cause::Garbage
    } else {
        Cause::Break
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn of_connecting(error: &reqwest::Error) -> Option<Cause> {
    if error.is_dns() {
        Some(Cause::Dns)
    } else if error.is_connect() {
        Some(if is_tls(error) { Cause::Tls } else { Cause::Connect })
    } else if is_unread(error) {
        Some(Cause::Unread)
    } else {
        None
    }
}

/// Only HTTP/2 can report this: for one request, or when it closes the connection gracefully.
#[cfg(not(target_arch = "wasm32"))]
fn is_unread(error: &reqwest::Error) -> bool {
    let mut causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.find_map(|cause| cause.downcast_ref::<h2::Error>()).is_some_and(|error| {
        let refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
        let closing = error.is_go_away() && error.reason() == Some(h2::Reason::NO_ERROR);
        error.is_remote() && (refused || closing)
    })
}

/// A browser does not tell the page why there was no reply.
#[cfg(target_arch = "wasm32")]
fn of_connecting(_: &reqwest::Error) -> Option<Cause> {
    None
}

/// rustls reports a failed handshake as invalid data; the operating system's library has its own
/// error type.
#[cfg(not(target_arch = "wasm32"))]
fn is_tls(error: &reqwest::Error) -> bool {
    #[cfg(feature = "native-tls")]
    if std::iter::successors(error.source(), |&cause| cause.source()).any(|cause| cause.is::<native_tls::Error>()) {
        return true;
    }
    has_invalid_data(error)
}

fn has_invalid_data(error: &reqwest::Error) -> bool {
    let mut causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.any(|cause| cause.downcast_ref::<io::Error>().is_some_and(is_invalid_data))
}

/// The source of an I/O error is the source of its inner error, so a nested I/O error has to be
/// looked for.
fn is_invalid_data(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<io::Error>());
    matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput)
        || inner.is_some_and(is_invalid_data)
}
