//! Sign-in with a password.

use std::fmt;

use crate::{Client, Error, RetryPolicy, Secret, Token, runtime::clock::BoxFuture, v2::types::SignInBody};

impl Client {
    /// Signs in with a user name or e-mail address and a password.
    ///
    /// Prefer [`Client::pin_login`]: the user then types the password at plex.tv, and this program
    /// never sees it. Accounts created with Google, Apple or Facebook have no password and can sign
    /// in only that way.
    ///
    /// The password is sent once and never retried. It is wiped from memory when the last value
    /// that holds it is dropped. After several wrong passwords, plex.tv blocks the network address
    /// (`is_address_blocked`).
    ///
    /// ```no_run
    /// # fn ask() -> String { String::new() }
    /// # async fn example(client: plex_tv_sdk::Client) -> Result<(), plex_tv_sdk::Error> {
    /// use plex_tv_sdk::SignIn;
    ///
    /// let client = match client.sign_in("user@example.com", "password").await? {
    ///     SignIn::Done(client) => client,
    ///     SignIn::TwoFactorRequired(waiting) => waiting.verification_code(ask()).await?,
    /// };
    /// # Ok(())
    /// # }
    /// ```
    pub fn sign_in(&self, login: impl Into<String>, password: impl Into<Secret>) -> PasswordSignIn {
        PasswordSignIn {
            attempt: Attempt { client: self.clone(), login: login.into(), password: password.into(), remember: false },
        }
    }
}

/// A sign-in with a password that has not been sent. Returned by [`Client::sign_in`]; `.await`
/// sends it.
#[derive(Clone, Debug)]
#[must_use = "nothing happens before `.await`"]
pub struct PasswordSignIn {
    attempt: Attempt,
}

/// The outcome of a sign-in with a password.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// Signed in.
    Done(Client),
    /// The password is correct, and the account has a second factor.
    TwoFactorRequired(TwoFactorRequired),
}

/// A sign-in that waits for the six digits of the second factor. It keeps the password until then.
#[derive(Clone, Debug)]
#[must_use = "nobody is signed in before the code is sent"]
pub struct TwoFactorRequired {
    attempt: Attempt,
}

#[derive(Clone)]
struct Attempt {
    client: Client,
    login: String,
    password: Secret,
    remember: bool,
}

impl PasswordSignIn {
    /// Asks for a session of about 14 days instead of the usual lifetime.
    pub fn remember_me(mut self) -> Self {
        self.attempt.remember = true;
        self
    }

    /// # Errors
    /// `is_auth` with code 1001 when the name or the password is wrong; `is_email_sign_in_only`;
    /// `is_address_blocked`; otherwise the errors of any call.
    ///
    /// Calls `POST /api/v2/users/signin`.
    async fn send(self) -> Result<SignIn, Error> {
        match self.attempt.send(None).await {
            Ok(client) => Ok(SignIn::Done(client)),
            Err(error) if error.is_two_factor_required() => {
                Ok(SignIn::TwoFactorRequired(TwoFactorRequired { attempt: self.attempt }))
            }
            Err(error) => Err(error),
        }
    }
}

impl IntoFuture for PasswordSignIn {
    type Output = Result<SignIn, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl TwoFactorRequired {
    /// Sends the password and the code. It can be called again after a wrong code.
    ///
    /// # Errors
    /// `is_verification_code_wrong`; `is_address_blocked` after too many wrong ones; otherwise the
    /// errors of any call.
    ///
    /// Calls `POST /api/v2/users/signin`.
    pub async fn verification_code(&self, code: impl Into<Secret>) -> Result<Client, Error> {
        // People type the code in groups of digits.
        let digits: String = code.into().expose().split_whitespace().collect();
        self.attempt.send(Some(digits.into())).await
    }
}

impl Attempt {
    async fn send(&self, verification_code: Option<Secret>) -> Result<Client, Error> {
        if self.login.trim().is_empty() || self.password.expose().is_empty() {
            return Err(Error::invalid_input("the name or the password is empty"));
        }
        let body = SignInBody::new(self.login.trim(), self.password.clone())
            .maybe_remember_me(self.remember.then_some(true))
            .maybe_verification_code(verification_code);
        let once = self.client.with_retry(RetryPolicy::off());
        let user = once.v2().sign_in(body).send().await?;
        self.client.signed_in(Token::new(user.auth_token.unwrap_or_default())?).await
    }
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("password", &self.password)
            .field("remember", &self.remember)
            .finish_non_exhaustive()
    }
}
