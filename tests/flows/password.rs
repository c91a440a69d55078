//! Sign-in with a password, with or without a second factor.

use plex_tv_sandbox::{
    EMAIL, EMAIL_ONLY_EMAIL, Fault, PASSWORD, Sandbox, TWO_FACTOR_EMAIL, TWO_FACTOR_PASSWORD,
    TWO_FACTOR_VERIFICATION_CODE,
};
use plex_tv_sdk::{Client, CredentialStore, Error, MemoryStore, RetryPolicy, SignIn, TwoFactorRequired};

use crate::{
    clock::TestClock,
    harness::{IDENTIFIER, builder, closed_port},
    jwt_login::who,
};

async fn plex() -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    // Retries are on, to show that a password is sent only once.
    let client = builder(sandbox.url()).retry(RetryPolicy::default()).clock(TestClock::default()).build().unwrap();
    (sandbox, client)
}

async fn refused(client: &Client, login: &str, password: &str) -> Error {
    client.sign_in(login, password).await.unwrap_err()
}

async fn second_factor(client: &Client) -> TwoFactorRequired {
    match client.sign_in(TWO_FACTOR_EMAIL, TWO_FACTOR_PASSWORD).await.unwrap() {
        SignIn::TwoFactorRequired(waiting) => waiting,
        SignIn::Done(_) => panic!("signed in without the second factor"),
    }
}

#[tokio::test]
async fn user_name_or_email_address_and_password_sign_in() {
    let (_sandbox, client) = plex().await;

    for login in [EMAIL, "exampleuser", &format!(" {EMAIL} ")] {
        let SignIn::Done(signed_in) = client.sign_in(login, PASSWORD).remember_me().await.unwrap() else {
            panic!("a code was asked for");
        };

        assert_eq!(who(&signed_in).await.unwrap(), "exampleuser");
    }
    assert_eq!(client.token(), None);
}

#[tokio::test]
async fn the_token_is_saved_and_the_password_is_not() {
    let sandbox = Sandbox::start().await.unwrap();
    let store = MemoryStore::new();
    let client = builder(sandbox.url()).store(store.clone()).build().unwrap();

    let SignIn::Done(signed_in) = client.sign_in(EMAIL, PASSWORD).await.unwrap() else {
        panic!("a code was asked for");
    };

    let kept = store.load().unwrap();
    assert_eq!((kept.token, kept.device_key), (signed_in.token(), None));
    assert_eq!(kept.client_identifier.as_deref(), Some(IDENTIFIER));
    let next_run = builder(sandbox.url()).store(store).build().unwrap();
    assert_eq!(who(&next_run).await.unwrap(), "exampleuser");
}

#[tokio::test]
async fn an_account_with_a_second_factor_waits_for_its_code() {
    let (_sandbox, client) = plex().await;
    let waiting = second_factor(&client).await;
    let (first, second) = TWO_FACTOR_VERIFICATION_CODE.split_at(3);

    let wrong = waiting.verification_code("000000").await.unwrap_err();
    let signed_in = waiting.verification_code(format!("{first} {second}\n")).await.unwrap();

    assert!(wrong.is_verification_code_wrong() && wrong.plex_code() == Some(1028), "{wrong}");
    assert_eq!(who(&signed_in).await.unwrap(), "twofactoruser");
}

#[tokio::test]
async fn each_refusal_is_distinguished() {
    let (_sandbox, client) = plex().await;

    let wrong = refused(&client, EMAIL, "wrong").await;
    let unknown = refused(&client, "nobody@example.com", PASSWORD).await;
    let email_only = refused(&client, EMAIL_ONLY_EMAIL, "any").await;

    assert!(wrong.is_auth() && wrong.plex_code() == Some(1001), "{wrong}");
    assert!(unknown.is_auth() && unknown.plex_code() == Some(1001), "{unknown}");
    assert!(email_only.is_email_sign_in_only() && email_only.plex_code() == Some(1030), "{email_only}");
}

#[tokio::test]
async fn an_address_is_blocked_after_failed_attempts() {
    let (_sandbox, client) = plex().await;

    let mut last = refused(&client, EMAIL, "wrong").await;
    for _ in 0..50 {
        if last.is_address_blocked() {
            break;
        }
        last = refused(&client, EMAIL, "wrong").await;
    }

    assert!(last.is_address_blocked() && last.plex_code() == Some(1031), "{last}");
    assert!(refused(&client, EMAIL, PASSWORD).await.is_address_blocked());
}

#[tokio::test]
async fn a_password_is_never_sent_twice() {
    let (sandbox, client) = plex().await;
    for fault in [Fault::Status(503), Fault::RateLimited { retry_after: Some(1) }, Fault::Hangup] {
        sandbox.next("signIn", fault).unwrap();
        let before = sandbox.requests().len();

        refused(&client, EMAIL, PASSWORD).await;

        assert_eq!(sandbox.requests().len() - before, 1);
    }
    let nobody = builder(&closed_port()).retry(RetryPolicy::default()).build().unwrap();
    assert!(refused(&nobody, EMAIL, PASSWORD).await.is_connect());
}

#[tokio::test]
async fn an_empty_name_or_password_is_not_sent() {
    let (sandbox, client) = plex().await;

    assert!(refused(&client, " ", PASSWORD).await.is_invalid_input());
    assert!(refused(&client, EMAIL, "").await.is_invalid_input());
    assert_eq!(sandbox.requests(), []);
}
