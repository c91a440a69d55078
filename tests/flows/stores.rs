//! The first start of an app and the next one, with a file store.

use std::sync::{Arc, Barrier};

use plex_tv_sandbox::Sandbox;
use plex_tv_sdk::{Client, ClientIdentity, CredentialStore, DeviceKey, FileStore, MemoryStore, Token};

use crate::jwt_login::who;

fn start_of_app(sandbox: &Sandbox, store: &FileStore) -> Client {
    let identity = ClientIdentity::load_or_create(store, "Example App", "1.0.0").unwrap();
    Client::builder(identity).base_url(sandbox.url()).store(store.clone()).build().unwrap()
}

#[tokio::test]
async fn the_next_start_is_signed_in_on_the_same_device() {
    let sandbox = Sandbox::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::at(folder.path().join("credentials.json"));
    let first = start_of_app(&sandbox, &store);
    assert_eq!(first.token(), None);
    let flow = first.pin_login().device_key(&DeviceKey::generate().unwrap()).start().await.unwrap();
    sandbox.approve(&flow);
    let signed_in = flow.wait().await.unwrap();

    let next = start_of_app(&sandbox, &store);

    assert_eq!(who(&next).await.unwrap(), "exampleuser");
    assert_eq!(next.token(), signed_in.token());
    assert_eq!(next.identity(), signed_in.identity());
    assert_eq!(next.device_key(), signed_in.device_key());
}

/// plex.tv has been reported to do this, hence the advice to use another client identifier.
#[tokio::test]
async fn a_sign_in_without_a_key_replaces_the_one_with_a_key_and_is_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::at(folder.path().join("credentials.json"));
    let client = start_of_app(&sandbox, &store);
    for key in [Some(DeviceKey::generate().unwrap()), None] {
        let login = client.pin_login();
        let login = key.map_or(login.clone(), |key| login.device_key(&key));
        let flow = login.start().await.unwrap();
        sandbox.approve(flow.id());
        flow.wait().await.unwrap();
    }

    let next = start_of_app(&sandbox, &store);

    assert_eq!(next.device_key(), None);
    assert_eq!(next.token().unwrap().expose().len(), 20);
    assert!(who(&next).await.unwrap_err().is_auth());
}

#[test]
fn many_starts_at_once_agree_on_one_identifier() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::at(folder.path().join("new/credentials.json"));
    let together = Arc::new(Barrier::new(8));

    let starts: Vec<_> = (0..8)
        .map(|_| {
            let (store, together) = (store.clone(), Arc::clone(&together));
            std::thread::spawn(move || {
                together.wait();
                ClientIdentity::load_or_create(&store, "Example App", "1.0.0").unwrap()
            })
        })
        .collect();
    let mut identities: Vec<_> = starts.into_iter().map(|start| start.join().unwrap()).collect();

    identities.dedup();
    assert_eq!(identities.len(), 1);
}

#[test]
fn a_store_of_another_client_identifier_is_refused() {
    let store = MemoryStore::new();
    ClientIdentity::load_or_create(&store, "Example App", "1.0.0").unwrap();
    let other = ClientIdentity::new("other-desk-01", "Example App", "1.0.0").unwrap();

    let error = Client::builder(other).store(store).build().unwrap_err();

    assert!(error.is_invalid_input() && error.to_string().contains("another client identifier"), "{error}");
}

#[test]
fn an_invalid_key_in_the_store_is_reported_without_being_shown() {
    let store = MemoryStore::new();
    let identity = ClientIdentity::load_or_create(&store, "Example App", "1.0.0").unwrap();
    store.update(&mut |kept| kept.device_key = Some("CANARY".into())).unwrap();

    let error = Client::builder(identity).store(store).build().unwrap_err();

    assert!(error.to_string().contains("device key") && !format!("{error:?}").contains("CANARY"), "{error:?}");
}

#[test]
fn an_arc_of_a_store_is_a_store() {
    let store: Arc<dyn CredentialStore> = Arc::new(MemoryStore::new());
    let identity = ClientIdentity::load_or_create(&store, "Example App", "1.0.0").unwrap();
    store.update(&mut |kept| kept.token = Some(Token::new("EXAMPLE-TOKEN").unwrap())).unwrap();

    let client = Client::builder(identity).store(Arc::clone(&store)).build().unwrap();

    assert_eq!(client.token().unwrap().expose(), "EXAMPLE-TOKEN");
    store.clear().unwrap();
    assert_eq!(store.load().unwrap().token, None);
}
