//! A tolerant, safe client for the Plex.tv cloud API.
//!
//! Start at [`Client`].
#![warn(missing_docs)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod auth;
mod client;
mod clock;
mod error;
mod extra;
mod flag;
mod generated;
mod identity;
mod loose;
mod open_enum;
mod operation;
mod rows;
mod secret;
mod servers;
mod transport;

pub use auth::{PinFlow, PinLogin, PinStatus, PinWait, TokenCheck};
pub use client::{Client, ClientBuilder};
pub use clock::{Clock, SystemClock};
pub use error::{Error, ErrorKind, PlexError};
pub use extra::Extra;
pub use flag::Flag;
pub use identity::ClientIdentity;
pub use jiff::Timestamp;
pub use operation::{Auth, Operation};
pub use progenitor_client::{ByteStream, ResponseValue};
pub use reqwest;
pub use rows::{RejectedRow, Rows};
pub use secret::{Secret, Token};
pub use servers::Server;

/// `https://plex.tv/api/v2`, generated: the client, its types, and a builder for each call.
pub mod plex_tv {
    pub use crate::generated::plex_tv::{
        Client, ClientAccountExt, ClientAuthenticationExt, ClientDevicesExt, ClientHomeExt,
        ClientJwtAuthenticationExt, ClientSettingsExt, OPERATIONS, builder, types,
    };
}

/// The traits that the generated methods come with: `use plex_tv_sdk::prelude::*;`.
pub mod prelude {
    pub use crate::plex_tv::{
        ClientAccountExt as _, ClientAuthenticationExt as _, ClientDevicesExt as _,
        ClientHomeExt as _, ClientJwtAuthenticationExt as _, ClientSettingsExt as _,
    };
}
