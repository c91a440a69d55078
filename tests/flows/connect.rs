//! Finding the best connection at which a server answers.

use std::time::Duration;

use plex_tv_sandbox::Sandbox;
use plex_tv_sdk::{Client, Clock as _, ConnectionKind, Server, Token, reqwest::Certificate};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{
    clock::TestClock,
    harness::{IDENTIFIER, TOKEN, builder, closed_port, identity, signed_in},
    log::Log,
    tls::{self, Authority},
    wire::{Reply, Seen, Wire, serve},
};

const SERVER_TOKEN: &str = "EXAMPLE-SERVER-TOKEN";

/// A server as listed by this client, with connections of these kinds at these addresses.
async fn found(client: impl FnOnce(&str) -> Client, connections: &[(&str, &str)]) -> Server {
    let connections: Vec<Value> = connections
        .iter()
        .map(|(kind, uri)| json!({"uri": uri, "local": *kind == "local", "relay": *kind == "relay"}))
        .collect();
    let resource = json!({
        "clientIdentifier": "shelf-01",
        "provides": "server",
        "owned": true,
        "accessToken": SERVER_TOKEN,
        "connections": connections,
    });
    let plex = Wire::always(Reply::json(&json!([resource]).to_string())).await;
    client(&plex.url).servers().await.unwrap().remove(0)
}

async fn server_at(connections: &[(&str, &str)]) -> Server {
    found(signed_in, connections).await
}

/// The same with a clock that the test moves.
async fn server_by(clock: &TestClock, connections: &[(&str, &str)]) -> Server {
    let client = |url: &str| builder(url).token(Token::new(TOKEN).unwrap()).clock(clock.clone()).build().unwrap();
    found(client, connections).await
}

fn shelf(_: &str) -> Reply {
    Reply::json(r#"{"MediaContainer":{"size":0,"machineIdentifier":"shelf-01"}}"#)
}

/// Advances the clock slowly enough for answers to arrive.
async fn advance_until_finished<T>(clock: &TestClock, task: &tokio::task::JoinHandle<T>) {
    while !task.is_finished() {
        clock.advance(Duration::from_millis(100));
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn the_best_connection_that_answers_is_used_with_the_token_of_the_server() {
    let (remote, relay) = (Wire::start(shelf).await, Wire::start(shelf).await);
    let slash = format!("{}/", remote.url);
    let server = server_at(&[("relay", &relay.url), ("remote", &slash), ("local", &closed_port())]).await;

    let connection = server.connect().await.unwrap();

    assert_eq!((connection.uri(), connection.kind()), (remote.url.as_str(), ConnectionKind::Remote));
    assert_eq!(connection.access_token().expose(), SERVER_TOKEN);
    assert_eq!(connection.connection().uri.as_deref(), Some(slash.as_str()));
    assert!(!format!("{connection:?}").contains(SERVER_TOKEN));
}

#[tokio::test]
async fn another_server_at_the_address_is_skipped() {
    let other = Wire::always(Reply::json(r#"{"MediaContainer":{"machineIdentifier":"shelf-02"}}"#)).await;
    let relay = Wire::start(shelf).await;
    let server = server_at(&[("local", &other.url), ("relay", &relay.url)]).await;

    let connection = server.connect().await.unwrap();

    assert_eq!((connection.uri(), connection.kind()), (relay.url.as_str(), ConnectionKind::Relay));
}

#[tokio::test]
async fn an_identity_request_reveals_neither_token_nor_user() {
    let local = Wire::start(shelf).await;
    let server = server_at(&[("local", &local.url)]).await;

    server.connect().await.unwrap();

    let [request] = local.seen.requests().try_into().unwrap();
    assert!(request.starts_with("GET /identity HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("\r\naccept: application/json\r\n"), "{request}");
    for secret in [TOKEN, SERVER_TOKEN, IDENTIFIER, "x-plex"] {
        assert!(!request.contains(&secret.to_lowercase()), "{secret}: {request}");
    }
}

#[tokio::test]
async fn a_better_connection_gets_a_little_more_time_when_a_worse_one_was_faster() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let local = format!("http://{}", listener.local_addr().unwrap());
    let remote = Wire::start(shelf).await;
    // This clock does not move by itself.
    let server = server_by(&TestClock::with_timers(), &[("local", &local), ("remote", &remote.url)]).await;

    let task = tokio::spawn(async move { server.connect().await });
    remote.seen.wait_for_requests(1).await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(!task.is_finished());
    let (stream, _) = listener.accept().await.unwrap();
    serve(stream, &Seen::default(), &shelf).await.unwrap();

    assert_eq!(task.await.unwrap().unwrap().uri(), local);
}

#[tokio::test]
async fn a_better_connection_that_stays_silent_costs_a_second() {
    let silent = Wire::always(Reply::Stall(Vec::new())).await;
    let remote = Wire::start(shelf).await;
    let clock = TestClock::with_timers();
    let server = server_by(&clock, &[("local", &silent.url), ("remote", &remote.url)]).await;

    let task = tokio::spawn(async move { server.connect().await });
    remote.seen.wait_for_requests(1).await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    advance_until_finished(&clock, &task).await;

    assert_eq!(task.await.unwrap().unwrap().uri(), remote.url);
    assert!((Duration::from_secs(1)..Duration::from_secs(3)).contains(&clock.now()), "{:?}", clock.now());
}

#[tokio::test]
async fn an_unreachable_server_is_a_connect_error_that_lists_each_connection() {
    let refuses = closed_port();
    let silent = Wire::always(Reply::Stall(Vec::new())).await;
    let stalls = Wire::always(Reply::Stall(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{".to_vec())).await;
    let absent = Wire::always(Reply::http("404 Not Found", &[], "")).await;
    let page = Wire::always(Reply::http("200 OK", &["content-type: text/html"], "<html>CANARY</html>")).await;
    let other = Wire::always(Reply::json(r#"{"MediaContainer":{"machineIdentifier":"CANARY"}}"#)).await;
    let elsewhere = Wire::start(shelf).await;
    let redirects = Wire::always(Reply::redirect("302 Found", &format!("{}/identity", elsewhere.url))).await;
    let large = Wire::always(Reply::json(&" ".repeat(65 * 1024))).await;
    let password = "http://user:CANARY@127.0.0.1:1";
    let servers = [&silent, &stalls, &absent, &page, &other, &redirects, &large].map(|wire| ("remote", &*wire.url));
    let (path, query) = (format!("{}/reboot", elsewhere.url), format!("{}/?reboot=", elsewhere.url));
    let others = [&*refuses, password, "nonsense", "", "ftp://127.0.0.1/", &path, &query].map(|uri| ("remote", uri));
    let clock = TestClock::with_timers();
    let server = server_by(&clock, &[&servers[..], &others].concat()).await;

    let task = tokio::spawn(async move { server.connect().await });
    silent.seen.wait_for_requests(1).await;
    stalls.seen.wait_for_requests(1).await;
    advance_until_finished(&clock, &task).await;
    let error = task.await.unwrap().unwrap_err();

    assert!(error.is_connect() && error.is_retryable(), "{error:?}");
    let text = error.to_string();
    let host = |wire: &Wire| wire.url.trim_start_matches("http://").to_owned();
    for reason in [
        format!("{} does not answer", host(&silent)),
        format!("{} does not answer", host(&stalls)),
        format!("{} answers 404", host(&absent)),
        format!("what answers at {} is not a media server", host(&page)),
        format!("another server answers at {}", host(&other)),
        format!("{} answers 302", host(&redirects)),
        format!("what answers at {} is not a media server", host(&large)),
        format!("cannot connect to {}", refuses.trim_start_matches("http://")),
        "a connection has no address that can be used".to_owned(),
    ] {
        assert!(text.contains(&reason), "{reason} is not in {text}");
    }
    assert_eq!(text.matches("has no address").count(), 6, "{text}");
    assert!(!format!("{error} {error:?}").contains("CANARY"), "{error:?}");
    assert_eq!(elsewhere.seen.connections(), 0);
    assert!(clock.now() < Duration::from_secs(7), "{:?}", clock.now());
}

#[tokio::test]
async fn without_a_connection_or_a_token_nothing_is_sent() {
    let local = Wire::start(shelf).await;
    let resource = json!([{
        "clientIdentifier": "shelf-01", "provides": "server", "owned": true,
        "connections": [{"uri": local.url, "local": true}],
    }]);
    let plex = Wire::always(Reply::json(&resource.to_string())).await;
    let without_token = signed_in(&plex.url).servers().await.unwrap().remove(0);

    let no_connection = server_at(&[]).await.connect().await.unwrap_err();
    let no_token = without_token.connect().await.unwrap_err();

    assert!(no_connection.is_connect(), "{no_connection:?}");
    assert!(no_connection.to_string().contains("lists no connection"), "{no_connection}");
    assert!(no_token.is_decode(), "{no_token:?}");
    assert_eq!(local.seen.connections(), 0);
}

#[tokio::test]
async fn an_identity_may_come_as_xml() {
    let old = Wire::always(Reply::http(
        "200 OK",
        &["content-type: text/xml"],
        r#"<?xml version="1.0"?><MediaContainer size="0" machineIdentifier="shelf-01"/>"#,
    ))
    .await;
    let server = server_at(&[("local", &old.url)]).await;

    assert_eq!(server.connect().await.unwrap().uri(), old.url);
}

#[tokio::test]
async fn a_name_under_plex_direct_needs_no_dns_and_its_certificate_is_checked() {
    const HASH: &str = "0123456789abcdef0123456789abcdef";
    let authority = Authority::new();
    let right = tls::start_with(authority.acceptor(&format!("*.{HASH}.plex.direct"), 2100), shelf).await;
    let wrong = tls::start_with(authority.acceptor("*.fedcba98.plex.direct", 2100), shelf).await;
    let uri = |wire: &Wire| format!("https://127-0-0-1.{HASH}.plex.direct:{}", wire.port());
    let root = Certificate::from_der(authority.der()).unwrap();
    let client = |url: &str| {
        let builder = Client::builder(identity(IDENTIFIER)).base_url(url).token(Token::new(TOKEN).unwrap());
        builder.http(|http| http.no_proxy().tls_certs_only([root])).build().unwrap()
    };
    let server = found(client, &[("local", &uri(&wrong)), ("remote", &uri(&right))]).await;

    let connection = server.connect().await.unwrap();

    assert_eq!(connection.uri(), uri(&right));
    assert_eq!((wrong.seen.connections(), wrong.seen.requests().len()), (1, 0));
}

#[tokio::test]
async fn every_server_of_the_sandbox_is_reached() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = builder(sandbox.url()).token(Token::new(sandbox.token()).unwrap()).build().unwrap();
    let mut kinds = Vec::new();

    for server in client.servers().await.unwrap() {
        let connection = server.connect().await.unwrap();
        let http = plex_tv_sdk::reqwest::Client::new();
        let call = http.get(connection.uri()).header("x-plex-token", connection.access_token().expose());
        assert_eq!(call.send().await.unwrap().status(), 200, "{}", server.name());
        kinds.push(connection.kind().to_string());
    }

    assert_eq!(kinds, ["local", "relay", "relay"]);
}

#[tokio::test]
async fn progress_is_reported_after_each_connection() {
    let other = Wire::always(Reply::json(r#"{"MediaContainer":{"machineIdentifier":"shelf-02"}}"#)).await;
    let relay = Wire::start(shelf).await;
    let server = server_at(&[("local", &closed_port()), ("remote", &other.url), ("relay", &relay.url)]).await;
    let mut seen = Vec::new();

    let connecting = server.connect().on_progress(|progress| {
        let uri = progress.connection.uri.clone().unwrap();
        seen.push((progress.kind(), uri, progress.failure.map(ToString::to_string), progress.pending));
    });
    assert!(!format!("{connecting:?}").contains(SERVER_TOKEN));
    connecting.await.unwrap();

    let mut pending: Vec<usize> = seen.iter().map(|(.., pending)| *pending).collect();
    pending.sort_unstable();
    assert_eq!(pending, [0, 1, 2]);
    seen.sort();
    let failures: Vec<(ConnectionKind, bool)> = seen.iter().map(|(kind, _, why, _)| (*kind, why.is_some())).collect();
    let kinds = [(ConnectionKind::Local, true), (ConnectionKind::Remote, true), (ConnectionKind::Relay, false)];
    assert_eq!(failures, kinds);
    assert!(seen[1].2.as_deref().unwrap().starts_with("another server answers at"), "{seen:?}");
    assert_eq!(seen[2].1, relay.url);
}

#[tokio::test]
async fn a_search_is_a_span_with_an_event_for_each_connection_and_no_token() {
    let remote = Wire::start(shelf).await;
    let server = server_at(&[("local", &closed_port()), ("remote", &remote.url)]).await;
    let unreachable = server_at(&[("local", &closed_port())]).await;
    let log = Log::default();

    let recording = log.record();
    server.connect().await.unwrap();
    unreachable.connect().await.unwrap_err();
    drop(recording);

    let log = log.text();
    for part in [
        "plex_tv_connect: connections=2",
        "a connection failed",
        "a connection answered",
        "kind=remote",
        "plex_tv_connect: connections=1",
        "error=Connect",
        "duration_ms=",
    ] {
        assert!(log.contains(part), "{part}: {log}");
    }
    assert!(!log.contains(SERVER_TOKEN) && !log.contains(TOKEN), "{log}");
}
