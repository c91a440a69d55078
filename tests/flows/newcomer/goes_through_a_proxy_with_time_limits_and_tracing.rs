//! Task 9: a proxy, time limits and tracing.

use std::time::Duration;

use plex_tv_sandbox::Sandbox;
use plex_tv_sdk::{Client, ClientIdentity, Token, reqwest::Proxy};

#[tokio::test]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let log = crate::log::Log::default();
    let _recording = log.record(); // An app has a subscriber, such as that of `tracing_subscriber`.
    let sandbox = Sandbox::start().await?;
    let proxy = Proxy::all(sandbox.url())?;

    let client = Client::builder(ClientIdentity::new("newcomer-09", "Newcomer", "1.0.0")?)
        .base_url("http://plex.example") // There is no such host: only the proxy answers.
        .token(Token::new(sandbox.token())?)
        .timeout(Duration::from_secs(10))
        .overall_timeout(Duration::from_secs(30))
        .http(|http| http.proxy(proxy))
        .build()?;
    assert_eq!(client.account().await?.name(), "Example User");
    assert!(log.text().contains(r#"operation="getUserDetails""#), "{}", log.text());
    Ok(())
}
