//! Task 7: a service with a device key, which starts again after a week, and loses its sign-in.

use std::time::Duration;

use plex_tv_sandbox::Sandbox;
use plex_tv_sdk::{Client, ClientIdentity, DeviceKey, Error, FileStore};

fn start(store: &FileStore, url: &str) -> Result<Client, Error> {
    let identity = ClientIdentity::load_or_create(store, "Newcomer", "1.0.0")?;
    Client::builder(identity).base_url(url).app_url(url).store(store.clone()).build()
}

#[tokio::test]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (sandbox, folder) = (Sandbox::start().await?, tempfile::tempdir()?);
    let store = FileStore::at(folder.path().join("credentials.json"));
    let client = start(&store, sandbox.url())?;
    let flow = client.pin_login().strong().device_key(&DeviceKey::generate()?).start().await?;
    sandbox.approve(&flow); // The user, in a browser.
    flow.wait().await?;

    sandbox.advance(Duration::from_secs(8 * 24 * 60 * 60));
    let client = start(&store, sandbox.url())?;
    assert_eq!(client.account().await?.name(), "Example User");

    sandbox.remove_device(client.identity().client_identifier()); // The user, in their settings.
    let error = client.account().await.unwrap_err();
    assert!(error.needs_sign_in() && !error.is_retryable());
    Ok(())
}
