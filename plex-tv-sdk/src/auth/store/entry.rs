//! An account as stores write it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Credentials;
use crate::{Error, Secret, Token, identity::check_client_identifier};

/// What a later version adds is kept.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_identifier: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    device_key: Option<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next_device_key: Option<Secret>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

impl Entry {
    /// An error when the client identifier or the token cannot be one; neither is shown.
    pub(super) fn credentials(&self) -> Result<Credentials, Error> {
        self.client_identifier.as_deref().map(check_client_identifier).transpose()?;
        Ok(Credentials {
            client_identifier: self.client_identifier.clone(),
            token: self.token.as_ref().map(Token::try_from).transpose()?,
            device_key: self.device_key.clone(),
            next_device_key: self.next_device_key.clone(),
        })
    }

    pub(super) fn take(&mut self, credentials: &Credentials) {
        let Credentials { client_identifier, token, device_key, next_device_key } = credentials.clone();
        self.client_identifier = client_identifier;
        self.token = token.map(|token| Secret::from(token.expose()));
        self.device_key = device_key;
        self.next_device_key = next_device_key;
    }
}
