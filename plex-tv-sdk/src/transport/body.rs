//! The body of a reply, within its limit.

use reqwest::Response;

use crate::{
    Error,
    error::{ErrorKind, host_of},
};

/// Reads a body to its end, or up to the limit. It is counted as it comes out of decompression, whatever it announced.
pub(super) async fn read(response: &mut Response, limit: usize) -> Result<Vec<u8>, Error> {
    let mut body = Vec::with_capacity(announced(response).min(limit));
    while let Some(chunk) = response.chunk().await.map_err(|error| broken(error, response))? {
        if body.len() + chunk.len() > limit {
            return Err(too_large(limit).with_status(response.status()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn announced(response: &Response) -> usize {
    response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or_default()
}

fn broken(error: reqwest::Error, response: &Response) -> Error {
    Error::broken_body(error, &host_of(response.url())).with_status(response.status())
}

fn too_large(limit: usize) -> Error {
    const MIB: usize = 1024 * 1024;
    let limit = if limit.is_multiple_of(MIB) { format!("{} MiB", limit / MIB) } else { format!("{limit} bytes") };
    Error::new(ErrorKind::TooLarge, format!("the reply is larger than {limit}"))
}
