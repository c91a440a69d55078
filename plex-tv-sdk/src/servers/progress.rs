//! Progress while connections are tried.

use super::kind::ConnectionKind;
use crate::{Error, v2::types::Connection};

/// The progress of [`Server::connect`](crate::Server::connect), after each connection that
/// answered or failed: see [`Connect::on_progress`](crate::Connect::on_progress).
#[derive(Debug)]
#[non_exhaustive]
pub struct ConnectProgress<'a> {
    /// The connection.
    pub connection: &'a Connection,
    /// Why it cannot be used. `None` when the server answered.
    pub failure: Option<&'a Error>,
    /// The number of connections that have not answered or failed yet.
    pub pending: usize,
}

impl ConnectProgress<'_> {
    /// How the connection reaches the server.
    pub fn kind(&self) -> ConnectionKind {
        ConnectionKind::from(self.connection)
    }
}

pub(super) type OnProgress<'a> = Box<dyn FnMut(&ConnectProgress<'_>) + Send + 'a>;
