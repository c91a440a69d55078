// Its example uses the SDK, so it is compiled and run beside that, in `tests/support/lib.rs`.
#![cfg_attr(not(doctest), doc = include_str!("../README.md"))]
//!
//! # Where things are in this crate
//!
//! [`routes`] lists every operation with its host and its path. [`Sandbox::next`] and
//! [`Sandbox::always`] take the names of operations and refuse any other. [`Sandbox::url_of`] gives
//! the base address of a host; the calls of all hosts are at the root as well, unless plex.tv
//! itself has their path.
//!
//! A browser finds a page at `/` that shows what is there. `/auth` stands for `app.plex.tv/auth`
//! and `/link` for `plex.tv/link`. By hand: `POST /sandbox/approve`, `/sandbox/deny`,
//! `/sandbox/advance`, `/sandbox/rotate-keys`.
//!
//! What is known and not served answers 501 and names the operation; anything else is 404 with code
//! 1002.
//!
//! # How it decides about sign-ins
//!
//! - A PIN created with a `jwk` gives its token only to a poll with a `deviceJWT` signed by that
//!   key, and the token is a Plex JWT then. What is wrong with a `deviceJWT` is 401, and 422 in
//!   `exchangeJwtToken`.
//! - A device JWT is checked as a whole: signature, `alg`, `typ`, `kid`, `aud`, `iss`, `iat`,
//!   `exp`, `scope`, and a nonce that is younger than five minutes, of the same installation, and
//!   not used before.
//! - A key belongs to one installation forever, by its RFC 7638 thumbprint, whatever its `kid`;
//!   another key registered for the same installation takes its place. A removed device gets 422
//!   with code 1097.
//! - A Plex JWT lives for seven days by [the clock of the sandbox](Sandbox::advance), then its
//!   calls are 498; it can be renewed without end. It is good on its own installation only, ends the
//!   older token there, and leaves later ones without use. See [`Builder::jwt_everywhere`] for what
//!   it cannot do.
//! - Password sign-in asks for a code ([`TWO_FACTOR_EMAIL`]: 1029, 1028), knows an account without
//!   a password ([`EMAIL_ONLY_EMAIL`]: 1030), and refuses everybody (1031) for a quarter of an hour
//!   after ten wrong guesses.
//! - The list of devices shows an older token beside a JWT. Media servers that the account owns
//!   take it, and plex.tv does not, as was seen of the real ones.
//! - Of the managed home users one has a PIN ([`HOME_PIN_USER`]: 1041), and one has none
//!   ([`HOME_USER`]).
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
mod graphql;
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
