use plex_tv_sandbox::{Fault, Host};
use reqwest::Method;
use serde_json::{Value, json};

use super::{LIVING_ROOM, MOVIES};
use crate::support::harness;

#[tokio::test]
async fn the_log_shows_what_was_sent() {
    let plex = harness().await;
    let order =
        json!({"machineIdentifier": LIVING_ROOM, "librarySectionIds": [MOVIES], "invitedEmail": "a@example.com"});
    plex.send(plex.sandbox.token(), Method::POST, "/api/v2/shared_servers", &order).await;
    plex.call(plex.sandbox.token(), Method::PUT, "/discover/actions/addToWatchlist?ratingKey=5d7760000000010000000000")
        .await;
    plex.form(
        plex.sandbox.token(),
        Method::POST,
        "/api/v2/user/webhooks",
        "urls[]=http%3A%2F%2Fa.example.com&urls[]=http%3A%2F%2Fb.example.com",
    )
    .await;

    let [invite, add, hooks] = plex.sandbox.requests().try_into().unwrap();

    assert_eq!((invite.operation, &invite.body), (Some("createSharedServer"), &order));
    assert_eq!((add.host, add.parameter("ratingKey")), (Host::Discover, Some("5d7760000000010000000000")));
    assert_eq!((add.path.as_str(), add.parameter("nothing")), ("/discover/actions/addToWatchlist", None));
    assert_eq!(hooks.body["urls[]"], json!(["http://a.example.com", "http://b.example.com"]));
    assert_eq!([invite.status, add.status, hooks.status], [Some(201), Some(200), Some(201)]);
}

#[tokio::test]
async fn secrets_are_redacted_wherever_they_are_sent() {
    let plex = harness().await;
    let token = plex.sandbox.token();
    plex.form("", Method::POST, "/api/v2/users/signin", "login=user@example.com&password=S3CR&verificationCode=S3CR")
        .await;
    plex.form(token, Method::PUT, "/api/v2/pins/link", "code=S3CR").await;
    plex.send("", Method::POST, "/api/v2/auth/token", &json!({"jwt": "S3CR"})).await;
    plex.call(token, Method::POST, "/api/v2/home/users/fedcba9876543210/switch?pin=S3CR&X-Plex-Token=S3CR").await;
    plex.call(token, Method::GET, "/api/v2/pins/1?deviceJWT=S3CR").await;
    plex.call(token, Method::PUT, "/api/home/users/1234567?pin=S3CR&currentPin=S3CR").await;
    plex.call(token, Method::GET, "/together/rooms/S3CR").await;
    plex.call(token, Method::GET, "/rss/S3CR").await;
    let form = "user%5Blogin%5D=x&user%5Bpassword%5D=S3CR";
    plex.form("", Method::POST, "/users/sign_in.json", form).await;
    let broken = plex.identified(Method::POST, "/api/v2/auth/token").header("Content-Type", "application/json");
    broken.body("{\"jwt\": \"S3CR").send().await.unwrap();

    let requests = plex.sandbox.requests();

    assert_eq!(requests.len(), 10);
    let log = format!("{requests:?}");
    assert!(!log.contains("S3CR") && !log.contains(token), "{log}");
    assert_eq!(requests[0].body["login"], "user@example.com");
    assert_eq!(requests[0].body["password"], "[redacted]");
    assert_eq!(requests[9].body, Value::Null);
}

#[tokio::test]
async fn a_fault_for_every_call_comes_after_those_for_one_and_can_be_ended() {
    let plex = harness().await;
    let ping = async || plex.get("/api/v2/ping").await.0;
    plex.sandbox.always("ping", Fault::Status(503)).unwrap();
    plex.sandbox.next("ping", Fault::Status(500)).unwrap();
    assert_eq!([ping().await, ping().await, ping().await], [500, 503, 503]);
    assert_eq!(plex.get("/api/v2/user").await.0, 200);

    plex.sandbox.always("ping", None).unwrap();

    assert_eq!(ping().await, 200);
    plex.sandbox.always("ping", Fault::Delay(std::time::Duration::from_millis(1))).unwrap();
    assert_eq!([ping().await, ping().await], [200, 200]);
    assert!(plex.sandbox.requests().iter().all(|request| request.operation.is_some()));
}
