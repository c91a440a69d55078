//! Calls that control a sandbox which runs as a program.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::reply::{Fail, Fields};
use crate::state::Shared;

pub(super) fn router() -> Router<Arc<Shared>> {
    Router::new().route("/sandbox/advance", post(advance)).route("/sandbox/rotate-keys", post(rotate_keys))
}

async fn advance(State(shared): State<Arc<Shared>>, fields: Fields) -> Result<Json<Value>, Fail> {
    let seconds = fields.text("seconds").and_then(|seconds| seconds.parse().ok()).ok_or(Fail::MALFORMED)?;
    shared.clock.advance(Duration::from_secs(seconds));
    Ok(Json(json!({"now": shared.clock.iso(shared.now())})))
}

async fn rotate_keys(State(shared): State<Arc<Shared>>) -> Result<StatusCode, Fail> {
    let failed = |_| Fail::of_status(StatusCode::INTERNAL_SERVER_ERROR);
    shared.rotate_signing_key().map(|()| StatusCode::NO_CONTENT).map_err(failed)
}
