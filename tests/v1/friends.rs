use plex_tv_tests::{NO_BODY, failure, success};

#[tokio::test]
#[allow(deprecated, reason = "plex.tv has retired the call and refuses it")]
async fn removing_a_friend_is_answered_with_gone() {
    let error = failure("removeLegacyFriend", 410, None)
        .sends("DELETE /api/friends/7654322", NO_BODY)
        .call_v1(async |api| api.remove_legacy_friend(7654322).send_with_response().await)
        .await;

    assert!(error.is_gone() && !error.is_retryable());
}

#[tokio::test]
async fn users_come_with_the_servers_that_are_shared_with_them() {
    let reply = success("getLegacyUsers", 200)
        .sends("GET /api/users", NO_BODY)
        .call_v1(async |api| api.get_legacy_users().send_with_response().await)
        .await;

    assert_eq!((reply.total_size, reply.size), (Some(2), Some(2)));
    let users = reply.user;
    assert!(users.rejected().is_empty());
    let [friend, kid] = &*users else {
        panic!("expected two users");
    };
    assert_eq!((friend.id, friend.title.as_deref()), (7654322, Some("frienduser")));
    assert_eq!((friend.allow_tuners, friend.allow_sync), (Some(0), Some(true)));
    assert_eq!(friend.filter_movies.as_deref(), Some("contentRating=G%2CPG|label=Kids"));
    assert_eq!(friend.spencer.as_deref(), Some("0"));
    assert_eq!((kid.restricted, kid.username.as_deref(), kid.spencer.as_deref()), (Some(true), Some(""), None));
    let [server] = &*kid.server else {
        panic!("expected one server");
    };
    assert_eq!((server.id, server.server_id, server.num_libraries), (Some(20000002), Some(300001), Some(4)));
    assert_eq!((server.all_libraries, server.pending), (Some(true), Some(false)));
    assert_eq!(server.last_seen_at.unwrap().as_second(), 1790000000);
}

#[tokio::test]
async fn users_need_a_valid_token() {
    let error = failure("getLegacyUsers", 401, 1001)
        .sends("GET /api/users", NO_BODY)
        .call_v1(async |api| api.get_legacy_users().send_with_response().await)
        .await;

    assert!(error.is_auth());
}
