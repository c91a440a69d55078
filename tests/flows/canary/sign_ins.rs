//! Every way to sign in, at a plex.tv with a secret in every reply. No secret may appear in
//! `Debug`, errors, tracing or URLs, or in a file other than the store's.

use std::{fmt::Debug, fs, path::Path};

use plex_tv_sdk::{
    Client, CredentialStore, DeviceKey, Error, FileStore, MemoryStore, PinStatus, Scopes, SignIn, Token,
};
use serde_json::json;

use super::{ACCESS_TOKEN, NONCE, PASSWORD, PIN_CODE, TOKEN, UNKNOWN, VERIFICATION_CODE, assert_clean, printed};
use crate::{
    clock::TestClock,
    harness::builder,
    log::Log,
    wire::{Reply, Wire},
};

/// A reply with a secret wherever it can have one.
fn reply_for(path: &str, status: &str, secret: &str) -> Reply {
    let json = |body: serde_json::Value| Reply::http(status, &["content-type: application/json"], body.to_string());
    match path.split('?').next().unwrap() {
        "/api/v2/pins" => json(json!({ "id": 7, "code": PIN_CODE, "qr": PIN_CODE })),
        "/api/v2/pins/7" => json(json!({ "id": 7, "code": PIN_CODE, "authToken": secret })),
        "/api/v2/auth/nonce" => json(json!({ "nonce": NONCE })),
        "/api/v2/auth/token" => json(json!({ "auth_token": secret })),
        "/api/v2/home" => {
            json(json!({ "id": 7, "users": [{ "id": 8, "uuid": "u", "pin": PIN_CODE, "title": "Kid" }] }))
        }
        _ => json(json!({ "id": 7, "authToken": secret, "newToken": UNKNOWN })),
    }
}

/// A refusal that repeats what was sent, as a server may do.
fn refusal(path: &str, code: u32) -> Reply {
    let sent = match code {
        1029 if path.contains("signin") => format!("{PASSWORD} {VERIFICATION_CODE}"),
        _ if path.contains("signin") => PASSWORD.to_owned(),
        _ => TOKEN.to_owned(),
    };
    let errors = json!({ "errors": [{ "code": code, "message": sent, "field": sent }] });
    Reply::http("401 Unauthorized", &["content-type: application/json"], errors.to_string())
}

/// Asserts that the text shows no secret and no line of the private key.
fn assert_shows_no_key(what: &str, text: &str, key: &DeviceKey) {
    assert_clean(what, text);
    let pem = key.to_pem().unwrap();
    for line in pem.expose().lines().filter(|line| !line.starts_with('-')) {
        assert!(!text.contains(line) && !text.contains("PRIVATE KEY"), "{what} shows the key: {text}");
    }
}

fn files(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let content = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        files.push((path.file_name().unwrap().to_string_lossy().into_owned(), content));
    }
    files
}

/// Runs all flows and returns the `Debug` output of everything on the way.
async fn all_flows(client: &Client, key: &DeviceKey) -> Result<String, Error> {
    let mut shown = String::new();
    let mut show = |value: &dyn Debug| shown += &format!("{value:?}\n{value:#?}\n");

    let login = client.pin_login().strong().device_key(key);
    show(&login);
    let flow = login.clone().start().await?;
    show(&flow);
    show(&flow.wait());
    show(&login.resume(7));
    let status = flow.check_once().await?;
    show(&status);
    let PinStatus::Approved(by_key) = status else { panic!("not approved") };
    by_key.v2().get_user_details().send().await?;
    show(&by_key.renew_token().await?);
    show(&by_key.jwt_verifier());
    by_key.rotate_device_key(&DeviceKey::generate()?).await?;
    show(&by_key);
    show(&by_key.device_key());

    let sign_in = client.sign_in("user@example.com", PASSWORD);
    show(&sign_in);
    let sign_in = sign_in.await?;
    show(&sign_in);
    if let SignIn::TwoFactorRequired(waiting) = sign_in {
        show(&waiting.verification_code(VERIFICATION_CODE).await?);
    }
    let legacy = client.with_token(Token::new(TOKEN)?);
    for member in legacy.home_users().await? {
        show(&member);
    }
    show(&legacy.switch_home_user("u", Some("8642")).await?);
    // This PIN is not four digits, so only the generated call sends it.
    show(&legacy.v2().switch_home_user("u").pin(PIN_CODE).send().await?);
    legacy.link_device(PIN_CODE).await?;
    show(&legacy.register_device_key(key).await?);
    by_key.sign_out().await?;
    Ok(shown)
}

#[tokio::test]
async fn no_step_of_a_sign_in_shows_a_secret_and_only_the_store_keeps_it() {
    let plex = Wire::start(|path| reply_for(path, "200 OK", TOKEN)).await;
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::at(folder.path().join("credentials.json"));
    let key = DeviceKey::generate().unwrap();
    let settings = builder(&plex.url).store(store.clone()).device_key(key.clone()).scopes(Scopes::all());
    let log = Log::default();

    let recording = log.record();
    assert_shows_no_key("ClientBuilder", &format!("{settings:?}"), &key);
    let client = settings.token(Token::new(ACCESS_TOKEN).unwrap()).build().unwrap();
    let shown = all_flows(&client, &key).await.unwrap();
    drop(recording);

    assert_shows_no_key("Debug", &shown, &key);
    let log = log.text();
    assert!(log.contains("exchangeJwtToken") && log.contains("signIn"), "{log}");
    assert_shows_no_key("tracing", &log, &key);

    // plex.tv takes two secrets only in the query: a device JWT and the PIN of a home user.
    for request in plex.seen.requests() {
        let line = request.lines().next().unwrap();
        let is_pin_of_home = line.contains("/switch?pin=");
        if !is_pin_of_home {
            assert_shows_no_key("a URL", line, &key);
        }
        assert!(!line.contains("eyJ") || line.contains("/pins/7?deviceJWT="), "{line}");
    }
    client.pin_login().device_key(&key).resume(7).check_once().await.unwrap();
    let kept = files(folder.path());
    assert_eq!(kept.len(), 2);
    for (name, content) in kept {
        assert_eq!(content.contains(TOKEN) && content.contains("PRIVATE KEY"), name == "credentials.json", "{name}");
    }
    assert_shows_no_key("FileStore", &format!("{store:?} {:?}", store.load().unwrap()), &key);
    let memory = MemoryStore::new();
    memory.save(&store.load().unwrap()).unwrap();
    assert_shows_no_key("MemoryStore", &format!("{memory:?}"), &key);
}

#[tokio::test]
async fn no_error_of_a_sign_in_shows_a_secret() {
    let key = DeviceKey::generate().unwrap();
    for code in [1001, 1020, 1028, 1029, 1030, 1031, 1041, 1097] {
        let plex = Wire::start(move |path| refusal(path, code)).await;
        let token = Token::new(TOKEN).unwrap();
        let settings = builder(&plex.url).token(token.clone()).clock(TestClock::default());
        let client = settings.build().unwrap();
        let by_key = builder(&plex.url).device_key(key.clone()).token(token).clock(TestClock::default());
        let by_key = by_key.build().unwrap();
        let resumed = client.pin_login().device_key(&key).resume(7);

        let mut errors = vec![
            client.pin_login().device_key(&key).start().await.unwrap_err(),
            resumed.check_once().await.unwrap_err(),
            client.register_device_key(&key).await.unwrap_err(),
            by_key.renew_token().await.unwrap_err(),
            by_key.renew_token().await.unwrap_err(),
            by_key.rotate_device_key(&key).await.unwrap_err(),
            client.switch_home_user("u", Some(PIN_CODE)).await.unwrap_err(),
            client.v2().switch_home_user("u").pin(PIN_CODE).send().await.unwrap_err(),
            client.link_device(PIN_CODE).await.unwrap_err(),
            client.jwt_verifier().verify(&Token::new(super::DEVICE_JWT).unwrap()).await.unwrap_err(),
        ];
        match client.sign_in("user@example.com", PASSWORD).await {
            Ok(SignIn::TwoFactorRequired(waiting)) => {
                errors.push(waiting.verification_code(VERIFICATION_CODE).await.unwrap_err());
            }
            Ok(SignIn::Done(_)) => panic!("signed in"),
            Err(error) => errors.push(error),
        }

        for error in errors {
            assert_shows_no_key("an error", &printed(&error), &key);
            assert_shows_no_key("a kept body", error.body().unwrap_or_default(), &key);
        }
    }
}

#[test]
fn no_error_of_a_store_shows_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("credentials.json");
    for text in [
        format!(r#"{{"version":1,"accounts":{{"default":{{"token":["{TOKEN}"]}}}}}}"#),
        format!(r#"{{"version":1,"accounts":{{"default":{{"token":"{TOKEN} {PASSWORD:?}"}}}}}}"#),
        format!(r#"{{"version":"{TOKEN}"}}"#),
        TOKEN.to_owned(),
    ] {
        fs::write(&path, text).unwrap();

        let error = FileStore::at(&path).load().unwrap_err();

        assert_clean("a store's error", &printed(&error));
    }
}
