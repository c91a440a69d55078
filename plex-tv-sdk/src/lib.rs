//! A tolerant, safe client for the Plex.tv cloud API. Unofficial, and not affiliated with Plex.
//!
//! [`Client`] is the way in: [`Client::pin_login`] signs a user in, [`Client::servers`] finds their servers, and
//! [`Client::plex_tv`] has every operation of the description as a builder. Whatever goes wrong is an [`Error`].
//!
//! ```no_run
//! # async fn example() -> Result<(), plex_tv_sdk::Error> {
//! use plex_tv_sdk::{Client, ClientIdentity, prelude::*};
//!
//! let identity = ClientIdentity::new("c0ffee-desk-01", "Example App", env!("CARGO_PKG_VERSION"))?;
//! let flow = Client::new(identity)?.pin_login().strong().start().await?;
//! println!("Open {}", flow.auth_url());
//!
//! let client = flow.wait().await?;
//! let devices = client.plex_tv().get_devices().include_https(true).send().await?;
//! println!("{} servers and players", devices.len());
//! # Ok(())
//! # }
//! ```
//!
//! # How replies are read
//!
//! plex.tv adds members, sends numbers as text and booleans as 0 and 1. Generated types have plain Rust fields and take any
//! scalar that converts; unknown enum values are kept as `Other`; members that the description does not name are in `extra`
//! where a type has it; lists of resources and devices are [`Rows`], of which a bad row is set aside. What does not convert
//! is an error with its JSON path.
//!
//! Lists that come page by page are gone through with [`Pages`], whole: one that stops on the way is an error, not a shorter
//! list.
//!
//! # Reaching a server
//!
//! [`Server::connections`] has its addresses, best first, and [`Server::access_token`] the token to send there. Their
//! [`PlexDirect`] names do not resolve behind some routers: see [`Server::direct_addresses`].
//!
//! # In a browser
//!
//! The crate compiles for `wasm32-unknown-unknown`, without the features `file-store` and `keyring`. A browser follows redirects
//! by itself, the token along with them, makes its own connections, and keeps its own `User-Agent`; limits of time and size,
//! pauses and repeats are those of [`ClientBuilder`] all the same.
#![warn(missing_docs)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod auth;
mod client;
mod clock;
#[cfg(feature = "conform")]
mod conform;
#[cfg(not(target_arch = "wasm32"))]
mod dns;
mod error;
mod extra;
mod flag;
mod form;
mod generated;
mod identity;
mod loose;
mod open_enum;
mod operation;
mod pages;
mod plex_direct;
mod printable;
mod rows;
mod secret;
mod servers;
mod transport;
mod unknown;
mod xml;

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
pub use clock::{Clock, SystemClock};
#[cfg(feature = "conform")]
pub use conform::{Reread, redacted_body, reread_error, reread_retry_after, with_strict_rows, xml_as_json};
pub use error::{Error, ErrorKind, PlexCode, PlexError};
pub use extra::Extra;
pub use flag::Flag;
pub use identity::ClientIdentity;
pub use jiff::Timestamp;
pub use operation::{Auth, Operation};
pub use pages::{Page, Paged, Pages};
pub use plex_direct::PlexDirect;
pub use printable::printable;
pub use progenitor_client::{ByteStream, ResponseValue};
pub use reqwest;
pub use rows::{RejectedRow, Rows};
pub use secret::{Secret, Token};
pub use servers::{ConnectionKind, Server, ServerConnection};
pub use transport::RetryPolicy;

/// `https://plex.tv/api/v2`, generated: the client, its types, and a builder for each call.
pub mod plex_tv {
    pub use crate::generated::plex_tv::{
        Client, ClientAccountExt, ClientAuthenticationExt, ClientDevicesExt, ClientFriendsExt, ClientHomeExt,
        ClientJwtAuthenticationExt, ClientServersExt, ClientSettingsExt, ClientSharingExt, ClientWebhooksExt,
        OPERATIONS, builder, types,
    };
    #[cfg(feature = "conform")]
    pub use crate::generated::plex_tv::{reread_reply, reread_request};
}

/// The older calls of `https://plex.tv`, generated.
#[cfg(feature = "v1")]
pub mod plex_tv_v1 {
    pub use crate::generated::plex_tv_v1::{
        Client, ClientAccountExt, ClientAuthenticationExt, ClientDevicesExt, ClientFriendsExt, ClientHomeExt,
        ClientServersExt, ClientSharingExt, ClientSyncExt, OPERATIONS, builder, types,
    };
    #[cfg(feature = "conform")]
    pub use crate::generated::plex_tv_v1::{reread_reply, reread_request};
}

/// Discover and the metadata providers, generated.
#[cfg(feature = "discover")]
pub mod discover {
    pub use crate::generated::discover::{
        Client, ClientDiscoverExt, ClientHubsExt, ClientProvidersExt, ClientSettingsExt, ClientUserStateExt,
        ClientWatchlistExt, OPERATIONS, builder, types,
    };
    #[cfg(feature = "conform")]
    pub use crate::generated::discover::{reread_reply, reread_request};
}

/// The traits that the generated methods come with: `use plex_tv_sdk::prelude::*;`.
pub mod prelude {
    #[cfg(feature = "discover")]
    pub use crate::discover::{
        ClientDiscoverExt as _, ClientHubsExt as _, ClientProvidersExt as _, ClientSettingsExt as _,
        ClientUserStateExt as _, ClientWatchlistExt as _,
    };
    pub use crate::plex_tv::{
        ClientAccountExt as _, ClientAuthenticationExt as _, ClientDevicesExt as _, ClientFriendsExt as _,
        ClientHomeExt as _, ClientJwtAuthenticationExt as _, ClientServersExt as _, ClientSettingsExt as _,
        ClientSharingExt as _, ClientWebhooksExt as _,
    };
    #[cfg(feature = "v1")]
    pub use crate::plex_tv_v1::{
        ClientAccountExt as _, ClientAuthenticationExt as _, ClientDevicesExt as _, ClientFriendsExt as _,
        ClientHomeExt as _, ClientServersExt as _, ClientSharingExt as _, ClientSyncExt as _,
    };
}

/// The README's program compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
