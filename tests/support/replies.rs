//! Decodes replies and requests by the id of their operation, without a call.

use plex_tv_sdk::{Error, Reread, discover, epg, notifications, together, v1, v2};
use serde_json::{Value, json};

use crate::{Schema, described};

/// Decodes a reply as the type of its operation and encodes it again. `None` if the operation has
/// no reply to decode.
pub fn reread(operation: &str, body: &[u8]) -> Option<Result<Reread, Error>> {
    let tables = [
        v2::reread_reply,
        v1::reread_reply,
        discover::reread_reply,
        epg::reread_reply,
        together::reread_reply,
        notifications::reread_reply,
    ];
    tables.iter().find_map(|table| table(operation, body, false))
}

/// The same for a reply as JSON, even if plex.tv answers with XML: the XML reader also accepts JSON
/// with the name of the root element.
pub fn reread_json(operation: &str, value: &Value) -> Option<Result<Reread, Error>> {
    let root = Schema::of_success(operation).filter(|_| described(operation).0.xml.is_some()).and_then(Schema::element);
    let body = root.map_or_else(|| value.clone(), |root| json!({ root: value }));
    reread(operation, body.to_string().as_bytes())
}

/// The same for a request body, given as JSON.
pub fn reread_request(operation: &str, body: &Value) -> Option<Result<Reread, Error>> {
    let body = body.to_string();
    let tables = [
        v2::reread_request,
        v1::reread_request,
        discover::reread_request,
        epg::reread_request,
        together::reread_request,
        notifications::reread_request,
    ];
    tables.iter().find_map(|table| table(operation, body.as_bytes()))
}

/// Returns the members of a request body. A form that repeats a member is a list of pairs, which
/// are grouped by name.
pub fn members_of(sent: &Value) -> Value {
    let Some(pairs) = sent.as_array() else { return sent.clone() };
    let mut members = serde_json::Map::new();
    for pair in pairs {
        let values = members.entry(pair[0].as_str().unwrap()).or_insert(json!([])).as_array_mut();
        values.unwrap().push(pair[1].clone());
    }
    members.into()
}

/// Returns whether the operation has a reply to decode.
pub fn has_reply(operation: &str) -> bool {
    reread(operation, b"").is_some()
}
