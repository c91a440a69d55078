//! Signs in with the SDK in a browser, at a sandbox on another origin.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a failed unwrap is the message of its test")]

use std::time::Duration;

use plex_tv_sdk::{Client, ClientIdentity, Clock as _, DeviceKey, SystemClock, Token};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// The address of a sandbox with CORS that approves PINs automatically.
const SANDBOX: &str = env!("PLEX_TV_SANDBOX", "run .ci/browser, which starts a sandbox for the test");

fn client(identifier: &str) -> Client {
    let identity = ClientIdentity::new(identifier, "Browser Test", "1.0").unwrap();
    Client::builder(identity).base_url(SANDBOX).app_url(SANDBOX).build().unwrap()
}

#[wasm_bindgen_test]
async fn a_person_signs_in_by_pin_and_sees_their_servers() {
    let flow = client("browser-pin").pin_login().strong().start().await.unwrap();
    assert!(flow.auth_url().starts_with(SANDBOX));

    let client = flow.wait().poll_every(Duration::from_millis(200)).await.unwrap();

    let user = client.v2().get_user_details().send().await.unwrap();
    assert_eq!(user.title.as_deref(), Some("Example User"));
    assert!(!client.servers().await.unwrap().is_empty());
}

#[wasm_bindgen_test]
async fn a_device_key_signs_and_renews() {
    let key = DeviceKey::generate().unwrap();
    let flow = client("browser-key").pin_login().strong().device_key(&key).start().await.unwrap();
    let client = flow.wait().poll_every(Duration::from_millis(200)).await.unwrap();
    let before = client.token().unwrap();
    // Times in a token are whole seconds, so a renewal within the same second gives the same token.
    SystemClock.timer(Duration::from_millis(1100)).await;

    let after = client.renew_token().await.unwrap();

    assert_ne!(before.expose(), after.expose());
    client.v2().get_user_details().send().await.unwrap();
}

#[wasm_bindgen_test]
async fn a_refusal_is_the_same_error_as_elsewhere() {
    let client = client("browser-refused").with_token(Token::new("not-a-token-of-the-sandbox").unwrap());

    let error = client.v2().get_user_details().send().await.unwrap_err();

    assert!(error.is_auth() && error.needs_sign_in(), "{error}");
}
