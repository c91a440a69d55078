//! Searches the catalogue, and finds where an item can be watched.

use std::collections::HashSet;

use super::{find::rating_key, item_id::ItemId, kind::Kind};
use crate::{
    Client, Error,
    discover::types::{Availability, DiscoverMetadata},
    runtime::{clock::BoxFuture, short_debug},
};

/// The most hits that are requested from plex.tv.
const MOST_HITS: i64 = 100;

/// A search that has not been sent. Returned by [`Client::search`]; `.await` sends it.
#[derive(Clone)]
#[must_use = "nothing is sent before `.await`"]
pub struct Search {
    client: Client,
    text: String,
    kind: Option<Kind>,
    limit: i64,
}

short_debug!(Search(search) { text: search.text, kind: search.kind, limit: search.limit });

impl Client {
    /// Searches plex.tv's catalogue for movies and shows. The best matches come first.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = plex_tv_sandbox::Sandbox::start().await?;
    /// # let identity = plex_tv_sdk::ClientIdentity::new("c0ffee-desk-01", "Example App", "1.0.0")?;
    /// # let client = plex_tv_sdk::Client::builder(identity).base_url(sandbox.url());
    /// # let client = client.token(plex_tv_sdk::Token::new(sandbox.token())?).build()?;
    /// use plex_tv_sdk::Kind;
    ///
    /// let items = client.search("example movie 7").kind(Kind::Movie).limit(5).await?;
    /// assert_eq!(items[0].title.as_deref(), Some("Example Movie 7"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `is_invalid_input` when the text is empty, the limit is not from 1 to 100, or the kind is
    /// neither [`Kind::Movie`] nor [`Kind::Show`]; nothing is sent then. `is_auth` without a valid
    /// token, and the errors of any call.
    ///
    /// Calls `GET https://discover.provider.plex.tv/library/search`.
    pub fn search(&self, text: impl Into<String>) -> Search {
        Search { client: self.clone(), text: text.into(), kind: None, limit: 30 }
    }

    /// Lists where an item can be watched in the country of the account. The list is empty when no
    /// service has it.
    ///
    /// # Errors
    /// The errors of [`crate::Watchlist::add`].
    ///
    /// Calls `GET https://metadata.provider.plex.tv/library/metadata/{ratingKey}/availabilities`.
    pub async fn availability(&self, item: impl Into<ItemId>) -> Result<Vec<Availability>, Error> {
        let key = rating_key(self, item.into()).await?;
        let reply = self.discover().get_availabilities(key).send().await?;
        Ok(reply.media_container.availability.into_vec())
    }
}

impl Search {
    /// Sets the kind of item: [`Kind::Movie`] or [`Kind::Show`]. The default is both.
    pub fn kind(self, kind: Kind) -> Self {
        Self { kind: Some(kind), ..self }
    }

    /// Sets the most hits per group, from 1 to 100. The default is 30.
    pub fn limit(self, limit: i64) -> Self {
        Self { limit, ..self }
    }

    async fn send(self) -> Result<Vec<DiscoverMetadata>, Error> {
        let types = match self.kind {
            None => "movies,tv",
            Some(Kind::Movie) => "movies",
            Some(Kind::Show) => "tv",
            Some(_) => return Err(Error::invalid_input("a search finds only movies and shows, not this kind of item")),
        };
        if self.text.trim().is_empty() {
            return Err(Error::invalid_input("the text of the search is empty"));
        }
        if !(1..=MOST_HITS).contains(&self.limit) {
            return Err(Error::invalid_input(format!("the limit of a search must be from 1 to {MOST_HITS}")));
        }
        let call = self.client.discover().search_discover(self.text.trim(), "discover").limit(self.limit);
        let reply = call.search_types(types).include_metadata(true).send().await?;
        let groups = reply.media_container.search_results.into_iter();
        let hits = groups.flat_map(|group| group.search_result);
        let mut hits: Vec<(f64, DiscoverMetadata)> =
            hits.filter_map(|hit| Some((hit.score.unwrap_or_default(), hit.metadata?))).collect();
        // A stable sort keeps plex.tv's order among equals.
        hits.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        // Groups have items in common.
        let mut known = HashSet::new();
        let items = hits.into_iter().map(|(_, item)| item);
        Ok(items.filter(|item| known.insert(item.rating_key.clone())).collect())
    }
}

impl IntoFuture for Search {
    type Output = Result<Vec<DiscoverMetadata>, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
