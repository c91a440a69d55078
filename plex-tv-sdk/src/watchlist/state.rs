//! What the user did with an item: watched or rated it.

use super::{find::rating_key, item_id::ItemId};
use crate::{
    Client, Error,
    discover::types::{LibraryIdentifier, UserState},
};

/// The rating that removes a rating.
const NO_RATING: f64 = -1.0;

impl Client {
    /// Returns what the user did with an item: how often they watched it, how they rated it, and
    /// when they put it on the watchlist. Empty when they did nothing with it.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = plex_tv_sandbox::Sandbox::start().await?;
    /// # let identity = plex_tv_sdk::ClientIdentity::new("c0ffee-desk-01", "Example App", "1.0.0")?;
    /// # let client = plex_tv_sdk::Client::builder(identity).base_url(sandbox.url());
    /// # let client = client.token(plex_tv_sdk::Token::new(sandbox.token())?).build()?;
    /// use plex_tv_sdk::{ExternalId, Kind};
    ///
    /// let item = client.find(ExternalId::tmdb(607), Kind::Movie).await?;
    /// client.mark_played(&item).await?;
    /// client.rate(&item, 8.5).await?;
    ///
    /// let state = client.user_state(&item).await?;
    /// assert_eq!((state.view_count, state.rating), (Some(1), Some(8.5)));
    /// assert!(state.watchlisted_at.is_some());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of [`crate::Watchlist::add`].
    ///
    /// Calls `GET https://metadata.provider.plex.tv/library/metadata/{ratingKey}/userState`.
    pub async fn user_state(&self, item: impl Into<ItemId>) -> Result<UserState, Error> {
        let key = rating_key(self, item.into()).await?;
        let reply = self.discover().get_user_state(key).send().await?;
        Ok(reply.media_container.user_state.unwrap_or_default())
    }

    /// Rates an item, from 0 to 10.
    ///
    /// # Errors
    /// Those of [`crate::Watchlist::add`]. `is_invalid_input` when the rating is not from 0 to 10;
    /// nothing is sent then.
    ///
    /// Calls `PUT https://discover.provider.plex.tv/actions/rate`.
    pub async fn rate(&self, item: impl Into<ItemId>, rating: impl Into<f64>) -> Result<(), Error> {
        let rating = rating.into();
        if !(0.0..=10.0).contains(&rating) {
            return Err(Error::invalid_input("a rating must be from 0 to 10; `Client::remove_rating` removes one"));
        }
        self.set_rating(item.into(), rating).await
    }

    /// Removes the user's rating of an item, by sending a rating of -1, as one client has been seen
    /// to do.
    ///
    /// # Errors
    /// Those of [`crate::Watchlist::add`].
    ///
    /// Calls `PUT https://discover.provider.plex.tv/actions/rate`.
    pub async fn remove_rating(&self, item: impl Into<ItemId>) -> Result<(), Error> {
        self.set_rating(item.into(), NO_RATING).await
    }

    async fn set_rating(&self, item: ItemId, rating: f64) -> Result<(), Error> {
        let key = rating_key(self, item).await?;
        self.discover().rate_item(key, LibraryIdentifier::TvPlexProviderDiscover, rating).send().await
    }

    /// Marks an item as watched by the user, independently of any server.
    ///
    /// # Errors
    /// Those of [`crate::Watchlist::add`].
    ///
    /// Calls `GET https://metadata.provider.plex.tv/actions/scrobble`.
    pub async fn mark_played(&self, item: impl Into<ItemId>) -> Result<(), Error> {
        let key = rating_key(self, item.into()).await?;
        self.discover().scrobble(key, LibraryIdentifier::ComPlexappPluginsLibrary).send().await
    }

    /// Marks an item as not watched by the user, independently of any server.
    ///
    /// # Errors
    /// Those of [`crate::Watchlist::add`].
    ///
    /// Calls `GET https://metadata.provider.plex.tv/actions/unscrobble`.
    pub async fn mark_unplayed(&self, item: impl Into<ItemId>) -> Result<(), Error> {
        let key = rating_key(self, item.into()).await?;
        self.discover().unscrobble(key, LibraryIdentifier::ComPlexappPluginsLibrary).send().await
    }
}
