//! The list of webhooks: adding, replacing and removing addresses, and failures.

use plex_tv_sandbox::{Account, Fault, HOME_USER, Sandbox};
use plex_tv_sdk::{Client, Error, PlexCode, Secret, Token};
use serde_json::{Value, json};

use crate::{
    harness::{TOKEN, builder, signed_in},
    wire::{Reply, Wire},
};

const A: &str = "https://example.com/plex?key=CANARY";
const B: &str = "http://127.0.0.1:9/plex/CANARY";

async fn sandbox() -> (Sandbox, Client) {
    let sandbox = Sandbox::builder().account(Account::new("poor@example.com")).start().await.unwrap();
    let client = client(&sandbox, sandbox.token());
    (sandbox, client)
}

fn client(sandbox: &Sandbox, token: &str) -> Client {
    builder(sandbox.url()).token(Token::new(token).unwrap()).build().unwrap()
}

fn shown(list: &[Secret]) -> Vec<&str> {
    list.iter().map(Secret::expose).collect()
}

/// The bodies of all changes so far.
fn changes(sandbox: &Sandbox) -> Vec<Value> {
    let requests = sandbox.requests().into_iter();
    requests.filter(|sent| sent.operation == Some("setUserWebhooks")).map(|sent| sent.body).collect()
}

#[tokio::test]
async fn addresses_are_added_replaced_and_removed_one_by_one() {
    let (sandbox, client) = sandbox().await;
    let webhooks = client.webhooks();
    assert!(webhooks.list().await.unwrap().is_empty());

    assert_eq!(shown(&webhooks.add(A).await.unwrap()), [A]);
    assert_eq!(shown(&webhooks.add(B.to_owned()).await.unwrap()), [A, B]);
    assert_eq!(shown(&webhooks.list().await.unwrap()), [A, B]);
    assert_eq!(shown(&webhooks.remove(A).await.unwrap()), [B]);
    assert_eq!(shown(&webhooks.replace([A, B, A]).await.unwrap()), [A, B]);
    webhooks.clear().await.unwrap();
    assert!(webhooks.list().await.unwrap().is_empty());

    let sent = [json!({"urls[]": A}), json!({"urls[]": [A, B]}), json!({"urls[]": B}), json!({"urls[]": [A, B]})];
    let mut sent = Vec::from(sent);
    sent.push(json!({"urls": ""}));
    assert_eq!(changes(&sandbox), sent);
}

#[tokio::test]
async fn removing_the_last_address_clears_the_list() {
    let (sandbox, client) = sandbox().await;
    let webhooks = client.webhooks();
    webhooks.add(A).await.unwrap();

    assert!(webhooks.remove(A).await.unwrap().is_empty());
    assert!(webhooks.remove(A).await.unwrap().is_empty());

    assert!(webhooks.list().await.unwrap().is_empty());
    assert_eq!(changes(&sandbox), [json!({"urls[]": A}), json!({"urls": ""})]);
}

#[tokio::test]
async fn an_address_that_another_client_added_meanwhile_is_kept() {
    let (sandbox, client) = sandbox().await;
    let (here, there) = (client.webhooks(), self::client(&sandbox, sandbox.token()).webhooks());
    here.add(A).await.unwrap();

    there.add(B).await.unwrap();
    let list = here.add("https://example.com/third").await.unwrap();

    assert_eq!(shown(&list), [A, B, "https://example.com/third"]);
    assert_eq!(shown(&here.remove(B).await.unwrap()), [A, "https://example.com/third"]);
    assert_eq!(shown(&there.list().await.unwrap()), [A, "https://example.com/third"]);
}

#[tokio::test]
async fn a_listed_address_is_not_added_again_and_an_unlisted_one_is_not_removed() {
    let (sandbox, client) = sandbox().await;
    let webhooks = client.webhooks();
    webhooks.add("https://example.com").await.unwrap();

    for same in ["https://example.com", "https://EXAMPLE.com/", "https://example.com:443"] {
        assert_eq!(shown(&webhooks.add(same).await.unwrap()), ["https://example.com"], "{same}");
    }
    assert_eq!(shown(&webhooks.remove("https://example.com/other").await.unwrap()), ["https://example.com"]);

    assert_eq!(changes(&sandbox).len(), 1);
}

#[tokio::test]
async fn bad_addresses_are_refused_before_anything_is_sent() {
    let (sandbox, client) = sandbox().await;
    let webhooks = client.webhooks();

    for bad in [
        "",
        " ",
        "CANARY",
        "example.com/CANARY",
        "ftp://example.com/CANARY",
        "https://",
        "https://a b/",
        "https://a/#b",
    ] {
        for error in [webhooks.add(bad).await.unwrap_err(), webhooks.replace([A, bad]).await.unwrap_err()] {
            assert!(error.is_invalid_input(), "{bad}: {error}");
            assert!(!format!("{error} {error:?}").contains("CANARY"), "{error:?}");
        }
    }
    let error = webhooks.replace(Vec::<String>::new()).await.unwrap_err();
    assert!(error.is_invalid_input() && error.to_string().contains("clear"), "{error}");

    assert!(sandbox.requests().is_empty());
}

#[tokio::test]
async fn an_odd_address_that_another_client_stored_can_be_removed() {
    const ODD: [&str; 4] = ["example.com/CANARY", "https://a/#b", "https://a b/", "ftp://example.com/CANARY"];
    let stored: Vec<_> = ODD.iter().chain([&A]).map(|url| json!({ "url": url })).collect();
    for odd in ODD {
        let list = Reply::json(&json!(stored).to_string());
        let plex = Wire::script([list, Reply::http("200 OK", &[], "")]).await;

        let left = signed_in(&plex.url).webhooks().remove(odd).await.unwrap();

        assert_eq!(left.len(), ODD.len(), "{odd}");
        assert!(!shown(&left).contains(&odd), "{odd}");
    }
}

#[tokio::test]
async fn removing_an_invalid_address_that_is_not_stored_is_an_error() {
    let (sandbox, client) = sandbox().await;

    for bad in ["", "CANARY", "example.com/CANARY", "ftp://example.com/CANARY", "https://a/#b"] {
        let error = client.webhooks().remove(bad).await.unwrap_err();

        assert!(error.is_invalid_input(), "{bad}: {error}");
        assert!(!format!("{error} {error:?}").contains("CANARY"), "{error:?}");
    }
    assert!(changes(&sandbox).is_empty());
}

/// Makes each of the calls in turn and returns the errors.
async fn all(client: &Client) -> [Error; 5] {
    let webhooks = client.webhooks();
    [
        webhooks.list().await.unwrap_err(),
        webhooks.add(A).await.unwrap_err(),
        webhooks.remove(A).await.unwrap_err(),
        webhooks.replace([A]).await.unwrap_err(),
        webhooks.clear().await.unwrap_err(),
    ]
}

#[tokio::test]
async fn a_missing_plex_pass_is_recognised_by_either_code() {
    let (sandbox, client) = sandbox().await;
    let poor = self::client(&sandbox, &sandbox.token_of("poor@example.com").unwrap());

    for error in all(&poor).await {
        assert!(error.is_plex_pass_required() && error.is_forbidden(), "{error}");
        assert_eq!(error.code(), Some(PlexCode::Forbidden));
    }
    sandbox.always("getUserWebhooks", Fault::Code { status: 403, code: 1012 }).unwrap();
    sandbox.always("setUserWebhooks", Fault::Code { status: 403, code: 1012 }).unwrap();
    for error in all(&client).await {
        assert!(error.is_plex_pass_required(), "{error}");
    }
    // The same code has another meaning for another call.
    sandbox.next("getUserDetails", Fault::Code { status: 403, code: 1043 }).unwrap();
    assert!(!client.v2().get_user_details().send().await.unwrap_err().is_plex_pass_required());
}

#[tokio::test]
async fn other_refusals_are_typed_too() {
    let (sandbox, client) = sandbox().await;
    let kid = client.switch_home_user(HOME_USER, None).await.unwrap();
    let stranger = self::client(&sandbox, "not-a-token");

    for error in all(&kid).await {
        assert!(error.is_forbidden() && error.code() == Some(PlexCode::NotForManagedUsers), "{error}");
        assert!(!error.is_plex_pass_required(), "{error}");
    }
    for error in all(&stranger).await {
        assert!(error.is_auth() && error.needs_sign_in(), "{error}");
    }
    sandbox.next("setUserWebhooks", Fault::Code { status: 422, code: 1071 }).unwrap();
    let error = client.webhooks().add(A).await.unwrap_err();
    assert_eq!(error.code(), Some(PlexCode::WebhookAddressInvalid), "{error}");
    sandbox.next("getUserWebhooks", Fault::RateLimited { retry_after: None }).unwrap();
    assert!(client.webhooks().add(A).await.unwrap_err().is_rate_limited());
}

#[tokio::test]
async fn an_empty_success_returns_the_list_that_was_sent() {
    let plex = Wire::start(|_| Reply::http("204 No Content", &[], "")).await;

    assert_eq!(shown(&signed_in(&plex.url).webhooks().replace([A]).await.unwrap()), [A]);
}

#[tokio::test]
async fn nothing_shows_an_address() {
    let echo = json!({"errors": [{"code": 1071, "message": format!("{A} is not valid"), "field": A, "status": 422}]});
    let refused =
        Wire::always(Reply::http("422 Unprocessable Entity", &["content-type: application/json"], echo.to_string()))
            .await;
    let broken = Wire::always(Reply::json(&json!([{"url": A}, {"url": {"a": A}}]).to_string())).await;

    for plex in [&refused, &broken] {
        let client = signed_in(&plex.url);
        for error in all(&client).await {
            let messages: Vec<_> = error.plex_errors().iter().map(|said| (said.message(), said.field())).collect();
            let shown = format!("{error} {error:?} {:?} {messages:?} {:?}", error.body(), error.json_path());
            assert!(!shown.contains("CANARY") && !shown.contains(TOKEN), "{shown}");
        }
        // An error of the generated call does not reveal what was sent either.
        let body = plex_tv_sdk::v2::types::SetUserWebhooksBody::new([A]);
        let error = client.v2().set_user_webhooks(body).send().await.unwrap_err();
        assert!(plex.url != refused.url || !error.body().unwrap().contains("CANARY"), "{:?}", error.body());
    }
    let (_sandbox, client) = sandbox().await;
    let list = client.webhooks().add(A).await.unwrap();
    assert!(!format!("{list:?} {:?}", client.webhooks()).contains("CANARY"));
}
