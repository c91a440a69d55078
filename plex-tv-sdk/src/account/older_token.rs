//! The older token of this device, for media servers that refuse a Plex JWT.

use crate::{Client, Error, Token};

impl Client {
    /// Returns the older token that plex.tv still lists for this device alongside a Plex JWT, if
    /// there is one.
    ///
    /// Media servers have been seen to answer 401 to a Plex JWT and to accept this token. Other
    /// clients use it the same way. Plex does not promise that, and it may stop working any day.
    /// plex.tv itself no longer accepts this token. Send it only to the user's own servers, as
    /// [`Connect::older_token`](crate::Connect::older_token) does.
    ///
    /// # Errors
    /// The errors of any call.
    ///
    /// Calls `GET /api/v2/devices`.
    pub async fn older_token(&self) -> Result<Option<Token>, Error> {
        let rows = self.v2().list_account_devices().send().await?;
        let own = rows.into_iter().find(|row| row.client_identifier == self.identity().client_identifier());
        let token = own.and_then(|row| row.token).and_then(|token| Token::new(token).ok());
        Ok(token.filter(|token| !is_jwt(token)))
    }
}

/// Whether the token has three parts, of which the first is a JSON object in Base64.
pub(crate) fn is_jwt(token: &Token) -> bool {
    token.expose().starts_with("eyJ") && token.expose().split('.').count() == 3
}
