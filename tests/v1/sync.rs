use plex_tv_sdk::v1::calls;
use plex_tv_sdk::v1::types::{SyncItem, SyncScope};
use plex_tv_tests::{NO_BODY, failure, success};

const MACHINE: &str = "0123456789abcdef0123456789abcdef01234567";
const LOCATION: &str =
    "library://00000000-0000-0000-0000-000000000001/directory/%2Flibrary%2Fsections%2F1%2Fall%3Ftype%3D1";

fn assert_example(item: &SyncItem) {
    assert_eq!((item.id, item.version), (12345, Some(1)));
    assert_eq!(item.title.as_deref(), Some("Example movies"));
    let server = item.server.as_ref().unwrap();
    assert_eq!(server.machine_identifier.as_deref(), Some(MACHINE));
    let status = item.status.as_ref().unwrap();
    assert_eq!((status.failure_code.as_deref(), status.failure.as_deref()), (Some(""), Some("")));
    let settings = item.media_settings.as_ref().unwrap();
    assert_eq!((settings.audio_boost, settings.max_video_bitrate), (Some(100), Some(2000)));
    assert_eq!(settings.video_resolution.as_deref(), Some("1280x720"));
    let policy = item.policy.as_ref().unwrap();
    assert_eq!((policy.scope.as_ref(), policy.unwatched, policy.value), (Some(&SyncScope::Count), Some(true), Some(2)));
    assert_eq!(item.location.as_ref().unwrap().uri.as_deref(), Some(LOCATION));
}

#[tokio::test]
async fn the_sync_list_of_a_device_has_its_items() {
    let list = success("listSyncItems", 200)
        .sends("GET /devices/EXAMPLE-CLIENT-1/sync_items", NO_BODY)
        .call_v1(async |api| api.list_sync_items("EXAMPLE-CLIENT-1").send_with_response().await)
        .await;

    assert_eq!(list.client_identifier.as_deref(), Some("4f1b0f54-6ae2-4f0a-9c1d-000000000001"));
    assert!(list.sync_item.is_empty());
    let [item] = &*list.sync_items.unwrap().sync_item else {
        panic!("expected one item");
    };
    assert_example(item);
    let status = item.status.as_ref().unwrap();
    assert_eq!((status.state.as_deref(), status.total_size), (Some("completed"), Some(734003200)));
}

#[tokio::test]
async fn the_sync_list_of_a_device_may_have_its_items_without_a_wrapper() {
    let body = r#"<SyncList clientIdentifier="EXAMPLE-CLIENT-1"><SyncItem id="1"/><SyncItem id="2"/></SyncList>"#;

    let list = success("listSyncItems", 200)
        .replying("application/xml", body)
        .sends("GET /devices/EXAMPLE-CLIENT-1/sync_items", NO_BODY)
        .call_v1(async |api| api.list_sync_items("EXAMPLE-CLIENT-1").send_with_response().await)
        .await;

    let ids: Vec<_> = list.sync_item.iter().map(|item| item.id).collect();
    assert_eq!(ids, [1, 2]);
    assert!(list.sync_items.is_none());
}

#[tokio::test]
async fn the_sync_list_needs_a_valid_token() {
    let error = failure("listSyncItems", 401, 1001)
        .sends("GET /devices/EXAMPLE-CLIENT-1/sync_items", NO_BODY)
        .call_v1(async |api| api.list_sync_items("EXAMPLE-CLIENT-1").send_with_response().await)
        .await;

    assert!(error.is_auth());
}

#[tokio::test]
async fn a_sync_item_is_sent_in_bracketed_parameters() {
    let line = "POST /devices/EXAMPLE-CLIENT-1/sync_items\
        ?SyncItem%5BLocation%5D%5Buri%5D=library%3A%2F%2F00000000-0000-0000-0000-000000000001%2Fdirectory%2F%252Flibrary%252Fsections%252F1%252Fall%253Ftype%253D1\
        &SyncItem%5BMediaSettings%5D%5BaudioBoost%5D=100\
        &SyncItem%5BMediaSettings%5D%5BmaxVideoBitrate%5D=2000\
        &SyncItem%5BMediaSettings%5D%5BmusicBitrate%5D=\
        &SyncItem%5BMediaSettings%5D%5BphotoQuality%5D=74\
        &SyncItem%5BMediaSettings%5D%5BphotoResolution%5D=1920x1080\
        &SyncItem%5BMediaSettings%5D%5BsubtitleSize%5D=100\
        &SyncItem%5BMediaSettings%5D%5BvideoQuality%5D=60\
        &SyncItem%5BMediaSettings%5D%5BvideoResolution%5D=1280x720\
        &SyncItem%5BPolicy%5D%5Bscope%5D=count\
        &SyncItem%5BPolicy%5D%5Bunwatched%5D=1\
        &SyncItem%5BPolicy%5D%5Bvalue%5D=2\
        &SyncItem%5BcontentType%5D=video\
        &SyncItem%5BmachineIdentifier%5D=0123456789abcdef0123456789abcdef01234567\
        &SyncItem%5BmetadataType%5D=movie\
        &SyncItem%5BrootTitle%5D=Movies\
        &SyncItem%5Btitle%5D=Example+movies";
    for status in [200, 201] {
        let item = success("createSyncItem", status)
            .sends(line, NO_BODY)
            .call_v1(async |api| {
                api.create_sync_item(calls::CreateSyncItemArguments {
                    client_identifier: "EXAMPLE-CLIENT-1".into(),
                    sync_item_title: "Example movies".into(),
                    sync_item_root_title: "Movies".into(),
                    sync_item_metadata_type: "movie".into(),
                    sync_item_machine_identifier: MACHINE.into(),
                    sync_item_content_type: "video".into(),
                    sync_item_policy_scope: SyncScope::Count,
                    sync_item_policy_unwatched: true.into(),
                    sync_item_location_uri: LOCATION.into(),
                })
                .sync_item_policy_value(2)
                .sync_item_media_settings_audio_boost(100)
                .sync_item_media_settings_max_video_bitrate("2000")
                .sync_item_media_settings_music_bitrate("")
                .sync_item_media_settings_photo_quality(74)
                .sync_item_media_settings_photo_resolution("1920x1080")
                .sync_item_media_settings_subtitle_size(100)
                .sync_item_media_settings_video_quality(60)
                .sync_item_media_settings_video_resolution("1280x720")
                .send_with_response()
                .await
            })
            .await;

        assert_example(&item);
        assert_eq!(item.status.unwrap().state.as_deref(), Some("pending"));
    }
}

#[tokio::test]
async fn a_sync_item_for_an_expired_jwt_is_an_auth_error() {
    let line = "POST /devices/EXAMPLE-CLIENT-1/sync_items\
        ?SyncItem%5BLocation%5D%5Buri%5D=a&SyncItem%5BPolicy%5D%5Bscope%5D=all\
        &SyncItem%5BPolicy%5D%5Bunwatched%5D=0&SyncItem%5BcontentType%5D=b&SyncItem%5BmachineIdentifier%5D=c\
        &SyncItem%5BmetadataType%5D=d&SyncItem%5BrootTitle%5D=e&SyncItem%5Btitle%5D=f";

    let error = failure("createSyncItem", 498, None)
        .sends(line, NO_BODY)
        .call_v1(async |api| {
            api.create_sync_item(calls::CreateSyncItemArguments {
                client_identifier: "EXAMPLE-CLIENT-1".into(),
                sync_item_title: "f".into(),
                sync_item_root_title: "e".into(),
                sync_item_metadata_type: "d".into(),
                sync_item_machine_identifier: "c".into(),
                sync_item_content_type: "b".into(),
                sync_item_policy_scope: "all".into(),
                sync_item_policy_unwatched: false.into(),
                sync_item_location_uri: "a".into(),
            })
            .send_with_response()
            .await
        })
        .await;

    assert!(error.is_auth());
}

#[tokio::test]
async fn a_sync_item_is_removed_from_its_device() {
    for status in [200, 204] {
        success("deleteSyncItem", status)
            .sends("DELETE /devices/EXAMPLE-CLIENT-1/sync_items/12345", NO_BODY)
            .call_v1(async |api| api.delete_sync_item("EXAMPLE-CLIENT-1", 12345).send_with_response().await)
            .await;
    }
}

#[tokio::test]
async fn removing_sync_items_too_often_is_a_rate_limit() {
    let error = failure("deleteSyncItem", 429, 1003)
        .sends("DELETE /devices/a%2Fb/sync_items/1", NO_BODY)
        .call_v1(async |api| api.delete_sync_item("a/b", 1).send_with_response().await)
        .await;

    assert!(error.is_rate_limited());
}

#[tokio::test]
async fn the_sync_lists_of_a_server_name_the_devices() {
    let lists = success("listServerSyncLists", 200)
        .sends("GET /servers/0123456789abcdef0123456789abcdef01234567/sync_lists", NO_BODY)
        .call_v1(async |api| api.list_server_sync_lists(MACHINE).send_with_response().await)
        .await;

    let [list] = &*lists.sync_list else {
        panic!("expected one list");
    };
    assert_eq!((list.id.as_deref(), list.version), (Some("example-sync-list-1"), Some(3)));
    assert_eq!((list.items_complete_count, list.total_size), (Some(2), Some(734003200)));
    let device = list.device.as_ref().unwrap();
    assert_eq!((device.user_id, device.name.as_deref()), (Some(7654322), Some("Example Phone")));
    assert_eq!(device.last_seen_at.unwrap().as_second(), 1789900000);
    assert_example(&list.sync_items.as_ref().unwrap().sync_item[0]);
}

#[tokio::test]
async fn the_sync_lists_of_a_server_without_a_client_identifier_are_refused() {
    let error = failure("listServerSyncLists", 400, 1000)
        .sends("GET /servers/EXAMPLE-MACHINE/sync_lists", NO_BODY)
        .call_v1(async |api| api.list_server_sync_lists("EXAMPLE-MACHINE").send_with_response().await)
        .await;

    assert!(!error.is_auth());
}
