//! Device keys, nonces, and Plex JWTs, which replace the older tokens.

use std::collections::BTreeSet;
use std::io;

use axum::http::StatusCode;
use serde_json::Value;

use super::{AccountId, Shared, State};
use crate::device::{Device, Installation, KeyProblem};
use crate::device_jwt::{self, Scope};
use crate::jwk::Jwk;
use crate::jws::Jws;
use crate::plex_jwt::Grant;
use crate::reply::Fail;

impl From<KeyProblem> for Fail {
    fn from(problem: KeyProblem) -> Self {
        match problem {
            KeyProblem::Taken => Self::KEY_TAKEN,
            KeyProblem::Removed => Self::DEVICE_REMOVED,
            KeyProblem::Unknown => refused("kid of the device JWT is unknown"),
        }
    }
}

const fn refused(message: &'static str) -> Fail {
    Fail::without_code(StatusCode::UNPROCESSABLE_ENTITY, message)
}

impl Shared {
    pub(crate) fn register_key(
        &self,
        account: AccountId,
        installation: &Installation,
        jwk: &Jwk,
    ) -> Result<(), KeyProblem> {
        self.state().access.devices.register_key(account, installation, jwk)
    }

    pub(crate) fn nonce(&self, client_identifier: &str) -> String {
        let now = self.now();
        self.state().nonces.issue(client_identifier, now)
    }

    /// Exchanges a device JWT for a Plex JWT. The nonce is used up even if the device JWT is
    /// refused for another reason.
    pub(crate) fn exchange(&self, client_identifier: &str, device_jwt: &str) -> Result<String, Fail> {
        let jws = Jws::parse(device_jwt).ok_or(Fail::MALFORMED)?;
        let mut state = self.state();
        let nonce = jws.claims.get("nonce").and_then(Value::as_str);
        let fresh = nonce.is_some_and(|nonce| state.nonces.take(nonce, client_identifier, self.now()));

        let (key, account) = state.access.devices.key(client_identifier, jws.kid().unwrap_or_default())?;
        let asked = device_jwt::check(&jws, &key, client_identifier, self.epoch_seconds()).map_err(refused)?;
        if !fresh {
            return Err(refused("the nonce is missing, unknown, used or stale"));
        }
        self.issue_jwt(&mut state, account, client_identifier, &key.kid, &asked.scopes)
    }

    /// Returns the public keys that verify Plex JWTs.
    pub(crate) fn signing_keys(&self) -> Vec<Value> {
        let now = self.now();
        self.state().signing_keys.published(now)
    }

    pub(crate) fn rotate_signing_key(&self) -> io::Result<()> {
        let now = self.now();
        self.state().signing_keys.rotate(now)
    }

    /// Removes devices as their user would: their tokens end, and their keys no longer work.
    pub(crate) fn remove_devices(&self, wanted: impl Fn(&Device) -> bool) -> bool {
        let mut state = self.state();
        let removed = state.access.devices.remove(wanted);
        for device in &removed {
            state.access.sessions.revoke_all(device.account, device.client_identifier());
        }
        !removed.is_empty()
    }

    /// Returns the devices of an account with the tokens that the list shows. The calling device is
    /// always included.
    pub(crate) fn devices(&self, account: AccountId, installation: &Installation) -> Vec<(Device, Option<String>)> {
        let access = &mut self.state().access;
        access.devices.seen(account, installation);
        let token = |device: &Device| access.sessions.listed_token(account, device.client_identifier());
        let row = |device: &Device| (device.clone(), token(device).map(String::from));
        access.devices.of_account(account).map(row).collect()
    }

    pub(super) fn issue_jwt(
        &self,
        state: &mut State,
        account: AccountId,
        client_identifier: &str,
        device_kid: &str,
        scopes: &BTreeSet<Scope>,
    ) -> Result<String, Fail> {
        let person = state.people.get(account).ok_or(Fail::UNAUTHENTICATED)?;
        let grant = Grant { account: person, client_identifier, device_kid, scopes, at: self.epoch_seconds() };
        let jwt = state.signing_keys.issue(&grant);
        state.access.sessions.add_jwt(jwt.clone(), account, client_identifier, grant.expires());
        Ok(jwt)
    }
}
