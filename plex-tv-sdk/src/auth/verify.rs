//! Checks whether the token is still valid.

use crate::{Client, Error, ErrorKind, generated::v2::types::User};

/// The result of checking a token.
///
/// A failed call does not mean that the token is invalid: an app that signs users out when the
/// network is down loses them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TokenCheck {
    /// The token is valid, and this is its user.
    Valid(Box<User>),
    /// plex.tv refuses the token, or there is none: sign in again.
    Rejected(Error),
    /// plex.tv did not say: keep the token and check again later.
    Unknown(Error),
}

impl TokenCheck {
    /// The user, if the token is valid.
    pub fn user(&self) -> Option<&User> {
        match self {
            Self::Valid(user) => Some(user),
            Self::Rejected(_) | Self::Unknown(_) => None,
        }
    }
}

impl Client {
    /// Asks plex.tv whether the client's token is valid. There are three answers: it is, it is not,
    /// or plex.tv did not say.
    ///
    /// Calls `GET /api/v2/user`.
    pub async fn verify_token(&self) -> TokenCheck {
        if self.token().is_none() {
            return TokenCheck::Rejected(Error::new(ErrorKind::SignedOut, "the client has no token"));
        }
        match self.v2().get_user_details().send().await {
            Ok(user) => TokenCheck::Valid(Box::new(user)),
            Err(error) if error.is_auth() || error.needs_sign_in() => TokenCheck::Rejected(error),
            Err(error) => TokenCheck::Unknown(error),
        }
    }
}
