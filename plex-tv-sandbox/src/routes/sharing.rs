//! Sharing in version 2 of the API, from both sides.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::caller::{Parameters, SignedIn};
use super::people::friend;
use crate::reply::{Fail, Fields, Reply};
use crate::state::{AccountId, Invitee, Offer, Section, Server, Settings, Share, Shared, State as World};

/// Returns a share as `viewer`, one of its two sides, sees it.
fn share_value(shared: &Shared, world: &World, viewer: AccountId, share: &Share) -> Value {
    let server = shared.server(&share.machine_identifier).map(|server| server.facts());
    let sections: Vec<&Section> =
        server.iter().flat_map(|server| &server.sections).filter(|section| share.shows(section.id)).collect();
    let accepted = share.accepted_at.is_some();
    let address = match &share.invitee {
        Invitee::Account(id) => world.people.get(*id).map(|person| person.email.clone()),
        Invitee::Address(address) => Some(address.clone()),
    };
    let mut row = json!({
        "id": share.id,
        "name": server.map(|server| &server.name),
        "ownerId": share.owner,
        "invitedId": share.invitee.account(),
        "invitedEmail": address.filter(|address| !address.is_empty()),
        "serverId": server.map(|server| server.id),
        "accepted": accepted,
        "acceptedAt": share.accepted_at.map(|at| shared.clock.iso_at(at)),
        "deletedAt": null,
        "leftAt": null,
        "owned": share.owner == viewer,
        "inviteToken": (!accepted).then(|| format!("sandbox-invite-{:05}", share.id % 100_000)),
        "machineIdentifier": share.machine_identifier,
        "lastSeenAt": shared.clock.iso_at(share.invited_at),
        "numLibraries": sections.len(),
        "allLibraries": share.sections.is_none(),
        "searchEnabled": true,
        "sharingSettings": world.sharing.settings(share.owner, &share.invitee).to_value(),
        "libraries": sections.into_iter().map(section).collect::<Vec<_>>(),
    });
    let person = |id: AccountId| world.people.get(id).map(|person| friend(shared, world, viewer, person));
    if share.owner == viewer {
        row["invited"] = json!(share.invitee.account().and_then(person));
    } else {
        row["owner"] = json!(person(share.owner));
    }
    row
}

pub(super) fn section(section: &Section) -> Value {
    json!({"id": section.id, "key": section.key, "title": section.title, "type": section.kind})
}

/// Returns a filter for the status in the path. Unknown words are 404.
fn has_status(status: &str) -> Result<impl Fn(&&Share) -> bool, Fail> {
    let accepted = match status {
        "accepted" => true,
        "pending" => false,
        _ => return Err(Fail::NOT_FOUND),
    };
    Ok(move |share: &&Share| share.accepted_at.is_some() == accepted)
}

pub(super) async fn owned(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(status): Path<String>,
) -> Result<Reply, Fail> {
    let (wanted, account) = (has_status(&status)?, caller.account());
    let world = shared.state();
    let shares = world.sharing.all().filter(|share| share.owner == account).filter(|share| wanted(share));
    Ok(Reply::ok("sharedServers", shares.map(|share| share_value(&shared, &world, account, share)).collect()))
}

pub(super) async fn invites_owned(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(status): Path<String>,
) -> Result<Reply, Fail> {
    let (wanted, account) = (has_status(&status)?, caller.account());
    let world = shared.state();
    let shares = world.sharing.all().filter(|share| share.owner == account).filter(|share| wanted(share));
    Ok(invites(&shared, &world, account, shares))
}

pub(super) async fn invites_received(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(status): Path<String>,
) -> Result<Reply, Fail> {
    let (wanted, account) = (has_status(&status)?, caller.account());
    let world = shared.state();
    let shares = world.sharing.all().filter(|share| share.is_with(account)).filter(|share| wanted(share));
    Ok(invites(&shared, &world, account, shares))
}

/// Groups shares by the person on the other side.
fn invites<'a>(shared: &Shared, world: &World, viewer: AccountId, shares: impl Iterator<Item = &'a Share>) -> Reply {
    let mut rows: BTreeMap<OtherSide, (Value, Vec<Value>)> = BTreeMap::new();
    for share in shares {
        let mut value = share_value(shared, world, viewer, share);
        let side = if share.owner == viewer { "invited" } else { "owner" };
        let other = value.as_object_mut().and_then(|members| members.remove(side)).unwrap_or_default();
        let key = OtherSide(share.owner, share.invitee.account(), value["invitedEmail"].to_string());
        let row = rows.entry(key).or_insert_with(|| (json!({ side: other }), Vec::new()));
        row.1.push(value);
    }
    let whole = |(mut row, shares): (Value, Vec<Value>)| {
        row["sharedServers"] = Value::from(shares);
        row
    };
    Reply::ok("invites", rows.into_values().map(whole).collect())
}

/// The key of a group: owner, invited account, and invited address.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct OtherSide(AccountId, Option<AccountId>, String);

pub(super) async fn get(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(id): Path<String>,
) -> Result<Reply, Fail> {
    let world = shared.state();
    let share = id.parse().ok().and_then(|id| world.sharing.get(id));
    let share = share.filter(|share| share.concerns(caller.account())).ok_or(Fail::NOT_FOUND)?;
    Ok(Reply::ok("sharedServer", share_value(&shared, &world, caller.account(), share)))
}

pub(super) async fn create(State(shared): State<Arc<Shared>>, caller: SignedIn, fields: Fields) -> Result<Reply, Fail> {
    let caller = caller.unmanaged()?;
    let machine_identifier = fields.text("machineIdentifier").ok_or(Fail::MALFORMED)?;
    let sections = sections(fields.json("librarySectionIds"))?;
    let invitee = invitee(&shared.state(), fields.json("invitedId"), fields.text("invitedEmail"))?;
    let order = Order {
        owner: caller.account(),
        machine_identifier: &machine_identifier,
        invitee,
        sections,
        settings: fields.json("settings").and_then(Value::as_object),
        skip_friendship: fields.json("skipFriendship") == Some(&json!(true)),
    };
    let share = share(&shared, order)?;
    let world = shared.state();
    Ok(Reply::created("sharedServer", share_value(&shared, &world, caller.account(), &share)))
}

/// A request to share a server.
pub(super) struct Order<'a> {
    pub(super) owner: AccountId,
    pub(super) machine_identifier: &'a str,
    pub(super) invitee: Invitee,
    pub(super) sections: Option<Vec<u64>>,
    pub(super) settings: Option<&'a Map<String, Value>>,
    pub(super) skip_friendship: bool,
}

pub(super) fn share(shared: &Shared, order: Order<'_>) -> Result<Share, Fail> {
    let server = own_server(shared, order.owner, order.machine_identifier)?;
    let known = |sections: &Vec<u64>| sections.iter().all(|section| server.section(*section).is_some());
    if !order.sections.as_ref().is_none_or(known) {
        return Err(Fail::MALFORMED);
    }
    let mut world = shared.state();
    if order.invitee == Invitee::Account(order.owner) {
        return Err(Fail::INVALID);
    }
    let mut settings = world.sharing.settings(order.owner, &order.invitee);
    change(&mut settings, order.settings)?;
    let together = order.invitee.account().is_some_and(|id| world.homes.are_together(order.owner, id));
    let offer = Offer {
        invitee: order.invitee.clone(),
        sections: order.sections,
        befriends: !order.skip_friendship && !together,
        accepted: together,
        at: shared.epoch_seconds(),
    };
    let share = world.sharing.offer(server, offer).ok_or(Fail::ALREADY_SHARED)?;
    *world.sharing.settings_mut(order.owner, order.invitee) = settings;
    Ok(share)
}

fn change(settings: &mut Settings, changes: Option<&Map<String, Value>>) -> Result<(), Fail> {
    let changes = changes.into_iter().flatten().map(|(name, value)| (name.as_str(), value));
    if settings.update(changes) { Ok(()) } else { Err(Fail::MALFORMED) }
}

/// Returns a server that the account owns. Servers of others are 404.
pub(super) fn own_server<'a>(shared: &'a Shared, owner: AccountId, machine: &str) -> Result<&'a Server, Fail> {
    let server = shared.server(machine).map(|server| server.facts());
    server.filter(|server| server.owner == owner).ok_or(Fail::NOT_FOUND)
}

/// Reads a list of section ids. An empty list means all libraries.
pub(super) fn sections(ids: Option<&Value>) -> Result<Option<Vec<u64>>, Fail> {
    let ids = ids.and_then(Value::as_array).ok_or(Fail::MALFORMED)?;
    let ids: Option<Vec<u64>> = ids.iter().map(Value::as_u64).collect();
    ids.map(|ids| (!ids.is_empty()).then_some(ids)).ok_or(Fail::MALFORMED)
}

/// Finds the invitee by id, by e-mail address or by user name. One client sends the id as text.
pub(super) fn invitee(world: &World, id: Option<&Value>, login: Option<String>) -> Result<Invitee, Fail> {
    if let Some(id) = id.filter(|id| !id.is_null()) {
        let id = id.as_u64().or_else(|| id.as_str()?.parse().ok()).ok_or(Fail::MALFORMED)?;
        return world.people.get(id).map(|person| Invitee::Account(person.id)).ok_or(Fail::NOT_FOUND);
    }
    let login = login.filter(|login| !login.is_empty()).ok_or(Fail::MALFORMED)?;
    match world.people.by_login(&login) {
        Some(person) => Ok(Invitee::Account(person.id)),
        None if login.contains('@') => Ok(Invitee::Address(login.to_lowercase())),
        None => Err(Fail::NOT_FOUND),
    }
}

/// Replaces the whole list of libraries.
pub(super) async fn update(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Reply, Fail> {
    let sections = sections(fields.json("librarySectionIds"))?;
    let mut world = shared.state();
    let share = id.parse().ok().and_then(|id| world.sharing.get_mut(id));
    let share = share.filter(|share| share.owner == caller.account()).ok_or(Fail::NOT_FOUND)?;
    let server = own_server(&shared, caller.account(), &share.machine_identifier)?;
    if sections.iter().flatten().any(|section| server.section(*section).is_none()) {
        return Err(Fail::MALFORMED);
    }
    let (id, invitee, old) = (share.id, share.invitee.clone(), std::mem::replace(&mut share.sections, sections));
    let settings = world.sharing.settings_mut(caller.account(), invitee);
    if let Err(fail) = change(settings, fields.json("settings").and_then(Value::as_object)) {
        world.sharing.get_mut(id).into_iter().for_each(|share| share.sections.clone_from(&old));
        return Err(fail);
    }
    let share = world.sharing.get(id).ok_or(Fail::NOT_FOUND)?;
    Ok(Reply::ok("sharedServer", share_value(&shared, &world, caller.account(), share)))
}

pub(super) async fn accept(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(id): Path<String>,
) -> Result<StatusCode, Fail> {
    let now = shared.epoch_seconds();
    let id = id.parse().map_err(|_| Fail::NOT_FOUND)?;
    let accepted = shared.state().sharing.accept(id, caller.account(), now);
    if accepted { Ok(StatusCode::NO_CONTENT) } else { Err(Fail::NOT_FOUND) }
}

/// Ends a share: the owner cancels or revokes it, or the other side declines or leaves it.
pub(super) async fn remove(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(id): Path<String>,
) -> Result<StatusCode, Fail> {
    let id: u64 = id.parse().map_err(|_| Fail::NOT_FOUND)?;
    let ended = shared.state().sharing.end(|share| share.id == id && share.concerns(caller.account()));
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(Fail::NOT_FOUND) }
}

pub(super) async fn settings(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    parameters: Parameters,
) -> Result<Reply, Fail> {
    let world = shared.state();
    let id = parameters.get("invitedId").map(Value::from);
    let invitee = invitee(&world, id.as_ref(), parameters.get("invitedEmail").map(String::from))?;
    Ok(Reply::ok("sharingSettings", world.sharing.settings(caller.account(), &invitee).to_value()))
}

pub(super) async fn update_settings(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    parameters: Parameters,
    fields: Fields,
) -> Result<Reply, Fail> {
    let caller = caller.unmanaged()?;
    let changes = fields.json("settings").and_then(Value::as_object).ok_or(Fail::MALFORMED)?;
    let mut world = shared.state();
    let id = parameters.get("invitedId").map(Value::from);
    let login = parameters.get("invitedEmail").map(String::from).or_else(|| fields.text("invitedEmail"));
    let invitee = invitee(&world, id.as_ref(), login)?;
    let settings = world.sharing.settings_mut(caller.account(), invitee);
    change(settings, Some(changes))?;
    Ok(Reply::ok("sharingSettings", settings.to_value()))
}

/// Changes the sharing settings of a person, by id.
pub(super) async fn update_person(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<StatusCode, Fail> {
    let owner = caller.account();
    let id: AccountId = id.parse().map_err(|_| Fail::NOT_FOUND)?;
    let mut world = shared.state();
    let has_share = world.sharing.all().any(|share| share.owner == owner && share.is_with(id));
    if !has_share && world.sharing.friendship(owner, id).is_none() && !world.homes.are_together(owner, id) {
        return Err(Fail::NOT_FOUND);
    }
    let changes: Vec<(&str, Value)> = parameters.pairs().map(|(name, value)| (name, Value::from(value))).collect();
    let changes = changes.iter().map(|(name, value)| (*name, value));
    let changed = world.sharing.settings_mut(owner, Invitee::Account(id)).update(changes);
    if changed { Ok(StatusCode::OK) } else { Err(Fail::MALFORMED) }
}

/// Ends all shares with a person. The friendship stays.
pub(super) async fn remove_person(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(id): Path<String>,
) -> Result<StatusCode, Fail> {
    let id: AccountId = id.parse().map_err(|_| Fail::NOT_FOUND)?;
    let ended = shared.state().sharing.end(|share| share.owner == caller.account() && share.is_with(id));
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(Fail::NOT_FOUND) }
}
