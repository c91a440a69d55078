//! Events as arguments of axum handlers.

use axum_core::extract::{FromRequest, Request};
use bytes::Bytes;
use reqwest::{StatusCode, header::CONTENT_TYPE};

use super::event::Event;
use crate::{Error, ErrorKind};

/// A rejection has a fitting status and a text that gives the reason. Axum's body limit applies,
/// which is 2 MiB unless `DefaultBodyLimit` changes it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use axum::{Router, routing::post};
/// use plex_tv_sdk::webhook::Event;
///
/// let app: Router = Router::new().route("/plex", post(async |event: Event| println!("{}", event.kind)));
/// # }
/// ```
impl<S: Send + Sync> FromRequest<S> for Event {
    type Rejection = (StatusCode, String);

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        let body = Bytes::from_request(request, state).await;
        let body = body.map_err(|rejection| (rejection.status(), rejection.body_text()))?;
        Self::from_multipart(&content_type, body).map_err(|error| (status(&error), error.to_string()))
    }
}

fn status(error: &Error) -> StatusCode {
    match error.kind() {
        ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorKind::UnexpectedContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        _ => StatusCode::BAD_REQUEST,
    }
}
