use std::time::Duration;

use plex_tv_sandbox::{Account, HOME_USER, Sandbox};
use reqwest::Method;
use serde_json::{Value, json};

use super::{FRIEND, KID, LIVING_ROOM, OWNER, column};
use crate::support::{Harness, harness, over};

const ROOMS: &str = "/together/rooms";

async fn open(plex: &Harness, users: Value) -> (u16, Value) {
    let body = json!({"title": "Evening", "sourceUri": "server://a/b", "users": users});
    plex.send(plex.sandbox.token(), Method::POST, ROOMS, &body).await
}

async fn rooms(plex: &Harness, token: &str) -> Vec<Value> {
    column(&plex.call(token, Method::GET, ROOMS).await.1["rooms"], "id")
}

#[tokio::test]
async fn a_room_is_visible_to_its_members_until_they_leave() {
    let plex = harness().await;
    let (owner, friend) = (plex.sandbox.token(), plex.friend());
    let kid = plex.switch(HOME_USER, "").await.1["authToken"].as_str().unwrap().to_owned();

    let (status, room) = open(&plex, json!([FRIEND])).await;
    assert_eq!((status, column(&room["users"], "id")), (201, vec![json!(OWNER), json!(FRIEND)]));
    assert_eq!(room["endsAt"].as_i64().unwrap() - room["startsAt"].as_i64().unwrap(), 10_800);
    let path = format!("{ROOMS}/{}", room["id"].as_str().unwrap());
    for token in [owner, &friend] {
        assert_eq!(rooms(&plex, token).await, [room["id"].clone()]);
        assert_eq!(plex.call(token, Method::GET, &path).await.1["title"], "Evening");
    }
    assert_eq!(plex.call(&kid, Method::GET, &path).await.0, 403);

    let invited = plex.send(owner, Method::POST, &format!("{path}/invite"), &json!({"users": [KID, KID]})).await;
    assert_eq!((invited.0, column(&invited.1["users"], "id").len()), (200, 3));
    let changed =
        plex.send(&kid, Method::PATCH, &path, &json!({"title": "Night", "sourceUri": "server://c/d"})).await.1;
    assert_eq!(
        (&changed["title"], &changed["source"], &changed["createdBy"]),
        (&json!("Night"), &json!("server://c/d"), &json!(OWNER))
    );
    assert_eq!(plex.call(&friend, Method::GET, &path).await.1["title"], "Night");

    assert_eq!(plex.call(owner, Method::DELETE, &path).await.0, 204);
    assert_eq!((rooms(&plex, owner).await.len(), rooms(&plex, &friend).await.len()), (0, 1));
    assert_eq!(plex.call(owner, Method::DELETE, &path).await.0, 404);
    assert_eq!(plex.call(owner, Method::GET, &path).await.0, 403);
}

#[tokio::test]
async fn a_room_is_over_after_three_hours() {
    let plex = harness().await;
    let path = format!("{ROOMS}/{}", open(&plex, Value::Null).await.1["id"].as_str().unwrap());

    plex.sandbox.advance(Duration::from_secs(3 * 60 * 60));

    assert_eq!(rooms(&plex, plex.sandbox.token()).await, Vec::<Value>::new());
    let over = plex.call(plex.sandbox.token(), Method::GET, &path).await;
    assert_eq!(over, (404, json!("room not found not found!")));
}

#[tokio::test]
async fn only_friends_and_home_members_can_be_invited_and_refusals_are_text() {
    let sandbox = Sandbox::builder().account(Account::new("other@example.com")).start().await.unwrap();
    let plex = over(sandbox);
    let other = plex.sandbox.token_of("other@example.com").unwrap();
    let stranger = plex.call(&other, Method::GET, "/api/v2/user").await.1["id"].clone();

    for users in [json!([stranger]), json!([1]), json!(["7654321"]), json!("7654321")] {
        let (status, text) = open(&plex, users.clone()).await;
        assert!(status == 400 && text.is_string(), "{users}: {status} {text}");
    }
    assert_eq!(plex.send(plex.sandbox.token(), Method::POST, ROOMS, &json!({"title": "x"})).await.0, 400);
    let nobody = plex.identified(Method::GET, ROOMS).send().await.unwrap();
    assert_eq!((nobody.status().as_u16(), nobody.text().await.unwrap().as_str()), (401, "You must provide a token!"));
    assert_eq!(plex.call("wrong", Method::GET, ROOMS).await, (401, json!("Invalid token")));
    let (_, room) = open(&plex, json!([FRIEND, KID])).await;
    let path = format!("{ROOMS}/{}", room["id"].as_str().unwrap());
    assert_eq!(plex.call(plex.sandbox.token(), Method::PATCH, &path).await.0, 500, "no body");
    let log = format!("{:?}", plex.sandbox.requests());
    assert!(!log.contains(room["id"].as_str().unwrap()), "the id of a room is a secret");
}

#[tokio::test]
async fn only_a_server_and_its_owner_may_push() {
    let plex = harness().await;
    let own = plex.sandbox.servers()[0].own_token().to_owned();
    let path = "/notifications/api/v1/notifications";
    let push = |machine: &str| {
        json!({
            "group": "media",
            "identifier": "tv.plex.notification.library.new",
            "to": [FRIEND],
            "data": {"provider": {"identifier": machine, "title": "Living Room Server"}},
            "metadata": {"title": "Hello"},
        })
    };

    for token in [plex.sandbox.token(), &own] {
        assert_eq!(plex.send(token, Method::POST, path, &push(LIVING_ROOM)).await.0, 200);
    }
    let sent = plex.sandbox.requests().pop().unwrap();
    assert_eq!((sent.operation, &sent.body["metadata"]["title"]), (Some("sendPushNotification"), &json!("Hello")));
    assert_eq!(plex.send(&plex.friend(), Method::POST, path, &push(LIVING_ROOM)).await.0, 403);
    assert_eq!(plex.send("wrong", Method::POST, path, &push(LIVING_ROOM)).await.0, 401);
    for (name, value) in
        [("group", json!("all")), ("identifier", json!("x")), ("to", json!(["me"])), ("data", json!({}))]
    {
        let mut wrong = push(LIVING_ROOM);
        wrong[name] = value;
        assert_eq!(plex.send(&own, Method::POST, path, &wrong).await.0, 400, "{name}");
    }
    let switch = json!({"enabled": false, "libraries": [], "identifier": "tv.plex.notification.library.new"});
    assert_eq!(plex.send(&own, Method::POST, &format!("{path}/settings"), &switch).await.0, 200);
}
