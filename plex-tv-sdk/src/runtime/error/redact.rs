//! Prepares bodies for people to read. JSON and XML are kept without their secrets. Other bodies
//! are described.

use quick_xml::{
    Reader,
    escape::{escape, partial_escape, unescape},
    events::{BytesStart, Event},
};
use reqwest::Url;
use serde_json::{Map, Value};

use super::{
    json,
    text::{shortened, text_of},
};
use crate::runtime::{printable::printable, xml::is_of_a_page};

/// The most bytes of a body that are kept.
const KEPT: usize = 8 * 1024;
const MARK: &str = "[redacted]";
/// A member whose name contains one of these has a secret value.
const SENSITIVE: [&str; 8] = ["token", "password", "secret", "jwt", "pin", "verification", "nonce", "authorization"];
/// The fewest characters of a word of letters and digits that looks like a token.
const TOKEN_LENGTH: usize = 20;
/// The fewest bytes of a secret that is searched for. Any text may contain a shorter one.
const SECRET_LENGTH: usize = 4;

/// Whether a member, field or parameter of this name has a secret value.
pub(crate) fn is_sensitive(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SENSITIVE.iter().any(|part| name.contains(part))
}

/// Returns the first 8 KiB of a JSON or XML body, rewritten with `[redacted]` in place of the
/// secrets that were sent, values with a sensitive name, and anything that looks like a token. Any
/// other body is described, as in `<12 KiB of text/html, not shown>`.
pub(crate) fn redacted(body: &[u8], media_type: &str, sent: &[String]) -> String {
    let text = text_of(body);
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    let redaction = Redaction::new(sent);
    // A value takes more than one byte, so more values would not fit.
    let json = json::beginning(text, KEPT).map(|value| redaction.of_json(value, false).to_string());
    let shown = json.or_else(|| redaction.of_xml(text).filter(|_| !media_type.contains("html")));
    shown.map_or_else(|| described(body.len(), media_type), |shown| shortened(shown, KEPT))
}

fn described(bytes: usize, media_type: &str) -> String {
    let size = match bytes {
        1 => "1 byte".to_owned(),
        0..1024 => format!("{bytes} bytes"),
        1024..0x10_0000 => format!("{} KiB", bytes.div_ceil(1024)),
        _ => format!("{} MiB", bytes.div_ceil(0x10_0000)),
    };
    format!("<{size} of {media_type}, not shown>")
}

/// Hides secrets in texts, JSON and XML.
pub(super) struct Redaction {
    /// The secrets that were sent, the longest first, since a shorter one may be part of a longer
    /// one.
    sent: Vec<String>,
    /// The same in lower case, as they are and as a text inside a text may contain them.
    escaped: Vec<String>,
}

impl Redaction {
    pub(super) fn new(sent: &[String]) -> Self {
        let mut sent: Vec<String> = sent.iter().filter(|secret| secret.len() >= SECRET_LENGTH).cloned().collect();
        sent.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        sent.dedup();
        let escaped = sent.iter().flat_map(|secret| escaped_forms(&secret.to_lowercase())).collect();
        Self { sent, escaped }
    }

    /// Redacts a decoded text. The whole text is hidden if it has a secret in another encoding or
    /// seems to quote one.
    pub(super) fn of_text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.sent {
            if text.contains(secret.as_str()) {
                text = text.replace(secret.as_str(), MARK);
            }
        }
        if quotes(&text) || self.is_within(&text) { MARK.to_owned() } else { printable(&without_tokens(&text)) }
    }

    /// Redacts the name of an element or attribute.
    fn of_name(&self, name: &str) -> String {
        let is_usual = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte));
        let has_secret = self.sent.iter().any(|secret| name.contains(secret.as_str()));
        if is_usual && !has_secret && without_tokens(name) == name { name.to_owned() } else { MARK.to_owned() }
    }

    /// Whether a text contains a secret in another encoding or in another case.
    fn is_within(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let has = |text: &str| self.escaped.iter().any(|secret| text.contains(secret.as_str()));
        has(&text)
            || (text.contains('\\') && has(&text.replace('\\', "")))
            || (text.contains(['%', '+']) && has(&percent_decoded(&text)))
    }

    /// Redacts JSON. `is_secret` says whether the value is below a sensitive name.
    fn of_json(&self, value: Value, is_secret: bool) -> Value {
        match value {
            Value::Object(members) => self.of_members(members, is_secret).into(),
            Value::Array(items) => items.into_iter().map(|item| self.of_json(item, is_secret)).collect(),
            Value::String(text) if is_secret && !text.is_empty() => MARK.into(),
            Value::String(text) => self.of_text(&text).into(),
            Value::Number(number)
                if is_secret || self.sent.iter().any(|secret| number.to_string().contains(secret)) =>
            {
                MARK.into()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value,
        }
    }

    fn of_members(&self, members: Map<String, Value>, is_secret: bool) -> Map<String, Value> {
        let texts = members.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)));
        let is_of_a_secret = names_a_secret(texts);
        let members = members.into_iter().map(|(name, value)| {
            let is_shown_code = match &value {
                Value::String(code) => is_error_code(code),
                Value::Number(code) => is_error_code(&code.to_string()),
                _ => false,
            };
            let is_secret = is_secret
                || is_sensitive(&name)
                || (is_code(&name) && !is_shown_code)
                || (is_of_a_secret && is_value(&name));
            (self.of_text(&name), self.of_json(value, is_secret))
        });
        members.collect()
    }

    /// Redacts XML as it is read, element by element. Returns `None` if it is broken or a web page.
    fn of_xml(&self, text: &str) -> Option<String> {
        let mut reader = Reader::from_str(text);
        let (mut out, mut open, mut said): (_, Vec<Open>, _) = (String::new(), Vec::new(), String::new());
        while out.len() <= KEPT {
            let event = reader.read_event().ok()?;
            match &event {
                Event::Text(text) => said.push_str(text),
                Event::CData(text) => said.push_str(text),
                Event::GeneralRef(name) => said.push_str(&unescape(&format!("&{};", &**name)).ok()?),
                Event::DocType(_) => return None,
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Start(_) | Event::Empty(_) | Event::End(_) | Event::Eof => {
                    self.write_text(&mut out, open.last(), &std::mem::take(&mut said))?;
                }
            }
            match event {
                // There must be only one root element, and it must not begin a web page.
                Event::Start(start) | Event::Empty(start)
                    if open.is_empty() && (!out.is_empty() || is_of_a_page(start.name().as_ref())) =>
                {
                    return None;
                }
                Event::Start(start) => {
                    let element = self.write_start(&mut out, open.last(), &start)?;
                    out.push('>');
                    open.push(element);
                }
                Event::Empty(start) => {
                    self.write_start(&mut out, open.last(), &start)?;
                    out.push_str("/>");
                }
                Event::End(_) => out.push_str(&format!("</{}>", open.pop()?.name)),
                Event::Eof => return (open.is_empty() && !out.is_empty()).then_some(out),
                _ => {}
            }
        }
        Some(out)
    }

    fn write_start(&self, out: &mut String, parent: Option<&Open>, start: &BytesStart<'_>) -> Option<Open> {
        let attributes: Vec<(&str, String)> = start
            .attributes()
            .with_checks(false)
            // More would not be kept.
            .take(KEPT)
            .map(|attribute| {
                let attribute = attribute.ok()?;
                Some((attribute.key.into_inner(), unescape(&attribute.value).ok()?.into_owned()))
            })
            .collect::<Option<_>>()?;
        let tag = start.name();
        let tag = tag.as_ref();
        let is_below_a_secret = parent.is_some_and(|parent| parent.is_secret || parent.is_code);
        let is_of_a_secret = names_a_secret(attributes.iter().map(|(name, value)| (*name, value.as_str())));
        let element = Open {
            name: self.of_name(tag),
            is_secret: is_below_a_secret || is_sensitive(tag) || is_of_a_secret,
            is_code: is_code(tag),
        };
        out.push('<');
        out.push_str(&element.name);
        for (name, value) in attributes {
            let is_secret = is_below_a_secret
                || is_sensitive(name)
                || (is_code(name) && !is_error_code(&value))
                || ((is_of_a_secret || is_sensitive(tag)) && is_value(name));
            let value = if is_secret && !value.is_empty() { MARK.to_owned() } else { self.of_text(&value) };
            out.push_str(&format!(" {}=\"{}\"", self.of_name(name), escape(&value)));
        }
        Some(element)
    }

    /// Returns `None` for text outside the root element.
    fn write_text(&self, out: &mut String, parent: Option<&Open>, text: &str) -> Option<()> {
        let text = text.trim();
        if !text.is_empty() {
            let parent = parent?;
            let is_secret = parent.is_secret || (parent.is_code && !is_error_code(text));
            let text = if is_secret { MARK.to_owned() } else { self.of_text(text) };
            out.push_str(&partial_escape(&text));
        }
        Some(())
    }
}

/// An element that is not closed yet.
struct Open {
    name: String,
    is_secret: bool,
    is_code: bool,
}

/// Returns the forms that a secret may have in a text once its backslashes and percent signs are
/// decoded: as it is, or escaped for XML.
fn escaped_forms(secret: &str) -> impl Iterator<Item = String> + use<> {
    let xml = escape(secret).into_owned();
    let forms = [
        secret.to_owned(),
        secret.replace('\\', ""),
        secret.replace('+', " "),
        xml.replace("&apos;", "&#39;"),
        xml.replace("&apos;", "&#x27;").replace("&quot;", "&#34;"),
        partial_escape(secret).into_owned(),
        xml,
    ];
    forms.into_iter().filter(|form| form.len() >= SECRET_LENGTH)
}

fn percent_decoded(text: &str) -> String {
    let Ok(mut url) = Url::parse("http://localhost/") else { return String::new() };
    url.set_query(Some(&text.replace('&', "%26").replace('=', "%3D")));
    url.query_pairs().next().map(|(text, _)| text.into_owned()).unwrap_or_default()
}

/// Whether a text seems to quote a URL, or a value with a sensitive name, as in
/// `cannot read {"pin":"1234"}`.
fn quotes(text: &str) -> bool {
    text.contains("://")
        || (text.contains(['=', ':', '{', '<', '"'])
            && (is_sensitive(text) || text.to_ascii_lowercase().contains("code")))
}

/// Hides each word that looks like a token.
fn without_tokens(text: &str) -> String {
    let is_separator = |character: char| !(character.is_ascii_alphanumeric() || matches!(character, '_' | '-'));
    let pieces = text.split_inclusive(is_separator).map(|piece| {
        let word = piece.trim_end_matches(is_separator);
        if looks_like_a_token(word) { [MARK, &piece[word.len()..]] } else { [piece, ""] }
    });
    pieces.flatten().collect()
}

/// Whether a word mixes letters and digits. Words and hyphenated names have no digits, and dates
/// and numbers have no letters.
fn looks_like_a_token(word: &str) -> bool {
    word.len() >= TOKEN_LENGTH
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Whether this is the name of the code of a PIN, a device or a sign-in. plex.tv's error codes and
/// HTTP statuses have the same name.
fn is_code(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with("code")
}

fn is_error_code(code: &str) -> bool {
    matches!(code.trim().parse(), Ok(100..=599 | 1000..=1999))
}

/// Whether one of these members or attributes marks another as a secret, as in
/// `name="password" value="…"`.
fn names_a_secret<'a>(mut texts: impl Iterator<Item = (&'a str, &'a str)>) -> bool {
    texts.any(|(name, text)| {
        ["field", "id", "key", "name", "param"].iter().any(|part| name.eq_ignore_ascii_case(part)) && is_sensitive(text)
    })
}

fn is_value(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("value") || name == "content"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(body: &str, sent: &[&str]) -> String {
        let sent: Vec<String> = sent.iter().map(|&secret| secret.to_owned()).collect();
        redacted(body.as_bytes(), "text/plain", &sent)
    }

    #[test]
    fn secrets_are_removed_and_the_rest_stays() {
        let cases = [
            (r#"{"authToken":"abc","id":7}"#, r#"{"authToken":"[redacted]","id":7}"#),
            (r#"{"authToken":null,"trusted":true}"#, r#"{"authToken":null,"trusted":true}"#),
            (r#"{"password":["a",{"b":7}]}"#, r#"{"password":["[redacted]",{"b":"[redacted]"}]}"#),
            (r#"{"code":"7RQZ"}"#, r#"{"code":"[redacted]"}"#),
            (r#"{"code":908172}"#, r#"{"code":"[redacted]"}"#),
            (r#"{"linkCode":{"a":["7RQZ"]}}"#, r#"{"linkCode":{"a":["[redacted]"]}}"#),
            (r#"{"errors":[{"code":1001,"statusCode":"401"}]}"#, r#"{"errors":[{"code":1001,"statusCode":"401"}]}"#),
            (r#"[{"name":"password","value":"abc"}]"#, r#"[{"name":"password","value":"[redacted]"}]"#),
            (
                r#"{"errors":[{"field":"pin","message":"is short"}]}"#,
                r#"{"errors":[{"field":"pin","message":"is short"}]}"#,
            ),
            (r#""invalid: 1a2b3c4d5e6f7g8h9i0j!""#, r#""invalid: [redacted]!""#),
            (r#"["an ordinary-hyphenated-sentence stays"]"#, r#"["an ordinary-hyphenated-sentence stays"]"#),
            (r#"["cannot read {\"pin\":\"abc\"}","Bad X-Plex-Token=abc"]"#, r#"["[redacted]","[redacted]"]"#),
            (r#"{"url":"https://hook.example/abc"}"#, r#"{"url":"[redacted]"}"#),
            ("[\"a\u{9b}31m\u{202e}\\u001bb\"]", "[\"a�31m��b\"]"),
            (r#"<pin code="7RQZ" authToken='x'/>"#, r#"<pin code="[redacted]" authToken="[redacted]"/>"#),
            ("<link>\n  <code>EX4M</code> <id>7</id>\n</link>", "<link><code>[redacted]</code><id>7</id></link>"),
            ("<pin><id>7</id></pin>", "<pin><id>[redacted]</id></pin>"),
            ("<pin><code><![CDATA[EX4M]]></code></pin>", "<pin><code>[redacted]</code></pin>"),
            (
                "<link><code x='1'>EX<!-- -->4M<b a='y'>z</b></code></link>",
                r#"<link><code x="1">[redacted]<b a="[redacted]">[redacted]</b></code></link>"#,
            ),
            (
                "<error><code>1041</code><message>A &lt; B</message></error>",
                "<error><code>1041</code><message>A &lt; B</message></error>",
            ),
            (r#"<error code="1001" status="401"/>"#, r#"<error code="1001" status="401"/>"#),
            (r#"<Response code="410" status="gone"/>"#, r#"<Response code="410" status="gone"/>"#),
            (
                "<user><authToken a=\"1\">abc<b>d</b></authToken></user>",
                "<user><authToken a=\"1\">[redacted]<b>[redacted]</b></authToken></user>",
            ),
            ("<x:authToken value='abc'/>", "<x:authToken value=\"[redacted]\"/>"),
            (
                "<tokens nonce=\"abc\" kind=\"a>b\">\n<x/></tokens>",
                "<tokens nonce=\"[redacted]\" kind=\"a&gt;b\"><x/></tokens>",
            ),
            (
                r#"<form><input value="abc" name="password"/></form>"#,
                r#"<form><input value="[redacted]" name="password"/></form>"#,
            ),
            ("<a x='1a2b3c4d5e6f7g8h9i0j'>see https://a.example/</a>", "<a x=\"[redacted]\">[redacted]</a>"),
            ("<a x='\u{1b}&#155;'>&#x202e;</a>", "<a x=\"��\">�</a>"),
        ];

        for (body, wanted) in cases {
            assert_eq!(kept(body, &[]), wanted);
        }
    }

    #[test]
    fn bodies_that_are_neither_json_nor_xml_are_described() {
        let megabytes = "x".repeat(3_000_000);
        for (body, media_type, wanted) in [
            ("x", "text/plain", "<1 byte of text/plain, not shown>"),
            ("login=me&password=p%40ss", "text/plain", "<24 bytes of text/plain, not shown>"),
            ("<html><body>abc</body></html>", "text/xml", "<29 bytes of text/xml, not shown>"),
            ("<p>abc</p>", "text/html", "<10 bytes of text/html, not shown>"),
            ("<!DOCTYPE a><a/>", "text/xml", "<16 bytes of text/xml, not shown>"),
            (r#"{"password":"abc"#, "application/json", "<16 bytes of application/json, not shown>"),
            (r#"{"a":1}{"b":2}"#, "application/json", "<14 bytes of application/json, not shown>"),
            ("<pin><code>abc</pin>", "text/xml", "<20 bytes of text/xml, not shown>"),
            ("<pin><code>abc</code>", "text/xml", "<21 bytes of text/xml, not shown>"),
            ("<a/>abc", "text/xml", "<7 bytes of text/xml, not shown>"),
            ("<a/><b/>", "text/xml", "<8 bytes of text/xml, not shown>"),
            ("<a>&abc;</a>", "text/xml", "<12 bytes of text/xml, not shown>"),
            (&megabytes[..12_000], "text/html", "<12 KiB of text/html, not shown>"),
            (&megabytes, "no content type", "<3 MiB of no content type, not shown>"),
            ("", "text/plain", ""),
            (" \r\n", "text/plain", ""),
        ] {
            assert_eq!(redacted(body.as_bytes(), media_type, &[]), wanted);
        }
        assert_eq!(redacted(b"\xff\xfe\x00", "text/plain", &[]), "<3 bytes of text/plain, not shown>");
    }

    #[test]
    fn secrets_that_were_sent_are_removed_however_they_are_repeated() {
        const SENT: [&str; 6] = ["s3cr/et-pw", "p&\"s s", "pä\\ss+w", "908172", "d'or's&or", "\\\\\\\\"];
        for body in [
            r#"["no s3cr\/et-pw here"]"#,
            r#"["no \u0073\u0033cr/et-pw here"]"#,
            r#"["no s3cr\\\/et-pw here"]"#,
            r#"["no s3cr%2Fet-pw or s3cr%2fet%2Dpw here"]"#,
            r#"{"no s3cr\/et-pw here":1}"#,
            r#"["no p&\"s s here"]"#,
            r#"["no p&\\\"s s here"]"#,
            r#"["no p&amp;&quot;s s here"]"#,
            r#"["no p%26%22s+s here"]"#,
            r#"["no p\u00e4\\ss+w here"]"#,
            r#"["no p%C3%A4%5Css%2Bw here"]"#,
            r#"["no S3CR/ET-pw here"]"#,
            r#"["no d'or's&or here, d&apos;or&apos;s&amp;or"]"#,
            r#"[908172]"#,
            r#"[1908172.5]"#,
            "<a>no s3cr/et-pw here</a>",
            "<a>no s3cr&#x2f;et-<![CDATA[p]]><!-- -->w here</a>",
            "<a b='no s3cr&#47;et-pw here'/>",
            "<a>no p&amp;&#34;s s here</a>",
            "<a>no p&amp;amp;&amp;quot;s s here</a>",
            "<s3cr/et-pw/>",
            "<a 908172=''/>",
        ] {
            let shown = kept(body, &SENT);

            assert!(shown.contains(MARK) || shown.contains("not shown"), "{body}: {shown}");
            for part in ["s3cr", "et-pw", "S3CR", "s s", "s+s", "ss", "908172", "d'or", "&apos;or"] {
                assert!(!shown.contains(part), "{body}: {shown}");
            }
        }
    }

    #[test]
    fn bodies_that_are_made_to_take_long_do_not() {
        const MANY: usize = 50_000;
        for body in [
            "<token ".repeat(MANY) + ">x",
            "<token ".repeat(MANY),
            "<token=\"".repeat(MANY) + ">x",
            "<".repeat(MANY),
            "<a>".repeat(MANY),
            "<a><!-- -->".to_owned() + &"<!-- -->&lt;".repeat(MANY),
            format!("<a {}/>", "b='token' ".repeat(MANY)),
            format!("[{}0]", "{\"token\":\"a b c\"},".repeat(MANY)),
            format!("[\"{}\"]", "token ".repeat(MANY)),
            "[".repeat(MANY),
        ] {
            let shown = redacted(body.as_bytes(), "text/plain", &["s3cr/et-pw".to_owned()]);

            assert!(shown.len() <= KEPT && shown.starts_with(['<', '[']), "{}", shown.len());
        }
    }

    #[test]
    fn redaction_is_bounded_and_changes_nothing_the_second_time() {
        for body in [
            format!(r#"{{"token":"abc","text":"{}"}}"#, "é ".repeat(9000)),
            format!("<a><token>abc</token>{}</a>", "é ".repeat(9000)),
            r#"{ "token": "a\"x", "pins": [1, "a=b"], "x": "a pin: \u0000" }"#.to_owned(),
            "<a><token b='c'>d &amp;lt; e</token><é>&#9;f &lt; g</é></a>".to_owned(),
        ] {
            let once = kept(&body, &[]);

            assert!(once.len() <= KEPT);
            assert!(once.ends_with('…') || kept(&once, &[]) == once, "{once}");
        }
    }
}
