//! The settings for what a person may do and see, and their setters.

use super::{Filter, Invitee};
use crate::{
    Client, Error, Nullable,
    v2::types::{SharingSettings, UpdateSharingSettingsBody},
};

/// The kind of media that a [`Filter`] applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Media {
    /// Films.
    Movies,
    /// Shows, with their seasons and episodes.
    Television,
    /// Music. plex.tv supports only filters by label.
    Music,
    /// Photos.
    Photos,
    /// Everything.
    All,
}

/// What a person may do with live television.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Tuners {
    /// Nothing.
    Off,
    /// Watch.
    Watch,
    /// Watch and record.
    WatchAndRecord,
}

impl Tuners {
    pub(crate) fn number(self) -> i64 {
        match self {
            Self::Off => 0,
            Self::Watch => 1,
            Self::WatchAndRecord => 2,
        }
    }
}

/// The settings that a caller requests. Settings that are not named stay as they are.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    pub(super) settings: SharingSettings,
    is_set: bool,
    /// The first filter that cannot be sent.
    fault: Option<Error>,
}

impl Wanted {
    pub(super) fn set(&mut self, change: impl FnOnce(&mut SharingSettings)) {
        self.is_set = true;
        change(&mut self.settings);
    }

    pub(super) fn filter(&mut self, media: Media, filter: &Filter) {
        match filter_text(media, filter) {
            Ok(text) => self.set(|settings| *filter_of_mut(settings, media) = Nullable::Value(text)),
            Err(fault) => self.fault = self.fault.take().or(Some(fault)),
        }
    }

    /// The settings, if any were named.
    ///
    /// # Errors
    /// `is_invalid_input` when a filter cannot be sent.
    pub(super) fn checked(self) -> Result<Option<SharingSettings>, Error> {
        match self.fault {
            Some(fault) => Err(fault),
            None => Ok(self.is_set.then_some(self.settings)),
        }
    }
}

/// The setters that all calls with sharing settings have.
macro_rules! setters {
    () => {
        /// Sets whether the person may download media.
        pub fn allow_sync(mut self, allowed: bool) -> Self {
            self.wanted.set(|settings| settings.allow_sync = Some(allowed));
            self
        }

        /// Sets whether the person may upload photos.
        pub fn allow_camera_upload(mut self, allowed: bool) -> Self {
            self.wanted.set(|settings| settings.allow_camera_upload = Some(allowed));
            self
        }

        /// Sets whether the person may use channels.
        pub fn allow_channels(mut self, allowed: bool) -> Self {
            self.wanted.set(|settings| settings.allow_channels = Some(allowed));
            self
        }

        /// Sets whether the person may manage subtitles.
        pub fn allow_subtitle_admin(mut self, allowed: bool) -> Self {
            self.wanted.set(|settings| settings.allow_subtitle_admin = Some(allowed));
            self
        }

        /// Sets what the person may do with live television.
        pub fn allow_tuners(mut self, tuners: $crate::Tuners) -> Self {
            self.wanted.set(|settings| settings.allow_tuners = Some(tuners.number()));
            self
        }

        /// Sets which films the person sees.
        pub fn movies(self, filter: $crate::Filter) -> Self {
            self.filter($crate::Media::Movies, filter)
        }

        /// Sets which shows the person sees.
        pub fn television(self, filter: $crate::Filter) -> Self {
            self.filter($crate::Media::Television, filter)
        }

        /// Sets which music the person sees. plex.tv supports only filters by label.
        pub fn music(self, filter: $crate::Filter) -> Self {
            self.filter($crate::Media::Music, filter)
        }

        /// Sets which items of one kind of media the person sees.
        pub fn filter(mut self, media: $crate::Media, filter: $crate::Filter) -> Self {
            self.wanted.filter(media, &filter);
            self
        }
    };
}
pub(super) use setters;

fn filter_text(media: Media, filter: &Filter) -> Result<String, Error> {
    match media {
        Media::Music => filter.to_music_text(),
        Media::Movies | Media::Television | Media::Photos | Media::All => filter.to_text(),
    }
}

fn filter_of_mut(settings: &mut SharingSettings, media: Media) -> &mut Nullable<String> {
    match media {
        Media::Movies => &mut settings.filter_movies,
        Media::Television => &mut settings.filter_television,
        Media::Music => &mut settings.filter_music,
        Media::Photos => &mut settings.filter_photos,
        Media::All => &mut settings.filter_all,
    }
}

/// The filter in these settings.
pub(super) fn filter_of(settings: &SharingSettings, media: Media) -> Filter {
    let text = match media {
        Media::Movies => &settings.filter_movies,
        Media::Television => &settings.filter_television,
        Media::Music => &settings.filter_music,
        Media::Photos => &settings.filter_photos,
        Media::All => &settings.filter_all,
    };
    text.as_deref().map(Filter::parse).unwrap_or_default()
}

/// Reads the current settings for a person.
pub(super) async fn read(client: &Client, person: &Invitee) -> Result<SharingSettings, Error> {
    let call = client.v2().get_sharing_settings();
    call.maybe_invited_id(person.id()).maybe_invited_email(person.login()).send().await
}

/// Stores settings. It is not known whether plex.tv keeps settings that are left out, so all are
/// sent.
pub(super) async fn store(
    client: &Client,
    person: &Invitee,
    now: SharingSettings,
    wanted: SharingSettings,
) -> Result<SharingSettings, Error> {
    let all = merged(now, wanted);
    let call = client.v2().update_sharing_settings(UpdateSharingSettingsBody::new(all.clone()));
    call.maybe_invited_id(person.id()).maybe_invited_email(person.login()).send().await?;
    Ok(all)
}

/// The wanted settings, completed by the current ones.
pub(super) fn merged(now: SharingSettings, wanted: SharingSettings) -> SharingSettings {
    let filter = |wanted: Nullable<String>, now| if wanted.is_missing() { now } else { wanted };
    SharingSettings {
        allow_camera_upload: wanted.allow_camera_upload.or(now.allow_camera_upload),
        allow_channels: wanted.allow_channels.or(now.allow_channels),
        allow_subtitle_admin: wanted.allow_subtitle_admin.or(now.allow_subtitle_admin),
        allow_sync: wanted.allow_sync.or(now.allow_sync),
        allow_tuners: wanted.allow_tuners.or(now.allow_tuners),
        filter_all: filter(wanted.filter_all, now.filter_all),
        filter_movies: filter(wanted.filter_movies, now.filter_movies),
        filter_music: filter(wanted.filter_music, now.filter_music),
        filter_photos: filter(wanted.filter_photos, now.filter_photos),
        filter_television: filter(wanted.filter_television, now.filter_television),
    }
}
