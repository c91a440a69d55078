//! The user's servers and how to reach them.

mod allowed;
mod connect;
mod connection;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) mod dns;
mod kind;
mod list;
mod plex_direct;
mod progress;
mod race;
mod server;
mod trace;

pub use connect::Connect;
pub use connection::ServerConnection;
pub use kind::ConnectionKind;
pub use plex_direct::PlexDirect;
pub use progress::ConnectProgress;
pub use server::Server;
