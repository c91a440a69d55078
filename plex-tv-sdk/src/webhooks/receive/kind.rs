//! The kinds of events.

use crate::runtime::wire::open_enum;

/// The kind of an event. Unknown names are kept.
///
/// ```
/// use plex_tv_sdk::webhook::EventKind;
///
/// assert_eq!(EventKind::from("media.play"), EventKind::MediaPlay);
/// assert_eq!(EventKind::from("media.rewind").to_string(), "media.rewind");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// `media.play`: playback begins.
    MediaPlay,
    /// `media.pause`: playback pauses.
    MediaPause,
    /// `media.resume`: playback resumes.
    MediaResume,
    /// `media.stop`: playback ends.
    MediaStop,
    /// `media.scrobble`: about 90 percent of the item was played.
    MediaScrobble,
    /// `media.rate`: an item is rated.
    MediaRate,
    /// `library.new`: an item is added to a library.
    LibraryNew,
    /// `library.on.deck`: an item is added to On Deck.
    LibraryOnDeck,
    /// `admin.database.backup`: the database is backed up. Sent only to the owner of the server.
    AdminDatabaseBackup,
    /// `admin.database.corrupted`: the database is damaged. Sent only to the owner of the server.
    AdminDatabaseCorrupted,
    /// `device.new`: a device signs in for the first time. Sent only to the owner of the server.
    DeviceNew,
    /// `playback.started`: a shared user begins to play. Sent only to the owner of the server.
    PlaybackStarted,
    /// A name that this version does not know.
    Other(String),
}

open_enum!(EventKind {
    MediaPlay: "media.play",
    MediaPause: "media.pause",
    MediaResume: "media.resume",
    MediaStop: "media.stop",
    MediaScrobble: "media.scrobble",
    MediaRate: "media.rate",
    LibraryNew: "library.new",
    LibraryOnDeck: "library.on.deck",
    AdminDatabaseBackup: "admin.database.backup",
    AdminDatabaseCorrupted: "admin.database.corrupted",
    DeviceNew: "device.new",
    PlaybackStarted: "playback.started",
});
