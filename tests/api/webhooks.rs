use plex_tv_sdk::PlexCode;
use plex_tv_sdk::v2::types::SetUserWebhooksBody;
use plex_tv_tests::{Body, NO_BODY, failure, success};

const HOOKS: [&str; 2] = ["https://example.com/hook", "https://hooks.example.net/plex?room=1"];

/// Addresses as the setter takes them.
fn urls(addresses: &[&str]) -> Vec<String> {
    addresses.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn webhooks_are_a_list_of_addresses() {
    let webhooks = success("getUserWebhooks", 200)
        .sends("GET /user/webhooks", NO_BODY)
        .call(async |api| api.get_user_webhooks().send_with_response().await)
        .await;

    let addresses: Vec<_> = webhooks.iter().map(|webhook| &*webhook.url).collect();
    assert_eq!(addresses, HOOKS);
}

#[tokio::test]
async fn the_pin_of_a_protected_user_travels_in_the_query() {
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
        .sends("POST /user/webhooks", Body::Form("urls%5B%5D=https%3A%2F%2Fexample.com%2Fhook"))
        .call(async |api| api.set_user_webhooks(SetUserWebhooksBody::new(urls(&HOOKS[..1]))).send_with_response().await)
        .await;

    for error in [read, write] {
        assert!(error.is_plex_pass_required() && error.is_forbidden() && !error.is_retryable());
    }
}

#[tokio::test]
async fn each_webhook_is_a_field_of_the_same_bracketed_name() {
    let form = "urls%5B%5D=https%3A%2F%2Fexample.com%2Fhook\
                &urls%5B%5D=https%3A%2F%2Fhooks.example.net%2Fplex%3Froom%3D1";

    let stored = success("setUserWebhooks", 201)
        .sends("POST /user/webhooks", Body::Form(form))
        .call(async |api| api.set_user_webhooks(SetUserWebhooksBody::new(urls(&HOOKS))).send_with_response().await)
        .await;

    let addresses: Vec<_> = stored.iter().map(|webhook| &*webhook.url).collect();
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
    assert_eq!(stored[0].url, HOOKS[0]);
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
