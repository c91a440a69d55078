//! Device keys, nonces and Plex JWTs.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;

use super::caller::SignedIn;
use crate::device::Installation;
use crate::jwk::Jwk;
use crate::reply::{Fail, Fields, Reply};
use crate::state::Shared;

/// Reads the key in a JSON body. Returns `None` if there is none.
pub(super) fn jwk(fields: &Fields) -> Result<Option<Jwk>, Fail> {
    let jwk = fields.json("jwk").filter(|jwk| !jwk.is_null());
    jwk.map(|jwk| Jwk::read(jwk).ok_or(Fail::MALFORMED)).transpose()
}

pub(super) async fn register(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    fields: Fields,
) -> Result<Reply, Fail> {
    let Some(jwk) = jwk(&fields)? else {
        return Err(Fail::DEVICE_REMOVED);
    };
    // The built-in token belongs to no installation, so every installation may use it.
    let owner = &caller.session.client_identifier;
    if !owner.is_empty() && *owner != caller.installation.client_identifier {
        let message = "the token belongs to another client identifier";
        return Err(Fail::without_code(StatusCode::UNPROCESSABLE_ENTITY, message));
    }
    shared.register_key(caller.account(), &caller.installation, &jwk)?;
    Ok(Reply::created("jwk", jwk.to_value()))
}

/// Only this call answers 422 without a client identifier.
pub(super) async fn nonce(
    State(shared): State<Arc<Shared>>,
    installation: Result<Installation, Fail>,
) -> Result<Reply, Fail> {
    let missing = Fail::without_code(StatusCode::UNPROCESSABLE_ENTITY, "X-Plex-Client-Identifier is missing");
    let installation = installation.map_err(|_| missing)?;
    Ok(Reply::json(json!({"nonce": shared.nonce(&installation.client_identifier)})))
}

pub(super) async fn exchange(
    State(shared): State<Arc<Shared>>,
    installation: Installation,
    fields: Fields,
) -> Result<Reply, Fail> {
    let jwt = fields.json("jwt").and_then(|jwt| jwt.as_str()).ok_or(Fail::MALFORMED)?;
    let token = shared.exchange(&installation.client_identifier, jwt)?;
    Ok(Reply::json(json!({"auth_token": token})))
}

pub(super) async fn keys(State(shared): State<Arc<Shared>>) -> Reply {
    Reply::json(json!({"keys": shared.signing_keys()}))
}
