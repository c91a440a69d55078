//! Refusals of a GraphQL service, which come with status 200.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{Error, ErrorKind, json, plex::parse_plex_errors, text::text_of};

/// The most values that are read from the list of errors.
const MOST_VALUES: usize = 4096;

/// Words in codes and messages, in capitals, with the status that a REST service has for them.
const STATUSES: [(&str, StatusCode); 12] = [
    ("RATE_LIMIT", StatusCode::TOO_MANY_REQUESTS),
    ("TOO_MANY_REQUESTS", StatusCode::TOO_MANY_REQUESTS),
    ("THROTTLED", StatusCode::TOO_MANY_REQUESTS),
    ("UNAUTHENTICATED", StatusCode::UNAUTHORIZED),
    ("UNAUTHORIZED", StatusCode::UNAUTHORIZED),
    ("FORBIDDEN", StatusCode::FORBIDDEN),
    ("NOT_FOUND", StatusCode::NOT_FOUND),
    ("BAD_USER_INPUT", StatusCode::BAD_REQUEST),
    ("BAD_REQUEST", StatusCode::BAD_REQUEST),
    ("GRAPHQL_", StatusCode::BAD_REQUEST),
    ("SERVICE_UNAVAILABLE", StatusCode::SERVICE_UNAVAILABLE),
    ("INTERNAL_SERVER_ERROR", StatusCode::INTERNAL_SERVER_ERROR),
];

/// Returns the refusal in a reply of status 200, or `None` if it has no errors. A reply with errors
/// is a refusal even if it also has data, because the data is incomplete.
///
/// The error has the status that its code corresponds to, so that [`Error::is_rate_limited`] and
/// the other predicates work. It has status 200 if the code is unknown.
pub(crate) fn graphql_refusal(body: &[u8]) -> Option<Error> {
    let errors = json::member(text_of(body).trim(), "errors", MOST_VALUES)?;
    if matches!(&errors, Value::Null | Value::Bool(false)) || errors.as_array().is_some_and(Vec::is_empty) {
        return None;
    }
    let status = status_of(&errors);
    let message = match status {
        Some(status) => format!("plex.tv refused the query, as with {status}"),
        None => "plex.tv refused the query".to_owned(),
    };
    let entries = parse_plex_errors(json!({ "errors": errors }).to_string().as_bytes());
    let error = Error::new(ErrorKind::Refused, message).with_plex_errors(entries);
    Some(error.with_status(status.unwrap_or(StatusCode::OK)))
}

/// Codes are preferred to messages, which are for people.
fn status_of(errors: &Value) -> Option<StatusCode> {
    let entries = errors.as_array().map_or(std::slice::from_ref(errors), Vec::as_slice);
    let codes = entries.iter().flat_map(|entry| [&entry["extensions"]["code"], &entry["code"]]);
    let messages = entries.iter().flat_map(|entry| [&entry["message"], entry]);
    codes.chain(messages).filter_map(Value::as_str).find_map(|text| {
        let text = text.to_uppercase().replace([' ', '-'], "_");
        STATUSES.iter().find(|(word, _)| text.contains(word)).map(|(_, status)| *status)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(body: &str) -> Option<u16> {
        graphql_refusal(body.as_bytes()).map(|error| error.status().unwrap().as_u16())
    }

    #[test]
    fn codes_become_the_status_of_a_rest_service() {
        for (code, wanted) in [
            ("RATE_LIMITED", 429),
            ("rate-limit exceeded", 429),
            ("TOO_MANY_REQUESTS", 429),
            ("UNAUTHENTICATED", 401),
            ("FORBIDDEN", 403),
            ("USER_NOT_FOUND", 404),
            ("BAD_USER_INPUT", 400),
            ("GRAPHQL_VALIDATION_FAILED", 400),
            ("INTERNAL_SERVER_ERROR", 500),
            ("SOMETHING_NEW", 200),
        ] {
            let in_extensions = json!({"errors": [{"message": "No.", "extensions": {"code": code}}], "data": null});
            let beside = json!({"data": {"a": [1]}, "errors": [{"message": "No.", "code": code}]});
            for body in [in_extensions, beside] {
                assert_eq!(status(&body.to_string()), Some(wanted), "{body}");
            }
        }
    }

    #[test]
    fn a_message_is_used_if_there_is_no_code_and_is_kept_but_not_shown() {
        let error = graphql_refusal(br#"{"errors":[{"message":"Rate limit exceeded CANARY","path":["a"]}]}"#).unwrap();

        assert!(error.is_rate_limited() && error.is_retryable(), "{error:?}");
        assert_eq!(error.plex_errors()[0].message(), Some("Rate limit exceeded CANARY"));
        assert!(!format!("{error} {error:?}").contains("CANARY"), "{error}");
        assert_eq!(status(r#"{"errors":["Forbidden"]}"#), Some(403));
        assert_eq!(status(r#"{"errors":{"message":"No."}}"#), Some(200));
        let unknown = graphql_refusal(br#"{"errors":[{"message":"Not today"}]}"#).unwrap();
        assert!(!unknown.is_retryable() && unknown.kind() == ErrorKind::Refused, "{unknown:?}");
    }

    #[test]
    fn a_reply_without_errors_is_none() {
        for body in ["", "[]", "{}", r#"{"data":{}}"#, r#"{"errors":[]}"#, r#"{"errors":null,"data":1}"#, "<html>"] {
            assert!(graphql_refusal(body.as_bytes()).is_none(), "{body}");
        }
    }

    #[test]
    fn however_many_errors_there_are_the_first_are_kept() {
        let many = r#"{"message":"Forbidden"},"#.repeat(100_000);

        let error = graphql_refusal(format!(r#"{{"errors":[{many}null]}}"#).as_bytes()).unwrap();

        assert!(error.is_forbidden() && error.plex_errors().len() <= 32);
    }
}
