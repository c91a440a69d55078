//! What the sandbox does, area by area: each change is read back by another call, and by the other
//! side where there is one.
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

/// Server of the built-in account, and one of its libraries.
const LIVING_ROOM: &str = "1111111111111111111111111111111111111111";
const MOVIES: u64 = 10_001;
const SHOWS: u64 = 10_002;
const FRIEND: u64 = 7_654_321;
const OWNER: u64 = 1_234_567;
const KID: u64 = 7_654_322;
const TEEN: u64 = 7_654_323;

/// The code of a refusal, beside its status.
fn refused((status, body): (u16, Value)) -> (u16, Value) {
    (status, support::error_code(&body).clone())
}

/// What a refusal with this code looks like to [`refused`].
fn refusal(status: u16, code: u16) -> (u16, Value) {
    (status, json!(code))
}

/// One member of every row.
fn column(rows: &Value, name: &str) -> Vec<Value> {
    rows.as_array().unwrap().iter().map(|row| row[name].clone()).collect()
}
