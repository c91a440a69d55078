//! Friends and shares in version 1 of the API.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use serde_json::{Value, json};

use super::container;
use crate::reply::{Fail, Fields, Reply};
use crate::routes::caller::SignedIn;
use crate::routes::people::avatar;
use crate::routes::resources::legacy_server;
use crate::routes::sharing::{Order, invitee, own_server, section as section_value, sections, share};
use crate::state::{AccountId, Invitee, Person, Server, Share, Shared, State as World};

/// Lists friends, members of the Home, and everyone who has accepted a share.
pub(in crate::routes) async fn users(State(shared): State<Arc<Shared>>, caller: SignedIn) -> Reply {
    let account = caller.account();
    let world = shared.state();
    let guests = world.sharing.all().filter(|share| share.owner == account && share.accepted_at.is_some());
    let mut ids: BTreeSet<AccountId> = guests.filter_map(|share| share.invitee.account()).collect();
    ids.extend(world.sharing.friends(account));
    ids.extend(world.homes.of(account).into_iter().flat_map(|home| &home.members));
    ids.remove(&account);
    let people = ids.iter().filter_map(|id| world.people.get(*id));
    let rows: Vec<Value> = people.map(|person| user(&shared, &world, account, person)).collect();
    container("User", rows)
}

fn user(shared: &Shared, world: &World, viewer: AccountId, person: &Person) -> Value {
    let shares = world.sharing.all().filter(|share| share.owner == viewer && share.is_with(person.id));
    let servers: Vec<Value> = shares.filter_map(|share| shared_server(shared, share)).collect();
    let mut row = json!({
        "id": person.id,
        "title": person.title,
        "username": person.username,
        "email": person.email,
        "recommendationsPlaylistId": "",
        "thumb": avatar(shared, person),
        "protected": person.home_pin.is_some(),
        "home": world.homes.are_together(viewer, person.id),
        "restricted": person.is_managed(),
        "Server": servers,
    });
    settings_into(&mut row, world, viewer, &Invitee::Account(person.id));
    row
}

fn settings_into(row: &mut Value, world: &World, owner: AccountId, invitee: &Invitee) {
    for (name, value) in world.sharing.settings(owner, invitee).members() {
        row[name] = if value.is_null() { json!("") } else { value.clone() };
    }
}

fn shared_server(shared: &Shared, share: &Share) -> Option<Value> {
    let server = shared.server(&share.machine_identifier)?.facts();
    Some(json!({
        "id": share.id,
        "serverId": server.id,
        "machineIdentifier": server.machine_identifier,
        "name": server.name,
        "lastSeenAt": shared.epoch_seconds(),
        "numLibraries": server.sections.iter().filter(|section| share.shows(section.id)).count(),
        "allLibraries": share.sections.is_none(),
        "owned": true,
        "pending": share.accepted_at.is_none(),
    }))
}

/// Returns one server with its libraries.
pub(in crate::routes) async fn server(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(machine_identifier): Path<String>,
) -> Result<Reply, Fail> {
    let server = own_server(&shared, caller.account(), &machine_identifier)?;
    let mut row = legacy_server(server, &server.access_token_for(caller.account()), None);
    row["Section"] = server.sections.iter().map(section_value).collect();
    Ok(container("Server", Vec::from([row])))
}

/// Lists the shares of a server. This is the only list with the access tokens of guests.
pub(in crate::routes) async fn shares(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(machine_identifier): Path<String>,
) -> Result<Reply, Fail> {
    let server = own_server(&shared, caller.account(), &machine_identifier)?;
    let world = shared.state();
    let here = world.sharing.all().filter(|share| share.machine_identifier == server.machine_identifier);
    Ok(container("SharedServer", here.map(|share| row(&world, server, share)).collect()))
}

fn row(world: &World, server: &Server, share: &Share) -> Value {
    let sections = server.sections.iter().map(|section| {
        let mut row = section_value(section);
        row["shared"] = json!(share.shows(section.id));
        row
    });
    let person = share.invitee.account().and_then(|id| world.people.get(id));
    let mut row = json!({
        "id": share.id,
        "name": server.name,
        "invitedAt": share.invited_at,
        "acceptedAt": share.accepted_at.unwrap_or_default(),
        "owned": true,
        "allLibraries": share.sections.is_none(),
        "Section": sections.collect::<Vec<_>>(),
    });
    match (&share.invitee, person) {
        (_, Some(person)) => {
            row["username"] = json!(person.username);
            row["email"] = json!(person.email);
            row["userID"] = json!(person.id);
            row["accessToken"] = json!(server.access_token_for(person.id));
        }
        (Invitee::Address(address), None) => row["email"] = json!(address),
        (Invitee::Account(_), None) => {}
    }
    settings_into(&mut row, world, share.owner, &share.invitee);
    row
}

pub(in crate::routes) async fn get(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path((machine_identifier, id)): Path<(String, String)>,
) -> Result<Reply, Fail> {
    let server = own_server(&shared, caller.account(), &machine_identifier)?;
    let world = shared.state();
    let share = find(&world, server, &id)?;
    Ok(container("SharedServer", Vec::from([row(&world, server, share)])))
}

fn find<'a>(world: &'a World, server: &Server, id: &str) -> Result<&'a Share, Fail> {
    let share = id.parse().ok().and_then(|id| world.sharing.get(id));
    share.filter(|share| share.machine_identifier == server.machine_identifier).ok_or(Fail::NOT_FOUND)
}

pub(in crate::routes) async fn create(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(machine_identifier): Path<String>,
    fields: Fields,
) -> Result<Reply, Fail> {
    let caller = caller.unmanaged()?;
    let body = fields.json("shared_server").ok_or(Fail::MALFORMED)?;
    let login = body["invited_email"].as_str().map(String::from);
    let invitee = invitee(&shared.state(), body.get("invited_id"), login)?;
    let order = Order {
        owner: caller.account(),
        machine_identifier: &machine_identifier,
        invitee,
        sections: sections(body.get("library_section_ids"))?,
        settings: fields.json("sharing_settings").and_then(Value::as_object),
        skip_friendship: false,
    };
    let share = share(&shared, order)?;
    let server = own_server(&shared, caller.account(), &machine_identifier)?;
    let world = shared.state();
    Ok(container("SharedServer", Vec::from([row(&world, server, &share)])))
}

/// Replaces the whole list of libraries.
pub(in crate::routes) async fn update(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path((machine_identifier, id)): Path<(String, String)>,
    fields: Fields,
) -> Result<Reply, Fail> {
    let server = own_server(&shared, caller.account(), &machine_identifier)?;
    let sections = sections(fields.json("shared_server").and_then(|body| body.get("library_section_ids")))?;
    if sections.iter().flatten().any(|section| server.section(*section).is_none()) {
        return Err(Fail::MALFORMED);
    }
    let mut world = shared.state();
    let id = find(&world, server, &id)?.id;
    if let Some(share) = world.sharing.get_mut(id) {
        share.sections = sections;
    }
    let share = world.sharing.get(id).ok_or(Fail::NOT_FOUND)?;
    Ok(container("SharedServer", Vec::from([row(&world, server, share)])))
}

pub(in crate::routes) async fn remove(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path((machine_identifier, id)): Path<(String, String)>,
) -> Result<Reply, Fail> {
    let server = own_server(&shared, caller.account(), &machine_identifier)?;
    let mut world = shared.state();
    let id = find(&world, server, &id)?.id;
    world.sharing.end(|share| share.id == id);
    Ok(Reply::xml("Response", json!({"code": 200, "status": "OK"})))
}
