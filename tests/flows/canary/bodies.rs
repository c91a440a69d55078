//! The body that an error keeps of a reply is readable and contains no secrets.

use plex_tv_sdk::{Error, Secret, Token, v2::types::SignInBody};
use serde_json::{Value, json};

use super::{
    ACCESS_TOKEN, CANARIES, DEVICE_JWT, NONCE, PASSWORD, PIN_CODE, TOKEN, VERIFICATION_CODE, assert_clean, printed,
};
use crate::{
    harness::builder,
    wire::{Reply, Wire},
};

/// Secrets under the names that plex.tv gives them.
const NAMED: [(&str, &str); 8] = [
    ("authToken", TOKEN),
    ("X-Plex-Token", TOKEN),
    ("accessToken", ACCESS_TOKEN),
    ("password", PASSWORD),
    ("verificationCode", VERIFICATION_CODE),
    ("pin", PIN_CODE),
    ("deviceJWT", DEVICE_JWT),
    ("nonce", NONCE),
];

/// Signs in at a server that refuses with this body. The call sends a token, a password and a
/// verification code.
async fn refusal(content_type: &str, body: &str) -> Error {
    let header = format!("content-type: {content_type}");
    let plex = Wire::always(Reply::http("422 Unprocessable Entity", &[&header], body)).await;
    let client = builder(&plex.url).token(Token::new(TOKEN).unwrap()).build().unwrap();
    let body =
        SignInBody::new("user@example.com", Secret::from(PASSWORD)).verification_code(Secret::from(VERIFICATION_CODE));
    client.v2().sign_in(body).send().await.unwrap_err()
}

async fn assert_kept_clean(content_type: &str, body: &str) {
    let error = refusal(content_type, body).await;

    assert_clean(content_type, &printed(&error));
    let kept = error.body().unwrap();
    assert_clean(&format!("the kept part of {body}"), kept);
    // Text and HTML are replaced by a description.
    let wanted = if content_type.starts_with("text/") { "not shown>" } else { "harmless" };
    assert!(kept.contains(wanted), "{kept}");
}

#[tokio::test]
async fn json_members_with_sensitive_names_are_redacted() {
    for (name, secret) in NAMED {
        let flat = json!({ name: secret, "text": "harmless" });
        let nested = json!({ "errors": [{ "code": 1998, "request": { name: secret } }], "text": "harmless" });

        assert_kept_clean("application/json", &flat.to_string()).await;
        assert_kept_clean("application/json", &serde_json::to_string_pretty(&nested).unwrap()).await;
    }
}

#[tokio::test]
async fn lists_and_objects_under_a_sensitive_name_are_redacted() {
    for (name, secret) in NAMED {
        let list = json!({ name: [secret, secret], "text": "harmless" });
        let object = json!({ name: { "value": secret }, "text": "harmless" });

        assert_kept_clean("application/json", &list.to_string()).await;
        assert_kept_clean("application/json", &object.to_string()).await;
    }
}

#[tokio::test]
async fn json_inside_a_json_text_is_redacted() {
    for (name, secret) in NAMED {
        let inner = json!({ name: secret }).to_string();
        let body = json!({ "message": format!("cannot read {inner}"), "text": "harmless" });

        assert_kept_clean("application/json", &body.to_string()).await;
    }
}

fn xml_escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

#[tokio::test]
async fn xml_attributes_with_sensitive_names_are_redacted() {
    for (name, secret) in NAMED {
        let body = format!(r#"<errors><error {name}="{}" text="harmless"/></errors>"#, xml_escaped(secret));

        assert_kept_clean("application/xml", &body).await;
    }
}

#[tokio::test]
async fn xml_elements_with_sensitive_names_are_redacted() {
    for (name, secret) in NAMED {
        let body = format!("<user><{name}>{}</{name}><text>harmless</text></user>", xml_escaped(secret));

        assert_kept_clean("application/xml", &body).await;
    }
}

#[tokio::test]
async fn html_form_fields_with_sensitive_names_are_redacted() {
    for (name, secret) in NAMED {
        let secret = xml_escaped(secret);
        let body = format!(r#"<html><input name="{name}" type="hidden" value="{secret}"> harmless</html>"#);

        assert_kept_clean("text/html", &body).await;
    }
}

#[tokio::test]
async fn forms_and_queries_with_sensitive_names_are_redacted() {
    for (name, secret) in NAMED {
        let encoded: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for value in [secret.replace([' ', '"', ',', '!'], "+"), encoded] {
            let body = format!("harmless=1&{name}={value}&other=2");

            let error = refusal("text/plain", &body).await;

            assert_clean(&body, error.body().unwrap());
            assert!(!error.body().unwrap().contains(&value), "{body}");
        }
    }
}

#[tokio::test]
async fn a_token_without_a_digit_is_redacted_by_its_name() {
    let token = "CANARYtokenWithoutNo";
    for body in [
        json!({ "authToken": token, "text": "harmless" }).to_string(),
        format!("<user authToken='{token}' text='harmless'/>"),
        format!("<user><authentication-token>{token}</authentication-token>harmless</user>"),
    ] {
        assert_kept_clean("application/xml", &body).await;
    }
}

/// The client knows which secrets it just sent, so it finds them wherever they come back.
#[tokio::test]
async fn a_secret_that_was_sent_is_redacted_wherever_a_reply_repeats_it() {
    for sent in [TOKEN, PASSWORD, VERIFICATION_CODE] {
        let message = format!("harmless: we do not like {sent} here");
        let json = json!({ "errors": [{ "code": 1998, "message": message }] }).to_string();
        let xml = format!(r#"<errors><error code="1998" message="{}"/></errors>"#, xml_escaped(&message));

        assert_kept_clean("application/json", &json).await;
        assert_kept_clean("application/xml", &xml).await;
        assert_kept_clean("text/html", &format!("<html><p>{}</p></html>", xml_escaped(&message))).await;
        assert_kept_clean("text/plain", &message).await;
    }
}

#[tokio::test]
async fn a_value_that_looks_like_a_token_is_redacted_anywhere() {
    for unsent in [ACCESS_TOKEN, NONCE] {
        let message = format!("harmless: we do not like {unsent} here");
        let json: Value = json!({ "errors": [{ "code": 1998, "message": message }] });

        assert_kept_clean("application/json", &json.to_string()).await;
        assert_kept_clean("text/plain", &message).await;
    }
}

#[tokio::test]
async fn a_secret_across_the_end_of_the_kept_part_is_not_shown_in_part() {
    for (name, secret) in NAMED {
        for before in (8150..8200).step_by(6) {
            let body = json!({ "a": format!("harmless {}", "x ".repeat(before / 2)), name: secret }).to_string();

            let error = refusal("application/json", &body).await;

            assert_clean("a cut body", error.body().unwrap());
            assert!(error.body().unwrap().len() <= 8192);
        }
    }
}

#[test]
fn no_canary_contains_another() {
    for (index, one) in CANARIES.iter().enumerate() {
        assert!(CANARIES.iter().skip(index + 1).all(|other| !one.contains(other) && !other.contains(one)));
    }
}
