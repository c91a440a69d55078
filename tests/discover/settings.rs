use plex_tv_tests::{NO_BODY, failure, success};

use crate::reasons;

#[tokio::test]
async fn preferred_services_have_names() {
    let reply = success("getPreferredServices", 200)
        .sends("GET /settings/preferredServices", NO_BODY)
        .call_discover(async |api| api.get_preferred_services().send_with_response().await)
        .await;

    let services = reply.media_container.availability_platform;
    let names: Vec<_> = services.iter().map(|service| service.platform.as_str()).collect();
    assert_eq!(names, ["example-stream", "example-store"]);
}

#[tokio::test]
async fn a_service_without_a_name_is_set_aside() {
    let body = r#"{"MediaContainer":{"AvailabilityPlatform":[{"title":"nobody"},{"platform":"a","title":"A"}]}}"#;

    let reply = success("getPreferredServices", 200)
        .replying("application/json", body)
        .sends("GET /settings/preferredServices", NO_BODY)
        .call_discover(async |api| api.get_preferred_services().send_with_response().await)
        .await;

    let services = &reply.media_container.availability_platform;
    assert_eq!(reasons(services), ["row 0: missing field `platform`"]);
    assert_eq!(services[0].extra["title"], "A");
}

#[tokio::test]
async fn preferred_services_need_a_valid_token() {
    let error = failure("getPreferredServices", 401, 1001)
        .sends("GET /settings/preferredServices", NO_BODY)
        .call_discover(async |api| api.get_preferred_services().send_with_response().await)
        .await;

    assert!(error.is_auth());
}
