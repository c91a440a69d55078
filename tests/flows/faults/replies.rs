//! Cases 9 to 11: replies that only look like successes.

use super::{assert_names_the_operation, refusals::refusal, user_of};

#[tokio::test]
async fn case_09_an_empty_body_where_json_is_due_is_a_decode_error_that_says_so() {
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
async fn case_11_xml_with_200_is_an_unexpected_content_type_that_says_what_was_asked_for() {
    let xml = r#"<?xml version="1.0"?><user id="7"/>"#;

    let error = refusal(200, "application/xml", xml).await;

    assert!(error.is_unexpected_content_type(), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("application/xml") && text.contains("asked for"), "{text}");
}
