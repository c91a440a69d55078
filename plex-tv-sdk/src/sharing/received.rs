//! Servers that others share.

use super::{
    extent,
    share::{end, name_of},
};
use crate::{
    Client, Error,
    runtime::short_debug,
    v2::types::{SharedLibrary, SharedServer},
};

/// A server that somebody shares, or offers to share, with the user: see
/// [`Client::received_invites`].
#[derive(Clone)]
pub struct ReceivedShare {
    client: Client,
    details: SharedServer,
}

short_debug!(ReceivedShare(share) {
    id: share.id(),
    owner: share.owner_name(),
    server: share.server_name(),
    pending: share.is_pending(),
    all_libraries: share.has_all_libraries(),
    libraries: extent::titles(share.details()),
});

impl ReceivedShare {
    pub(super) fn new(client: Client, details: SharedServer) -> Self {
        Self { client, details }
    }

    /// The share id at plex.tv.
    pub fn id(&self) -> i64 {
        self.details.id
    }

    /// The display name of the server's owner. Empty when plex.tv gave none.
    pub fn owner_name(&self) -> &str {
        name_of(self.details.owner.as_ref()).unwrap_or_default()
    }

    /// The name of the server.
    pub fn server_name(&self) -> &str {
        self.details.name.as_deref().unwrap_or_default()
    }

    /// Whether the user sees all libraries, including later ones.
    pub fn has_all_libraries(&self) -> bool {
        self.details.all_libraries.unwrap_or_default()
    }

    /// The libraries that are shared.
    pub fn libraries(&self) -> &[SharedLibrary] {
        &self.details.libraries
    }

    /// Whether the user has not accepted it yet.
    pub fn is_pending(&self) -> bool {
        self.details.accepted == Some(false)
    }

    /// Everything that plex.tv returned about the share.
    pub fn details(&self) -> &SharedServer {
        &self.details
    }

    /// Accepts the invite. The server is then among [`Client::servers`].
    ///
    /// # Errors
    /// `is_not_found` when the invite is gone or already accepted, and the errors of any call.
    ///
    /// Calls `POST /api/v2/shared_servers/{sharedServerId}/accept`.
    pub async fn accept(&self) -> Result<(), Error> {
        self.client.v2().accept_shared_server(self.id()).send().await
    }

    /// Declines the invite, or leaves the share if it was accepted. It is not an error if the
    /// invite is gone.
    ///
    /// # Errors
    /// The errors of any call.
    ///
    /// Calls `DELETE /api/v2/shared_servers/{sharedServerId}`.
    pub async fn decline(&self) -> Result<(), Error> {
        end(&self.client, self.id()).await
    }
}
