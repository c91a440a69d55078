//! The error type of this crate.

mod cause;
mod codes;
mod graphql;
mod json;
mod plex;
mod redact;
mod shown;
mod text;

use std::{error::Error as StdError, fmt, sync::Arc, time::Duration};

use cause::Cause;
use reqwest::{StatusCode, header::HeaderMap};

use super::operation::{Auth, Operation, Proof};

pub use codes::PlexCode;
pub(crate) use graphql::graphql_refusal;
pub use plex::PlexError;
pub(crate) use plex::parse_plex_errors;
pub(crate) use redact::{is_sensitive, redacted};
pub(crate) use shown::{media_type, shown};
pub(crate) use text::text_of;

/// The most bytes of a JSON path that are shown. Its names come from the server.
const MOST_PATH: usize = 256;

/// The error of every call. It has the size of a pointer.
///
/// Its predicates ([`Error::is_auth`], [`Error::is_timeout`], …) and accessors say what went wrong.
/// Neither `Display` nor `Debug` shows a token, a URL query, a header value or a body. The body of
/// a refusal is kept behind [`Error::body`], without its secrets.
///
/// ```no_run
/// # async fn example(client: plex_tv_sdk::Client) -> Result<(), plex_tv_sdk::Error> {
/// match client.account().await {
///     Ok(account) => println!("signed in as {}", plex_tv_sdk::printable(account.name())),
///     Err(error) if error.is_auth() => println!("sign in again"),
///     Err(error) if error.is_rate_limited() => println!("wait {:?}", error.retry_after()),
///     Err(error) => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    operation: Option<Operation>,
    status: Option<StatusCode>,
    plex_errors: Vec<PlexError>,
    retry_after: Option<Duration>,
    request_id: Option<String>,
    json_path: Option<String>,
    body: Option<String>,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

/// The kinds of [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument or a setting cannot be used. Nothing was sent, or only calls that read what the
    /// argument is about. Nothing was changed.
    InvalidInput,
    /// No user is signed in, or the sign-in is over. Nothing was sent.
    SignedOut,
    /// No connection was made: it was refused or took too long. Or the server closed it and
    /// reported that it had not processed the request. The call had no effect.
    Connect,
    /// The host has no address, or the lookup failed. Nothing was sent.
    Dns,
    /// No secure connection was made. Most likely the certificate has expired, is for another host,
    /// or is not signed by an authority that the system trusts. Nothing was sent.
    Tls,
    /// The server did not answer in time.
    Timeout,
    /// The connection broke before a reply began, or the reply was not HTTP.
    Transport,
    /// The reply broke off before its end.
    Body,
    /// plex.tv answered with an error status.
    Refused,
    /// plex.tv answered with a redirect that is not followed: it leads to another host, there were
    /// too many, or the method does not allow it.
    Redirect,
    /// The reply is neither JSON nor XML. Most likely a captive portal or a gateway sent it.
    UnexpectedContentType,
    /// The reply is larger than the limit.
    TooLarge,
    /// The reply does not match the API description.
    Decode,
    /// plex.tv answered, but has nothing that matches.
    NotFound,
    /// The PIN expired, was denied, or is unknown to plex.tv.
    PinExpired,
    /// The deadline of the wait passed before the user approved.
    Deadline,
    /// A token is not a genuine Plex JWT for this client.
    JwtInvalid,
    /// A token is a genuine Plex JWT that has expired.
    JwtExpired,
    /// Credentials could not be loaded or saved.
    Store,
    /// The server is already shared with this person.
    AlreadyShared,
    /// The server has no such library.
    UnknownLibrary,
    /// The server has several libraries with this title.
    AmbiguousLibrary,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Arc::new(Inner {
            kind,
            message: message.into(),
            operation: None,
            status: None,
            plex_errors: Vec::new(),
            retry_after: None,
            request_id: None,
            json_path: None,
            body: None,
            source: None,
        }))
    }

    pub(crate) fn invalid_input(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidInput, message)
    }

    fn with(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// Sets the operation, unless an inner call has already set one.
    pub(crate) fn with_operation(self, operation: &Operation) -> Self {
        match self.0.operation {
            Some(_) => self,
            None => self.with(|inner| inner.operation = Some(*operation)),
        }
    }

    /// Replaces the kind and the message, once more is known about the failure.
    pub(crate) fn explained(self, kind: ErrorKind, message: impl Into<String>) -> Self {
        self.with(|inner| {
            inner.kind = kind;
            inner.message = message.into();
        })
    }

    pub(crate) fn with_status(self, status: StatusCode) -> Self {
        self.with(|inner| inner.status = Some(status))
    }

    pub(crate) fn with_plex_errors(self, plex_errors: Vec<PlexError>) -> Self {
        self.with(|inner| inner.plex_errors = plex_errors)
    }

    pub(crate) fn with_retry_after(self, retry_after: Option<Duration>) -> Self {
        self.with(|inner| inner.retry_after = retry_after)
    }

    pub(crate) fn with_request_id(self, request_id: Option<String>) -> Self {
        self.with(|inner| inner.request_id = request_id)
    }

    pub(crate) fn with_json_path(self, path: Option<String>) -> Self {
        self.with(|inner| inner.json_path = path)
    }

    /// Stores the body of a reply without the secrets that were sent and anything that looks like
    /// one. They are removed from the request id and the JSON path, too.
    pub(crate) fn with_body(self, body: &[u8], headers: &HeaderMap, sent: &[String]) -> Self {
        self.with(|inner| {
            inner.body = Some(redacted(body, media_type(headers), sent));
            inner.request_id = inner.request_id.take().filter(|id| shown(id, id.len(), sent) == *id);
            if let Some(path) = &mut inner.json_path {
                let clean = shown(path, MOST_PATH, sent);
                inner.message = inner.message.replace(path.as_str(), &clean);
                *path = clean;
            }
        })
    }

    /// Drops the body and the texts of the refusal, for calls whose replies are secret.
    pub(crate) fn without_body(self) -> Self {
        self.with(|inner| {
            inner.body = None;
            inner.plex_errors.iter_mut().for_each(PlexError::drop_texts);
        })
    }

    pub(crate) fn with_source(self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.with(|inner| inner.source = Some(Arc::new(source)))
    }

    /// Creates an error for a failure before a reply began. Its URL is removed, since the query may
    /// hold a secret.
    pub(crate) fn below_http(error: reqwest::Error, host: &str) -> Self {
        let (kind, message) = match cause::of(&error) {
            Cause::Dns => (ErrorKind::Dns, format!("cannot find the address of {host}")),
            Cause::Tls => {
                (ErrorKind::Tls, format!("no secure connection to {host}: its certificate or TLS was rejected"))
            }
            Cause::Connect if error.is_timeout() => (ErrorKind::Connect, format!("no connection to {host} in time")),
            Cause::Connect => (ErrorKind::Connect, format!("cannot connect to {host}")),
            Cause::Unread => (ErrorKind::Connect, format!("{host} rejected the request without processing it")),
            Cause::Timeout => (ErrorKind::Timeout, format!("no answer from {host} in time")),
            Cause::Builder => (ErrorKind::InvalidInput, "the request cannot be built".to_owned()),
            Cause::Garbage | Cause::Break => (ErrorKind::Transport, format!("the connection to {host} broke off")),
        };
        Self::new(kind, message).with_source(error.without_url())
    }

    /// Creates an error for a failure in the middle of a reply.
    pub(crate) fn broken_body(error: reqwest::Error, host: &str) -> Self {
        let (kind, message) = match cause::of(&error) {
            Cause::Timeout => (ErrorKind::Timeout, format!("the reply from {host} stopped")),
            Cause::Garbage => (ErrorKind::Decode, format!("the reply from {host} cannot be decompressed")),
            _ => (ErrorKind::Body, format!("the reply from {host} broke off")),
        };
        Self::new(kind, message).with_source(error.without_url())
    }

    /// The kind of the error, for `match`.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The `operationId` of the call, such as `getPin`.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation.map(|operation| operation.id)
    }

    /// The credential other than the token that the call checks.
    fn proof(&self) -> Option<Proof> {
        self.0.operation.and_then(|operation| operation.proof)
    }

    /// The HTTP status, if plex.tv answered. GraphQL refuses with status 200; this is then the
    /// status that the code of the refusal corresponds to.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// plex.tv's list of errors, read from JSON or XML. It has at most 32 entries, and is empty if
    /// none could be read.
    pub fn plex_errors(&self) -> &[PlexError] {
        &self.0.plex_errors
    }

    /// The first of plex.tv's error codes, such as 1001.
    pub fn plex_code(&self) -> Option<i64> {
        self.0.plex_errors.iter().find_map(PlexError::code)
    }

    /// The meaning of the first of plex.tv's error codes.
    pub fn code(&self) -> Option<PlexCode> {
        self.plex_code().map(PlexCode::from)
    }

    /// How long plex.tv asks the client to wait, if it does.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// plex.tv's id for this request, if it sent one. Plex support can use it.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The JSON path where decoding the reply failed, such as `location.city` or
    /// `[3].clientIdentifier`.
    pub fn json_path(&self) -> Option<&str> {
        self.0.json_path.as_deref()
    }

    /// The first 8 KiB of a JSON or XML reply, with anything that is or looks like a secret
    /// replaced by `[redacted]`. Any other reply is described, as in
    /// `<12 KiB of text/html, not shown>`.
    ///
    /// It is the server's text, without control characters. It may contain names and addresses of
    /// people.
    pub fn body(&self) -> Option<&str> {
        self.0.body.as_deref()
    }

    /// Whether an argument or a setting cannot be used, or no user is signed in. Nothing was
    /// changed. [`Error::needs_sign_in`] is true for the latter.
    pub fn is_invalid_input(&self) -> bool {
        matches!(self.kind(), ErrorKind::InvalidInput | ErrorKind::SignedOut)
    }

    /// Whether no connection was made: there was no address or no answer, or the server rejected
    /// the request without processing it. For an untrusted certificate, see [`Error::is_tls`].
    pub fn is_connect(&self) -> bool {
        matches!(self.kind(), ErrorKind::Connect | ErrorKind::Dns)
    }

    /// Whether the host has no address, or the lookup failed.
    pub fn is_dns(&self) -> bool {
        self.kind() == ErrorKind::Dns
    }

    /// Whether the server could not prove its identity, or does not speak TLS.
    pub fn is_tls(&self) -> bool {
        self.kind() == ErrorKind::Tls
    }

    /// Whether the reply broke off before its end.
    pub fn is_body(&self) -> bool {
        self.kind() == ErrorKind::Body
    }

    /// Whether the reply is larger than the limit.
    pub fn is_too_large(&self) -> bool {
        self.kind() == ErrorKind::TooLarge
    }

    /// Whether the server did not answer in time.
    pub fn is_timeout(&self) -> bool {
        self.kind() == ErrorKind::Timeout
    }

    /// Whether plex.tv refused the token (401), the token is an expired JWT (498), or a sign-in was
    /// refused. [`Error::needs_sign_in`] distinguishes these.
    pub fn is_auth(&self) -> bool {
        self.status().is_some_and(|status| matches!(status.as_u16(), 401 | 498))
    }

    /// Whether the user has to sign in again, because the token, the device or its key is no longer
    /// valid.
    ///
    /// It is true for:
    ///
    /// - The client is signed out: it has no token, or another process signed out and emptied the
    ///   store. Nothing was sent.
    /// - The token is no longer valid: 401 from a call that takes the user's token, or 498 when the
    ///   client has no device key to renew the token with. A 422 with the message "Invalid token"
    ///   means the same. It has been seen after the user removed the device.
    /// - The user removed the device: code 1097.
    /// - plex.tv refused the device key (401, 422): see [`Error::is_device_jwt_rejected`].
    ///
    /// It is false for:
    ///
    /// - a wrong name or password, which is a 401 from a call that takes no token;
    /// - a second factor that is missing or wrong: codes 1028 and 1029;
    /// - a password or PIN that is missing or wrong: codes 1040, 1041, 1044 to 1046, 1062 and 1063;
    /// - an account or a network that cannot sign in this way: codes 1030 and 1031;
    /// - the account of another provider: codes 1057, 1058 and 1061;
    /// - any error that is not about the token, such as a timeout, a 403 or a 503.
    pub fn needs_sign_in(&self) -> bool {
        self.kind() == ErrorKind::SignedOut
            || self.is_device_removed()
            || self.is_device_jwt_rejected()
            || self.is_token_dead()
    }

    fn is_token_dead(&self) -> bool {
        match self.status().map(|status| status.as_u16()) {
            Some(498) => true,
            Some(401) => self.takes_token() && !self.code().is_some_and(PlexCode::is_about_a_password),
            Some(422) => self.plex_errors().iter().any(PlexError::is_of_a_dead_token),
            _ => false,
        }
    }

    fn takes_token(&self) -> bool {
        self.0.operation.is_some_and(|operation| operation.auth == Auth::Token)
    }

    /// Whether the user is known but may not do this (403).
    pub fn is_forbidden(&self) -> bool {
        self.status() == Some(StatusCode::FORBIDDEN)
    }

    /// Whether the requested item does not exist: 404, or a search that found nothing.
    pub fn is_not_found(&self) -> bool {
        self.kind() == ErrorKind::NotFound || self.status() == Some(StatusCode::NOT_FOUND)
    }

    /// Whether the caller's copy is still current (304), for calls with `if_none_match`.
    pub fn is_not_modified(&self) -> bool {
        self.status() == Some(StatusCode::NOT_MODIFIED)
    }

    /// Whether there were too many calls (429). See [`Error::retry_after`].
    pub fn is_rate_limited(&self) -> bool {
        self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether the account needs its two-factor code besides the password (code 1029).
    pub fn is_two_factor_required(&self) -> bool {
        self.code() == Some(PlexCode::VerificationCodeRequired)
    }

    /// Whether the two-factor code is wrong (code 1028).
    pub fn is_verification_code_wrong(&self) -> bool {
        self.code() == Some(PlexCode::VerificationCodeWrong)
    }

    /// Whether the PIN of a Home user is missing or wrong (code 1041).
    pub fn is_home_pin_required(&self) -> bool {
        self.code() == Some(PlexCode::PinRequired)
    }

    /// Whether the call needs a Plex Pass, which the account does not have (code 1012).
    ///
    /// The webhook calls report this with code 1043, which means "forbidden" elsewhere. For them,
    /// this is true for both codes.
    pub fn is_plex_pass_required(&self) -> bool {
        let of_operation = self.0.operation.and_then(|operation| operation.plex_pass_code);
        self.code() == Some(PlexCode::PlexPassRequired) || of_operation.is_some() && self.plex_code() == of_operation
    }

    /// Whether the user removed this device (code 1097). It needs a new client identifier and key.
    pub fn is_device_removed(&self) -> bool {
        self.code() == Some(PlexCode::DeviceRemoved)
    }

    /// Whether the account has no password and signs in by e-mail only (code 1030). A PIN sign-in
    /// works.
    pub fn is_email_sign_in_only(&self) -> bool {
        self.code() == Some(PlexCode::EmailSignInOnly)
    }

    /// Whether plex.tv refuses sign-ins from this network address for a while, after several have
    /// failed (code 1031).
    pub fn is_address_blocked(&self) -> bool {
        self.code() == Some(PlexCode::AddressBlocked)
    }

    /// Whether a Plex JWT has expired: plex.tv answered 498, or a local check found it. A client
    /// with a device key renews its token itself.
    pub fn is_token_expired(&self) -> bool {
        self.kind() == ErrorKind::JwtExpired || self.status().is_some_and(|status| status.as_u16() == 498)
    }

    /// Whether a token is not a genuine Plex JWT for this client.
    pub fn is_jwt_invalid(&self) -> bool {
        self.kind() == ErrorKind::JwtInvalid
    }

    /// Whether plex.tv refused the proof of the device key (422 or 401): the signature is wrong,
    /// the nonce is stale, or the key is unknown. If this persists, sign in again with a new key.
    pub fn is_device_jwt_rejected(&self) -> bool {
        let proves = self.proof() == Some(Proof::DeviceJwt);
        let refuses = self.status().is_some_and(|status| matches!(status.as_u16(), 401 | 422));
        proves && refuses && !self.is_device_removed()
    }

    /// Whether the device key already belongs to another client identifier (422). Make a new key.
    pub fn is_device_key_taken(&self) -> bool {
        let registers = self.proof() == Some(Proof::DeviceKey);
        let refuses = self.status() == Some(StatusCode::UNPROCESSABLE_ENTITY);
        registers && refuses && !self.is_device_removed()
    }

    /// Whether credentials could not be loaded or saved.
    pub fn is_store(&self) -> bool {
        self.kind() == ErrorKind::Store
    }

    /// Whether plex.tv no longer offers this call (410).
    pub fn is_gone(&self) -> bool {
        self.status() == Some(StatusCode::GONE)
    }

    /// Whether a redirect was not followed.
    pub fn is_redirect(&self) -> bool {
        self.kind() == ErrorKind::Redirect
    }

    /// Whether the reply does not match the API description.
    pub fn is_decode(&self) -> bool {
        self.kind() == ErrorKind::Decode
    }

    /// Whether the reply is neither JSON nor XML.
    pub fn is_unexpected_content_type(&self) -> bool {
        self.kind() == ErrorKind::UnexpectedContentType
    }

    /// Whether the PIN is gone: it expired, was denied, or is unknown to plex.tv.
    pub fn is_pin_expired(&self) -> bool {
        self.kind() == ErrorKind::PinExpired
    }

    /// Whether the deadline of a wait passed.
    pub fn is_deadline(&self) -> bool {
        self.kind() == ErrorKind::Deadline
    }

    /// Whether the server is already shared with this person. Change that share instead of making
    /// another.
    pub fn is_already_shared(&self) -> bool {
        self.kind() == ErrorKind::AlreadyShared
    }

    /// Whether the server has no such library. The message lists the titles that it has.
    pub fn is_unknown_library(&self) -> bool {
        self.kind() == ErrorKind::UnknownLibrary
    }

    /// Whether the server has several libraries with this title. The message lists their keys.
    pub fn is_ambiguous_library(&self) -> bool {
        self.kind() == ErrorKind::AmbiguousLibrary
    }

    /// Whether the call may succeed a little later: the network or the server failed, or there were
    /// too many calls.
    pub fn is_retryable(&self) -> bool {
        match self.kind() {
            ErrorKind::Connect | ErrorKind::Dns | ErrorKind::Timeout | ErrorKind::Transport | ErrorKind::Body => true,
            ErrorKind::Refused => {
                self.status().is_some_and(|status| matches!(status.as_u16(), 408 | 429) || status.is_server_error())
            }
            _ => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.operation() {
            write!(f, "{operation}: ")?;
        }
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("operation", &self.operation())
            .field("message", &self.0.message)
            .field("status", &self.0.status)
            .field("plex_errors", &self.0.plex_errors)
            .field("retry_after", &self.0.retry_after)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        let host = error.url().map_or_else(|| "the server".to_owned(), host_of);
        Self::below_http(error, &host)
    }
}

pub(crate) fn host_of(url: &reqwest::Url) -> String {
    let host = shown::shown_host(url.host_str().unwrap_or("the server"));
    url.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}"))
}

/// Returns the request id of a reply, if it is a plain word. Anything else may be an attempt to
/// forge a log.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get("x-request-id")?.to_str().ok()?;
    let is_plain = id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    is_plain.then(|| id.to_owned())
}

/// Returns the message of a refusal: the status, and the meaning of its code in our words.
/// plex.tv's own text is only in [`Error::plex_errors`], since it may repeat what was sent.
pub(crate) fn refusal(status: StatusCode, plex_errors: &[PlexError]) -> String {
    let code = plex_errors.iter().find_map(PlexError::code).map(PlexCode::from);
    let reason = match status.as_u16() {
        498 => Some("token expired"),
        _ => status.canonical_reason(),
    };
    let reason = reason.map(|reason| format!(" {reason}")).unwrap_or_default();
    let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
    format!("plex.tv answered {}{reason}{code}", status.as_u16())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_pointer_and_can_cross_threads() {
        fn assert_thread_safe<T: Send + Sync + 'static>() {}

        assert_thread_safe::<Error>();
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }

    #[test]
    fn a_refusal_says_status_code_and_meaning() {
        let errors = parse_plex_errors(br#"{"errors":[{"code":1001,"message":"User could not be authenticated"}]}"#);

        assert_eq!(
            refusal(StatusCode::UNAUTHORIZED, &errors),
            "plex.tv answered 401 Unauthorized (code 1001: the token or the password is missing, wrong or revoked)"
        );
        assert_eq!(refusal(StatusCode::BAD_GATEWAY, &[]), "plex.tv answered 502 Bad Gateway");
    }
}
