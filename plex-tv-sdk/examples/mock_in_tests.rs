//! Tests an app that uses the SDK without plex.tv: `cargo test --example mock_in_tests`.
//!
//! The app here is one function, `greeting`. Add `plex-tv-sandbox` to your `[dev-dependencies]` to
//! do the same.
#![allow(clippy::print_stdout, reason = "talking on standard output is what this program is for")]

use plex_tv_sandbox::{Fault, Sandbox};
use plex_tv_sdk::{Client, ClientIdentity, Error, Token, printable};

/// The app: the title of its window.
async fn greeting(client: &Client) -> Result<String, Error> {
    match client.account().await {
        Ok(account) => Ok(format!("Hello, {}!", printable(account.name()))),
        Err(error) if error.needs_sign_in() => Ok("Hello! Please sign in.".to_owned()),
        Err(error) => Err(error),
    }
}

/// A client that talks to the sandbox instead of plex.tv, signed in with this token.
fn client(sandbox: &Sandbox, token: &str) -> Result<Client, Error> {
    let identity = ClientIdentity::new("test-desk-01", "Example App", "1.0.0")?;
    Client::builder(identity).base_url(sandbox.url()).token(Token::new(token)?).build()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::start().await?;
    println!("{}", greeting(&client(&sandbox, sandbox.token())?).await?);

    // Makes the next call of the named operation fail.
    sandbox.next("getUserDetails", Fault::Status(401))?;
    println!("{}", greeting(&client(&sandbox, sandbox.token())?).await?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_user_is_greeted_by_name() {
        let sandbox = Sandbox::start().await.unwrap();
        let client = client(&sandbox, sandbox.token()).unwrap();
        assert_eq!(greeting(&client).await.unwrap(), "Hello, Example User!");
    }

    #[tokio::test]
    async fn a_reply_cut_short_is_an_error_and_greets_nobody() {
        let sandbox = Sandbox::start().await.unwrap();
        sandbox.next("getUserDetails", Fault::Garbage).unwrap();
        let client = client(&sandbox, sandbox.token()).unwrap();
        assert!(greeting(&client).await.unwrap_err().is_decode());
    }
}
