//! A working connection to a server.

use super::kind::ConnectionKind;
use crate::{Token, runtime::short_debug, v2::types::Connection};

/// A connection at which the right server answered, with the token for its requests.
#[derive(Clone)]
pub struct ServerConnection {
    pub(super) uri: String,
    pub(super) access_token: Token,
    pub(super) connection: Connection,
}

short_debug!(ServerConnection(connection) {
    uri: connection.uri,
    kind: connection.kind(),
    access_token: connection.access_token,
});

impl ServerConnection {
    /// The origin at which the server answered: scheme, host, and the port unless it is the default
    /// one. Append paths, as in `{uri}/library/sections`.
    ///
    /// Some servers allow `http://`. Anyone on the path can then read the token and everything
    /// else.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The token for requests to this server, in the header `X-Plex-Token`. Do not send the
    /// account's own token.
    pub fn access_token(&self) -> &Token {
        &self.access_token
    }

    /// How the connection reaches the server.
    pub fn kind(&self) -> ConnectionKind {
        ConnectionKind::from(&self.connection)
    }

    /// Everything that plex.tv returned about the connection.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }
}
