use std::collections::HashMap;

use crate::data::{ACCOUNT, ACCOUNT_TOKEN, Account};
use crate::random;

/// Who a token speaks for, and on which installation.
#[derive(Clone, Debug)]
struct Session {
    account: &'static Account,
    client_identifier: String,
}

/// The tokens that are valid now.
#[derive(Debug)]
pub(crate) struct Sessions(HashMap<String, Session>);

impl Default for Sessions {
    fn default() -> Self {
        let built_in = Session { account: &ACCOUNT, client_identifier: String::new() };
        Self(HashMap::from([(String::from(ACCOUNT_TOKEN), built_in)]))
    }
}

impl Sessions {
    pub(crate) fn account(&self, token: &str) -> Option<&'static Account> {
        self.0.get(token).map(|session| session.account)
    }

    /// Issues a token. As on plex.tv there is one per account and installation: the previous one stops working.
    pub(crate) fn issue(&mut self, account: &'static Account, client_identifier: &str) -> String {
        self.0.retain(|_, session| session.account.id != account.id || session.client_identifier != client_identifier);
        let token = random::token();
        let session = Session { account, client_identifier: String::from(client_identifier) };
        self.0.insert(token.clone(), session);
        token
    }

    pub(crate) fn revoke(&mut self, token: &str) {
        self.0.remove(token);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_token_replaces_the_one_of_the_same_installation_only() {
        let mut sessions = Sessions::default();
        let first = sessions.issue(&ACCOUNT, "tv");
        let other = sessions.issue(&ACCOUNT, "phone");

        let second = sessions.issue(&ACCOUNT, "tv");

        assert!(sessions.account(&first).is_none());
        assert!(sessions.account(&other).is_some());
        assert!(sessions.account(&second).is_some());
        assert!(sessions.account(ACCOUNT_TOKEN).is_some());
    }
}
