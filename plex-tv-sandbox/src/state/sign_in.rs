//! Legacy tokens: signing in with a password, switching home users, and signing out.

use super::{AccountId, People, Person, Shared, SignIn};
use crate::device::Installation;
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
    pub(crate) fn session(&self, token: &str, client_identifier: &str) -> Result<(Session, Person), Fail> {
        let now = self.epoch_seconds();
        let state = self.state();
        let session = state.access.sessions.find(token, client_identifier, now).map_err(|refusal| match refusal {
            Refusal::Unknown => Fail::UNAUTHENTICATED,
            Refusal::Expired => Fail::jwt_expired(),
        })?;
        let person = state.people.get(session.account).ok_or(Fail::UNAUTHENTICATED)?;
        Ok((session.clone(), person.clone()))
    }

    pub(crate) fn sign_in(
        &self,
        credentials: &Credentials,
        installation: &Installation,
    ) -> Result<(Person, String), Fail> {
        let now = self.now();
        let mut state = self.state();
        if state.attempts.are_blocked(now) {
            return Err(Fail::ADDRESS_BLOCKED);
        }
        match authenticate(&state.people, credentials) {
            Ok(person) => {
                let person = person.clone();
                state.attempts.succeeded();
                let token = state.access.sign_in(person.id, installation);
                Ok((person, token))
            }
            Err(refusal) => {
                if refusal.is_a_guess {
                    state.attempts.failed(now);
                }
                Err(refusal.fail)
            }
        }
    }

    /// Splits an appended verification code from a password, as version 1 sends it.
    pub(crate) fn split_password(&self, login: &str, password: String) -> (String, Option<String>) {
        let state = self.state();
        let has_two_factor = state.people.by_login(login).is_some_and(Person::has_two_factor);
        let split = password.len().checked_sub(6).and_then(|at| password.split_at_checked(at));
        match split.filter(|(_, code)| has_two_factor && code.bytes().all(|byte| byte.is_ascii_digit())) {
            Some((password, code)) => (String::from(password), Some(String::from(code))),
            None => (password, None),
        }
    }

    /// Issues a token for another member of the Home.
    pub(crate) fn switch(&self, to: &Person, pin: Option<&str>, installation: &Installation) -> Result<String, Fail> {
        if to.home_pin.is_some() && to.home_pin.as_deref() != pin {
            return Err(Fail::HOME_PIN_REQUIRED);
        }
        Ok(self.state().access.sign_in(to.id, installation))
    }

    /// Creates an anonymous account.
    pub(crate) fn sign_in_anonymously(&self, installation: &Installation) -> (Person, String) {
        let mut state = self.state();
        let person = state.people.add("Guest", SignIn::Anonymous).clone();
        let token = state.access.sign_in(person.id, installation);
        (person, token)
    }

    /// Changes the password of an account.
    pub(crate) fn change_password(&self, account: AccountId, current: &str, new: &str) -> Result<(), Fail> {
        let mut state = self.state();
        let person = state.people.get_mut(account).ok_or(Fail::UNAUTHENTICATED)?;
        let equals_a_name = person.is_called(new);
        let SignIn::Password { password, .. } = &mut person.sign_in else {
            return Err(Fail::PASSWORD_REQUIRED);
        };
        if password != current {
            return Err(Fail::PASSWORD_REQUIRED);
        }
        if new.chars().count() < Self::SHORTEST_PASSWORD {
            return Err(Fail::PASSWORD_TOO_SHORT);
        }
        if equals_a_name {
            return Err(Fail::PASSWORD_IS_A_NAME);
        }
        *password = String::from(new);
        Ok(())
    }

    const SHORTEST_PASSWORD: usize = 8;

    pub(crate) fn sign_out(&self, token: &str) {
        self.state().access.sessions.revoke(token);
    }
}

/// A sign-in that failed.
struct Refused {
    fail: Fail,
    /// Whether it counts against the caller.
    is_a_guess: bool,
}

fn authenticate<'a>(people: &'a People, credentials: &Credentials) -> Result<&'a Person, Refused> {
    let guess = |fail| Err(Refused { fail, is_a_guess: true });
    let ask = |fail| Err(Refused { fail, is_a_guess: false });
    let Some(person) = people.by_login(&credentials.login) else {
        return guess(Fail::UNAUTHENTICATED);
    };
    let SignIn::Password { password, verification_code } = &person.sign_in else {
        return ask(Fail::EMAIL_SIGN_IN_ONLY);
    };
    if credentials.password != *password {
        return guess(Fail::UNAUTHENTICATED);
    }
    match (verification_code, &credentials.verification_code) {
        (Some(_), None) => ask(Fail::VERIFICATION_CODE_REQUIRED),
        (Some(expected), Some(given)) if expected != given => guess(Fail::VERIFICATION_CODE_WRONG),
        _ => Ok(person),
    }
}
