//! Calls of version 1 that plex.tv has retired: invites, and removing a friend. They answer 410.

use axum::http::StatusCode;
use serde_json::json;

use crate::reply::Reply;
use crate::routes::caller::SignedIn;

pub(in crate::routes) async fn retired(_: SignedIn) -> Reply {
    let gone = json!({"code": 410, "status": "This endpoint was deprecated and removed"});
    Reply::xml("Response", gone).with_status(StatusCode::GONE)
}
