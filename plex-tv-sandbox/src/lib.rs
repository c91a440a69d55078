// The example in the README uses the SDK, so it is compiled and run in `tests/support/lib.rs`.
#![cfg_attr(not(doctest), doc = include_str!("../README.md"))]
//!
//! # Operations and pages
//!
//! [`routes`] lists every operation with its host and its path. [`Sandbox::next`] and
//! [`Sandbox::always`] take the names of operations and refuse any other. [`Sandbox::url_of`] gives
//! the base address of a host; the calls of all hosts are at the root as well, unless plex.tv
//! itself has their path.
//!
//! In a browser, `/` is a page that shows what the sandbox serves. `/auth` plays the part of
//! `app.plex.tv/auth`, and `/link` that of `plex.tv/link`. `POST /sandbox/approve`,
//! `/sandbox/deny`, `/sandbox/advance` and `/sandbox/rotate-keys` control the sandbox from outside.
//!
//! An operation that is known but not served answers 501 with its name. Anything else answers 404
//! with code 1002.
//!
//! # Rules for signing in
//!
//! - A PIN created with a `jwk` gives its token only to a poll with a `deviceJWT` signed by that
//!   key. That token is a Plex JWT. An invalid `deviceJWT` is answered with 401, or with 422 in
//!   `exchangeJwtToken`.
//! - A device JWT is checked as a whole: signature, `alg`, `typ`, `kid`, `aud`, `iss`, `iat`,
//!   `exp`, `scope`, and a nonce that is younger than five minutes, of the same installation, and
//!   not used before.
//! - A key belongs to one installation forever. It is identified by its RFC 7638 thumbprint, not by
//!   its `kid`. Another key registered for the same installation replaces it. A removed device gets
//!   422 with code 1097.
//! - A Plex JWT lives for seven days by [the clock of the sandbox](Sandbox::advance); after that
//!   its calls answer 498. It can be renewed any number of times. It works only on its own
//!   installation, where it ends the older token, and older tokens issued later do not work. See
//!   [`Builder::jwt_everywhere`] for what it cannot do.
//! - Password sign-in requires a code for [`TWO_FACTOR_EMAIL`] (1029, 1028), is refused for
//!   [`EMAIL_ONLY_EMAIL`], which has no password (1030), and is blocked for everyone (1031) for 15
//!   minutes after ten wrong guesses.
//! - The list of devices shows an older token for a device with a JWT. Media servers that the
//!   account owns accept it, but plex.tv does not, as was seen on the real ones.
//! - One managed home user has a PIN ([`HOME_PIN_USER`]: 1041), and the other has none
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
