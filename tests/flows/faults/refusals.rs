//! Cases 17 to 20: refusals by plex.tv, in JSON and in XML.

use httpmock::MockServer;
use plex_tv_sdk::{Error, ErrorKind};

use super::{USER, assert_names_the_operation, plex_error, status, user, user_from_script};
use crate::{
    harness::{answer, signed_in},
    wire::Reply,
};

pub(crate) async fn refusal(status: u16, content_type: &str, body: &str) -> Error {
    let server = MockServer::start_async().await;
    answer(&server, USER, status, content_type, body).await;
    user(&signed_in(&server.base_url())).await.unwrap_err()
}

#[tokio::test]
async fn case_17_a_401_with_json_is_an_auth_error_with_the_code_of_plex_tv() {
    let body = plex_error(1001, "User could not be authenticated", 401);

    let error = refusal(401, "application/json", &body).await;

    assert!(error.is_auth() && !error.is_retryable(), "{error:?}");
    assert_names_the_operation(&error);
    let first = &error.plex_errors()[0];
    assert_eq!((first.code(), first.status()), (Some(1001), Some(401)));
    assert_eq!(first.message(), Some("User could not be authenticated"));
}

#[tokio::test]
async fn case_18_a_401_with_xml_is_the_same_error() {
    let body = r#"<?xml version="1.0" encoding="UTF-8"?>
<errors>
  <error code="1001" message="User could not be authenticated" status="401"/>
</errors>"#;

    let error = refusal(401, "application/xml; charset=utf-8", body).await;

    assert!(error.is_auth(), "{error:?}");
    assert_eq!(error.plex_code(), Some(1001));
    let message = error.plex_errors()[0].message();
    assert_eq!(message, Some("User could not be authenticated"));
}

#[tokio::test]
async fn case_19_a_missing_client_identifier_is_a_refusal_with_code_1000() {
    let body = plex_error(1000, "X-Plex-Client-Identifier is missing", 400);

    let error = refusal(400, "application/json", &body).await;

    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(error.plex_code(), Some(1000));
    let message = error.plex_errors()[0].message();
    assert_eq!(message, Some("X-Plex-Client-Identifier is missing"));
}

#[tokio::test]
async fn case_20_a_required_home_pin_and_a_required_verification_code_are_distinguished() {
    let pin = refusal(403, "application/json", &plex_error(1041, "PIN", 403)).await;
    let code = refusal(401, "application/json", &plex_error(1029, "code", 401)).await;

    assert!(pin.is_forbidden() && !pin.is_auth() && !pin.is_two_factor_required());
    assert_eq!(pin.plex_code(), Some(1041));
    assert!(code.is_two_factor_required() && code.is_auth());
}

#[tokio::test]
async fn case_17_a_permanent_refusal_is_not_tried_again() {
    for line in ["400 Bad Request", "401 Unauthorized", "403 Forbidden", "404 Not Found", "410 Gone", "498 Expired"] {
        let (outcome, plex, clock) = user_from_script([status(line)]).await;

        assert!(!outcome.unwrap_err().is_retryable(), "{line}");
        assert_eq!(plex.seen.requests().len(), 1, "{line}");
        assert!(clock.pauses().is_empty(), "{line}");
    }
}

#[tokio::test]
async fn a_refusal_has_the_request_id_of_plex_tv_if_it_is_a_plain_word() {
    for (id, wanted) in [("4f2a-77", Some("4f2a-77")), ("see token=abc", None)] {
        let header = format!("x-request-id: {id}");

        let (outcome, ..) = user_from_script([Reply::http("404 Not Found", &[&header], "")]).await;

        assert_eq!(outcome.unwrap_err().request_id(), wanted);
    }
}
