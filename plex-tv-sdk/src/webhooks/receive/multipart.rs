//! Reads `multipart/form-data` (RFC 7578) from bytes.
//!
//! The work is linear in the size of the body, and parts are slices of it. Existing libraries for
//! this are asynchronous, but a body that is already in memory needs no runtime.

use crate::{Error, ErrorKind};

/// The most parts in a body. plex.tv sends two.
const MOST_PARTS: usize = 16;
/// The most bytes in the headers of a part.
const MOST_HEADERS: usize = 8 * 1024;
/// The most bytes in a boundary. RFC 2046 allows 70.
const LONGEST_BOUNDARY: usize = 70;

/// One part of a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    /// The name of the form field.
    pub(super) name: String,
    /// The media type, if the part has one.
    pub(super) content_type: Option<&'a str>,
    pub(super) content: &'a [u8],
}

/// Splits a body into its parts, in order.
pub(super) fn parts<'a>(content_type: &str, body: &'a [u8]) -> Result<Vec<Part<'a>>, Error> {
    let delimiter = format!("--{}", boundary(content_type)?).into_bytes();
    // The preamble before the first boundary belongs to no part.
    let mut rest = match body.strip_prefix(delimiter.as_slice()) {
        Some(rest) => rest,
        None => split_at_delimiter(body, &delimiter).ok_or_else(|| broken("has no boundary"))?.1,
    };
    let mut parts = Vec::new();
    loop {
        // Spaces are allowed between a boundary and the end of its line.
        if rest.starts_with(b"--") {
            return Ok(parts);
        }
        let padding = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let line_end = rest.get(padding..).and_then(|rest| rest.strip_prefix(b"\r\n"));
        let after = line_end.ok_or_else(|| broken("ends in the middle of a boundary"))?;
        if parts.len() == MOST_PARTS {
            return Err(too_large(format!("more than {MOST_PARTS} parts")));
        }
        let (headers, content) = split_headers(after)?;
        let (content, next) =
            split_at_delimiter(content, &delimiter).ok_or_else(|| broken("ends before its last boundary"))?;
        parts.push(Part { name: name(headers)?, content_type: header(headers, "content-type"), content });
        rest = next;
    }
}

/// Returns the boundary from a content type.
fn boundary(content_type: &str) -> Result<String, Error> {
    let (kind, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        let message = "the content type of a webhook must be multipart/form-data; `from_payload` reads plain JSON";
        return Err(Error::new(ErrorKind::UnexpectedContentType, message));
    }
    let boundary = parameter(parameters, "boundary").ok_or_else(|| broken("has a content type without boundary"))?;
    let is_usual = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
    if boundary.is_empty() || boundary.ends_with(' ') || !boundary.bytes().all(is_usual) {
        return Err(broken("has a boundary that is empty or has unusual characters"));
    }
    if boundary.len() > LONGEST_BOUNDARY {
        return Err(too_large(format!("a boundary of more than {LONGEST_BOUNDARY} bytes")));
    }
    Ok(boundary)
}

/// Splits at the next line that begins with the delimiter. The line break before it is part of the
/// delimiter.
///
/// A delimiter contains no line break, so after a mismatch no byte is compared a third time.
fn split_at_delimiter<'a>(bytes: &'a [u8], delimiter: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let mut from = 0;
    while let Some(at) = bytes.get(from..)?.iter().position(|byte| *byte == b'\r') {
        let (before, line_break) = bytes.split_at_checked(from + at)?;
        if let Some(rest) = line_break.strip_prefix(b"\r\n").and_then(|line| line.strip_prefix(delimiter)) {
            return Some((before, rest));
        }
        from += at + 1;
    }
    None
}

/// Splits a part into its headers and its content, at the first empty line.
fn split_headers(part: &[u8]) -> Result<(&str, &[u8]), Error> {
    if let Some(content) = part.strip_prefix(b"\r\n") {
        return Ok(("", content));
    }
    let beginning = part.get(..MOST_HEADERS).unwrap_or(part);
    let Some(end) = beginning.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
        return Err(match part.len() {
            0..MOST_HEADERS => broken("ends in the headers of a part"),
            _ => too_large(format!("a part with more than {MOST_HEADERS} bytes of headers")),
        });
    };
    let (headers, content) = part.split_at(end);
    let headers = std::str::from_utf8(headers).map_err(|_| broken("has headers that are not UTF-8"))?;
    Ok((headers, content.get(4..).unwrap_or_default()))
}

/// The value of a header.
fn header<'a>(headers: &'a str, name: &str) -> Option<&'a str> {
    let lines = headers.split("\r\n").filter_map(|line| line.split_once(':'));
    lines.into_iter().find(|(known, _)| known.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// The name of the form field of a part.
fn name(headers: &str) -> Result<String, Error> {
    let disposition = header(headers, "content-disposition").unwrap_or_default();
    let (kind, parameters) = disposition.split_once(';').unwrap_or((disposition, ""));
    let name = parameter(parameters, "name").filter(|_| kind.trim().eq_ignore_ascii_case("form-data"));
    name.ok_or_else(|| broken("has a part without the name of a form field"))
}

/// The value of a parameter in `a=b; c="d;\"e\""`.
fn parameter(text: &str, wanted: &str) -> Option<String> {
    let mut rest = text;
    loop {
        let (name, after) = rest.split_once('=')?;
        // A parameter without a value is skipped.
        let name = name.rsplit(';').next().unwrap_or_default().trim();
        let (value, next) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => unquoted(quoted)?,
            None => {
                let (value, next) = after.split_once(';').unwrap_or((after, ""));
                (value.trim().to_owned(), next)
            }
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = next;
    }
}

/// Returns a quoted text without its quotes, and the rest after it.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    loop {
        match characters.next()? {
            (at, '"') => return Some((value, text.get(at + 1..)?)),
            (_, '\\') => value.push(characters.next()?.1),
            (_, character) => value.push(character),
        }
    }
}

fn broken(why: &str) -> Error {
    Error::new(ErrorKind::Decode, format!("the body of a webhook {why}"))
}

fn too_large(what: String) -> Error {
    Error::new(ErrorKind::TooLarge, format!("the body of a webhook has {what}"))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    const KIND: &str = "multipart/form-data; boundary=XX";

    fn read(body: &str) -> Result<Vec<(String, Option<String>, String)>, Error> {
        let parts = parts(KIND, body.as_bytes())?;
        let text = |part: Part<'_>| {
            let content = String::from_utf8_lossy(part.content).into_owned();
            (part.name, part.content_type.map(str::to_owned), content)
        };
        Ok(parts.into_iter().map(text).collect())
    }

    fn part(name: &str, content: &str) -> String {
        format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{content}\r\n")
    }

    #[test]
    fn parts_are_parsed_in_the_forms_that_senders_use() {
        let plain = format!("{}{}--XX--\r\n", part("payload", "{}"), part("thumb", "a\r\nb--XX\r\n-XX\r\n"));
        assert_eq!(
            read(&plain).unwrap(),
            [
                ("payload".to_owned(), None, "{}".to_owned()),
                ("thumb".to_owned(), None, "a\r\nb--XX\r\n-XX\r\n".to_owned())
            ]
        );

        let odd = "preamble\r\n--XX \t\r\nCONTENT-type:image/jpeg\r\ncontent-disposition: Form-Data; filename=\"a;name=b\\\".jpg\"; \
             NAME=thumb\r\n\r\n\r\n--XX--epilogue\r\n--XX\r\n";
        assert_eq!(read(odd).unwrap(), [("thumb".to_owned(), Some("image/jpeg".to_owned()), String::new())]);
        assert_eq!(read("--XX--").unwrap(), []);
    }

    #[test]
    fn content_types_name_their_boundary_in_many_ways() {
        for (kind, wanted) in [
            ("multipart/form-data; boundary=abc", "abc"),
            ("Multipart/Form-Data;charset=utf-8;Boundary=\"a b;\\\"c\"", "a b;\"c"),
            ("multipart/form-data ; a ; boundary = abc ;x=y", "abc"),
            ("multipart/form-data; boundary=----WebKitFormBoundary'()+_,-./:=?", "----WebKitFormBoundary'()+_,-./:=?"),
        ] {
            assert_eq!(boundary(kind).unwrap(), wanted, "{kind}");
        }
        for kind in ["", "application/json", "multipart/mixed; boundary=a", "text/multipart/form-data; boundary=a"] {
            assert!(boundary(kind).unwrap_err().is_unexpected_content_type(), "{kind}");
        }
        let long = format!("multipart/form-data; boundary={}", "a".repeat(71));
        assert!(boundary(&long).unwrap_err().is_too_large());
        for rest in
            ["", ";", ";boundary", ";boundary=", ";boundary=\"\"", ";boundary=\"a", ";boundary=\"a \"", ";boundary=ä"]
        {
            assert!(boundary(&format!("multipart/form-data{rest}")).unwrap_err().is_decode(), "{rest}");
        }
    }

    #[test]
    fn a_body_cut_off_anywhere_is_an_error() {
        let whole = format!("{}{}--XX--", part("payload", "{}"), part("thumb", "abc"));
        assert_eq!(read(&whole).unwrap().len(), 2);

        for end in 0..whole.len() {
            let error = read(&whole[..end]).unwrap_err();
            assert!(error.is_decode(), "{end}: {error:?}");
        }
    }

    #[test]
    fn hostile_bodies_are_refused() {
        for (body, is_known) in [
            ("", Error::is_decode as fn(&Error) -> bool),
            ("--XX", Error::is_decode),
            ("--XXX\r\n\r\n", Error::is_decode),
            ("--XX\n\n\n--XX--", Error::is_decode),
            ("--XX\r\n\r\ncontent\r\n--XX--", Error::is_decode),
            ("--XX\r\nContent-Disposition: attachment; name=payload\r\n\r\n\r\n--XX--", Error::is_decode),
            ("--XX\r\nContent-Disposition: form-data; name=\"payload\r\n\r\n\r\n--XX--", Error::is_decode),
        ] {
            assert!(is_known(&read(body).unwrap_err()), "{body:?}");
        }
        let many = part("payload", "").repeat(17) + "--XX--";
        assert!(read(&many).unwrap_err().is_too_large());
        let headers = format!("--XX\r\n{}\r\n\r\n\r\n--XX--", "a".repeat(9000));
        assert!(read(&headers).unwrap_err().is_too_large());
        let not_utf8 = b"--XX\r\n\xff: a\r\n\r\n\r\n--XX--";
        assert!(parts(KIND, not_utf8).unwrap_err().is_decode());
    }

    #[test]
    fn bodies_crafted_to_be_slow_are_parsed_quickly() {
        const SIZE: usize = 4 * 1024 * 1024;
        let boundary = "-".repeat(69) + "x";
        let kind = format!("multipart/form-data; boundary={boundary}");
        let almost = format!("\r\n--{}", &boundary[..69]);
        for body in ["\r".repeat(SIZE), "\r\n".repeat(SIZE / 2), "-".repeat(SIZE), almost.repeat(SIZE / almost.len())] {
            let begun = Instant::now();

            assert!(parts(&kind, body.as_bytes()).is_err());

            assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        }
    }
}
