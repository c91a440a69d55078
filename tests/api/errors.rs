//! Every form of refusal becomes the same kind of error.

use std::time::Duration;

use plex_tv_tests::{NO_BODY, Recorder, Reply, harness, unexpected};

/// Content types and bodies of refusals, with the code and the message in each body.
const FORMS: [(&str, &str, Option<i64>, Option<&str>); 9] = [
    ("application/json", r#"{"errors":[{"code":1001,"message":"No.","status":401}]}"#, Some(1001), Some("No.")),
    ("text/json", r#"{"errors":[{"code":"1001","message":"No."}]}"#, Some(1001), Some("No.")),
    (
        "application/xml",
        r#"<?xml version="1.0"?><errors><error code="1001" message="No." status="401"/></errors>"#,
        Some(1001),
        Some("No."),
    ),
    ("application/xml", r#"<Response code="410" status="Gone."/>"#, None, Some("Gone.")),
    ("application/json", r#"{"error":"No."}"#, None, Some("No.")),
    ("text/html", "<html><body>No.</body></html>", None, None),
    ("text/plain", "Bad gateway", None, None),
    ("application/json", "", None, None),
    ("application/json", "{\"errors\":", None, None),
];

#[tokio::test]
async fn every_form_of_a_refusal_becomes_the_same_error() {
    let (client, server) = harness().await;
    let (api, v1, discover) = (client.v2(), client.v1(), client.discover());
    for status in [400, 401, 403, 404, 410, 422, 429, 498, 500, 502, 503] {
        for (kind, body, code, message) in FORMS {
            server.reset_async().await;
            Recorder::mount(&server, &Reply::new(status, kind, body)).await;

            // Calls that decode their reply as JSON or XML, one that ignores it, and one that
            // returns its bytes.
            let outcomes = [
                api.get_user_details().send_with_response().await.map(drop),
                api.sign_out().send_with_response().await.map(drop),
                api.get_pin_qr_code("a").send_with_response().await.map(drop),
                v1.get_legacy_resources().send_with_response().await.map(drop),
                discover.get_vod_hubs().send_with_response().await.map(drop),
            ];

            for outcome in outcomes {
                let error = outcome.unwrap_err();
                assert_eq!(error.kind(), plex_tv_sdk::ErrorKind::Refused, "{body}");
                assert_eq!(error.status().unwrap().as_u16(), status, "{body}");
                assert_eq!(error.plex_code(), code, "{body}");
                let said = error.plex_errors().first();
                assert_eq!(said.and_then(|said| said.message()), message, "{body}");
                let shown = error.to_string();
                assert!(shown.contains(&status.to_string()), "{shown}");
            }
        }
    }
}

#[tokio::test]
async fn the_predicates_of_an_error_follow_its_status() {
    for status in [400, 401, 403, 404, 408, 422, 429, 498, 500, 502] {
        let error = unexpected("getUserDetails", Reply::empty(status))
            .sends("GET /user", NO_BODY)
            .call(async |api| api.get_user_details().send_with_response().await)
            .await;

        let is = [
            error.is_auth(),
            error.is_forbidden(),
            error.is_not_found(),
            error.is_rate_limited(),
            error.is_retryable(),
        ];
        let wanted = [
            [401, 498].contains(&status),
            status == 403,
            status == 404,
            status == 429,
            [408, 429, 500, 502].contains(&status),
        ];
        assert_eq!(is, wanted, "{status}");
    }
}

#[tokio::test]
async fn a_rate_limit_error_has_the_time_to_wait() {
    for (value, wanted) in [("7", Some(7)), ("soon", None)] {
        let reply = Reply { headers: vec![("retry-after", value.to_owned())], ..Reply::empty(429) };

        let error = unexpected("getPin", reply)
            .sends("POST /pins", NO_BODY)
            .call(async |api| api.get_pin().send_with_response().await)
            .await;

        assert!(error.is_rate_limited());
        assert_eq!(error.retry_after(), wanted.map(Duration::from_secs));
    }
}

#[tokio::test]
async fn a_success_that_is_not_json_is_a_decode_or_a_content_type_error() {
    let (client, server) = harness().await;
    let cases = [
        ("text/html", "<html></html>", false),
        ("application/xml", "<user id=\"1\"/>", false),
        ("text/plain", "OK", false),
        ("application/json", "", true),
        ("application/json", "{\"id\":", true),
        ("application/json", "[]", true),
        ("application/json", "{\"id\":1} {}", true),
    ];
    for (kind, body, is_decode) in cases {
        server.reset_async().await;
        Recorder::mount(&server, &Reply::new(200, kind, body)).await;

        let error = client.v2().get_user_details().send_with_response().await.unwrap_err();

        assert_eq!(error.is_decode(), is_decode, "{body}: {error}");
        assert_eq!(error.is_unexpected_content_type(), !is_decode, "{body}");
        assert_eq!(error.status().unwrap().as_u16(), 200, "{body}");
        assert_eq!(error.operation(), Some("getUserDetails"));
    }
}

#[tokio::test]
async fn a_success_that_is_not_the_expected_xml_is_a_decode_or_a_content_type_error() {
    let (client, server) = harness().await;
    let cases = [
        ("text/html", "<html></html>", false),
        ("text/plain", "OK", true),
        ("application/xml", "<MediaContainer>", true),
        ("application/json", "{\"Device\":", true),
        ("application/xml", "<MediaContainer size=\"many\"/>", true),
    ];
    for (kind, body, is_decode) in cases {
        server.reset_async().await;
        Recorder::mount(&server, &Reply::new(200, kind, body)).await;

        let error = client.v1().get_legacy_resources().send_with_response().await.unwrap_err();

        assert_eq!(error.is_decode(), is_decode, "{body}: {error}");
        assert_eq!(error.is_unexpected_content_type(), !is_decode, "{body}");
        assert_eq!(error.status().unwrap().as_u16(), 200, "{body}");
        assert_eq!(error.operation(), Some("getLegacyResources"));
    }
}
