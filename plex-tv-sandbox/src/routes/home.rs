use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::caller::{Parameters, SignedIn};
use super::users::{avatar, user_with};
use crate::data::{Account, HOME, home_user};
use crate::reply::{Fail, Format, Reply};
use crate::session::Kind;
use crate::state::Shared;

/// The Home with its members; the list of members alone answers the same.
pub(super) async fn home(caller: SignedIn) -> Result<Reply, Fail> {
    if !caller.session.account.is_in_home() {
        return Err(Fail::NOT_FOUND);
    }
    let users: Vec<Value> = HOME.iter().map(|account| member(account)).collect();
    let home = json!({
        "id": 1_841_489,
        "name": "Example home",
        "guestUserID": 58_815_432,
        "guestUserUUID": "f3df4e01bfca0787",
        "guestEnabled": false,
        "subscription": true,
        "users": users,
    });
    Ok(Reply::ok("home", home))
}

/// Managed users have no name and no address, here as null.
fn member(account: &Account) -> Value {
    let own = |text: &'static str| (!account.is_managed()).then_some(text);
    json!({
        "id": account.id,
        "uuid": account.uuid,
        "title": account.title,
        "username": own(account.username),
        "email": own(account.email),
        "friendlyName": own(""),
        "thumb": avatar(account),
        "hasPassword": !account.is_managed(),
        "restricted": account.is_managed(),
        "updatedAt": 1_710_000_000,
        "restrictionProfile": account.restriction_profile(),
        "admin": account.is_home_admin(),
        "guest": false,
        "protected": account.home_pin.is_some(),
    })
}

pub(super) async fn switch(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(uuid): Path<String>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Reply, Fail> {
    if !shared.options.jwt_everywhere && caller.session.kind != Kind::Legacy {
        return Err(Fail::without_code(StatusCode::FORBIDDEN, "Home users cannot be switched with a JWT"));
    }
    let is_numeric_id = HOME.iter().any(|account| account.id.to_string() == uuid);
    if is_numeric_id {
        return Err(Fail::without_code(StatusCode::UNPROCESSABLE_ENTITY, "This is an id, not a uuid"));
    }
    let to = home_user(&uuid).filter(|_| caller.session.account.is_in_home()).ok_or(Fail::NOT_FOUND)?;
    let installation = &caller.installation;
    let token = shared.switch(to, parameters.get("pin"), &installation.client_identifier, &installation.product)?;
    Ok(Reply::created("user", user_with(to, &token, Format::of(&headers), &parameters)))
}
