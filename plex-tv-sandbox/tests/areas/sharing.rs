use plex_tv_sandbox::HOME_USER;
use reqwest::Method;
use serde_json::{Value, json};

use super::{FRIEND, LIVING_ROOM, MOVIES, OWNER, SHOWS, column, refusal, refused};
use crate::support::{Harness, harness};

const OWNED: &str = "/api/v2/shared_servers/owned";
const SENT: &str = "/api/v2/shared_servers/invites/owned";
const RECEIVED: &str = "/api/v2/shared_servers/invites/received";

/// Shares a library of the living room with the friend.
async fn offer(plex: &Harness) -> Value {
    let body = json!({
        "machineIdentifier": LIVING_ROOM,
        "librarySectionIds": [MOVIES],
        "invitedEmail": plex_tv_sandbox::FRIEND_EMAIL,
        "settings": {"allowSync": true, "allowTuners": 1, "filterMovies": "contentRating=G%2CPG"},
    });
    let (status, share) = plex.send(plex.sandbox.token(), Method::POST, "/api/v2/shared_servers", &body).await;
    assert_eq!(status, 201);
    share
}

fn path(share: &Value) -> String {
    format!("/api/v2/shared_servers/{}", share["id"])
}

async fn sees_living_room(plex: &Harness, token: &str) -> bool {
    let (_, resources) = plex.call(token, Method::GET, "/api/v2/resources").await;
    column(&resources, "clientIdentifier").contains(&json!(LIVING_ROOM))
}

#[tokio::test]
async fn a_share_is_pending_on_both_sides_until_it_is_accepted() {
    let plex = harness().await;
    let (owner, friend) = (plex.sandbox.token(), plex.friend());

    let share = offer(&plex).await;

    assert_eq!(
        (&share["accepted"], &share["owned"], &share["allLibraries"]),
        (&json!(false), &json!(true), &json!(false))
    );
    assert_eq!(
        (&share["invitedId"], &share["ownerId"], &share["numLibraries"]),
        (&json!(FRIEND), &json!(OWNER), &json!(1))
    );
    assert_eq!(share["libraries"][0]["id"], MOVIES);
    assert_eq!(share["sharingSettings"]["filterMovies"], "contentRating=G%2CPG");
    let pending = plex.call(owner, Method::GET, &format!("{OWNED}/pending")).await.1;
    assert_eq!(column(&pending, "id"), [share["id"].clone()]);
    let sent = plex.call(owner, Method::GET, &format!("{SENT}/pending")).await.1;
    assert_eq!((&sent[0]["invited"]["id"], &sent[0]["sharedServers"][0]["id"]), (&json!(FRIEND), &share["id"]));
    let received = plex.call(&friend, Method::GET, &format!("{RECEIVED}/pending")).await.1;
    assert_eq!((&received[0]["owner"]["id"], &received[0]["sharedServers"][0]["id"]), (&json!(OWNER), &share["id"]));
    assert_eq!(received[0]["sharedServers"][0]["owned"], false);
    assert!(!sees_living_room(&plex, &friend).await);

    assert_eq!(plex.call(&friend, Method::POST, &format!("{}/accept", path(&share))).await.0, 204);

    assert!(sees_living_room(&plex, &friend).await);
    assert_eq!(plex.call(&friend, Method::GET, &format!("{RECEIVED}/pending")).await.1, json!([]));
    assert_eq!(plex.call(owner, Method::GET, &format!("{SENT}/pending")).await.1, json!([]));
    let accepted = plex.call(owner, Method::GET, &format!("{OWNED}/accepted")).await.1;
    let row = accepted.as_array().unwrap().iter().find(|row| row["id"] == share["id"]).unwrap();
    assert!(row["acceptedAt"].is_string() && row["inviteToken"].is_null());
    assert_eq!(row["invited"]["status"], "accepted");
    let again = plex.call(&friend, Method::POST, &format!("{}/accept", path(&share))).await;
    assert_eq!(refused(again), refusal(404, 1002));
}

#[tokio::test]
async fn a_server_accepts_a_guest_until_the_share_ends() {
    let plex = harness().await;
    let (owner, friend) = (plex.sandbox.token(), plex.friend());
    let share = offer(&plex).await;
    plex.call(&friend, Method::POST, &format!("{}/accept", path(&share))).await;
    let (_, resources) = plex.call(&friend, Method::GET, "/api/v2/resources").await;
    let rows = resources.as_array().unwrap();
    let token = rows.iter().find(|row| row["clientIdentifier"] == LIVING_ROOM).unwrap()["accessToken"].clone();
    let server = plex.sandbox.servers()[0].url().to_owned();
    let knock = || plex.http.get(&server).header("X-Plex-Token", token.as_str().unwrap()).send();
    assert_eq!(knock().await.unwrap().status(), 200);

    assert_eq!(plex.call(owner, Method::DELETE, &path(&share)).await.0, 204);

    assert_eq!(knock().await.unwrap().status(), 401);
    assert!(!sees_living_room(&plex, &friend).await);
    assert_eq!(refused(plex.call(owner, Method::GET, &path(&share)).await), refusal(404, 1002));
}

#[tokio::test]
async fn either_side_may_end_a_share_and_a_stranger_may_not_touch_it() {
    let plex = harness().await;
    let (owner, friend) = (plex.sandbox.token().to_owned(), plex.friend());
    let stranger = plex.switch(HOME_USER, "").await.1["authToken"].as_str().unwrap().to_owned();

    for ended_by in [&owner, &friend] {
        let share = offer(&plex).await;
        for method in [Method::GET, Method::DELETE] {
            assert_eq!(refused(plex.call(&stranger, method, &path(&share)).await), refusal(404, 1002));
        }
        let accepted = plex.call(&stranger, Method::POST, &format!("{}/accept", path(&share))).await;
        assert_eq!(refused(accepted), refusal(404, 1002));
        let own = plex.call(&owner, Method::POST, &format!("{}/accept", path(&share))).await;
        assert_eq!(refused(own), refusal(404, 1002), "the owner cannot accept it");

        assert_eq!(plex.call(ended_by, Method::DELETE, &path(&share)).await.0, 204);

        assert_eq!(plex.call(&friend, Method::GET, &format!("{RECEIVED}/pending")).await.1, json!([]));
        assert_eq!(plex.call(&owner, Method::GET, &format!("{SENT}/pending")).await.1, json!([]));
    }
}

#[tokio::test]
async fn an_update_replaces_the_libraries_and_an_empty_list_is_all() {
    let plex = harness().await;
    let (owner, friend) = (plex.sandbox.token(), plex.friend());
    let share = offer(&plex).await;

    let both = json!({"librarySectionIds": [MOVIES, SHOWS], "settings": {"allowSync": false}});
    for method in [Method::POST, Method::PUT] {
        let (status, updated) = plex.send(owner, method, &path(&share), &both).await;
        assert_eq!((status, column(&updated["libraries"], "id")), (200, vec![json!(MOVIES), json!(SHOWS)]));
    }
    let seen = plex.call(&friend, Method::GET, &path(&share)).await.1;
    assert_eq!((&seen["numLibraries"], &seen["sharingSettings"]["allowSync"]), (&json!(2), &json!(false)));
    assert_eq!(seen["sharingSettings"]["allowTuners"], 1, "settings that are not sent stay");
    let all = plex.send(owner, Method::POST, &path(&share), &json!({"librarySectionIds": []})).await.1;
    assert_eq!((&all["allLibraries"], &all["numLibraries"]), (&json!(true), &json!(4)));
    for body in [json!({}), json!({"librarySectionIds": [1]}), json!({"librarySectionIds": "all"})] {
        assert_eq!(refused(plex.send(owner, Method::POST, &path(&share), &body).await), refusal(400, 1004));
    }
    let broken = json!({"librarySectionIds": [MOVIES], "settings": {"allowTuners": 3}});
    assert_eq!(refused(plex.send(owner, Method::POST, &path(&share), &broken).await), refusal(400, 1004));
    assert_eq!(plex.call(owner, Method::GET, &path(&share)).await.1["allLibraries"], true, "nothing was changed");
    let foreign = plex.send(&friend, Method::POST, &path(&share), &json!({"librarySectionIds": []})).await;
    assert_eq!(refused(foreign), refusal(404, 1002));
}

#[tokio::test]
async fn invalid_shares_are_refused() {
    let plex = harness().await;
    let owner = plex.sandbox.token();
    let order = |changes: Value| {
        let mut body = json!({"machineIdentifier": LIVING_ROOM, "librarySectionIds": [], "invitedId": FRIEND});
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let cases = [
        (json!({"machineIdentifier": null}), 400, 1004),
        (json!({"machineIdentifier": "2".repeat(40)}), 404, 1002),
        (json!({"librarySectionIds": null}), 400, 1004),
        (json!({"librarySectionIds": [20_001]}), 400, 1004),
        (json!({"invitedId": null}), 400, 1004),
        (json!({"invitedId": 1}), 404, 1002),
        (json!({"invitedId": null, "invitedEmail": "nobody"}), 404, 1002),
        (json!({"invitedId": OWNER}), 422, 1998),
        (json!({"settings": {"allowSync": "perhaps"}}), 400, 1004),
    ];

    for (changes, status, code) in cases {
        let answer = plex.send(owner, Method::POST, "/api/v2/shared_servers", &order(changes.clone())).await;
        assert_eq!(refused(answer), refusal(status, code), "{changes}");
    }
    assert_eq!(plex.call(owner, Method::GET, &format!("{SENT}/pending")).await.1, json!([]));
    assert_eq!(plex.send(owner, Method::POST, "/api/v2/shared_servers", &order(json!({}))).await.0, 201);
    let (status, twice) = plex.send(owner, Method::POST, "/api/v2/shared_servers", &order(json!({}))).await;
    assert_eq!(status, 422);
    let error = &twice["errors"][0];
    assert_eq!((&error["code"], &error["status"], &error["field"]), (&json!(1999), &json!(400), &json!("base")));
    let list = plex.call(owner, Method::GET, "/api/v2/shared_servers").await.0;
    assert_eq!(list, 405);
}

#[tokio::test]
async fn an_address_without_an_account_can_be_invited() {
    let plex = harness().await;
    let owner = plex.sandbox.token();
    let body = json!({"machineIdentifier": LIVING_ROOM, "librarySectionIds": [], "invitedEmail": "New@example.com"});

    let (status, share) = plex.send(owner, Method::POST, "/api/v2/shared_servers", &body).await;

    assert_eq!((status, &share["invitedId"], &share["invitedEmail"]), (201, &Value::Null, &json!("new@example.com")));
    let sent = plex.call(owner, Method::GET, &format!("{SENT}/pending")).await.1;
    assert_eq!((&sent[0]["invited"], &sent[0]["sharedServers"][0]["id"]), (&Value::Null, &share["id"]));
}

#[tokio::test]
async fn settings_of_a_person_are_the_same_by_every_call() {
    let plex = harness().await;
    let owner = plex.sandbox.token();
    let share = offer(&plex).await;
    let by_id = format!("/api/v2/sharing_settings?invitedId={FRIEND}");
    let by_email = format!("/api/v2/sharing_settings?invitedEmail={}", plex_tv_sandbox::FRIEND_EMAIL);

    let settings = plex.call(owner, Method::GET, &by_id).await.1;
    assert_eq!((&settings["allowSync"], &settings["allowChannels"]), (&json!(true), &json!(false)));
    let changes = json!({"settings": {"allowChannels": true}});
    assert_eq!(plex.send(owner, Method::POST, &by_email, &changes).await.1["allowChannels"], true);
    let query = "allowSync=0&filterTelevision=label%3DKids%252CFamily&allowTuners=2";
    assert_eq!(plex.call(owner, Method::PUT, &format!("/api/v2/sharings/{FRIEND}?{query}")).await.0, 200);

    let settings = plex.call(owner, Method::GET, &by_id).await.1;
    assert_eq!(plex.call(owner, Method::GET, &path(&share)).await.1["sharingSettings"], settings);
    assert_eq!((&settings["allowSync"], &settings["allowTuners"]), (&json!(false), &json!(2)));
    assert_eq!(settings["filterTelevision"], "label=Kids%2CFamily");
    assert_eq!(refused(plex.call(owner, Method::GET, "/api/v2/sharing_settings").await), refusal(400, 1004));
    let nobody = plex.call(owner, Method::PUT, "/api/v2/sharings/1?allowSync=1").await;
    assert_eq!(refused(nobody), refusal(404, 1002));
}

#[tokio::test]
async fn ending_the_sharing_with_a_person_ends_every_share() {
    let plex = harness().await;
    let owner = plex.sandbox.token();
    offer(&plex).await;
    let sharing = format!("/api/v2/sharings/{FRIEND}");

    assert_eq!(plex.call(owner, Method::DELETE, &sharing).await.0, 204);

    assert_eq!(plex.call(&plex.friend(), Method::GET, &format!("{RECEIVED}/pending")).await.1, json!([]));
    assert_eq!(refused(plex.call(owner, Method::DELETE, &sharing).await), refusal(404, 1002));
    assert_eq!(plex.call(owner, Method::GET, "/api/v2/sharings").await.0, 404);
}

#[tokio::test]
async fn a_server_is_shown_only_to_its_owner() {
    let plex = harness().await;
    let path = format!("/api/v2/servers/{LIVING_ROOM}");

    let (status, server) = plex.get(&path).await;

    assert_eq!(
        (status, column(&server["librarySections"], "title")),
        (200, ["Movies", "TV Shows", "Music", "Photos"].map(Value::from).to_vec())
    );
    assert_eq!(refused(plex.call(&plex.friend(), Method::GET, &path).await), refusal(404, 1002));
}
