//! The body of a reply, within its limit.

use reqwest::Response;

use crate::{
    Error,
    error::{ErrorKind, host_of},
};

/// Reads a body to its end, or up to the limit. It is counted as it comes out of decompression, whatever it announced.
pub(super) async fn read(response: Response, limit: usize) -> Result<Vec<u8>, Error> {
    let (status, announced) = (response.status(), announced(&response));
    let mut body = Vec::with_capacity(announced.min(limit));
    let mut chunks = Chunks::new(response);
    while let Some(chunk) = chunks.next().await.map_err(|error| chunks.broken(error).with_status(status))? {
        let chunk = chunk.as_ref();
        if body.len() + chunk.len() > limit {
            return Err(too_large(limit).with_status(status));
        }
        body.extend_from_slice(chunk);
    }
    Ok(body)
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

    async fn next(&mut self) -> reqwest::Result<Option<impl AsRef<[u8]> + use<>>> {
        self.0.chunk().await
    }

    fn broken(&self, error: reqwest::Error) -> Error {
        Error::broken_body(error, &host_of(self.0.url()))
    }
}

/// A browser only gives them as a stream.
#[cfg(target_arch = "wasm32")]
struct Chunks {
    stream: progenitor_client::ByteStream,
    host: String,
}

#[cfg(target_arch = "wasm32")]
impl Chunks {
    fn new(response: Response) -> Self {
        let host = host_of(response.url());
        Self { stream: progenitor_client::ByteStream::new(Box::pin(response.bytes_stream())), host }
    }

    async fn next(&mut self) -> reqwest::Result<Option<impl AsRef<[u8]> + use<>>> {
        std::future::poll_fn(|context| self.stream.as_mut().poll_next(context)).await.transpose()
    }

    fn broken(&self, error: reqwest::Error) -> Error {
        Error::broken_body(error, &self.host)
    }
}
