//! Reads the body of a reply up to a limit.

use bytes::Bytes;
use reqwest::{Response, StatusCode};

use crate::runtime::error::{Error, ErrorKind, host_of};

/// Reads a body to its end. Its size is counted after decompression, and a body over the limit is
/// an error. The size that the reply announces is not trusted.
pub(crate) fn read(response: Response, limit: usize) -> impl Future<Output = Result<Bytes, Error>> {
    let announced = announced(&response);
    let mut pieces = Pieces { status: response.status(), chunks: Chunks::new(response), left: limit, limit };
    // The future of an `async fn` would hold the response a second time.
    async move {
        let Some(first) = pieces.next().await? else { return Ok(Bytes::new()) };
        // Most bodies arrive in one piece, which need not be copied.
        let Some(second) = pieces.next().await? else { return Ok(first) };
        let mut body = Vec::with_capacity(announced.min(limit));
        body.extend_from_slice(&first);
        body.extend_from_slice(&second);
        while let Some(piece) = pieces.next().await? {
            body.extend_from_slice(&piece);
        }
        Ok(body.into())
    }
}

/// The pieces of a body, up to the limit.
struct Pieces {
    status: StatusCode,
    chunks: Chunks,
    left: usize,
    limit: usize,
}

impl Pieces {
    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        let piece = self.chunks.next().await;
        let piece = piece.map_err(|error| self.chunks.broken(error).with_status(self.status))?;
        let length = piece.as_ref().map_or(0, Bytes::len);
        self.left = self.left.checked_sub(length).ok_or_else(|| too_large(self.limit).with_status(self.status))?;
        Ok(piece)
    }
}

fn announced(response: &Response) -> usize {
    response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or_default()
}

fn too_large(limit: usize) -> Error {
    const MIB: usize = 1024 * 1024;
    let limit = if limit.is_multiple_of(MIB) { format!("{} MiB", limit / MIB) } else { format!("{limit} bytes") };
    Error::new(ErrorKind::TooLarge, format!("the reply is larger than {limit}"))
}

/// The pieces of a body as they arrive.
#[cfg(not(target_arch = "wasm32"))]
struct Chunks(Response);

#[cfg(not(target_arch = "wasm32"))]
impl Chunks {
    fn new(response: Response) -> Self {
        Self(response)
    }

    async fn next(&mut self) -> reqwest::Result<Option<Bytes>> {
        self.0.chunk().await
    }

    fn broken(&self, error: reqwest::Error) -> Error {
        Error::broken_body(error, &host_of(self.0.url()))
    }
}

/// The pieces of a body as they arrive. In a browser, they are available only as a stream.
#[cfg(target_arch = "wasm32")]
struct Chunks {
    stream: std::pin::Pin<Box<dyn futures_util::Stream<Item = reqwest::Result<Bytes>>>>,
    host: String,
}

#[cfg(target_arch = "wasm32")]
impl Chunks {
    fn new(response: Response) -> Self {
        let host = host_of(response.url());
        Self { stream: Box::pin(response.bytes_stream()), host }
    }

    async fn next(&mut self) -> reqwest::Result<Option<Bytes>> {
        std::future::poll_fn(|context| self.stream.as_mut().poll_next(context)).await.transpose()
    }

    fn broken(&self, error: reqwest::Error) -> Error {
        Error::broken_body(error, &self.host)
    }
}
