//! The Home in version 1 of the API.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::account::user;
use crate::reply::{Fail, Reply};
use crate::routes::caller::{Parameters, SignedIn};
use crate::routes::home::{add_managed, is_pin, join, make_room, member, refuse_jwt};
use crate::state::{AccountId, Person, Shared};

/// A member with empty attributes instead of nulls.
fn row(shared: &Shared, person: &Person, admin: AccountId) -> Value {
    let mut row = member(shared, person, admin);
    for value in row.as_object_mut().into_iter().flat_map(|members| members.values_mut()) {
        if value.is_null() {
            *value = json!("");
        }
    }
    row
}

pub(in crate::routes) async fn users(State(shared): State<Arc<Shared>>, caller: SignedIn) -> Reply {
    let world = shared.state();
    let home = world.homes.of(caller.account());
    let admin = home.map_or(caller.account(), |home| home.admin);
    let members = home.into_iter().flat_map(|home| &home.members).filter_map(|id| world.people.get(*id));
    let rows: Vec<Value> = members.map(|person| row(&shared, person, admin)).collect();
    Reply::xml(
        "MediaContainer",
        json!({
            "friendlyName": "myPlex",
            "identifier": "com.plexapp.plugins.myplex",
            "machineIdentifier": "0000000000000000000000000000000000000000",
            "guestUserID": 58_815_432,
            "totalSize": rows.len(),
            "size": rows.len(),
            "User": rows,
        }),
    )
}

/// Adds a member: `title` creates a managed user, `invitedEmail` adds an existing account.
pub(in crate::routes) async fn create(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    parameters: Parameters,
) -> Result<Reply, Fail> {
    let caller = caller.unmanaged()?;
    let mut world = shared.state();
    let id = match (parameters.get("title"), parameters.get("invitedEmail")) {
        (Some(title), _) if !title.is_empty() => add_managed(&mut world, &caller.person, title)?,
        (_, Some(login)) if !login.is_empty() => {
            let id = world.people.by_login(login).map(|person| person.id).ok_or(Fail::NOT_FOUND)?;
            if id == caller.account() || world.homes.of(id).is_some() {
                return Err(Fail::HOME_MEMBER);
            }
            make_room(&world, &caller.person)?;
            join(&mut world, &caller.person, id);
            id
        }
        _ => return Err(Fail::MALFORMED),
    };
    let person = world.people.get(id).ok_or(Fail::NOT_FOUND)?;
    Ok(Reply::xml("User", row(&shared, person, caller.account())).with_status(StatusCode::CREATED))
}

/// Sets the PIN of a user. An empty PIN removes it.
pub(in crate::routes) async fn set_pin(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Reply, Fail> {
    let mut world = shared.state();
    let managed = world.homes.of_admin(caller.account()).map(|home| home.members.clone()).unwrap_or_default();
    let id: AccountId = id.parse().map_err(|_| Fail::NOT_FOUND)?;
    let person = world.people.get_mut(id).ok_or(Fail::NOT_FOUND)?;
    let by_admin = person.is_managed() && managed.contains(&id);
    if id != caller.account() && !by_admin {
        return Err(Fail::NOT_ALLOWED);
    }
    if !by_admin && person.home_pin.is_some() && person.home_pin.as_deref() != parameters.get("currentPin") {
        return Err(Fail::HOME_PIN_REQUIRED);
    }
    person.home_pin = match parameters.get("pin") {
        Some("") => None,
        Some(pin) if is_pin(pin) => Some(String::from(pin)),
        Some(_) => return Err(Fail::HOME_PIN_MALFORMED),
        None => return Err(Fail::MALFORMED),
    };
    Ok(Reply::xml("User", row(&shared, person, caller.account())))
}

/// Switches by id; version 2 uses the uuid. A wrong PIN is 401 here.
pub(in crate::routes) async fn switch(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Reply, Fail> {
    refuse_jwt(&shared, &caller)?;
    let to = {
        let world = shared.state();
        let home = world.homes.of(caller.account()).ok_or(Fail::NOT_FOUND)?;
        let id = id.parse().ok().filter(|id| home.members.contains(id)).ok_or(Fail::NOT_FOUND)?;
        world.people.get(id).cloned().ok_or(Fail::NOT_FOUND)?
    };
    let token = shared.switch(&to, parameters.get("pin"), &caller.installation);
    let token = token.map_err(|_| Fail::LEGACY_HOME_PIN_REQUIRED)?;
    Ok(Reply::xml("user", user(&shared, &to, &token, &parameters)).with_status(StatusCode::CREATED))
}

/// Creates the Home of an account, or changes whether it has a guest.
pub(in crate::routes) async fn found(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    parameters: Parameters,
) -> Result<Reply, Fail> {
    let caller = caller.unmanaged()?;
    let mut world = shared.state();
    if world.homes.of(caller.account()).is_some_and(|home| home.admin != caller.account()) {
        return Err(Fail::NOT_ALLOWED);
    }
    let name = format!("Home of {}", caller.person.title);
    let home = world.homes.of_admin_or_new(caller.account(), &name);
    home.guest_enabled = parameters.is_on("guestEnabled");
    Ok(done(home.guest_enabled))
}

pub(in crate::routes) async fn update(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    parameters: Parameters,
) -> Result<Reply, Fail> {
    let guests = match parameters.require("guestEnabled")? {
        "0" => false,
        "1" => true,
        _ => return Err(Fail::MALFORMED),
    };
    let mut world = shared.state();
    let home = world.homes.of_admin(caller.account()).ok_or(Fail::NOT_ALLOWED)?;
    home.guest_enabled = guests;
    Ok(done(guests))
}

fn done(guests: bool) -> Reply {
    Reply::xml("home", json!({"guestEnabled": guests}))
}
