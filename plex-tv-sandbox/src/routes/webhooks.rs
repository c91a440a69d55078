//! Webhooks.

use std::sync::Arc;

use axum::extract::State;
use axum::http::Uri;
use serde_json::json;

use super::caller::SignedIn;
use crate::reply::{Fail, Fields, Reply};
use crate::state::Shared;

pub(super) async fn webhooks(State(shared): State<Arc<Shared>>, caller: SignedIn) -> Result<Reply, Fail> {
    let caller = allowed(caller)?;
    Ok(Reply::ok("webhooks", rows(&shared.state().preferences.of(caller.account()).webhooks)))
}

/// Replaces the whole list: `urls[]=` for each address, or `urls=` to clear it.
pub(super) async fn set(State(shared): State<Arc<Shared>>, caller: SignedIn, fields: Fields) -> Result<Reply, Fail> {
    let caller = allowed(caller)?;
    let urls = fields.texts("urls[]");
    if urls.is_empty() && fields.text("urls").is_none_or(|urls| !urls.is_empty()) {
        return Err(Fail::MALFORMED);
    }
    let is_address = |url: &String| {
        let uri: Option<Uri> = url.parse().ok();
        uri.is_some_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some())
    };
    if !urls.iter().all(is_address) {
        return Err(Fail::WEBHOOK_ADDRESS);
    }
    let rows = rows(&urls);
    shared.state().preferences.of(caller.account()).webhooks = urls;
    Ok(Reply::created("webhooks", rows))
}

fn allowed(caller: SignedIn) -> Result<SignedIn, Fail> {
    let caller = caller.unmanaged()?;
    if caller.person.plex_pass { Ok(caller) } else { Err(Fail::FORBIDDEN_FOR_USER) }
}

fn rows(urls: &[String]) -> serde_json::Value {
    urls.iter().map(|url| json!({"url": url})).collect()
}
