//! Where the token of a request comes from.

use std::fmt;

use crate::runtime::{clock::BoxFuture, error::Error, secret::Token};

/// Keeps a token fresh. All clones of a client for one user share it, so that many calls at once renew once.
pub(crate) trait Renewer: fmt::Debug + Send + Sync {
    /// The token as it is now, whether or not it will do.
    fn current(&self) -> Option<Token>;

    /// The token for an attempt that is about to be sent; a new one, should the old one end soon.
    ///
    /// An old token that still works is better than none: an error here ends the call.
    fn fresh(&self) -> BoxFuture<'_, Result<Option<Token>, Error>>;

    /// The token after the server said that `expired` is no longer one. Nothing means that there is none.
    fn renewed<'a>(&'a self, expired: &'a Token) -> BoxFuture<'a, Result<Option<Token>, Error>>;
}
