//! What a client may read from a store, and what it may write there.
//!
//! Clients, processes and users may share a store. It holds one sign-in at a time: a name, a token,
//! and device keys. A client belongs to one sign-in for its whole lifetime. Everything below
//! follows from that.
//!
//! The stored sign-in is the client's **own** when it has the name of the client's sign-in. A
//! stored sign-in without a name is its own when they share a device key or, for a client without
//! keys, the token. A client that got a token or a key from the app, and whose store does not have
//! it, is a **guest**: nothing in the store belongs to it.
//!
//! | When | The store holds | The client takes | The client writes |
//! |---|---|---|---|
//! | It is built | any sign-in | token, keys and name, together | nothing |
//! | … with a token or key from the app | that token or key | token, keys and name, together | nothing |
//! | | anything else | nothing: it is a guest | nothing |
//! | Somebody signs in | anything | nothing | the new sign-in, replacing all but the client identifier |
//! | | the same sign-in, as after a second poll of one PIN | token and keys | nothing |
//! | A token is renewed | its own sign-in | the keys, and the token if it expires later | the token and the key that got it |
//! | | nothing | nothing: it is signed out, and forgets its token and keys | nothing; a guest: its sign-in |
//! | | another sign-in | nothing: it forgets its keys; it uses its token until it expires | nothing |
//! | plex.tv refuses a key | its own sign-in | the keys again, as another process may have changed them | nothing |
//! | A key is registered or changed | its own sign-in | the keys | the new key, before it is used |
//! | | nothing | nothing | nothing: an error; a guest: its sign-in with the new key |
//! | | another sign-in | nothing | nothing: an error |
//! | It signs out | its own sign-in | the token, to end it as well | removes all but the client identifier |
//! | | anything else | nothing | nothing |
//!
//! The owner is checked inside [`CredentialStore::update`], so nothing can happen between the check
//! and the write.
//!
//! A key leaves the store only when plex.tv certainly has another one. `next_device_key` is stored
//! before it is sent to plex.tv. It becomes `device_key` once it has obtained a token; plex.tv then
//! no longer needs the old one. A token obtained with the old key proves nothing about the future,
//! as a request to register the new key may still be in flight: the new key then becomes a spare.
//! Only plex.tv's refusal to register a key removes it. If there is more than one key, a change of
//! keys begins by finding out which one works, so that the spares it drops (beyond [`MOST_SPARES`])
//! are not in use.
//!
//! These rules do not cover one case. plex.tv knows one user per key and installation. When a
//! second user signs in with a key that the first one still uses, a renewal between plex.tv's
//! approval and the write to the store gets a token of the second user. A Plex JWT does not show
//! that: it names the key but not the user, unless scopes are requested, and names change. So a key
//! belongs to one user, and a second user signs in with a new one. [`DeviceKey`] documents that.
//!
//! [`CredentialStore::update`]: super::CredentialStore::update
//! [`DeviceKey`]: super::DeviceKey

use super::Credentials;
#[cfg(feature = "jwt")]
use super::{DeviceKey, base64url::base64url, ed25519::sha256};
use crate::Token;
#[cfg(feature = "jwt")]
use crate::{Error, Secret};

/// The most spare keys that are kept, newest first.
#[cfg(feature = "jwt")]
const MOST_SPARES: usize = 3;

/// The sign-in that a client belongs to.
#[derive(Clone, Default)]
pub(crate) struct Owner {
    pub(super) sign_in: Option<String>,
    pub(crate) token: Option<Token>,
    /// In the order in which they are tried; empty for a sign-in without a key.
    #[cfg(feature = "jwt")]
    pub(super) keys: Vec<DeviceKey>,
    /// Whether the client has nothing in the store.
    #[cfg(feature = "jwt")]
    pub(super) is_guest: bool,
}

/// What the app passed to the builder of a client.
pub(crate) struct Given {
    pub(crate) token: Option<Token>,
    #[cfg(feature = "jwt")]
    pub(crate) key: Option<DeviceKey>,
}

impl Owner {
    /// The sign-in of a client that is being built.
    #[cfg(not(feature = "jwt"))]
    pub(crate) fn at_build(stored: &Credentials, given: Given) -> Self {
        match given.token {
            Some(token) if stored.token.as_ref() != Some(&token) => Self { sign_in: None, token: Some(token) },
            _ => Self { sign_in: stored.sign_in.clone(), token: stored.token.clone() },
        }
    }

    /// The sign-in of a client that is being built.
    ///
    /// # Errors
    /// `is_invalid_input` when a stored key is not a valid key.
    #[cfg(feature = "jwt")]
    pub(crate) fn at_build(stored: &Credentials, given: Given) -> Result<Self, Error> {
        let keys = stored_keys(stored)?;
        let is_stored = match (&given.key, &given.token) {
            (Some(key), _) => keys.contains(key),
            (None, Some(token)) => stored.token.as_ref() == Some(token),
            (None, None) => true,
        };
        let Given { token, key } = given;
        if is_stored {
            let sign_in = stored.sign_in.clone().or_else(|| keys.first().map(unnamed));
            let token = token.or_else(|| stored.token.clone());
            return Ok(Self { sign_in, token, keys, is_guest: stored.is_signed_out() });
        }
        let sign_in = key.as_ref().map(unnamed);
        Ok(Self { sign_in, token, keys: key.into_iter().collect(), is_guest: true })
    }

    /// Whether the stored sign-in is the client's own.
    pub(super) fn owns(&self, stored: &Credentials) -> bool {
        if let Some(name) = &stored.sign_in {
            return self.sign_in.as_ref() == Some(name);
        }
        #[cfg(feature = "jwt")]
        if !self.keys.is_empty() {
            return self.keys.iter().any(|key| has_key(stored, key));
        }
        self.token.is_some() && self.token == stored.token
    }

    /// Signs out, if the stored sign-in is the client's own.
    pub(super) fn sign_out(&self, stored: &mut Credentials) {
        if self.owns(stored) {
            stored.sign_out();
        }
    }
}

/// Replaces the stored credentials with a sign-in without a key.
pub(super) fn sign_in(stored: &mut Credentials, client_identifier: &str, token: &Token) {
    stored.sign_out();
    stored.client_identifier = Some(client_identifier.to_owned());
    stored.token = Some(token.clone());
}

/// The outcome of a write that only the owner may make.
#[cfg(feature = "jwt")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Write {
    Done,
    /// The key no longer belongs to the sign-in: another process has changed the keys.
    Outdated,
    /// The store holds nothing, or another sign-in.
    NotOwner,
}

#[cfg(feature = "jwt")]
impl Owner {
    /// Whether the client may write. If so, its own sign-in is in `stored` afterwards. A guest may
    /// put its sign-in into an empty store.
    fn claims(&self, stored: &mut Credentials, client_identifier: &str) -> Result<bool, Error> {
        if self.owns(stored) {
            stored.sign_in.clone_from(&self.sign_in);
            return Ok(true);
        }
        if !self.is_guest || !stored.is_signed_out() {
            return Ok(false);
        }
        self.replace(stored, client_identifier)?;
        Ok(true)
    }

    fn replace(&self, stored: &mut Credentials, client_identifier: &str) -> Result<(), Error> {
        *stored = Credentials {
            client_identifier: Some(client_identifier.to_owned()),
            token: self.token.clone(),
            device_key: self.keys.first().map(DeviceKey::to_pem).transpose()?,
            sign_in: self.sign_in.clone(),
            ..Credentials::default()
        };
        Ok(())
    }

    /// Saves a token and the key that got it.
    pub(super) fn renew(
        &self,
        stored: &mut Credentials,
        client_identifier: &str,
        token: &Token,
        key: &DeviceKey,
    ) -> Result<Write, Error> {
        let pem = key.to_pem()?;
        if !self.claims(stored, client_identifier)? {
            return Ok(Write::NotOwner);
        }
        if !has_key(stored, key) {
            return Ok(Write::Outdated);
        }
        stored.token = Some(token.clone());
        let next = stored.next_device_key.take();
        let unsure = next.into_iter().chain(std::mem::take(&mut stored.spare_device_keys));
        stored.spare_device_keys = unsure.filter(|pem| !is_key(pem, key)).take(MOST_SPARES).collect();
        stored.device_key = Some(pem);
        Ok(Write::Done)
    }

    /// Stores a key that is about to be sent to plex.tv.
    pub(super) fn prepare(
        &self,
        stored: &mut Credentials,
        client_identifier: &str,
        key: &DeviceKey,
    ) -> Result<Write, Error> {
        let pem = key.to_pem()?;
        if !self.claims(stored, client_identifier)? {
            return Ok(Write::NotOwner);
        }
        if stored.device_key.as_ref().is_some_and(|pem| is_key(pem, key)) {
            return Ok(Write::Done);
        }
        let next = stored.next_device_key.replace(pem);
        let unsure = next.into_iter().chain(std::mem::take(&mut stored.spare_device_keys));
        stored.spare_device_keys = unsure.filter(|pem| !is_key(pem, key)).take(MOST_SPARES).collect();
        Ok(Write::Done)
    }

    /// Removes a key that plex.tv refused to register.
    pub(super) fn give_up(&self, stored: &mut Credentials, key: &DeviceKey) {
        if self.owns(stored) {
            stored.next_device_key.take_if(|pem| is_key(pem, key));
            stored.spare_device_keys.retain(|pem| !is_key(pem, key));
        }
    }

    /// Stores a device key next to the older token that it will replace.
    pub(super) fn register(&self, stored: &mut Credentials, client_identifier: &str, pem: &Secret) -> bool {
        let may_write = self.may_register(stored);
        if may_write {
            stored.client_identifier = Some(client_identifier.to_owned());
            stored.device_key = Some(pem.clone());
        }
        may_write
    }

    /// Whether the client may convert the stored sign-in to a device key.
    pub(super) fn may_register(&self, stored: &Credentials) -> bool {
        self.owns(stored) || (self.is_guest && stored.is_signed_out())
    }

    /// The owner of a new sign-in with a device key.
    pub(super) fn of_sign_in(token: &Token, key: &DeviceKey) -> Self {
        let sign_in = Some(name(token, key));
        Self { sign_in, token: Some(token.clone()), keys: vec![key.clone()], is_guest: false }
    }

    /// Replaces the stored credentials with this new sign-in, unless it is already stored.
    pub(super) fn sign_in(&self, stored: &mut Credentials, client_identifier: &str) -> Result<(), Error> {
        if stored.sign_in.is_some() && stored.sign_in == self.sign_in {
            return Ok(());
        }
        self.replace(stored, client_identifier)
    }
}

/// All stored keys, in the order in which they are tried.
///
/// # Errors
/// `is_invalid_input` when one of them is not a valid key.
#[cfg(feature = "jwt")]
pub(super) fn stored_keys(stored: &Credentials) -> Result<Vec<DeviceKey>, Error> {
    stored.keys().map(DeviceKey::from_pem).collect()
}

#[cfg(feature = "jwt")]
fn has_key(stored: &Credentials, key: &DeviceKey) -> bool {
    stored.keys().any(|pem| is_key(pem, key))
}

/// Compares keys, not texts: another program may have written the PEM differently.
#[cfg(feature = "jwt")]
fn is_key(pem: &Secret, key: &DeviceKey) -> bool {
    DeviceKey::from_pem(pem).is_ok_and(|stored| stored == *key)
}

/// The name of a sign-in. The same sign-in always gets the same name; another sign-in with the same
/// key gets a different one.
#[cfg(feature = "jwt")]
fn name(token: &Token, key: &DeviceKey) -> String {
    let hash = sha256([key.kid(), token.expose()].join(" ").as_bytes());
    base64url(&hash.as_ref()[..16])
}

/// The name of a sign-in that was stored without a name, or whose key came from the app.
#[cfg(feature = "jwt")]
fn unnamed(key: &DeviceKey) -> String {
    key.kid().to_owned()
}
