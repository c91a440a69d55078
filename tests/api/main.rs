//! Drives every operation of the generated client against a mock server.
#![allow(clippy::expect_used, clippy::panic, clippy::print_stdout, clippy::unwrap_used)]
// The helpers of a test are tests themselves, though clippy does not see it.

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
