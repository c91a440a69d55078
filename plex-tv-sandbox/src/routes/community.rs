//! The part of `community.plex.tv` about friends: who they are, their watchlists, and their
//! activities. It speaks GraphQL, and its errors have status 200.

use std::sync::Arc;

use async_graphql_parser::types::SelectionSet;
use axum::body::Bytes;
use axum::extract::State;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::caller::Token;
use super::people::avatar;
use crate::catalogue::Item;
use crate::graphql::{Asked, Query, Refusal, unknown_field};
use crate::reply::Reply;
use crate::state::{AccountId, Activity, Person, Shared, State as World};

const MOST: usize = 100;

/// The values of `ActivityType`. The sandbox has no activities of some types.
const ACTIVITY_TYPES: [&str; 9] = [
    "METADATA_MESSAGE",
    "POST",
    "RATING",
    "REVIEW",
    "WATCH_HISTORY",
    "WATCH_RATING",
    "WATCH_REVIEW",
    "WATCH_SESSION",
    "WATCHLIST",
];

pub(super) async fn query(State(shared): State<Arc<Shared>>, token: Token, body: Bytes) -> Reply {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let account = token.account(&shared).ok_or_else(|| Refusal::new("UNAUTHENTICATED", "User is not authenticated"));
    let answer = account.and_then(|account| {
        let query = Query::read(&body)?;
        let world = shared.state();
        Answering { shared: &shared, world: &world, account, query: &query }.root()
    });
    Reply::json(match answer {
        Ok(data) => json!({ "data": data }),
        Err(refusal) => refusal.to_value(),
    })
}

struct Answering<'a> {
    shared: &'a Shared,
    world: &'a World,
    account: AccountId,
    query: &'a Query,
}

impl Answering<'_> {
    fn root(&self) -> Result<Value, Refusal> {
        let mut data = Map::new();
        for field in self.query.fields(self.query.selection(), "Query")? {
            let value = match field.name {
                "__typename" => json!("Query"),
                "allFriendsV2" => self.query.cut(&self.friends(), field.selection)?,
                "userV2" => self.user_of_union(&field)?,
                "user" => self.user(&field.arguments["id"], field.selection)?,
                "activityFeed" => self.activity_feed(&field)?,
                unknown => return Err(unknown_field(unknown, "Query")),
            };
            data.insert(String::from(field.alias), value);
        }
        Ok(Value::Object(data))
    }

    fn friends(&self) -> Value {
        let friends = self.world.sharing.friends(self.account);
        let row = |id| {
            let person = self.world.people.get(id)?;
            let since = self.world.sharing.friendship(self.account, id)?.asked_at;
            let since = self.shared.clock.iso_at(since);
            Some(json!({"__typename": "FriendV2", "user": self.person(person), "createdAt": since}))
        };
        friends.filter_map(row).collect()
    }

    fn person(&self, person: &Person) -> Value {
        let own = |text: &str| (!person.is_managed()).then(|| String::from(text));
        json!({
            "__typename": "User",
            "id": person.uuid,
            "idRaw": person.id,
            "username": own(&person.username),
            "displayName": person.title,
            "avatar": avatar(self.shared, person),
        })
    }

    /// `userV2` returns a union, so its fields must be in a fragment on `User`.
    fn user_of_union(&self, field: &Asked<'_>) -> Result<Value, Refusal> {
        let own = self.query.fields(field.selection, "")?;
        if let Some(field) = own.iter().find(|field| field.name != "__typename") {
            return Err(unknown_field(field.name, "UserV2"));
        }
        let user = field.arguments.get("user").unwrap_or(&Value::Null);
        self.user(&user["id"], field.selection)
    }

    fn user(&self, uuid: &Value, selection: &SelectionSet) -> Result<Value, Refusal> {
        let uuid = uuid.as_str().ok_or_else(|| Refusal::new("BAD_USER_INPUT", "An id is required"))?;
        let person = self.world.people.by_uuid(uuid).ok_or_else(|| Refusal::new("NOT_FOUND", "User not found"))?;
        let row = self.person(person);
        let mut found = Map::new();
        for field in self.query.fields(selection, "User")? {
            let value = match field.name {
                "watchlist" => self.watchlist(person, &field)?,
                name => {
                    let value = row.get(name).ok_or_else(|| unknown_field(name, "User"))?;
                    self.query.cut(value, field.selection)?
                }
            };
            found.insert(String::from(field.alias), value);
        }
        Ok(Value::Object(found))
    }

    fn watchlist(&self, person: &Person, field: &Asked<'_>) -> Result<Value, Refusal> {
        let friendship = self.world.sharing.friendship(self.account, person.id);
        let is_shown = person.id == self.account
            || friendship.is_some_and(|friendship| friendship.accepted)
            || self.world.homes.are_together(self.account, person.id);
        if !is_shown {
            return Err(Refusal::new("FORBIDDEN", "The watchlist of this user is private"));
        }
        let items = self.world.watchlists.of(person.id).iter().map(|entry| metadata_item(entry.item)).collect();
        self.connection("MetadataItemConnection", items, field)
    }

    fn activity_feed(&self, field: &Asked<'_>) -> Result<Value, Refusal> {
        let invalid = |message: &str| Refusal::new("BAD_USER_INPUT", message);
        let types =
            field.arguments.get("types").and_then(Value::as_array).ok_or_else(|| invalid("types is required"))?;
        if types.iter().any(|wanted| !ACTIVITY_TYPES.iter().any(|known| wanted == known)) {
            return Err(invalid("Value does not exist in \"ActivityType\" enum."));
        }
        let of = match field.arguments.get("metadataID") {
            None | Some(Value::Null) => None,
            Some(key) => Some(key.as_str().and_then(Item::by_key).ok_or_else(|| invalid("Unknown metadataID"))?),
        };
        let with_parts = field.arguments.get("includeDescendants") == Some(&Value::Bool(true));
        let is_of = |item: Item| of.is_none_or(|of| of == item || (with_parts && item.is_within(of)));
        let friends = self.world.sharing.friends(self.account);
        let people: Vec<AccountId> = std::iter::once(self.account).chain(friends).collect();
        let activities = self.world.activities(&people).into_iter();
        let wanted = activities.filter(|it| is_of(it.item) && types.iter().any(|wanted| wanted == it.kind.name()));
        let rows = wanted.filter_map(|activity| self.activity(&activity)).collect();
        self.connection("ActivityConnection", rows, field)
    }

    fn activity(&self, activity: &Activity) -> Option<Value> {
        let Activity { kind, account, item, at } = *activity;
        Some(json!({
            "__typename": kind.type_name(),
            "id": format!("{}-{account}-{}", kind.name().to_lowercase(), item.key()),
            "date": self.shared.clock.iso_at(at),
            "userV2": self.person(self.world.people.get(account)?),
            "metadataItem": metadata_item(item),
        }))
    }

    /// Returns a page of a list: `first` items after the cursor `after`.
    fn connection(&self, of: &str, rows: Vec<Value>, field: &Asked<'_>) -> Result<Value, Refusal> {
        let first = field.arguments.get("first").and_then(Value::as_u64).and_then(|first| usize::try_from(first).ok());
        let first = first.filter(|first| (1..=MOST).contains(first));
        let first = first.ok_or_else(|| Refusal::new("BAD_USER_INPUT", "first must be between 1 and 100"))?;
        let start = match field.arguments.get("after") {
            None | Some(Value::Null) => 0,
            Some(cursor) => {
                let place = cursor.as_str().and_then(place);
                place.ok_or_else(|| Refusal::new("BAD_USER_INPUT", "Invalid cursor"))?
            }
        };
        let total = rows.len();
        let page: Vec<Value> = rows.into_iter().skip(start).take(first).collect();
        let end = start + page.len();
        let cursor = (!page.is_empty()).then(|| cursor(end));
        let info = json!({"__typename": "PageInfo", "hasNextPage": end < total, "endCursor": cursor});
        self.query.cut(&json!({"__typename": of, "nodes": page, "pageInfo": info}), field.selection)
    }
}

fn metadata_item(item: Item) -> Value {
    json!({
        "__typename": "MetadataItem",
        "id": item.key(),
        "title": item.title(),
        "type": item.kind().to_uppercase(),
        "guid": item.guid(),
        "key": format!("/library/metadata/{}", item.key()),
        "year": item.year(),
    })
}

/// Cursors are opaque to clients.
fn cursor(place: usize) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("after:{place}"))
}

fn place(cursor: &str) -> Option<usize> {
    let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    text.strip_prefix("after:")?.parse().ok()
}
