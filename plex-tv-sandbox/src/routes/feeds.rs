//! Feeds of watchlists.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::caller::{Parameters, SignedIn};
use crate::catalogue::Item;
use crate::host::Host;
use crate::reply::{Fail, Fields, Reply};
use crate::state::{FeedKind, Shared};
use crate::xml::escape;

pub(super) async fn create(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    parameters: Parameters,
    fields: Fields,
) -> Result<Reply, Fail> {
    if !caller.person.plex_pass {
        return Err(Fail::PLEX_PASS_NEEDED);
    }
    let kind = match fields.text("feedType").as_deref() {
        Some("watchlist") => FeedKind::Watchlist,
        Some("friendsWatchlist") => FeedKind::FriendsWatchlist,
        _ => return Err(Fail::MALFORMED),
    };
    if !matches!(parameters.get("format"), None | Some("json" | "xml")) {
        return Err(Fail::MALFORMED);
    }
    let uuid = shared.state().feeds.open(caller.account(), kind);
    let url = format!("{}/{uuid}", shared.url_of(Host::Rss));
    Ok(Reply::json(json!({"RSSInfo": [{"url": url}]})))
}

/// Redirects a signed-in reader to the stored feed. Here that is the same feed on the RSS host.
pub(super) async fn moved(
    State(shared): State<Arc<Shared>>,
    _: SignedIn,
    Path(uuid): Path<String>,
    parameters: Parameters,
) -> Result<Response, Fail> {
    let format = parameters.get("format").unwrap_or("xml");
    if !matches!(format, "json" | "xml") {
        return Err(Fail::MALFORMED);
    }
    shared.state().feeds.find(&uuid).ok_or(Fail::NOT_FOUND)?;
    let stored = format!("{}/{uuid}?format={format}", shared.url_of(Host::Rss));
    Ok((StatusCode::FOUND, [(header::LOCATION, stored)]).into_response())
}

/// Reads a feed. No token is needed: the address is the secret.
pub(super) async fn read(
    State(shared): State<Arc<Shared>>,
    Path(uuid): Path<String>,
    parameters: Parameters,
) -> Result<Response, Fail> {
    let world = shared.state();
    let (account, kind) = world.feeds.find(&uuid).ok_or(Fail::NOT_FOUND)?;
    let (title, accounts) = match kind {
        FeedKind::Watchlist => ("Watchlist", Vec::from([account])),
        FeedKind::FriendsWatchlist => ("Friends' Watchlists", world.sharing.friends(account).collect()),
    };
    let items: Vec<Item> =
        accounts.iter().flat_map(|account| world.watchlists.of(*account)).map(|entry| entry.item).collect();
    drop(world);
    match parameters.get("format") {
        None | Some("xml") => Ok(xml(title, &items)),
        Some("json") => {
            let links = json!({"self": format!("{}/{uuid}", shared.url_of(Host::Rss))});
            let rows: Vec<Value> = items.iter().map(|item| row(*item)).collect();
            let feed =
                json!({"title": title, "description": format!("{title} of an account"), "links": links, "items": rows});
            Ok(Reply::json(feed).into_response())
        }
        Some(_) => Err(Fail::MALFORMED),
    }
}

fn row(item: Item) -> Value {
    let details = item.details();
    let guids = item.guid_rows();
    let guids = guids.as_array().into_iter().flatten().map(|row| row["id"].clone());
    json!({
        "title": format!("{} ({})", item.title(), item.year()),
        "pubDate": "Thu, 01 Jan 2026 00:00:00 GMT",
        "link": format!("https://watch.example.com/{}", details["slug"].as_str().unwrap_or_default()),
        "description": details["summary"],
        "category": item.kind(),
        "credits": [{"credit": "First Example Actor", "role": "actor"}],
        "thumbnail": {"url": "https://images.example.com/poster.jpg"},
        "guids": guids.collect::<Vec<_>>(),
        "keywords": ["comedy"],
    })
}

fn xml(title: &str, items: &[Item]) -> Response {
    let item = |item: &Item| {
        let row = row(*item);
        let text = |name: &str| escape(row[name].as_str().unwrap_or_default());
        format!(
            "<item><title>{}</title><pubDate>{}</pubDate><link>{}</link><description>{}</description>\
             <category>{}</category><guid isPermaLink=\"false\">{}</guid></item>",
            text("title"),
            text("pubDate"),
            text("link"),
            text("description"),
            text("category"),
            escape(row["guids"][0].as_str().unwrap_or_default()),
        )
    };
    let items: String = items.iter().map(item).collect();
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel><title>{}</title>{items}</channel></rss>\n",
        escape(title)
    );
    ([(header::CONTENT_TYPE, "application/rss+xml; charset=utf-8")], body).into_response()
}
