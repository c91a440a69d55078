//! Cases 9 to 11: replies that only look like successes.

use plex_tv_sdk::v2::types::{SetUserWebhooksBody, SharingSettings, UpdateSharingSettingsBody};

use super::{assert_names_the_operation, refusals::refusal, user_of};
use crate::{
    harness::signed_in,
    wire::{Reply, Wire},
};

#[tokio::test]
async fn case_09_an_empty_body_in_place_of_json_is_a_decode_error_that_says_so() {
    for body in ["", " \r\n"] {
        let error = user_of(body).await.unwrap_err();

        assert!(error.is_decode(), "{error:?}");
        assert_names_the_operation(&error);
        assert!(error.to_string().contains("<empty body>"), "{error}");
        assert_eq!(error.status().unwrap().as_u16(), 200);
    }
}

#[tokio::test]
async fn case_10_html_with_200_is_an_unexpected_content_type_with_the_body_described() {
    let page = format!("<html>Captive portal{}</html>", " please pay".repeat(2000));

    let error = refusal(200, "text/html; charset=utf-8", &page).await;

    assert!(error.is_unexpected_content_type(), "{error:?}");
    assert_names_the_operation(&error);
    assert!(error.to_string().contains("text/html"), "{error}");
    assert!(!error.to_string().contains("Captive"), "{error}");
    assert_eq!(error.body(), Some("<22 KiB of text/html, not shown>"));
}

#[tokio::test]
async fn case_11_xml_with_200_is_an_unexpected_content_type_that_names_the_requested_one() {
    let xml = r#"<?xml version="1.0"?><user id="7"/>"#;

    let error = refusal(200, "application/xml", xml).await;

    assert!(error.is_unexpected_content_type(), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("application/xml") && text.contains("asked for"), "{text}");
}

/// Sets a list and changes an object.
#[tokio::test]
async fn an_empty_body_is_a_success_for_a_change_and_an_error_for_a_read() {
    for status in ["200 OK", "201 Created", "202 Accepted", "204 No Content", "205 Reset Content"] {
        for body in ["", "\n", " \r\n\t"] {
            let body = if status.starts_with("204") || status.starts_with("205") { "" } else { body };
            let plex = Wire::always(Reply::http(status, &["content-type: application/json"], body)).await;
            let api = signed_in(&plex.url);
            let api = api.v2();

            let hooks =
                api.set_user_webhooks(SetUserWebhooksBody::new(["https://a.example/hook"])).send().await.unwrap();
            let settings = UpdateSharingSettingsBody::new(SharingSettings::new().allow_sync(true));
            api.update_sharing_settings(settings).send().await.unwrap();
            let look = api.get_user_webhooks().send().await.unwrap_err();

            assert!(hooks.0.is_empty(), "{status}");
            assert!(look.is_decode(), "{status}: {look:?}");
        }
    }
}
