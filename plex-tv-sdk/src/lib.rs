//! A tolerant, safe client for the Plex.tv cloud API. Unofficial, and not affiliated with Plex.
//!
//! [`Client`] is the way in: [`Client::pin_login`] signs a user in, [`Client::servers`] finds their
//! servers, and [`Client::v2`] has every call of the account API. Whatever goes wrong is an
//! [`Error`].
//!
//! ```no_run
//! # async fn example() -> Result<(), plex_tv_sdk::Error> {
//! use plex_tv_sdk::{Client, ClientIdentity};
//!
//! let identity = ClientIdentity::new("c0ffee-desk-01", "Example App", env!("CARGO_PKG_VERSION"))?;
//! let flow = Client::new(identity)?.pin_login().strong().start().await?;
//! println!("Open {}", flow.auth_url());
//!
//! let client = flow.wait().await?;
//! let devices = client.v2().get_devices().include_https(true).send().await?;
//! println!("{} servers and players", devices.len());
//! # Ok(())
//! # }
//! ```
//!
//! # Calls
//!
//! A generated call takes what is required as arguments and what is optional by setters. `send`
//! returns the value, and `send_with_response` the value with status and headers. Every setter has a
//! twin with `maybe_` that takes an `Option`. A call owns what it needs: it can be kept, cloned and
//! spawned.
//!
//! ```no_run
//! # async fn example(client: plex_tv_sdk::Client, pin_code: Option<String>) -> Result<(), plex_tv_sdk::Error> {
//! use plex_tv_sdk::v2::types::{
//!     CreateSharedServerBody, Libraries, SetUserWebhooksBody, SharingSettings,
//! };
//!
//! // What may be there or not needs no `if`.
//! let pin = client.v2().get_token(42).maybe_code(pin_code).send().await?;
//! println!("{} approved: {}", pin.id, pin.auth_token.is_some());
//!
//! // The value is yours: its members can be moved out.
//! let user = client.v2().get_user_details().send().await?;
//! println!("{}", plex_tv_sdk::printable(&user.title.unwrap_or_default()));
//!
//! // A request body is its own builder, and takes others as they are.
//! let body = CreateSharedServerBody::new("0123456789abcdef", Libraries::these([5, 7]))
//!     .invited_email("friend@example.com")
//!     .settings(SharingSettings::new().allow_sync(true));
//! client.v2().create_shared_server(body).send().await?;
//! let hooks = SetUserWebhooksBody::new(["https://example.com/plex"]);
//! client.v2().set_user_webhooks(hooks).send().await?;
//!
//! // A call can be kept, and sent from anywhere.
//! let ping = client.v2().ping();
//! # #[cfg(not(target_arch = "wasm32"))]
//! let task = tokio::spawn(ping.clone().send());
//! ping.send().await?;
//! # Ok(())
//! # }
//! ```
//!
//! An argument that is missing does not compile:
//!
//! ```compile_fail,E0061
//! # fn example(client: plex_tv_sdk::Client) {
//! let call = client.v2().get_token();
//! # }
//! ```
//!
//! | description | client | module |
//! |---|---|---|
//! | account API | [`Client::v2`] | [`v2`] |
#![cfg_attr(feature = "v1", doc = "| older account API | [`Client::v1`] | [`v1`] |")]
#![cfg_attr(feature = "discover", doc = "| Discover and metadata | [`Client::discover`] | [`discover`] |")]
//!
//! # How replies are read
//!
//! plex.tv adds members, sends numbers as text and booleans as 0 and 1. Generated types have plain
//! Rust fields and take any scalar that converts. Unknown values of an enum are kept as `Other`.
//! Members that the description does not name are in `extra` where a type has it. In lists of
//! resources and devices a bad row is set aside: see [`Rows`]. What does not convert is an error
//! with its JSON path.
//!
//! [`Pages`] walks a paged list to its end. A list that stops on the way is an error, not a shorter
//! list.
//!
//! # Reaching a server
//!
//! [`Server::connections`] has its addresses, best first, and [`Server::access_token`] the token to
//! send there. Their [`PlexDirect`] names do not resolve behind some routers: see
//! [`Server::direct_addresses`].
//!
//! # In a browser
//!
//! The crate compiles for `wasm32-unknown-unknown`, without the features `file-store` and `keyring`.
//! A browser follows redirects by itself, the token along with them, makes its own connections, and
//! keeps its own `User-Agent`. Limits of time and size, pauses and repeats are those of
//! [`ClientBuilder`] all the same.
#![warn(missing_docs)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod auth;
mod client;
#[cfg(feature = "discover")]
pub mod community;
mod generated;
pub mod guides;
mod hosts;
mod identity;
mod paging;
mod runtime;
mod servers;
#[cfg(feature = "discover")]
mod watchlist;
mod webhooks;

#[cfg(feature = "file-store")]
pub use auth::FileStore;
#[cfg(feature = "keyring")]
pub use auth::KeyringStore;
#[cfg(feature = "jwt")]
pub use auth::{Claims, DeviceKey, JwtVerifier, Scope, Scopes};
pub use auth::{
    CredentialStore, Credentials, HomeMember, MemoryStore, PasswordSignIn, PinFlow, PinLogin, PinPoll, PinProgress,
    PinStatus, PinWait, SignIn, TokenCheck, TwoFactorRequired, store_error,
};
pub use client::{Client, ClientBuilder};
#[cfg(feature = "discover")]
pub use generated::discover;
#[cfg(feature = "v1")]
pub use generated::v1;
pub use generated::v2;
pub use identity::ClientIdentity;
pub use jiff::Timestamp;
pub use reqwest;
pub use runtime::clock::{Clock, SystemClock};
#[cfg(feature = "conform")]
pub use runtime::conform::{Reread, redacted_body, reread_error, reread_retry_after, xml_as_json};
pub use runtime::error::{Error, ErrorKind, PlexCode, PlexError};
#[cfg(feature = "discover")]
pub use runtime::items::Items;
pub use runtime::operation::{Auth, Method, Operation, Parameter, Place, Proof};
pub use runtime::pages::{Page, Paged, Pages};
pub use runtime::printable::printable;
pub use runtime::response::{ByteStream, Response};
pub use runtime::secret::{Secret, Token};
pub use runtime::transport::{Call, RetryPolicy};
pub use runtime::wire::{Choice, Extra, Flag, Nullable, RejectedRow, Rows};
pub use servers::{ConnectionKind, PlexDirect, Server, ServerConnection};
#[cfg(feature = "discover")]
pub use watchlist::{ExternalId, ItemId, Kind, Search, Watchlist, WatchlistSort};
pub use webhooks::Webhooks;
#[cfg(feature = "webhook")]
pub use webhooks::receive as webhook;

/// The README's program compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
