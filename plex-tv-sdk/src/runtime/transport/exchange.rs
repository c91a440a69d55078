//! One call with all its attempts. Requests are sent, limited and retried here and nowhere else.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
    task::Poll,
    time::Duration,
};

use bytes::Bytes;
use futures_util::{FutureExt as _, TryFutureExt as _};
use jiff::Timestamp;
use reqwest::{Request, Response, StatusCode, Url, header::HeaderMap};

use super::{
    body::read,
    redirect,
    retry::next_step,
    retry_after::retry_after,
    sent,
    settings::{Settings, Transport},
    sign,
    trace::Span,
};
use crate::runtime::{
    clock::{BoxFuture, MaybeSend},
    error::{Error, ErrorKind, host_of, parse_plex_errors, refusal, request_id},
    operation::{Auth, Operation},
    secret::Token,
    wire::Reading,
};

/// A request that is ready to be sent.
pub(super) struct Exchange {
    transport: Transport,
    operation: Operation,
    /// Each attempt signs and sends a copy.
    request: Request,
}

/// What a call converts a successful response to.
pub(super) trait FromResponse: Sized {
    fn from_response(response: Response, limit: usize) -> impl Future<Output = Result<Self, Error>> + MaybeSend;

    fn head(&self) -> (StatusCode, &HeaderMap);
}

/// The body is returned as a stream. Time limits and retries do not cover it.
impl FromResponse for Response {
    async fn from_response(response: Response, _: usize) -> Result<Self, Error> {
        Ok(response)
    }

    fn head(&self) -> (StatusCode, &HeaderMap) {
        (self.status(), self.headers())
    }
}

/// A successful reply with its whole body.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl FromResponse for Reply {
    fn from_response(mut response: Response, limit: usize) -> impl Future<Output = Result<Self, Error>> + MaybeSend {
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        read(response, limit).map(move |body| Ok(Self { status, headers, body: body? }))
    }

    fn head(&self) -> (StatusCode, &HeaderMap) {
        (self.status, &self.headers)
    }
}

impl Exchange {
    pub(super) fn new(transport: Transport, operation: Operation, request: Request) -> Self {
        Self { transport, operation, request }
    }

    pub(super) fn operation(&self) -> &Operation {
        &self.operation
    }

    #[cfg(test)]
    pub(super) fn url(&self) -> &Url {
        self.request.url()
    }

    /// Returns how a success is read.
    pub(super) fn reading(&self) -> Reading {
        let limits = &self.settings().limits;
        Reading { strict_rows: limits.strict_rows, body_limit: limits.body }
    }

    fn settings(&self) -> &Settings {
        &self.transport.settings
    }

    /// The secrets of the request, which are hidden if the reply repeats them.
    pub(super) fn secrets(&self, token: Option<&Token>) -> Vec<String> {
        sent::secrets(&self.request, self.operation.path, token)
    }

    /// Sends the request until it succeeds or its failure is final. Also returns the token of the
    /// last attempt.
    ///
    /// The future is boxed because it is large: the futures of the calls around it would copy it
    /// again and again, and hold a copy of its code each.
    pub(super) fn run<T: FromResponse + MaybeSend>(&self) -> BoxFuture<'_, Result<(T, Option<Token>), Error>> {
        Box::pin(async {
            let span = Span::new(&self.operation, &*self.settings().clock);
            let outcome = span.around(self.attempts::<T>(&span)).await;
            match &outcome {
                Ok((success, _)) => span.succeeded(success.head()),
                Err(error) => span.failed(error),
            }
            outcome.map_err(|error| error.with_operation(&self.operation))
        })
    }

    async fn attempts<T: FromResponse>(&self, span: &Span<'_>) -> Result<(T, Option<Token>), Error> {
        let parts = self.settings();
        let (limits, clock) = (&parts.limits, &*parts.clock);
        let started = limits.overall.map(|overall| (overall, clock.now()));
        // A clock that goes back, although it must not, does not extend the limit.
        let left = || {
            started
                .map_or(Duration::MAX, |(overall, started)| overall.saturating_sub(clock.now().saturating_sub(started)))
        };
        let mut token = self.in_time(left(), self.fresh_token()).await?;
        let mut renewed = false;
        let mut attempt = 1;
        loop {
            span.attempt(attempt);
            let failure = match self.attempt(token.as_ref(), left()).await {
                Ok(success) => {
                    parts.shared.refund(self.request.url());
                    return Ok((success, token));
                }
                Err(failure) => failure,
            };
            if !renewed
                && failure.status().is_some_and(|status| status.as_u16() == 498)
                && let Some(renewer) = &parts.renewer
                && let Some(expired) = &token
            {
                // The server did nothing, so any call may be retried, once and at no cost.
                renewed = true;
                let new = self.in_time(left(), renewer.renewed(expired)).await?;
                if new.is_none() {
                    return Err(failure);
                }
                token = new;
                continue;
            }
            let step = next_step(&limits.retry, self.operation.safe_to_retry, attempt, &failure, clock.random());
            let Some(step) = step.filter(|step| step.pause < left()) else { return Err(failure) };
            if !parts.shared.spend(self.request.url(), step.cost) {
                return Err(failure);
            }
            span.retrying(&failure, step.pause);
            clock.sleep(step.pause).await;
            attempt += 1;
            token = self.in_time(left(), self.fresh_token()).await?;
        }
    }

    /// Does some work of the call within the rest of its overall time limit.
    async fn in_time<T>(&self, left: Duration, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        match left {
            Duration::MAX => return work.await,
            Duration::ZERO => return Err(self.overdue()),
            _ => {}
        }
        let mut limit = self.settings().clock.timer(left);
        within(&mut limit, pin!(work)).await.unwrap_or_else(|| Err(self.overdue()))
    }

    fn overdue(&self) -> Error {
        Error::new(ErrorKind::Timeout, format!("no answer from {} in time", host_of(self.request.url())))
    }

    /// Returns the token for the next attempt, if the operation needs one.
    async fn fresh_token(&self) -> Result<Option<Token>, Error> {
        let parts = self.settings();
        match &parts.renewer {
            _ if self.operation.auth != Auth::Token => Ok(None),
            Some(renewer) => renewer.fresh().await,
            None => Ok(parts.token.clone()),
        }
    }

    /// Sends the request once and reads the reply, within the time limit of an attempt and the rest
    /// of the overall limit.
    async fn attempt<T: FromResponse>(&self, token: Option<&Token>, left: Duration) -> Result<T, Error> {
        let parts = self.settings();
        let slot = parts.shared.next_slot(self.request.url(), &*parts.clock, parts.limits.spacing, left);
        let slot = slot.ok_or_else(|| self.overdue())?;
        if !slot.pause.is_zero() {
            parts.clock.sleep(slot.pause).await;
        }
        let time = parts.limits.timeout.min(left.saturating_sub(slot.pause));
        // A fast reply could arrive before a timer of zero length ends.
        if time.is_zero() {
            return Err(self.overdue());
        }
        let mut limit = parts.clock.timer(time);
        slot.used();
        let sent = within(&mut limit, pin!(self.send(token))).await;
        let mut response = sent.unwrap_or_else(|| Err(self.overdue()))?;
        let status = response.status();
        if redirect::is_redirect(status) {
            return Err(not_followed(&response));
        }
        if status.is_success() {
            let success = within(&mut limit, pin!(T::from_response(response, parts.limits.body))).await;
            return success.unwrap_or_else(|| Err(self.overdue()));
        }
        let headers = std::mem::take(response.headers_mut());
        // The status says that it is a refusal, even if the body cannot be read.
        let body = within(&mut limit, pin!(read(response, parts.limits.body))).await;
        Err(self.refused(status, &headers, &body.and_then(Result::ok).unwrap_or_default(), token))
    }

    /// Sends the request and follows the redirects that are allowed.
    async fn send(&self, token: Option<&Token>) -> Result<Response, Error> {
        let mut hops = 0;
        let mut moved = None;
        loop {
            let sent = self.execute(moved, token)?.await;
            let response = sent.map_err(|error| Error::below_http(error, &host_of(self.request.url())))?;
            if self.operation.redirects_to_storage
                && let Some(storage) = redirect::storage(&response)
            {
                drop(response);
                return self.ask_storage(storage).await;
            }
            moved = redirect::target(self.request.method(), &response);
            if moved.is_none() || hops == redirect::LIMIT {
                return Ok(response);
            }
            hops += 1;
        }
    }

    /// Signs and sends a copy of the request, to the URL of a redirect if there is one.
    fn execute(
        &self,
        moved: Option<Url>,
        token: Option<&Token>,
    ) -> Result<impl Future<Output = reqwest::Result<Response>> + use<>, Error> {
        let Some(mut request) = self.request.try_clone() else {
            return Err(Error::invalid_input("the body is a stream, which cannot be sent a second time"));
        };
        if let Some(url) = moved {
            *request.url_mut() = url;
        }
        sign::sign(self.settings(), &self.transport.base, &mut request, &self.operation, token);
        Ok(self.settings().http.execute(request))
    }

    /// Fetches from storage on another host, without the token and the identity. No further
    /// redirect is followed.
    fn ask_storage(&self, url: Url) -> impl Future<Output = Result<Response, Error>> + use<> {
        let host = host_of(&url);
        let sent = self.settings().http.execute(Request::new(reqwest::Method::GET, url));
        sent.map_err(move |error| Error::below_http(error, &host))
    }

    fn refused(&self, status: StatusCode, headers: &HeaderMap, body: &[u8], token: Option<&Token>) -> Error {
        let plex_errors = parse_plex_errors(body);
        Error::new(ErrorKind::Refused, refusal(status, &plex_errors))
            .with_status(status)
            .with_plex_errors(plex_errors)
            .with_retry_after(retry_after(headers, Timestamp::now))
            .with_request_id(request_id(headers))
            .with_body(body, headers, &self.secrets(token))
    }
}

fn not_followed(response: &Response) -> Error {
    let message = match redirect::location(response.url(), response.headers()) {
        Some(url) => format!("a redirect to {}://{} was not followed", url.scheme(), host_of(&url)),
        None => "a redirect without a usable address".to_owned(),
    };
    Error::new(ErrorKind::Redirect, message)
        .with_status(response.status())
        .with_request_id(request_id(response.headers()))
}

/// Returns the outcome of some work, or `None` if the time limit ends first.
async fn within<T>(
    limit: &mut (impl Future<Output = ()> + Unpin),
    mut work: Pin<&mut impl Future<Output = T>>,
) -> Option<T> {
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(outcome) => Poll::Ready(Some(outcome)),
        Poll::Pending => Pin::new(&mut *limit).poll(context).map(|()| None),
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::{
        Client, ClientIdentity,
        runtime::{
            clock::BoxFuture,
            transport::{Renewer, scripted::server},
        },
    };

    /// Returns the first of its tokens until that one is reported as expired, and then the next.
    #[derive(Debug)]
    struct Renewal(Mutex<Vec<&'static str>>);

    impl Renewer for Renewal {
        fn current(&self) -> Option<Token> {
            self.0.lock().unwrap().first().map(|token| Token::new(*token).unwrap())
        }

        fn fresh(&self) -> BoxFuture<'_, Result<Option<Token>, Error>> {
            Box::pin(std::future::ready(Ok(self.current())))
        }

        fn renewed<'a>(&'a self, expired: &'a Token) -> BoxFuture<'a, Result<Option<Token>, Error>> {
            assert_eq!(self.0.lock().unwrap().remove(0), expired.expose());
            self.fresh()
        }
    }

    /// Makes a call with a client that has these tokens. Returns the tokens that the server saw,
    /// which answers 498 to all of them.
    async fn tokens_seen(tokens: &[&'static str], call: impl AsyncFnOnce(Client) -> Error) -> Vec<Option<String>> {
        let (url, seen) = server("498 Expired", "").await;
        let identity = ClientIdentity::new("c0ffee-desk-01", "Example App", "1").unwrap();
        let client = Client::builder(identity).base_url(url).build().unwrap();
        let renewer = Arc::new(Renewal(Mutex::new(tokens.to_vec())));

        let error = call(client.with_settings(|settings| settings.renewer = Some(renewer))).await;

        assert_eq!(error.status().unwrap().as_u16(), 498);
        let token =
            |head: &String| head.lines().find_map(|line| line.strip_prefix("x-plex-token: ").map(str::to_owned));
        let seen = seen.lock().unwrap();
        seen.iter().map(token).collect()
    }

    async fn user(client: Client) -> Error {
        client.v2().get_user_details().send().await.unwrap_err()
    }

    #[tokio::test]
    async fn a_call_is_repeated_once_with_a_new_token_after_an_expired_one() {
        let seen = tokens_seen(&["old", "newer", "newest"], user).await;

        assert_eq!(seen, [Some("old".to_owned()), Some("newer".to_owned())]);
    }

    #[tokio::test]
    async fn without_a_new_token_the_expired_one_is_the_error() {
        let seen = tokens_seen(&["old"], user).await;

        assert_eq!(seen, [Some("old".to_owned())]);
    }

    #[tokio::test]
    async fn a_call_that_needs_no_token_asks_for_none() {
        let seen = tokens_seen(&["old"], async |client: Client| client.v2().get_pin().send().await.unwrap_err());

        assert_eq!(seen.await, [None]);
    }
}
