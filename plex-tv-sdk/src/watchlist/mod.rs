//! The watchlist of the user, and their other actions on items of the catalogue.

mod catalogue;
mod external_id;
mod find;
mod item_id;
mod kind;
mod sort;
mod state;

pub use catalogue::Search;
pub use external_id::ExternalId;
pub(crate) use find::rating_key;
pub use item_id::ItemId;
pub use kind::Kind;
pub use sort::WatchlistSort;

use std::collections::HashSet;

use crate::{
    Client, Error, ErrorKind, Pages, Response,
    discover::types::{DiscoverMetadata, MetadataReply, WatchlistFilter},
    runtime::{
        clock::{BoxFuture, MaybeSend},
        items::{Items, Walk},
        short_debug,
    },
};

/// The watchlist of the user. Returned by [`Client::watchlist`].
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = plex_tv_sandbox::Sandbox::start().await?;
/// # let identity = plex_tv_sdk::ClientIdentity::new("c0ffee-desk-01", "Example App", "1.0.0")?;
/// # let client = plex_tv_sdk::Client::builder(identity).base_url(sandbox.url());
/// # let client = client.token(plex_tv_sdk::Token::new(sandbox.token())?).build()?;
/// use plex_tv_sdk::{ExternalId, Kind, WatchlistSort, discover::types::WatchlistFilter};
///
/// let watchlist = client.watchlist();
/// watchlist.remove(ExternalId::imdb("tt0000007")).await?;
/// watchlist.add(ExternalId::imdb("tt0000007")).await?;
///
/// let released = watchlist.filter(WatchlistFilter::Released).kind(Kind::Movie).sort(WatchlistSort::Title);
/// let items = released.items().collect().await?;
/// println!("{}", serde_json::to_string_pretty(&items)?);
/// # assert!(items.iter().any(|item| item.title.as_deref() == Some("Example Movie 7")));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Watchlist {
    client: Client,
    filter: WatchlistFilter,
    sort: WatchlistSort,
    kind: Option<Kind>,
}

short_debug!(Watchlist(list) { filter: list.filter, sort: list.sort, kind: list.kind });

impl Client {
    /// Returns the watchlist of the user: what they want to watch.
    ///
    /// plex.tv refuses the token of a server here. Use that of the account or of a Home user.
    pub fn watchlist(&self) -> Watchlist {
        let (filter, sort) = (WatchlistFilter::All, WatchlistSort::default());
        Watchlist { client: self.clone(), filter, sort, kind: None }
    }
}

impl Watchlist {
    /// Sets which items [`Watchlist::items`] lists. The default is all.
    #[must_use]
    pub fn filter(self, filter: impl Into<WatchlistFilter>) -> Self {
        Self { filter: filter.into(), ..self }
    }

    /// Sets the order of [`Watchlist::items`]. The default is last added first.
    #[must_use]
    pub fn sort(self, sort: WatchlistSort) -> Self {
        Self { sort, ..self }
    }

    /// Sets the kind of [`Watchlist::items`]: [`Kind::Movie`] or [`Kind::Show`]. The default is
    /// both.
    #[must_use]
    pub fn kind(self, kind: Kind) -> Self {
        Self { kind: Some(kind), ..self }
    }

    /// Lists the items, with their ids in other catalogues.
    ///
    /// Items may be added and removed while the list is read: each item is returned once, and the
    /// list is read again from its start if it has shrunk.
    ///
    /// # Errors
    /// Reading fails with `is_invalid_input` for a kind that a watchlist cannot have (nothing is
    /// sent then), `is_auth` without a valid token, `is_decode` when the list makes no progress,
    /// and the errors of any call.
    ///
    /// Calls `GET https://discover.provider.plex.tv/library/sections/watchlist/{filter}`.
    pub fn items(&self) -> Items<DiscoverMetadata> {
        let call = self.client.discover().get_watchlist(self.filter.clone());
        let call = call.sort(self.sort.as_str()).maybe_type(self.kind.map(Kind::number)).include_guids(true);
        let refused = self.kind.and_then(refused);
        let fetch = move |start, size| -> Fetching {
            let call = call.clone().container_start(start).container_size(size);
            match &refused {
                Some(error) => Box::pin(std::future::ready(Err(error.clone()))),
                None => Box::pin(call.send_with_response()),
            }
        };
        Items::new(Walked::new(fetch))
    }

    /// Adds an item to the watchlist. An item that is already there keeps its place.
    ///
    /// # Errors
    /// `is_invalid_input` when the argument does not name an item, in which case nothing is sent,
    /// or names a movie and a show. `is_not_found` when plex.tv does not know the item.
    /// `is_forbidden` with code 1009 for a managed user. `is_auth` without a valid token, and
    /// the errors of any call.
    ///
    /// Calls `PUT https://discover.provider.plex.tv/actions/addToWatchlist`.
    pub async fn add(&self, item: impl Into<ItemId>) -> Result<(), Error> {
        let key = rating_key(&self.client, item.into()).await?;
        self.client.discover().add_to_watchlist(key).send().await
    }

    /// Removes an item from the watchlist. It is not an error if it is not there.
    ///
    /// # Errors
    /// The errors of [`Watchlist::add`].
    ///
    /// Calls `PUT https://discover.provider.plex.tv/actions/removeFromWatchlist`.
    pub async fn remove(&self, item: impl Into<ItemId>) -> Result<(), Error> {
        let key = rating_key(&self.client, item.into()).await?;
        self.client.discover().remove_from_watchlist(key).send().await
    }
}

fn refused(kind: Kind) -> Option<Error> {
    let is_listed = matches!(kind, Kind::Movie | Kind::Show);
    (!is_listed).then(|| Error::invalid_input("a watchlist has only movies and shows, not this kind of item"))
}

type Fetching = BoxFuture<'static, Result<Response<MetadataReply>, Error>>;

/// How often a list that shrinks is read again. If every item is removed as it is returned, each
/// walk meets about half of the rest.
const MOST_WALKS: usize = 32;

/// The pages of a watchlist. An item that is added while the list is read moves the others to later
/// places, so that the next page repeats some. They are returned once. An item that is removed
/// moves the others to earlier places, so that the next page begins too late. Then the list is read
/// again.
struct Walked<F> {
    fetch: F,
    pages: Pages<F, DiscoverMetadata>,
    returned: HashSet<String>,
    walks: usize,
    /// The largest total that this walk saw.
    largest: Option<u64>,
    /// Whether this walk returned an item.
    has_returned: bool,
}

impl<F: FnMut(i64, i64) -> Fetching + Clone> Walked<F> {
    fn new(fetch: F) -> Self {
        let pages = Pages::new(fetch.clone());
        Self { fetch, pages, returned: HashSet::new(), walks: 1, largest: None, has_returned: false }
    }

    /// Begins another walk if this one may have missed items. Returns false if it did not.
    fn begin_again(&mut self) -> Result<bool, Error> {
        if !self.has_returned || self.pages.total() >= self.largest {
            return Ok(false);
        }
        if self.walks == MOST_WALKS {
            let message = format!("the list was read {MOST_WALKS} times and became shorter each time");
            return Err(Error::new(ErrorKind::Decode, message));
        }
        self.pages = Pages::new(self.fetch.clone());
        (self.walks, self.largest, self.has_returned) = (self.walks + 1, None, false);
        Ok(true)
    }
}

impl<F: FnMut(i64, i64) -> Fetching + Clone + MaybeSend> Walk<DiscoverMetadata> for Walked<F> {
    fn next(&mut self) -> BoxFuture<'_, Result<Option<DiscoverMetadata>, Error>> {
        Box::pin(async {
            loop {
                let next = self.pages.next_item().await?;
                self.largest = self.largest.max(self.pages.total());
                match next {
                    Some(item) if self.returned.insert(item.rating_key.clone()) => {
                        self.has_returned = true;
                        return Ok(Some(item));
                    }
                    Some(_) => {}
                    None if self.begin_again()? => {}
                    None => return Ok(None),
                }
            }
        })
    }
}
