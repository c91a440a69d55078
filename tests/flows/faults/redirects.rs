//! Cases 12 to 16: redirects never lead the token or the user to another origin.

use plex_tv_sdk::{Client, Error, Token};

use crate::{
    harness::{IDENTIFIER, TOKEN, builder, identity, signed_in},
    tls,
    wire::{Reply, Wire},
};

const FOLLOWED: [&str; 5] =
    ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"];
const USER: &str = r#"{"id":7}"#;

async fn user(client: &Client) -> Result<i64, Error> {
    let user = client.v2().get_user_details().send().await?;
    Ok(user.id)
}

/// A server that no request should reach.
async fn stranger() -> Wire {
    Wire::always(Reply::json(USER)).await
}

#[track_caller]
fn assert_not_followed(error: &Error, host: &str) {
    assert!(error.is_redirect(), "{error:?}");
    let text = error.to_string();
    assert!(text.contains(host), "{text}");
    assert!(!text.contains(['?', '=']) && !text.contains("CANARY"), "{text}");
    assert_eq!(error.operation(), Some("getUserDetails"));
}

#[tokio::test]
async fn case_12_no_redirect_to_another_host_is_followed() {
    for status in FOLLOWED {
        let stranger = stranger().await;
        let host = format!("localhost:{}", stranger.port());
        let location = format!("http://{host}/elsewhere?X-Plex-Token=CANARY");
        let plex = Wire::always(Reply::redirect(status, &location)).await;

        let error = user(&signed_in(&plex.url)).await.unwrap_err();

        assert_not_followed(&error, &host);
        let code = error.status().unwrap().as_u16().to_string();
        assert!(status.starts_with(&code));
        assert_eq!(stranger.seen.connections(), 0, "{status}");
        assert_eq!(plex.seen.requests().len(), 1);
    }
}

#[tokio::test]
async fn case_12_another_port_of_the_same_host_is_another_host() {
    let stranger = stranger().await;
    let plex = Wire::always(Reply::redirect("302 Found", &stranger.url)).await;

    let error = user(&signed_in(&plex.url)).await.unwrap_err();

    assert_not_followed(&error, &format!("127.0.0.1:{}", stranger.port()));
    assert_eq!(stranger.seen.connections(), 0);
}

#[tokio::test]
async fn case_12_addresses_that_only_look_like_the_same_host_are_not_followed() {
    let stranger = stranger().await;
    let host = format!("localhost:{}", stranger.port());
    let disguises = [
        format!("//{host}/api/v2/user"),
        format!("http://127.0.0.1@{host}/"),
        format!("http://127.0.0.1:80@{host}/"),
        format!("\\\\{host}\\api"),
    ];
    for location in disguises {
        let plex = Wire::always(Reply::redirect("302 Found", &location)).await;

        let error = user(&signed_in(&plex.url)).await.unwrap_err();

        assert_not_followed(&error, &host);
    }
    assert_eq!(stranger.seen.connections(), 0);
}

#[tokio::test]
async fn case_13_http_to_https_of_the_same_host_is_not_followed() {
    let plex = Wire::always(Reply::redirect("301 Moved Permanently", "https://127.0.0.1/api/v2/user")).await;

    let error = user(&signed_in(&plex.url)).await.unwrap_err();

    assert_not_followed(&error, "https://127.0.0.1");
}

#[tokio::test]
async fn case_13_https_to_http_is_not_followed() {
    let plain = stranger().await;
    let location = format!("http://localhost:{}/api/v2/user", plain.port());
    let plex = tls::start("localhost", move |_| Reply::redirect("302 Found", &location)).await;
    let client = Client::builder(identity(IDENTIFIER))
        .base_url(&plex.url)
        .token(Token::new(TOKEN).unwrap())
        .http(|http| http.no_proxy().tls_danger_accept_invalid_certs(true))
        .build()
        .unwrap();

    let error = user(&client).await.unwrap_err();

    assert_not_followed(&error, &format!("http://localhost:{}", plain.port()));
    assert_eq!(plain.seen.connections(), 0);
    assert_eq!(plex.seen.requests().len(), 1);
}

#[tokio::test]
async fn case_14_a_get_within_the_origin_is_followed_with_the_token() {
    for status in FOLLOWED {
        let plex = Wire::start(move |path| match path {
            "/api/v2/user" => Reply::redirect(status, "/moved/user?x=1"),
            _ => Reply::json(USER),
        })
        .await;

        let id = user(&signed_in(&plex.url)).await.unwrap();

        assert_eq!(id, 7);
        let requests = plex.seen.requests();
        assert_eq!(requests.len(), 2);
        assert!(requests[1].starts_with("GET /moved/user?x=1 "));
        for line in [
            format!("x-plex-token: {}", TOKEN.to_ascii_lowercase()),
            "x-plex-client-identifier: flows-desk-01".to_owned(),
            "accept: application/json".to_owned(),
        ] {
            assert!(requests[1].contains(&line), "{line}: {}", requests[1]);
        }
    }
}

/// A server that answers after this many redirects, to `/1`, `/2` and so on.
async fn chain(length: usize) -> Wire {
    Wire::start(move |path| {
        let hop = path.trim_start_matches('/').parse().unwrap_or(0);
        if hop == length { Reply::json(USER) } else { Reply::redirect("302 Found", &format!("/{}", hop + 1)) }
    })
    .await
}

#[tokio::test]
async fn case_14_three_redirects_are_followed_and_a_fourth_is_not() {
    let (three, four) = (chain(3).await, chain(4).await);

    let followed = user(&signed_in(&three.url)).await;
    let stopped = user(&signed_in(&four.url)).await;

    assert_eq!(followed.unwrap(), 7);
    assert!(stopped.unwrap_err().is_redirect());
    assert_eq!(three.seen.requests().len(), 4);
    assert_eq!(four.seen.requests().len(), 4);
}

#[tokio::test]
async fn case_15_a_loop_ends() {
    let plex = Wire::always(Reply::redirect("302 Found", "/api/v2/user")).await;

    let error = user(&signed_in(&plex.url)).await.unwrap_err();

    assert_not_followed(&error, "127.0.0.1");
    assert_eq!(plex.seen.requests().len(), 4);
}

#[tokio::test]
async fn case_12_a_redirect_that_leaves_the_origin_after_a_hop_is_not_followed() {
    let stranger = stranger().await;
    let away = format!("{}/x", stranger.url);
    let plex = Wire::start(move |path| match path {
        "/api/v2/user" => Reply::redirect("302 Found", "/next"),
        _ => Reply::redirect("302 Found", &away),
    })
    .await;

    let error = user(&signed_in(&plex.url)).await.unwrap_err();

    assert_not_followed(&error, &format!("127.0.0.1:{}", stranger.port()));
    assert_eq!(stranger.seen.connections(), 0);
    assert_eq!(plex.seen.requests().len(), 2);
}

#[tokio::test]
async fn case_14_a_redirect_without_a_usable_address_is_an_error() {
    let replies = [
        Reply::http("302 Found", &[], ""),
        Reply::redirect("302 Found", "http://[broken"),
        Reply::redirect("302 Found", "javascript:alert(1)"),
    ];
    for reply in replies {
        let plex = Wire::always(reply).await;

        let error = user(&signed_in(&plex.url)).await.unwrap_err();

        assert!(error.is_redirect(), "{error:?}");
        assert_eq!(plex.seen.requests().len(), 1);
    }
}

#[tokio::test]
async fn case_16_a_redirect_of_a_post_is_never_followed_and_its_status_is_reported() {
    for status in FOLLOWED {
        let plex = Wire::always(Reply::redirect(status, "/moved")).await;
        let client = builder(&plex.url).build().unwrap();

        let error = client.v2().get_pin().send().await.unwrap_err();

        assert!(error.is_redirect(), "{error:?}");
        let code = error.status().unwrap().as_u16().to_string();
        assert!(status.starts_with(&code));
        assert_eq!(plex.seen.requests().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn case_14_a_304_is_a_refusal_and_not_a_redirect() {
    let plex = Wire::always(Reply::http("304 Not Modified", &[], "")).await;

    let error = user(&signed_in(&plex.url)).await.unwrap_err();

    assert!(!error.is_redirect(), "{error:?}");
    assert_eq!(error.status().unwrap().as_u16(), 304);
}
