//! Becoming another member of the Home.

use super::HomeMember;
use crate::{Client, Error, RetryPolicy, Token};

/// The identifier of a member of the Home, checked when it is used.
///
/// It is made of a [`HomeMember`], or of a text that an app stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeUuid(Option<String>);

impl HomeUuid {
    /// # Errors
    /// `is_invalid_input` when there is none, or when it is an account number.
    fn check(self) -> Result<String, Error> {
        let uuid = self.0.unwrap_or_default();
        // A uuid has sixteen characters, and account numbers have at most ten.
        if uuid.len() < 12 && !uuid.is_empty() && uuid.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Error::invalid_input("this is the account number of a member; a switch takes their `uuid`"));
        }
        if uuid.trim().is_empty() {
            return Err(Error::invalid_input("the member has no uuid, so that nobody can switch to them"));
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
    /// A client for another member of the Home, with a token of theirs. Nothing is kept in this
    /// client's store: it belongs to another user. Keep the client, since switching often runs into
    /// the rate limit.
    ///
    /// The member is a [`HomeMember`], or the uuid of one that an app stored. Pass the PIN where
    /// [`HomeMember::needs_pin`] says so.
    ///
    /// It was reported that plex.tv refuses this with 403 and no code to a client that is signed in
    /// by a Plex JWT: use one with an older token, as [`Client::pin_login`] without a device key
    /// gives, under a client identifier of its own.
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
    /// - `is_invalid_input`, before anything is sent: the member has no uuid, it is an account
    ///   number, or the PIN is empty.
    /// - `is_home_pin_required` when the PIN is missing or wrong.
    /// - `is_forbidden` without a code: see above.
    /// - `is_not_found` when there is no such member.
    /// - whatever any call can fail with.
    ///
    /// Calls `POST /api/v2/home/users/{uuid}/switch`.
    pub async fn switch_home_user(&self, member: impl Into<HomeUuid>, pin: Option<&str>) -> Result<Self, Error> {
        let uuid = member.into().check()?;
        if pin.is_some_and(|pin| pin.trim().is_empty()) {
            return Err(Error::invalid_input("the PIN is empty; pass none where none is needed"));
        }
        // Each attempt with a wrong PIN counts.
        let once = self.with_retry(RetryPolicy::off());
        let user = once.v2().switch_home_user(uuid).maybe_pin(pin).send().await?;
        Ok(self.with_token(Token::new(user.auth_token.unwrap_or_default())?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_uuid_is_told() {
        for uuid in ["", " ", "7654321", "1"] {
            assert!(HomeUuid::from(uuid).check().unwrap_err().is_invalid_input(), "{uuid:?}");
        }
        assert!(HomeUuid(None).check().unwrap_err().is_invalid_input());
        for uuid in ["fedcba9876543210", "1234567890123456", "u"] {
            assert_eq!(HomeUuid::from(uuid).check().unwrap(), uuid);
        }
    }
}
