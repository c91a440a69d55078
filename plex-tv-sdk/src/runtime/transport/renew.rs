//! The source of a token that is renewed.

use std::fmt;

use crate::runtime::{clock::BoxFuture, error::Error, secret::Token};

/// Keeps a token fresh. All clones of a client for one user share it, so that simultaneous calls
/// renew the token once.
pub(crate) trait Renewer: fmt::Debug + Send + Sync {
    /// Returns the current token, whether or not it is still valid.
    fn current(&self) -> Option<Token>;

    /// Returns the token for the next attempt. It is renewed first if it expires soon.
    ///
    /// An error here ends the call, so a token that is still valid should be returned when its
    /// renewal fails.
    fn fresh(&self) -> BoxFuture<'_, Result<Option<Token>, Error>>;

    /// Returns a new token after the server rejected `expired` as expired, or `None` if there is
    /// none.
    fn renewed<'a>(&'a self, expired: &'a Token) -> BoxFuture<'a, Result<Option<Token>, Error>>;
}
