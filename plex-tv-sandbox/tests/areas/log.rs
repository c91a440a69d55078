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
async fn secrets_in_unusual_places_are_redacted() {
    let plex = harness().await;
    let token = plex.sandbox.token();
    let encoded = token.replace('-', "%2D");
    let call = async |method: Method, path: &str| plex.call(token, method, path).await;
    // Twice, in another case, percent-encoded, and in an address that is a value.
    let twice = "?X-Plex-Token=S3CR&x%2Dplex%2Dtoken=S3CR&X-PLEX-TOKEN=S3CR";
    call(Method::GET, &format!("/api/v2/user{twice}")).await;
    call(Method::GET, "/library/metadata/matches?url=https%3A%2F%2Fme%3AS3CR%40a%2Fb%3FX-Plex-Token%3DS3CR").await;
    let hook = "urls[]=http%3A%2F%2F127.0.0.1%2Fhook%3Fsecret%3DS3CR%26room%3D5";
    plex.form(token, Method::POST, "/api/v2/user/webhooks", hook).await;
    let room = json!({"title": "a", "sourceUri": format!("server://1/2?X-Plex-Token={token}"), "users": []});
    plex.send(token, Method::POST, "/together/rooms", &room).await;
    let setting = json!([{"id": "a", "type": "json", "value": "{\"authToken\": \"S3CR\"}"}]).to_string();
    plex.send(token, Method::POST, "/api/v2/user/settings", &json!({"value": setting})).await;
    let jwk = json!({"jwk": {"kty": "OKP", "crv": "Ed25519", "x": "a", "d": "S3CR"}});
    plex.send(token, Method::POST, "/api/v2/auth/jwk", &jwk).await;
    let query = json!({"query": "{ allFriendsV2 { createdAt } }", "variables": {"input": {"password": "S3CR"}}});
    plex.send(token, Method::POST, "/community/api", &query).await;
    // Bodies that are neither JSON nor a form are left out.
    let multipart = "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nS3CR\r\n--b--\r\n";
    for (kind, body) in [("multipart/form-data; boundary=b", multipart), ("application/xml", "<token>S3CR</token>")] {
        let request = plex.identified(Method::POST, "/api/v2/users/signin").header("Content-Type", kind);
        request.body(body).send().await.unwrap();
    }
    // A method or a path that is not served, where another call has a secret.
    call(Method::PUT, "/together/rooms/S3CR").await;
    call(Method::GET, "/rooms/S3CR/users").await;
    call(Method::GET, "/together/r%6Foms/S3CR").await;
    call(Method::DELETE, "/api/v2/pins/qr/S3CR").await;
    call(Method::DELETE, "/rss/S3CR").await;
    call(Method::GET, &format!("/library/metadata/{token}")).await;
    call(Method::GET, &format!("/nothing/{encoded}?code=S3CR")).await;

    let requests = plex.sandbox.requests();

    assert_eq!(requests.len(), 16);
    let log = format!("{requests:?}");
    assert!(!log.contains("S3CR") && !log.contains(token) && !log.contains(&encoded), "{log}");
    // What is no secret stays.
    assert_eq!(requests[2].body["urls[]"], "http://127.0.0.1/hook?secret=[redacted]&room=5");
    assert_eq!(requests[5].body["jwk"]["x"], "a");
    assert_eq!(requests[9].path, "/together/rooms/[redacted]");
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
