//! The catalogue of films and shows: lookup, search, and the shelves.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::caller::{Parameters, SignedIn, Window};
use crate::catalogue::{Item, PEOPLE, titles};
use crate::reply::{Fail, Reply};
use crate::state::{AccountId, Shared};

/// The page size when the caller does not ask for one.
const USUAL: usize = 20;
const MOST: usize = 100;
/// Page sizes above this are refused with 400; smaller ones are limited to [`MOST`].
const TOO_MANY: usize = 1000;

pub(super) async fn provider(_: SignedIn) -> Reply {
    let directory = |key: &str, title: &str, kind: &str| json!({"key": key, "title": title, "type": kind});
    let provider = json!({
        "identifier": "tv.plex.provider.discover",
        "title": "Discover",
        "types": "video",
        "protocols": "metadata,watchlist",
        "Feature": [
            {"type": "search", "key": "/library/search"},
            {"type": "metadata", "key": "/library/metadata"},
            {"type": "match", "key": "/library/metadata/matches"},
            {
                "type": "content",
                "key": "/library/sections",
                "Directory": [
                    directory("/hubs/sections/home", "Home", "mixed"),
                    directory("/library/sections/watchlist/all", "Watchlist", "mixed"),
                ],
            },
        ],
    });
    Reply::ok("MediaProvider", json!({"MediaProvider": provider}))
}

/// Wraps rows in a container. `Metadata` is missing when there are no rows.
pub(super) fn container(library: (&str, &str), offset: usize, total: usize, rows: Vec<Value>) -> Value {
    let (id, title) = library;
    let mut container = json!({
        "librarySectionID": id,
        "librarySectionTitle": title,
        "identifier": "tv.plex.provider.discover",
        "offset": offset,
        "size": rows.len(),
        "totalSize": total,
    });
    if !rows.is_empty() {
        container["Metadata"] = Value::from(rows);
    }
    json!({ "MediaContainer": container })
}

const CATALOGUE: (&str, &str) = ("discover", "Discover");

fn metadata(rows: Vec<Value>) -> Reply {
    Reply::ok("MediaContainer", container(CATALOGUE, 0, rows.len(), rows))
}

/// Returns the requested page of a list and its offset.
pub(super) fn page<T: Clone>(window: &Window, items: &[T]) -> Result<(usize, Vec<T>), Fail> {
    if window.size.is_some_and(|size| size > TOO_MANY) {
        let message = "X-Plex-Container-Size, the container-size, is too large";
        return Err(Fail::without_code(StatusCode::BAD_REQUEST, message));
    }
    let start = window.start.unwrap_or(0).min(items.len());
    let size = window.size.unwrap_or(USUAL).min(MOST);
    Ok((start, items.iter().skip(start).take(size).cloned().collect()))
}

/// Returns one or more items. Several keys are separated by commas.
pub(super) async fn details(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(keys): Path<String>,
    parameters: Parameters,
) -> Result<Reply, Fail> {
    let row = |key| {
        let item = Item::by_key(key)?;
        let mut row = item.details();
        if parameters.is_on("includeGuids") {
            row["Guid"] = item.guid_rows();
        }
        if parameters.is_on("includeUserState") {
            row["userState"] = json!(true);
            let world = shared.state();
            if let Some(added_at) = world.watchlists.added_at(caller.account(), item) {
                row["watchlistedAt"] = json!(added_at);
            }
        }
        Some(reduced(row, &parameters))
    };
    let rows: Option<Vec<Value>> = keys.split(',').map(row).collect();
    Ok(metadata(rows.ok_or(Fail::NOT_FOUND)?))
}

/// Removes the fields and elements that the call does not want. The fields that identify an item
/// stay.
pub(super) fn reduced(mut row: Value, parameters: &Parameters) -> Value {
    let listed = |name: &str| -> Option<Vec<String>> {
        let names = parameters.get(name)?.split(',').map(String::from);
        Some(names.collect())
    };
    let Some(members) = row.as_object_mut() else {
        return row;
    };
    let always = |name: &str| ["ratingKey", "key", "guid", "type"].contains(&name);
    let is_element = |name: &str| name.starts_with(char::is_uppercase);
    if let Some(wanted) = listed("includeFields") {
        members.retain(|name, _| is_element(name) || always(name) || wanted.contains(name));
    }
    if let Some(wanted) = listed("includeElements") {
        members.retain(|name, _| !is_element(name) || wanted.contains(name));
    }
    for unwanted in ["excludeFields", "excludeElements"].into_iter().filter_map(listed) {
        members.retain(|name, _| always(name) || !unwanted.contains(name));
    }
    row
}

pub(super) async fn children(
    _: SignedIn,
    Path(key): Path<String>,
    window: Window,
    parameters: Parameters,
) -> Result<Reply, Fail> {
    let children = Item::by_key(&key).ok_or(Fail::NOT_FOUND)?.children();
    let (start, page) = page(&window, &children)?;
    let rows = page.into_iter().map(|item| reduced(item.to_value(), &parameters)).collect();
    Ok(Reply::ok("MediaContainer", container(CATALOGUE, start, children.len(), rows)))
}

pub(super) async fn extras(_: SignedIn, Path(key): Path<String>) -> Result<Reply, Fail> {
    let item = Item::by_key(&key).ok_or(Fail::NOT_FOUND)?;
    let clip = json!({
        "ratingKey": format!("{}-trailer", item.key()),
        "key": format!("/library/metadata/{}-trailer", item.key()),
        "guid": format!("plex://clip/{}", item.key()),
        "type": "clip",
        "title": format!("Trailer of {}", item.title()),
        "duration": 90_000,
    });
    Ok(metadata(Vec::from([clip])))
}

pub(super) async fn related(_: SignedIn, Path(key): Path<String>, parameters: Parameters) -> Result<Reply, Fail> {
    let item = Item::by_key(&key).ok_or(Fail::NOT_FOUND)?;
    let count = parameters.get("count").and_then(|count| count.parse().ok()).unwrap_or(USUAL);
    let others: Vec<Item> =
        titles().filter(|other| other.kind() == item.kind() && *other != item).take(count).collect();
    let mut row = hub("related", "related.similar", "Similar", &others);
    row["context"] = json!("hub.detail.similar");
    Ok(hubs(Vec::from([row])))
}

/// Finds items by external id, by web page, or by title. No match is an empty list.
pub(super) async fn matches(_: SignedIn, parameters: Parameters) -> Result<Reply, Fail> {
    let found: Vec<Item> = if let Some(guid) = parameters.get("guid") {
        Item::by_guid(guid).into_iter().collect()
    } else if let Some(url) = parameters.get("url") {
        let slug = url.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        titles().filter(|item| item.to_value()["slug"] == slug).collect()
    } else {
        let title = parameters.require("title")?;
        titles().filter(|item| item.title().eq_ignore_ascii_case(title)).collect()
    };
    let kind = match parameters.get("type") {
        Some("1") => Some("movie"),
        Some("2") => Some("show"),
        Some("3") => Some("season"),
        Some("4") => Some("episode"),
        _ => None,
    };
    let year = parameters.get("year");
    let fits = |item: &Item| {
        kind.is_none_or(|kind| kind == item.kind()) && year.is_none_or(|year| item.year().to_string() == year)
    };
    let row = |item: Item| {
        let mut row = item.to_value();
        if parameters.is_on("includeGuids") {
            row["Guid"] = item.guid_rows();
        }
        row
    };
    Ok(metadata(found.into_iter().filter(fits).map(row).collect()))
}

/// Returns groups of hits. A group without hits has no `SearchResult`.
pub(super) async fn search(_: SignedIn, parameters: Parameters) -> Result<Reply, Fail> {
    let query = parameters.require("query")?.to_lowercase();
    if parameters.get("searchProviders").is_none() {
        return Err(Fail::without_code(StatusCode::BAD_REQUEST, "Missing required param searchProviders!"));
    }
    let limit = parameters.get("limit").and_then(|limit| limit.parse().ok()).unwrap_or(10);
    let types: Vec<&str> = parameters.get("searchTypes").unwrap_or("movies,tv,people").split(',').collect();
    let wanted = |item: &Item| match item {
        Item::Movie(_) => types.contains(&"movies"),
        _ => types.contains(&"tv"),
    };
    let hit = |score: f64, row: Value| {
        let mut hit = json!({"score": score});
        if parameters.is_on("includeMetadata") {
            hit["Metadata"] = row;
        }
        hit
    };
    let score = |title: &str| if title.to_lowercase() == query { 1.0 } else { 0.5 };
    let mut found: Vec<Item> =
        titles().filter(wanted).filter(|item| item.title().to_lowercase().contains(&query)).collect();
    // Exact matches come first.
    found.sort_by_key(|item| item.title().to_lowercase() != query);
    let titles: Vec<Value> =
        found.into_iter().take(limit).map(|item| hit(score(&item.title()), item.to_value())).collect();
    let people =
        PEOPLE.iter().filter(|person| types.contains(&"people") && person.name.to_lowercase().contains(&query));
    let people: Vec<Value> = people.map(|person| hit(score(person.name), person_row(person))).collect();
    let group = |id: &str, title: &str, hits: Vec<Value>| {
        let mut group = json!({"id": id, "title": title, "size": hits.len()});
        if !hits.is_empty() {
            group["SearchResult"] = Value::from(hits);
        }
        group
    };
    let groups = [
        group("plex", "On Plex", Vec::new()),
        group("external", "More Ways to Watch", titles),
        group("people", "People", people),
    ];
    Ok(Reply::ok(
        "MediaContainer",
        json!({"MediaContainer": {
            "identifier": "tv.plex.provider.discover",
            "suggestedTerms": [],
            "size": groups.len(),
            "SearchResults": groups,
        }}),
    ))
}

fn person_row(person: &crate::catalogue::Person) -> Value {
    json!({
        "ratingKey": person.key,
        "key": format!("/library/people/{}", person.key),
        "guid": format!("plex://person/{}", person.key),
        "type": "person",
        "title": person.name,
        "slug": person.name.to_lowercase().replace(' ', "-"),
        "thumb": "https://images.example.com/person.jpg",
    })
}

/// An unknown key gives an empty list. A malformed key is refused.
pub(super) async fn person(Path(key): Path<String>) -> Result<Reply, Fail> {
    let key = known_key(&key)?;
    let person = PEOPLE.iter().find(|person| person.key == key);
    let row = person.map(|person| {
        let mut row = person_row(person);
        row["summary"] = json!("Was made up for a sandbox.");
        row["bornAt"] = json!("1970-01-01");
        row["birthPlace"] = json!("Nowhere");
        row["knownFor"] = json!("Example Movie 1");
        row["CreditType"] = json!([{"type": person.department, "title": department(person.department), "count": 3}]);
        row
    });
    let rows: Vec<Value> = row.into_iter().collect();
    let mut container = json!({"size": rows.len(), "totalSize": rows.len()});
    if !rows.is_empty() {
        container["Metadata"] = Value::from(rows);
    }
    Ok(Reply::ok("MediaContainer", json!({ "MediaContainer": container })))
}

fn known_key(key: &str) -> Result<&str, Fail> {
    let is_key = key.len() == 24 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    let refusal = Fail::without_code(StatusCode::NOT_FOUND, "Invalid value provided for metadataId!");
    if is_key { Ok(key) } else { Err(refusal) }
}

fn department(kind: &str) -> &'static str {
    if kind == "actor" { "Actor" } else { "Director" }
}

pub(super) async fn credits(Path(key): Path<String>) -> Result<Reply, Fail> {
    let key = known_key(&key)?;
    let group = PEOPLE.iter().find(|person| person.key == key).map(|person| {
        let credit = |(order, item): (usize, Item)| {
            let row = item.to_value();
            // One object instead of a list, and no guid.
            let metadata = json!({
                "ratingKey": row["ratingKey"],
                "key": row["key"],
                "slug": row["slug"],
                "type": row["type"],
                "title": row["title"],
                "year": row["year"],
                "originallyAvailableAt": row["originallyAvailableAt"],
                "publicPagesURL": format!("https://watch.example.com/{}", row["slug"].as_str().unwrap_or_default()),
            });
            json!({"order": order, "role": format!("Part {}", order + 1), "Metadata": metadata})
        };
        let credits: Vec<Value> = titles().take(3).enumerate().map(credit).collect();
        json!({"title": department(person.department), "type": person.department, "Credit": credits})
    });
    let groups: Vec<Value> = group.into_iter().collect();
    Ok(Reply::ok("MediaContainer", json!({"MediaContainer": {"CreditGroup": groups}})))
}

pub(super) async fn availabilities(_: SignedIn, Path(key): Path<String>) -> Result<Reply, Fail> {
    let item = Item::by_key(&key).ok_or(Fail::NOT_FOUND)?;
    let offer = |platform: &str, kind: &str, price: Option<f64>| {
        let mut offer = json!({
            "platform": platform,
            "title": platform,
            "offerType": kind,
            "country": "GB",
            "quality": "HD",
            "url": format!("https://{platform}.example.com/{}", item.key()),
        });
        if let Some(price) = price {
            offer["price"] = json!(price);
        }
        offer
    };
    let offers: Vec<Value> = if item.is_available() {
        Vec::from([offer("streaming", "subscription", None), offer("shop", "rent", Some(3.49))])
    } else {
        Vec::new()
    };
    let mut container = json!({"identifier": "tv.plex.provider.metadata", "size": offers.len()});
    if !offers.is_empty() {
        container["Availability"] = Value::from(offers);
    }
    Ok(Reply::ok("MediaContainer", json!({ "MediaContainer": container })))
}

pub(super) async fn common_sense(caller: SignedIn, Path(key): Path<String>) -> Result<Reply, Fail> {
    if !caller.person.plex_pass {
        return Err(Fail::PLEX_PASS_NEEDED);
    }
    let item = Item::by_key(&key).ok_or(Fail::NOT_FOUND)?;
    let advice = json!({
        "id": "9001",
        "key": format!("/library/metadata/{}/commonsensemedia", item.key()),
        "oneLiner": "Harmless, since there is nothing to see.",
        "anyGood": "Nobody has seen it.",
        "parentsNeedToKnow": "That it was made up.",
        "AgeRating": [{"type": "official", "age": 8.0, "ageGroup": "8+", "rating": 4.0, "ratingCount": 12}],
        "ParentalAdvisoryTopic": [
            {"id": "violence", "label": "Violence", "positive": false, "rating": 0.0, "tag": "None at all."},
        ],
        "TalkingPoint": [{"tag": "Why would anybody make this up?"}],
    });
    let container = json!({"identifier": "tv.plex.provider.metadata", "size": 1, "CommonSenseMedia": [advice]});
    Ok(Reply::ok("MediaContainer", json!({ "MediaContainer": container })))
}

fn hubs(rows: Vec<Value>) -> Reply {
    let container = json!({"identifier": "tv.plex.provider.discover", "size": rows.len(), "Hub": rows});
    Reply::ok("MediaContainer", json!({ "MediaContainer": container }))
}

fn hub(section: &str, identifier: &str, title: &str, items: &[Item]) -> Value {
    let keys: Vec<String> = items.iter().map(|item| item.key()).collect();
    json!({
        "hubIdentifier": identifier,
        "hubKey": format!("/library/metadata/{}", keys.join(",")),
        "key": format!("/hubs/sections/{section}/{identifier}"),
        "title": title,
        "type": "mixed",
        "style": "shelf",
        "size": items.len(),
        "more": false,
        "promoted": true,
        "Metadata": items.iter().map(|item| item.to_value()).collect::<Vec<_>>(),
    })
}

/// Section, identifier and title of each shelf.
const SHELVES: [(&str, &str, &str); 4] = [
    ("home", "top_watchlisted", "Top Watchlisted"),
    ("home", "new-for-you", "New for You"),
    ("watchlist", "recommended-on-services", "On Your Services"),
    ("watchlist", "new-episodes", "New Episodes"),
];

/// Returns the items of a shelf.
fn shelf(account: AccountId, identifier: &str, shared: &Shared) -> Vec<Item> {
    match identifier {
        "top_watchlisted" => titles().take(30).collect(),
        "new-for-you" => titles().skip(100).take(12).collect(),
        "new-episodes" => titles().filter(|item| item.kind() == "show").take(8).collect(),
        _ => shared
            .state()
            .watchlists
            .of(account)
            .iter()
            .map(|entry| entry.item)
            .filter(|item| item.is_available())
            .collect(),
    }
}

pub(super) async fn promoted(State(shared): State<Arc<Shared>>, caller: SignedIn, parameters: Parameters) -> Reply {
    let count = parameters.get("count").and_then(|count| count.parse().ok()).unwrap_or(USUAL);
    let row = |(section, identifier, title): (&str, &str, &str)| {
        let mut items = shelf(caller.account(), identifier, &shared);
        items.truncate(count);
        hub(section, identifier, title, &items)
    };
    hubs(SHELVES.into_iter().filter(|(section, ..)| *section == "home").map(row).collect())
}

/// Lists the shelves as placeholders. Their items come from the key of each shelf.
pub(super) async fn section(_: SignedIn, Path(section): Path<String>) -> Result<Reply, Fail> {
    let shelves = SHELVES.into_iter().filter(|(of, ..)| *of == section);
    let rows: Vec<Value> = shelves
        .map(|(section, identifier, title)| {
            json!({
                "hubIdentifier": identifier,
                "key": format!("/hubs/sections/{section}/{identifier}"),
                "title": title,
                "type": "mixed",
                "style": "shelf",
                "placeholder": true,
                "size": 0,
            })
        })
        .collect();
    if rows.is_empty() { Err(Fail::NOT_FOUND) } else { Ok(hubs(rows)) }
}

pub(super) async fn shelf_items(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path((section, identifier)): Path<(String, String)>,
    window: Window,
) -> Result<Reply, Fail> {
    let known = SHELVES.iter().find(|(of, known, _)| *of == section && *known == identifier);
    let (_, identifier, title) = known.ok_or(Fail::NOT_FOUND)?;
    let items = shelf(caller.account(), identifier, &shared);
    let (start, page) = page(&window, &items)?;
    let rows = page.into_iter().map(Item::to_value).collect();
    Ok(Reply::ok("MediaContainer", container((identifier, title), start, items.len(), rows)))
}

/// Refuses accounts that opted out.
pub(super) async fn vod(State(shared): State<Arc<Shared>>, caller: SignedIn) -> Result<Reply, Fail> {
    let mut world = shared.state();
    let choice = world.preferences.of(caller.account()).opt_outs.get("tv.plex.provider.vod").cloned();
    drop(world);
    if choice.as_deref() == Some("opt_out") {
        return Err(Fail::without_code(StatusCode::FORBIDDEN, "The user has opted out of this provider"));
    }
    let movies: Vec<Item> = titles().filter(|item| item.kind() == "movie").collect();
    let shows: Vec<Item> = titles().filter(|item| item.kind() == "show").take(6).collect();
    let hubs = [
        hub("vod", "vod.popular", "Popular Movies", &movies[..12.min(movies.len())]),
        hub("vod", "vod.shows", "Free Shows", &shows),
    ];
    let container = json!({"identifier": "tv.plex.provider.vod", "size": hubs.len(), "Hub": hubs});
    Ok(Reply::ok("MediaContainer", json!({ "MediaContainer": container })))
}

pub(super) async fn preferred_services(_: SignedIn) -> Reply {
    let services = json!([{"platform": "streaming"}, {"platform": "shop"}]);
    let container = json!({"size": 2, "AvailabilityPlatform": services});
    Reply::ok("MediaContainer", json!({ "MediaContainer": container }))
}
