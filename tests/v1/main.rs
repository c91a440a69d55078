//! Drives every operation of the first version against a mock server.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]
// The helpers of a test are tests themselves, though clippy does not see it.

mod account;
mod authentication;
mod devices;
mod documents;
mod friends;
mod home;
mod servers;
mod sharing;
mod sync;
