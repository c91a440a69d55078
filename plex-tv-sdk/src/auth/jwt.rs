//! The methods of a client for device keys and Plex JWTs.

use super::{
    DeviceKey, JwtVerifier,
    owner::Owner,
    signed_in::taken,
    store::{load, update},
};
use reqwest::StatusCode;

use crate::{Client, Error, Token, v2::types::RegisterDeviceJwkBody};

impl Client {
    /// Converts the sign-in of this client from an older token to a device key. Returns a client
    /// with a Plex JWT that it keeps fresh. The key is saved before it is used, and the JWT before
    /// the client is returned. If the client already has a device key, it is replaced, as by
    /// [`Client::rotate_device_key`].
    ///
    /// This cannot be undone: the older token ends with the first JWT, and later sign-ins under the
    /// same client identifier have been reported to give no usable older token.
    ///
    /// # Limits of a Plex JWT
    /// Plex says that it can do everything that the older token can. Reports from 2026 say
    /// otherwise: media servers answer 401 to it, `GET /resources` returns it as the access token
    /// of servers that the user owns, and switching Home users fails with 403. An app that talks to
    /// media servers or switches users should keep an older token for that. It comes from a PIN
    /// sign-in without a key, under a separate client identifier (a second store and a second
    /// [`Client`]). Shared servers have their own access tokens either way.
    ///
    /// # Errors
    /// `is_device_key_taken` when the key belongs to another client identifier; `is_device_removed`
    /// when the user removed this device, in which case create a new client identifier and key;
    /// `is_auth` without a valid token; `is_store` when the key cannot be saved, or when the store
    /// holds another sign-in.
    ///
    /// Calls `POST /api/v2/auth/jwk`, `GET /api/v2/auth/nonce` and `POST /api/v2/auth/token`.
    pub async fn register_device_key(&self, key: &DeviceKey) -> Result<Self, Error> {
        let session = self.session();
        if session.keeper.is_some() {
            self.rotate_device_key(key).await?;
            return Ok(self.clone());
        }
        let owner = session.owner();
        if let Some(store) = &session.store
            && !owner.may_register(&load(store).await?)
        {
            return Err(taken());
        }
        register(self, key).await?;
        // Once the older token ends, only the key gives access to the account.
        if let Some(store) = &session.store {
            let (owner, pem) = (owner.clone(), key.to_pem()?);
            let identifier = self.identity().client_identifier().to_owned();
            let (is_saved, _) = update(store, move |stored| owner.register(stored, &identifier, &pem)).await?;
            if !is_saved {
                return Err(taken());
            }
        }
        let token = self.key_exchange().token(key, &session.settings.scopes).await?;
        let owner = Owner { keys: vec![key.clone()], ..owner };
        self.exchanged(owner, token, key).await
    }

    /// Replaces the device key of this client and all its clones, and gets a JWT with the new one.
    ///
    /// The new key is stored before it is sent to plex.tv, and the old one stays in the store until
    /// the new one has obtained a JWT. If this is interrupted at any point, one of the stored keys
    /// works, and the client finds out which.
    ///
    /// # Errors
    /// `needs_sign_in` when the sign-in is no longer in the store. `is_invalid_input` when the
    /// client has no device key: see [`Client::register_device_key`]. Otherwise the errors of that
    /// method.
    ///
    /// Calls `POST /api/v2/auth/jwk`, `GET /api/v2/auth/nonce` and `POST /api/v2/auth/token`.
    pub async fn rotate_device_key(&self, key: &DeviceKey) -> Result<(), Error> {
        let Some(keeper) = &self.session().keeper else {
            return Err(Error::invalid_input("the client has no device key to replace; register one first"));
        };
        let _one_at_a_time = keeper.begin_change().await?;
        keeper.prepare(key).await?;
        match register(self, key).await {
            Ok(()) => keeper.prefer(key),
            Err(error) => {
                if is_refused(&error) {
                    keeper.give_up(key).await?;
                }
                return Err(error);
            }
        }
        keeper.prove().await.map(drop)
    }

    /// Gets a new Plex JWT now, or the one that another process got. There is usually no need to
    /// call this: a client with a device key renews its token a day before it expires, or when
    /// plex.tv reports that it has expired. It may also be called during the pause after a failed
    /// renewal.
    ///
    /// # Errors
    /// `needs_sign_in` when the sign-in is over: another process signed out, another user signed in
    /// with this store, or plex.tv no longer accepts the key (`is_device_jwt_rejected`,
    /// `is_device_removed`). `is_invalid_input` when the client has no device key. `is_store` when
    /// the new token cannot be saved; it is then not used.
    ///
    /// Calls `GET /api/v2/auth/nonce` and `POST /api/v2/auth/token`.
    pub async fn renew_token(&self) -> Result<Token, Error> {
        let keeper = self.session().keeper.as_ref();
        keeper.ok_or_else(|| Error::invalid_input("the client has no device key"))?.renew_now().await
    }

    /// The device key that renews the token, if there is one.
    pub fn device_key(&self) -> Option<DeviceKey> {
        self.session().keeper.as_ref().and_then(|keeper| keeper.key())
    }

    /// Returns a verifier for Plex JWTs of this client identifier. Keep it: it caches the keys that
    /// plex.tv publishes.
    pub fn jwt_verifier(&self) -> JwtVerifier {
        JwtVerifier::new(self.without_token())
    }
}

async fn register(client: &Client, key: &DeviceKey) -> Result<(), Error> {
    client.v2().register_device_jwk(RegisterDeviceJwkBody::new(key.jwk())).send().await
}

/// Whether plex.tv certainly did not accept the key: it refused, rather than timing out on the
/// request.
fn is_refused(error: &Error) -> bool {
    error.status().is_some_and(|status| status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT)
}
