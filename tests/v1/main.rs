//! Drives every operation of the v1 API against a mock server.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]
// The settings in clippy.toml that allow these in tests do not cover helper functions.

mod account;
mod authentication;
mod devices;
mod documents;
mod friends;
mod home;
mod servers;
mod sharing;
mod sync;
