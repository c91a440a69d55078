//! Task 1: sign in with a PIN, and show who signed in.

use plex_tv_sandbox::Sandbox;
use plex_tv_sdk::{Client, ClientIdentity};

#[tokio::test]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let identity = ClientIdentity::new("newcomer-01", "Newcomer", "1.0.0")?;
    let client = Client::builder(identity).base_url(sandbox.url()).app_url(sandbox.url()).build()?;

    let flow = client.pin_login().strong().start().await?;
    println!("Open {}", flow.auth_url());
    sandbox.approve(&flow); // The user, in a browser.
    let client = flow.wait().await?;

    assert_eq!(client.account().await?.name(), "Example User");
    Ok(())
}
