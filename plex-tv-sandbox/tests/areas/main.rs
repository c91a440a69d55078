//! Tests the sandbox area by area. Each change is read back through another call, and by the other
//! side if there is one.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a failure is the message of its test")]

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod agreement;
mod catalogue;
mod community;
mod cors;
mod every;
mod friends;
mod homes;
mod hosts;
mod legacy;
mod live_tv;
mod log;
mod preferences;
mod servers;
mod sharing;
mod table;
mod together;
mod watchlist;
mod webhooks;

use serde_json::{Value, json};

/// A server of the built-in account.
const LIVING_ROOM: &str = "1111111111111111111111111111111111111111";
/// A library of that server.
const MOVIES: u64 = 10_001;
const SHOWS: u64 = 10_002;
const FRIEND: u64 = 7_654_321;
const OWNER: u64 = 1_234_567;
const KID: u64 = 7_654_322;
const TEEN: u64 = 7_654_323;

/// Returns the status and the error code of a refusal.
fn refused((status, body): (u16, Value)) -> (u16, Value) {
    (status, support::error_code(&body).clone())
}

/// Returns what [`refused`] returns for a refusal with this status and code.
fn refusal(status: u16, code: u16) -> (u16, Value) {
    (status, json!(code))
}

/// Returns one member of every row.
fn column(rows: &Value, name: &str) -> Vec<Value> {
    rows.as_array().unwrap().iter().map(|row| row[name].clone()).collect()
}
