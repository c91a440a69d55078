//! The JSON format of an account.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Credentials;
use crate::{Error, Secret, Token, identity::check_client_identifier};

/// An account in JSON. Members that a later version adds are kept.
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
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    spare_device_keys: Vec<Secret>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sign_in: Option<String>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

impl Entry {
    /// Fails when the client identifier or the token is invalid. The error shows neither.
    pub(super) fn credentials(&self) -> Result<Credentials, Error> {
        self.client_identifier.as_deref().map(check_client_identifier).transpose()?;
        Ok(Credentials {
            client_identifier: self.client_identifier.clone(),
            token: self.token.as_ref().map(Token::try_from).transpose()?,
            device_key: self.device_key.clone(),
            next_device_key: self.next_device_key.clone(),
            spare_device_keys: self.spare_device_keys.clone(),
            sign_in: self.sign_in.clone(),
        })
    }

    pub(super) fn set(&mut self, credentials: &Credentials) {
        let Credentials { client_identifier, token, device_key, next_device_key, spare_device_keys, sign_in } =
            credentials.clone();
        self.client_identifier = client_identifier;
        self.token = token.map(|token| Secret::from(token.expose()));
        self.device_key = device_key;
        self.next_device_key = next_device_key;
        self.spare_device_keys = spare_device_keys;
        self.sign_in = sign_in;
    }
}

const UTF8_BOM: &[u8] = b"\xef\xbb\xbf";

/// Returns the text without the byte order mark that some editors add.
pub(super) fn without_bom(text: &[u8]) -> &[u8] {
    text.strip_prefix(UTF8_BOM).unwrap_or(text)
}
