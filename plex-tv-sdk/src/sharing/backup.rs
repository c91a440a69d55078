//! Backs up the shares of a server as values that can be stored, and restores them.

use serde::{Deserialize, Serialize};

use super::{
    Invitee, Libraries, Library, Share, ShareChange, ShareOutcome, extent,
    library::resolve,
    settings::{self, merged},
    share::id_of,
    share_with::Order,
};
use crate::{
    Choice, Error, Server,
    v2::types::{SharedLibrary, SharingSettings},
};

/// The version of the backup format that this version of the SDK writes and reads.
const FORMAT: u32 = 1;

/// All shares of a server, for storage as JSON: see [`Server::back_up_shares`].
///
/// It contains names and e-mail addresses, but no secrets.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ShareBackup {
    /// The version of the backup format.
    pub format: u32,
    /// The machine identifier of the server.
    pub machine_identifier: String,
    /// The name of the server.
    pub server_name: String,
    /// The shares.
    pub shares: Vec<SavedShare>,
}

/// One share in a backup.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SavedShare {
    /// The display name of the person.
    pub name: String,
    /// Their account number, if they have an account.
    pub id: Option<i64>,
    /// Their e-mail address, if it is known.
    pub email: Option<String>,
    /// What is shared.
    pub libraries: SavedLibraries,
    /// What the person may do, and what is hidden.
    pub settings: Option<SharingSettings>,
}

/// What is shared. An empty list means nothing, never all.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum SavedLibraries {
    /// All libraries, including later ones.
    All,
    /// These.
    These(Vec<SharedLibrary>),
}

impl SavedShare {
    /// Lists need not include the settings. Without them, a restored share would hide nothing.
    async fn read(share: &Share) -> Result<Self, Error> {
        let person = share.person()?;
        let settings = match share.settings() {
            Some(settings) => Some(settings.clone()),
            None => match settings::read(share.client(), &person).await {
                Err(error) if error.is_not_found() => None,
                settings => Some(settings?),
            },
        };
        let details = share.details();
        let email = details.invited.as_ref().and_then(|person| person.email.clone()).or(details.invited_email.clone());
        Ok(Self {
            name: share.person_name().to_owned(),
            id: person.id(),
            email: email.filter(|email| !email.is_empty()),
            libraries: match extent::extent(details)? {
                Choice::All => SavedLibraries::All,
                Choice::These(libraries) => SavedLibraries::These(libraries),
            },
            settings,
        })
    }

    fn person(&self) -> Result<Invitee, Error> {
        let person = self.id.map(Invitee::Id).or(self.email.clone().map(Invitee::Email));
        person.ok_or_else(|| Error::invalid_input("a saved share has no account and no e-mail address"))?.check()
    }

    fn is_of(&self, share: &Share) -> bool {
        let details = share.details();
        let id = id_of(details);
        let emails =
            [details.invited.as_ref().and_then(|person| person.email.as_deref()), details.invited_email.as_deref()];
        let is_email = |saved: &str| emails.into_iter().flatten().any(|email| email.eq_ignore_ascii_case(saved));
        match (self.id, id) {
            (Some(saved), Some(id)) => saved == id,
            _ => self.email.as_deref().is_some_and(is_email),
        }
    }

    /// Finds the libraries on a server: by id on the server that was backed up, by title on
    /// another.
    fn libraries(&self, known: &[SharedLibrary], is_same_server: bool) -> Result<Choice<SharedLibrary>, Error> {
        let SavedLibraries::These(saved) = &self.libraries else { return Ok(Choice::All) };
        let by_number = |saved: &SharedLibrary| is_same_server && known.iter().any(|library| library.id == saved.id);
        let library = |saved: &SharedLibrary| match &saved.title {
            Some(title) if !by_number(saved) => Library::Title(title.clone()),
            _ => Library::Id(saved.id),
        };
        resolve(&Libraries::these(saved.iter().map(library)), known)
    }
}

impl Server {
    /// Reads all shares of this server into a value that can be stored.
    ///
    /// ```no_run
    /// # async fn example(server: plex_tv_sdk::Server) -> Result<(), Box<dyn std::error::Error>> {
    /// use plex_tv_sdk::printable;
    ///
    /// let backup = server.back_up_shares().await?;
    /// let json = serde_json::to_string_pretty(&backup)?;
    ///
    /// let backup = serde_json::from_str(&json)?;
    /// for outcome in server.restore_shares(&backup).await? {
    ///     println!("{}: {:?}", printable(&outcome.person), outcome.result);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `is_decode` when a share cannot be read, since the backup would be incomplete; and the
    /// errors of any call.
    ///
    /// Calls `GET /api/v2/shared_servers/owned/{status}`, twice, and
    /// `GET /api/v2/sharing_settings` for each share that is listed without its settings.
    pub async fn back_up_shares(&self) -> Result<ShareBackup, Error> {
        let mut shares = Vec::new();
        for share in self.every_share().await? {
            shares.push(SavedShare::read(&share).await?);
        }
        Ok(ShareBackup {
            format: FORMAT,
            machine_identifier: self.machine_identifier().to_owned(),
            server_name: self.name().to_owned(),
            shares,
        })
    }

    /// Restores the shares of a backup, on the same server or on another one.
    ///
    /// A share that no longer exists is created again, and the person gets an invite. An existing
    /// share gets the libraries and settings from the backup. The settings belong to the person, so
    /// they change on all servers of the user. Shares that are not in the backup stay as they are.
    ///
    /// # Errors
    /// - `is_invalid_input`, before anything is sent: the backup has an unknown format version, or
    ///   the server belongs to somebody else.
    /// - `is_decode` when a current share cannot be read. Nothing was changed.
    /// - The errors of the calls that list libraries and shares. The failure of one share is in its
    ///   [`ShareOutcome`]: `is_unknown_library` when the server lacks a library, `is_invalid_input`
    ///   when the share has none.
    ///
    /// Calls `GET /api/v2/servers/{machineIdentifier}`,
    /// `GET /api/v2/shared_servers/owned/{status}`, twice, and for each share, as needed,
    /// `POST /api/v2/shared_servers`, `POST /api/v2/shared_servers/{sharedServerId}` and
    /// `POST /api/v2/sharing_settings`.
    pub async fn restore_shares(&self, backup: &ShareBackup) -> Result<Vec<ShareOutcome>, Error> {
        self.check_owned()?;
        if backup.format != FORMAT {
            let message = format!("the backup has format {}, and this version reads only {FORMAT}", backup.format);
            return Err(Error::invalid_input(message));
        }
        let known = self.libraries().await?;
        let present = self.every_share().await?;
        let is_same_server = backup.machine_identifier == self.machine_identifier();
        let mut outcomes = Vec::new();
        for saved in &backup.shares {
            let result = match saved.libraries(&known, is_same_server) {
                Ok(libraries) => self.restore(saved, libraries, &known, &present).await,
                Err(error) => Err(error),
            };
            outcomes.push(ShareOutcome { person: saved.name.clone(), invitee: saved.person().ok(), result });
        }
        Ok(outcomes)
    }

    async fn restore(
        &self,
        saved: &SavedShare,
        libraries: Choice<SharedLibrary>,
        known: &[SharedLibrary],
        present: &[Share],
    ) -> Result<ShareChange, Error> {
        let person = saved.person()?;
        let settings = saved.settings.clone();
        let Some(share) = present.iter().find(|share| saved.is_of(share)) else {
            let order = Order { person, libraries, settings, skip_friendship: None };
            return self.create_share(order).await.map(|_| ShareChange::Created);
        };
        extent::ids(&libraries)?;
        // The settings come first, so that no added library is seen without them.
        let has_new_settings = match settings {
            Some(saved) => self.restore_settings(share, saved).await?,
            None => false,
        };
        let (_, has_new_libraries) = share.replaced(libraries, known).await?;
        Ok(ShareChange::of(has_new_libraries || has_new_settings))
    }

    async fn restore_settings(&self, share: &Share, saved: SharingSettings) -> Result<bool, Error> {
        let person = share.person()?;
        let now = settings::read(self.client(), &person).await?;
        if is_same(&now, &merged(now.clone(), saved.clone())) {
            return Ok(false);
        }
        settings::store(self.client(), &person, now, saved).await?;
        Ok(true)
    }
}

/// Whether both settings are the same. Null and an empty text both mean no filter.
fn is_same(one: &SharingSettings, other: &SharingSettings) -> bool {
    let filters = |settings: &SharingSettings| {
        let filters = [
            &settings.filter_all,
            &settings.filter_movies,
            &settings.filter_music,
            &settings.filter_photos,
            &settings.filter_television,
        ];
        filters.map(|filter| filter.as_deref().unwrap_or_default().to_owned())
    };
    let switches = |settings: &SharingSettings| {
        let SharingSettings { allow_camera_upload, allow_channels, allow_subtitle_admin, allow_sync, .. } = *settings;
        ([allow_camera_upload, allow_channels, allow_subtitle_admin, allow_sync], settings.allow_tuners)
    };
    filters(one) == filters(other) && switches(one) == switches(other)
}
