//! An event, and its parser.

use serde::Serialize;

use super::{kind::EventKind, multipart, thumb::Thumb};
use crate::{
    Error, ErrorKind, Extra,
    runtime::{
        Timestamp,
        wire::{Reading, object, read},
    },
};

/// The most bytes in the JSON of an event. plex.tv sends a few KiB.
const MOST_PAYLOAD: usize = 1024 * 1024;
/// The most bytes in the picture of an event.
const MOST_THUMB: usize = 8 * 1024 * 1024;
/// The most bytes in a whole delivery.
const MOST_BODY: usize = 16 * 1024 * 1024;

/// An event that a webhook received.
///
/// Members that plex.tv leaves out are `None`. Members that are not named here are in `extra`.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Event {
    /// What happened.
    #[serde(rename = "event")]
    pub kind: EventKind,
    /// Whether the owner of the webhook caused the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<bool>,
    /// Whether the owner of the webhook owns the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<bool>,
    /// The user who caused the event.
    #[serde(rename = "Account", skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
    /// The server where it happened.
    #[serde(rename = "Server", skip_serializing_if = "Option::is_none")]
    pub server: Option<Server>,
    /// The player. Missing from events that are not about playback.
    #[serde(rename = "Player", skip_serializing_if = "Option::is_none")]
    pub player: Option<Player>,
    /// The item that is played, rated or added. Missing from events that are not about an item.
    #[serde(rename = "Metadata", skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// The new rating, from 0 to 10. Only in `media.rate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<f64>,
    /// The picture of the item, if one was sent.
    #[serde(skip)]
    pub thumb: Option<Thumb>,
    /// Members that are not named here.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The JSON of an event.
struct Payload {
    event: EventKind,
    user: Option<bool>,
    owner: Option<bool>,
    account: Option<Account>,
    server: Option<Server>,
    player: Option<Player>,
    metadata: Option<Metadata>,
    rating: Option<f64>,
    extra: Extra,
}

object!(
    Payload {
        event: "event",
        user: "user",
        owner: "owner",
        account: "Account",
        server: "Server",
        player: "Player",
        metadata: "Metadata",
        rating: "rating"
    },
    1,
    extra
);

impl From<Payload> for Event {
    fn from(payload: Payload) -> Self {
        let Payload { event: kind, user, owner, account, server, player, metadata, rating, extra } = payload;
        Self { kind, user, owner, account, server, player, metadata, rating, thumb: None, extra }
    }
}

/// The user of an event.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Account {
    /// The id of the user on the server: 1 for its owner; others have the id of their account.
    pub id: Option<i64>,
    /// The name to show.
    pub title: Option<String>,
    /// The address of the avatar.
    pub thumb: Option<String>,
    /// Members that are not named here.
    pub extra: Extra,
}

object!(Account { id: "id", title: "title", thumb: "thumb" }, 0, extra);

/// The server of an event.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Server {
    /// The name that its owner gave it.
    pub title: Option<String>,
    /// The machine identifier.
    pub uuid: Option<String>,
    /// Members that are not named here.
    pub extra: Extra,
}

object!(Server { title: "title", uuid: "uuid" }, 0, extra);

/// The player of an event.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Player {
    /// Whether it is in the network of the server.
    pub local: Option<bool>,
    /// Its public address.
    pub public_address: Option<String>,
    /// The name to show.
    pub title: Option<String>,
    /// The client identifier.
    pub uuid: Option<String>,
    /// Members that are not named here.
    pub extra: Extra,
}

object!(Player { local: "local", public_address: "publicAddress", title: "title", uuid: "uuid" }, 0, extra);

/// The item of an event, as the server describes it.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Metadata {
    /// Identifier of the item on the server. plex.tv's identifier is in `guid`.
    pub rating_key: Option<String>,
    /// Path of the item on the server.
    pub key: Option<String>,
    /// Identifier of the item at plex.tv, such as `plex://movie/5d776be17a53e9001e732ab9`.
    pub guid: Option<String>,
    /// Identifiers of the item in other catalogues.
    pub guids: Vec<Guid>,
    /// Kind of item, such as `movie`, `episode` or `track`.
    pub type_: Option<String>,
    /// Title of the item.
    pub title: Option<String>,
    /// Title one level up: of the season of an episode, or the album of a track.
    pub parent_title: Option<String>,
    /// Title two levels up: of the show of an episode, or the artist of a track.
    pub grandparent_title: Option<String>,
    /// Number of the episode, season or track.
    pub index: Option<i64>,
    /// Number one level up: for an episode, of its season.
    pub parent_index: Option<i64>,
    /// Year of release.
    pub year: Option<i64>,
    /// Length in milliseconds.
    pub duration: Option<i64>,
    /// Playback position in milliseconds.
    pub view_offset: Option<i64>,
    /// Number of the library on the server.
    pub library_section_id: Option<String>,
    /// Name of the library.
    pub library_section_title: Option<String>,
    /// Kind of library, such as `movie`, `show` or `artist`.
    pub library_section_type: Option<String>,
    /// When the item was added to the library.
    pub added_at: Option<Timestamp>,
    /// Members that are not named here.
    pub extra: Extra,
}

object!(
    Metadata {
        rating_key: "ratingKey",
        key: "key",
        guid: "guid",
        guids: "Guid",
        type_: "type",
        title: "title",
        parent_title: "parentTitle",
        grandparent_title: "grandparentTitle",
        index: "index",
        parent_index: "parentIndex",
        year: "year",
        duration: "duration",
        view_offset: "viewOffset",
        library_section_id: "librarySectionID",
        library_section_title: "librarySectionTitle",
        library_section_type: "librarySectionType",
        added_at: "addedAt"
    },
    0,
    extra
);

/// An identifier of an item in another catalogue.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Guid {
    /// The identifier, such as `imdb://tt0133093`.
    pub id: String,
}

object!(Guid { id: "id" }, 1);

impl Event {
    /// Parses the JSON of an event, which is the part `payload` of a delivery.
    ///
    /// ```
    /// use plex_tv_sdk::webhook::{Event, EventKind};
    ///
    /// let event = Event::from_payload(r#"{"event":"media.stop","user":true,"owner":true}"#)?;
    ///
    /// assert_eq!(event.kind, EventKind::MediaStop);
    /// # Ok::<(), plex_tv_sdk::Error>(())
    /// ```
    ///
    /// # Errors
    /// `is_decode` when it is not a JSON object with the name of an event. `is_too_large` when it
    /// is larger than 1 MiB.
    pub fn from_payload(json: impl AsRef<[u8]>) -> Result<Self, Error> {
        let json = json.as_ref();
        if json.len() > MOST_PAYLOAD {
            return Err(Error::new(ErrorKind::TooLarge, "the payload of a webhook is larger than 1 MiB"));
        }
        // UTF-8 text may begin with a byte order mark.
        let json = json.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(json);
        let (payload, _): (Payload, _) =
            read(json, Reading { strict_rows: false, body_limit: MOST_PAYLOAD }).map_err(|misfit| {
                let message = format!("the payload of a webhook is not an event: {misfit}");
                Error::new(ErrorKind::Decode, message).with_json_path(misfit.path)
            })?;
        if payload.event.as_str().trim().is_empty() {
            return Err(Error::new(ErrorKind::Decode, "the payload of a webhook names no event"));
        }
        Ok(payload.into())
    }

    /// Parses a delivery to a webhook from the value of the header `Content-Type` and the body. The
    /// picture is in [`Event::thumb`]. Other parts are ignored.
    ///
    /// The work is linear in the size of the body. Limit the body before you collect it: how much
    /// to accept is up to your server.
    ///
    /// # Errors
    /// `is_unexpected_content_type` when the content type is not `multipart/form-data`. `is_decode`
    /// when the body is malformed, has no part `payload` or several, and as for
    /// [`Event::from_payload`]. `is_too_large` when the body is larger than 16 MiB, the picture is
    /// larger than 8 MiB, or there are more than 16 parts.
    pub fn from_multipart(content_type: &str, body: impl AsRef<[u8]>) -> Result<Self, Error> {
        let body = body.as_ref();
        if body.len() > MOST_BODY {
            return Err(Error::new(ErrorKind::TooLarge, "the body of a webhook is larger than 16 MiB"));
        }
        let (mut payload, mut thumb) = (None, None);
        for part in multipart::parts(content_type, body)? {
            let slot = match part.name.as_str() {
                "payload" => &mut payload,
                "thumb" => &mut thumb,
                _ => continue,
            };
            // It is not clear which of two parts is meant.
            if slot.replace(part).is_some() {
                return Err(Error::new(ErrorKind::Decode, "the body of a webhook has the same part twice"));
            }
        }
        let payload = payload.ok_or_else(|| Error::new(ErrorKind::Decode, "the body of a webhook has no payload"))?;
        let mut event = Self::from_payload(payload.content)?;
        if let Some(part) = thumb.filter(|part| !part.content.is_empty()) {
            if part.content.len() > MOST_THUMB {
                return Err(Error::new(ErrorKind::TooLarge, "the picture of a webhook is larger than 8 MiB"));
            }
            let content_type = part.content_type.map(str::to_owned);
            event.thumb = Some(Thumb { content_type, bytes: part.content.to_vec() });
        }
        Ok(event)
    }

    /// The name of the user who caused the event, if plex.tv sent it.
    pub fn account_name(&self) -> Option<&str> {
        self.account.as_ref()?.title.as_deref()
    }

    /// The name of the server, if plex.tv sent it.
    pub fn server_name(&self) -> Option<&str> {
        self.server.as_ref()?.title.as_deref()
    }

    /// The name of the player, if there is one.
    pub fn player_name(&self) -> Option<&str> {
        self.player.as_ref()?.title.as_deref()
    }

    /// The title of the item, if there is one.
    pub fn title(&self) -> Option<&str> {
        self.metadata.as_ref()?.title.as_deref()
    }
}
