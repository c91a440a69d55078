//! What a client may take from a store, and what it may write there.
//!
//! Clients, processes and users may share a store. It holds one sign-in at a time: a name, a token,
//! and device keys. A client belongs to one sign-in for as long as it lives. Everything below
//! follows from that.
//!
//! The stored sign-in is the client's **own** when it has the name of the client's sign-in. A
//! stored sign-in without a name is its own when they share a device key or, for a client without
//! keys, the token. A client given a token or a key by the app, which the store does not have, has
//! nothing in the store: it is a **guest**.
//!
//! | When | The store holds | The client takes | The client writes |
//! |---|---|---|---|
//! | It is built | any sign-in | token, keys and name, together | nothing |
//! | … with a token or key of the app | that token or key | token, keys and name, together | nothing |
//! | | anything else | nothing: it is a guest | nothing |
//! | Somebody signs in | anything | nothing | the new sign-in, in place of all but the client identifier |
//! | | this very sign-in, as after a second poll of one PIN | token and keys | nothing |
//! | A token is renewed | its own sign-in | the keys, and the token if it ends later | the token and the key that got it |
//! | | nothing | nothing: it is signed out, and forgets its token and keys | nothing; a guest: its sign-in |
//! | | another sign-in | nothing: it forgets its keys; its token serves until it ends | nothing |
//! | plex.tv refuses a key | its own sign-in | the keys again, as another process may have changed them | nothing |
//! | A key is registered or changed | its own sign-in | the keys | the new key, before it is used |
//! | | nothing | nothing | nothing: an error; a guest: its sign-in with the new key |
//! | | another sign-in | nothing | nothing: an error |
//! | It signs out | its own sign-in | the token, to end it as well | nothing is left but the client identifier |
//! | | anything else | nothing | nothing |
//!
//! The owner is checked inside [`CredentialStore::update`], so nobody gets in between the check and
//! the write.
//!
//! A key leaves the store only when plex.tv surely has another one. `next_device_key` is there
//! before plex.tv hears of it. It becomes `device_key` when a token came by it; plex.tv then has no
//! use for the old one. A token that came by the old key proves nothing for the future, as a
//! request to register the new one may still be on its way: the new key becomes a spare. Only
//! plex.tv's refusal to register a key removes it. A change of keys begins by finding out which key
//! works if there is more than one, so that the spares it drops ([`MOST_SPARES`]) are not in use.
//!
//! One case is beyond these rules. plex.tv has one user for a key and an installation. When a
//! second user signs in by the key that the first one still uses, a renewal between plex.tv's
//! approval and the write to the store gets a token of the second user. Nothing in a Plex JWT says
//! so: it names the key and not the user, unless scopes are asked for, and names change. A key is
//! therefore made for one user, and a second user signs in by a new one. [`DeviceKey`] says so.
//!
//! [`CredentialStore::update`]: super::CredentialStore::update
//! [`DeviceKey`]: super::DeviceKey

use super::Credentials;
#[cfg(feature = "jwt")]
use super::{DeviceKey, base64url::base64url, ed25519::sha256};
use crate::Token;
#[cfg(feature = "jwt")]
use crate::{Error, Secret};

/// The spare keys that are kept, newest first.
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

/// What the app itself gave to the builder of a client.
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

    /// Whether the stored sign-in is that of the client.
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

    /// Signs out, if the stored sign-in is that of the client.
    pub(super) fn sign_out(&self, stored: &mut Credentials) {
        if self.owns(stored) {
            stored.sign_out();
        }
    }
}

/// Puts a sign-in without a key in place of what is stored.
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
    /// The key is no longer one of the sign-in: another process changed keys meanwhile.
    Outdated,
    /// The store holds nothing, or another sign-in.
    NotOwner,
}

#[cfg(feature = "jwt")]
impl Owner {
    /// Whether the client may write, once its own sign-in is there. A guest may put its sign-in
    /// into an empty store.
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

    /// Keeps a key that plex.tv is about to get.
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

    /// Puts a device key beside the older token that it will replace.
    pub(super) fn register(&self, stored: &mut Credentials, client_identifier: &str, pem: &Secret) -> bool {
        let may_write = self.may_register(stored);
        if may_write {
            stored.client_identifier = Some(client_identifier.to_owned());
            stored.device_key = Some(pem.clone());
        }
        may_write
    }

    /// Whether the client may turn what is stored into a sign-in by device key.
    pub(super) fn may_register(&self, stored: &Credentials) -> bool {
        self.owns(stored) || (self.is_guest && stored.is_signed_out())
    }

    /// The owner of a new sign-in by device key.
    pub(super) fn of_sign_in(token: &Token, key: &DeviceKey) -> Self {
        let sign_in = Some(name(token, key));
        Self { sign_in, token: Some(token.clone()), keys: vec![key.clone()], is_guest: false }
    }

    /// Puts this new sign-in in place of what is stored, unless it is there already.
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

/// The same key may have been written by another program.
#[cfg(feature = "jwt")]
fn is_key(pem: &Secret, key: &DeviceKey) -> bool {
    DeviceKey::from_pem(pem).is_ok_and(|stored| stored == *key)
}

/// The name of a sign-in. The same sign-in always gets the same name, and another one by the same
/// key gets another.
#[cfg(feature = "jwt")]
fn name(token: &Token, key: &DeviceKey) -> String {
    let hash = sha256([key.kid(), token.expose()].join(" ").as_bytes());
    base64url(&hash.as_ref()[..16])
}

/// The name of a sign-in that was stored without one, and of one by a key that the app gave.
#[cfg(feature = "jwt")]
fn unnamed(key: &DeviceKey) -> String {
    key.kid().to_owned()
}
