//! The older token of this device, for media servers that refuse a Plex JWT.

use crate::{Client, Error, Token};

impl Client {
    /// The older token that plex.tv still shows for this device beside a Plex JWT, if there is one.
    ///
    /// Media servers were seen to answer 401 to a Plex JWT, and to take this token. Other clients
    /// use it so. Plex does not promise it: it may end any day. plex.tv itself does not take this
    /// token any more. Send it to the user's own servers only.
    /// [`Connect::older_token`](crate::Connect::older_token) does so.
    ///
    /// # Errors
    /// What any call can fail with.
    ///
    /// Calls `GET /api/v2/devices`.
    pub async fn older_token(&self) -> Result<Option<Token>, Error> {
        let rows = self.v2().list_account_devices().send().await?;
        let own = rows.into_iter().find(|row| row.client_identifier == self.identity().client_identifier());
        let token = own.and_then(|row| row.token).filter(|token| !token.expose().is_empty());
        Ok(token.map(Token::new).transpose()?.filter(|token| !is_jwt(token)))
    }
}

/// Three parts; the first one is a JSON object in Base64.
pub(crate) fn is_jwt(token: &Token) -> bool {
    token.expose().starts_with("eyJ") && token.expose().split('.').count() == 3
}
