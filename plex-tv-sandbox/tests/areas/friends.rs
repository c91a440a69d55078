use plex_tv_sandbox::{Account, Sandbox};
use reqwest::Method;
use serde_json::json;

use super::{FRIEND, OWNER, refusal, refused};
use crate::support::{Harness, harness, over};

async fn with_another() -> (Harness, String) {
    let sandbox = Sandbox::builder().account(Account::new("other@example.com")).start().await.unwrap();
    let token = sandbox.token_of("other@example.com").unwrap();
    (over(sandbox), token)
}

#[tokio::test]
async fn a_request_is_pending_until_the_other_accepts_it() {
    let (plex, other) = with_another().await;
    let owner = plex.sandbox.token();

    let (status, asked) = plex.call(owner, Method::POST, "/api/v2/friends/invite?identifier=other@example.com").await;

    assert_eq!((status, &asked["status"]), (201, &json!("pending")));
    assert!(asked.get("email").is_none());
    let twice = plex.call(&other, Method::POST, "/api/v2/friends/invite?identifier=exampleuser").await;
    assert_eq!(refused(twice), refusal(422, 1014), "the other side has already asked");
    let users = plex.xml(owner, Method::GET, "/api/users").await.1;
    assert!(!users.contains("other@example.com"), "{users}");
    let own = plex.call(owner, Method::POST, &format!("/api/v2/friends/{}/accept", asked["id"])).await;
    assert_eq!(refused(own), refusal(404, 1002));

    let (status, friend) = plex.call(&other, Method::POST, &format!("/api/v2/friends/{OWNER}/accept")).await;

    assert_eq!((status, &friend["id"], &friend["status"]), (200, &json!(OWNER), &json!("accepted")));
    assert!(plex.xml(owner, Method::GET, "/api/users").await.1.contains("other@example.com"));
    assert!(plex.xml(&other, Method::GET, "/api/users").await.1.contains("exampleuser"));
}

#[tokio::test]
async fn removing_a_friend_ends_the_shares_between_the_two() {
    let plex = harness().await;
    let (owner, friend) = (plex.sandbox.token(), plex.friend());
    let of_friend = |resources: &serde_json::Value| resources.to_string().contains("Server of a Friend");
    assert!(of_friend(&plex.call(owner, Method::GET, "/api/v2/resources").await.1));

    assert_eq!(plex.call(&friend, Method::DELETE, &format!("/api/v2/friends/{OWNER}")).await.0, 204);

    assert!(!of_friend(&plex.call(owner, Method::GET, "/api/v2/resources").await.1));
    assert!(!plex.xml(owner, Method::GET, "/api/users").await.1.contains("examplefriend"));
    let again = plex.call(owner, Method::DELETE, &format!("/api/v2/friends/{FRIEND}")).await;
    assert_eq!(refused(again), refusal(404, 1002));
}

#[tokio::test]
async fn the_list_of_friends_is_retired_and_unknown_users_and_oneself_cannot_be_invited() {
    let plex = harness().await;

    assert_eq!(plex.get("/api/v2/friends").await.0, 410);
    for identifier in ["", "nobody@example.com", "exampleuser"] {
        let path = format!("/api/v2/friends/invite?identifier={identifier}");
        let status = plex.call(plex.sandbox.token(), Method::POST, &path).await.0;
        assert_eq!(status, if identifier.is_empty() { 400 } else { 404 }, "{identifier}");
    }
}
