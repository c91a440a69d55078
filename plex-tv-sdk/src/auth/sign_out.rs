//! Signing out.

use super::{owner::Owner, store};
use crate::{Client, Error, Token};

impl Client {
    /// Ends the token at plex.tv, and removes token and device key from this client, its clones,
    /// and its store. The client identifier stays, so that the next sign-in is on the same device.
    /// Signing out twice, or after plex.tv has ended the token, is not an error.
    ///
    /// If the store now holds another sign-in, it stays as it is.
    ///
    /// When plex.tv cannot be reached, nothing is removed, so that signing out can be tried again.
    ///
    /// # Errors
    /// `is_store` when the store cannot be read or written; otherwise the errors of any call,
    /// except for a refused token.
    ///
    /// Calls `DELETE /api/v2/users/signout`.
    pub async fn sign_out(&self) -> Result<(), Error> {
        let session = self.session();
        #[cfg(feature = "jwt")]
        let _no_renewal = match &session.keeper {
            Some(keeper) => Some(keeper.pause().await),
            None => None,
        };
        let owner = session.owner();
        let own = self.token();
        // Another process may have renewed the token of this sign-in.
        let stored = self.stored_token(&owner).await?.filter(|stored| Some(stored) != own.as_ref());
        for token in own.into_iter().chain(stored) {
            self.end(token).await?;
        }
        if let Some(store) = &session.store {
            store::update(store, move |stored| owner.sign_out(stored)).await?;
        }
        #[cfg(feature = "jwt")]
        if let Some(keeper) = &session.keeper {
            keeper.forget();
        }
        Ok(())
    }

    async fn stored_token(&self, owner: &Owner) -> Result<Option<Token>, Error> {
        let Some(store) = &self.session().store else { return Ok(None) };
        let stored = store::load(store).await?;
        Ok(stored.token.clone().filter(|_| owner.owns(&stored)))
    }

    /// Ends a token without renewing it first. It is not an error if it has already ended.
    async fn end(&self, token: Token) -> Result<(), Error> {
        match self.with_token(token).v2().sign_out().send().await {
            Ok(_) => Ok(()),
            Err(error) if error.is_auth() || error.needs_sign_in() => Ok(()),
            Err(error) => Err(error),
        }
    }
}
