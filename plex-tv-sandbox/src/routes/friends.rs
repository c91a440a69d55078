//! Friends: inviting, accepting, removing. The list itself is retired.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::caller::{Parameters, SignedIn};
use super::people::friend;
use crate::reply::{Fail, Reply};
use crate::state::Shared;

pub(super) async fn list(_: SignedIn) -> Fail {
    Fail::RETIRED
}

pub(super) async fn invite(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    parameters: Parameters,
) -> Result<Reply, Fail> {
    let caller = caller.unmanaged()?;
    let identifier = parameters.require("identifier")?;
    let now = shared.epoch_seconds();
    let mut world = shared.state();
    let person = world.people.by_login(identifier).filter(|person| person.id != caller.account());
    let person = person.cloned().ok_or(Fail::NOT_FOUND)?;
    world.sharing.ask(caller.account(), person.id, now).ok_or(Fail::EXISTS)?;
    let mut row = friend(&shared, &world, caller.account(), &person);
    // This reply lacks these two members, and its status is always `pending`.
    if let Some(members) = row.as_object_mut() {
        members.remove("email");
        members.remove("restrictionProfile");
        members.insert(String::from("status"), "pending".into());
    }
    Ok(Reply::created("friend", row))
}

pub(super) async fn accept(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(id): Path<String>,
) -> Result<Reply, Fail> {
    let id = id.parse().map_err(|_| Fail::NOT_FOUND)?;
    let mut world = shared.state();
    let friendship = world.sharing.accept_friend(id, caller.account()).ok_or(Fail::NOT_FOUND)?;
    let person = world.people.get(friendship.from).ok_or(Fail::NOT_FOUND)?;
    Ok(Reply::ok("friend", friend(&shared, &world, caller.account(), person)))
}

/// Ends the friendship and all shares between the two.
pub(super) async fn remove(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(id): Path<String>,
) -> Result<StatusCode, Fail> {
    let id = id.parse().map_err(|_| Fail::NOT_FOUND)?;
    let parted = shared.state().sharing.part(caller.account(), id);
    if parted { Ok(StatusCode::NO_CONTENT) } else { Err(Fail::NOT_FOUND) }
}
