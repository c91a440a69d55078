//! Live TV: channels, their guide, and the favourites of an account.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::caller::{Parameters, Token};
use crate::reply::{PlainFail, Reply};
use crate::state::{AccountId, Shared};

/// The number, name and genre of each channel.
const CHANNELS: [(u8, &str, &str); 12] = [
    (1, "Example News", "news"),
    (2, "Example Comedy", "comedy"),
    (3, "Example Crime", "crime"),
    (4, "Example Nature", "nature"),
    (5, "Example Sports", "sports"),
    (6, "Example Kids", "kids"),
    (7, "Example Music", "music"),
    (8, "Example Food", "lifestyle"),
    (9, "Example Westerns", "movies"),
    (10, "Example Classics", "movies"),
    (11, "More Example Comedy", "comedy"),
    (12, "Example Weather", "news"),
];

fn account(shared: &Shared, token: &Token) -> Result<AccountId, PlainFail> {
    if token.text.is_none() {
        return Err(PlainFail(StatusCode::UNAUTHORIZED, "You must provide a token!"));
    }
    token.account(shared).ok_or(PlainFail(StatusCode::UNAUTHORIZED, "Invalid token"))
}

fn container(container: &Value) -> Reply {
    Reply::ok("MediaContainer", json!({ "MediaContainer": container }))
}

pub(super) async fn provider(State(shared): State<Arc<Shared>>, token: Token) -> Result<Reply, PlainFail> {
    account(&shared, &token)?;
    let mut genres: Vec<&str> = CHANNELS.iter().map(|(_, _, genre)| *genre).collect();
    genres.sort_unstable();
    genres.dedup();
    let directory = |genre: &str| json!({"key": genre, "title": genre, "type": "genre"});
    let provider = json!({
        "identifier": "tv.plex.provider.epg",
        "title": "Live TV",
        "types": "video",
        "protocols": "livetv",
        "Feature": [
            {"type": "grid", "key": "/grid"},
            {"type": "lineups", "key": "/lineups"},
            {"type": "genres", "key": "/genres", "Directory": genres.into_iter().map(directory).collect::<Vec<_>>()},
        ],
    });
    Ok(Reply::ok("MediaProvider", json!({"MediaProvider": provider})))
}

fn grid_key(number: u8) -> String {
    format!("5eea6056740{number:013x}")
}

pub(super) async fn channels(
    State(shared): State<Arc<Shared>>,
    token: Token,
    parameters: Parameters,
) -> Result<Reply, PlainFail> {
    account(&shared, &token)?;
    let genre = parameters.get("genre");
    let wanted = CHANNELS.into_iter().filter(|(.., of)| genre.is_none_or(|genre| genre == *of));
    let row = |(number, title, _): (u8, &str, &str)| {
        let key = grid_key(number);
        json!({
            "id": format!("5e20b730f2f8d5003d739db7-{key}"),
            "gridKey": key,
            "key": format!("/channels/{key}"),
            "slug": title.to_lowercase().replace(' ', "-"),
            "title": title,
            "shortTitle": title,
            "callSign": format!("EX{number:02}"),
            "vcn": format!("{}", 100 + u16::from(number)),
            "language": "en",
            "isHd": true,
            "hidden": false,
            "thumb": format!("https://images.example.com/channel-{number}.png"),
            "Media": [{"id": format!("media-{number}"), "Part": [{"id": format!("part-{number}"), "key": format!("/library/parts/{key}.m3u8")}]}],
        })
    };
    let rows: Vec<Value> = wanted.map(row).collect();
    Ok(container(&json!({"size": rows.len(), "Channel": rows})))
}

/// Lists the programmes of a day: twelve of two hours. A day outside the guide is empty.
pub(super) async fn grid(
    State(shared): State<Arc<Shared>>,
    token: Token,
    parameters: Parameters,
) -> Result<Reply, PlainFail> {
    account(&shared, &token)?;
    let (Some(channel), Some(date)) = (parameters.get("channelGridKey"), parameters.get("date")) else {
        return Err(PlainFail(StatusCode::BAD_REQUEST, "channelGridKey and date are required"));
    };
    let Some(day) = shared.clock.day(date) else {
        return Err(PlainFail(StatusCode::BAD_REQUEST, "date must be YYYY-MM-DD"));
    };
    let Some((number, title, _)) = CHANNELS.into_iter().find(|(number, ..)| grid_key(*number) == channel) else {
        return Err(PlainFail(StatusCode::NOT_FOUND, "channel not found"));
    };
    const TWO_HOURS: i64 = 2 * 60 * 60;
    const DAY: i64 = 24 * 60 * 60;
    let now = shared.epoch_seconds();
    // The guide covers yesterday to a week ahead.
    let in_guide = (now - 2 * DAY..=now + 7 * DAY).contains(&day);
    let row = |slot: i64| {
        let begins = day + slot * TWO_HOURS;
        let ends = begins + TWO_HOURS;
        json!({
            "ratingKey": format!("{number:04x}{begins:020x}"),
            "guid": format!("plex://movie/{number:04x}{begins:020x}"),
            "type": "movie",
            "title": format!("{title} at {:02}:00", slot * 2),
            "summary": "Two hours of nothing.",
            "year": 2020,
            "Media": [{
                "beginsAt": begins,
                "endsAt": ends,
                "duration": TWO_HOURS * 1000,
                "onAir": (begins..ends).contains(&now),
                "origin": "livetv",
                "premiere": false,
                "videoResolution": "720",
            }],
            "Genre": [{"tag": "Comedy"}],
        })
    };
    let rows: Vec<Value> = if in_guide { (0..12).map(row).collect() } else { Vec::new() };
    Ok(container(&json!({"offset": 0, "size": rows.len(), "totalSize": rows.len(), "Metadata": rows})))
}

pub(super) async fn favorites(State(shared): State<Arc<Shared>>, token: Token) -> Result<Reply, PlainFail> {
    let account = account(&shared, &token)?;
    let favorites = shared.state().preferences.of(account).favorite_channels.clone();
    let mut frame = json!({"size": favorites.len()});
    if !favorites.is_empty() {
        frame["FavoriteChannel"] = Value::from(favorites);
    }
    Ok(container(&frame))
}

/// Replaces the whole list. An empty body changes nothing.
pub(super) async fn set_favorites(
    State(shared): State<Arc<Shared>>,
    token: Token,
    body: Bytes,
) -> Result<StatusCode, PlainFail> {
    let account = account(&shared, &token)?;
    if body.is_empty() {
        return Ok(StatusCode::OK);
    }
    let malformed = || PlainFail(StatusCode::BAD_REQUEST, "Bad request");
    let rows: Vec<Value> = serde_json::from_slice(&body).map_err(|_| malformed())?;
    let mut favorites = Vec::with_capacity(rows.len());
    for row in &rows {
        let source = row["source"].as_str().ok_or_else(malformed)?;
        let id = row["id"].as_str().ok_or_else(malformed)?;
        if !is_source(&shared, account, source) {
            return Err(PlainFail(StatusCode::BAD_REQUEST, "Bad source value"));
        }
        let mut favorite = json!({"source": source, "id": id});
        for name in ["title", "thumb", "vcn"].into_iter().filter(|name| row[name].is_string()) {
            favorite[name] = row[name].clone();
        }
        favorites.push(favorite);
    }
    shared.state().preferences.of(account).favorite_channels = favorites;
    Ok(StatusCode::OK)
}

/// Whether a source is the live TV of Plex or a server that the account can use.
fn is_source(shared: &Shared, account: AccountId, source: &str) -> bool {
    if source == "provider://tv.plex.provider.epg" {
        return true;
    }
    let machine = source.strip_prefix("server://").and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let owned = shared.server(machine).is_some_and(|server| server.facts().owner == account);
    owned || shared.state().sharing.accepted(machine, account).is_some()
}
