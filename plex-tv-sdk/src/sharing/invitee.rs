//! The person that something is shared with.

use crate::{Error, v2::types::Friend};

/// The person that something is shared with: their e-mail address, user name or account number.
///
/// A text with an `@` is an e-mail address; any other text is a user name. An address does not need
/// an account: plex.tv sends the invite by e-mail. A member of the Home and a friend convert to it,
/// too.
///
/// ```
/// use plex_tv_sdk::Invitee;
///
/// assert!(matches!(Invitee::from("friend@example.com"), Invitee::Email(_)));
/// assert!(matches!(Invitee::from("examplefriend"), Invitee::Username(_)));
/// assert!(matches!(Invitee::from(7654321), Invitee::Id(7654321)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Invitee {
    /// An e-mail address, with or without an account.
    Email(String),
    /// The user name of an account.
    Username(String),
    /// An account number, such as that of a member of the Home.
    Id(i64),
}

impl Invitee {
    /// # Errors
    /// `is_invalid_input` when it cannot name anybody.
    pub(super) fn check(self) -> Result<Self, Error> {
        match self {
            Self::Email(address) if !is_address(address.trim()) => {
                Err(Error::invalid_input("this is not an e-mail address; one looks like friend@example.com"))
            }
            Self::Email(address) => Ok(Self::Email(address.trim().to_owned())),
            Self::Username(name) if name.trim().is_empty() || name.contains(char::is_control) => {
                Err(Error::invalid_input("a user name is empty or contains a control character"))
            }
            Self::Username(name) => Ok(Self::Username(name.trim().to_owned())),
            Self::Id(id) if id <= 0 => Err(Error::invalid_input("an account number must be 1 or more")),
            Self::Id(id) => Ok(Self::Id(id)),
        }
    }

    /// The value for the member `invitedEmail`, in which plex.tv accepts an e-mail address or a
    /// user name.
    pub(super) fn login(&self) -> Option<&str> {
        match self {
            Self::Email(login) | Self::Username(login) => Some(login),
            Self::Id(_) => None,
        }
    }

    pub(super) fn id(&self) -> Option<i64> {
        match self {
            Self::Id(id) => Some(*id),
            Self::Email(_) | Self::Username(_) => None,
        }
    }
}

fn is_address(text: &str) -> bool {
    let is_odd = |character: char| character.is_whitespace() || character.is_control();
    text.rsplit_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty()) && !text.contains(is_odd)
}

impl From<&str> for Invitee {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<String> for Invitee {
    fn from(text: String) -> Self {
        if text.contains('@') { Self::Email(text) } else { Self::Username(text) }
    }
}

impl From<&String> for Invitee {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<i64> for Invitee {
    fn from(id: i64) -> Self {
        Self::Id(id)
    }
}

impl From<&Friend> for Invitee {
    fn from(friend: &Friend) -> Self {
        Self::Id(friend.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_decides_and_nobody_is_refused() {
        assert_eq!(Invitee::from(" friend@example.com ").check().unwrap().login(), Some("friend@example.com"));
        assert_eq!(Invitee::from("Example Friend").check().unwrap().login(), Some("Example Friend"));
        assert_eq!(Invitee::from("7654321").check().unwrap(), Invitee::Username("7654321".to_owned()));
        assert_eq!(Invitee::from(7_654_321).check().unwrap().id(), Some(7_654_321));

        for nobody in ["", "  ", "@", "a@", "@example.com", "a b@example.com", "a@exam\nple.com", "a\u{0}"] {
            assert!(Invitee::from(nobody).check().unwrap_err().is_invalid_input(), "{nobody:?}");
        }
        assert!(Invitee::from(0).check().unwrap_err().is_invalid_input());
    }
}
