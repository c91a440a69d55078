//! Exchanges a device key for a Plex JWT.

use std::{fmt, sync::Arc};

use super::{
    DeviceKey, Scopes,
    device_jwt::{DeviceJwt, ahead, at_plex},
};
use crate::{
    Clock, Error, Token,
    v2::{Api, types::ExchangeJwtTokenBody},
};

/// Gets Plex JWTs for an installation.
#[derive(Clone)]
pub(crate) struct KeyExchange {
    /// Without a token, as these calls need none.
    api: Api,
    client_identifier: String,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for KeyExchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyExchange").finish_non_exhaustive()
    }
}

impl KeyExchange {
    pub(super) fn new(api: Api, client_identifier: &str, clock: Arc<dyn Clock>) -> Self {
        Self { api, client_identifier: client_identifier.to_owned(), clock }
    }

    pub(super) fn client_identifier(&self) -> &str {
        &self.client_identifier
    }

    pub(super) fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// Gets a Plex JWT by proving possession of the device key.
    ///
    /// Calls `GET /api/v2/auth/nonce` and `POST /api/v2/auth/token`.
    pub(super) async fn token(&self, key: &DeviceKey, scopes: &Scopes) -> Result<Token, Error> {
        let nonce = self.api.get_auth_nonce().send_with_response().await?;
        let now = self.clock.wall();
        let ahead = ahead(nonce.headers(), now);
        let nonce = nonce.into_value().nonce;
        let jwt = DeviceJwt { key, client_identifier: &self.client_identifier, scopes, nonce: Some(&nonce) };
        let body = ExchangeJwtTokenBody::new(jwt.sign(at_plex(now, ahead))?);
        let reply = self.api.exchange_jwt_token(body).send().await?;
        Token::new(reply.auth_token)
    }
}
