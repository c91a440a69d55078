//! Checks whether the token is still valid.

use crate::{Client, Error, generated::plex_tv::ClientAccountExt as _, plex_tv::types::User};

/// What plex.tv says about a token.
///
/// A failed call does not mean a bad token: an app that signs users out when the network is down loses them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TokenCheck {
    /// The token is valid, and this is its user.
    Valid(Box<User>),
    /// plex.tv refuses the token, or there is none: sign in again.
    Rejected(std::sync::Arc<Error>),
    /// plex.tv did not tell: keep the token and ask again later.
    Unknown(std::sync::Arc<Error>),
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

pub(crate) async fn verify_token(client: &Client) -> TokenCheck {
    if client.token().is_none() {
        return TokenCheck::Rejected(Error::invalid_input("the client has no token").into());
    }
    match client.plex_tv().get_user_details().send().await {
        Ok(user) => TokenCheck::Valid(Box::new(user.into_inner())),
        Err(error) if is_rejection(&error) => TokenCheck::Rejected(error.into()),
        Err(error) => TokenCheck::Unknown(error.into()),
    }
}

/// Whether plex.tv refuses the token itself.
pub(super) fn is_rejection(error: &Error) -> bool {
    // A 422 that names the token was seen where a 401 belongs.
    let names_the_token = || {
        error
            .plex_errors()
            .iter()
            .any(|entry| entry.message().is_some_and(|message| message.to_ascii_lowercase().contains("invalid token")))
    };
    let no_more_renewals = error.is_device_removed() || error.is_device_jwt_rejected();
    error.is_auth()
        || no_more_renewals
        || (error.status().is_some_and(|status| status.as_u16() == 422) && names_the_token())
}
