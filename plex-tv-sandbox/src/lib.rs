//! An in-memory plex.tv on a loopback port: accounts, PINs with an approval page, resources, and fake media
//! servers behind them. For demos and tests; nothing leaves the machine and every datum is made up.
//!
//! It speaks the wire as plex.tv does, inconvenient parts included: XML unless `Accept` is exactly
//! `application/json`, 201 on PIN creation, 404 with code 1020 for a PIN that is gone, 400 with code 1000 without a
//! client identifier. It shares no code with any client, so it is an independent witness of what a client sends.
//!
//! This is an unofficial project, not affiliated with Plex.
//!
//! ```
//! use plex_tv_sandbox::{Fault, Sandbox};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let sandbox = Sandbox::start().await?;
//! sandbox.next("getUserDetails", Fault::RateLimited { retry_after: Some(2) });
//!
//! // Point the client under test here instead of at https://plex.tv:
//! assert!(sandbox.url().starts_with("http://127.0.0.1:"));
//! # Ok(())
//! # }
//! ```
//!
//! # What it serves
//!
//! Every operation is known by the name that [`Sandbox::next`] takes; [`operations`] lists them.
//!
//! | what | where |
//! |---|---|
//! | PINs | `/api/v2/pins`, `/api/v2/pins/{id}`, `/api/v2/pins/link`, `/api/v2/pins/qr/{code}` |
//! | account | `/api/v2/users/signin`, `/api/v2/users/signout`, `/api/v2/user`, `/api/v2/ping`, `/api/v2/home`, `/api/v2/features`, `/api/v2/companions`, `/api/v2/geoip` |
//! | devices | `/api/v2/resources`, `/api/v2/devices` |
//! | pages for people | `/auth` (stands for `app.plex.tv/auth`), `/link` (stands for `plex.tv/link`) |
//!
//! The rest of the API answers 404 with code 1002. A PIN created with a `jwk` is treated as a plain one: the
//! sandbox issues no JWTs.
#![warn(missing_docs)]

mod clock;
mod data;
mod fault;
mod media_server;
mod pin;
mod qr;
mod random;
mod reply;
mod routes;
mod sandbox;
mod session;
mod state;
mod xml;

pub use data::{EMAIL, PASSWORD, TWO_FACTOR_EMAIL, TWO_FACTOR_PASSWORD, TWO_FACTOR_VERIFICATION_CODE};
pub use fault::Fault;
pub use media_server::MediaServer;
pub use pin::{Pin, PinState};
pub use routes::operations;
pub use sandbox::{Builder, Sandbox};
pub use state::Request;
