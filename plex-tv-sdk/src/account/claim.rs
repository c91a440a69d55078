//! The token that adds a new media server to the account.

use crate::{Client, Error, Secret};

impl Client {
    /// Creates a token that adds a new media server to the account, as in `PLEX_CLAIM=claim-…`. It
    /// is valid for about four minutes, and each call creates another one.
    ///
    /// ```no_run
    /// # async fn example(client: plex_tv_sdk::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let claim = client.claim_token().await?;
    /// std::process::Command::new("./start-server").env("PLEX_CLAIM", claim.expose()).spawn()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `needs_sign_in` without a valid token, and the errors of any call.
    ///
    /// Calls `GET /api/claim/token.json`.
    pub async fn claim_token(&self) -> Result<Secret, Error> {
        Ok(self.v1().get_claim_token().send().await?.token)
    }
}
