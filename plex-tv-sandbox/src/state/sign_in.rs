//! Tokens of the old kind: by password, by switching home users, and the end of them.

use super::Shared;
use crate::data::{Account, SignIn, account_by_login};
use crate::reply::Fail;
use crate::session::{Refusal, Session};

/// What a person types to sign in.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) login: String,
    pub(crate) password: String,
    pub(crate) verification_code: Option<String>,
}

impl Shared {
    pub(crate) fn session(&self, token: &str, client_identifier: &str) -> Result<Session, Fail> {
        let now = self.epoch_seconds();
        let state = self.lock();
        let session = state.access.sessions.find(token, client_identifier, now);
        session.cloned().map_err(|refusal| match refusal {
            Refusal::Unknown => Fail::UNAUTHENTICATED,
            Refusal::Expired => Fail::jwt_expired(),
        })
    }

    pub(crate) fn sign_in(
        &self,
        credentials: &Credentials,
        client_identifier: &str,
        product: &str,
    ) -> Result<(&'static Account, String), Fail> {
        let now = self.now();
        let mut state = self.lock();
        if state.attempts.are_blocked(now) {
            return Err(Fail::ADDRESS_BLOCKED);
        }
        match authenticate(credentials) {
            Ok(account) => {
                state.attempts.succeeded();
                Ok((account, state.access.sign_in(account, client_identifier, product)))
            }
            Err(refusal) => {
                if refusal.is_a_guess {
                    state.attempts.failed(now);
                }
                Err(refusal.fail)
            }
        }
    }

    /// A token for another member of the Home.
    pub(crate) fn switch(
        &self,
        to: &'static Account,
        pin: Option<&str>,
        client_identifier: &str,
        product: &str,
    ) -> Result<String, Fail> {
        if to.home_pin.is_some() && to.home_pin != pin {
            return Err(Fail::HOME_PIN_REQUIRED);
        }
        Ok(self.lock().access.sign_in(to, client_identifier, product))
    }

    pub(crate) fn sign_out(&self, token: &str) {
        self.lock().access.sessions.revoke(token);
    }
}

/// A sign-in that failed.
struct Refused {
    fail: Fail,
    /// Whether it counts against the caller.
    is_a_guess: bool,
}

fn authenticate(credentials: &Credentials) -> Result<&'static Account, Refused> {
    let guess = |fail| Err(Refused { fail, is_a_guess: true });
    let ask = |fail| Err(Refused { fail, is_a_guess: false });
    let Some(account) = account_by_login(&credentials.login) else {
        return guess(Fail::UNAUTHENTICATED);
    };
    let SignIn::Password { password, verification_code } = account.sign_in else {
        return ask(Fail::EMAIL_SIGN_IN_ONLY);
    };
    if credentials.password != password {
        return guess(Fail::UNAUTHENTICATED);
    }
    match (verification_code, &credentials.verification_code) {
        (Some(_), None) => ask(Fail::VERIFICATION_CODE_REQUIRED),
        (Some(expected), Some(given)) if expected != given => guess(Fail::VERIFICATION_CODE_WRONG),
        _ => Ok(account),
    }
}
