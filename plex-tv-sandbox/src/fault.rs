use std::collections::{HashMap, VecDeque};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use http_body::Frame;

use crate::graphql::Refusal;
use crate::reply::{Fail, Reply};

/// A failure of one call, for [`Sandbox::next`](crate::Sandbox::next).
///
/// # Example
///
/// ```
/// use plex_tv_sandbox::Fault;
///
/// let slow_down = Fault::RateLimited { retry_after: Some(1) };
/// assert_ne!(slow_down, Fault::Hangup);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Answers with this status and the error body that plex.tv sends with it. 498 and 2xx have no
    /// body.
    Status(u16),
    /// Answers with this status and an error body with this code of plex.tv, such as `401` and
    /// `1031` for a blocked address.
    Code {
        /// The status of the answer.
        status: u16,
        /// `errors[0].code` in its body.
        code: u16,
    },
    /// Answers 429 with code 1003. plex.tv was not seen to send `Retry-After`; gateways do. A
    /// client that retries, as `plex-tv-sdk` does, hides a single fault: script three, or turn its
    /// retries off.
    RateLimited {
        /// Seconds for the `Retry-After` header, which is left out when `None`.
        retry_after: Option<u64>,
    },
    /// Answers 200 with a GraphQL error that has this code, such as `RATE_LIMITED`. Only useful for
    /// `graphQl`.
    GraphQl {
        /// `errors[0].extensions.code` in the body.
        code: String,
    },
    /// Answers 502 with the HTML page of a gateway.
    Html,
    /// Answers 200 with a JSON content type and a body that stops in the middle.
    Garbage,
    /// Answers 200 with a JSON content type and no body.
    EmptyBody,
    /// Waits this long (by tokio's clock), then applies the next scripted fault or answers as
    /// usual.
    Delay(Duration),
    /// Closes the connection without an answer.
    Hangup,
}

/// What a fault leads to: an answer, or a delay before the next step.
pub(crate) enum Outcome {
    Answer(Response),
    Wait(Duration),
}

impl Fault {
    pub(crate) fn outcome(self) -> Outcome {
        Outcome::Answer(match self {
            Self::Delay(duration) => return Outcome::Wait(duration),
            Self::Status(status) => status_response(status),
            Self::Code { status, code } => Fail::scripted(possible(status), code).into_response(),
            Self::RateLimited { retry_after } => rate_limited(retry_after),
            Self::GraphQl { code } => {
                let refusal = Refusal::new(code, "This failure was scripted").to_value();
                Reply::json(refusal).into_response()
            }
            Self::Html => (StatusCode::BAD_GATEWAY, Html(GATEWAY_PAGE)).into_response(),
            Self::Garbage => ([JSON], r#"{"id":123,"authTok"#).into_response(),
            Self::EmptyBody => ([JSON], "").into_response(),
            Self::Hangup => hangup(),
        })
    }
}

const GATEWAY_PAGE: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
    <center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n";

const JSON: (header::HeaderName, &str) = (header::CONTENT_TYPE, "application/json; charset=utf-8");

fn status_response(status: u16) -> Response {
    let status = possible(status);
    let is_failure = status.is_client_error() || status.is_server_error();
    if is_failure { Fail::of_status(status).into_response() } else { status.into_response() }
}

fn possible(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn rate_limited(retry_after: Option<u64>) -> Response {
    let mut response = Fail::RATE_LIMITED.into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Marks an answer that is never sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HungUp;

/// A body that fails before its first byte: the connection is closed before even the head is
/// written.
struct BrokenBody;

impl HttpBody for BrokenBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Poll::Ready(Some(Err(io::Error::from(io::ErrorKind::ConnectionAborted))))
    }
}

fn hangup() -> Response {
    let mut response = Response::new(Body::new(BrokenBody));
    response.extensions_mut().insert(HungUp);
    response
}

/// The scripted faults, by operation.
#[derive(Debug, Default)]
pub(crate) struct Script {
    /// First in, first out.
    once: HashMap<&'static str, VecDeque<Fault>>,
    always: HashMap<&'static str, Fault>,
}

impl Script {
    pub(crate) fn push(&mut self, operation: &'static str, fault: Fault) {
        self.once.entry(operation).or_default().push_back(fault);
    }

    pub(crate) fn always(&mut self, operation: &'static str, fault: Option<Fault>) {
        match fault {
            Some(fault) => self.always.insert(operation, fault),
            None => self.always.remove(operation),
        };
    }

    pub(crate) fn pop(&mut self, operation: &str) -> Option<Fault> {
        self.once.get_mut(operation)?.pop_front()
    }

    pub(crate) fn lasting(&self, operation: &str) -> Option<Fault> {
        self.always.get(operation).cloned()
    }
}
