use std::net::IpAddr;

use serde_json::{Value, json};

use super::caller::{Parameters, SignedIn};
use crate::data::FEATURES;
use crate::reply::{Fail, Reply};

pub(super) async fn features(_: SignedIn) -> Reply {
    let features: Vec<Value> = FEATURES.iter().map(|(id, uuid)| json!({"id": id, "uuid": uuid})).collect();
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

/// Every address is in the same place.
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
