//! Device keys and Plex JWTs, as calls of a client.

use super::{DeviceKey, JwtVerifier, keeper::exchange};
use crate::{Client, Error, Token, v2::types::RegisterDeviceJwkBody};

impl Client {
    /// Turns the sign-in of this client, by an older token, into one by device key: gives a client with a Plex JWT, which it
    /// keeps fresh. The key is saved before it is used, the JWT before the client is there.
    ///
    /// There is no way back: the older token ends with the first JWT, and later sign-ins under the same client identifier
    /// were reported to give no usable older token.
    ///
    /// # What a Plex JWT may not do
    /// Plex says that it does all that the older token does. Reports of 2026 say otherwise: media servers answer 401 to it,
    /// `GET /resources` hands it out as the access token of servers that the user owns, and switching Home users gave 403.
    /// An app that talks to media servers or switches users should hold an older token for that, from a PIN sign-in without
    /// a key under a client identifier of its own (a second store, and a second [`Client`]); shared servers have access
    /// tokens of their own either way.
    ///
    /// # Errors
    /// `is_device_key_taken` when the key belongs to another client identifier; `is_device_removed` when the user removed
    /// this device: make a new client identifier and key; `is_auth` without a good token; `is_store` when it cannot be kept.
    ///
    /// Calls `POST /api/v2/auth/jwk`, `GET /api/v2/auth/nonce` and `POST /api/v2/auth/token`.
    pub async fn register_device_key(&self, key: &DeviceKey) -> Result<Self, Error> {
        register(self, key).await?;
        // Without the key the account is out of reach once the older token ends.
        if let Some(store) = &self.session().store {
            let pem = key.to_pem()?;
            store.update(&mut |credentials| credentials.device_key = Some(pem.clone()))?;
        }
        let token = exchange(&self.without_token(), key, &self.session().settings.scopes).await?;
        self.signed_in_with_key(token, key)
    }

    /// Puts a new device key in the place of the one in use, for this client and all its clones, and gets a JWT by it.
    ///
    /// The new key is in the store before plex.tv hears of it, and the old one stays there until a JWT came by the new one:
    /// whenever this is cut short, one of the two works, and the client finds out which.
    ///
    /// # Errors
    /// `is_invalid_input` when the client has no device key: see [`Client::register_device_key`]; else as there.
    ///
    /// Calls `POST /api/v2/auth/jwk`, `GET /api/v2/auth/nonce` and `POST /api/v2/auth/token`.
    pub async fn rotate_device_key(&self, key: &DeviceKey) -> Result<(), Error> {
        let Some(keeper) = &self.session().keeper else {
            return Err(Error::invalid_input("the client has no device key that another could replace"));
        };
        keeper.prepare(key)?;
        match register(self, key).await {
            Ok(()) => keeper.prefer(key),
            Err(error) => {
                // Only a refusal says for sure that plex.tv did not take it.
                if error.status().is_some_and(|status| status.is_client_error()) {
                    keeper.give_up(key)?;
                }
                return Err(error);
            }
        }
        keeper.renew_now().await.map(drop)
    }

    /// Gets a new Plex JWT now. There is no need to: a client with a device key does so by itself, a day before the old one
    /// ends or when plex.tv says that it has ended.
    ///
    /// # Errors
    /// `is_invalid_input` when the client has no device key; `is_device_jwt_rejected` or `is_device_removed` when plex.tv
    /// does not take it any more: sign in again; `is_store` when the new token cannot be kept, and is not used therefore.
    ///
    /// Calls `GET /api/v2/auth/nonce` and `POST /api/v2/auth/token`.
    pub async fn renew_token(&self) -> Result<Token, Error> {
        let keeper = self.session().keeper.as_ref();
        keeper.ok_or_else(|| Error::invalid_input("the client has no device key"))?.renew_now().await
    }

    /// The device key by which the client keeps its token fresh, if it has one.
    pub fn device_key(&self) -> Option<DeviceKey> {
        self.session().keeper.as_ref().and_then(|keeper| keeper.key())
    }

    /// Checks Plex JWTs of this client identifier, by the keys that plex.tv publishes. Keep it: it remembers the keys.
    pub fn jwt_verifier(&self) -> JwtVerifier {
        JwtVerifier::new(self.without_token())
    }
}

async fn register(client: &Client, key: &DeviceKey) -> Result<(), Error> {
    client.v2().register_device_jwk(RegisterDeviceJwkBody::new(key.jwk())).send().await
}
