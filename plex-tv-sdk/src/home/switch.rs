//! Switching to another member of the Home.

use super::{
    HomeMember,
    managed::{NO_PIN, is_pin},
};
use crate::{Client, Error, ErrorKind, RetryPolicy, Token};

/// The UUID of a member of the Home. It is checked when it is used.
///
/// It is converted from a [`HomeMember`], or from a text that an app stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeUuid(Option<String>);

impl HomeUuid {
    /// # Errors
    /// `is_invalid_input` when there is no UUID, when it is an account number, or when it has other
    /// characters.
    fn check(self) -> Result<String, Error> {
        let uuid = self.0.unwrap_or_default();
        // plex.tv's UUIDs have sixteen characters, and account numbers have at most ten.
        if uuid.len() < 12 && !uuid.is_empty() && uuid.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Error::invalid_input("this is the account number of a member; a switch takes their `uuid`"));
        }
        if uuid.trim().is_empty() {
            return Err(Error::invalid_input("the member has no uuid, so switching to them is not possible"));
        }
        if !uuid.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(Error::invalid_input("this is not a uuid, which has only letters, digits and hyphens"));
        }
        Ok(uuid)
    }
}

impl From<&HomeMember> for HomeUuid {
    fn from(member: &HomeMember) -> Self {
        Self(member.uuid().map(str::to_owned))
    }
}

impl From<&str> for HomeUuid {
    fn from(uuid: &str) -> Self {
        Self(Some(uuid.to_owned()))
    }
}

impl From<String> for HomeUuid {
    fn from(uuid: String) -> Self {
        Self(Some(uuid))
    }
}

impl From<&String> for HomeUuid {
    fn from(uuid: &String) -> Self {
        Self::from(uuid.as_str())
    }
}

impl Client {
    /// Returns a client for another member of the Home, with their token. Nothing is saved in this
    /// client's store, which belongs to another user. Keep the returned client: frequent switching
    /// runs into the rate limit.
    ///
    /// The member is a [`HomeMember`], or a UUID that an app stored. Pass the PIN if
    /// [`HomeMember::needs_pin`] is true.
    ///
    /// For clients signed in with a Plex JWT, plex.tv has been reported to refuse this with 403 and
    /// no code. Use a client with an older token, from [`Client::pin_login`] without a device key,
    /// under a separate client identifier.
    ///
    /// ```no_run
    /// # async fn example(client: plex_tv_sdk::Client) -> Result<(), plex_tv_sdk::Error> {
    /// for member in client.home_users().await? {
    ///     let pin = member.needs_pin().then_some("2468");
    ///     let theirs = client.switch_home_user(&member, pin).await?;
    ///     println!("{} sees {} servers", plex_tv_sdk::printable(member.name()), theirs.servers().await?.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// - `is_invalid_input`, before anything is sent: the member has no UUID, an account number or
    ///   another text was passed instead, or the PIN is not four digits.
    /// - `is_home_pin_required` when the PIN is missing or wrong.
    /// - `is_forbidden` without a code: see above.
    /// - `is_not_found` when there is no such member.
    /// - `is_decode` when plex.tv sends no token of the member.
    /// - the errors of any call.
    ///
    /// Calls `POST /api/v2/home/users/{uuid}/switch`.
    pub async fn switch_home_user(&self, member: impl Into<HomeUuid>, pin: Option<&str>) -> Result<Self, Error> {
        let uuid = member.into().check()?;
        if let Some(pin) = pin {
            if pin.trim().is_empty() {
                return Err(Error::invalid_input("the PIN is empty; pass `None` if no PIN is needed"));
            }
            if !is_pin(pin) {
                return Err(Error::invalid_input(NO_PIN));
            }
        }
        // Each attempt with a wrong PIN counts, so it is not retried.
        let once = self.with_retry(RetryPolicy::off());
        let user = once.v2().switch_home_user(uuid).maybe_pin(pin).send().await?;
        let no_token = || Error::new(ErrorKind::Decode, "plex.tv sent no usable token of the member");
        let token = user.auth_token.and_then(|token| Token::new(token).ok()).ok_or_else(no_token)?;
        Ok(self.with_token(token))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_cannot_be_a_uuid_is_refused() {
        for uuid in ["", " ", "7654321", "1", "../user", "a/b", "a?b", " fedcba9876543210", "Kid\n", "é"] {
            assert!(HomeUuid::from(uuid).check().unwrap_err().is_invalid_input(), "{uuid:?}");
        }
        assert!(HomeUuid(None).check().unwrap_err().is_invalid_input());
        for uuid in ["fedcba9876543210", "1234567890123456", "u"] {
            assert_eq!(HomeUuid::from(uuid).check().unwrap(), uuid);
        }
    }
}
