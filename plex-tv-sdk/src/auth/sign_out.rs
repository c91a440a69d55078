//! The end of a sign-in.

use crate::{Client, Error};

impl Client {
    /// Ends the token at plex.tv, and forgets token and device key, in this client, its clones, and its store. The client
    /// identifier stays, so that the next sign-in is on the same device. Doing so twice, or when plex.tv has ended the token
    /// already, is no error.
    ///
    /// When plex.tv cannot be reached nothing is forgotten, so that it can be done again.
    ///
    /// # Errors
    /// `is_store` when the store cannot be written; what any call can fail with, but for a refused token.
    ///
    /// Calls `DELETE /api/v2/users/signout`.
    pub async fn sign_out(&self) -> Result<(), Error> {
        if self.token().is_some() {
            match self.v2().sign_out().send().await {
                Ok(_) => {}
                Err(error) if error.is_auth() || error.needs_sign_in() => {}
                Err(error) => return Err(error),
            }
        }
        #[cfg(feature = "jwt")]
        if let Some(keeper) = &self.session().keeper {
            keeper.forget().await;
        }
        if let Some(store) = &self.session().store {
            store.update(&mut |credentials| credentials.sign_out())?;
        }
        Ok(())
    }
}
