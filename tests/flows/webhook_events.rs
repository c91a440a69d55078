//! Webhook events of a media server, read from actual HTTP deliveries.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use plex_tv_sandbox::Sandbox;
use plex_tv_sdk::{
    Token,
    webhook::{Event, EventKind},
};
use serde_json::json;
use tokio::net::TcpListener;

use crate::harness::builder;

const ALL: [(&str, EventKind); 12] = [
    ("media.play", EventKind::MediaPlay),
    ("media.pause", EventKind::MediaPause),
    ("media.resume", EventKind::MediaResume),
    ("media.stop", EventKind::MediaStop),
    ("media.scrobble", EventKind::MediaScrobble),
    ("media.rate", EventKind::MediaRate),
    ("library.new", EventKind::LibraryNew),
    ("library.on.deck", EventKind::LibraryOnDeck),
    ("admin.database.backup", EventKind::AdminDatabaseBackup),
    ("admin.database.corrupted", EventKind::AdminDatabaseCorrupted),
    ("device.new", EventKind::DeviceNew),
    ("playback.started", EventKind::PlaybackStarted),
];

async fn serve(app: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/plex", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    url
}

#[tokio::test]
async fn every_event_arrives_end_to_end_with_its_picture() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = builder(sandbox.url()).token(Token::new(sandbox.token()).unwrap()).build().unwrap();
    let events = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&events);
    let receive = async move |headers: HeaderMap, body: Bytes| {
        let event = Event::from_multipart(headers["content-type"].to_str().unwrap(), &body).unwrap();
        keep.lock().unwrap().push(event);
    };
    let url = serve(Router::new().route("/plex", post(receive))).await;
    client.webhooks().add(url).await.unwrap();

    for (name, _) in ALL {
        assert_eq!(sandbox.deliver(name).await[0].status, Some(200), "{name}");
    }
    sandbox.deliver("media.rewind").await;

    let events = events.lock().unwrap();
    for (event, (name, kind)) in events.iter().zip(ALL) {
        assert_eq!((&event.kind, event.kind.as_str()), (&kind, name));
        assert_eq!((event.user, event.owner), (Some(true), Some(true)));
        assert_eq!((event.account_name(), event.server_name()), (Some("exampleuser"), Some("Living Room Server")));
        let with_thumb =
            matches!(name, "media.play" | "media.rate" | "library.new" | "library.on.deck" | "playback.started");
        assert_eq!(event.thumb.is_some(), with_thumb, "{name}");
        if let Some(thumb) = &event.thumb {
            assert_eq!(thumb.content_type.as_deref(), Some("image/jpeg"));
            assert!(thumb.bytes.starts_with(b"\xff\xd8\xff") && thumb.bytes.ends_with(b"\x00\x00"), "{name}");
        }
        assert_eq!(event.rating, (name == "media.rate").then_some(9.0));
        assert_eq!(
            event.player.is_some(),
            name.starts_with("media.") || matches!(name, "device.new" | "playback.started")
        );
        if let Some(item) = &event.metadata {
            assert_eq!(event.title(), Some("Example Movie 1"));
            assert_eq!((item.rating_key.as_deref(), item.library_section_id.as_deref()), (Some("227117"), Some("1")));
            assert_eq!(item.guid.as_deref(), Some("plex://movie/5d7760000000010000000000"));
        }
    }
    assert_eq!(events.len(), 13);
    assert_eq!(events[12].kind, EventKind::Other("media.rewind".to_owned()));
}

#[tokio::test]
async fn axum_passes_events_on_and_refuses_anything_else() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&seen);
    let receive = async move |event: Event| keep.lock().unwrap().push(event.kind);
    let url = serve(Router::new().route("/plex", post(receive))).await;
    let sandbox = Sandbox::start().await.unwrap();
    let client = builder(sandbox.url()).token(Token::new(sandbox.token()).unwrap()).build().unwrap();
    client.webhooks().add(url.as_str()).await.unwrap();

    assert_eq!(sandbox.deliver("media.play").await[0].status, Some(200));

    assert_eq!(*seen.lock().unwrap(), [EventKind::MediaPlay]);
    let http = plex_tv_sdk::reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let form = "multipart/form-data; boundary=XX";
    for (content_type, body, status) in [
        ("application/json", "{\"event\":\"media.play\"}".to_owned(), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (form, "--XX--".to_owned(), StatusCode::BAD_REQUEST),
        (form, "a".repeat(3 * 1024 * 1024), StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let reply = http.post(&url).header("content-type", content_type).body(body).send().await.unwrap();
        assert_eq!(reply.status(), status, "{content_type}");
    }
    assert_eq!(seen.lock().unwrap().len(), 1);
}

#[test]
fn payloads_are_read_as_tolerantly_as_replies() {
    let event = Event::from_payload(
        "\u{feff}{\"event\":\"media.play\",\"user\":1,\"owner\":\"0\",\"Account\":null,\"New\":{\"a\":1},\
         \"Metadata\":{\"ratingKey\":7,\"librarySectionID\":\"2\",\"addedAt\":\"1700000000\",\"Guid\":[{\"id\":\"imdb://tt1\"}],\
         \"year\":\"1999\",\"Role\":[{\"tag\":\"A\"}]}}",
    )
    .unwrap();

    assert_eq!((event.user, event.owner, event.account.is_none()), (Some(true), Some(false), true));
    let item = event.metadata.as_ref().unwrap();
    assert_eq!(
        (item.rating_key.as_deref(), item.year, item.guids[0].id.as_str()),
        (Some("7"), Some(1999), "imdb://tt1")
    );
    assert_eq!(item.added_at.unwrap().as_second(), 1_700_000_000);
    assert!(item.extra.contains_key("Role") && event.extra.contains_key("New"));
    let again = serde_json::to_value(&event).unwrap();
    assert_eq!((&again["event"], &again["New"]), (&json!("media.play"), &json!({"a": 1})));
    let error = Event::from_payload(b"{\"event\":\"media.stop\",\"Server\":{\"title\":\"\xff\"}}").unwrap_err();
    assert_eq!(error.json_path(), Some("Server.title"));
}

#[test]
fn an_invalid_event_is_an_error_that_does_not_show_it() {
    let deep = "[".repeat(100_000);
    for bad in [
        "",
        "null",
        "[]",
        "7",
        "{}",
        "{\"event\":\"\"}",
        "{\"event\":null}",
        "{\"event\":[]}",
        "CANARY",
        "{\"event\":\"CANARY",
        &deep,
    ] {
        let error = Event::from_payload(bad).unwrap_err();
        assert!(error.is_decode() && !format!("{error} {error:?}").contains("CANARY"), "{bad:.40}: {error}");
    }
    let large = format!("{{\"event\":\"a\",\"b\":\"{}\"}}", "c".repeat(1024 * 1024));
    assert!(Event::from_payload(large).unwrap_err().is_too_large());
    // Many small values would take far more memory than the text.
    let many = format!("{{\"event\":\"a\",\"b\":[{}0]}}", "{},".repeat(300_000));
    let error = Event::from_payload(many).unwrap_err();
    assert!(error.is_decode() && error.to_string().contains("memory"), "{error}");
}

fn multipart(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, content) in parts {
        body.extend_from_slice(format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n").as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--XX--\r\n");
    body
}

#[test]
fn hostile_deliveries_are_refused_and_odd_ones_are_read() {
    const KIND: &str = "multipart/form-data; boundary=XX";
    let payload: &[u8] = b"{\"event\":\"media.play\"}";
    let read = |parts: &[(&str, &[u8])]| Event::from_multipart(KIND, multipart(parts));

    let event = read(&[("other", b"x"), ("thumb", b"\r\n--X\r\n"), ("payload", payload)]).unwrap();
    assert_eq!(event.thumb.unwrap().bytes, b"\r\n--X\r\n");
    assert!(read(&[("payload", payload), ("thumb", b"")]).unwrap().thumb.is_none());
    for parts in
        [&[("thumb", b"x" as &[u8])] as &[_], &[("payload", payload), ("payload", payload)], &[("payload", b"x")], &[]]
    {
        assert!(read(parts).unwrap_err().is_decode(), "{parts:?}");
    }
    let picture = vec![0; 8 * 1024 * 1024 + 1];
    assert!(read(&[("payload", payload), ("thumb", &picture)]).unwrap_err().is_too_large());
    assert!(Event::from_multipart(KIND, vec![0; 16 * 1024 * 1024 + 1]).unwrap_err().is_too_large());
    assert!(Event::from_multipart("text/plain", payload).unwrap_err().is_unexpected_content_type());
}

#[test]
fn random_bytes_are_an_error_or_an_event_and_nothing_else() {
    let mut random = fastrand::Rng::with_seed(7);
    let pieces: [&[u8]; 10] = [
        b"--XX",
        b"\r\n",
        b"--",
        b"Content-Disposition: form-data; name=",
        b"\"payload\"",
        b"\"thumb\"",
        b";",
        b"\\",
        b"{\"event\":\"media.play\"}",
        b"\xff",
    ];
    let mut events = 0;
    for _ in 0..20_000 {
        let body: Vec<u8> =
            (0..random.usize(0..16)).flat_map(|_| pieces[random.usize(0..pieces.len())].to_vec()).collect();
        events += usize::from(Event::from_multipart("multipart/form-data; boundary=XX", &body).is_ok());
        let kind: String = (0..random.usize(0..8))
            .map(|_| random.choice(["multipart/form-data", ";", "boundary", "=", "\"", "\\", "XX"]).unwrap())
            .collect();
        let _ = Event::from_multipart(&kind, &body);
    }
    assert!(events < 20_000);
}
