//! The watchlist, and what a user watched and rated.

use std::cmp::Ordering;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::caller::{Parameters, SignedIn, Window};
use super::catalogue::{container, page, reduced};
use crate::catalogue::Item;
use crate::reply::{Fail, Reply};
use crate::state::{Entry, Shared};

/// Returns a page of the watchlist with an `ETag`, or 304 if the caller has that page.
pub(super) async fn watchlist(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(filter): Path<String>,
    window: Window,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Fail> {
    let today = shared.clock.iso(shared.now());
    let wanted: &dyn Fn(&Item) -> bool = match filter.as_str() {
        "all" => &|_| true,
        "available" => &|item| item.is_available(),
        "released" => &|item| item.released_on() <= today,
        _ => return Err(Fail::NOT_FOUND),
    };
    let kind = match parameters.get("type") {
        None | Some("" | "99") => None,
        Some("1") => Some("movie"),
        Some("2") => Some("show"),
        Some(_) => return Err(Fail::MALFORMED),
    };
    let mut entries = shared.state().watchlists.of(caller.account()).to_vec();
    entries.retain(|entry| wanted(&entry.item) && kind.is_none_or(|kind| kind == entry.item.kind()));
    sort(&mut entries, parameters.get("sort").unwrap_or("watchlistedAt:desc"))?;
    let (start, page) = page(&window, &entries)?;
    let rows = page.iter().map(|entry| row(entry, &parameters)).collect();
    let list = container(("watchlist", "Watchlist"), start, entries.len(), rows);
    let tag = tag(&list);
    if is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let mut response = Reply::ok("MediaContainer", list).into_response();
    response.headers_mut().insert(header::ETAG, tag);
    Ok(response)
}

/// Whether `If-None-Match` is `*` or lists the tag.
fn is_known(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let lists = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|list| list.to_str().ok());
    let mut known = lists.flat_map(|list| list.split(',')).map(str::trim);
    known.any(|known| known == "*" || known == tag)
}

fn row(entry: &Entry, parameters: &Parameters) -> Value {
    let mut row = entry.item.to_value();
    row["watchlistedAt"] = json!(entry.added_at);
    if parameters.is_on("includeGuids") {
        row["Guid"] = entry.item.guid_rows();
    }
    reduced(row, parameters)
}

/// Sorts by `field:asc` or `field:desc`. The sort is stable.
fn sort(entries: &mut [Entry], order: &str) -> Result<(), Fail> {
    let (field, direction) = order.split_once(':').unwrap_or((order, "asc"));
    let compare: fn(&Entry, &Entry) -> Ordering = match field {
        "watchlistedAt" => |one, other| one.added_at.cmp(&other.added_at),
        "titleSort" => |one, other| one.item.title().cmp(&other.item.title()),
        "originallyAvailableAt" => |one, other| one.item.released_on().cmp(&other.item.released_on()),
        "rating" => |one, other| one.item.rating_tenths().cmp(&other.item.rating_tenths()),
        _ => return Err(Fail::MALFORMED),
    };
    match direction {
        "asc" => entries.sort_by(compare),
        "desc" => entries.sort_by(|one, other| compare(other, one)),
        _ => return Err(Fail::MALFORMED),
    }
    Ok(())
}

fn tag(list: &Value) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    list.to_string().hash(&mut hasher);
    HeaderValue::try_from(format!("W/\"{:016x}\"", hasher.finish())).unwrap_or(HeaderValue::from_static("W/\"0\""))
}

/// Reads the `ratingKey`, which must be a film or a show.
fn listable(parameters: &Parameters) -> Result<Item, Fail> {
    let item = Item::by_key(parameters.require("ratingKey")?).ok_or(Fail::NOT_FOUND)?;
    if matches!(item, Item::Movie(_) | Item::Show(_)) { Ok(item) } else { Err(Fail::NOT_FOUND) }
}

pub(super) async fn add(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    parameters: Parameters,
) -> Result<StatusCode, Fail> {
    let caller = caller.with_account()?;
    let item = listable(&parameters)?;
    let now = shared.epoch_seconds();
    shared.state().watchlists.add(caller.account(), item, now);
    Ok(StatusCode::OK)
}

pub(super) async fn remove(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    parameters: Parameters,
) -> Result<StatusCode, Fail> {
    let caller = caller.with_account()?;
    let item = listable(&parameters)?;
    shared.state().watchlists.remove(caller.account(), item);
    Ok(StatusCode::OK)
}

pub(super) async fn user_state(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(key): Path<String>,
) -> Result<Reply, Fail> {
    let item = Item::by_key(&key).ok_or(Fail::NOT_FOUND)?;
    let world = shared.state();
    let viewing = world.viewings.of(caller.account(), item);
    let mut state = json!({
        "ratingKey": key,
        "type": item.kind(),
        "viewCount": viewing.count,
        "viewOffset": 0,
    });
    if viewing.count > 0 {
        state["viewState"] = json!("complete");
    }
    let added_at = world.watchlists.added_at(caller.account(), item);
    for (name, value) in [
        ("lastViewedAt", json!(viewing.last_at)),
        ("watchlistedAt", json!(added_at)),
        ("rating", json!(viewing.rating)),
    ] {
        if !value.is_null() {
            state[name] = value;
        }
    }
    let container = json!({"identifier": "tv.plex.provider.metadata", "size": 1, "UserState": state});
    Ok(Reply::ok("MediaContainer", json!({ "MediaContainer": container })))
}

/// Reads the item that is watched or rated.
fn acted_on(parameters: &Parameters) -> Result<Item, Fail> {
    let known = ["com.plexapp.plugins.library", "tv.plex.provider.discover"];
    if !known.contains(&parameters.require("identifier")?) {
        return Err(Fail::MALFORMED);
    }
    Item::by_key(parameters.require("key")?).ok_or(Fail::NOT_FOUND)
}

pub(super) async fn scrobble(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    parameters: Parameters,
) -> Result<StatusCode, Fail> {
    let item = acted_on(&parameters)?;
    let now = shared.epoch_seconds();
    shared.state().viewings.watched(caller.account(), item, now);
    Ok(StatusCode::OK)
}

pub(super) async fn unscrobble(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    parameters: Parameters,
) -> Result<StatusCode, Fail> {
    let item = acted_on(&parameters)?;
    shared.state().viewings.unwatched(caller.account(), item);
    Ok(StatusCode::OK)
}

/// Rates an item from 0 to 10. -1 removes the rating.
pub(super) async fn rate(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    parameters: Parameters,
) -> Result<StatusCode, Fail> {
    let item = acted_on(&parameters)?;
    let rating: f64 = parameters.require("rating")?.parse().map_err(|_| Fail::MALFORMED)?;
    let rating = match rating {
        -1.0 => None,
        0.0..=10.0 => Some(rating),
        _ => return Err(Fail::MALFORMED),
    };
    let now = shared.epoch_seconds();
    shared.state().viewings.rate(caller.account(), item, rating, now);
    Ok(StatusCode::OK)
}
