//! Tests of the hand-written layer: its flows against the sandbox, and its reaction to faulty
//! servers and networks.
//!
//! Everything stays on the loopback interface. Waits use [`clock::TestClock`]; only the tests of
//! time limits take real time, a few hundred milliseconds.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failed unwrap fails the test, in helpers too"
)]

mod account;
mod canary;
mod clock;
mod community;
mod connect;
mod examples;
mod faults;
mod harness;
mod home;
mod jwt_login;
mod jwt_verifier;
mod keeping_fresh;
mod kept_bodies;
mod language;
mod log;
mod newcomer;
mod pages;
mod password;
mod pin_interruptions;
mod pin_login;
mod plex_direct;
mod refusal_forms;
mod renewal_pace;
mod safe_connections;
mod sandbox_replies;
mod servers;
mod shared_store;
mod shared_store_model;
mod sharing;
mod sign_out;
mod soak;
mod stores;
mod time_limits;
mod tls;
mod verify_token;
mod watchlist;
mod webhook_events;
mod webhooks;
mod wire;
