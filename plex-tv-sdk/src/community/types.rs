//! The replies of the GraphQL service.

use crate::{
    Invitee, ItemId, Kind,
    runtime::{
        Timestamp,
        wire::{Rows, object, open_enum},
    },
};

/// A user of plex.tv, as others see them.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct User {
    /// The UUID of the account.
    pub id: String,
    /// The account number.
    pub id_raw: Option<i64>,
    /// The user name. Managed users have none.
    pub username: Option<String>,
    /// The name to show.
    pub display_name: Option<String>,
    /// The address of the avatar.
    pub avatar: Option<String>,
}

object!(User { id: "id", id_raw: "idRaw", username: "username", display_name: "displayName", avatar: "avatar" }, 1);

impl User {
    /// The name to show: the display name, else the user name, else nothing.
    pub fn name(&self) -> &str {
        let names = [&self.display_name, &self.username];
        names.into_iter().flatten().find(|name| !name.is_empty()).map_or("", String::as_str)
    }
}

/// A friend of the user.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Friend {
    /// The friend's account.
    pub user: User,
    /// When they became friends.
    pub created_at: Option<Timestamp>,
}

object!(Friend { user: "user", created_at: "createdAt" }, 1);

impl Friend {
    /// The name to show: see [`User::name`].
    pub fn name(&self) -> &str {
        self.user.name()
    }
}

/// The account number, or else the user name.
impl From<&User> for Invitee {
    fn from(user: &User) -> Self {
        user.id_raw.map_or_else(|| Self::Username(user.username.clone().unwrap_or_default()), Self::Id)
    }
}

impl From<&Friend> for Invitee {
    fn from(friend: &Friend) -> Self {
        Self::from(&friend.user)
    }
}

/// An item on the watchlist of another user, or of an activity.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Entry {
    /// The key of the item, which [`ItemId`] accepts.
    pub id: String,
    /// The title.
    pub title: Option<String>,
    /// The kind in capitals, such as `MOVIE`. See [`Entry::kind`].
    pub type_: Option<String>,
    /// The guid of plex.tv, such as `plex://movie/5d776be17a53e9001e732ab9`.
    pub guid: Option<String>,
}

object!(Entry { id: "id", title: "title", type_: "type", guid: "guid" }, 1);

impl Entry {
    /// The kind, if [`Kind`] has it.
    pub fn kind(&self) -> Option<Kind> {
        let kinds = [Kind::Movie, Kind::Show, Kind::Season, Kind::Episode];
        let type_ = self.type_.as_deref()?;
        kinds.into_iter().find(|kind| type_.eq_ignore_ascii_case(kind.as_str()))
    }
}

impl From<&Entry> for ItemId {
    fn from(entry: &Entry) -> Self {
        Self::from(entry.id.as_str())
    }
}

impl From<Entry> for ItemId {
    fn from(entry: Entry) -> Self {
        Self::from(entry.id)
    }
}

/// The type of an activity. Unknown values are kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ActivityType {
    /// `METADATA_MESSAGE`: an item was recommended to somebody.
    Message,
    /// `POST`: a text of a user.
    Post,
    /// `RATING`: an item was rated.
    Rating,
    /// `REVIEW`: an item was reviewed.
    Review,
    /// `WATCH_HISTORY`: an item was watched.
    WatchHistory,
    /// `WATCH_RATING`: an item was watched and rated.
    WatchRating,
    /// `WATCH_REVIEW`: an item was watched and reviewed.
    WatchReview,
    /// `WATCH_SESSION`: several episodes were watched.
    WatchSession,
    /// `WATCHLIST`: an item was put on a watchlist.
    Watchlist,
    /// A value that this version does not know. It is sent as it was received.
    Other(String),
}

open_enum!(ActivityType {
    Message: "METADATA_MESSAGE",
    Post: "POST",
    Rating: "RATING",
    Review: "REVIEW",
    WatchHistory: "WATCH_HISTORY",
    WatchRating: "WATCH_RATING",
    WatchReview: "WATCH_REVIEW",
    WatchSession: "WATCH_SESSION",
    Watchlist: "WATCHLIST",
});

/// Something that a user did.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Activity {
    /// The id of the activity.
    pub id: String,
    /// When it happened.
    pub date: Option<Timestamp>,
    /// The name of its type in the service, such as `ActivityWatchlist`.
    pub type_name: Option<String>,
    /// Who did it.
    pub user: Option<User>,
    /// The item that the activity is about.
    pub item: Option<Entry>,
}

object!(Activity { id: "id", date: "date", type_name: "__typename", user: "userV2", item: "metadataItem" }, 1);

/// Where a page ends.
#[derive(Clone, Debug, Default)]
pub(super) struct PageInfo {
    pub(super) has_next_page: Option<bool>,
    pub(super) end_cursor: Option<String>,
}

object!(PageInfo { has_next_page: "hasNextPage", end_cursor: "endCursor" }, 0);

/// A page of a list.
pub(super) trait Connection {
    type Item;

    fn into_parts(self) -> (Rows<Self::Item>, PageInfo);
}

/// Defines the type of a page: its rows, and where it ends.
macro_rules! connection {
    ($name:ident, $item:ident) => {
        pub(super) struct $name {
            nodes: Rows<$item>,
            page_info: PageInfo,
        }

        object!($name { nodes: "nodes", page_info: "pageInfo" }, 2);

        impl Connection for $name {
            type Item = $item;

            fn into_parts(self) -> (Rows<$item>, PageInfo) {
                (self.nodes, self.page_info)
            }
        }
    };
}

connection!(Entries, Entry);
connection!(Activities, Activity);

/// The reply to the query for friends.
pub(super) struct FriendsReply {
    pub(super) data: FriendsData,
}

object!(FriendsReply { data: "data" }, 1);

pub(super) struct FriendsData {
    pub(super) friends: Rows<Friend>,
}

object!(FriendsData { friends: "allFriendsV2" }, 1);

/// The reply to the query for a watchlist.
pub(super) struct WatchlistReply {
    pub(super) data: WatchlistData,
}

object!(WatchlistReply { data: "data" }, 1);

pub(super) struct WatchlistData {
    /// Null when there is no such user.
    pub(super) user: Option<WatchlistOwner>,
}

object!(WatchlistData { user: "userV2" }, 1);

pub(super) struct WatchlistOwner {
    /// Missing when the user is of another type than `User`, such as one that was deleted.
    pub(super) watchlist: Option<Entries>,
}

object!(WatchlistOwner { watchlist: "watchlist" }, 0);

/// The reply to the query for activities.
pub(super) struct ActivitiesReply {
    pub(super) data: ActivitiesData,
}

object!(ActivitiesReply { data: "data" }, 1);

pub(super) struct ActivitiesData {
    pub(super) feed: Activities,
}

object!(ActivitiesData { feed: "activityFeed" }, 1);
