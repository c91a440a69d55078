//! Builds requests from the arguments of calls.

use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use reqwest::{
    Url,
    header::{CONTENT_TYPE, HeaderName, HeaderValue},
};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    exchange::{Exchange, Reply},
    graphql::Answer,
    reply,
    settings::Transport,
};
use crate::runtime::{
    error::Error,
    operation::Operation,
    response::{ByteStream, Response},
    wire::{Slot, Written, form},
};

/// Characters that are encoded in a path segment. URL parsers treat a backslash as a slash.
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b';')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'`')
    .add(b'{')
    .add(b'}');

/// A request that takes its arguments one by one. If an argument cannot be sent, `send` fails
/// without sending anything.
#[must_use]
#[derive(Clone)]
pub(crate) struct Request {
    outcome: Result<Draft, Error>,
    operation: Operation,
}

#[derive(Clone)]
struct Draft {
    transport: Transport,
    request: RequestParts,
    /// The rest of the path template.
    template: &'static str,
}

#[derive(Clone)]
struct RequestParts {
    /// The path so far, encoded.
    path: String,
    query: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Option<Bytes>,
}

impl Request {
    pub(super) fn new(transport: Option<&Transport>, operation: Operation) -> Self {
        let outcome = match transport {
            Some(transport) => Ok(Draft {
                transport: transport.clone(),
                request: RequestParts {
                    path: transport.base.path().trim_end_matches('/').to_owned(),
                    query: String::new(),
                    headers: Vec::new(),
                    body: None,
                },
                template: operation.path,
            }),
            None => Err(Error::invalid_input(format!(
                "`{}` names host {}, which this client does not have",
                operation.id, operation.host
            ))),
        };
        Self { outcome, operation }
    }

    fn change(mut self, change: impl FnOnce(&mut Draft) -> Result<(), Error>) -> Self {
        if let Ok(draft) = &mut self.outcome
            && let Err(error) = change(draft)
        {
            self.outcome = Err(error);
        }
        self
    }

    /// Fills the next placeholder of the path.
    pub(crate) fn path(self, value: &(impl Written + ?Sized)) -> Self {
        self.change(|draft| {
            let Some((before, behind)) = draft.template.split_once('{') else {
                return Err(Error::invalid_input("the path has fewer placeholders than arguments"));
            };
            draft.request.path.push_str(before);
            draft.template = behind.split_once('}').map_or("", |(_, behind)| behind);
            let mut outcome = Ok(());
            let mut is_empty = true;
            value.write(&mut |text| {
                is_empty = text.is_empty();
                match text {
                    "." | ".." => outcome = Err(another_path(text)),
                    text => draft.request.path.extend(utf8_percent_encode(text, SEGMENT)),
                }
            });
            if is_empty { Err(Error::invalid_input("a path parameter is empty")) } else { outcome }
        })
    }

    /// Adds a parameter to the query. `None` is left out, and a list repeats the parameter.
    pub(crate) fn query(self, name: &str, value: &(impl Written + ?Sized)) -> Self {
        self.change(|draft| {
            let query = std::mem::take(&mut draft.request.query);
            let mut pairs = form_urlencoded::Serializer::for_suffix(query, 0);
            value.write(&mut |text| {
                pairs.append_pair(name, text);
            });
            draft.request.query = pairs.finish();
            Ok(())
        })
    }

    /// Adds a header. `None` is left out.
    #[cfg_attr(not(any(feature = "discover", feature = "epg")), allow(dead_code))]
    pub(crate) fn header(self, name: &'static str, value: &(impl Written + ?Sized)) -> Self {
        self.change(|draft| {
            let mut outcome = Ok(());
            value.write(&mut |text| match (HeaderName::try_from(name), HeaderValue::try_from(text)) {
                (Ok(name), Ok(value)) => draft.request.headers.push((name, value)),
                _ => outcome = Err(unfit_header(name)),
            });
            outcome
        })
    }

    /// Sets a JSON body, if there is one.
    pub(crate) fn json<T: Serialize>(self, body: Option<&T>) -> Self {
        self.body(body, "application/json", serde_json::to_vec)
    }

    /// Sets a form as the body, if there is one.
    pub(crate) fn form<T: Serialize>(self, body: Option<&T>) -> Self {
        self.body(body, "application/x-www-form-urlencoded", |body| form(body).map(String::into_bytes))
    }

    fn body<T>(
        self,
        body: Option<&T>,
        kind: &'static str,
        write: impl FnOnce(&T) -> serde_json::Result<Vec<u8>>,
    ) -> Self {
        let Some(body) = body else { return self };
        self.change(|draft| {
            let body = write(body).map_err(|why| Error::invalid_input(format!("cannot encode the body: {why}")))?;
            draft.request.headers.push((CONTENT_TYPE, HeaderValue::from_static(kind)));
            draft.request.body = Some(body.into());
            Ok(())
        })
    }

    /// Sends the request and reads the success.
    pub(crate) async fn send<T: Slot>(self) -> Result<Response<T>, Error> {
        let exchange = self.exchange()?;
        let (reply, token) = exchange.run().await?;
        reply::decode(&exchange, reply, token.as_ref())
    }

    /// Sends a query to a GraphQL service and reads the success. A reply with errors is a refusal.
    #[cfg_attr(not(feature = "discover"), allow(dead_code))]
    pub(crate) async fn send_graphql<T: Slot>(self) -> Result<Response<T>, Error> {
        let exchange = self.exchange()?;
        let (Answer(reply), token) = exchange.run().await?;
        reply::decode(&exchange, reply, token.as_ref())
    }

    /// Sends the request. The body of a success is read, so that the connection can be reused, and
    /// ignored.
    pub(crate) async fn send_empty(self) -> Result<Response<()>, Error> {
        let (reply, _): (Reply, _) = self.exchange()?.run().await?;
        Ok(Response::new(reply.status, reply.headers, ()))
    }

    /// Sends the request and returns the bytes of the success as a stream.
    pub(crate) async fn send_stream(self) -> Result<Response<ByteStream>, Error> {
        let exchange = self.exchange()?;
        let (response, _) = exchange.run().await?;
        Ok(reply::stream(&exchange, response))
    }

    /// Sends the request and reads the success into the caller's type.
    async fn send_as<T: DeserializeOwned>(self) -> Result<Response<T>, Error> {
        let exchange = self.exchange()?;
        let (reply, token) = exchange.run().await?;
        reply::decode_as(&exchange, reply, token.as_ref())
    }

    fn exchange(self) -> Result<Exchange, Error> {
        let Draft { transport, mut request, template } =
            self.outcome.map_err(|error| error.with_operation(&self.operation))?;
        if template.contains('{') {
            let error = Error::invalid_input(format!("the path has no value for {template}"));
            return Err(error.with_operation(&self.operation));
        }
        request.path.push_str(template);
        let mut url: Url = transport.base.as_ref().clone();
        url.set_path(&request.path);
        url.set_query((!request.query.is_empty()).then_some(request.query.as_str()));
        let mut prepared = reqwest::Request::new(self.operation.method.into(), url);
        prepared.headers_mut().extend(request.headers);
        *prepared.body_mut() = request.body.map(Into::into);
        Ok(Exchange::new(transport, self.operation, prepared))
    }
}

fn another_path(text: &str) -> Error {
    Error::invalid_input(format!("a path parameter is `{text}`, which would reach another path"))
}

fn unfit_header(name: &str) -> Error {
    Error::invalid_input(format!(
        "the header {name} cannot carry this value: it has a line break or a control character"
    ))
}

/// A call of an operation that this crate does not have. The method `call` of a generated client
/// creates it.
///
/// ```no_run
/// # async fn example(client: plex_tv_sdk::Client) -> Result<(), plex_tv_sdk::Error> {
/// use plex_tv_sdk::{Method, Operation};
///
/// let operation = Operation::new("getDevice", Method::Get, "/devices/{id}");
/// let device: serde_json::Value = client.v2().call(operation).path(42).query("full", "1").send().await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a call does nothing until it is sent"]
#[derive(Clone)]
pub struct Call(Request);

impl Call {
    pub(super) fn new(request: Request) -> Self {
        Self(request)
    }

    /// Fills the next placeholder of the path, as one encoded segment.
    pub fn path(self, value: impl ToString) -> Self {
        Self(self.0.path(&value.to_string()))
    }

    /// Adds a parameter to the query.
    pub fn query(self, name: &str, value: impl ToString) -> Self {
        Self(self.0.query(name, &value.to_string()))
    }

    /// Sets a JSON body.
    pub fn json(self, body: &impl Serialize) -> Self {
        Self(self.0.json(Some(body)))
    }

    /// Sets a form as the body. The value must have named members.
    pub fn form(self, body: &impl Serialize) -> Self {
        Self(self.0.form(Some(body)))
    }

    /// Sends the call and reads the JSON or XML of a success.
    ///
    /// # Errors
    /// `is_invalid_input` when an argument is missing or cannot be sent, `is_decode` when the reply
    /// does not match the type, and the errors of any call.
    pub async fn send<T: DeserializeOwned>(self) -> Result<T, Error> {
        self.send_with_response().await.map(Response::into_value)
    }

    /// Sends the call and returns the value with status and headers.
    ///
    /// # Errors
    /// Those of [`Call::send`].
    pub async fn send_with_response<T: DeserializeOwned>(self) -> Result<Response<T>, Error> {
        self.0.send_as().await
    }

    /// Sends the call and returns the bytes of a success as a stream.
    ///
    /// # Errors
    /// Those of [`Call::send`], except `is_decode`.
    pub async fn send_bytes(self) -> Result<Response<ByteStream>, Error> {
        self.0.send_stream().await
    }
}

/// Shows only the operation, because arguments may be secrets.
impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Call").field("operation", &self.0.operation.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use reqwest::header::HeaderMap;

    use super::*;
    use crate::runtime::{
        clock::SystemClock,
        operation::Method,
        transport::{Limits, Settings},
    };

    fn request(path: &'static str) -> Request {
        let (http, clock) = (reqwest::Client::new(), Arc::new(SystemClock));
        let settings = Settings::new(http, HeaderMap::new(), None, Limits::default(), clock);
        let transport = Transport::new(Arc::new(settings), Url::parse("http://localhost/base").unwrap());
        Request::new(Some(&transport), Operation::new("test", Method::Get, path))
    }

    fn url(request: Request) -> Result<String, String> {
        let exchange = request.exchange().map_err(|error| error.to_string())?;
        Ok(exchange.url().as_str().replace("http://localhost/base", ""))
    }

    #[test]
    fn a_path_parameter_stays_one_segment() {
        let segment = |value: &str| url(request("/a/{b}/c").path(value));

        assert_eq!(segment("a/b%c?d#e").unwrap(), "/a/a%2Fb%25c%3Fd%23e/c");
        assert_eq!(segment(r"..\a").unwrap(), "/a/..%5Ca/c");
        assert_eq!(segment(".\t.").unwrap(), "/a/.%09./c");
        assert_eq!(segment("%2e%2E").unwrap(), "/a/%252e%252E/c");
        assert_eq!(segment("😀").unwrap(), "/a/%F0%9F%98%80/c");
        for bad in ["", ".", ".."] {
            assert!(request("/a/{b}").path(bad).exchange().err().unwrap().is_invalid_input(), "{bad}");
        }
    }

    #[test]
    fn placeholders_and_values_must_agree() {
        assert_eq!(url(request("/{a}.{b}").path(&1_i64).path("x")).unwrap(), "/1.x");
        assert!(url(request("/{a}/{b}").path(&1_i64)).unwrap_err().contains("no value for /{b}"));
        assert!(url(request("/a").path(&1_i64)).unwrap_err().contains("fewer placeholders"));
    }

    #[test]
    fn none_is_left_out_and_a_list_is_repeated() {
        let call = request("/a").query("none", &None::<bool>).query("id", &vec![5_i64, 7]);

        assert_eq!(url(call.query("text", "a b&c=d")).unwrap(), "/a?id=5&id=7&text=a+b%26c%3Dd");
    }

    #[test]
    fn values_that_no_header_can_carry_are_refused_before_sending() {
        let error = request("/a").header("If-None-Match", "a\nCANARY").exchange().err().unwrap();

        assert!(error.is_invalid_input() && !error.to_string().contains("CANARY"), "{error}");
    }
}
