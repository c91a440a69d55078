//! Which addresses of a server are tried, and which are left out.

use plex_tv_sdk::Server;
use serde_json::{Value, json};

use crate::{
    harness::signed_in,
    wire::{Reply, Wire},
};

const SHELF: &str = r#"{"MediaContainer":{"machineIdentifier":"shelf-01"}}"#;

/// A server with its own token. `members` override the defaults.
async fn server(members: Value, connections: Value) -> Server {
    let mut resource = json!({
        "clientIdentifier": "shelf-01", "provides": "server", "accessToken": "EXAMPLE-SERVER-TOKEN", "connections": connections,
    });
    resource.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    let plex = Wire::always(Reply::json(&json!([resource]).to_string())).await;
    signed_in(&plex.url).servers().await.unwrap().remove(0)
}

fn addresses(server: &Server) -> Vec<&str> {
    server.connections().iter().map(|connection| connection.uri.as_deref().unwrap_or_default()).collect()
}

#[tokio::test]
async fn plain_http_is_left_out_where_https_is_required() {
    let impostor = Wire::always(Reply::json(SHELF)).await;
    let connections = json!([
        { "uri": impostor.url, "protocol": "http", "local": true },
        // The URI decides, not the stated protocol.
        { "uri": impostor.url, "protocol": "https", "local": true },
        { "uri": impostor.url.to_uppercase(), "local": true },
        { "uri": "https://192.0.2.1:32400", "protocol": "http" },
        { "uri": "https://127.0.0.1:1", "protocol": "https", "local": true },
        { "uri": "https://127.0.0.1:2" },
    ]);

    let strict = server(json!({ "owned": true, "httpsRequired": true }), connections.clone()).await;
    let as_text = server(json!({ "owned": true, "httpsRequired": "1" }), connections.clone()).await;
    let lax = server(json!({ "owned": true, "httpsRequired": false }), connections).await;
    let error = strict.connect().await.unwrap_err();

    assert_eq!(addresses(&strict), ["https://127.0.0.1:1", "https://127.0.0.1:2"]);
    assert_eq!(addresses(&as_text), addresses(&strict));
    assert_eq!(lax.connections().len(), 6);
    assert!(error.is_connect(), "{error:?}");
    assert_eq!(impostor.seen.connections(), 0);
}

#[tokio::test]
async fn loopback_and_link_local_addresses_are_not_tried_for_a_shared_server() {
    let here = Wire::always(Reply::json(SHELF)).await;
    let port = here.port();
    let hosts = [
        "127.0.0.1",
        "127.9.9.9",
        "0x7f000001",
        "127.1",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:7f00:1]",
        "localhost",
        "Localhost.",
        "a.localhost",
        "127-0-0-1.0123456789abcdef.plex.direct",
        "169.254.169.254",
        "[fe80::1]",
    ];
    let of = |local: bool| hosts.map(|host| json!({ "uri": format!("http://{host}:{port}"), "local": local }));
    for members in [json!({ "owned": false }), json!({}), json!({ "publicAddressMatches": true, "home": true })] {
        for local in [false, true] {
            let shared = server(members.clone(), json!(of(local))).await;

            let error = shared.connect().await.unwrap_err();

            assert_eq!(addresses(&shared), Vec::<&str>::new());
            assert!(error.is_connect() && error.to_string().contains("lists no connection"), "{error}");
        }
    }
    let own = server(json!({ "owned": true }), json!(of(false))).await;
    assert_eq!(own.connections().len(), hosts.len());
    assert_eq!(here.seen.connections(), 0);
}

#[tokio::test]
async fn a_private_address_counts_as_local_whatever_plex_tv_says() {
    let connections = json!([
        { "uri": "http://192.168.1.2:32400", "local": false },
        { "uri": "https://10-0-0-2.0123456789abcdef.plex.direct:32400" },
        { "uri": "http://[fd00::2]:32400", "local": false },
        { "uri": "http://203.0.113.2:32400", "local": false },
    ]);

    let elsewhere = server(json!({ "owned": false, "publicAddressMatches": false }), connections.clone()).await;
    let same_network = server(json!({ "owned": false, "publicAddressMatches": true }), connections).await;

    assert_eq!(addresses(&elsewhere), ["http://203.0.113.2:32400"]);
    assert_eq!(same_network.connections().len(), 4);
}

#[tokio::test]
async fn the_uri_of_a_connection_is_the_origin_that_was_tried() {
    let shelf = Wire::always(Reply::json(SHELF)).await;
    let port = shelf.port();
    for uri in [
        format!("HTTP://127.0.0.1:{port}/"),
        format!(" http://127.0.0.1:{port}\n"),
        format!("http:\\\\127.0.0.1:{port}\\"),
        format!("http://0x7f.1:{port}"),
        format!("http:/127.0.\t0.1:{port}"),
    ] {
        let server = server(json!({ "owned": true }), json!([{ "uri": uri }])).await;

        let connection = server.connect().await.unwrap();

        assert_eq!(connection.uri(), format!("http://127.0.0.1:{port}"), "{uri:?}");
    }
}

#[tokio::test]
async fn an_empty_identifier_matches_nothing() {
    for identifier in ["", " "] {
        let body = json!({ "MediaContainer": { "machineIdentifier": identifier } }).to_string();
        let anybody = Wire::always(Reply::json(&body)).await;
        let members = json!({ "owned": true, "clientIdentifier": identifier });

        let error = server(members, json!([{ "uri": anybody.url }])).await.connect().await.unwrap_err();

        assert!(error.is_connect() && error.to_string().contains("another server answers"), "{error}");
    }
}
