use reqwest::Method;
use serde_json::{Value, json};

use super::{FRIEND, KID, LIVING_ROOM, MOVIES, OWNER, TEEN, column, refusal, refused};
use crate::support::device::device;
use crate::support::{CLIENT, harness};

#[tokio::test]
async fn some_calls_are_only_for_servers() {
    let plex = harness().await;
    let own = plex.sandbox.servers()[0].own_token().to_owned();
    let certificate = format!("/api/v2/devices/{LIVING_ROOM}/certificate/subject");
    let paths = ["/api/v2/server", "/api/v2/server/access_tokens", "/api/v2/server/users/features", &certificate];

    for path in paths {
        assert_eq!(plex.call(&own, Method::GET, path).await.0, 200, "{path}");
        assert_eq!(refused(plex.get(path).await), refusal(403, 1080), "{path}");
        assert_eq!(refused(plex.call("nobody", Method::GET, path).await), refusal(401, 1001), "{path}");
    }
    let foreign = format!("/api/v2/devices/{}/certificate/subject", "2".repeat(40));
    assert_eq!(refused(plex.call(&own, Method::GET, &foreign).await), refusal(403, 1068));
    assert_eq!(refused(plex.call(&own, Method::GET, "/api/v2/user").await), refusal(401, 1001), "it is not a user");
    let pem = plex.xml(&own, Method::GET, &certificate.replace("subject", "download")).await.1;
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----\n"), "{pem}");
}

#[tokio::test]
async fn a_server_lists_its_users_and_their_tokens() {
    let plex = harness().await;
    let own = plex.sandbox.servers()[0].own_token().to_owned();
    let tokens = async || column(&plex.call(&own, Method::GET, "/api/v2/server/access_tokens").await.1, "token");
    let features = async || plex.call(&own, Method::GET, "/api/v2/server/users/features").await.1;
    let users = async || column(&features().await, "id");
    let before = tokens().await;
    assert_eq!(before.len(), 3, "the owner and two members of the Home");

    let order = json!({"machineIdentifier": LIVING_ROOM, "librarySectionIds": [MOVIES], "invitedId": FRIEND});
    let share = plex.send(plex.sandbox.token(), Method::POST, "/api/v2/shared_servers", &order).await.1;
    assert_eq!(tokens().await, before, "not before it is accepted");
    let accept = format!("/api/v2/shared_servers/{}/accept", share["id"]);
    plex.call(&plex.friend(), Method::POST, &accept).await;

    assert_eq!(tokens().await.len(), 4);
    assert_eq!(json!(users().await), json!([OWNER, KID, TEEN, FRIEND]));
    let features = column(&features().await, "features");
    assert_eq!(features, [json!(["sync", "webhooks"]), json!([]), json!([]), json!(["sync", "webhooks"])]);
}

#[tokio::test]
async fn devices_are_listed_as_they_describe_themselves_and_removed() {
    let plex = harness().await;
    let pin = plex.pin("").await;
    plex.sandbox.approve(crate::support::id(&pin));
    let token = plex.poll(&pin).await.1["authToken"].as_str().unwrap().to_owned();
    let request = plex.identified(Method::GET, "/api/v2/devices").header("X-Plex-Token", &token);
    let request = request.header("X-Plex-Product", "Example App").header("X-Plex-Device-Name", "My Desk");
    let request = request.header("X-Plex-Version", "1.2.3").header("X-Plex-Platform", "Example OS");

    let (_, devices) = crate::support::json(request.send().await.unwrap()).await;

    let row = &devices[0];
    assert_eq!(
        (&row["name"], &row["product"], &row["platform"]),
        (&json!("My Desk"), &json!("Example App"), &json!("Example OS"))
    );
    assert_eq!((&row["token"], &row["clientIdentifier"]), (&json!(token), &json!(CLIENT)));

    let other = plex.bare(Method::GET, "/api/v2/devices").header("Accept", "application/json");
    let other = other.header("X-Plex-Client-Identifier", "elsewhere").header("X-Plex-Token", plex.sandbox.token());
    assert_eq!(crate::support::json(other.send().await.unwrap()).await.1.as_array().unwrap().len(), 2);
    let path = format!("/devices/{}.xml", row["id"]);
    assert_eq!(plex.call(&plex.friend(), Method::DELETE, &path).await.0, 404, "it is not their device");
    assert_eq!(plex.call(plex.sandbox.token(), Method::DELETE, &path).await.0, 200);

    assert_eq!(refused(plex.call(&token, Method::GET, "/api/v2/user").await), refusal(401, 1001));
    assert_eq!(plex.call(plex.sandbox.token(), Method::DELETE, &path).await.0, 404);
    for path in ["/devices/900000001", "/devices/x.xml", "/devices/.xml"] {
        assert_eq!(plex.call(plex.sandbox.token(), Method::DELETE, path).await.0, 404, "{path}");
    }
}

/// As seen on plex.tv, the list has an older token for a device that signs in with a key.
#[tokio::test]
async fn the_list_shows_an_older_token_that_servers_accept() {
    let plex = harness().await;
    let tv = device("tv");
    let request = tv.call(&plex, Method::POST, "/api/v2/pins?strong=true").json(&json!({"jwk": tv.jwk()}));
    let (_, pin) = crate::support::json(request.send().await.unwrap()).await;
    plex.sandbox.approve(crate::support::id(&pin));
    let proof = tv.sign(&tv.claims(&plex.sandbox));
    let path = format!("/api/v2/pins/{}?deviceJWT={proof}", pin["id"]);
    let (_, polled) = crate::support::json(tv.call(&plex, Method::GET, &path).send().await.unwrap()).await;
    let jwt = polled["authToken"].as_str().unwrap();
    let get = async |path: &str, token: &str| {
        let request = tv.call(&plex, Method::GET, path).header("X-Plex-Token", token);
        crate::support::json(request.send().await.unwrap()).await
    };

    let (_, devices) = get("/api/v2/devices", jwt).await;
    let row = devices.as_array().unwrap().iter().find(|row| row["clientIdentifier"] == "tv").unwrap();
    let older = row["token"].as_str().unwrap();

    let knock = async |token: &str| {
        let server = plex.sandbox.servers()[0].url();
        plex.http.get(server).header("X-Plex-Token", token).send().await.unwrap().status().as_u16()
    };
    assert_eq!((knock(jwt).await, knock(older).await), (401, 200));
    let friends = plex.http.get(plex.sandbox.servers()[1].url()).header("X-Plex-Token", older);
    assert_eq!(friends.send().await.unwrap().status(), 401, "only servers that the account owns accept it");
    assert_eq!(get("/api/v2/user", older).await.0, 401, "plex.tv itself does not accept it");
    assert!(plex.sandbox.remove_device("tv"));
    assert_eq!(knock(older).await, 401);
}

/// C16: an app that has an older token approves the strong PIN of a second installation with a key.
#[tokio::test]
async fn a_signed_in_app_links_a_strong_code_with_a_key() {
    let plex = harness().await;
    let tv = device("tv");
    let request = tv.call(&plex, Method::POST, "/api/v2/pins?strong=true").json(&json!({"jwk": tv.jwk()}));
    let (_, pin) = crate::support::json(request.send().await.unwrap()).await;
    let code = crate::support::code(&pin);
    assert_eq!(code.len(), 25);

    let linked = plex.form(plex.sandbox.token(), Method::PUT, "/api/v2/pins/link", &format!("code={code}")).await;

    assert_eq!(linked, (204, Value::Null));
    let proof = tv.sign(&tv.claims(&plex.sandbox));
    let path = format!("/api/v2/pins/{}?deviceJWT={proof}", pin["id"]);
    let (status, polled) = crate::support::json(tv.call(&plex, Method::GET, &path).send().await.unwrap()).await;
    assert_eq!(status, 200);
    assert_eq!(polled["authToken"].as_str().unwrap().split('.').count(), 3, "{polled}");
}

#[tokio::test]
async fn strong_is_accepted_in_any_case_as_python_sends_it() {
    let plex = harness().await;

    for word in ["True", "TRUE", "1", "true"] {
        assert_eq!(crate::support::code(&plex.pin(&format!("?strong={word}")).await).len(), 25, "{word}");
    }
    for word in ["False", "0", "false", ""] {
        assert_eq!(crate::support::code(&plex.pin(&format!("?strong={word}")).await).len(), 4, "{word}");
    }
}
