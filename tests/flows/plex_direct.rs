//! Reaching servers by their `plex.direct` name although the router drops the DNS answer.

use std::{net::SocketAddr, sync::Arc};

use plex_tv_sdk::{
    PlexDirect, Server,
    reqwest::{
        self, Certificate,
        dns::{Name, Resolve, Resolving},
    },
};
use serde_json::{Value, json};

use crate::{
    harness::{TOKEN, signed_in},
    tls::{self, Authority},
    wire::{Reply, Wire},
};

const HASH: &str = "0123456789abcdef0123456789abcdef";
const SERVER_TOKEN: &str = "EXAMPLE-SERVER-TOKEN";

/// A DNS resolver that always fails, as behind a router that drops every answer.
struct Dropped;

impl Resolve for Dropped {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(async { Err("the router dropped the answer".into()) })
    }
}

/// A server with connections at these addresses.
async fn server_at(uris: &[&str]) -> Server {
    let connections: Vec<Value> =
        uris.iter().map(|uri| json!({"protocol": "https", "address": "192.0.2.99", "port": 1, "uri": uri})).collect();
    let resource = json!({
        "clientIdentifier": "shelf-01",
        "provides": "server",
        "owned": true,
        "accessToken": SERVER_TOKEN,
        "dnsRebindingProtection": true,
        "connections": connections,
    });
    let plex = Wire::always(Reply::json(&json!([resource]).to_string())).await;
    let mut servers = signed_in(&plex.url).servers().await.unwrap();
    servers.remove(0)
}

/// An HTTP client of an app behind such a router. It trusts this authority.
fn behind_the_router(authority: &Authority) -> reqwest::ClientBuilder {
    let root = Certificate::from_der(authority.der()).unwrap();
    reqwest::Client::builder().no_proxy().tls_certs_only([root]).dns_resolver(Arc::new(Dropped))
}

fn with(http: reqwest::ClientBuilder, addresses: impl IntoIterator<Item = (String, SocketAddr)>) -> reqwest::Client {
    addresses.into_iter().fold(http, |http, (host, address)| http.resolve(&host, address)).build().unwrap()
}

fn answer(_: &str) -> Reply {
    Reply::json(r#"{"MediaContainer":{"machineIdentifier":"shelf-01"}}"#)
}

#[tokio::test]
async fn a_server_is_reached_by_name_although_the_router_drops_its_address() {
    let authority = Authority::new();
    let media_server = tls::start_with(authority.acceptor(&format!("*.{HASH}.plex.direct"), 2100), answer).await;
    let uri = format!("https://127-0-0-1.{HASH}.plex.direct:{}", media_server.port());
    let server = server_at(&[&uri]).await;
    let identity = format!("{uri}/identity");

    let dropped = with(behind_the_router(&authority), []).get(&identity).send().await.unwrap_err();
    let http = with(behind_the_router(&authority), server.direct_addresses());
    let token = server.access_token().unwrap();
    let reply = http.get(&identity).header("x-plex-token", token.expose()).send().await.unwrap();

    assert!(dropped.is_connect(), "{dropped:?}");
    assert_eq!(reply.json::<Value>().await.unwrap()["MediaContainer"]["machineIdentifier"], "shelf-01");
    let [request] = media_server.seen.requests().try_into().unwrap();
    assert!(request.contains(&format!("host: 127-0-0-1.{HASH}.plex.direct:{}", media_server.port())), "{request}");
    assert!(request.contains(&SERVER_TOKEN.to_lowercase()), "{request}");
    assert!(!request.contains(&TOKEN.to_lowercase()), "{request}");
}

#[tokio::test]
async fn a_certificate_for_another_hash_is_refused_and_sees_no_request() {
    let authority = Authority::new();
    let other = "fedcba9876543210fedcba9876543210";
    let media_server = tls::start_with(authority.acceptor(&format!("*.{other}.plex.direct"), 2100), answer).await;
    let uri = format!("https://127-0-0-1.{HASH}.plex.direct:{}", media_server.port());
    let server = server_at(&[&uri]).await;

    let http = with(behind_the_router(&authority), server.direct_addresses());
    let error = http.get(&uri).header("x-plex-token", SERVER_TOKEN).send().await.unwrap_err();

    assert!(error.is_connect(), "{error:?}");
    assert_eq!(media_server.seen.connections(), 1);
    assert_eq!(media_server.seen.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn a_self_signed_certificate_is_refused() {
    let authority = Authority::new();
    let media_server = tls::start(&format!("*.{HASH}.plex.direct"), answer).await;
    let uri = format!("https://127-0-0-1.{HASH}.plex.direct:{}", media_server.port());
    let server = server_at(&[&uri]).await;

    let http = with(behind_the_router(&authority), server.direct_addresses());
    let error = http.get(&uri).send().await.unwrap_err();

    assert!(error.is_connect(), "{error:?}");
    assert_eq!(media_server.seen.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn tls_can_verify_every_name_that_is_built() {
    let authority = Authority::new();
    let media_server = tls::start_with(authority.acceptor(&format!("*.{HASH}.plex.direct"), 2100), answer).await;
    let here = SocketAddr::from(([127, 0, 0, 1], media_server.port().parse().unwrap()));

    for address in ["10.0.20.107", "2001:db8::7", "2001:db8:1:2:3:4:5:6", "fe80::1", "::1", "2001:db8::", "::"] {
        let name = PlexDirect::new(address.parse().unwrap(), HASH).unwrap();
        let http = with(behind_the_router(&authority), [(name.to_string(), here)]);

        let reply = http.get(format!("https://{name}:{}/identity", here.port())).send().await.unwrap();

        assert!(reply.status().is_success(), "{name}");
    }
}

#[tokio::test]
async fn direct_addresses_pair_each_plex_direct_name_with_the_address_in_it_and_the_port() {
    let server = server_at(&[
        &format!("https://192-168-1-10.{HASH}.plex.direct:32400"),
        &format!("https://2001-db8--7.{HASH}.plex.direct:32400/"),
        &format!("https://198-51-100-20.{HASH}.plex.direct:8443"),
        &format!("HTTPS://192-168-1-11.{}.PLEX.DIRECT", HASH.to_uppercase()),
        "http://192.168.1.10:32400",
        "https://plex.example.com:32400",
        &format!("https://192-168-1-12.{HASH}.plex.direct.invalid:32400"),
        &format!("https://my-public-ip.{HASH}.plex.direct:32400"),
        "https://plex.direct",
        "no address",
        "",
    ])
    .await;

    let addresses: Vec<(String, String)> =
        server.direct_addresses().map(|(host, address)| (host, address.to_string())).collect();

    let wanted = [
        ("192-168-1-10", "192.168.1.10:32400"),
        ("2001-db8--7", "[2001:db8::7]:32400"),
        ("198-51-100-20", "198.51.100.20:8443"),
        ("192-168-1-11", "192.168.1.11:443"),
    ];
    assert_eq!(addresses, wanted.map(|(label, address)| (format!("{label}.{HASH}.plex.direct"), address.to_owned())));
}

#[tokio::test]
async fn direct_addresses_omit_the_rest_of_the_uri() {
    let server =
        server_at(&[&format!("https://user:CANARY@192-168-1-10.{HASH}.plex.direct:32400/?X-Plex-Token=CANARY")]).await;

    let shown = format!("{:?}", server.direct_addresses().collect::<Vec<_>>());

    assert!(shown.contains("192-168-1-10") && !shown.contains("CANARY"), "{shown}");
}
