//! The kinds of connections.

use std::fmt;

use crate::v2::types::Connection;

/// How a connection reaches a server, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConnectionKind {
    /// Within a shared local network.
    Local,
    /// Through the internet.
    Remote,
    /// Through plex.tv, which limits the bandwidth.
    Relay,
}

impl From<&Connection> for ConnectionKind {
    fn from(connection: &Connection) -> Self {
        match (connection.relay, connection.local) {
            (Some(true), _) => Self::Relay,
            (_, Some(true)) => Self::Local,
            _ => Self::Remote,
        }
    }
}

impl fmt::Display for ConnectionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Local => "local",
            Self::Remote => "remote",
            Self::Relay => "relay",
        })
    }
}
