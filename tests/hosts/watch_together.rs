use plex_tv_sdk::together::types::{
    CreateWatchTogetherRoomBody, InviteToWatchTogetherRoomBody, UpdateWatchTogetherRoomBody,
};
use plex_tv_tests::{Body, NO_BODY, Recorder, Reply, failure, harness, success};

use crate::rejections;

const ITEM: &str = "server://0123/com.plexapp.plugins.library/library/metadata/227117";
const ROOM: &str = "EXAMPLE-ROOM-1";

#[tokio::test]
async fn rooms_are_listed_with_their_relay_and_people() {
    let reply = success("listWatchTogetherRooms", 200)
        .sends("GET /rooms", NO_BODY)
        .call_together(async |api| api.list_watch_together_rooms().send_with_response().await)
        .await;

    let [room] = &*reply.rooms else {
        panic!("expected one room");
    };
    assert_eq!(room.id.expose(), ROOM);
    assert_eq!((room.syncplay_host.as_deref(), room.syncplay_port), (Some("relay.example.com"), Some(7776)));
    let lasts = room.ends_at.unwrap().as_second() - room.starts_at.unwrap().as_second();
    assert_eq!(lasts, 3 * 60 * 60);
    let people: Vec<_> = room.users.iter().map(|user| user.id).collect();
    assert_eq!(people, [1234567, 7654322]);
}

#[tokio::test]
async fn an_empty_list_has_no_rooms_and_an_invalid_room_is_set_aside() {
    for (body, count) in [
        (r#"{"rooms":[]}"#, 0),
        (r#"{"rooms":[{"title":"no id"},{"id":"a","startsAt":"soon"},{"id":"b","users":[{"username":"x"}]}]}"#, 1),
    ] {
        let reply = success("listWatchTogetherRooms", 200)
            .replying("application/json", body)
            .sends("GET /rooms", NO_BODY)
            .call_together(async |api| api.list_watch_together_rooms().send_with_response().await)
            .await;

        assert_eq!(reply.rooms.len(), count);
        if let Some(room) = reply.rooms.first() {
            assert_eq!((rejections(&room.users).len(), rejections(&reply.rooms).len()), (1, 2));
        }
    }
}

#[tokio::test]
async fn a_refusal_that_names_an_inner_service_is_not_shown() {
    let (client, server) = harness().await;
    let body = "cannot reach http://10.9.8.7:4000/internal for EXAMPLE";
    Recorder::mount(&server, &Reply::new(401, "text/plain", body)).await;

    let error = client.together().list_watch_together_rooms().send().await.unwrap_err();

    assert!(error.is_auth());
    let shown = format!("{error} {error:?} {:?}", error.body());
    assert!(!shown.contains("10.9.8.7"), "{shown}");
}

#[tokio::test]
async fn rooms_without_a_token_are_refused() {
    let error = failure("listWatchTogetherRooms", 401, None)
        .sends("GET /rooms", NO_BODY)
        .call_together(async |api| api.list_watch_together_rooms().send_with_response().await)
        .await;

    assert!(error.is_auth() && error.needs_sign_in());
}

#[tokio::test]
async fn a_room_is_opened_for_an_item_and_people() {
    let body = r#"{"sourceUri":"server://0123/com.plexapp.plugins.library/library/metadata/227117","title":"A & B","users":[7654322,7]}"#;

    let room = success("createWatchTogetherRoom", 201)
        .sends("POST /rooms", Body::Json(body))
        .call_together(async |api| {
            let body = CreateWatchTogetherRoomBody::new(ITEM, "A & B").users([7654322, 7]);
            api.create_watch_together_room(body).send_with_response().await
        })
        .await;

    assert_eq!((room.id.expose(), room.created_by), (ROOM, Some(1234567)));
}

#[tokio::test]
async fn a_room_without_people_names_none() {
    let body = r#"{"sourceUri":"server://0123/com.plexapp.plugins.library/library/metadata/227117","title":"x"}"#;

    success("createWatchTogetherRoom", 201)
        .sends("POST /rooms", Body::Json(body))
        .call_together(async |api| {
            api.create_watch_together_room(CreateWatchTogetherRoomBody::new(ITEM, "x")).send_with_response().await
        })
        .await;
}

#[tokio::test]
async fn null_invites_nobody_and_optional_users_can_be_left_out() {
    let nobody = CreateWatchTogetherRoomBody::new("a", "b").users([7]).clear_users();
    let maybe = CreateWatchTogetherRoomBody::new("a", "b").maybe_users(None::<[i64; 0]>);

    for (room, body) in
        [(nobody, r#"{"sourceUri":"a","title":"b","users":null}"#), (maybe, r#"{"sourceUri":"a","title":"b"}"#)]
    {
        success("createWatchTogetherRoom", 201)
            .sends("POST /rooms", Body::Json(body))
            .call_together(async |api| api.create_watch_together_room(room).send_with_response().await)
            .await;
    }
}

#[tokio::test]
async fn a_stranger_cannot_be_invited() {
    let open = failure("createWatchTogetherRoom", 400, None)
        .sends("POST /rooms", Body::Json(r#"{"sourceUri":"a","title":"b","users":[1]}"#))
        .call_together(async |api| {
            let body = CreateWatchTogetherRoomBody::new("a", "b").users([1]);
            api.create_watch_together_room(body).send_with_response().await
        })
        .await;
    let invite = failure("inviteToWatchTogetherRoom", 400, None)
        .sends("POST /rooms/EXAMPLE-ROOM-1/invite", Body::Json(r#"{"users":[1]}"#))
        .call_together(async |api| {
            let body = InviteToWatchTogetherRoomBody::new([1]);
            api.invite_to_watch_together_room(ROOM, body).send_with_response().await
        })
        .await;

    for error in [open, invite] {
        assert!(!error.is_auth() && !error.is_retryable());
    }
}

#[tokio::test]
async fn a_room_is_read_by_the_secret_that_a_list_gave() {
    let rooms = success("listWatchTogetherRooms", 200)
        .sends("GET /rooms", NO_BODY)
        .call_together(async |api| api.list_watch_together_rooms().send_with_response().await)
        .await;

    let room = success("getWatchTogetherRoom", 200)
        .sends("GET /rooms/EXAMPLE-ROOM-1", NO_BODY)
        .call_together(async |api| api.get_watch_together_room(rooms.rooms[0].id.clone()).send_with_response().await)
        .await;

    assert_eq!(room.id, rooms.rooms[0].id);
    assert!(room.source.is_none() && room.created_by.is_none());
}

#[tokio::test]
async fn a_room_that_is_over_is_not_found_and_that_of_others_is_forbidden() {
    let over = failure("getWatchTogetherRoom", 404, None)
        .sends("GET /rooms/a%2Fb", NO_BODY)
        .call_together(async |api| api.get_watch_together_room("a/b").send_with_response().await)
        .await;
    let left = failure("getWatchTogetherRoom", 403, None)
        .sends("GET /rooms/EXAMPLE-ROOM-1", NO_BODY)
        .call_together(async |api| api.get_watch_together_room(ROOM).send_with_response().await)
        .await;

    assert!(over.is_not_found() && left.is_forbidden());
}

#[tokio::test]
async fn only_the_changes_of_a_room_are_sent() {
    let room = success("updateWatchTogetherRoom", 200)
        .sends("PATCH /rooms/EXAMPLE-ROOM-1", Body::Json(r#"{"title":"Example Movie Returns"}"#))
        .call_together(async |api| {
            let body = UpdateWatchTogetherRoomBody::new().title("Example Movie Returns");
            api.update_watch_together_room(ROOM, body).send_with_response().await
        })
        .await;

    assert_eq!(room.title.as_deref(), Some("Example Movie Returns"));
}

#[tokio::test]
async fn an_empty_change_still_has_a_body() {
    // Without one, the service answers 500.
    success("updateWatchTogetherRoom", 200)
        .sends("PATCH /rooms/EXAMPLE-ROOM-1", Body::Json("{}"))
        .call_together(async |api| {
            api.update_watch_together_room(ROOM, UpdateWatchTogetherRoomBody::new()).send_with_response().await
        })
        .await;
}

#[tokio::test]
async fn only_members_may_change_a_room() {
    let error = failure("updateWatchTogetherRoom", 403, None)
        .sends("PATCH /rooms/EXAMPLE-ROOM-1", Body::Json(r#"{"sourceUri":"a"}"#))
        .call_together(async |api| {
            let body = UpdateWatchTogetherRoomBody::new().source_uri("a");
            api.update_watch_together_room(ROOM, body).send_with_response().await
        })
        .await;

    assert!(error.is_forbidden());
}

#[tokio::test]
async fn more_people_are_invited_by_their_numbers() {
    let room = success("inviteToWatchTogetherRoom", 200)
        .sends("POST /rooms/EXAMPLE-ROOM-1/invite", Body::Json(r#"{"users":[7654322]}"#))
        .call_together(async |api| {
            let body = InviteToWatchTogetherRoomBody::new([7654322]);
            api.invite_to_watch_together_room(ROOM, body).send_with_response().await
        })
        .await;

    assert_eq!(room.users.len(), 2);
}

#[tokio::test]
async fn a_room_is_left() {
    success("leaveWatchTogetherRoom", 204)
        .sends("DELETE /rooms/EXAMPLE-ROOM-1", NO_BODY)
        .call_together(async |api| api.leave_watch_together_room(ROOM).send_with_response().await)
        .await;
}

#[tokio::test]
async fn a_room_that_was_left_is_not_found() {
    let error = failure("leaveWatchTogetherRoom", 404, None)
        .sends("DELETE /rooms/EXAMPLE-ROOM-1", NO_BODY)
        .call_together(async |api| api.leave_watch_together_room(ROOM).send_with_response().await)
        .await;

    assert!(error.is_not_found());
}

#[tokio::test]
async fn a_refusal_that_repeats_the_room_does_not_show_it() {
    let (client, server) = harness().await;
    let body = r#"{"error":"no room zq7rm4kp2xa here"}"#;
    Recorder::mount(&server, &Reply::new(404, "application/json", body)).await;

    let call = client.together().get_watch_together_room("zq7rm4kp2xa");
    let shown = format!("{call:?}");
    let error = call.send().await.unwrap_err();

    let shown = format!("{shown} {error} {error:?} {:?}", error.body());
    assert!(!shown.contains("zq7rm4kp2xa"), "{shown}");
}
