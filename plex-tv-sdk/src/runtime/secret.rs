//! Secret text: tokens, passwords, PIN codes, keys.

use std::fmt;

use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

use super::error::{Error, ErrorKind};

/// A secret text. It has no `Display`, its `Debug` hides it, and its memory is wiped on drop.
///
/// It is `Serialize` only because request bodies need it. A generated type that you serialise
/// contains its secrets in plain text.
///
/// ```
/// use plex_tv_sdk::Secret;
///
/// let code = Secret::from("7RQZ");
///
/// assert_eq!(format!("{code:?}"), "Secret([redacted])");
/// assert_eq!(code.expose(), "7RQZ");
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Returns the text itself. This is the only access to it, so its uses are easy to find.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Secret {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "password" })
    }
}

/// A plex.tv token, which a signed-in client sends as `X-Plex-Token`.
///
/// It is visible ASCII and not empty, so that a header can carry it. It is never printed, and does
/// not implement `Serialize`. To store it, call [`Token::expose`].
///
/// ```
/// use plex_tv_sdk::Token;
///
/// let token = Token::new("EXAMPLE-TOKEN")?;
///
/// assert_eq!(format!("{token:?}"), "Token([redacted])");
/// # Ok::<(), plex_tv_sdk::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Secret);

impl Token {
    /// The most bytes of a token. The longest ones seen, Plex JWTs, have about 540.
    const MAX_LENGTH: usize = 8 * 1024;

    /// Checks a token that was stored or received.
    ///
    /// # Errors
    /// `is_invalid_input` when it is empty, too long, or has a character that no header can carry.
    /// The message does not show it.
    pub fn new(text: impl Into<Secret>) -> Result<Self, Error> {
        let secret = text.into();
        let refuse = |why: &str| Err(Error::new(ErrorKind::InvalidInput, format!("the token {why}")));
        match secret.expose() {
            "" => refuse("is empty"),
            text if text.len() > Self::MAX_LENGTH => refuse("is longer than 8 KiB"),
            text if !text.bytes().all(|byte| byte.is_ascii_graphic()) => {
                refuse("has a space, a line break or another character that is not visible ASCII")
            }
            _ => Ok(Self(secret)),
        }
    }

    /// Returns the token itself. This is the only access to it, so its uses are easy to find.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token([redacted])")
    }
}

impl TryFrom<&Secret> for Token {
    type Error = Error;

    fn try_from(secret: &Secret) -> Result<Self, Error> {
        Self::new(secret.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_no_header_can_carry_is_refused_without_being_shown() {
        for bad in ["", "with space", "line\nbreak", "tökén", &"x".repeat(9000)] {
            let error = Token::new(bad).unwrap_err();

            assert!(error.is_invalid_input());
            assert!(bad.is_empty() || !format!("{error} {error:?}").contains(bad), "{error}");
        }
    }
}
