//! The body that an error keeps: JSON and XML without secrets. Of anything else it keeps only the
//! type and size.

use plex_tv_sdk::{Error, Token};

use crate::{
    faults::user,
    harness::{TOKEN, anonymous, builder, signed_in},
    wire::{Reply, Wire},
};

const PASSWORD: &str = "s3cr/et \"pw\" ü&9";

async fn refused_with(content_type: &str, body: &str) -> Error {
    let header = format!("content-type: {content_type}");
    let plex = Wire::always(Reply::http("422 Unprocessable Entity", &[&header], body)).await;
    anonymous(&plex.url).sign_in("user@example.com", PASSWORD).await.unwrap_err()
}

#[tokio::test]
async fn secrets_in_elements_attributes_and_members_are_hidden() {
    for body in [
        "<pin>\n <id>7</id>\n <code>EX4M</code>\n</pin>",
        "<pin><code><![CDATA[EX4M]]></code></pin>",
        "<link><userCode>EX<!-- x -->4M</userCode></link>",
        "<device token='EX4M-EX4M'/>",
        "<user><authentication-token type='string'>EX4M</authentication-token></user>",
        "<user><tokens><one>EX4M</one><two at='EX4M'/></tokens></user>",
        r#"{"pin":{"list":[["EX4M"]]}}"#,
        r#"{"link":{"code":"EX4M"}}"#,
        r#"[{"key":"accessToken","value":"EX4M"}]"#,
    ] {
        let error = refused_with("application/xml", body).await;

        let kept = error.body().unwrap();
        assert!(kept.contains("[redacted]") && !kept.contains("EX4M"), "{kept}");
    }
}

#[tokio::test]
async fn a_secret_that_was_sent_is_found_in_every_escaped_form() {
    for body in [
        r#"{"message":"no s3cr\/et \"pw\" \u00fc\u00269 here"}"#,
        r#"{"message":"no \u0073\u0033\u0063\u0072/et \u0022pw\u0022 ü&9 here"}"#,
        r#"{"request":"{\"login\":\"s3cr\\\/et \\\"pw\\\" ü&9\"}"}"#,
        r#"{"address":"/signin?p=s3cr%2Fet+%22pw%22+%C3%BC%269"}"#,
        r#"{"address":"/signin?p=s3cr%2fet%20%22pw%22%20%c3%bc%269"}"#,
        r#"{"s3cr\/et \"pw\" ü&9":"is not a member"}"#,
        r#"{"message":"no s3cr/et &quot;pw&quot; ü&amp;9 here"}"#,
        "<error message='no s3cr/et &#34;pw&#x22; &#252;&amp;9 here'/>",
        "<error>no s3cr&#47;et <![CDATA[\"pw\" ü&9]]> here</error>",
    ] {
        let error = refused_with("application/json", body).await;

        let kept = error.body().unwrap();
        for part in ["s3cr", "et \"pw", "pw\\\"", "%22pw", "quot;pw"] {
            assert!(!kept.contains(part), "{body}: {kept}");
        }
        assert!(kept.contains("[redacted]") || kept.contains("not shown"), "{kept}");
        assert!(!format!("{error} {error:?}").contains("s3cr"), "{error:?}");
    }
}

#[tokio::test]
async fn a_body_that_is_neither_json_nor_xml_is_described_by_type_and_size() {
    let page = format!("<html>{}</html>", "CANARY ".repeat(1700));
    for (content_type, body, wanted) in [
        ("text/html; charset=utf-8", page.as_str(), "<12 KiB of text/html, not shown>"),
        ("text/plain", "CANARY", "<6 bytes of text/plain, not shown>"),
        ("application/json", "{\"a\":\"CANARY\"", "<13 bytes of application/json, not shown>"),
        ("application/xml", "<a>CANARY</b>", "<13 bytes of application/xml, not shown>"),
        ("text/CANARY", "CANARY=1", "<8 bytes of an unknown content type, not shown>"),
    ] {
        let error = refused_with(content_type, body).await;

        assert_eq!(error.body(), Some(wanted));
    }
}

#[tokio::test]
async fn a_very_long_content_type_is_not_kept() {
    let error = refused_with(&format!("text/{}", "x".repeat(20_000)), "CANARY").await;

    assert_eq!(error.body(), Some("<6 bytes of an unknown content type, not shown>"));
}

#[tokio::test]
async fn a_kept_body_has_no_control_character() {
    for body in [
        r#"{"message":"a\u001b[2J\u009b31m\u202eb\r\n"}"#,
        "<error message='a&#27;[2J&#155;31m&#x202e;b&#13;&#10;'/>",
        "{\"message\":\"a\u{1b}[2J\u{9b}31m\u{202e}b\"}",
    ] {
        let error = refused_with("application/json", body).await;

        let kept = error.body().unwrap();
        assert!(!kept.contains(|character: char| character.is_control() || character == '\u{202e}'), "{kept:?}");
        assert!(kept.contains("[2J"), "{kept:?}");
    }
}

#[tokio::test]
async fn a_member_name_is_shown_without_secrets_and_control_characters() {
    for name in [TOKEN, "a\nb\u{1b}[2J\u{202e}c", "1a2b3c4d5e6f7g8h9i0j", &"long".repeat(20_000)] {
        let settings = serde_json::json!({ "discover": "visible", name: { "odd": 7 } });
        let plex = Wire::always(Reply::json(&settings.to_string())).await;

        let error = signed_in(&plex.url).v2().get_user_opt_out_settings().send().await.unwrap_err();

        let shown = format!("{error} {error:?} {:?}", error.json_path());
        assert!(error.is_decode() && error.json_path().is_some(), "{error:?}");
        for part in [TOKEN, "1a2b3c4d5e6f7g8h9i0j", "\n", "\u{1b}", "\\u{1b}", "\u{202e}"] {
            assert!(!shown.contains(part), "{part:?}: {shown}");
        }
        assert!(shown.len() < 3_000, "{}", shown.len());
    }
}

#[tokio::test]
async fn a_request_id_that_is_the_token_is_not_kept() {
    let plex = Wire::always(Reply::http("404 Not Found", &["x-request-id: EXAMPLE-OTHER-TOKEN"], "")).await;
    let client = |token: &str| builder(&plex.url).token(Token::new(token).unwrap()).build().unwrap();

    let same = user(&client("EXAMPLE-OTHER-TOKEN")).await.unwrap_err();
    let other = user(&client(TOKEN)).await.unwrap_err();

    assert_eq!((same.request_id(), other.request_id()), (None, Some("EXAMPLE-OTHER-TOKEN")));
}

#[tokio::test]
async fn a_redirect_to_a_very_long_host_has_a_short_message() {
    let plex = Wire::always(Reply::redirect("302 Found", &format!("http://{}.example/", "a".repeat(15_000)))).await;

    let error = user(&signed_in(&plex.url)).await.unwrap_err();

    assert!(error.is_redirect() && error.to_string().len() < 400, "{error}");
}

#[tokio::test]
async fn an_address_in_a_body_is_not_kept() {
    let body = r#"{"webhooks":[{"url":"https://hook.example/EXAMPLE-PATH"}],"id":[]}"#;
    let plex = Wire::always(Reply::json(body)).await;

    let error = signed_in(&plex.url).v2().get_user_details().send().await.unwrap_err();

    assert!(!error.body().unwrap().contains("EXAMPLE-PATH"), "{:?}", error.body());
}
