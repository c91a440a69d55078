//! Checks one payload: decodes it, encodes it again, and compares the two.

use plex_tv_sdk::{
    Error, PlexError, Reread, discover, epg, notifications, reread_error, together, v1, v2, xml_as_json,
};
use serde_json::Value;

use crate::{
    compare::{Field, compare},
    descriptions::{Described, Descriptions},
    folder::{Kind, Payload},
};

/// The result of the check of a payload.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// A success that the types can read.
    Decoded {
        fields: Vec<Field>,
        is_documented: bool,
    },
    /// A failure that the error type can represent.
    Refused {
        errors: Vec<PlexError>,
        is_documented: bool,
    },
    Failed {
        path: Option<String>,
        message: String,
    },
    Skipped(&'static str),
}

impl Verdict {
    fn failed(message: &str) -> Self {
        Self::Failed { path: None, message: message.to_owned() }
    }
}

impl From<Error> for Verdict {
    fn from(error: Error) -> Self {
        Self::Failed { path: error.json_path().map(str::to_owned), message: error.to_string() }
    }
}

pub(crate) fn check(payload: &Payload, descriptions: &Descriptions) -> Verdict {
    let Some(described) = descriptions.operation(&payload.operation) else {
        return Verdict::Skipped("no such operation");
    };
    if (200..300).contains(&payload.status) { success(payload, described) } else { refusal(payload, described) }
}

/// Checks a failure. Its body may be anything, but JSON and XML should contain an error.
fn refusal(payload: &Payload, described: Described<'_>) -> Verdict {
    let errors = reread_error(&payload.body);
    let should_speak = matches!(payload.kind, Kind::Json | Kind::Xml) && !payload.body.trim_ascii().is_empty();
    if errors.is_empty() && should_speak {
        return Verdict::failed("no error can be read from it");
    }
    Verdict::Refused { errors, is_documented: described.names(payload.status) }
}

fn success(payload: &Payload, described: Described<'_>) -> Verdict {
    let Some(schema) = described.success() else {
        return Verdict::Skipped("the description has no success body to decode");
    };
    let Ok(text) = std::str::from_utf8(&payload.body) else {
        return Verdict::failed("it is not UTF-8 text");
    };
    // A rejected row fails the payload: its error says more than a list that is too short.
    let back = match reread(described.module, &payload.operation, &payload.body) {
        Some(Ok(back)) => back,
        Some(Err(error)) => return error.into(),
        None => return Verdict::Skipped("the generated code does not know it yet; run `cargo xtask generate`"),
    };
    match original(text, described.is_xml()) {
        Ok(sent) => Verdict::Decoded {
            fields: compare(&sent, back.value(), schema),
            is_documented: described.names(payload.status),
        },
        Err(verdict) => verdict,
    }
}

/// Decodes with the types of one module. A module that this match does not name is not generated
/// yet.
fn reread(module: &str, operation: &str, body: &[u8]) -> Option<Result<Reread, Error>> {
    match module {
        "v2" => v2::reread_reply(operation, body, true),
        "v1" => v1::reread_reply(operation, body, true),
        "discover" => discover::reread_reply(operation, body, true),
        "epg" => epg::reread_reply(operation, body, true),
        "together" => together::reread_reply(operation, body, true),
        "notifications" => notifications::reread_reply(operation, body, true),
        _ => None,
    }
}

fn original(text: &str, is_xml: bool) -> Result<Value, Verdict> {
    if is_xml {
        return xml_as_json(text.as_bytes()).map_err(Verdict::from);
    }
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|_| Verdict::failed("it is not JSON"))
}
