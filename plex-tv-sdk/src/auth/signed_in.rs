//! Makes clients for a new or a stored sign-in.

#[cfg(feature = "jwt")]
use std::sync::Arc;

#[cfg(feature = "jwt")]
use super::{
    CredentialStore, DeviceKey, Keeper, MemoryStore, key_exchange::KeyExchange, owner::stored_keys, store::store_error,
};
use super::{
    Credentials,
    owner::{self, Owner},
    session::Session,
    store::update,
};
use crate::{Client, Error, Token};

impl Client {
    /// Saves the token of a user who has just signed in, and returns a client for them.
    pub(super) async fn signed_in(&self, token: Token) -> Result<Self, Error> {
        let store = self.session().store.clone();
        if let Some(store) = &store {
            let (identifier, token) = (self.identity().client_identifier().to_owned(), token.clone());
            update(store, move |stored| owner::sign_in(stored, &identifier, &token)).await?;
        }
        let owner = Owner { token: Some(token.clone()), ..Owner::default() };
        let session = Session { store, owner, ..self.session().for_other_user() };
        Ok(self.with_token(token).with_session(session))
    }

    /// The same for a Plex JWT, which this key keeps fresh.
    #[cfg(feature = "jwt")]
    pub(super) async fn signed_in_with_key(&self, token: Token, key: &DeviceKey) -> Result<Self, Error> {
        let owner = Owner::of_sign_in(&token, key);
        let Some(store) = self.session().store.clone() else { return self.kept_in_memory(owner, true) };
        let (identifier, new) = (self.identity().client_identifier().to_owned(), owner.clone());
        let (outcome, stored) = update(&store, move |stored| new.sign_in(stored, &identifier)).await?;
        outcome?;
        self.kept_in_store(store, owner, stored)
    }

    /// Saves the JWT that replaces the older token of this client. Fails when its sign-in is no
    /// longer in the store.
    #[cfg(feature = "jwt")]
    pub(super) async fn exchanged(&self, before: Owner, token: Token, key: &DeviceKey) -> Result<Self, Error> {
        let owner = Owner::of_sign_in(&token, key);
        let Some(store) = self.session().store.clone() else { return self.kept_in_memory(owner, true) };
        let (identifier, new) = (self.identity().client_identifier().to_owned(), owner.clone());
        let (outcome, stored) = update(&store, move |stored| {
            let may_write = before.owns(stored);
            if may_write { new.sign_in(stored, &identifier).map(|()| true) } else { Ok(false) }
        })
        .await?;
        if outcome? { self.kept_in_store(store, owner, stored) } else { Err(taken()) }
    }

    /// A client whose sign-in is in this store. It may have been there before and have changed
    /// since.
    #[cfg(feature = "jwt")]
    fn kept_in_store(&self, store: Arc<dyn CredentialStore>, owner: Owner, stored: Credentials) -> Result<Self, Error> {
        let received = stored.token == owner.token;
        let owner = Owner { keys: stored_keys(&stored)?, token: stored.token, ..owner };
        Ok(self.kept_fresh(owner, received, Some(store.clone()), store))
    }

    /// A client whose sign-in is not in a store of the app.
    #[cfg(feature = "jwt")]
    fn kept_in_memory(&self, owner: Owner, received: bool) -> Result<Self, Error> {
        let mut kept = Credentials::default();
        owner.sign_in(&mut kept, self.identity().client_identifier())?;
        let owner = Owner { is_guest: false, ..owner };
        Ok(self.kept_fresh(owner, received, self.session().store.clone(), Arc::new(MemoryStore::with(kept))))
    }

    /// The client that was just built, for this sign-in: its token is kept fresh if it has a key.
    #[cfg(feature = "jwt")]
    pub(crate) fn with_sign_in(self, owner: Owner, stored: &Credentials) -> Result<Self, Error> {
        if owner.keys.is_empty() {
            let session = Session { owner, ..self.session().clone() };
            return Ok(self.with_session(session));
        }
        match self.session().store.clone() {
            Some(store) if !owner.is_guest || stored.is_signed_out() => {
                Ok(self.kept_fresh(owner, false, Some(Arc::clone(&store)), store))
            }
            _ => self.kept_in_memory(owner, false),
        }
    }

    /// The client that was just built, for this sign-in.
    #[cfg(not(feature = "jwt"))]
    pub(crate) fn with_sign_in(self, owner: Owner, _: &Credentials) -> Result<Self, Error> {
        let session = Session { owner, ..self.session().clone() };
        Ok(self.with_session(session))
    }

    /// Gets Plex JWTs for this installation.
    #[cfg(feature = "jwt")]
    pub(super) fn key_exchange(&self) -> KeyExchange {
        let client = self.without_token();
        KeyExchange::new(client.v2().clone(), client.identity().client_identifier(), Arc::clone(client.clock()))
    }

    /// `store` is the app's store; `kept_in` is the store that the keeper uses.
    #[cfg(feature = "jwt")]
    fn kept_fresh(
        &self,
        owner: Owner,
        received: bool,
        store: Option<Arc<dyn CredentialStore>>,
        kept_in: Arc<dyn CredentialStore>,
    ) -> Self {
        let settings = self.session().settings.clone();
        let keeper = Keeper::new(self.key_exchange(), kept_in, settings.clone(), owner, received);
        let keeper = Arc::new(keeper);
        let renewer = Arc::clone(&keeper);
        let session = Session { store, owner: Owner::default(), keeper: Some(keeper), settings };
        let client = self.with_settings(|settings| {
            settings.token = None;
            settings.renewer = Some(renewer);
        });
        client.with_session(session)
    }
}

/// The error when the store holds a sign-in that is not the client's.
#[cfg(feature = "jwt")]
pub(super) fn taken() -> Error {
    store_error("the store does not hold the sign-in of this client; give this client its own store")
}
