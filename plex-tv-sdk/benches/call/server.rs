//! A server that answers at once, with as little work as possible.

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

pub(crate) const SERVERS: usize = 20;
const CONNECTIONS: usize = 6;

/// Starts the server on its own thread and returns its URL.
pub(crate) fn start() -> String {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (user, resources) = (reply(&user()), reply(&resources()));
    println!("replies: user {} bytes, resources {} bytes", user.len(), resources.len());
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, user.clone(), resources.clone()));
            }
        });
    });
    url
}

async fn serve(mut stream: TcpStream, user: Vec<u8>, resources: Vec<u8>) {
    stream.set_nodelay(true).unwrap();
    let mut head = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut chunk).await {
        head.extend_from_slice(&chunk[..read]);
        // No request here has a body.
        if head.ends_with(b"\r\n\r\n") {
            let reply = if head.starts_with(b"GET /api/v2/user ") { &user } else { &resources };
            if stream.write_all(reply).await.is_err() {
                return;
            }
            head.clear();
        }
    }
}

fn reply(body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: {length}\r\n\
         x-request-id: 00000000-0000-4000-8000-000000000000\r\n\r\n{body}"
    )
    .into_bytes()
}

pub(crate) fn user() -> Value {
    let features: Vec<String> = (0..120).map(|number| format!("{number:08x}-0000-4000-8000-00000000feed")).collect();
    json!({
        "id": 8_800_001, "uuid": "00000000000000e1", "username": "example.person", "title": "Example Person",
        "email": "person@example.com", "friendlyName": "", "locale": null, "confirmed": true,
        "joinedAt": 1_600_000_000, "emailOnlyAuth": false, "hasPassword": true, "protected": false,
        "thumb": "https://plex.example.com/avatar/00000000000000e1?c=1700000000",
        "authToken": "EXAMPLE-PERSON-TOKEN", "mailingListStatus": "unsubscribed", "mailingListActive": false,
        "scrobbleTypes": "1,2,4", "country": "SE", "pin": "", "subscriptionDescription": "Lifetime Plex Pass",
        "restricted": false, "anonymous": false, "home": true, "guest": false, "homeSize": 5, "homeAdmin": true,
        "maxHomeSize": 15, "rememberExpiresAt": 1_790_000_000, "adsConsent": null, "adsConsentSetAt": null,
        "adsConsentReminderAt": null, "experimentalFeatures": false, "twoFactorEnabled": true,
        "backupCodesCreated": true, "attributionPartner": null,
        "subscription": {
            "active": true, "subscribedAt": "2021-05-06T07:08:09Z", "status": "Active", "paymentService": null,
            "plan": "lifetime", "features": features,
        },
        "profile": {
            "autoSelectAudio": true, "defaultAudioAccessibility": 0, "defaultAudioLanguage": "sv",
            "defaultAudioLanguages": ["sv", "en"], "defaultSubtitleLanguage": "", "defaultSubtitleLanguages": ["en"],
            "autoSelectSubtitle": 1, "defaultSubtitleAccessibility": 0, "defaultSubtitleForced": 1,
            "watchedIndicator": 1, "mediaReviewsVisibility": 0, "mediaReviewsLanguages": ["sv"],
        },
        "entitlements": ["android", "ios", "roku", "xbox_one"],
        "roles": ["plexpass"],
        "services": (0..3).map(|number| json!({
            "identifier": format!("example-{number}"), "endpoint": "https://service.example.com",
            "token": "EXAMPLE-TOKEN-1", "secret": null, "status": "online",
        })).collect::<Vec<_>>(),
    })
}

pub(crate) fn resources() -> Value {
    (0..SERVERS).map(resource).collect()
}

fn resource(number: usize) -> Value {
    json!({
        "name": format!("Server {number}"), "product": "Plex Media Server", "productVersion": "1.99.0.1-example",
        "platform": "Linux", "platformVersion": "12", "device": "PC",
        "clientIdentifier": format!("{number:040x}"), "createdAt": "2025-01-01T01:01:01Z",
        "lastSeenAt": "2026-01-01T01:01:01Z", "provides": "server", "ownerId": null, "sourceTitle": null,
        "publicAddress": "203.0.113.9", "accessToken": "EXAMPLE-SERVER-TOKEN", "owned": true, "home": false,
        "synced": false, "relay": true, "presence": true, "httpsRequired": false, "publicAddressMatches": true,
        "dnsRebindingProtection": false, "natLoopbackSupported": false,
        "connections": (0..CONNECTIONS).map(|host| json!({
            "protocol": "https", "address": format!("192.0.2.{host}"), "port": 32400,
            "uri": format!("https://192-0-2-{host}.0123456789abcdef0123456789abcdef.plex.example:32400"),
            "local": host < 2, "relay": host > 4, "IPv6": false,
        })).collect::<Vec<_>>(),
    })
}
