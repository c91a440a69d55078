use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

/// A webhook event for [`Sandbox::deliver`](crate::Sandbox::deliver).
///
/// # Example
///
/// ```
/// use plex_tv_sandbox::Event;
///
/// let played = Event::new("media.play");
/// let mut rated = Event::new("media.rate");
/// rated.payload["rating"] = 8.into();
/// # assert_ne!(played, rated);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// The JSON of the form part `payload`. Tests may change it.
    pub payload: Value,
    /// The JPEG of the form part `thumb`, if this kind of event has one.
    pub thumb: Option<Vec<u8>>,
}

/// The first bytes of a JPEG file, enough to recognise the type.
const THUMB: [u8; 20] = *b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00";

impl Event {
    /// Creates an event such as `media.play`, with a made-up payload that has the members of its
    /// kind.
    ///
    /// ```
    /// let event = plex_tv_sandbox::Event::new("admin.database.backup");
    /// assert!(event.thumb.is_none());
    /// ```
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mut payload = json!({
            "event": name,
            "user": true,
            "owner": true,
            "Account": {"id": 1, "title": "exampleuser", "thumb": "https://images.example.com/avatar.png"},
            "Server": {"title": "Living Room Server", "uuid": "1".repeat(40)},
        });
        let is_media = name.starts_with("media.");
        if is_media || name.starts_with("playback.") || name == "device.new" {
            payload["Player"] =
                json!({"local": true, "publicAddress": "203.0.113.7", "title": "Bedroom TV", "uuid": "player-0001"});
        }
        if is_media || name.starts_with("playback.") || name.starts_with("library.") {
            payload["Metadata"] = json!({
                "librarySectionType": "movie",
                "ratingKey": "227117",
                "key": "/library/metadata/227117",
                "guid": "plex://movie/5d7760000000010000000000",
                "librarySectionID": 1,
                "librarySectionTitle": "Movies",
                "type": "movie",
                "title": "Example Movie 1",
                "year": 1977,
                "addedAt": 1_700_000_000,
            });
        }
        if name == "media.rate" {
            payload["rating"] = json!(9.0);
        }
        let with_thumb = ["media.play", "media.rate", "library.new", "library.on.deck", "playback.started"];
        Self { payload, thumb: with_thumb.contains(&name).then(|| THUMB.to_vec()) }
    }
}

impl From<&str> for Event {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

/// The result of posting an event to one address.
///
/// # Example
///
/// ```
/// # async fn f(sandbox: plex_tv_sandbox::Sandbox) {
/// for delivery in sandbox.deliver("media.stop").await {
///     println!("{}: {:?}", delivery.url, delivery.status);
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// The address.
    pub url: String,
    /// The status of the reply. `None` if there was no reply, or if the address is not on this
    /// machine.
    pub status: Option<u16>,
}

/// How long one receiver may take to reply.
const PATIENCE: Duration = Duration::from_secs(10);

/// Posts an event once to each loopback address. Like plex.tv, it does not retry.
pub(crate) async fn deliver(event: &Event, urls: BTreeSet<String>) -> Vec<Delivery> {
    // No proxy and no redirect, so that nothing leaves this machine.
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    let client = client.timeout(PATIENCE).build().ok();
    let (content_type, body) = multipart(event);
    let mut deliveries = Vec::with_capacity(urls.len());
    for url in urls {
        let mut status = None;
        if let (Some(client), true) = (&client, is_of_this_machine(&url)) {
            let request = client.post(&url).header("Content-Type", &content_type).body(body.clone());
            status = request.send().await.ok().map(|response| response.status().as_u16());
        }
        deliveries.push(Delivery { url, status });
    }
    deliveries
}

fn is_of_this_machine(url: &str) -> bool {
    let Some(host) = reqwest::Url::parse(url).ok().and_then(|url| url.host_str().map(String::from)) else {
        return false;
    };
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Encodes the event as multipart/form-data, RFC 7578.
fn multipart(event: &Event) -> (String, Vec<u8>) {
    let boundary = Uuid::new_v4().simple().to_string();
    let mut body = Vec::new();
    let mut part = |head: &str, content: &[u8]| {
        body.extend_from_slice(format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    };
    part("name=\"payload\"\r\nContent-Type: application/json", event.payload.to_string().as_bytes());
    if let Some(thumb) = &event.thumb {
        part("name=\"thumb\"; filename=\"thumb.jpg\"\r\nContent-Type: image/jpeg", thumb);
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_addresses_are_of_this_machine() {
        for url in ["http://127.0.0.1:1/hook", "http://localhost/hook", "http://[::1]:9/", "http://127.8.8.8/"] {
            assert!(is_of_this_machine(url), "{url}");
        }
        for url in [
            "http://192.168.1.2/",
            "https://example.com/",
            "http://localhost.example.com/",
            "nothing",
            "http://0.0.0.0/",
        ] {
            assert!(!is_of_this_machine(url), "{url}");
        }
    }
}
