//! Task 8: test what an app does when plex.tv limits it, and when the token is dead.

use plex_tv_sandbox::{Fault, Sandbox};
use plex_tv_sdk::{Client, Error, RetryPolicy};

/// The app.
async fn greeting(client: &Client) -> Result<String, Error> {
    match client.account().await {
        Ok(account) => Ok(format!("Hello, {}!", account.name())),
        Err(error) if error.needs_sign_in() => Ok("Please sign in.".to_owned()),
        Err(error) if error.is_rate_limited() => Ok("Come back in a minute.".to_owned()),
        Err(error) => Err(error),
    }
}

#[tokio::test]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = Client::for_tests(sandbox.url(), sandbox.token())?.with_retry(RetryPolicy::off());

    assert_eq!(greeting(&client).await?, "Hello, Example User!");
    sandbox.next("getUserDetails", Fault::RateLimited { retry_after: Some(1) })?;
    assert_eq!(greeting(&client).await?, "Come back in a minute.");
    sandbox.next("getUserDetails", Fault::Status(401))?;
    assert_eq!(greeting(&client).await?, "Please sign in.");
    assert!(sandbox.next("getUserDetail", Fault::Html).is_err(), "a misspelt operation should be an error");
    assert_eq!(sandbox.requests().len(), 3);
    Ok(())
}
