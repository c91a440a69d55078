//! Changes of a share. plex.tv replaces the whole list of libraries, so each change reads it first.

use super::{
    Libraries, Library, Share, extent,
    library::{check, libraries_of, resolve},
    settings::{self, Wanted, setters},
};
use crate::{
    Choice, Error, ErrorKind,
    runtime::short_debug,
    v2::types::{SharedLibrary, UpdateSharedServerBody},
};

impl Share {
    /// Adds a library to the share. It is not an error if it is already shared.
    ///
    /// ```no_run
    /// # async fn example(share: plex_tv_sdk::Share) -> Result<(), plex_tv_sdk::Error> {
    /// use plex_tv_sdk::printable;
    ///
    /// let share = share.add_library("TV Shows").await?;
    /// println!("{} sees {} libraries", printable(share.person_name()), share.libraries().len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// - `is_invalid_input`, before anything is sent: the title is empty.
    /// - `is_unknown_library`, `is_ambiguous_library`: nothing was changed.
    /// - `is_decode`: plex.tv does not say what is shared now. Nothing was changed.
    /// - `is_not_found`: the share has ended.
    /// - the errors of any call.
    ///
    /// Calls `GET` and `POST /api/v2/shared_servers/{sharedServerId}`, and
    /// `GET /api/v2/servers/{machineIdentifier}`.
    pub async fn add_library(&self, library: impl Into<Library>) -> Result<Self, Error> {
        let named = Libraries::these([library.into()]);
        check(&named)?;
        let now = self.current().await?;
        let known = now.known_libraries().await?;
        let new = extent::union(extent::extent(now.details())?, &resolve(&named, &known)?);
        Ok(now.replaced(new, &known).await?.0)
    }

    /// Removes a library from the share. It is not an error if it is not shared. A library that
    /// the server no longer has can be removed too.
    ///
    /// If all libraries are shared, the other current ones stay shared, and later ones are no
    /// longer included.
    ///
    /// # Errors
    /// The errors of [`Share::add_library`], and `is_invalid_input` when it is the last library:
    /// end the share with [`Share::revoke`] instead.
    ///
    /// Calls `GET` and `POST /api/v2/shared_servers/{sharedServerId}`, and
    /// `GET /api/v2/servers/{machineIdentifier}`.
    pub async fn remove_library(&self, library: impl Into<Library>) -> Result<Self, Error> {
        let named = Libraries::these([library.into()]);
        check(&named)?;
        let now = self.current().await?;
        let known = now.known_libraries().await?;
        let shared = extent::extent(now.details())?;
        let removed = resolve(&named, &extent::with_lost(&known, &shared))?;
        let new = extent::difference(shared, &removed, &known);
        Ok(now.replaced(new, &known).await?.0)
    }

    /// Shares these libraries and no others.
    ///
    /// # Errors
    /// The errors of [`Share::add_library`], except for `is_decode`.
    ///
    /// Calls `GET` and `POST /api/v2/shared_servers/{sharedServerId}`, and
    /// `GET /api/v2/servers/{machineIdentifier}`.
    pub async fn set_libraries(&self, libraries: Libraries) -> Result<Self, Error> {
        check(&libraries)?;
        let now = self.current().await?;
        let known = now.known_libraries().await?;
        let new = resolve(&libraries, &known)?;
        Ok(now.replaced(new, &known).await?.0)
    }

    /// Adds libraries and returns whether the share changed. The current state is read right before
    /// a change, since other changes may have taken time.
    pub(super) async fn added(&self, added: &Choice<SharedLibrary>, known: &[SharedLibrary]) -> Result<bool, Error> {
        let listed = extent::extent(self.details())?;
        if extent::is_same(&listed, &extent::union(listed.clone(), added)) {
            return Ok(false);
        }
        let now = self.current().await?;
        let new = extent::union(extent::extent(now.details())?, added);
        Ok(now.replaced(new, known).await?.1)
    }

    /// Reads the current state of the share.
    async fn current(&self) -> Result<Self, Error> {
        let details = self.client().v2().get_shared_server(self.id()).send().await?;
        Ok(self.with_details(details))
    }

    async fn known_libraries(&self) -> Result<Vec<SharedLibrary>, Error> {
        let unknown = || Error::new(ErrorKind::Decode, "plex.tv does not say which server is shared");
        let machine_identifier = self.details().machine_identifier.as_deref().ok_or_else(unknown)?;
        libraries_of(self.client(), machine_identifier).await
    }

    /// Sends the new list, unless nothing would change. Returns the share, and whether it changed.
    pub(super) async fn replaced(
        &self,
        new: Choice<SharedLibrary>,
        known: &[SharedLibrary],
    ) -> Result<(Self, bool), Error> {
        let ids = extent::ids(&new)?;
        if extent::extent(self.details()).is_ok_and(|now| extent::is_same(&now, &new)) {
            return Ok((self.clone(), false));
        }
        self.client().v2().update_shared_server(self.id(), UpdateSharedServerBody::new(ids)).send().await?;
        let mut details = self.details().clone();
        details.all_libraries = Some(matches!(new, Choice::All));
        details.libraries = match new {
            Choice::All => known.to_vec(),
            Choice::These(libraries) => libraries,
        };
        details.num_libraries = i64::try_from(details.libraries.len()).ok();
        Ok((self.with_details(details), true))
    }

    /// Changes what the person may do, and what is hidden from them.
    ///
    /// plex.tv keeps these settings for the person, not for the share: they hold on all servers of
    /// the user. Settings that are not named stay as they are.
    ///
    /// ```no_run
    /// # async fn example(share: plex_tv_sdk::Share) -> Result<(), plex_tv_sdk::Error> {
    /// use plex_tv_sdk::Filter;
    ///
    /// share.change_settings().allow_sync(false).television(Filter::none()).send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn change_settings(&self) -> ChangeSettings {
        ChangeSettings { share: self.clone(), wanted: Wanted::default() }
    }
}

/// A change of what a person may do: see [`Share::change_settings`].
#[derive(Clone)]
#[must_use = "nothing happens before `send`"]
pub struct ChangeSettings {
    share: Share,
    wanted: Wanted,
}

short_debug!(ChangeSettings(call) { share: call.share, wanted: call.wanted });

impl ChangeSettings {
    setters!();

    /// Sends the change, and returns the share with its new settings.
    ///
    /// # Errors
    /// `is_invalid_input`, before anything is sent, when no setting is named or a filter is empty;
    /// and the errors of any call.
    ///
    /// Calls `GET` and `POST /api/v2/sharing_settings`.
    pub async fn send(self) -> Result<Share, Error> {
        let nothing = || Error::invalid_input("nothing would change; name at least one setting");
        let wanted = self.wanted.checked()?.ok_or_else(nothing)?;
        let person = self.share.person()?;
        let now = settings::read(self.share.client(), &person).await?;
        let stored = settings::store(self.share.client(), &person, now, wanted).await?;
        Ok(self.share.with_settings(stored))
    }
}
