//! Adds labels to the filters of a share, and removes them.

use super::{
    Filter, Media, Share,
    filter::Key,
    settings::{self, Wanted},
};
use crate::{Error, v2::types::SharingSettings};

impl Share {
    /// Adds a label to those that the person sees. If there was none before, the person saw
    /// everything, and from now on sees only items with this label.
    ///
    /// ```no_run
    /// # async fn example(share: plex_tv_sdk::Share) -> Result<(), plex_tv_sdk::Error> {
    /// use plex_tv_sdk::Media;
    ///
    /// share.add_label(Media::Movies, "Kids").await?;
    /// share.hide_label(Media::Movies, "Private").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `is_invalid_input`, before anything is sent, when a filter cannot contain the label; and
    /// the errors of any call.
    ///
    /// Calls `GET` and `POST /api/v2/sharing_settings`.
    pub async fn add_label(&self, media: Media, label: &str) -> Result<Self, Error> {
        Filter::labels([label]).to_text()?;
        self.change_filter(media, |filter| Ok(filter.with(Key::Labels, [label]))).await
    }

    /// Removes a label from those that the person sees. It is not an error if it is not among them.
    ///
    /// # Errors
    /// The errors of [`Share::add_label`], and `is_invalid_input` when it is the last label, since
    /// the person would then see everything. To allow that, set a filter with
    /// [`Share::change_settings`].
    ///
    /// Calls `GET` and `POST /api/v2/sharing_settings`.
    pub async fn remove_label(&self, media: Media, label: &str) -> Result<Self, Error> {
        Filter::labels([label]).to_text()?;
        let remove = |filter: Filter| match filter.shown_labels() {
            [last] if last == label => {
                let message = "it is the last label that the person sees, and without it they would see everything; \
                               set a filter with `Share::change_settings` to allow that";
                Err(Error::invalid_input(message))
            }
            _ => Ok(filter.without(Key::Labels, label)),
        };
        self.change_filter(media, remove).await
    }

    /// Hides items with this label.
    ///
    /// # Errors
    /// As [`Share::add_label`].
    ///
    /// Calls `GET` and `POST /api/v2/sharing_settings`.
    pub async fn hide_label(&self, media: Media, label: &str) -> Result<Self, Error> {
        Filter::labels([label]).to_text()?;
        self.change_filter(media, |filter| Ok(filter.with(Key::HiddenLabels, [label]))).await
    }

    /// Stops hiding items with this label. It is not an error if it is not hidden.
    ///
    /// # Errors
    /// As [`Share::add_label`].
    ///
    /// Calls `GET` and `POST /api/v2/sharing_settings`.
    pub async fn unhide_label(&self, media: Media, label: &str) -> Result<Self, Error> {
        Filter::labels([label]).to_text()?;
        self.change_filter(media, |filter| Ok(filter.without(Key::HiddenLabels, label))).await
    }

    async fn change_filter(
        &self,
        media: Media,
        change: impl FnOnce(Filter) -> Result<Filter, Error>,
    ) -> Result<Self, Error> {
        let person = self.person()?;
        let now = settings::read(self.client(), &person).await?;
        let filter = settings::filter_of(&now, media);
        let new = change(filter.clone())?;
        if new == filter {
            return Ok(self.with_settings(now));
        }
        let mut wanted = Wanted::default();
        wanted.filter(media, &new);
        let wanted = wanted.checked()?.unwrap_or_default();
        Ok(self.with_settings(settings::store(self.client(), &person, now, wanted).await?))
    }

    pub(super) fn with_settings(&self, settings: SharingSettings) -> Self {
        let mut details = self.details().clone();
        details.sharing_settings = Some(settings);
        self.with_details(details)
    }
}
