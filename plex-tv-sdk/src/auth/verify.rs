//! Is the token still good?

use crate::{Client, Error, v2::types::User};

/// What plex.tv says of a token.
///
/// A failed call is not a bad token: who signs users out when the network is down loses them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TokenCheck {
    /// The token is good, and this is its user.
    Valid(Box<User>),
    /// plex.tv refuses the token, or there is none: sign in again.
    Rejected(std::sync::Arc<Error>),
    /// It could not be learned: keep the token and ask again later.
    Unknown(std::sync::Arc<Error>),
}

impl TokenCheck {
    /// The user, if the token is good.
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
    match client.v2().get_user_details().send().await {
        Ok(user) => TokenCheck::Valid(Box::new(user)),
        Err(error) if is_rejection(&error) => TokenCheck::Rejected(error.into()),
        Err(error) => TokenCheck::Unknown(error.into()),
    }
}

fn is_rejection(error: &Error) -> bool {
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
