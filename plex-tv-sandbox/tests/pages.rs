#![allow(clippy::unwrap_used, reason = "a failed unwrap is the message of its test")]

mod support;

use plex_tv_sandbox::PinState;
use reqwest::{Method, Response};
use serde_json::json;
use support::{CLIENT, Harness, code, content_type, harness, id};

async fn form(plex: &Harness, path: &str, body: String) -> Response {
    let request = plex.bare(Method::POST, path);
    let request = request.header("Content-Type", "application/x-www-form-urlencoded");
    request.body(body).send().await.unwrap()
}

#[tokio::test]
async fn the_approval_page_loads_nothing_else() {
    let plex = harness().await;

    for path in ["/auth", "/auth/"] {
        let response = plex.bare(Method::GET, path).send().await.unwrap();

        assert_eq!(response.status(), 200);
        assert_eq!(content_type(&response), "text/html; charset=utf-8");
        assert!(response.headers().contains_key("content-security-policy"));
        let page = response.text().await.unwrap();
        assert!(page.contains("Example User"));
        assert!(page.contains(">Allow</button>") && page.contains(">Deny</button>"));
        assert!(page.contains("location.hash"));
        assert!(!page.contains("{{") && !page.contains("src=") && !page.contains("href="));
    }
}

#[tokio::test]
async fn the_page_approves_and_denies_by_code() {
    let plex = harness().await;
    let wanted = plex.pin("?strong=true").await;
    let unwanted = plex.pin("?strong=true").await;

    let allow = format!("code={}&clientID={CLIENT}", code(&wanted));
    let allowed = support_json(form(&plex, "/sandbox/approve", allow.clone()).await).await;
    let again = support_json(form(&plex, "/sandbox/approve", allow).await).await;
    let denied = support_json(form(&plex, "/sandbox/deny", format!("code={}", code(&unwanted))).await).await;

    assert_eq!(allowed, (200, json!({"state": "approved"})));
    assert_eq!(again, (409, json!({"state": "approved"})));
    assert_eq!(denied, (200, json!({"state": "denied"})));
    let states: Vec<PinState> = plex.sandbox.pins().iter().map(|pin| pin.state).collect();
    assert_eq!(states, [PinState::Approved, PinState::Denied]);
}

#[tokio::test]
async fn expired_unknown_and_foreign_codes_answer_404() {
    let plex = harness().await;
    let expired = plex.pin("?strong=true").await;
    plex.sandbox.expire(id(&expired));
    let foreign = plex.pin("?strong=true").await;

    let cases = [
        (format!("code={}", code(&expired)), "expired"),
        (String::from("code=nonsense"), "unknown"),
        (String::new(), "unknown"),
        (format!("code={}&clientID=another", code(&foreign)), "unknown"),
    ];

    for (body, state) in cases {
        let answer = support_json(form(&plex, "/sandbox/approve", body).await).await;
        assert_eq!(answer, (404, json!({ "state": state })));
    }
}

async fn support_json(response: Response) -> (u16, serde_json::Value) {
    let status = response.status().as_u16();
    (status, response.json().await.unwrap())
}

#[tokio::test]
async fn a_code_can_be_typed_without_javascript_and_in_lower_case() {
    let plex = harness().await;
    let pin = plex.pin("").await;

    let page = plex.bare(Method::GET, &format!("/link/?pin={}", code(&pin))).send().await.unwrap();
    let page = page.text().await.unwrap();
    assert!(page.contains(&format!(r#"value="{}""#, code(&pin))));
    assert!(page.contains(r#"<form method="post" action="/link">"#) && !page.contains("<script"));

    let typed = format!("code=+{}+", code(&pin).to_lowercase());
    let linked = form(&plex, "/link", typed).await;

    assert_eq!(linked.status(), 200);
    assert!(linked.text().await.unwrap().contains("Your device is linked"));
    assert!(plex.poll(&pin).await.1["authToken"].is_string());
}

#[tokio::test]
async fn the_link_page_says_what_is_wrong_with_a_code() {
    let plex = harness().await;
    let expired = plex.pin("").await;
    plex.sandbox.expire(id(&expired));
    let strong = plex.pin("?strong=true").await;

    let cases = [
        (format!("code={}", code(&expired)), 404, "This code has expired"),
        (String::from("code=0000"), 404, "No device shows this code"),
        (format!("code={}", code(&strong)), 404, "No device shows this code"),
        (String::from("code="), 400, "Please enter the code"),
    ];

    for (body, status, text) in cases {
        let response = form(&plex, "/link", body).await;
        assert_eq!(response.status(), status);
        assert!(response.text().await.unwrap().contains(text), "{text}");
    }
}

#[tokio::test]
async fn pages_escape_their_input() {
    let plex = harness().await;

    let path = "/link?pin=%22%3E%3Cscript%3Ealert(1)%3C/script%3E%7B%7Buser%7D%7D";
    let page = plex.bare(Method::GET, path).send().await.unwrap().text().await.unwrap();

    assert!(!page.contains("<script"));
    assert!(page.contains("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{user}}"));
}
