//! Bodies that are kept for people to look at, without what looks like a secret.

use serde_json::Value;

use super::text_of;

/// So much of a body is kept.
const KEPT: usize = 8 * 1024;
const MARK: &str = "[redacted]";
/// A member whose name contains one of these has a secret value.
const SENSITIVE: [&str; 8] = ["token", "password", "secret", "jwt", "pin", "verification", "nonce", "authorization"];
/// A text as long as a token, made of what tokens are made of, is taken for one wherever it stands.
const TOKEN_LENGTH: usize = 20;
/// So much of a text is gone through at most. Most of it may be hidden, so this is more than what is kept.
const SCANNED: usize = 8 * KEPT;
/// So often a body is gone through at most, until nothing more is hidden.
const MOST_ROUNDS: usize = 8;

/// Has a member, field or parameter of this name a secret value?
pub(crate) fn is_sensitive(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SENSITIVE.iter().any(|part| name.contains(part))
}

/// The first 8 KiB of a body, with `[redacted]` for the secrets that were sent and for what looks like one.
///
/// JSON is walked; XML, HTML, form text and broken JSON are scanned for names that tell.
pub(crate) fn redacted(body: &[u8], sent: &[String]) -> String {
    let mut text = text_of(body).into_owned();
    for secret in sent.iter().filter(|secret| secret.len() >= 4) {
        for form in forms(secret) {
            text = text.replace(&form, MARK);
        }
    }
    let mut kept = without_what_tells(&text);
    // A value that is hidden may have kept its neighbours from being read as what they are.
    for _ in 0..MOST_ROUNDS {
        let again = without_what_tells(&kept);
        if again == kept {
            break;
        }
        kept = again;
    }
    kept
}

fn without_what_tells(text: &str) -> String {
    let mut text = match serde_json::from_str::<Value>(text) {
        Ok(mut value) if value.is_object() || value.is_array() => {
            hide(&mut value, false);
            value.to_string()
        }
        _ => scanned(text),
    };
    text.truncate(floor_char_boundary(&text, KEPT));
    text
}

/// A secret as a reply may repeat it: as it is, escaped for JSON or XML, and percent-encoded.
fn forms(secret: &str) -> Vec<String> {
    let json = Value::from(secret).to_string();
    let xml = [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;")];
    let xml = xml.iter().fold(secret.to_owned(), |text, (plain, entity)| text.replace(plain, entity));
    let percent = percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC).to_string();
    let mut forms =
        vec![secret.to_owned(), json.trim_matches('"').to_owned(), xml.replace('\'', "&#39;"), xml, percent];
    // The longest first: a shorter form may be part of it.
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    forms.dedup();
    forms
}

/// Hides every text and number below a name that tells, and scans the other texts.
fn hide(value: &mut Value, secret: bool) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let is_code =
                    name.eq_ignore_ascii_case("code") && value.as_str().is_some_and(|code| !is_error_code(code));
                hide(value, secret || is_code || is_sensitive(name));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| hide(item, secret)),
        Value::String(text) if secret && !text.is_empty() => *text = MARK.to_owned(),
        Value::Number(_) if secret => *value = Value::from(MARK),
        Value::String(text) => *text = scanned(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// plex.tv's error codes and HTTP statuses must stay readable; a PIN code is called `code` too.
fn is_error_code(code: &str) -> bool {
    matches!(code.parse(), Ok(100..=599 | 1000..=1999))
}

fn floor_char_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Goes through the words of a text and hides the value behind each name that tells.
fn scanned(text: &str) -> String {
    let mut out = String::new();
    let mut rest = match &text[..floor_char_boundary(text, SCANNED)] {
        whole if whole.len() == text.len() => whole,
        // Half a token does not look like one.
        cut => cut.trim_end_matches(is_word),
    };
    let mut in_secret_input = false;
    while let Some((before, word, after)) = next_word(rest) {
        out.push_str(before);
        if before.contains('<') {
            in_secret_input = is_secret_input(word, after);
        }
        let is_element = before.ends_with('<');
        let tells = is_sensitive(word) || (in_secret_input && word.eq_ignore_ascii_case("value"));
        rest = if looks_like_a_token(word) {
            out.push_str(MARK);
            after
        } else {
            out.push_str(word);
            let between = match () {
                () if is_element && tells => element_text(after).or_else(|| value_of(after, false)),
                () if tells => value_of(after, false),
                () if word.eq_ignore_ascii_case("code") => value_of(after, true),
                () => None,
            };
            match between {
                Some((between, after)) => {
                    // The rest of a start tag has names that tell as well.
                    out.push_str(&scanned(between));
                    out.push_str(MARK);
                    after
                }
                None => after,
            }
        };
        if out.len() >= KEPT {
            return out;
        }
    }
    out.push_str(rest);
    out
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

/// `(text before, the word, text after)` of the next word.
fn next_word(text: &str) -> Option<(&str, &str, &str)> {
    let start = text.find(is_word)?;
    let length = text[start..].find(|character| !is_word(character)).unwrap_or(text.len() - start);
    Some((&text[..start], &text[start..start + length], &text[start + length..]))
}

/// Letters and digits mixed: words and hyphenated names have no digits, dates and numbers no letters.
fn looks_like_a_token(word: &str) -> bool {
    word.len() >= TOKEN_LENGTH
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// `<input name="password" value="…">`: the name that tells is a value itself.
fn is_secret_input(element: &str, after: &str) -> bool {
    let tag = after.split('>').next().unwrap_or_default();
    element.eq_ignore_ascii_case("input") && is_sensitive(tag)
}

/// `(the rest of the start tag, text after the element's text)` of `<token kind="x">…</token>`. Where the tag is broken, rather
/// too much is taken for the text than too little.
fn element_text(after: &str) -> Option<(&str, &str)> {
    let start = after.find('>')? + 1;
    if after[..start].ends_with("/>") {
        return None;
    }
    let end = after[start..].find('<').unwrap_or(after.len() - start);
    (end > 0).then(|| (&after[..start], &after[start + end..]))
}

/// The value of a name: `(what stands between, text after the value)`, as in `"name": "value"`, `name="value"`,
/// `name=value` and `\"name\":\"value\"`.
fn value_of(after: &str, is_code: bool) -> Option<(&str, &str)> {
    let start = after.find(|character: char| !"\"'\\ \t\n\r:=".contains(character))?;
    let between = &after[..start];
    if !between.contains([':', '=']) {
        return None;
    }
    let quote = between.chars().next_back().filter(|last| matches!(last, '"' | '\''));
    let end = match quote {
        Some(quote) => closing_quote(&after[start..], quote, backslashes(&between[..between.len() - 1])),
        None if is_code => return None,
        None => after[start..].find(|character: char| !is_word(character) && !".%+~".contains(character)),
    };
    let end = start + end.unwrap_or(after.len() - start);
    let value = &after[start..end];
    let says_nothing = value.is_empty() || (quote.is_none() && matches!(value, "null" | "true" | "false"));
    let is_shown = says_nothing || (is_code && is_error_code(value));
    (!is_shown).then(|| (between, &after[end..]))
}

/// The quote that ends a value: one that is escaped no more than the opening one was.
fn closing_quote(text: &str, quote: char, opening: usize) -> Option<usize> {
    let found = text.match_indices(quote).find(|(at, _)| backslashes(&text[..*at]) <= opening)?.0;
    Some(found - backslashes(&text[..found]))
}

fn backslashes(text: &str) -> usize {
    text.len() - text.trim_end_matches('\\').len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_and_the_rest_stays() {
        let cases = [
            (r#"{"authToken":"abc","id":7}"#, r#"{"authToken":"[redacted]","id":7}"#),
            (r#"{"authToken":null,"trusted":true}"#, r#"{"authToken":null,"trusted":true}"#),
            (r#"{"password":["a",{"b":7}]}"#, r#"{"password":["[redacted]",{"b":"[redacted]"}]}"#),
            (r#"{"code":"7RQZ"}"#, r#"{"code":"[redacted]"}"#),
            (r#"{"errors":[{"code":1001}]}"#, r#"{"errors":[{"code":1001}]}"#),
            (r#"broken {"password":"ab\"rest","id":"#, r#"broken {"password":"[redacted]","id":"#),
            (r#"<pin code="7RQZ" authToken='x'/>"#, r#"<pin code="[redacted]" authToken='[redacted]'/>"#),
            (r#"<error code="1001" status="401"/>"#, r#"<error code="1001" status="401"/>"#),
            (r#"<Response code="410" status="gone"/>"#, r#"<Response code="410" status="gone"/>"#),
            (
                "<user><authToken a=\"1\">abc</authToken></user>",
                "<user><authToken a=\"1\">[redacted]</authToken></user>",
            ),
            (
                "<tokens nonce=\"abc\" kind=\"b\">\n<x/></tokens>",
                "<tokens nonce=\"[redacted]\" kind=\"b\">[redacted]<x/></tokens>",
            ),
            ("<token kind=\"a<b\">abc</token>", "<token kind=\"a<b\">[redacted]</token>"),
            (r#"<input value="abc" name="password">"#, r#"<input value="[redacted]" name="password">"#),
            ("login=me&password=p%40ss&x=1", "login=me&password=[redacted]&x=1"),
            ("Bad X-Plex-Token=abc, sorry", "Bad X-Plex-Token=[redacted], sorry"),
            ("invalid: 1a2b3c4d5e6f7g8h9i0j!", "invalid: [redacted]!"),
            ("an ordinary-hyphenated-sentence stays", "an ordinary-hyphenated-sentence stays"),
        ];

        for (body, wanted) in cases {
            assert_eq!(redacted(body.as_bytes(), &[]), wanted);
        }
    }

    #[test]
    fn what_was_sent_goes_however_it_is_repeated() {
        let sent = ["p&\"s s".to_owned()];

        for body in ["we dislike p&\"s s here", "x p&amp;&quot;s s", r#"{"text":"no p&\"s s"}"#, "p=p&%22s%20s"] {
            let shown = redacted(body.as_bytes(), &sent);
            assert!(shown.contains(MARK) && !shown.contains("s s") && !shown.contains("s%20s"), "{shown}");
        }
    }

    #[test]
    fn bodies_that_are_made_to_take_long_do_not() {
        const MANY: usize = 2_000_000;
        for body in
            ["<token ".repeat(MANY) + ">x", "<token ".repeat(MANY), "<token=\"".repeat(MANY) + ">x", "<".repeat(MANY)]
        {
            let kept = redacted(body.as_bytes(), &[]);

            assert!(kept.len() <= KEPT && kept.starts_with('<'));
        }
    }

    #[test]
    fn a_token_is_not_shown_in_part_where_the_scan_ends() {
        let hidden = "a".repeat(SCANNED - 20);
        let body = format!("token=\"{hidden}\" {}", "a1".repeat(20));

        assert_eq!(redacted(body.as_bytes(), &[]), "token=\"[redacted]\" ");
    }

    #[test]
    fn redaction_is_idempotent_and_bounded() {
        let cut_in_a_value = format!("{} token: \"", "a ".repeat(KEPT / 2 - 6));
        for body in [
            format!(r#"{{"token":"abc","text":"{}"}}"#, "é ".repeat(9000)),
            format!("{cut_in_a_value}secret\""),
            // Each becomes something else when its value is hidden: an element with a text, and JSON.
            r#"<nonce nonce="a<b"?>text<x>"#.to_owned(),
            r#"{ "token": "a\x" }"#.to_owned(),
        ] {
            let once = redacted(body.as_bytes(), &[]);

            assert!(once.len() <= KEPT);
            assert_eq!(redacted(once.as_bytes(), &[]), once);
        }
    }

    #[test]
    fn broken_bodies_do_not_panic() {
        for body in [
            &b"\xff\xfe\x00"[..],
            b"token",
            b"token=",
            b"token:\"",
            b"\"token\":\"\\\"",
            "token=é".as_bytes(),
            b"<token",
            b"<token>",
        ] {
            redacted(body, &["secret".to_owned()]);
        }
    }
}
