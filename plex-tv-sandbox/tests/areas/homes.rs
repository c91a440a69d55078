use plex_tv_sandbox::{Account, HOME_PIN_USER, HOME_USER, Sandbox};
use reqwest::Method;
use serde_json::{Value, json};

use super::{KID, LIVING_ROOM, OWNER, TEEN, column, refusal, refused};
use crate::support::{Harness, harness, over};

const RESTRICTED: &str = "/api/v2/home/users/restricted";

async fn create(plex: &Harness, title: &str) -> Value {
    let path = format!("{RESTRICTED}?friendlyName={title}&restrictionProfile=teen&sharingSettings[allowTuners]=2");
    let (status, user) = plex.call(plex.sandbox.token(), Method::POST, &path).await;
    assert_eq!(status, 201);
    user
}

async fn titles(plex: &Harness, token: &str) -> Vec<Value> {
    column(&plex.call(token, Method::GET, "/api/v2/home").await.1["users"], "title")
}

#[tokio::test]
async fn a_managed_user_is_created_changed_and_removed() {
    let plex = harness().await;
    let owner = plex.sandbox.token();

    let user = create(&plex, "Grandpa").await;
    let path = format!("{RESTRICTED}/{}", user["id"]);
    let uuid = user["uuid"].as_str().unwrap().to_owned();

    assert_eq!((&user["restricted"], &user["restrictionProfile"]), (&json!(true), &json!("teen")));
    assert_eq!(titles(&plex, owner).await, ["Example User", "Kid", "Teen", "Grandpa"]);
    assert_eq!(plex.get("/api/v2/user").await.1["homeSize"], 4);
    let settings = plex.get(&format!("/api/v2/sharing_settings?invitedId={}", user["id"])).await.1;
    assert_eq!(settings["allowTuners"], 2);

    assert_eq!(plex.call(owner, Method::POST, &format!("{path}?friendlyName=Granddad&pin=1357")).await.0, 204);
    assert_eq!(refused(plex.switch(&uuid, "").await), refusal(403, 1041));
    let (status, switched) = plex.switch(&uuid, "?pin=1357").await;
    assert_eq!((status, &switched["title"], &switched["protected"]), (201, &json!("Granddad"), &json!(true)));
    assert_eq!(plex.call(owner, Method::PUT, &format!("{path}?removePin=1")).await.0, 204);
    assert_eq!(plex.switch(&uuid, "").await.0, 201);

    let (created, built_in) = (plex.switch(&uuid, "").await.1, plex.switch(HOME_USER, "").await.1);
    for name in ["subscription", "roles", "homeSize", "homeAdmin", "restricted", "hasPassword", "username"] {
        assert_eq!(created[name], built_in[name], "{name}");
    }
    let token = created["authToken"].as_str().unwrap().to_owned();
    assert_eq!(plex.call(owner, Method::DELETE, &format!("/api/v2/home/users/{}", user["id"])).await.0, 204);
    assert_eq!(titles(&plex, owner).await, ["Example User", "Kid", "Teen"]);
    assert_eq!(refused(plex.call(&token, Method::GET, "/api/v2/user").await), refusal(401, 1001));
    let again = plex.call(owner, Method::DELETE, &format!("/api/v2/home/users/{}", user["id"])).await;
    assert_eq!(refused(again), refusal(404, 1002));
}

#[tokio::test]
async fn restrictions_are_set_and_removed() {
    let plex = harness().await;
    let owner = plex.sandbox.token();
    let path = format!("{RESTRICTED}/profile");
    let profile = |plex: Value| column(&plex["users"], "restrictionProfile")[1].clone();

    let older = json!({"userId": KID, "restrictionProfile": "older_kid"});
    assert_eq!(plex.send(owner, Method::POST, &path, &older).await.0, 204);
    assert_eq!(profile(plex.get("/api/v2/home").await.1), "older_kid");
    assert_eq!(plex.send(owner, Method::POST, &path, &json!({"userId": KID})).await.0, 204);
    assert_eq!(profile(plex.get("/api/v2/home").await.1), Value::Null);
    let nonsense = json!({"userId": KID, "restrictionProfile": "adult"});
    assert_eq!(refused(plex.send(owner, Method::POST, &path, &nonsense).await), refusal(400, 1004));
    assert_eq!(refused(plex.send(owner, Method::POST, &path, &json!({"userId": OWNER})).await), refusal(404, 1002));
}

#[tokio::test]
async fn only_the_admin_may_change_a_home_and_nobody_may_remove_the_admin() {
    let plex = harness().await;
    let owner = plex.sandbox.token().to_owned();
    let kid = plex.switch(HOME_USER, "").await.1["authToken"].as_str().unwrap().to_owned();
    let friend = plex.friend();
    let remove = |id: u64| format!("/api/v2/home/users/{id}");

    assert_eq!(
        refused(plex.call(&kid, Method::POST, &format!("{RESTRICTED}?friendlyName=X")).await),
        refusal(403, 1009)
    );
    assert_eq!(
        refused(plex.call(&kid, Method::POST, &format!("{RESTRICTED}/{TEEN}?pin=1111")).await),
        refusal(403, 1042)
    );
    assert_eq!(refused(plex.call(&kid, Method::DELETE, &remove(TEEN)).await), refusal(403, 1042));
    assert_eq!(refused(plex.call(&friend, Method::DELETE, &remove(KID)).await), refusal(404, 1002));
    assert_eq!(refused(plex.call(&owner, Method::DELETE, &remove(OWNER)).await), refusal(403, 1042));
    for pin in ["123", "12345", "abcd", "%F0%9F%98%80"] {
        let path = format!("{RESTRICTED}/{KID}?pin={pin}");
        assert_eq!(refused(plex.call(&owner, Method::POST, &path).await), refusal(422, 1038), "{pin}");
    }
    for id in ["1", "nobody", "1234567"] {
        let path = format!("{RESTRICTED}/{id}?pin=1234");
        assert_eq!(refused(plex.call(&owner, Method::POST, &path).await), refusal(404, 1002), "{id}");
    }
    assert_eq!(titles(&plex, &owner).await, ["Example User", "Kid", "Teen"]);
}

#[tokio::test]
async fn the_first_member_creates_a_home_and_fifteen_fill_it() {
    let sandbox = Sandbox::builder()
        .account(Account::new("rich@example.com").plex_pass(true))
        .account(Account::new("poor@example.com"))
        .start()
        .await
        .unwrap();
    let plex = over(sandbox);
    let rich = plex.sandbox.token_of("rich@example.com").unwrap();
    let poor = plex.sandbox.token_of("poor@example.com").unwrap();
    let path = format!("{RESTRICTED}?friendlyName=X");
    assert_eq!(refused(plex.call(&poor, Method::POST, &path).await), refusal(403, 1012));
    assert_eq!(refused(plex.call(&rich, Method::GET, "/api/v2/home").await), refusal(404, 1002));

    for _ in 0..14 {
        assert_eq!(plex.call(&rich, Method::POST, &path).await.0, 201);
    }

    assert_eq!(titles(&plex, &rich).await.len(), 15);
    assert_eq!(plex.call(&rich, Method::POST, &path).await.0, 422);
}

#[tokio::test]
async fn an_account_can_join_a_home_and_leave_it() {
    let plex = harness().await;
    let (owner, friend) = (plex.sandbox.token(), plex.friend());
    let invite = format!("/api/home/users?invitedEmail={}", plex_tv_sandbox::FRIEND_EMAIL);

    let (status, user) = plex.xml(owner, Method::POST, &invite).await;

    assert_eq!(status, 201);
    assert!(user.contains(r#"username="examplefriend""#) && user.contains(r#"restricted="0""#), "{user}");
    assert_eq!(titles(&plex, &friend).await, ["Example User", "Kid", "Teen", "examplefriend"]);
    assert_eq!(plex.xml(owner, Method::POST, &invite).await.0, 409);
    let order = json!({"machineIdentifier": LIVING_ROOM, "librarySectionIds": [], "invitedId": super::FRIEND});
    let share = plex.send(owner, Method::POST, "/api/v2/shared_servers", &order).await.1;
    assert_eq!(share["accepted"], true, "members of the same Home need not accept");

    assert_eq!(plex.call(&friend, Method::DELETE, &format!("/api/v2/home/users/{}", super::FRIEND)).await.0, 204);

    assert_eq!(refused(plex.call(&friend, Method::GET, "/api/v2/home").await), refusal(404, 1002));
    assert_eq!(plex.call(&friend, Method::GET, "/api/v2/ping").await.0, 200, "the account is still there");
    assert_eq!(titles(&plex, owner).await, ["Example User", "Kid", "Teen"]);
    assert_eq!(plex.switch(HOME_PIN_USER, "?pin=2468").await.0, 201);
}
