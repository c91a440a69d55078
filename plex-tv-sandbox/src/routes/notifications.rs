//! Push messages to the mobile apps. They are not sent; tests find them in the request log.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;

use super::caller::Token;
use crate::reply::{Fail, Fields};
use crate::state::{AccountId, Shared};

/// Returns the account behind a token: the owner of a server, or the user.
fn sender(shared: &Shared, token: &Token) -> Result<AccountId, Fail> {
    let text = token.text.as_deref().ok_or(Fail::UNAUTHENTICATED)?;
    let server = shared.servers.iter().find(|server| server.own_token() == text);
    let owner = server.map(|server| server.facts().owner);
    owner.or_else(|| token.account(shared)).ok_or(Fail::UNAUTHENTICATED)
}

pub(super) async fn send(State(shared): State<Arc<Shared>>, token: Token, fields: Fields) -> Result<StatusCode, Fail> {
    let sender = sender(&shared, &token)?;
    let identifier = fields.text("identifier").ok_or(Fail::MALFORMED)?;
    let known = ["library.new", "playback.started", "device.new"];
    let kind = identifier.strip_prefix("tv.plex.notification.").unwrap_or_default();
    let group_is_known = matches!(fields.text("group").as_deref(), Some("media" | "admin"));
    let to = fields.json("to").and_then(Value::as_array).ok_or(Fail::MALFORMED)?;
    let provider = fields.json("data").map(|data| &data["provider"]).ok_or(Fail::MALFORMED)?;
    let machine = provider["identifier"].as_str().ok_or(Fail::MALFORMED)?;
    if !known.contains(&kind) || !group_is_known || !to.iter().all(Value::is_u64) || !provider["title"].is_string() {
        return Err(Fail::MALFORMED);
    }
    let owned = shared.server(machine).is_some_and(|server| server.facts().owner == sender);
    if owned { Ok(StatusCode::OK) } else { Err(Fail::NOT_YOUR_DEVICE) }
}

pub(super) async fn update_settings(
    State(shared): State<Arc<Shared>>,
    token: Token,
    fields: Fields,
) -> Result<StatusCode, Fail> {
    let sender = sender(&shared, &token)?;
    let identifier = fields.text("identifier").ok_or(Fail::MALFORMED)?;
    let enabled = fields.json("enabled").and_then(Value::as_bool).ok_or(Fail::MALFORMED)?;
    shared.state().preferences.of(sender).pushes.insert(identifier, enabled);
    Ok(StatusCode::OK)
}
