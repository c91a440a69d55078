//! The Home in version 2 of the API.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::caller::{Parameters, SignedIn};
use super::people::avatar;
use super::users::user_with;
use crate::reply::{Fail, Fields, Format, Reply};
use crate::state::{AccountId, Homes, Invitee, Person, Shared, SignIn, State as World};

/// Returns the Home with its members. The call that lists the members returns the same.
pub(super) async fn home(State(shared): State<Arc<Shared>>, caller: SignedIn) -> Result<Reply, Fail> {
    let world = shared.state();
    let home = world.homes.of(caller.account()).ok_or(Fail::NOT_FOUND)?;
    let people = home.members.iter().filter_map(|id| world.people.get(*id));
    let users: Vec<Value> = people.map(|person| member(&shared, person, home.admin)).collect();
    let home = json!({
        "id": home.id,
        "name": home.name,
        "guestUserID": 58_815_432,
        "guestUserUUID": "f3df4e01bfca0787",
        "guestEnabled": home.guest_enabled,
        "subscription": world.has_plex_pass(home.admin),
        "users": users,
    });
    Ok(Reply::ok("home", home))
}

/// Returns a member. The user name and e-mail address of a managed user are null.
pub(super) fn member(shared: &Shared, person: &Person, admin: AccountId) -> Value {
    let own = |text: &str| (!person.is_managed()).then(|| String::from(text));
    json!({
        "id": person.id,
        "uuid": person.uuid,
        "title": person.title,
        "username": own(&person.username),
        "email": own(&person.email),
        "friendlyName": own(""),
        "thumb": avatar(shared, person),
        "hasPassword": !person.is_managed(),
        "restricted": person.is_managed(),
        "updatedAt": 1_710_000_000,
        "restrictionProfile": person.restriction_profile,
        "admin": person.id == admin,
        "guest": false,
        "protected": person.home_pin.is_some(),
    })
}

pub(super) async fn switch(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(uuid): Path<String>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Reply, Fail> {
    refuse_jwt(&shared, &caller)?;
    let to = {
        let world = shared.state();
        let home = world.homes.of(caller.account()).ok_or(Fail::NOT_FOUND)?;
        if home.members.iter().any(|id| id.to_string() == uuid) {
            return Err(Fail::without_code(StatusCode::UNPROCESSABLE_ENTITY, "This is an id, not a uuid"));
        }
        let person = world.people.by_uuid(&uuid).filter(|person| home.members.contains(&person.id));
        person.cloned().ok_or(Fail::NOT_FOUND)?
    };
    let token = shared.switch(&to, parameters.get("pin"), &caller.installation)?;
    Ok(Reply::created("user", user_with(&shared, &to, &token, Format::of(&headers), &parameters)))
}

/// Refuses JWTs, as plex.tv was reported to do.
pub(super) fn refuse_jwt(shared: &Shared, caller: &SignedIn) -> Result<(), Fail> {
    if !shared.options.jwt_everywhere && caller.is_by_jwt() {
        return Err(Fail::without_code(StatusCode::FORBIDDEN, "Home users cannot be switched with a JWT"));
    }
    Ok(())
}

/// Creates a managed user. The name is a query parameter or a JSON member.
pub(super) async fn create_managed(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    parameters: Parameters,
    fields: Fields,
) -> Result<Reply, Fail> {
    let caller = caller.unmanaged()?;
    let given = |name: &str| parameters.get(name).map(String::from).or_else(|| fields.text(name));
    let title = given("friendlyName").filter(|title| !title.is_empty()).ok_or(Fail::MALFORMED)?;
    let profile = profile(given("restrictionProfile"))?;
    if !caller.person.plex_pass {
        return Err(Fail::PLEX_PASS_NEEDED);
    }
    let mut world = shared.state();
    let id = add_managed(&mut world, &caller.person, &title)?;
    let settings = ["allowTuners", "allowSync"]
        .map(|name| (name, json!(parameters.get(&format!("sharingSettings[{name}]")))))
        .into_iter()
        .filter(|(_, value)| !value.is_null());
    for (name, value) in settings {
        if !world.sharing.settings_mut(caller.account(), Invitee::Account(id)).update([(name, &value)]) {
            world.forget(id);
            return Err(Fail::MALFORMED);
        }
    }
    let person = world.people.get_mut(id).ok_or(Fail::NOT_FOUND)?;
    person.restriction_profile = profile;
    Ok(Reply::created("user", member(&shared, person, caller.account())))
}

/// Adds a managed user to the Home of an account. Creates the Home if there is none.
pub(super) fn add_managed(world: &mut World, admin: &Person, title: &str) -> Result<AccountId, Fail> {
    make_room(world, admin)?;
    let id = world.people.add(title, SignIn::Managed).id;
    join(world, admin, id);
    Ok(id)
}

/// Fails unless the account may add a member: it is the admin, and the Home is not full.
pub(super) fn make_room(world: &World, admin: &Person) -> Result<(), Fail> {
    match world.homes.of(admin.id) {
        Some(home) if home.admin != admin.id => Err(Fail::NOT_ALLOWED),
        Some(home) if home.members.len() >= Homes::MOST_MEMBERS => Err(Fail::INVALID),
        _ => Ok(()),
    }
}

pub(super) fn join(world: &mut World, admin: &Person, member: AccountId) {
    let name = format!("Home of {}", admin.title);
    world.homes.of_admin_or_new(admin.id, &name).members.push(member);
}

/// Changes the PIN or the name of a managed user.
pub(super) async fn update_managed(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<StatusCode, Fail> {
    let mut world = shared.state();
    let person = managed(&mut world, &caller, &id)?;
    if let Some(pin) = parameters.get("pin") {
        if !is_pin(pin) {
            return Err(Fail::HOME_PIN_MALFORMED);
        }
        person.home_pin = Some(String::from(pin));
    }
    if parameters.is_on("removePin") {
        person.home_pin = None;
    }
    if let Some(title) = parameters.get("friendlyName").filter(|title| !title.is_empty()) {
        person.title = String::from(title);
    }
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn is_pin(pin: &str) -> bool {
    pin.len() == 4 && pin.bytes().all(|byte| byte.is_ascii_digit())
}

/// Sets the restriction profile. A body without one removes the restrictions.
pub(super) async fn set_profile(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    fields: Fields,
) -> Result<StatusCode, Fail> {
    let id = fields.text("userId").ok_or(Fail::MALFORMED)?;
    let profile = profile(fields.text("restrictionProfile"))?;
    let mut world = shared.state();
    managed(&mut world, &caller, &id)?.restriction_profile = profile;
    Ok(StatusCode::NO_CONTENT)
}

fn profile(name: Option<String>) -> Result<Option<String>, Fail> {
    match name.as_deref() {
        None | Some("" | "little_kid" | "older_kid" | "teen") => Ok(name.filter(|name| !name.is_empty())),
        Some(_) => Err(Fail::MALFORMED),
    }
}

/// Returns a managed user of the Home that the caller administers.
fn managed<'a>(world: &'a mut World, caller: &SignedIn, id: &str) -> Result<&'a mut Person, Fail> {
    let home = world.homes.of_admin(caller.account()).ok_or(Fail::NOT_ALLOWED)?;
    let id = id.parse().ok().filter(|id| home.members.contains(id)).ok_or(Fail::NOT_FOUND)?;
    world.people.get_mut(id).filter(|person| person.is_managed()).ok_or(Fail::NOT_FOUND)
}

/// Removes a member. A managed user is deleted; an account only leaves the Home.
pub(super) async fn remove(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(id): Path<String>,
) -> Result<StatusCode, Fail> {
    let mut world = shared.state();
    let home = world.homes.of(caller.account()).ok_or(Fail::NOT_FOUND)?;
    let admin = home.admin;
    let id = id.parse().ok().filter(|id| home.members.contains(id)).ok_or(Fail::NOT_FOUND)?;
    // Every account may leave on its own, except the admin.
    if id == admin || (caller.account() != admin && caller.account() != id) || caller.person.is_managed() {
        return Err(Fail::NOT_ALLOWED);
    }
    if world.people.get(id).is_some_and(Person::is_managed) {
        world.forget(id);
    } else {
        world.homes.leave(id);
    }
    Ok(StatusCode::NO_CONTENT)
}
