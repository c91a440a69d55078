//! A connection that was found.

use super::kind::ConnectionKind;
use crate::{Token, v2::types::Connection};

/// A connection at which the right server answered, and what its requests need.
#[derive(Clone, Debug)]
pub struct ServerConnection {
    pub(super) uri: String,
    pub(super) access_token: Token,
    pub(super) connection: Connection,
}

impl ServerConnection {
    /// The origin of the server as it was parsed and asked: scheme, host, and the port unless it is
    /// the usual one. Paths go behind it, as in `{uri}/library/sections`.
    ///
    /// Some servers allow `http://`. Whoever is on the way can read the token and everything else
    /// then.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The token for requests to this server, in the header `X-Plex-Token`. The account's own token
    /// does not belong there.
    pub fn access_token(&self) -> &Token {
        &self.access_token
    }

    /// How it leads to the server.
    pub fn kind(&self) -> ConnectionKind {
        ConnectionKind::from(&self.connection)
    }

    /// All that plex.tv says of it.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }
}
