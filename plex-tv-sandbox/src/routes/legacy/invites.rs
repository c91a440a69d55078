//! Invites of version 1, which plex.tv has retired: the lists and what acted on them answer 410, and so does the call
//! that ended a friendship.

use axum::http::StatusCode;
use serde_json::json;

use crate::reply::Reply;
use crate::routes::caller::SignedIn;

pub(in crate::routes) async fn retired(_: SignedIn) -> Reply {
    let gone = json!({"code": 410, "status": "This endpoint was deprecated and removed"});
    Reply::xml("Response", gone).with_status(StatusCode::GONE)
}
