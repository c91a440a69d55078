//! From a reply to a value or an error.

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822};
use progenitor_client::{ByteStream, ResponseValue};
use reqwest::{
    Response,
    header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER},
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{redirect, sent::Sent, xml};
use crate::{
    Error,
    error::{ErrorKind, decode_failure, host_of, parse_plex_errors, refusal, text_of},
    rows::reading,
};

/// A reply larger than this is refused, whatever it announced.
const LIMIT: usize = 16 * 1024 * 1024;

/// Reads a success that has a JSON body.
pub(crate) async fn decode<T: DeserializeOwned>(response: Response) -> Result<ResponseValue<T>, Error> {
    let response = accepted(response).await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let sent = Sent::of_reply(&response);
    let body = read(response).await?;
    let text = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&body);
    let read = || serde_json::from_slice(text).map_err(|_| unreadable::<T>(text, &headers));
    match reading(sent.strict, read) {
        Ok(value) => Ok(ResponseValue::new(value, status, headers)),
        Err(error) => Err(error.with_status(status).with_body(text, &sent.secrets())),
    }
}

/// Reads a success that plex.tv only has as XML. Should it learn JSON one day, that is read as well.
pub(crate) async fn decode_xml<T: DeserializeOwned>(response: Response, root: &str) -> Result<ResponseValue<T>, Error> {
    let response = accepted(response).await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let sent = Sent::of_reply(&response);
    let body = read(response).await?;
    match reading(sent.strict, || from_xml(&body, root)) {
        Ok(value) => Ok(ResponseValue::new(value, status, headers)),
        Err(error) => Err(error.with_status(status).with_body(&body, &sent.secrets())),
    }
}

/// Reads a body that is due as XML, or JSON in its place. The root element is not checked: plex.tv varies its name.
pub(crate) fn from_xml<T: DeserializeOwned>(body: &[u8], root: &str) -> Result<T, Error> {
    let text = text_of(body);
    let value = match xml::to_json(&text) {
        Ok((found, _)) if found.eq_ignore_ascii_case("html") => {
            return Err(Error::new(ErrorKind::UnexpectedContentType, "the reply is a page, not the XML that is due"));
        }
        Ok((found, value)) if is_error(&found, &value) => return Err(error_in_place(body)),
        Ok((_, value)) => value,
        // Calls that change something often answer nothing at all.
        Err(_) if text.trim().is_empty() => Value::Object(Map::new()),
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

/// Ends a call whose success has nothing to say. Whatever body comes along is read, so that the connection can be reused.
pub(crate) async fn finish(response: Response) -> Result<ResponseValue<()>, Error> {
    let response = accepted(response).await?;
    let (status, headers) = (response.status(), response.headers().clone());
    read(response).await?;
    Ok(ResponseValue::new((), status, headers))
}

/// Hands over a success that is no JSON.
pub(crate) async fn stream(response: Response) -> Result<ResponseValue<ByteStream>, Error> {
    accepted(response).await.map(ResponseValue::stream)
}

/// A success as it is; anything else as the error it stands for.
async fn accepted(response: Response) -> Result<Response, Error> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    if redirect::is_redirect(status) {
        return Err(not_followed(&response));
    }
    let retry_after = retry_after(response.headers(), Timestamp::now());
    let sent = Sent::of_reply(&response);
    // A refusal is a refusal even when its body cannot be read.
    let body = read(response).await.unwrap_or_default();
    let plex_errors = parse_plex_errors(&body);
    Err(Error::new(ErrorKind::Refused, refusal(status, &plex_errors))
        .with_status(status)
        .with_plex_errors(plex_errors)
        .with_retry_after(retry_after)
        .with_body(&body, &sent.secrets()))
}

fn not_followed(response: &Response) -> Error {
    let message = match redirect::location(response.url(), response.headers()) {
        Some(url) => format!("a redirect to {}://{} was not followed", url.scheme(), host_of(&url)),
        None => "a redirect without a usable address".to_owned(),
    };
    Error::new(ErrorKind::Redirect, message).with_status(response.status())
}

async fn read(mut response: Response) -> Result<Vec<u8>, Error> {
    let host = host_of(response.url());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Error::below_http(error, &host))? {
        if body.len() + chunk.len() > LIMIT {
            let message = format!("the reply is larger than {} MiB", LIMIT / 1024 / 1024);
            return Err(Error::new(ErrorKind::TooLarge, message).with_status(response.status()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
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

/// Seconds or an HTTP date; anything else, and a date that is past, says nothing.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = rfc2822::parse(value).ok()?.timestamp();
    Duration::try_from(date.duration_since(now)).ok().filter(|wait| !wait.is_zero())
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date_to_come() {
        let now: Timestamp = "1994-11-06T08:49:30Z".parse().unwrap();
        let read = |value: &'static str| {
            retry_after(&HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(value))]), now)
        };

        assert_eq!(read("2"), Some(Duration::from_secs(2)));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::from_secs(7)));
        for nothing in ["Sun, 06 Nov 1994 08:49:00 GMT", "-1", "soon", "", "1e9"] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
    }

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
