//! Activities of the user and their friends.

use std::sync::{Arc, OnceLock};

use serde_json::json;

use super::{
    Community,
    pages::{Cursors, Fetching, PAGE_SIZE},
    query::{self, Query},
    types::{Activities, ActivitiesReply, Activity, ActivityType},
};
use crate::{
    Error, ItemId,
    runtime::{items::Items, short_debug},
    watchlist::rating_key,
};

static ACTIVITIES: Query = Query::new(
    "GetActivityFeed",
    "query GetActivityFeed(
  $first: PaginationInt!, $after: String, $metadataID: ID, $types: [ActivityType!]!, $includeDescendants: Boolean
) {
  activityFeed(
    first: $first, after: $after, metadataID: $metadataID, types: $types, includeDescendants: $includeDescendants
  ) {
    nodes {
      __typename
      id
      date
      userV2 { id username displayName }
      metadataItem { id title type }
    }
    pageInfo { hasNextPage endCursor }
  }
}",
);

/// The types that are requested unless the caller names others.
const ALL: [ActivityType; 9] = [
    ActivityType::Message,
    ActivityType::Post,
    ActivityType::Rating,
    ActivityType::Review,
    ActivityType::WatchHistory,
    ActivityType::WatchRating,
    ActivityType::WatchReview,
    ActivityType::WatchSession,
    ActivityType::Watchlist,
];

/// A query for activities. Returned by [`Community::activities`].
#[derive(Clone)]
#[must_use = "nothing is asked for before `items` is read"]
pub struct ActivityFeed {
    community: Community,
    types: Vec<ActivityType>,
    item: Option<ItemId>,
}

short_debug!(ActivityFeed(feed) { types: feed.types, item: feed.item });

impl Community {
    /// Lists what the user and their friends do, such as watch, rate or put on a watchlist, newest
    /// first.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = plex_tv_sandbox::Sandbox::start().await?;
    /// # let identity = plex_tv_sdk::ClientIdentity::new("c0ffee-desk-01", "Example App", "1.0.0")?;
    /// # let client = plex_tv_sdk::Client::builder(identity).base_url(sandbox.url());
    /// # let client = client.token(plex_tv_sdk::Token::new(sandbox.token())?).build()?;
    /// use plex_tv_sdk::community::ActivityType;
    ///
    /// let mut added = client.community().activities().types([ActivityType::Watchlist]).items();
    /// if let Some(newest) = added.next_item().await? {
    ///     println!("{:?} at {:?}", newest.item, newest.date);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn activities(&self) -> ActivityFeed {
        ActivityFeed { community: self.clone(), types: ALL.to_vec(), item: None }
    }
}

impl ActivityFeed {
    /// Sets the types of activities. The default is all known types.
    pub fn types(self, types: impl IntoIterator<Item = ActivityType>) -> Self {
        Self { types: types.into_iter().collect(), ..self }
    }

    /// Lists only activities with this item or, for a show, with its seasons and episodes.
    pub fn of(self, item: impl Into<ItemId>) -> Self {
        Self { item: Some(item.into()), ..self }
    }

    /// The activities, page by page.
    ///
    /// # Errors
    /// Reading fails with the errors of [`Community`], and with `is_invalid_input` when no type is
    /// given, or the item is not named by a guid or an id (nothing is sent then), `is_not_found`
    /// when plex.tv does not know the item, and `is_decode` when the list makes no progress.
    ///
    /// Calls `POST https://community.plex.tv/api` with the query `activityFeed`.
    pub fn items(self) -> Items<Activity> {
        // An id of another catalogue is looked up once, not for each page.
        let found = Arc::new(OnceLock::new());
        Items::new(Cursors::new(move |after: Option<String>| -> Fetching<Activities> {
            let (Self { community, types, item }, found) = (self.clone(), Arc::clone(&found));
            Box::pin(async move {
                if types.is_empty() {
                    return Err(Error::invalid_input("name at least one type of activity to list"));
                }
                let key: Option<&String> = match item {
                    Some(item) if found.get().is_none() => {
                        let key = rating_key(&community.client, item).await?;
                        Some(found.get_or_init(|| key))
                    }
                    _ => found.get(),
                };
                let variables = json!({
                    "first": PAGE_SIZE,
                    "after": after,
                    "types": types,
                    "metadataID": key,
                    "includeDescendants": key.is_some(),
                });
                let reply: ActivitiesReply = query::send(&community.service, &ACTIVITIES, &variables).await?;
                Ok(reply.data.feed)
            })
        }))
    }
}
