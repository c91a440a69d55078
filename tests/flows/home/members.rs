//! The members of a Home, and switching to one of them.

use plex_tv_sandbox::{Fault, HOME_PIN, HOME_PIN_USER, HOME_USER, Sandbox};
use plex_tv_sdk::{Client, CredentialStore, DeviceKey, MemoryStore, Token};
use serde_json::json;

use crate::{
    harness::builder,
    wire::{Reply, Wire},
};

async fn admin() -> (Sandbox, MemoryStore, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let store = MemoryStore::new();
    let token = Token::new(sandbox.token()).unwrap();
    let client = builder(sandbox.url()).token(token).store(store.clone()).build().unwrap();
    (sandbox, store, client)
}

#[tokio::test]
async fn members_are_listed_with_what_they_may_do() {
    let (_sandbox, _, client) = admin().await;

    let members = client.home_users().await.unwrap();

    let list: Vec<_> = members
        .iter()
        .map(|member| (member.name(), member.is_admin(), member.is_managed(), member.needs_pin()))
        .collect();
    assert_eq!(list, [("Example User", true, false, false), ("Kid", false, true, false), ("Teen", false, true, true)]);
    assert_eq!(members[1].uuid(), Some(HOME_USER));
    assert_eq!(members[1].restriction_profile().map(ToString::to_string).as_deref(), Some("little_kid"));
    assert!(!members[1].is_guest() && members[0].restriction_profile().is_none());
    assert_eq!(members[0].user().username.as_deref(), Some("exampleuser"));
}

#[tokio::test]
async fn an_account_without_a_home_has_no_members() {
    let (sandbox, _, client) = admin().await;
    let plex_tv_sdk::SignIn::TwoFactorRequired(waiting) =
        client.sign_in(plex_tv_sandbox::TWO_FACTOR_EMAIL, plex_tv_sandbox::TWO_FACTOR_PASSWORD).await.unwrap()
    else {
        panic!("no second factor");
    };
    let alone = waiting.verification_code(plex_tv_sandbox::TWO_FACTOR_VERIFICATION_CODE).await.unwrap();

    assert_eq!(alone.home_users().await.unwrap().len(), 0);
    drop(sandbox);
}

#[tokio::test]
async fn a_switch_returns_a_client_of_that_user_and_leaves_the_original_and_the_store_alone() {
    let (sandbox, store, client) = admin().await;
    let before = store.load().unwrap();

    let kid = client.switch_home_user(HOME_USER, None).await.unwrap();

    assert_eq!(kid.v2().get_user_details().send().await.unwrap().title.as_deref(), Some("Kid"));
    assert_eq!(client.token().unwrap().expose(), sandbox.token());
    assert_ne!(kid.token(), client.token());
    assert_eq!(store.load().unwrap(), before);
    kid.servers().await.unwrap();
    kid.sign_out().await.unwrap();
    assert_eq!(store.load().unwrap(), before);
}

#[tokio::test]
async fn a_missing_or_wrong_pin_is_reported() {
    let (sandbox, _, client) = admin().await;

    let missing = client.switch_home_user(HOME_PIN_USER, None).await.unwrap_err();
    let wrong = client.switch_home_user(HOME_PIN_USER, Some("0000")).await.unwrap_err();
    let teen = client.switch_home_user(HOME_PIN_USER, Some(HOME_PIN)).await.unwrap();

    assert!(missing.is_home_pin_required() && missing.plex_code() == Some(1041), "{missing}");
    assert!(wrong.is_home_pin_required(), "{wrong}");
    assert_eq!(teen.v2().get_user_details().send().await.unwrap().title.as_deref(), Some("Teen"));
    assert_eq!(sandbox.requests().iter().filter(|sent| sent.operation == Some("switchHomeUser")).count(), 3);
}

#[tokio::test]
async fn refusals_of_the_list_and_of_a_switch_are_typed() {
    let (sandbox, _, client) = admin().await;

    for (fault, is_expected) in [
        (Fault::Status(401), plex_tv_sdk::Error::is_auth as fn(&plex_tv_sdk::Error) -> bool),
        (Fault::RateLimited { retry_after: Some(7) }, plex_tv_sdk::Error::is_rate_limited),
        (Fault::Code { status: 403, code: 1009 }, plex_tv_sdk::Error::is_forbidden),
        (Fault::Garbage, plex_tv_sdk::Error::is_decode),
    ] {
        sandbox.next("getHomeData", fault.clone()).unwrap();
        sandbox.next("switchHomeUser", fault).unwrap();
        let errors =
            [client.home_users().await.unwrap_err(), client.switch_home_user(HOME_USER, None).await.unwrap_err()];
        assert!(errors.iter().all(is_expected), "{errors:?}");
        assert!(errors.iter().all(|error| !error.is_home_pin_required()), "{errors:?}");
    }
    // A switch is not retried, since each wrong PIN counts.
    let retrying = client.with_retry(plex_tv_sdk::RetryPolicy::default());
    let before = sandbox.requests().len();
    sandbox.next("switchHomeUser", Fault::Status(503)).unwrap();
    assert!(retrying.switch_home_user(HOME_USER, None).await.unwrap_err().is_retryable());
    assert_eq!(sandbox.requests().len(), before + 1);
}

#[tokio::test]
async fn an_unknown_and_an_empty_uuid_are_distinguished() {
    let (_sandbox, _, client) = admin().await;

    let unknown = client.switch_home_user("0000000000000000", None).await.unwrap_err();
    let empty = client.switch_home_user("", None).await.unwrap_err();

    assert!(unknown.is_not_found(), "{unknown}");
    assert!(empty.is_invalid_input(), "{empty}");
}

#[tokio::test]
async fn a_listed_member_can_be_passed_to_a_switch() {
    let (_sandbox, _, client) = admin().await;
    let members = client.home_users().await.unwrap();

    let kid = client.switch_home_user(&members[1], None).await.unwrap();
    let teen = client.switch_home_user(&members[2], Some(HOME_PIN)).await.unwrap();

    assert_eq!((kid.account().await.unwrap().name(), teen.account().await.unwrap().name()), ("Kid", "Teen"));
}

#[tokio::test]
async fn a_switch_to_a_member_without_a_uuid_is_an_error() {
    let users = json!([{"id": 7, "title": "Odd"}, {"id": 8, "title": "Odd", "uuid": ""}, {"id": 9, "uuid": null}]);
    let plex = Wire::always(Reply::json(&json!({"id": 1, "users": users}).to_string())).await;
    let client = builder(&plex.url).token(Token::new("EXAMPLE-TOKEN").unwrap()).build().unwrap();
    let members = client.home_users().await.unwrap();
    assert_eq!(members.len(), 3);

    for member in &members {
        let error = client.switch_home_user(member, None).await.unwrap_err();
        assert!(error.is_invalid_input() && error.to_string().contains("uuid"), "{error}");
    }
    for wrong in ["", " ", "7654321"] {
        assert!(client.switch_home_user(wrong, None).await.unwrap_err().is_invalid_input(), "{wrong:?}");
    }
    for pin in ["", " ", "123", "12345", "12a4", " 2468", "١٢٣٤"] {
        let error = client.switch_home_user(HOME_USER, Some(pin)).await.unwrap_err();
        assert!(error.is_invalid_input() && !format!("{error:?}").contains("12a4"), "{pin}: {error:?}");
    }

    assert_eq!(plex.seen.requests().len(), 1, "only the list should be requested");
}

#[tokio::test]
async fn a_switch_without_a_token_in_the_reply_is_a_decode_error() {
    for token in [json!(null), json!(""), json!("with space")] {
        let plex = Wire::always(Reply::json(&json!({"id": 8, "title": "Kid", "authToken": token}).to_string())).await;
        let client = builder(&plex.url).token(Token::new("EXAMPLE-TOKEN").unwrap()).build().unwrap();

        let error = client.switch_home_user(HOME_USER, None).await.unwrap_err();

        assert!(error.is_decode() && !error.is_invalid_input(), "{error:?}");
    }
}

#[tokio::test]
async fn plex_tv_has_been_seen_to_refuse_a_switch_with_a_jwt() {
    let (_sandbox, _, client) = admin().await;
    let by_key = client.register_device_key(&DeviceKey::generate().unwrap()).await.unwrap();

    let error = by_key.switch_home_user(HOME_USER, None).await.unwrap_err();

    assert!(error.is_forbidden() && error.plex_code().is_none() && !error.is_home_pin_required(), "{error}");
}
