use plex_tv_sdk::PlexCode;
use plex_tv_sdk::v2::types::SetUserWebhooksBody;
use plex_tv_tests::{Body, NO_BODY, Recorder, Reply, failure, harness, success};

const HOOKS: [&str; 2] = ["https://example.com/EXAMPLE-HOOK", "https://hooks.example.net/EXAMPLE?room=1"];

/// Returns the addresses as the setter takes them.
fn urls(addresses: &[&str]) -> Vec<String> {
    addresses.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn webhooks_are_a_list_of_addresses() {
    let webhooks = success("getUserWebhooks", 200)
        .sends("GET /user/webhooks", NO_BODY)
        .call(async |api| api.get_user_webhooks().send_with_response().await)
        .await;

    let addresses: Vec<_> = webhooks.iter().map(|webhook| webhook.url.expose()).collect();
    assert_eq!(addresses, HOOKS);
}

#[tokio::test]
async fn the_pin_of_a_protected_user_is_sent_in_the_query() {
    success("getUserWebhooks", 200)
        .sends("GET /user/webhooks?pin=EXAMPLE-1234", NO_BODY)
        .call(async |api| api.get_user_webhooks().pin("EXAMPLE-1234").send_with_response().await)
        .await;
}

#[tokio::test]
async fn no_webhooks_are_an_empty_list() {
    let webhooks = success("getUserWebhooks", 200)
        .replying("application/json", "[]")
        .sends("GET /user/webhooks", NO_BODY)
        .call(async |api| api.get_user_webhooks().send_with_response().await)
        .await;

    assert!(webhooks.is_empty());
}

#[tokio::test]
async fn webhooks_need_a_plex_pass() {
    let read = failure("getUserWebhooks", 403, 1012)
        .sends("GET /user/webhooks", NO_BODY)
        .call(async |api| api.get_user_webhooks().send_with_response().await)
        .await;
    let write = failure("setUserWebhooks", 403, 1012)
        .sends("POST /user/webhooks", Body::Form("urls%5B%5D=https%3A%2F%2Fexample.com%2FEXAMPLE-HOOK"))
        .call(async |api| api.set_user_webhooks(SetUserWebhooksBody::new(urls(&HOOKS[..1]))).send_with_response().await)
        .await;

    for error in [read, write] {
        assert!(error.is_plex_pass_required() && error.is_forbidden() && !error.is_retryable());
    }
}

#[tokio::test]
async fn code_1043_means_that_webhooks_need_a_plex_pass() {
    let read = failure("getUserWebhooks", 403, 1043)
        .sends("GET /user/webhooks", NO_BODY)
        .call(async |api| api.get_user_webhooks().send_with_response().await)
        .await;
    let write = failure("setUserWebhooks", 403, 1043)
        .sends("POST /user/webhooks", Body::Form("urls="))
        .call(async |api| {
            api.set_user_webhooks(SetUserWebhooksBody::new(Vec::<String>::new())).send_with_response().await
        })
        .await;

    for error in [read, write] {
        assert!(error.is_plex_pass_required() && error.is_forbidden() && !error.needs_sign_in());
    }
}

#[tokio::test]
async fn code_1043_only_means_forbidden_for_other_calls() {
    let (client, server) = harness().await;
    for (kind, body) in [
        ("application/json", r#"{"errors":[{"code":1043,"message":"Forbidden","status":403}]}"#),
        ("application/xml", r#"<errors><error code="1043" message="Forbidden" status="403"/></errors>"#),
    ] {
        server.reset_async().await;
        Recorder::mount(&server, &Reply::new(403, kind, body)).await;

        let webhooks = client.v2().get_user_webhooks().send().await.unwrap_err();
        let others = [
            client.v2().get_user_details().send().await.map(drop).unwrap_err(),
            client.v2().get_features().send().await.map(drop).unwrap_err(),
            client.v1().get_legacy_users().send().await.map(drop).unwrap_err(),
            client.discover().get_common_sense_media("1").send().await.map(drop).unwrap_err(),
        ];

        assert!(webhooks.is_plex_pass_required(), "{kind}");
        for error in others {
            assert!(error.is_forbidden() && !error.is_plex_pass_required(), "{kind}: {error}");
            assert_eq!(error.code(), Some(PlexCode::Forbidden));
        }
    }
}

#[tokio::test]
async fn other_codes_of_webhooks_do_not_mean_that_they_need_a_plex_pass() {
    let (client, server) = harness().await;
    for body in ["", r#"{"errors":[{"code":1009}]}"#, r#"{"errors":[{"message":"1043"}]}"#] {
        server.reset_async().await;
        Recorder::mount(&server, &Reply::new(403, "application/json", body)).await;

        let error = client.v2().get_user_webhooks().send().await.unwrap_err();

        assert!(error.is_forbidden() && !error.is_plex_pass_required(), "{body}");
    }
}

#[tokio::test]
async fn webhook_addresses_are_never_shown() {
    let webhooks = success("getUserWebhooks", 200)
        .replying("application/json", r#"[{"url":"https://example.com/CANARY"}]"#)
        .sends("GET /user/webhooks", NO_BODY)
        .call(async |api| api.get_user_webhooks().send_with_response().await)
        .await;

    let body = SetUserWebhooksBody::new([webhooks[0].url.clone()]);
    assert!(!format!("{webhooks:?} {body:?}").contains("CANARY"));
}

#[tokio::test]
async fn each_webhook_is_a_field_of_the_same_bracketed_name() {
    let form = "urls%5B%5D=https%3A%2F%2Fexample.com%2FEXAMPLE-HOOK\
                &urls%5B%5D=https%3A%2F%2Fhooks.example.net%2FEXAMPLE%3Froom%3D1";

    let stored = success("setUserWebhooks", 201)
        .sends("POST /user/webhooks", Body::Form(form))
        .call(async |api| api.set_user_webhooks(SetUserWebhooksBody::new(urls(&HOOKS))).send_with_response().await)
        .await;

    let addresses: Vec<_> = stored.iter().map(|webhook| webhook.url.expose()).collect();
    assert_eq!(addresses, HOOKS);
}

#[tokio::test]
async fn storing_webhooks_may_be_answered_with_200() {
    let stored = success("setUserWebhooks", 200)
        .sends("POST /user/webhooks", Body::Form("urls%5B%5D=a%26urls%5B%5D%3Db+%2B"))
        .call(async |api| {
            api.set_user_webhooks(SetUserWebhooksBody::new(urls(&["a&urls[]=b +"]))).send_with_response().await
        })
        .await;

    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].url.expose(), HOOKS[0]);
}

#[tokio::test]
async fn the_cleared_list_is_one_empty_field_without_brackets() {
    let cleared = success("setUserWebhooks", 201)
        .replying("application/json", "[]")
        .sends("POST /user/webhooks", Body::Form("urls="))
        .call(async |api| {
            api.set_user_webhooks(SetUserWebhooksBody::new(Vec::<String>::new())).send_with_response().await
        })
        .await;

    assert!(cleared.is_empty());
}

#[tokio::test]
async fn an_address_that_is_not_accepted_is_refused() {
    let error = failure("setUserWebhooks", 422, 1071)
        .sends("POST /user/webhooks", Body::Form("urls%5B%5D=nowhere"))
        .call(async |api| {
            api.set_user_webhooks(SetUserWebhooksBody::new(urls(&["nowhere"]))).send_with_response().await
        })
        .await;

    assert_eq!(error.code(), Some(PlexCode::WebhookAddressInvalid));
    assert!(!error.is_auth() && !error.is_retryable());
}
