use std::collections::HashMap;

use crate::random;
use crate::state::AccountId;

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Lives until it is replaced or signed out.
    Legacy,
    /// A Plex JWT that expires at this time, in epoch seconds.
    Jwt { expires: i64 },
}

/// The account and the installation that a token belongs to.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) account: AccountId,
    /// Empty for tokens that are valid on every installation.
    pub(crate) client_identifier: String,
    pub(crate) kind: Kind,
}

impl Session {
    fn is_of(&self, account: AccountId, client_identifier: &str) -> bool {
        self.account == account && self.client_identifier == client_identifier
    }
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Unknown,
    Expired,
}

/// The tokens that were issued and not revoked.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    by_token: HashMap<String, Session>,
    /// The pairs of account and installation that ever had a JWT, with the older token that the
    /// device list still shows. Media servers accept that token; plex.tv does not.
    with_jwt: HashMap<(AccountId, String), Option<String>>,
}

impl Sessions {
    /// Adds a token that is valid on every installation.
    pub(crate) fn grant(&mut self, account: AccountId, token: &str) {
        let session = Session { account, client_identifier: String::new(), kind: Kind::Legacy };
        self.by_token.insert(String::from(token), session);
    }

    /// Returns the token of an account that is valid on every installation.
    pub(crate) fn granted(&self, account: AccountId) -> Option<&str> {
        let wanted = |session: &Session| session.is_of(account, "");
        self.by_token.iter().find(|(_, session)| wanted(session)).map(|(token, _)| token.as_str())
    }

    /// Returns the session of a token. A JWT is valid only on its own installation, and for a week.
    pub(crate) fn find(&self, token: &str, client_identifier: &str, now: i64) -> Result<&Session, Refusal> {
        let session = self.by_token.get(token).ok_or(Refusal::Unknown)?;
        match session.kind {
            Kind::Jwt { .. } if session.client_identifier != client_identifier => Err(Refusal::Unknown),
            Kind::Jwt { expires } if expires <= now => Err(Refusal::Expired),
            _ => Ok(session),
        }
    }

    /// Issues a token. As on plex.tv, there is one per account and installation, so the previous
    /// one stops working. If a JWT was issued there before, the new token does not work.
    pub(crate) fn issue(&mut self, account: AccountId, client_identifier: &str) -> String {
        self.end_legacy(account, client_identifier);
        let token = random::token();
        if !self.with_jwt.contains_key(&(account, String::from(client_identifier))) {
            let session = Session { account, client_identifier: String::from(client_identifier), kind: Kind::Legacy };
            self.by_token.insert(token.clone(), session);
        }
        token
    }

    /// Adds a valid JWT, and ends the legacy token of its account and installation.
    pub(crate) fn add_jwt(&mut self, jwt: String, account: AccountId, client_identifier: &str, expires: i64) {
        self.end_legacy(account, client_identifier);
        let client_identifier = String::from(client_identifier);
        self.with_jwt.entry((account, client_identifier.clone())).or_insert_with(|| Some(random::token()));
        self.by_token.insert(jwt, Session { account, client_identifier, kind: Kind::Jwt { expires } });
    }

    /// Returns the token that the device list shows for an installation.
    pub(crate) fn listed_token(&self, account: AccountId, client_identifier: &str) -> Option<&str> {
        let wanted = |session: &Session| session.kind == Kind::Legacy && session.is_of(account, client_identifier);
        let good = self.by_token.iter().find(|(_, session)| wanted(session)).map(|(token, _)| token.as_str());
        let of_jwt = || self.with_jwt.get(&(account, String::from(client_identifier)))?.as_deref();
        good.or_else(of_jwt)
    }

    /// Returns the account whose device list shows this token for a JWT device.
    pub(crate) fn account_of_listed(&self, token: &str) -> Option<AccountId> {
        self.with_jwt.iter().find(|(_, listed)| listed.as_deref() == Some(token)).map(|((account, _), _)| *account)
    }

    pub(crate) fn revoke(&mut self, token: &str) {
        self.by_token.remove(token);
    }

    /// Ends every token of an account on an installation.
    pub(crate) fn revoke_all(&mut self, account: AccountId, client_identifier: &str) {
        self.by_token.retain(|_, session| !session.is_of(account, client_identifier));
        if let Some(listed) = self.with_jwt.get_mut(&(account, String::from(client_identifier))) {
            *listed = None;
        }
    }

    /// Ends every token of an account.
    pub(crate) fn revoke_account(&mut self, account: AccountId) {
        self.by_token.retain(|_, session| session.account != account);
        self.with_jwt.retain(|(of, _), _| *of != account);
    }

    fn end_legacy(&mut self, account: AccountId, client_identifier: &str) {
        self.by_token.retain(|_, session| session.kind != Kind::Legacy || !session.is_of(account, client_identifier));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT: AccountId = 7;

    #[test]
    fn a_new_token_replaces_the_one_of_the_same_installation_only() {
        let mut sessions = Sessions::default();
        sessions.grant(ACCOUNT, "given");
        let first = sessions.issue(ACCOUNT, "tv");
        let other = sessions.issue(ACCOUNT, "phone");

        let second = sessions.issue(ACCOUNT, "tv");

        let good = |token: &str| sessions.find(token, "anything", 0).is_ok();
        assert_eq!([&first, &other, &second].map(|token| good(token)), [false, true, true]);
        assert!(good("given"));
    }

    #[test]
    fn a_jwt_ends_the_legacy_token_and_makes_the_next_ones_useless() {
        let mut sessions = Sessions::default();
        let before = sessions.issue(ACCOUNT, "tv");

        sessions.add_jwt(String::from("a.b.c"), ACCOUNT, "tv", 7);

        assert_eq!(sessions.find(&before, "tv", 6).unwrap_err(), Refusal::Unknown);
        let after = sessions.issue(ACCOUNT, "tv");
        assert_eq!(sessions.find(&after, "tv", 6).unwrap_err(), Refusal::Unknown);
        assert!(sessions.find("a.b.c", "tv", 6).is_ok());
        assert_eq!(sessions.find("a.b.c", "phone", 6).unwrap_err(), Refusal::Unknown);
        assert_eq!(sessions.find("a.b.c", "tv", 7).unwrap_err(), Refusal::Expired);
    }
}
