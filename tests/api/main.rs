//! Drives every operation of the v2 API against a mock server, and checks rules for all
//! descriptions.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::unwrap_used)]
// The settings in clippy.toml that allow these in tests do not cover helper functions.

mod account;
mod authentication;
mod coverage;
mod devices;
mod errors;
mod examples;
mod friends;
mod home;
mod jwt_authentication;
mod peers;
mod recorded;
mod servers;
mod settings;
mod sharing;
mod tolerance;
mod webhooks;
mod wire;
