//! One server shared with one person.

use super::{Filter, Invitee, Media, extent, settings};
use crate::{
    Client, Error, ErrorKind,
    runtime::short_debug,
    v2::types::{Friend, SharedLibrary, SharedServer, SharingSettings},
};

/// A server of the user that is shared with somebody, accepted or not.
///
/// [`Server::share_with`](crate::Server::share_with) creates one, and
/// [`Server::shares`](crate::Server::shares) lists the existing ones. It is a snapshot. A change
/// reads the current state first, since plex.tv replaces the whole list of libraries, and returns
/// the changed share. Two changes at the same moment can still overwrite each other.
#[derive(Clone)]
pub struct Share {
    client: Client,
    details: SharedServer,
}

short_debug!(Share(share) {
    id: share.id(),
    person: share.person_name(),
    server: share.server_name(),
    pending: share.is_pending(),
    all_libraries: share.has_all_libraries(),
    libraries: extent::titles(share.details()),
});

impl Share {
    pub(super) fn new(client: Client, details: SharedServer) -> Self {
        Self { client, details }
    }

    pub(super) fn with_details(&self, details: SharedServer) -> Self {
        Self::new(self.client.clone(), details)
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// The share id at plex.tv.
    pub fn id(&self) -> i64 {
        self.details.id
    }

    /// The display name of the person, or else their e-mail address. Empty when plex.tv gave
    /// neither.
    pub fn person_name(&self) -> &str {
        name_of(self.details.invited.as_ref()).or(self.details.invited_email.as_deref()).unwrap_or_default()
    }

    /// The person, by account, or else by the e-mail address of the invite.
    pub fn invitee(&self) -> Option<Invitee> {
        let id = id_of(&self.details);
        let address = || self.details.invited_email.clone().filter(|address| !address.is_empty());
        id.map(Invitee::Id).or_else(|| address().map(Invitee::Email))
    }

    pub(super) fn person(&self) -> Result<Invitee, Error> {
        let nobody = || Error::new(ErrorKind::Decode, "plex.tv does not say with whom this is shared");
        self.invitee().ok_or_else(nobody)
    }

    /// Whether the person has not accepted it yet.
    pub fn is_pending(&self) -> bool {
        self.details.accepted == Some(false)
    }

    /// Whether the person sees all libraries, including later ones.
    pub fn has_all_libraries(&self) -> bool {
        self.details.all_libraries.unwrap_or_default()
    }

    /// The libraries that the person sees.
    pub fn libraries(&self) -> &[SharedLibrary] {
        &self.details.libraries
    }

    /// What the person may do, and what is hidden from them, if plex.tv sent it. It holds for all
    /// servers of the user.
    pub fn settings(&self) -> Option<&SharingSettings> {
        self.details.sharing_settings.as_ref()
    }

    /// The filter for what the person sees of one kind of media.
    pub fn filter(&self, media: Media) -> Filter {
        self.settings().map(|settings| settings::filter_of(settings, media)).unwrap_or_default()
    }

    /// The name of the server.
    pub fn server_name(&self) -> &str {
        self.details.name.as_deref().unwrap_or_default()
    }

    /// Everything that plex.tv returned about the share.
    pub fn details(&self) -> &SharedServer {
        &self.details
    }

    /// Ends the share, or cancels the invite if it has not been accepted yet. It is not an error if
    /// the share has already ended.
    ///
    /// To end all shares with a person, see
    /// [`Client::stop_sharing_with`](crate::Client::stop_sharing_with).
    ///
    /// # Errors
    /// The errors of any call.
    ///
    /// Calls `DELETE /api/v2/shared_servers/{sharedServerId}`.
    pub async fn revoke(&self) -> Result<(), Error> {
        end(&self.client, self.id()).await
    }
}

/// Ends a share, whichever side asks. A share that no longer exists counts as ended.
pub(super) async fn end(client: &Client, id: i64) -> Result<(), Error> {
    match client.v2().delete_shared_server(id).send().await {
        Err(error) if error.is_not_found() => Ok(()),
        outcome => outcome,
    }
}

/// The account number of the person, if they have an account. Some lists have 0 for nobody.
pub(super) fn id_of(share: &SharedServer) -> Option<i64> {
    let ids = [share.invited_id, share.invited.as_ref().map(|person| person.id)];
    ids.into_iter().flatten().find(|id| *id > 0)
}

/// The display name of a person, if there is one.
pub(super) fn name_of(person: Option<&Friend>) -> Option<&str> {
    let person = person?;
    let names = [&person.title, &person.friendly_name, &person.username, &person.email];
    names.into_iter().flatten().map(String::as_str).find(|name| !name.is_empty())
}
