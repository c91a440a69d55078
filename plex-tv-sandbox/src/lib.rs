//! An in-memory plex.tv on a loopback port: accounts, PINs with an approval page, device keys and JWTs, home
//! users, resources, fake media servers behind them, and a watchlist to page through. For demos and tests; nothing leaves the machine and every datum is made up.
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
//! | JWTs | `/api/v2/auth/jwk`, `/api/v2/auth/nonce`, `/api/v2/auth/token`, `/api/v2/auth/keys` |
//! | account | `/api/v2/users/signin`, `/api/v2/users/signout`, `/api/v2/user`, `/api/v2/ping`, `/api/v2/features`, `/api/v2/companions`, `/api/v2/geoip` |
//! | home | `/api/v2/home`, `/api/v2/home/users`, `/api/v2/home/users/{uuid}/switch` |
//! | devices | `/api/v2/resources`, `/api/v2/devices`, `DELETE /devices/{id}.xml` |
//! | watchlist | `/library/sections/watchlist/{filter}`, 250 items, at most 100 at once |
//! | pages for people | `/auth` (stands for `app.plex.tv/auth`), `/link` (stands for `plex.tv/link`) |
//! | by hand | `POST /sandbox/approve`, `/sandbox/deny`, `/sandbox/advance`, `/sandbox/rotate-keys` |
//!
//! The rest of the API answers 404 with code 1002.
//!
//! # How it decides about sign-ins
//!
//! - A PIN created with a `jwk` gives its token only to a poll with a `deviceJWT` signed by that key, and the token is a
//!   Plex JWT then. What is wrong with a `deviceJWT` is 401, and 422 in `exchangeJwtToken`.
//! - A device JWT is checked as a whole: signature, `alg`, `typ`, `kid`, `aud`, `iss`, `iat`, `exp`, `scope`, and a nonce
//!   that is younger than five minutes, of the same installation, and not used before.
//! - A key belongs to one installation for ever, by its RFC 7638 thumbprint, whatever its `kid`; another key registered
//!   for the same installation takes its place. A removed device gets 422 with code 1097.
//! - A Plex JWT lives for seven days by [the clock of the sandbox](Sandbox::advance), then its calls are 498; it can be
//!   renewed for ever. It is good on its own installation only, ends the older token there, and leaves later ones
//!   without use. See [`Builder::jwt_everywhere`] for what it cannot do.
//! - Password sign-in asks for a code ([`TWO_FACTOR_EMAIL`]: 1029, 1028), knows an account without a password
//!   ([`EMAIL_ONLY_EMAIL`]: 1030), and refuses everybody (1031) for a quarter of an hour after ten wrong guesses.
//! - Of the managed home users one has a PIN ([`HOME_PIN_USER`]: 1041), and one has none ([`HOME_USER`]).
#![warn(missing_docs)]

mod account;
mod attempts;
mod builder;
mod catalogue;
mod clock;
mod data;
mod device;
mod device_jwt;
mod fault;
mod host;
mod jwk;
mod jws;
mod limits;
mod media_server;
mod nonce;
mod operation;
mod pin;
mod plex_jwt;
mod qr;
mod random;
mod reply;
mod request;
mod routes;
mod sandbox;
mod session;
mod state;
mod webhook;
mod xml;

pub use account::Account;
pub use builder::Builder;
pub use data::{
    EMAIL, EMAIL_ONLY_EMAIL, FRIEND_EMAIL, HOME_PIN, HOME_PIN_USER, HOME_USER, PASSWORD, TWO_FACTOR_EMAIL,
    TWO_FACTOR_PASSWORD, TWO_FACTOR_VERIFICATION_CODE,
};
pub use fault::Fault;
pub use host::Host;
pub use media_server::MediaServer;
pub use operation::UnknownOperation;
pub use pin::{Pin, PinState};
pub use request::Request;
pub use routes::{Route, operations, routes};
pub use sandbox::Sandbox;
pub use webhook::{Delivery, Event};
