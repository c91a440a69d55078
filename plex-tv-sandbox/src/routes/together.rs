//! Rooms of Watch Together. Errors are plain text.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::caller::Token;
use super::people::avatar;
use crate::reply::{PlainFail, Reply};
use crate::state::{AccountId, Room, Shared, State as World};

fn account(shared: &Shared, token: &Token) -> Result<AccountId, PlainFail> {
    if token.text.is_none() {
        return Err(PlainFail(StatusCode::UNAUTHORIZED, "You must provide a token!"));
    }
    token.account(shared).ok_or(PlainFail(StatusCode::UNAUTHORIZED, "Invalid token"))
}

fn room_value(shared: &Shared, world: &World, room: &Room) -> Value {
    let people = room.users.iter().filter_map(|id| world.people.get(*id));
    let users = people.map(|person| {
        json!({
            "id": person.id,
            "username": person.username,
            "title": person.title,
            "uuid": person.uuid,
            "thumb": avatar(shared, person),
        })
    });
    json!({
        "id": room.id,
        "title": room.title,
        "type": "watch",
        "sourceUri": room.source_uri,
        "source": room.source_uri,
        "createdBy": room.created_by,
        "startsAt": room.starts_at,
        "endsAt": room.ends_at(),
        "updatedAt": room.updated_at,
        // A name that does not resolve.
        "syncplayHost": "together.example.invalid",
        "syncplayPort": 7776,
        "users": users.collect::<Vec<_>>(),
    })
}

pub(super) async fn rooms(State(shared): State<Arc<Shared>>, token: Token) -> Result<Reply, PlainFail> {
    let account = account(&shared, &token)?;
    let world = shared.state();
    let rooms = world.rooms.of(account, shared.epoch_seconds());
    let rooms: Vec<Value> = rooms.map(|room| room_value(&shared, &world, room)).collect();
    Ok(Reply::json(json!({"rooms": rooms})))
}

pub(super) async fn open(State(shared): State<Arc<Shared>>, token: Token, body: Bytes) -> Result<Reply, PlainFail> {
    let account = account(&shared, &token)?;
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let (Some(title), Some(uri)) = (body["title"].as_str(), body["sourceUri"].as_str()) else {
        return Err(PlainFail(StatusCode::BAD_REQUEST, "title and sourceUri are required"));
    };
    let now = shared.epoch_seconds();
    let mut world = shared.state();
    let users = related(&world, account, &body["users"])?;
    let room = world.rooms.open(account, title, uri, &users, now);
    Ok(Reply::json(room_value(&shared, &world, &room)).with_status(StatusCode::CREATED))
}

/// Reads the invited users. All must be friends or members of the same Home. `null` invites nobody.
fn related(world: &World, account: AccountId, users: &Value) -> Result<Vec<AccountId>, PlainFail> {
    let refused = || PlainFail(StatusCode::BAD_REQUEST, "users must be friends or members of your Home");
    let ids = match users {
        Value::Null => return Ok(Vec::new()),
        Value::Array(ids) => ids.iter().map(Value::as_u64).collect::<Option<Vec<AccountId>>>().ok_or_else(refused)?,
        _ => return Err(refused()),
    };
    let knows = |id: &AccountId| {
        let friends = world.sharing.friendship(account, *id).is_some_and(|friendship| friendship.accepted);
        *id == account || friends || world.homes.are_together(account, *id)
    };
    if ids.iter().all(knows) { Ok(ids) } else { Err(refused()) }
}

/// Returns a room that the account is in.
fn entered<'a>(world: &'a mut World, id: &str, account: AccountId, now: i64) -> Result<&'a mut Room, PlainFail> {
    let room = world.rooms.get_mut(id, now).ok_or(PlainFail(StatusCode::NOT_FOUND, "room not found not found!"))?;
    if room.users.contains(&account) {
        Ok(room)
    } else {
        Err(PlainFail(StatusCode::FORBIDDEN, "You are not in this room"))
    }
}

pub(super) async fn room(
    State(shared): State<Arc<Shared>>,
    token: Token,
    Path(id): Path<String>,
) -> Result<Reply, PlainFail> {
    let account = account(&shared, &token)?;
    let mut world = shared.state();
    let room = entered(&mut world, &id, account, shared.epoch_seconds())?.clone();
    Ok(Reply::json(room_value(&shared, &world, &room)))
}

/// Changes the title or the item. Every participant may do so.
pub(super) async fn update(
    State(shared): State<Arc<Shared>>,
    token: Token,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Reply, PlainFail> {
    let account = account(&shared, &token)?;
    let now = shared.epoch_seconds();
    let mut world = shared.state();
    let room = entered(&mut world, &id, account, now)?;
    // plex.tv was seen to answer 500 here.
    let broken = |_| PlainFail(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error");
    let body: Value = serde_json::from_slice(&body).map_err(broken)?;
    if let Some(title) = body["title"].as_str() {
        room.title = String::from(title);
    }
    if let Some(uri) = body["sourceUri"].as_str() {
        room.source_uri = String::from(uri);
    }
    room.updated_at = now;
    let room = room.clone();
    Ok(Reply::json(room_value(&shared, &world, &room)))
}

pub(super) async fn invite(
    State(shared): State<Arc<Shared>>,
    token: Token,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Reply, PlainFail> {
    let account = account(&shared, &token)?;
    let now = shared.epoch_seconds();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let mut world = shared.state();
    entered(&mut world, &id, account, now)?;
    let users = related(&world, account, &body["users"])?;
    let room = entered(&mut world, &id, account, now)?;
    for user in users {
        if !room.users.contains(&user) {
            room.users.push(user);
        }
    }
    room.updated_at = now;
    let room = room.clone();
    Ok(Reply::json(room_value(&shared, &world, &room)))
}

/// Leaves a room. The room stays open for the others.
pub(super) async fn leave(
    State(shared): State<Arc<Shared>>,
    token: Token,
    Path(id): Path<String>,
) -> Result<StatusCode, PlainFail> {
    let account = account(&shared, &token)?;
    let mut world = shared.state();
    let missing = |_| PlainFail(StatusCode::NOT_FOUND, "room not found not found!");
    let room = entered(&mut world, &id, account, shared.epoch_seconds()).map_err(missing)?;
    room.users.retain(|user| *user != account);
    Ok(StatusCode::NO_CONTENT)
}
