//! Servers and their connections, as read from the resources of an account.

use httpmock::MockServer;
use plex_tv_sandbox::Sandbox;
use plex_tv_sdk::{Server, Token};
use serde_json::{Value, json};

use crate::harness::{TOKEN, answer_json, builder, signed_in};

const RESOURCES: &str = "/api/v2/resources";

async fn servers_of(resources: Value) -> Vec<Server> {
    let server = MockServer::start_async().await;
    answer_json(&server, RESOURCES, 200, &resources).await;
    signed_in(&server.base_url()).servers().await.unwrap()
}

/// An owned server with a token. `members` override the defaults.
fn resource(members: Value) -> Value {
    let mut resource = json!({
        "name": "Shelf",
        "clientIdentifier": "shelf-01",
        "provides": "server",
        "owned": true,
        "accessToken": "EXAMPLE-SERVER-TOKEN",
        "connections": [],
    });
    let (Value::Object(resource_members), Value::Object(members)) = (&mut resource, members) else {
        panic!("not an object");
    };
    resource_members.extend(members);
    resource
}

/// A connection described by words, such as `local https` or `relay http v6`. The words are also
/// its address.
fn connection(what: &str) -> Value {
    let is = |word: &str| what.split(' ').any(|found| found == word);
    json!({
        "protocol": if is("https") { "https" } else { "http" },
        "address": what,
        "port": 32400,
        "uri": "https://example.com:32400",
        "local": is("local"),
        "relay": is("relay"),
        "IPv6": is("v6"),
    })
}

fn addresses(server: &Server) -> Vec<&str> {
    let connections = server.connections().iter();
    connections.map(|connection| connection.address.as_deref().unwrap_or_default()).collect()
}

fn names(servers: &[Server]) -> Vec<&str> {
    servers.iter().map(Server::name).collect()
}

#[tokio::test]
async fn only_resources_that_provide_a_server_are_listed() {
    let cases = [
        ("plain", json!("server")),
        ("among others", json!("client,player, server")),
        ("player", json!("client,player")),
        ("similar word", json!("pubsub-server,servers")),
        ("empty", json!("")),
        ("null", json!(null)),
    ];
    let resources = cases.map(|(name, provides)| resource(json!({ "name": name, "provides": provides })));

    let servers = servers_of(json!(resources)).await;

    assert_eq!(names(&servers), ["plain", "among others"]);
}

#[tokio::test]
async fn connections_are_sorted_local_remote_relay_then_https_first_then_ipv6_last() {
    let best_first = [
        "local https",
        "local https v6",
        "local http",
        "local http v6",
        "remote https",
        "remote https v6",
        "remote http",
        "remote http v6",
        "relay https",
        "relay http v6",
    ];
    let mut connections = best_first.map(connection);
    connections.reverse();

    let servers = servers_of(json!([resource(json!({ "connections": connections }))])).await;

    assert_eq!(addresses(&servers[0]), best_first);
}

#[tokio::test]
async fn equal_connections_keep_the_order_of_plex_tv() {
    let connections = ["remote http b", "remote http a", "local http c"].map(connection);

    let servers = servers_of(json!([resource(json!({ "connections": connections }))])).await;

    assert_eq!(addresses(&servers[0]), ["local http c", "remote http b", "remote http a"]);
}

#[tokio::test]
async fn local_connections_of_a_shared_server_count_only_in_the_same_network() {
    let connections = ["local http", "remote https", "relay https"].map(connection);
    let shared = |matches: Value| {
        resource(json!({
            "owned": false,
            "publicAddressMatches": matches,
            "connections": connections,
        }))
    };
    let own = resource(json!({ "publicAddressMatches": false, "connections": connections }));
    let resources = json!([shared(json!(false)), shared(json!(null)), shared(json!(true)), own]);

    let servers = servers_of(resources).await;

    let all = ["local http", "remote https", "relay https"];
    let found: Vec<Vec<&str>> = servers.iter().map(addresses).collect();
    assert_eq!(found, [&all[1..], &all[1..], &all, &all]);
}

#[tokio::test]
async fn a_shared_server_comes_with_its_own_access_token() {
    let shared = resource(json!({ "owned": false, "accessToken": "EXAMPLE-SHARED-TOKEN" }));

    let servers = servers_of(json!([shared])).await;

    assert!(!servers[0].is_owned());
    let token = servers[0].access_token().unwrap();
    assert_eq!(token.expose(), "EXAMPLE-SHARED-TOKEN");
    assert_ne!(token.expose(), TOKEN);
}

#[tokio::test]
async fn a_missing_access_token_is_an_error_when_it_is_requested() {
    let resources = json!([
        resource(json!({ "accessToken": null })),
        resource(json!({ "accessToken": "" })),
        resource(json!({ "accessToken": "two words" })),
    ]);

    let servers = servers_of(resources).await;

    let errors: Vec<String> = servers
        .iter()
        .map(|server| server.access_token().unwrap_err())
        .inspect(|error| assert!(error.is_decode() && !error.is_invalid_input(), "{error:?}"))
        .map(|error| error.to_string())
        .collect();
    assert_eq!(errors[0], "plex.tv gave no access token for this server");
    assert!(errors.iter().all(|error| error.contains("token")));
    assert!(!errors[2].contains("two words"));
}

#[tokio::test]
async fn a_row_that_cannot_be_decoded_does_not_fail_the_list() {
    let resources = json!([
        resource(json!({ "name": "first" })),
        { "name": "no identifier", "provides": "server" },
        resource(json!({ "name": "bad connections", "connections": "none" })),
        "no row at all",
        null,
        resource(json!({ "name": "last" })),
    ]);

    let servers = servers_of(resources).await;

    assert_eq!(names(&servers), ["first", "last"]);
}

#[tokio::test]
async fn null_connections_are_an_empty_list() {
    let servers = servers_of(json!([resource(json!({ "connections": null }))])).await;

    assert!(servers[0].connections().is_empty());
}

#[tokio::test]
async fn https_relay_and_ipv6_connections_are_requested() {
    let server = MockServer::start_async().await;
    let mock = server
        .mock_async(|when, then| {
            when.method("GET")
                .path(RESOURCES)
                .query_param("includeHttps", "1")
                .query_param("includeRelay", "1")
                .query_param("includeIPv6", "1")
                .header("x-plex-token", TOKEN);
            then.status(200).json_body(json!([]));
        })
        .await;

    let servers = signed_in(&server.base_url()).servers().await.unwrap();

    mock.assert_async().await;
    assert_eq!(names(&servers), Vec::<&str>::new());
}

#[tokio::test]
async fn the_sandbox_lists_own_and_shared_servers_with_reachable_connections() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = Token::new(sandbox.token()).unwrap();
    let client = builder(sandbox.url()).token(token).build().unwrap();

    let servers = client.servers().await.unwrap();

    let media_servers = sandbox.servers();
    let wanted: Vec<(&str, &str)> =
        media_servers.iter().map(|server| (server.machine_identifier(), server.access_token())).collect();
    let tokens: Vec<Token> = servers.iter().map(|server| server.access_token().unwrap()).collect();
    let found: Vec<(&str, &str)> =
        servers.iter().zip(&tokens).map(|(server, token)| (server.machine_identifier(), token.expose())).collect();
    assert_eq!(found, wanted);
    let own: Vec<bool> = servers.iter().map(Server::is_owned).collect();
    assert_eq!(own, [true, false, true]);
    let kinds = |server: &Server| -> Vec<(bool, bool)> {
        let connections = server.connections().iter();
        connections.map(|one| (one.local.unwrap_or_default(), one.relay.unwrap_or_default())).collect()
    };
    let (local, remote, relay) = ((true, false), (false, false), (false, true));
    assert_eq!(kinds(&servers[0]), [local, remote, remote, relay]);
    assert_eq!(kinds(&servers[1]), [remote, relay]);
    assert_eq!(kinds(&servers[2]), [relay]);
    assert_eq!(client.v2().get_devices().send().await.unwrap().len(), 4);
}
