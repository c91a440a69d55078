#![expect(deprecated, reason = "replies from before the list of friends was retired must still decode")]

use plex_tv_sdk::{
    PlexCode,
    v2::types::{FriendStatus, RestrictionProfile},
};
use plex_tv_tests::{NO_BODY, failure, success};

#[tokio::test]
async fn friends_come_with_what_is_shared_with_them() {
    let friends = success("getFriends", 200)
        .sends("GET /friends", NO_BODY)
        .call(async |api| api.get_friends().send_with_response().await)
        .await;

    let [friend, kid] = &*friends else {
        panic!("expected two friends");
    };
    assert_eq!((friend.id, friend.title.as_deref()), (7654321, Some("frienduser")));
    assert_eq!(friend.status, Some(FriendStatus::Accepted));
    assert_eq!(friend.friendship_created_at.unwrap().to_string(), "2026-01-01T00:00:00Z");
    let settings = friend.sharing_settings.as_ref().unwrap();
    assert_eq!((settings.allow_channels, settings.allow_tuners), (Some(true), Some(0)));
    assert_eq!(settings.filter_movies.as_deref(), Some("contentRating=G%2CPG|label=Kids"));
    assert_eq!(settings.filter_photos.as_ref(), None);
    let shares = &friend.shared_servers;
    assert_eq!((shares[0].id, shares[0].libraries[1].id), (20000001, 98765433));
    assert_eq!((&kid.username, &kid.email, kid.home), (&None, &None, Some(true)));
    assert_eq!(kid.restriction_profile, Some(RestrictionProfile::LittleKid));
    assert!(kid.sharing_settings.is_none());
    assert!(kid.shared_servers.is_empty());
    assert!(friends.rejected().is_empty());
}

#[tokio::test]
async fn flags_of_the_friends_are_sent_as_true_or_false() {
    success("getFriends", 200)
        .sends(
            "GET /friends?includeSharedServers=true&includeSharedSources=false&includeSharingSettings=true&status=accepted",
            NO_BODY,
        )
        .call(async |api| {
            api.get_friends().include_shared_servers(true).include_shared_sources(false).include_sharing_settings(true).status(FriendStatus::Accepted).send_with_response().await
        })
        .await;
}

#[tokio::test]
async fn a_friend_without_an_id_is_set_aside() {
    let body = r#"[{"title":"nobody"},{"id":7,"status":"blocked","sharedSources":[1]},{"id":8,"home":"CANARY"}]"#;

    let friends = success("getFriends", 200)
        .replying("application/json", body)
        .sends("GET /friends", NO_BODY)
        .call(async |api| api.get_friends().send_with_response().await)
        .await;

    let [friend] = &*friends else {
        panic!("expected one friend");
    };
    assert_eq!(friend.status, Some(FriendStatus::Other("blocked".to_owned())));
    assert_eq!(friend.extra["sharedSources"][0], 1);
    let reasons: Vec<_> = friends.rejected().iter().map(ToString::to_string).collect();
    assert_eq!(reasons, ["row 0: missing field `id`", "row 2: invalid type: text, expected boolean at home"]);
}

#[tokio::test]
async fn a_bad_share_does_not_lose_its_friend() {
    let body = r#"[{"id":7,"sharedServers":[{"id":1,"accepted":"CANARY"},{"id":2,"futureMember":"kept"}]}]"#;

    let friends = success("getFriends", 200)
        .replying("application/json", body)
        .sends("GET /friends", NO_BODY)
        .call(async |api| api.get_friends().send_with_response().await)
        .await;

    assert!(friends.rejected().is_empty());
    let shares = &friends[0].shared_servers;
    assert_eq!((shares.len(), shares[0].id), (1, 2));
    assert_eq!(shares[0].extra["futureMember"], "kept");
    assert_eq!(shares.rejected()[0].index(), 0);
}

#[tokio::test]
async fn the_retired_list_of_friends_is_gone() {
    let error = failure("getFriends", 410, None)
        .sends("GET /friends?status=pending", NO_BODY)
        .call(async |api| api.get_friends().status("pending").send_with_response().await)
        .await;

    assert!(error.is_gone() && !error.is_not_found() && !error.is_retryable());
}

#[tokio::test]
async fn a_friend_request_names_the_person_in_the_query() {
    let asked = success("inviteFriend", 201)
        .sends("POST /friends/invite?identifier=friend%40example.com", NO_BODY)
        .call(async |api| api.invite_friend("friend@example.com").send_with_response().await)
        .await;

    assert_eq!((asked.id, asked.uuid.as_deref()), (7654321, Some("fedcba9876543210")));
    assert_eq!(asked.status, Some(FriendStatus::Pending));
    assert_eq!((&asked.email, &asked.restriction_profile), (&None, &None));
    assert_eq!(asked.friendship_created_at.unwrap().to_string(), "2026-10-01T10:00:00Z");
}

#[tokio::test]
async fn a_friend_request_may_be_answered_with_200() {
    let asked = success("inviteFriend", 200)
        .sends("POST /friends/invite?identifier=friend+user%2B1", NO_BODY)
        .call(async |api| api.invite_friend("friend user+1").send_with_response().await)
        .await;

    assert_eq!(asked.title.as_deref(), Some("frienduser"));
}

#[tokio::test]
async fn asking_a_friend_again_is_refused() {
    let error = failure("inviteFriend", 422, 1014)
        .sends("POST /friends/invite?identifier=frienduser", NO_BODY)
        .call(async |api| api.invite_friend("frienduser").send_with_response().await)
        .await;

    assert_eq!(error.code(), Some(PlexCode::AlreadyExists));
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn a_friendship_ends_with_and_without_a_body() {
    success("removeFriend", 204)
        .sends("DELETE /friends/7654321", NO_BODY)
        .call(async |api| api.remove_friend(7654321).send_with_response().await)
        .await;
    for (kind, body) in crate::wire::USELESS_BODIES {
        success("removeFriend", 200)
            .replying(kind, body)
            .sends("DELETE /friends/7654321", NO_BODY)
            .call(async |api| api.remove_friend(7654321).send_with_response().await)
            .await;
    }
}

#[tokio::test]
async fn a_friendship_that_has_ended_is_not_found() {
    let error = failure("removeFriend", 404, 1002)
        .sends("DELETE /friends/7654321", NO_BODY)
        .call(async |api| api.remove_friend(7654321).send_with_response().await)
        .await;

    assert!(error.is_not_found() && !error.is_retryable());
}

#[tokio::test]
async fn an_accepted_request_makes_a_friend() {
    for (status, email) in [(200, Some("friend@example.com")), (201, None)] {
        let friend = success("acceptFriend", status)
            .sends("POST /friends/7654321/accept", NO_BODY)
            .call(async |api| api.accept_friend(7654321).send_with_response().await)
            .await;

        assert_eq!(friend.status, Some(FriendStatus::Accepted));
        assert_eq!((friend.id, friend.email.as_deref()), (7654321, email));
    }
}

#[tokio::test]
async fn a_request_that_nobody_made_is_not_found() {
    let error = failure("acceptFriend", 404, 1002)
        .sends("POST /friends/1/accept", NO_BODY)
        .call(async |api| api.accept_friend(1).send_with_response().await)
        .await;

    assert!(error.is_not_found());
}
