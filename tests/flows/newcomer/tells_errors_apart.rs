//! Task 10: what to do about each kind of error.

use plex_tv_sandbox::{Fault, Sandbox};
use plex_tv_sdk::{Client, Error, RetryPolicy};

fn advice(error: &Error) -> String {
    match error.retry_after() {
        _ if error.needs_sign_in() => "sign in again".to_owned(),
        Some(pause) if error.is_rate_limited() => format!("wait {pause:?}"),
        None if error.is_rate_limited() => "wait a minute".to_owned(),
        _ if error.is_plex_pass_required() => "get a Plex Pass".to_owned(),
        _ if error.is_forbidden() => "ask the owner of the account".to_owned(),
        _ if error.is_retryable() => "try again later".to_owned(),
        _ if error.is_decode() => "plex.tv sent something unexpected".to_owned(),
        _ => error.to_string(),
    }
}

#[tokio::test]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    let client = Client::for_tests(sandbox.url(), sandbox.token())?.with_retry(RetryPolicy::off());
    for (fault, expected) in [
        (Fault::Status(401), "sign in again"),
        (Fault::RateLimited { retry_after: Some(7) }, "wait 7s"),
        (Fault::RateLimited { retry_after: None }, "wait a minute"),
        (Fault::Code { status: 403, code: 1012 }, "get a Plex Pass"),
        (Fault::Code { status: 403, code: 1009 }, "ask the owner of the account"),
        (Fault::Status(503), "try again later"),
        (Fault::Hangup, "try again later"),
        (Fault::Garbage, "plex.tv sent something unexpected"),
    ] {
        sandbox.next("getUserDetails", fault)?;
        assert_eq!(advice(&client.account().await.unwrap_err()), expected);
    }
    Ok(())
}
