//! Small calls: features, companions, locations, downloads, announcements.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::caller::{Parameters, SignedIn};
use super::table::stem;
use crate::data::FEATURES;
use crate::host::Host;
use crate::random;
use crate::reply::{Fail, Reply};
use crate::state::Shared;

/// Returns what an account with a Plex Pass has; any other account has nothing.
pub(super) async fn features(caller: SignedIn) -> Reply {
    let features: &[(&str, &str)] = if caller.person.plex_pass { &FEATURES } else { &[] };
    let features: Vec<Value> = features.iter().map(|(id, uuid)| json!({"id": id, "uuid": uuid})).collect();
    Reply::ok("features", Value::from(features))
}

pub(super) async fn companions(_: SignedIn) -> Reply {
    let sonos = json!({
        "identifier": "tv.plex.sonos",
        "baseURL": "https://sonos.example.com",
        "title": "Sonos",
        "linkURL": "https://sonos.example.com/link",
        "provides": "client,player",
        "token": "sandbox-companion-01",
    });
    Reply::ok("companions", json!([sonos]))
}

pub(super) async fn speakers(_: SignedIn) -> Reply {
    let speaker = |title: &str, number: u8| {
        json!({
            "title": title,
            "machineIdentifier": format!("RINCON_SANDBOX{number:02}"),
            "deviceClass": "speaker",
            "product": "Sonos",
            "platform": "Sonos",
            "platformVersion": "80.1",
            "protocol": "plex",
            "protocolVersion": "1",
            "protocolCapabilities": "timeline,playback,playqueues,provider-playback",
            "lanIP": format!("192.168.1.{}", 60 + number),
        })
    };
    let speakers = [speaker("Kitchen", 1), speaker("Office", 2)];
    Reply::xml("MediaContainer", json!({"size": speakers.len(), "Player": speakers}))
}

/// Returns the same location for every address.
pub(super) async fn geoip(parameters: Parameters) -> Result<Reply, Fail> {
    if parameters.get("ip_address").is_some_and(|address| address.parse::<IpAddr>().is_err()) {
        return Err(Fail::INVALID);
    }
    Ok(Reply::ok("location", location()))
}

pub(super) fn location() -> Value {
    json!({
        "code": "GB",
        "continent_code": "EU",
        "country": "United Kingdom",
        "city": "London",
        "time_zone": "Europe/London",
        "postal_code": "SW1A",
        "subdivisions": "England",
        "coordinates": "51.5000, -0.1200",
        "european_union_member": false,
        "in_privacy_restricted_country": false,
        "in_privacy_restricted_region": false,
    })
}

pub(super) async fn public_address() -> Response {
    ([(header::CONTENT_TYPE, "text/plain")], "203.0.113.7").into_response()
}

/// Every call creates a new token.
pub(super) async fn claim_token(_: SignedIn) -> Reply {
    Reply::json(json!({"token": random::claim()}))
}

pub(super) async fn providers(State(shared): State<Arc<Shared>>, _: SignedIn) -> Reply {
    let provider = |identifier: &str, title: &str, host: Host| {
        json!({
            "identifier": identifier,
            "baseURL": shared.url_of(host),
            "title": title,
            "icon": format!("{}/icons/{identifier}.png", shared.url_of(host)),
            "sourceTitle": null,
        })
    };
    let providers = [
        provider("tv.plex.provider.discover", "Discover", Host::Discover),
        provider("tv.plex.provider.vod", "Movies & Shows", Host::Vod),
        provider("tv.plex.provider.epg", "Live TV", Host::Epg),
    ];
    Reply::ok("providers", json!(providers))
}

/// 5 is the media server, the only download that the sandbox lists.
pub(super) async fn downloads(Path(file): Path<String>, parameters: Parameters) -> Result<Reply, Fail> {
    let channel: u64 = stem(&file, ".json")?;
    if channel != 5 {
        return Err(Fail::NOT_FOUND);
    }
    let beta = parameters.get("channel") == Some("plexpass");
    let version = if beta { "1.42.2.10100-0a1b2c3d4" } else { "1.42.1.10060-4e8b05daf" };
    let platform = |id: &str, name: &str, build: &str, distribution: &str, file: &str| {
        json!({
            "id": id,
            "name": name,
            "release_date": 1_788_000_000,
            "version": version,
            "requirements": "A computer that does not exist.",
            "extra_info": "",
            "items_added": "A feature that was made up.",
            "items_fixed": "A fault that never was.",
            "releases": [{
                "label": name,
                "build": build,
                "distro": distribution,
                "url": format!("https://downloads.example.com/{version}/{file}"),
                "checksum": "0000000000000000000000000000000000000000",
            }],
        })
    };
    Ok(Reply::json(json!({
        "computer": {
            "Linux": platform("linux", "Linux", "linux-x86_64", "debian", "server.deb"),
            "Windows": platform("windows", "Windows", "windows-x86_64", "windows", "server.exe"),
        },
        "nas": {
            "Example NAS": platform("example-nas", "Example NAS", "linux-aarch64", "example", "server.spk"),
        },
    })))
}

/// Id, title and style of each announcement.
const ANNOUNCEMENTS: [(u64, &str, &str); 2] =
    [(71, "A new library type", "info"), (72, "Please update your server", "priority")];

pub(super) async fn announcements(State(shared): State<Arc<Shared>>, caller: SignedIn) -> Reply {
    let mut world = shared.state();
    let read = &world.preferences.of(caller.account()).announcements_read;
    let row = |(id, title, style): (u64, &str, &str)| {
        json!({
            "id": id,
            "title": title,
            "content": format!("<p>{title}, if this were real.</p>"),
            "plainContent": format!("{title}, if this were real."),
            "imageUrl": "",
            "style": style,
            "url": "https://announcements.example.com/",
            "expireAt": 0,
            "notifyAt": 1_760_000_000 + id,
            "read": read.contains(&id),
        })
    };
    let rows = ANNOUNCEMENTS.map(row);
    Reply::xml(
        "MediaContainer",
        json!({
            "friendlyName": "myPlex",
            "identifier": "com.plexapp.plugins.myplex",
            "machineIdentifier": "0000000000000000000000000000000000000000",
            "totalSize": rows.len(),
            "size": rows.len(),
            "Announcement": rows,
        }),
    )
}

pub(super) async fn read_announcement(
    State(shared): State<Arc<Shared>>,
    caller: SignedIn,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Reply, Fail> {
    let known = ANNOUNCEMENTS.iter().map(|(known, ..)| *known).find(|known| known.to_string() == id);
    let id = known.ok_or(Fail::NOT_FOUND)?;
    let mut world = shared.state();
    let read = &mut world.preferences.of(caller.account()).announcements_read;
    match parameters.require("read")? {
        "1" => read.insert(id),
        "0" => read.remove(&id),
        _ => return Err(Fail::MALFORMED),
    };
    Ok(Reply::xml("Response", json!({"code": 200, "status": "OK"})))
}
