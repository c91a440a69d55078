//! The claims of a Plex JWT.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::jws::Jws;
use crate::{Error, ErrorKind, Extra, Token};

/// The claims of a Plex JWT. The claims about the user depend on the requested [`crate::Scopes`].
///
/// A claim with an unexpected form is left out. Claims without their own field are in `extra`.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Claims {
    /// The audience (`aud`): `plex.tv` and the client identifier.
    pub audience: Vec<String>,
    /// The issuer (`iss`): `plex.tv`.
    pub issuer: Option<String>,
    /// When it was issued (`iat`).
    pub issued_at: Option<Timestamp>,
    /// The time before which it is not valid (`nbf`).
    pub not_before: Option<Timestamp>,
    /// When it expires (`exp`). Seven days after it was issued, in all tokens seen so far.
    pub expires_at: Option<Timestamp>,
    /// The thumbprint of the device key that it was issued for.
    pub thumbprint: Option<String>,
    /// The user name.
    pub username: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The display name.
    pub friendly_name: Option<String>,
    /// Whether the user is a managed user.
    pub restricted: Option<bool>,
    /// Whether the user is anonymous.
    pub anonymous: Option<bool>,
    /// When the account was created.
    pub joined_at: Option<Timestamp>,
    /// All other claims.
    pub extra: Extra,
}

/// The assumed lifetime of a JWT that does not say when it was issued.
const USUAL_LIFE: SignedDuration = SignedDuration::from_hours(7 * 24);

impl Claims {
    /// Reads a token without checking its signature. Use it only for your own token, which came
    /// from plex.tv. For tokens that somebody else sends, see [`crate::JwtVerifier`].
    ///
    /// # Errors
    /// `is_jwt_invalid` when the token is not a JWT, such as an older token of twenty characters.
    pub fn unverified(token: &Token) -> Result<Self, Error> {
        let jws = Jws::parse(token.expose());
        jws.map(|jws| Self::read(jws.claims)).ok_or_else(|| Error::new(ErrorKind::JwtInvalid, "the token is not a JWT"))
    }

    pub(super) fn read(mut claims: Map<String, Value>) -> Self {
        Self {
            audience: audience(claims.remove("aud")),
            issuer: text(claims.remove("iss")),
            issued_at: moment(claims.remove("iat")),
            not_before: moment(claims.remove("nbf")),
            expires_at: moment(claims.remove("exp")),
            thumbprint: text(claims.remove("thumbprint")),
            username: text(claims.remove("username")),
            email: text(claims.remove("email")),
            friendly_name: text(claims.remove("friendly_name")),
            restricted: claims.remove("restricted").and_then(|value| value.as_bool()),
            anonymous: claims.remove("anonymous").and_then(|value| value.as_bool()),
            joined_at: moment(claims.remove("joinedAt")),
            extra: claims.into(),
        }
    }

    /// The time from issue to expiry.
    pub(super) fn life(&self) -> Option<SignedDuration> {
        let ends = self.expires_at?;
        Some(self.issued_at.map_or(USUAL_LIFE, |starts| ends.duration_since(starts)))
    }
}

fn text(value: Option<Value>) -> Option<String> {
    value.and_then(|value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned))
}

fn audience(value: Option<Value>) -> Vec<String> {
    match value {
        Some(Value::Array(items)) => items.into_iter().filter_map(|item| text(Some(item))).collect(),
        other => text(other).into_iter().collect(),
    }
}

/// Reads epoch seconds, or a time as text.
fn moment(value: Option<Value>) -> Option<Timestamp> {
    match value? {
        Value::String(text) => text.parse().ok(),
        number => {
            let whole = || number.as_i64();
            #[allow(clippy::cast_possible_truncation, reason = "fractions of a second do not matter here")]
            let seconds = whole().or_else(|| number.as_f64().map(|seconds| seconds as i64))?;
            Timestamp::from_second(seconds).ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(claims: Value) -> Claims {
        Claims::read(claims.as_object().unwrap().clone())
    }

    #[test]
    fn claims_are_read_by_name_and_others_are_kept() {
        let claims = read(json!({
            "aud": ["plex.tv", "desk"], "iss": "plex.tv", "iat": 100, "exp": 700, "thumbprint": "k",
            "username": "exampleuser", "restricted": false, "joinedAt": 1556281940, "user": { "id": 7 },
        }));

        assert_eq!(claims.audience, ["plex.tv", "desk"]);
        assert_eq!(claims.life(), Some(SignedDuration::from_secs(600)));
        assert_eq!((claims.username.as_deref(), claims.restricted), (Some("exampleuser"), Some(false)));
        assert_eq!(claims.extra["user"], json!({ "id": 7 }));
    }

    #[test]
    fn odd_forms_are_read_or_left_out() {
        let claims = read(json!({ "aud": "plex.tv", "exp": 7e2, "iat": "soon", "username": "", "restricted": "no" }));

        assert_eq!(claims.audience, ["plex.tv"]);
        assert_eq!(claims.expires_at, Some(Timestamp::from_second(700).unwrap()));
        assert_eq!((claims.issued_at, claims.username.as_deref(), claims.restricted), (None, None, None));
        assert_eq!(read(json!({ "exp": 1e300 })).expires_at, None);
        assert_eq!(read(json!({})).life(), None);
    }
}
