//! A successful reply, with its status and headers.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::Stream;
use reqwest::{StatusCode, header::HeaderMap};

use super::error::Error;

/// A value with the status and the headers of its reply.
///
/// ```no_run
/// # async fn example(client: plex_tv_sdk::Client) -> Result<(), plex_tv_sdk::Error> {
/// let reply = client.v2().ping().send_with_response().await?;
///
/// println!("{} {:?}", reply.status(), reply.headers().get("x-request-id"));
/// println!("{:?}", reply.into_value().pong);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Response<T> {
    status: StatusCode,
    headers: HeaderMap,
    value: T,
}

impl<T> Response<T> {
    pub(crate) fn new(status: StatusCode, headers: HeaderMap, value: T) -> Self {
        Self { status, headers, value }
    }

    /// The status of the reply.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers of the reply.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The value without status and headers.
    pub fn into_value(self) -> T {
        self.value
    }

    /// Returns the same reply with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response { status: self.status, headers: self.headers, value: change(self.value) }
    }
}

/// Shows the names of the headers without their values.
impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.keys().map(|name| name.as_str()).collect();
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &names)
            .field("value", &self.value)
            .finish()
    }
}

#[cfg(not(target_arch = "wasm32"))]
type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>;
#[cfg(target_arch = "wasm32")]
type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, Error>>>>;

/// The bytes of a reply as they arrive.
///
/// It is a [`Stream`]. [`ByteStream::chunk`] reads it without the stream traits.
///
/// ```no_run
/// # async fn example(client: plex_tv_sdk::Client) -> Result<(), plex_tv_sdk::Error> {
/// let mut bytes = client.v2().download_device_certificate("0123456789abcdef").send().await?;
/// let mut length = 0;
/// while let Some(chunk) = bytes.chunk().await? {
///     length += chunk.len();
/// }
/// # Ok(())
/// # }
/// ```
pub struct ByteStream(Pieces);

impl ByteStream {
    pub(crate) fn new(pieces: Pieces) -> Self {
        Self(pieces)
    }

    /// The next bytes, or `None` after the last.
    ///
    /// # Errors
    /// `is_body` when the reply ends too early.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        std::future::poll_fn(|context| self.0.as_mut().poll_next(context)).await.transpose()
    }
}

impl Stream for ByteStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl fmt::Debug for ByteStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByteStream").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderValue, SET_COOKIE};

    use super::*;

    #[test]
    fn debug_shows_names_of_headers_and_no_values() {
        let headers = HeaderMap::from_iter([(SET_COOKIE, HeaderValue::from_static("CANARY"))]);

        let shown = format!("{:?}", Response::new(StatusCode::OK, headers, 7));

        assert_eq!(shown, r#"Response { status: 200, headers: ["set-cookie"], value: 7 }"#);
    }
}
