//! Bodies that are kept for people to look at, without what looks like a secret.

use super::text_of;

/// So much of a body is kept.
const KEPT: usize = 8 * 1024;
const MARK: &str = "[redacted]";
/// A member whose name contains one of these has a secret value.
const SENSITIVE: [&str; 8] = ["token", "password", "secret", "jwt", "pin", "verification", "nonce", "authorization"];
/// A text as long as a token, made of what tokens are made of, is taken for one wherever it stands.
const TOKEN_LENGTH: usize = 20;

/// The first 8 KiB of a body, with secrets replaced by `[redacted]`. Works on JSON, XML, HTML and form text alike.
pub(crate) fn redacted(body: &[u8]) -> String {
    let text = text_of(body);
    let mut out = String::new();
    let mut rest = text.as_ref();
    while let Some(word) = next_word(rest) {
        let (before, found, after) = word;
        out.push_str(before);
        if looks_like_a_token(found) {
            out.push_str(MARK);
            rest = after;
        } else {
            out.push_str(found);
            rest = match value_of(found, after) {
                Some((between, after)) => {
                    out.push_str(between);
                    out.push_str(MARK);
                    after
                }
                None => after,
            };
        }
        if out.len() >= KEPT {
            rest = "";
            break;
        }
    }
    out.push_str(rest);
    out.truncate(floor_char_boundary(&out, KEPT));
    out
}

fn floor_char_boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
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

/// The value of a sensitive name: `(what stands between, text after the value)`.
fn value_of<'a>(name: &str, after: &'a str) -> Option<(&'a str, &'a str)> {
    let name = name.to_ascii_lowercase();
    let quoted_only = name == "code";
    if !quoted_only && !SENSITIVE.iter().any(|part| name.contains(part)) {
        return None;
    }
    // `"name": "value"`, `name="value"`, `name=value`, `\"name\":\"value\"`
    let start =
        after.find(|character: char| !matches!(character, '"' | '\'' | '\\' | ' ' | '\t' | '\n' | '\r' | ':' | '='))?;
    let between = &after[..start];
    if !between.contains([':', '=']) {
        return None;
    }
    let quote = between.chars().next_back().filter(|last| matches!(last, '"' | '\''));
    let end = match quote {
        Some(quote) => after[start..].find(quote),
        None if quoted_only => return None,
        None => {
            after[start..].find(|character: char| !is_word(character) && !matches!(character, '.' | '%' | '+' | '~'))
        }
    };
    let end = start + end.unwrap_or(after.len() - start);
    let value = &after[start..end];
    // Plain JSON values say nothing, and plex.tv's numeric error codes must stay readable.
    let is_plain = value.is_empty() || (quote.is_none() && matches!(value, "null" | "true" | "false"));
    let is_error_code = quoted_only && matches!(value.parse(), Ok(100..=599 | 1000..=1999));
    (!is_plain && !is_error_code).then(|| (between, &after[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_and_the_rest_stays() {
        let cases = [
            (r#"{"authToken":"abc","id":7}"#, r#"{"authToken":"[redacted]","id":7}"#),
            (r#"{"authToken": null, "trusted": true}"#, r#"{"authToken": null, "trusted": true}"#),
            (r#"<pin code="7RQZ" authToken='x'/>"#, r#"<pin code="[redacted]" authToken='[redacted]'/>"#),
            (r#"<error code="1001" status="401"/>"#, r#"<error code="1001" status="401"/>"#),
            (r#"<Response code="410" status="gone"/>"#, r#"<Response code="410" status="gone"/>"#),
            (r#"{"errors":[{"code":1001}]}"#, r#"{"errors":[{"code":1001}]}"#),
            ("login=me&password=p%40ss&x=1", "login=me&password=[redacted]&x=1"),
            ("Bad X-Plex-Token=abc, sorry", "Bad X-Plex-Token=[redacted], sorry"),
            ("invalid: 1a2b3c4d5e6f7g8h9i0j!", "invalid: [redacted]!"),
            ("an ordinary-hyphenated-sentence stays", "an ordinary-hyphenated-sentence stays"),
        ];

        for (body, wanted) in cases {
            assert_eq!(redacted(body.as_bytes()), wanted);
        }
    }

    #[test]
    fn redaction_is_idempotent_and_bounded() {
        let body = format!(r#"{{"token":"abc","text":"{}"}}"#, "é ".repeat(9000));

        let once = redacted(body.as_bytes());

        assert!(once.len() <= KEPT);
        assert_eq!(redacted(once.as_bytes()), once);
    }

    #[test]
    fn broken_bodies_do_not_panic() {
        for body in [&b"\xff\xfe\x00"[..], b"token", b"token=", b"token:\"", b"\"token\":\"\\\"", "token=é".as_bytes()]
        {
            redacted(body);
        }
    }
}
