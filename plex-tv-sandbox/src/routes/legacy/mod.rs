//! Version 1 of the API, over the same state. Most calls answer XML only.

pub(super) mod account;
pub(super) mod home;
pub(super) mod invites;
pub(super) mod sharing;
pub(super) mod sync;

use serde_json::{Value, json};

use crate::reply::Reply;

/// Wraps the rows of a list.
fn container(list: &str, rows: Vec<Value>) -> Reply {
    Reply::xml(
        "MediaContainer",
        json!({
            "friendlyName": "myPlex",
            "identifier": "com.plexapp.plugins.myplex",
            "machineIdentifier": "0000000000000000000000000000000000000000",
            "size": rows.len(),
            list: rows,
        }),
    )
}
