//! The user's account, its devices, and the older token of a device.

use plex_tv_sandbox::{Account, EMAIL, Fault, HOME_USER, Sandbox};
use plex_tv_sdk::{Client, DeviceKey, RetryPolicy, Token, reqwest};
use serde_json::json;

use crate::{
    harness::{IDENTIFIER, builder, identity},
    sharing::{client_of, sent},
    wire::{Reply, Wire},
};

#[tokio::test]
async fn the_account_says_who_the_user_is() {
    let sandbox = Sandbox::builder().account(Account::new("poor@example.com")).start().await.unwrap();
    let client = client_of(&sandbox, sandbox.token());

    let account = client.account().await.unwrap();
    let kid = client.switch_home_user(HOME_USER, None).await.unwrap().account().await.unwrap();
    let poor = client_of(&sandbox, &sandbox.token_of("poor@example.com").unwrap()).account().await.unwrap();

    assert_eq!((account.name(), account.username()), ("Example User", Some("exampleuser")));
    assert_eq!((account.email(), account.id()), (Some(EMAIL), 1_234_567));
    assert!(account.has_plex_pass() && !account.is_managed() && account.user().id == account.id());
    assert_eq!((kid.name(), kid.username(), kid.email(), kid.is_managed()), ("Kid", None, None, true));
    assert!(!poor.has_plex_pass());
    sandbox.next("getUserDetails", Fault::Status(401)).unwrap();
    assert!(client.account().await.unwrap_err().needs_sign_in());
}

#[tokio::test]
async fn a_name_is_found_wherever_plex_tv_puts_it() {
    for (user, name) in [
        (json!({"id": 1, "title": "T", "username": "u"}), "T"),
        (json!({"id": 1, "title": "", "friendlyName": "F"}), "F"),
        (json!({"id": 1, "title": null, "username": "u", "email": "e@example.com"}), "u"),
        (json!({"id": 1, "email": "e@example.com"}), "e@example.com"),
        (json!({"id": 1}), ""),
    ] {
        let plex = Wire::always(Reply::json(&user.to_string())).await;
        let client = builder(&plex.url).token(Token::new("EXAMPLE-TOKEN").unwrap()).build().unwrap();

        assert_eq!(client.account().await.unwrap().name(), name);
    }
}

#[tokio::test]
async fn a_claim_token_is_created_and_not_in_debug_output() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client_of(&sandbox, sandbox.token());

    let claim = client.claim_token().await.unwrap();

    assert!(claim.expose().starts_with("claim-"));
    assert!(!format!("{claim:?}").contains("claim-"));
    sandbox.next("getClaimToken", Fault::Status(401)).unwrap();
    assert!(client.claim_token().await.unwrap_err().needs_sign_in());
}

/// Signs the built-in account in on this device.
async fn signed_in_on(sandbox: &Sandbox, identifier: &str) -> Client {
    let settings = Client::builder(identity(identifier)).base_url(sandbox.url()).retry(RetryPolicy::off());
    let client = settings.http(|http| http.no_proxy().tls_certs_only([])).build().unwrap();
    let flow = client.pin_login().start().await.unwrap();
    sandbox.approve(flow.id());
    flow.wait().await.unwrap()
}

#[tokio::test]
async fn devices_are_listed_and_one_is_revoked() {
    let sandbox = Sandbox::start().await.unwrap();
    let (desk, phone) = (signed_in_on(&sandbox, "desk-01").await, signed_in_on(&sandbox, "phone-01").await);

    let devices = desk.devices().await.unwrap();
    let of = |identifier: &str| devices.iter().find(|device| device.client_identifier() == identifier).unwrap();

    assert!(of("desk-01").is_this() && !of("phone-01").is_this());
    assert_eq!(of("phone-01").name(), "Example App");
    assert!(of("phone-01").last_seen_at().is_some() && of("phone-01").details().id == of("phone-01").id());
    let before = sandbox.requests().len();
    let own = of("desk-01").revoke().await.unwrap_err();
    assert!(own.is_invalid_input() && own.to_string().contains("sign_out"), "{own}");
    assert_eq!(sandbox.requests().len(), before);

    of("phone-01").revoke().await.unwrap();
    of("phone-01").revoke().await.unwrap();

    assert!(phone.account().await.unwrap_err().needs_sign_in());
    assert!(desk.devices().await.unwrap().iter().all(|device| device.client_identifier() != "phone-01"));
    sandbox.next("deleteLegacyDevice", Fault::Status(503)).unwrap();
    assert!(of("phone-01").revoke().await.unwrap_err().is_retryable());
    sandbox.next("listAccountDevices", Fault::Garbage).unwrap();
    assert!(desk.devices().await.unwrap_err().is_decode());
}

async fn status(uri: &str, token: &Token) -> u16 {
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    http.get(uri).header("X-Plex-Token", token.expose()).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_server_that_refuses_a_jwt_gets_the_older_token_on_request() {
    let sandbox = Sandbox::start().await.unwrap();
    let older = signed_in_on(&sandbox, IDENTIFIER).await;
    assert_eq!(older.older_token().await.unwrap(), older.token());
    let client = older.register_device_key(&DeviceKey::generate().unwrap()).await.unwrap();
    let servers = client.servers().await.unwrap();
    let of = |name: &str| servers.iter().find(|server| server.name() == name).unwrap();

    let usual = of("Living Room Server").connect().await.unwrap();
    assert_eq!(usual.access_token(), &client.token().unwrap());
    assert_eq!(status(usual.uri(), usual.access_token()).await, 401);
    assert_eq!(sent(&sandbox, "listAccountDevices").len(), 1);

    let connection = of("Living Room Server").connect().older_token(true).await.unwrap();
    assert_eq!(Some(connection.access_token().clone()), client.older_token().await.unwrap());
    assert_eq!(status(connection.uri(), connection.access_token()).await, 200);

    let before = sent(&sandbox, "listAccountDevices").len();
    let shared = of("Server of a Friend").connect().older_token(true).await.unwrap();
    assert_eq!(shared.access_token(), &of("Server of a Friend").access_token().unwrap());
    assert_eq!(sent(&sandbox, "listAccountDevices").len(), before, "a shared server has its own token");
    sandbox.next("listAccountDevices", Fault::Status(503)).unwrap();
    assert!(of("Cabin Server").connect().older_token(true).await.unwrap_err().is_retryable());
}

#[tokio::test]
async fn a_device_without_an_older_token_keeps_its_jwt() {
    const JWT: &str = "eyJhbGciOiJFZERTQSJ9.eyJpc3MiOiJwbGV4LnR2In0.c2lnbmF0dXJl";
    for devices in [
        json!([]),
        json!([{"id": 1, "clientIdentifier": "another-01", "token": "EXAMPLE-OF-ANOTHER"}]),
        json!([{"id": 1, "clientIdentifier": IDENTIFIER}]),
        json!([{"id": 1, "clientIdentifier": IDENTIFIER, "token": ""}]),
        json!([{"id": 1, "clientIdentifier": IDENTIFIER, "token": "with space"}]),
        json!([{"id": 1, "clientIdentifier": IDENTIFIER, "token": JWT}]),
    ] {
        let plex = Wire::always(Reply::json(&devices.to_string())).await;
        let client = builder(&plex.url).token(Token::new(JWT).unwrap()).build().unwrap();

        assert_eq!(client.older_token().await.unwrap(), None, "{devices}");
    }
}
