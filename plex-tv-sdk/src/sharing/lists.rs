//! Lists of what the user shares, and what others share with them.

use std::collections::HashSet;

use super::{Share, received::ReceivedShare};
use crate::{
    Client, Error, ErrorKind, Rows, Server,
    v2::types::{ShareStatus, SharedServer},
};

impl Server {
    /// Lists the shares of this server, including pending invites.
    ///
    /// Rows that cannot be read are left out; the generated call `list_owned_shared_servers`
    /// returns them.
    ///
    /// ```no_run
    /// # async fn example(server: plex_tv_sdk::Server) -> Result<(), plex_tv_sdk::Error> {
    /// use plex_tv_sdk::printable;
    ///
    /// for share in server.shares().await? {
    ///     println!("{} sees {} libraries", printable(share.person_name()), share.libraries().len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of any call.
    ///
    /// Calls `GET /api/v2/shared_servers/owned/{status}`, twice.
    pub async fn shares(&self) -> Result<Vec<Share>, Error> {
        let shares = self.client().shares().await?;
        Ok(shares.into_iter().filter(|share| self.is_shared_by(share)).collect())
    }

    /// The same, but fails if a row cannot be read.
    ///
    /// # Errors
    /// `is_decode` when there is such a row, or one that may be of this server.
    pub(super) async fn every_share(&self) -> Result<Vec<Share>, Error> {
        let lists = self.client().both_lists().await?;
        let refuse = |why: &str| {
            let message = format!("a share cannot be read, so the list would not be complete: {why}");
            Err(Error::new(ErrorKind::Decode, message))
        };
        if let Some(row) = lists.iter().find_map(|rows| rows.rejected().first()) {
            return refuse(row.reason());
        }
        let mut shares = self.client().merged(lists);
        if shares.iter().any(|share| share.details().machine_identifier.as_deref().unwrap_or_default().is_empty()) {
            return refuse("it does not name its server");
        }
        shares.retain(|share| self.is_shared_by(share));
        Ok(shares)
    }

    fn is_shared_by(&self, share: &Share) -> bool {
        share.details().machine_identifier.as_deref() == Some(self.machine_identifier())
    }
}

impl Client {
    /// Lists the shares of all servers of the user, including pending invites.
    ///
    /// Rows that cannot be read are left out; the generated call `list_owned_shared_servers`
    /// returns them.
    ///
    /// # Errors
    /// The errors of any call.
    ///
    /// Calls `GET /api/v2/shared_servers/owned/{status}`, twice.
    pub async fn shares(&self) -> Result<Vec<Share>, Error> {
        Ok(self.merged(self.both_lists().await?))
    }

    /// Reads the accepted shares and the pending ones. The pending ones are read first: a share
    /// that is accepted in between would otherwise be in neither list.
    async fn both_lists(&self) -> Result<[Rows<SharedServer>; 2], Error> {
        let pending = self.shares_of(ShareStatus::Pending).await?;
        Ok([self.shares_of(ShareStatus::Accepted).await?, pending])
    }

    /// The shares of both lists, each once. A share in both lists was accepted in between.
    fn merged(&self, lists: [Rows<SharedServer>; 2]) -> Vec<Share> {
        let mut known = HashSet::new();
        let rows = lists.into_iter().flatten().filter(|details| !has_ended(details) && known.insert(details.id));
        rows.map(|details| Share::new(self.clone(), details)).collect()
    }

    /// Lists the invites of the user that have not been accepted yet. [`Share::revoke`] cancels
    /// one.
    ///
    /// # Errors
    /// The errors of any call.
    ///
    /// Calls `GET /api/v2/shared_servers/owned/{status}`.
    pub async fn sent_invites(&self) -> Result<Vec<Share>, Error> {
        let shares = self.shares_of(ShareStatus::Pending).await?.into_iter().filter(|details| !has_ended(details));
        Ok(shares.map(|details| Share::new(self.clone(), details)).collect())
    }

    /// Lists the invites from others that the user has not accepted yet.
    ///
    /// ```no_run
    /// # async fn example(client: plex_tv_sdk::Client) -> Result<(), plex_tv_sdk::Error> {
    /// use plex_tv_sdk::printable;
    ///
    /// for invite in client.received_invites().await? {
    ///     println!("{} shares {}", printable(invite.owner_name()), printable(invite.server_name()));
    ///     invite.accept().await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of any call.
    ///
    /// Calls `GET /api/v2/shared_servers/invites/received/{status}`.
    pub async fn received_invites(&self) -> Result<Vec<ReceivedShare>, Error> {
        self.received(ShareStatus::Pending).await
    }

    /// Lists the shares from others that the user has accepted. [`Client::servers`] lists the
    /// servers themselves.
    ///
    /// # Errors
    /// The errors of any call.
    ///
    /// Calls `GET /api/v2/shared_servers/invites/received/{status}`.
    pub async fn received_shares(&self) -> Result<Vec<ReceivedShare>, Error> {
        self.received(ShareStatus::Accepted).await
    }

    /// Ends all shares with a person, on all servers. The friendship stays. It is not an error if
    /// nothing is shared with them.
    ///
    /// # Errors
    /// `is_invalid_input` when it cannot be an account number, and the errors of any call.
    ///
    /// Calls `DELETE /api/v2/sharings/{userId}`.
    pub async fn stop_sharing_with(&self, account_id: i64) -> Result<(), Error> {
        if account_id <= 0 {
            return Err(Error::invalid_input("an account number must be 1 or more"));
        }
        match self.v2().remove_sharing(account_id).send().await {
            Err(error) if error.is_not_found() => Ok(()),
            outcome => outcome,
        }
    }

    async fn shares_of(&self, status: ShareStatus) -> Result<Rows<SharedServer>, Error> {
        self.v2().list_owned_shared_servers(status).send().await
    }

    async fn received(&self, status: ShareStatus) -> Result<Vec<ReceivedShare>, Error> {
        let people = self.v2().list_received_invites(status).send().await?;
        let shares = people.into_iter().flat_map(|person| {
            let owner = person.owner;
            person.shared_servers.into_iter().map(move |mut share| {
                share.owner = share.owner.take().or_else(|| owner.clone());
                share
            })
        });
        let shares = shares.filter(|details| !has_ended(details));
        Ok(shares.map(|details| ReceivedShare::new(self.clone(), details)).collect())
    }
}

/// Whether the owner ended the share, or the person left it.
fn has_ended(share: &SharedServer) -> bool {
    share.deleted_at.is_some() || share.left_at.is_some()
}
