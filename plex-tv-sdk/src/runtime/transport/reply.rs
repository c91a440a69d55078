//! Converts a reply to a value or an error.

use std::{borrow::Cow, fmt};

use reqwest::header::HeaderMap;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

use super::exchange::{Exchange, Reply};
use crate::runtime::{
    error::{Error, ErrorKind, host_of, media_type, parse_plex_errors, request_id, text_of},
    response::{ByteStream, Response},
    secret::Token,
    wire::{Misfit, Names, Reading, Slot, read_into},
    xml,
};

/// Bytes of memory that a tree of values may take, for each byte of the body limit.
const TREE_PER_BYTE: usize = 8;

/// Reads a success that has a body.
pub(super) fn decode<T: Slot>(exchange: &Exchange, reply: Reply, token: Option<&Token>) -> Result<Response<T>, Error> {
    let mut value = T::begin();
    match read_value(&mut value, &reply, exchange) {
        Ok(unknown) => unknown.trace(exchange.operation().id),
        Err(error) => return Err(with_reply(error, exchange, &reply, token)),
    }
    Ok(Response::new(reply.status, reply.headers, value))
}

/// Reads a success into the caller's type.
pub(super) fn decode_as<T: DeserializeOwned>(
    exchange: &Exchange,
    reply: Reply,
    token: Option<&Token>,
) -> Result<Response<T>, Error> {
    let read = || {
        let reading = exchange.reading();
        let unfit = |error: serde_json::Error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            let reason = format!("the reply does not match the requested type, at {place}");
            Error::new(ErrorKind::Decode, reason)
        };
        let body = without_mark(&reply.body);
        match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
            None => serde_json::from_str("null").map_err(|_| empty()),
            Some(b'<') => serde_json::from_value(xml_to_value(body, "", memory(reading))?).map_err(unfit),
            Some(_) if takes_more_than(body, memory(reading)) => Err(too_much()),
            Some(_) => serde_json::from_slice(body).map_err(unfit),
        }
    };
    match read() {
        Ok(value) => Ok(Response::new(reply.status, reply.headers, value)),
        Err(error) => Err(with_reply(error, exchange, &reply, token)),
    }
}

/// An error in reading a reply, with what is known about the reply.
fn with_reply(error: Error, exchange: &Exchange, reply: &Reply, token: Option<&Token>) -> Error {
    error
        .with_operation(exchange.operation())
        .with_status(reply.status)
        .with_request_id(request_id(&reply.headers))
        .with_body(&reply.body, &reply.headers, &exchange.secrets(token))
}

/// Returns the bytes of a success as a stream.
pub(super) fn stream(exchange: &Exchange, mut response: reqwest::Response) -> Response<ByteStream> {
    let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
    let host = host_of(response.url());
    let operation = *exchange.operation();
    let pieces = futures_util::StreamExt::map(response.bytes_stream(), move |piece| {
        piece.map_err(|error| Error::broken_body(error, &host).with_operation(&operation))
    });
    Response::new(status, headers, ByteStream::new(Box::pin(pieces)))
}

/// Reads the body into `value`. Returns the members that no table knows.
fn read_value<T: Slot>(value: &mut T, reply: &Reply, exchange: &Exchange) -> Result<Names, Error> {
    let (body, reading) = (without_mark(&reply.body), exchange.reading());
    let operation = exchange.operation();
    if let Some(root) = operation.xml_root {
        return read_xml(value, body, root, reading);
    }
    let is_empty = || body.iter().all(u8::is_ascii_whitespace);
    // A call that changes something may have an empty reply. It reads as an empty list or object.
    if is_empty() && !operation.method.only_reads() {
        let nothing = read_into(value, b"null", reading).or_else(|_| {
            *value = T::begin();
            read_into(value, b"{}", reading)
        });
        return nothing.map_err(|_| empty());
    }
    read_json(value, body, reading, &reply.headers)
}

/// Reads JSON. An error object in place of a value is reported as an error.
pub(crate) fn read_json<T: Slot>(
    value: &mut T,
    body: &[u8],
    reading: Reading,
    headers: &HeaderMap,
) -> Result<Names, Error> {
    let outcome = read_into(value, body, reading);
    let is_suspect = outcome.as_ref().map_or(true, Names::may_be_errors);
    let plex_errors = if is_suspect && is_error_object(body) { parse_plex_errors(body) } else { Vec::new() };
    if !plex_errors.is_empty() {
        return Err(error_in_place().with_plex_errors(plex_errors));
    }
    outcome.map_err(|misfit| unreadable(body, misfit, headers))
}

/// Reads XML, or JSON in its place.
pub(crate) fn read_xml<T: Slot>(value: &mut T, body: &[u8], root: &str, reading: Reading) -> Result<Names, Error> {
    let json = xml_to_value(body, root, memory(reading))?.to_string();
    read_into(value, json.as_bytes(), reading).map_err(misread)
}

/// Removes the byte order mark that UTF-8 text may begin with.
fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)
}

/// Returns the bytes of memory that a body may take as a tree of JSON values. A reply that matches
/// the description takes little, but a malicious one could take hundreds of times its size.
fn memory(reading: Reading) -> usize {
    reading.body_limit.saturating_mul(TREE_PER_BYTE)
}

/// Whether JSON may take more bytes of memory than this as a tree of values. Brackets and commas in
/// texts count as well.
fn takes_more_than(json: &[u8], memory: usize) -> bool {
    // A list makes room for four items with its first.
    let takes = json.iter().map(|byte| match byte {
        b'{' => xml::FIRST_MEMBER,
        b'[' => 4 * size_of::<Value>(),
        b',' => xml::MEMBER,
        _ => 0,
    });
    takes.sum::<usize>() > memory
}

fn too_much() -> Error {
    Error::new(ErrorKind::Decode, "the reply has too many rows and entries for the memory limit")
}

/// Returns the JSON of a body that should be XML, if it takes at most `memory` bytes. A body that
/// is already JSON is accepted. The name of the root element is not checked, because plex.tv varies
/// it.
pub(crate) fn xml_to_value(body: &[u8], root: &str, memory: usize) -> Result<Value, Error> {
    let text = text_of(body);
    match xml::to_json(&text, memory) {
        Ok((found, value)) if is_error(&found, &value) => {
            Err(error_in_place().with_plex_errors(parse_plex_errors(body)))
        }
        Ok((_, value)) => Ok(value),
        // Calls that change something often have an empty reply.
        Err(_) if text.trim().is_empty() => Ok(Value::Object(Map::new())),
        Err(why) if why.is_page() => {
            Err(Error::new(ErrorKind::UnexpectedContentType, "the reply is a web page instead of XML"))
        }
        Err(why) => from_json_in_place(body, &text, root, memory)?
            .ok_or_else(|| Error::new(ErrorKind::Decode, format!("the reply is not the expected XML: {why}"))),
    }
}

/// Reads JSON where XML is expected. Returns the member with the name of the root element, or the
/// whole object.
fn from_json_in_place(body: &[u8], text: &str, root: &str, memory: usize) -> Result<Option<Value>, Error> {
    if text.trim_start().starts_with('{') && takes_more_than(body, memory) {
        return Err(too_much());
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(_)) if is_error_object(body) => {
            Err(error_in_place().with_plex_errors(parse_plex_errors(body)))
        }
        Ok(Value::Object(mut members)) if members.len() == 1 && members.contains_key(root) => Ok(members.remove(root)),
        Ok(value @ Value::Object(_)) => Ok(Some(value)),
        _ => Ok(None),
    }
}

/// Whether a JSON body is an object with errors in place of a value. The body is parsed without
/// being stored.
fn is_error_object(body: &[u8]) -> bool {
    let mut reader = serde_json::Deserializer::from_slice(body);
    reader.deserialize_map(HasErrors).is_ok_and(|has_errors| has_errors && reader.end().is_ok())
}

/// Whether an object has a member with errors.
struct HasErrors;

impl<'de> Visitor<'de> for HasErrors {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<bool, A::Error> {
        let mut has_errors = false;
        while let Some(name) = members.next_key::<Cow<'_, str>>()? {
            if matches!(&*name, "error" | "errors" | "Error") {
                has_errors |= members.next_value::<IsSomething>()?.0;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(has_errors)
    }
}

/// Whether a value is anything but null and false.
struct IsSomething(bool);

impl<'de> Deserialize<'de> for IsSomething {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Something).map(Self)
    }
}

struct Something;

impl<'de> Visitor<'de> for Something {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_bool<E>(self, value: bool) -> Result<bool, E> {
        Ok(value)
    }

    fn visit_i64<E>(self, _: i64) -> Result<bool, E> {
        Ok(true)
    }

    fn visit_u64<E>(self, _: u64) -> Result<bool, E> {
        Ok(true)
    }

    fn visit_f64<E>(self, _: f64) -> Result<bool, E> {
        Ok(true)
    }

    fn visit_str<E>(self, _: &str) -> Result<bool, E> {
        Ok(true)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<bool, A::Error> {
        IgnoredAny.visit_seq(items).map(|_| true)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<bool, A::Error> {
        IgnoredAny.visit_map(members).map(|_| true)
    }
}

/// Whether XML is an error: `<errors>`, `<error>`, or `<Response>` with a code of 400 or more.
fn is_error(root: &str, value: &Value) -> bool {
    let code = value["code"].as_str().and_then(|code| code.parse::<u16>().ok());
    match root.to_ascii_lowercase().as_str() {
        "error" | "errors" => true,
        "response" => code.is_some_and(|code| code >= 400),
        _ => false,
    }
}

fn error_in_place() -> Error {
    Error::new(ErrorKind::Decode, "the reply has a success status, but its body is an error")
}

fn misread(misfit: Misfit) -> Error {
    let message = format!("the reply does not match the description: {misfit}");
    Error::new(ErrorKind::Decode, message).with_json_path(misfit.path)
}

fn empty() -> Error {
    Error::new(ErrorKind::Decode, "the reply has an <empty body> instead of JSON")
}

/// Returns the error for a success with a body that does not decode: empty, not JSON, or JSON of
/// another shape.
fn unreadable(body: &[u8], misfit: Misfit, headers: &HeaderMap) -> Error {
    let kind = media_type(headers);
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    let is_json = || kind.contains("json") || matches!(first, Some(b'{' | b'['));
    match first {
        None => empty(),
        Some(b'<') => not_json(kind),
        Some(_) if !is_json() => not_json(kind),
        Some(_) => misread(misfit),
    }
}

fn not_json(kind: &str) -> Error {
    let message = format!("the reply is not JSON ({kind}), although only JSON was asked for");
    Error::new(ErrorKind::UnexpectedContentType, message)
}

#[cfg(test)]
mod tests {
    use reqwest::header::{CONTENT_TYPE, HeaderValue};

    use super::*;

    fn failure<T: Slot>(body: &[u8], kind: &'static str) -> Error {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
        let reading = Reading { strict_rows: false, body_limit: 1024 };
        read_json(&mut T::begin(), body, reading, &headers).map(drop).unwrap_err()
    }

    #[test]
    fn unreadable_replies_are_distinguished() {
        let empty = failure::<i64>(b" \n", "application/json");
        let html = failure::<i64>(b"<html>", "text/html; charset=utf-8");
        let text = failure::<i64>(b"Bad gateway", "text/plain");
        let json = failure::<i64>(b"\"CANARY\"", "application/json");

        assert!(empty.is_decode() && empty.to_string().contains("<empty body>"), "{empty}");
        assert!(html.is_unexpected_content_type() && html.to_string().contains("text/html"), "{html}");
        assert!(text.is_unexpected_content_type(), "{text}");
        assert!(json.is_decode() && !format!("{json} {json:?}").contains("CANARY"), "{json}");
    }

    #[test]
    fn an_error_object_is_not_a_list_and_keeps_its_codes() {
        for body in [
            r#"{"errors":[{"code":1001,"message":"x"}]}"#,
            r#"{"errors":[{"code":1001,"message":"x","status":401}],"id":7}"#,
        ] {
            let error = failure::<Vec<i64>>(body.as_bytes(), "application/json");

            assert!(error.is_decode(), "{error}");
            assert_eq!(error.plex_code(), Some(1001), "{body}");
        }
    }

    #[test]
    fn error_objects_in_place_of_a_value_are_recognised() {
        for (body, wanted) in [
            (r#"{"error":"No."}"#, true),
            (r#"{"id":7,"Error":{"a":[1]}}"#, true),
            (r#"{"errors":[]}"#, true),
            (r#"{"error":null,"errors":["No."]}"#, true),
            (r#"{"\u0065rror":1}"#, true),
            (r#"{"error":0}"#, true),
            (r#"{"error":null}"#, false),
            (r#"{"error":false,"id":1}"#, false),
            (r#"{"a":{"error":"No."}}"#, false),
            (r#"[{"error":"No."}]"#, false),
            (r#"{"error":"No."} 1"#, false),
            (r#"{"error":"No.""#, false),
            ("", false),
        ] {
            assert_eq!(is_error_object(body.as_bytes()), wanted, "{body}");
        }
    }

    #[test]
    fn json_in_place_of_xml_is_refused_when_it_would_take_more_memory_than_the_limit() {
        let reading = Reading { strict_rows: false, body_limit: 64 * 1024 };
        for piece in [r#"{"a":0},"#, "[],", r#"[{"b":[{}]}],"#, "{},"] {
            let body = |count: usize| format!(r#"{{"User":[{}null]}}"#, piece.repeat(count));

            let read = |body: &str| read_xml(&mut Value::begin(), body.as_bytes(), "MediaContainer", reading);

            let refused = read(&body(8 * 1024));

            let error = refused.map(drop).unwrap_err();
            assert!(error.is_decode() && error.to_string().contains("memory limit"), "{piece}: {error}");
            read(&body(10)).unwrap();
        }
    }

    #[test]
    fn a_long_content_type_is_cut_and_its_control_characters_are_not_shown() {
        let kind: &'static str = Box::leak("x/y".repeat(20_000).into_boxed_str());

        assert!(failure::<i64>(b"?", kind).to_string().len() < 300);
    }
}
