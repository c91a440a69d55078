//! What a client knows of its user beyond the token: where it is kept, and how it is kept fresh.

use std::sync::Arc;

use super::CredentialStore;
#[cfg(feature = "jwt")]
use super::{DeviceKey, Keeper, keeper::JwtSettings};
use crate::{Client, Error, Token};

#[derive(Clone, Default)]
pub(crate) struct Session {
    pub(crate) store: Option<Arc<dyn CredentialStore>>,
    #[cfg(feature = "jwt")]
    pub(crate) settings: JwtSettings,
    #[cfg(feature = "jwt")]
    pub(crate) keeper: Option<Arc<Keeper>>,
}

impl Session {
    /// For another user, or nobody: what is kept is not theirs.
    pub(crate) fn for_other_user(&self) -> Self {
        Self {
            #[cfg(feature = "jwt")]
            settings: self.settings.clone(),
            ..Self::default()
        }
    }
}

impl Client {
    /// The client of somebody who just signed in, by a token that is saved first.
    pub(super) fn signed_in(&self, token: Token) -> Result<Self, Error> {
        let store = self.session().store.clone();
        if let Some(store) = &store {
            store.update(&mut |credentials| {
                // A key that was there belongs to the sign-in that this one replaces.
                credentials.sign_out();
                credentials.client_identifier = Some(self.identity().client_identifier().to_owned());
                credentials.token = Some(token.clone());
            })?;
        }
        let session = Session { store, ..self.session().for_other_user() };
        Ok(self.with_token(token).with_session(session))
    }

    /// The same for a Plex JWT, which is kept fresh by this key.
    #[cfg(feature = "jwt")]
    pub(super) fn signed_in_with_key(&self, token: Token, key: &DeviceKey) -> Result<Self, Error> {
        let Session { store, settings, .. } = self.session().clone();
        if let Some(store) = &store {
            let pem = key.to_pem()?;
            store.update(&mut |credentials| {
                credentials.client_identifier = Some(self.identity().client_identifier().to_owned());
                credentials.token = Some(token.clone());
                credentials.device_key = Some(pem.clone());
                credentials.next_device_key = None;
            })?;
        }
        let keeper = Keeper::of_new_token(self.without_token(), store.clone(), settings.clone(), key.clone(), token);
        Ok(self.kept_fresh(keeper, store))
    }

    #[cfg(feature = "jwt")]
    pub(crate) fn kept_fresh(&self, keeper: Keeper, store: Option<Arc<dyn CredentialStore>>) -> Self {
        let keeper = Arc::new(keeper);
        let renewer = Arc::clone(&keeper);
        let session = Session { store, keeper: Some(keeper), settings: self.session().settings.clone() };
        let client = self.with_settings(|settings| {
            settings.token = None;
            settings.renewer = Some(renewer);
        });
        client.with_session(session)
    }
}
