//! Events that plex.tv posts to a webhook.
//!
//! A media server posts `multipart/form-data`. [`Event::from_multipart`] parses it including the
//! picture; [`Event::from_payload`] parses only the JSON.
//!
//! Deliveries are not signed and not repeated. Anyone who knows the address can post to it, so
//! choose one that nobody can guess. Trust an event only as far as its address is secret.
//!
//! ```
//! use plex_tv_sdk::webhook::{Event, EventKind};
//!
//! let content_type = "multipart/form-data; boundary=XX";
//! let body = "--XX\r\nContent-Disposition: form-data; name=\"payload\"\r\n\r\n\
//!     {\"event\":\"media.play\",\"Metadata\":{\"title\":\"Example Movie\"}}\r\n--XX--\r\n";
//!
//! let event = Event::from_multipart(content_type, body)?;
//!
//! assert_eq!(event.kind, EventKind::MediaPlay);
//! assert_eq!(event.title(), Some("Example Movie"));
//! # Ok::<(), plex_tv_sdk::Error>(())
//! ```

mod event;
#[cfg(feature = "axum")]
mod extract;
mod kind;
mod multipart;
mod thumb;

pub use event::{Account, Event, Guid, Metadata, Player, Server};
pub use kind::EventKind;
pub use thumb::Thumb;
