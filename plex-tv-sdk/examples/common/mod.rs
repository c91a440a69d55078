//! Connects the examples to a sandbox, or to your account.

use std::{env, error::Error};

use plex_tv_sandbox::Sandbox;
use plex_tv_sdk::{Client, ClientBuilder, ClientIdentity, Token};

/// Returns the settings of a signed-in client, and the sandbox that it talks to. The sandbox stops
/// when it is dropped.
///
/// With `PLEX_TV_URL=https://plex.tv` and a token in `PLEX_TV_TOKEN`, there is no sandbox.
pub(crate) async fn settings(product: &str) -> Result<(ClientBuilder, Option<Sandbox>), Box<dyn Error>> {
    // A real app makes its identifier once and keeps it, as the example `sign_in` does.
    let identifier = product.to_lowercase().replace(' ', "-");
    let settings = Client::builder(ClientIdentity::new(identifier, product, env!("CARGO_PKG_VERSION"))?);
    let Ok(url) = env::var("PLEX_TV_URL") else {
        let sandbox = Sandbox::start().await?;
        let settings = settings.base_url(sandbox.url()).token(Token::new(sandbox.token())?);
        return Ok((settings, Some(sandbox)));
    };
    // The token of the sandbox is never sent elsewhere.
    let token = env::var("PLEX_TV_TOKEN").map_err(|_| "PLEX_TV_TOKEN is not set")?;
    let settings = settings.token(Token::new(token)?);
    // The base URL replaces every host of plex.tv, not only the first.
    Ok((if url == "https://plex.tv" { settings } else { settings.base_url(url) }, None))
}
