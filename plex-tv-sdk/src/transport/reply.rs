//! From a reply to a value or an error.

use progenitor_client::{ByteStream, ResponseValue};
use reqwest::{
    Response,
    header::{CONTENT_TYPE, HeaderMap},
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::exchange::{Exchange, Reply};
use crate::{
    Error,
    error::{ErrorKind, decode_failure, parse_plex_errors, request_id, text_of},
    rows::reading,
    unknown, xml,
};

/// Reads a success that has a JSON body.
pub(crate) async fn decode<T: DeserializeOwned>(exchange: Exchange<'_>) -> Result<ResponseValue<T>, Error> {
    let (reply, token): (Reply, _) = exchange.run().await?;
    let text = reply.body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&reply.body);
    let explain = |_| unreadable::<T>(text, &reply.headers);
    match reading(exchange.strict_rows(), || unknown::from_json(text), explain) {
        Ok(value) => {
            unknown::tell(exchange.operation_id());
            Ok(ResponseValue::new(value, reply.status, reply.headers))
        }
        Err(error) => Err(misread(error, &reply, &exchange.secrets(token.as_ref()))),
    }
}

/// Reads a success that plex.tv only has as XML. Should it learn JSON one day, that is read as well.
pub(crate) async fn decode_xml<T: DeserializeOwned>(
    exchange: Exchange<'_>,
    root: &str,
) -> Result<ResponseValue<T>, Error> {
    let (reply, token): (Reply, _) = exchange.run().await?;
    match reading(exchange.strict_rows(), || from_xml(&reply.body, root), |error| error) {
        Ok(value) => Ok(ResponseValue::new(value, reply.status, reply.headers)),
        Err(error) => Err(misread(error, &reply, &exchange.secrets(token.as_ref()))),
    }
}

/// Ends a call whose success has nothing to say. Whatever body comes along is read, so that the connection can be reused.
pub(crate) async fn finish(exchange: Exchange<'_>) -> Result<ResponseValue<()>, Error> {
    let (reply, _): (Reply, _) = exchange.run().await?;
    Ok(ResponseValue::new((), reply.status, reply.headers))
}

/// Hands over a success that is no JSON.
pub(crate) async fn stream(exchange: Exchange<'_>) -> Result<ResponseValue<ByteStream>, Error> {
    let (response, _): (Response, _) = exchange.run().await?;
    Ok(ResponseValue::stream(response))
}

fn misread(error: Error, reply: &Reply, secrets: &[String]) -> Error {
    error.with_status(reply.status).with_request_id(request_id(&reply.headers)).with_body(
        &reply.body,
        &reply.headers,
        secrets,
    )
}

/// Reads a body that is due as XML, or JSON in its place. The root element is not checked: plex.tv varies its name.
pub(crate) fn from_xml<T: DeserializeOwned>(body: &[u8], root: &str) -> Result<T, Error> {
    let text = text_of(body);
    let value = match xml::to_json(&text) {
        Ok((found, value)) if is_error(&found, &value) => return Err(error_in_place(body)),
        Ok((_, value)) => value,
        // Calls that change something often answer nothing at all.
        Err(_) if text.trim().is_empty() => Value::Object(Map::new()),
        Err(why) if why.is_page() => {
            return Err(Error::new(ErrorKind::UnexpectedContentType, "the reply is a web page instead of XML"));
        }
        Err(why) => from_json_in_place(body, &text, root)?
            .ok_or_else(|| Error::new(ErrorKind::Decode, format!("the reply is not the XML that is due: {why}")))?,
    };
    let json = value.to_string();
    serde_json::from_str(&json).map_err(|_| decode_failure::<T>(json.as_bytes()))
}

/// JSON where XML is due: what stands below the name of the root element, or all of it.
fn from_json_in_place(body: &[u8], text: &str, root: &str) -> Result<Option<Value>, Error> {
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) if members.contains_key("error") || members.contains_key("errors") => {
            Err(error_in_place(body))
        }
        Ok(Value::Object(mut members)) if members.len() == 1 && members.contains_key(root) => Ok(members.remove(root)),
        Ok(value @ Value::Object(_)) => Ok(Some(value)),
        _ => Ok(None),
    }
}

/// `<errors>`, `<error>`, and `<Response code="404"/>`; with another code that is a plain answer.
fn is_error(root: &str, value: &Value) -> bool {
    let code = value["code"].as_str().and_then(|code| code.parse::<u16>().ok());
    match root.to_ascii_lowercase().as_str() {
        "error" | "errors" => true,
        "response" => code.is_some_and(|code| code >= 400),
        _ => false,
    }
}

fn error_in_place(body: &[u8]) -> Error {
    Error::new(ErrorKind::Decode, "the reply is a success, but its body is an error")
        .with_plex_errors(parse_plex_errors(body))
}

/// The error for a success whose body does not decode: nothing, no JSON, or JSON of another shape.
fn unreadable<T: DeserializeOwned>(body: &[u8], headers: &HeaderMap) -> Error {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("no content type");
    let kind = kind.split(';').next().unwrap_or(kind).trim();
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    match first {
        None => Error::new(ErrorKind::Decode, "the reply has an <empty body> where JSON is due"),
        Some(b'<') => {
            let message = format!("the reply is no JSON ({kind}), though nothing else was asked for");
            Error::new(ErrorKind::UnexpectedContentType, message)
        }
        Some(_) if !kind.to_ascii_lowercase().contains("json") && !matches!(first, Some(b'{' | b'[')) => {
            let message = format!("the reply is no JSON ({kind}), though nothing else was asked for");
            Error::new(ErrorKind::UnexpectedContentType, message)
        }
        Some(_) => decode_failure::<T>(body),
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn what_cannot_be_read_is_told_apart() {
        let headers = |kind: &'static str| HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);

        let empty = unreadable::<u8>(b" \n", &headers("application/json"));
        let html = unreadable::<u8>(b"<html>", &headers("text/html; charset=utf-8"));
        let text = unreadable::<u8>(b"Bad gateway", &headers("text/plain"));
        let json = unreadable::<u8>(b"\"CANARY\"", &headers("application/json"));

        assert!(empty.is_decode() && empty.to_string().contains("<empty body>"), "{empty}");
        assert!(html.is_unexpected_content_type() && html.to_string().contains("text/html"), "{html}");
        assert!(text.is_unexpected_content_type(), "{text}");
        assert!(json.is_decode() && !format!("{json} {json:?}").contains("CANARY"), "{json}");
    }
}
