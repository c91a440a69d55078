//! Shares libraries with everyone who already sees a server.

use super::{
    Libraries, ShareChange, ShareOutcome,
    library::{check, resolve},
};
use crate::{Error, Server};

impl Server {
    /// Shares these libraries with everyone this server is already shared with, including people
    /// with a pending invite. The libraries that are shared with them so far stay shared.
    ///
    /// The shares are changed one after the other. If there are many,
    /// [`ClientBuilder::spacing`](crate::ClientBuilder::spacing) keeps the calls apart.
    ///
    /// ```no_run
    /// # async fn example(server: plex_tv_sdk::Server) -> Result<(), plex_tv_sdk::Error> {
    /// use plex_tv_sdk::{Libraries, printable};
    ///
    /// for outcome in server.share_with_everyone(Libraries::titled(["TV Shows"])).await? {
    ///     if let Err(error) = outcome.result {
    ///         println!("not with {}: {error}", printable(&outcome.person));
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// - `is_invalid_input`, before anything is sent: no library is named, or the server belongs to
    ///   somebody else.
    /// - `is_unknown_library`, `is_ambiguous_library`: nothing was changed.
    /// - `is_decode` when a share cannot be read. Nothing was changed.
    /// - The errors of the calls that list libraries and shares. The failure of one share is in its
    ///   [`ShareOutcome`].
    ///
    /// Calls `GET /api/v2/servers/{machineIdentifier}`,
    /// `GET /api/v2/shared_servers/owned/{status}`, twice, and, for each share that changes, `GET`
    /// and `POST /api/v2/shared_servers/{sharedServerId}`.
    pub async fn share_with_everyone(&self, libraries: Libraries) -> Result<Vec<ShareOutcome>, Error> {
        self.check_owned()?;
        check(&libraries)?;
        let known = self.libraries().await?;
        let added = resolve(&libraries, &known)?;
        let mut outcomes = Vec::new();
        for share in self.every_share().await? {
            let result = share.added(&added, &known).await.map(ShareChange::of);
            outcomes.push(ShareOutcome { person: share.person_name().to_owned(), invitee: share.invitee(), result });
        }
        Ok(outcomes)
    }
}
