//! Refusals by plex.tv and the provider hosts, in all their forms.

use std::time::Duration;

use plex_tv_sdk::{Client, CredentialStore, Error, MemoryStore, Secret, Token, TokenCheck};

use crate::{
    faults::user,
    harness::{TOKEN, anonymous, builder, signed_in},
    jwt_login::Device,
    wire::{Reply, Wire},
};

async fn refusing(status: &str, body: &str) -> Wire {
    Wire::always(Reply::http(status, &[], body)).await
}

async fn refused(status: &str, body: &str) -> Error {
    user(&signed_in(&refusing(status, body).await.url)).await.unwrap_err()
}

/// Bodies with which a 422 has been seen to report an invalid token.
const DEAD_TOKENS: [&str; 7] = [
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<errors>\n  <error>Invalid token</error>\n</errors>",
    "<errors type=\"array\"><error type=\"string\"><![CDATA[Invalid token]]></error></errors>",
    "<errors><error>Invalid&#32;token</error><error>Sorry</error></errors>",
    "<hash><error>Invalid authentication token.</error></hash>",
    r#"<error message="Invalid token" status="422"/>"#,
    r#"{"errors":["Invalid token"]}"#,
    r#"{"error":{"message":"Invalid token"}}"#,
];

#[tokio::test]
async fn a_token_that_a_422_calls_invalid_is_rejected_and_can_be_signed_out() {
    for body in DEAD_TOKENS {
        let plex = refusing("422 Unprocessable Entity", body).await;
        let store = MemoryStore::new();
        store.update(&mut |kept| kept.token = Some(Token::new(TOKEN).unwrap())).unwrap();
        let client = builder(&plex.url).store(store.clone()).build().unwrap();

        let check = client.verify_token().await;
        client.sign_out().await.unwrap();

        let TokenCheck::Rejected(error) = check else { panic!("{body}: {check:?}") };
        assert!(error.needs_sign_in() && !error.is_auth(), "{error:?}");
        assert_eq!(store.load().unwrap().token, None, "{body}");
    }
}

#[tokio::test]
async fn a_422_about_something_else_neither_rejects_the_token_nor_signs_out() {
    for body in [
        "<errors><error>Name is invalid</error></errors>",
        r#"<errors><error code="1055" message="Invalid token"/></errors>"#,
        r#"{"errors":{"email":["is invalid"]}}"#,
        "Invalid token",
        "",
    ] {
        let plex = refusing("422 Unprocessable Entity", body).await;
        let client = signed_in(&plex.url);

        assert!(matches!(client.verify_token().await, TokenCheck::Unknown(_)), "{body}");
        assert!(!client.sign_out().await.unwrap_err().needs_sign_in(), "{body}");
        assert!(client.token().is_some());
    }
}

#[tokio::test]
async fn a_client_whose_device_was_removed_needs_a_sign_in_and_can_sign_out() {
    let device = Device::new().await;
    let client = device.signed_in().await;
    device.sandbox.advance(Duration::from_secs(8 * 24 * 60 * 60));
    device.sandbox.remove_device(crate::harness::IDENTIFIER);

    let error = user(&client).await.unwrap_err();
    let check = client.verify_token().await;
    client.sign_out().await.unwrap();

    assert!(error.needs_sign_in(), "{error:?}");
    assert!(matches!(check, TokenCheck::Rejected(_)), "{check:?}");
    let kept = device.store.load().unwrap();
    assert_eq!((kept.token, kept.device_key), (None, None));
}

#[tokio::test]
async fn only_errors_that_a_new_sign_in_fixes_need_one() {
    let code = |code: i64| format!(r#"{{"errors":[{{"code":{code},"message":"No."}}]}}"#);
    for (status, body, wanted) in [
        ("401 Unauthorized", code(1001), true),
        ("401 Unauthorized", String::new(), true),
        ("401 Unauthorized", "<html>Please sign in</html>".to_owned(), true),
        ("401 Unauthorized", r#"<Error error="Unauthorized" statusCode="401"/>"#.to_owned(), true),
        ("401 Unauthorized", code(1028), false),
        ("401 Unauthorized", code(1029), false),
        ("401 Unauthorized", code(1030), false),
        ("401 Unauthorized", code(1041), false),
        ("401 Unauthorized", code(1063), false),
        ("498 Token Expired", String::new(), true),
        ("422 Unprocessable Entity", code(1097), true),
        ("422 Unprocessable Entity", code(1998), false),
        ("403 Forbidden", code(1041), false),
        ("403 Forbidden", "<errors><error>Invalid token</error></errors>".to_owned(), false),
        ("404 Not Found", code(1020), false),
        ("429 Too Many Requests", code(1003), false),
        ("503 Service Unavailable", String::new(), false),
    ] {
        let error = refused(status, &body).await;

        assert_eq!(error.needs_sign_in(), wanted, "{status} {body}");
    }
}

#[tokio::test]
async fn a_wrong_password_needs_no_new_sign_in_and_a_refused_device_key_does() {
    let plex = refusing("401 Unauthorized", r#"{"errors":[{"code":1001,"message":"No."}]}"#).await;
    let client: Client = anonymous(&plex.url);

    let wrong_password = client.sign_in("user@example.com", "EXAMPLE").await.unwrap_err();
    let of_the_token = client.with_token(Token::new(TOKEN).unwrap()).sign_in("user@example.com", "EXAMPLE").await;
    let without_token = user(&client).await.unwrap_err();
    let of_the_key = client.v2().get_token(7).device_jwt(Secret::from("EXAMPLE")).send().await;

    assert!(wrong_password.is_auth() && !wrong_password.needs_sign_in());
    assert!(!of_the_token.unwrap_err().needs_sign_in());
    assert!(without_token.needs_sign_in());
    assert!(of_the_key.unwrap_err().needs_sign_in());
}

#[tokio::test]
async fn the_error_of_a_provider_is_read_with_its_status() {
    for (body, message, status) in [
        (
            r#"{"Error":{"error":"Bad Request","message":"Invalid value for \"limit\"!","statusCode":400}}"#,
            r#"Invalid value for "limit"!"#,
            Some(400),
        ),
        (
            r#"<?xml version="1.0"?><Error error="Bad Request" message="limit must be &gt; 0 and > -1" statusCode="400"/>"#,
            "limit must be > 0 and > -1",
            Some(400),
        ),
        (r#"<Error error="Bad Request" message='It said "no" &amp; left'/>"#, r#"It said "no" & left"#, None),
        (r#"{"errors":{"searchProviders":["is missing"]}}"#, "is missing", None),
    ] {
        let plex = refusing("400 Bad Request", body).await;

        let error = signed_in(&plex.url).discover().get_watchlist("all").send().await.unwrap_err();

        let [said] = error.plex_errors() else { panic!("{body}: {:?}", error.plex_errors()) };
        assert_eq!((said.code(), said.message(), said.status()), (None, Some(message), status));
    }
}

#[tokio::test]
async fn field_errors_are_read_with_their_messages() {
    let error = refused("422 Unprocessable Entity", r#"{"errors":{"email":["is taken","is odd"],"pin":"is short"}}"#);

    let error = error.await;

    let said = error.plex_errors().iter().map(|said| (said.field(), said.message()));
    let wanted = [("email", "is taken"), ("email", "is odd"), ("pin", "is short")];
    assert!(said.eq(wanted.map(|(field, message)| (Some(field), Some(message)))), "{error:?}");
}

#[tokio::test]
async fn a_refusal_of_megabytes_is_read_only_in_part() {
    const MANY: usize = 400_000;
    let list = r#"<error code="1001" message="No."/>"#.repeat(MANY);
    for (body, entries) in [
        (format!("<errors>{list}</errors>"), 32),
        (format!("{{\"errors\":[{}7]}}", r#"{"code":1001,"message":"No."},"#.repeat(MANY)), 32),
        ("<error ".repeat(MANY), 0),
        ("<error message=\"".repeat(MANY), 0),
        ("<error>".repeat(MANY), 0),
    ] {
        let error = refused("400 Bad Request", &body).await;

        assert_eq!((error.status().unwrap().as_u16(), error.plex_errors().len()), (400, entries));
        assert!(error.body().unwrap().len() <= 8192);
    }
}

#[tokio::test]
async fn a_web_page_in_place_of_xml_is_an_unexpected_content_type() {
    for page in [
        "<!DOCTYPE html><html><body><p>Please sign in<br></body></html>",
        "\n<!-- gateway -->\n<!doctype html>\n<title>Blocked</title>",
        "<?xml version='1.0'?><!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN' 'x'><html/>",
        "<HTML><meta charset=utf-8>Bad gateway",
        "\u{feff}<script>location='http://portal.example'</script>",
    ] {
        let plex = Wire::always(Reply::http("200 OK", &["content-type: text/html"], page)).await;

        let error = signed_in(&plex.url).v1().get_legacy_users().send().await.unwrap_err();

        assert!(error.is_unexpected_content_type(), "{page}: {error:?}");
        assert!(error.body().unwrap().ends_with("bytes of text/html, not shown>"), "{error:?}");
    }
}
