use plex_tv_sdk::v2::types::{CreateSharedServerBody, Libraries, UpdateSharedServerBody, UpdateSharingSettingsBody};
use plex_tv_sdk::{
    PlexCode,
    v2::types::{FriendStatus, LibraryType, RestrictionProfile, ShareStatus, SharingSettings},
};
use plex_tv_tests::{Body, NO_BODY, Recorder, Reply, failure, harness, success};

const MACHINE: &str = "0123456789abcdef0123456789abcdef01234567";
/// The `id` of each library.
const SECTIONS: [i64; 2] = [98765432, 98765433];

/// One setting of each kind: a boolean, a number, a filter, and a filter to remove.
fn settings() -> SharingSettings {
    SharingSettings::new()
        .allow_sync(false)
        .allow_tuners(2)
        .filter_movies("contentRating=G%2CPG|label=Kids".to_owned())
        .filter_music(String::new())
}

/// Asserts that the settings are those of the examples.
fn assert_example(settings: &SharingSettings) {
    assert_eq!((settings.allow_channels, settings.allow_subtitle_admin), (Some(true), Some(false)));
    assert_eq!((settings.allow_sync, settings.allow_camera_upload), (Some(false), Some(false)));
    assert_eq!(settings.allow_tuners, Some(0));
    assert_eq!(settings.filter_movies.as_deref(), Some("contentRating=G%2CPG|label=Kids"));
    assert_eq!(settings.filter_music.as_deref(), Some("label=Kids"));
    assert_eq!(settings.filter_television.as_deref(), Some("contentRating=TV-G"));
    assert_eq!((settings.filter_photos.as_ref(), settings.filter_all.as_ref()), (None, None));
}

#[tokio::test]
async fn a_server_has_libraries_with_an_id_and_a_key() {
    let server = success("getServer", 200)
        .sends("GET /servers/0123456789abcdef0123456789abcdef01234567", NO_BODY)
        .call(async |api| api.get_server(MACHINE).send_with_response().await)
        .await;

    assert_eq!((&*server.machine_identifier, server.port, server.owned), (MACHINE, Some(32400), Some(true)));
    assert_eq!(server.local_addresses.as_deref(), Some("192.0.2.10,192.0.2.11"));
    assert_eq!(server.created_at.unwrap().as_second(), 1700000000);
    let libraries: Vec<_> = server.library_sections.iter().map(|each| (each.id, each.key, &each.type_)).collect();
    let wanted = [(SECTIONS[0], Some(1), &Some(LibraryType::Movie)), (SECTIONS[1], Some(2), &Some(LibraryType::Show))];
    assert_eq!(libraries, wanted);
}

#[tokio::test]
async fn the_server_of_somebody_else_is_not_found() {
    let error = failure("getServer", 404, 1002)
        .sends("GET /servers/a%2Fb", NO_BODY)
        .call(async |api| api.get_server("a/b").send_with_response().await)
        .await;

    assert!(error.is_not_found() && !error.is_retryable());
}

#[tokio::test]
async fn a_share_names_person_server_libraries_and_settings() {
    let body = r#"{"machineIdentifier":"0123456789abcdef0123456789abcdef01234567","librarySectionIds":[98765432,98765433],"invitedEmail":"friend@example.com","settings":{"allowSync":false,"allowTuners":2,"filterMovies":"contentRating=G%2CPG|label=Kids","filterMusic":""},"skipFriendship":true}"#;

    let share = success("createSharedServer", 201)
        .sends("POST /shared_servers", Body::Json(body))
        .call(async |api| {
            api.create_shared_server(
                CreateSharedServerBody::new(MACHINE, Libraries::these(SECTIONS))
                    .invited_email("friend@example.com".to_owned())
                    .settings(settings())
                    .skip_friendship(true),
            )
            .send_with_response()
            .await
        })
        .await;

    assert_eq!((share.id, share.accepted, share.accepted_at), (20000001, Some(false), None));
    assert_eq!((share.owner_id, share.invited_id, &share.invited_email), (Some(1234567), Some(7654321), &None));
    assert_eq!(share.invite_token.as_ref().unwrap().expose(), "EXAMPLE-INVITE-TOKEN");
    assert_eq!(share.last_seen_at.unwrap().to_string(), "2026-10-01T00:00:00Z");
    assert_eq!((share.num_libraries, share.all_libraries), (Some(2), Some(false)));
    assert_example(share.sharing_settings.as_ref().unwrap());
    assert_eq!(share.libraries[0].title.as_deref(), Some("Movies"));
    let invited = share.invited.as_ref().unwrap();
    assert_eq!((invited.id, &invited.status), (7654321, &Some(FriendStatus::Accepted)));
    assert!(share.owner.is_none());
}

#[tokio::test]
async fn all_libraries_are_an_empty_list() {
    let body = r#"{"machineIdentifier":"EXAMPLE-MACHINE","librarySectionIds":[],"invitedId":7654321}"#;

    let share = success("createSharedServer", 200)
        .sends("POST /shared_servers", Body::Json(body))
        .call(async |api| {
            api.create_shared_server(CreateSharedServerBody::new("EXAMPLE-MACHINE", Libraries::All).invited_id(7654321))
                .send_with_response()
                .await
        })
        .await;

    assert_eq!((share.id, share.invited_id), (20000001, Some(7654321)));
    assert!(share.libraries.is_empty() && share.sharing_settings.is_none());
}

#[tokio::test]
async fn each_refusal_of_a_share_keeps_its_code() {
    let refusals = [(400, PlexCode::BadParameter), (404, PlexCode::NotFound), (422, PlexCode::Request)];
    for (status, code) in refusals {
        let body = r#"{"machineIdentifier":"EXAMPLE-MACHINE","librarySectionIds":[1]}"#;
        let error = failure("createSharedServer", status, code.number())
            .sends("POST /shared_servers", Body::Json(body))
            .call(async |api| {
                api.create_shared_server(CreateSharedServerBody::new("EXAMPLE-MACHINE", Libraries::these([1])))
                    .send_with_response()
                    .await
            })
            .await;

        assert_eq!(error.code(), Some(code));
        assert_eq!(error.is_not_found(), status == 404);
        assert!(!error.is_auth() && !error.is_retryable());
    }
}

#[tokio::test]
async fn a_share_that_exists_is_refused_in_xml_with_another_status_inside() {
    let body = r#"<?xml version="1.0" encoding="UTF-8"?><errors><error code="1999" message="You're already sharing this server with Friend" status="400"/></errors>"#;
    let (client, server) = harness().await;
    let recorder = Recorder::mount(&server, &Reply::new(422, "application/xml; charset=utf-8", body)).await;

    let error = client
        .v2()
        .create_shared_server(CreateSharedServerBody::new("M", Libraries::All).invited_id(7))
        .send_with_response()
        .await
        .unwrap_err();

    let sent = recorder.only();
    assert_eq!((&*sent.method, &*sent.target), ("POST", "/api/v2/shared_servers"));
    assert_eq!(sent.body, r#"{"machineIdentifier":"M","librarySectionIds":[],"invitedId":7}"#);
    assert_eq!(error.operation(), Some("createSharedServer"));
    assert_eq!((error.status().unwrap().as_u16(), error.plex_code()), (422, Some(1999)));
    let [said] = error.plex_errors() else {
        panic!("expected one error");
    };
    assert_eq!(said.status(), Some(400));
    assert_eq!(said.message(), Some("You're already sharing this server with Friend"));
    assert!(!error.to_string().contains("Friend"), "{error}");
}

#[tokio::test]
async fn an_invite_to_an_address_has_no_person() {
    let invites = success("listOwnedInvites", 200)
        .sends("GET /shared_servers/invites/owned/pending", NO_BODY)
        .call(async |api| api.list_owned_invites(ShareStatus::Pending).send_with_response().await)
        .await;

    let [friend, newcomer] = &*invites else {
        panic!("expected two invites");
    };
    let invited = friend.invited.as_ref().unwrap();
    assert_eq!((invited.id, &invited.status), (7654321, &Some(FriendStatus::PendingSent)));
    assert!(newcomer.invited.is_none() && newcomer.owner.is_none());
    let shares = &newcomer.shared_servers;
    assert_eq!((shares[0].invited_id, shares[0].invited_email.as_deref()), (None, Some("newcomer@example.com")));
    assert_eq!(shares[0].invite_token.as_ref().unwrap().expose(), "EXAMPLE-INVITE-TOKEN-2");
    let settings = shares[0].sharing_settings.as_ref().unwrap();
    assert_eq!(settings.filter_movies.as_deref(), Some(""));
    assert!(invites.rejected().is_empty() && shares.rejected().is_empty());
}

#[tokio::test]
async fn a_bad_invite_is_set_aside_and_a_bad_share_only_within_its_invite() {
    let body =
        r#"[{"invited":{"title":"nobody"}},{"invited":{"id":7},"sharedServers":[{"id":1},{"name":"CANARY"}]},7]"#;

    let invites = success("listOwnedInvites", 200)
        .replying("application/json", body)
        .sends("GET /shared_servers/invites/owned/accepted", NO_BODY)
        .call(async |api| api.list_owned_invites("accepted").send_with_response().await)
        .await;

    let [invite] = &*invites else {
        panic!("expected one invite");
    };
    let rejected: Vec<_> = invites.rejected().iter().map(|row| row.index()).collect();
    assert_eq!(rejected, [0, 2]);
    assert_eq!(invites.rejected()[0].reason(), "missing field `id` at invited");
    let shares = &invite.shared_servers;
    assert_eq!((shares.len(), shares[0].id), (1, 1));
    assert_eq!(shares.rejected()[0].to_string(), "row 1: missing field `id`");
}

#[tokio::test]
async fn sent_invites_need_a_valid_token() {
    let error = failure("listOwnedInvites", 401, 1001)
        .sends("GET /shared_servers/invites/owned/pending", NO_BODY)
        .call(async |api| api.list_owned_invites(ShareStatus::Pending).send_with_response().await)
        .await;

    assert!(error.is_auth());
}

#[tokio::test]
async fn a_received_invite_names_the_owner() {
    let invites = success("listReceivedInvites", 200)
        .sends("GET /shared_servers/invites/received/pending", NO_BODY)
        .call(async |api| api.list_received_invites(ShareStatus::Pending).send_with_response().await)
        .await;

    let [invite] = &*invites else {
        panic!("expected one invite");
    };
    let owner = invite.owner.as_ref().unwrap();
    assert_eq!((owner.id, &owner.status), (1234567, &Some(FriendStatus::PendingReceived)));
    assert!(invite.invited.is_none());
    let share = &invite.shared_servers[0];
    assert_eq!((share.id, share.owned), (20000001, Some(false)));
    assert!(share.sharing_settings.is_none());
    assert!(invites.rejected().is_empty());
}

#[tokio::test]
async fn received_invites_for_an_expired_jwt_are_an_auth_error() {
    let error = failure("listReceivedInvites", 498, None)
        .sends("GET /shared_servers/invites/received/declined%2Fby%20me", NO_BODY)
        .call(async |api| api.list_received_invites("declined/by me").send_with_response().await)
        .await;

    assert!(error.is_auth() && !error.is_retryable());
}

#[tokio::test]
async fn there_is_one_share_for_each_person_and_server() {
    let shares = success("listOwnedSharedServers", 200)
        .sends("GET /shared_servers/owned/accepted", NO_BODY)
        .call(async |api| api.list_owned_shared_servers(ShareStatus::Accepted).send_with_response().await)
        .await;

    let [some, all] = &*shares else {
        panic!("expected two shares");
    };
    assert_eq!((some.all_libraries, some.libraries.len()), (Some(false), 2));
    assert_eq!(some.accepted_at.unwrap().to_string(), "2026-01-02T00:00:00Z");
    assert_example(some.sharing_settings.as_ref().unwrap());
    assert_eq!((all.all_libraries, all.num_libraries, all.libraries.len()), (Some(true), Some(5), 0));
    let kid = all.invited.as_ref().unwrap();
    assert_eq!((kid.home, &kid.username), (Some(true), &None));
    assert_eq!(kid.restriction_profile, Some(RestrictionProfile::LittleKid));
    assert!(shares.rejected().is_empty());
}

#[tokio::test]
async fn a_share_without_an_id_is_set_aside() {
    let body = r#"[{"id":1,"acceptedAt":1767312000},{"name":"none"},{"id":3,"libraries":[{"title":"none"}]}]"#;

    let shares = success("listOwnedSharedServers", 200)
        .replying("application/json", body)
        .sends("GET /shared_servers/owned/pending", NO_BODY)
        .call(async |api| api.list_owned_shared_servers(ShareStatus::Pending).send_with_response().await)
        .await;

    assert_eq!((shares.len(), shares[0].accepted_at.unwrap().as_second()), (1, 1767312000));
    let reasons: Vec<_> = shares.rejected().iter().map(ToString::to_string).collect();
    assert_eq!(reasons, ["row 1: missing field `id`", "row 2: missing field `id` at libraries[0]"]);
}

#[tokio::test]
async fn shares_asked_for_too_often_are_a_rate_limit() {
    let error = failure("listOwnedSharedServers", 429, 1003)
        .sends("GET /shared_servers/owned/accepted", NO_BODY)
        .call(async |api| api.list_owned_shared_servers(ShareStatus::Accepted).send_with_response().await)
        .await;

    assert!(error.is_rate_limited() && error.is_retryable());
}

#[tokio::test]
async fn one_share_is_read_by_its_id() {
    let share = success("getSharedServer", 200)
        .sends("GET /shared_servers/20000001", NO_BODY)
        .call(async |api| api.get_shared_server(20000001).send_with_response().await)
        .await;

    assert_eq!((share.id, share.server_id, share.accepted), (20000001, Some(300001), Some(true)));
    assert_eq!((share.deleted_at, share.left_at, &share.invite_token), (None, None, &None));
    assert_example(share.sharing_settings.as_ref().unwrap());
    let libraries: Vec<_> = share.libraries.iter().map(|library| library.id).collect();
    assert_eq!(libraries, SECTIONS);
}

#[tokio::test]
async fn an_unknown_share_is_not_found() {
    let error = failure("getSharedServer", 404, 1002)
        .sends("GET /shared_servers/1", NO_BODY)
        .call(async |api| api.get_shared_server(1).send_with_response().await)
        .await;

    assert!(error.is_not_found());
}

#[tokio::test]
async fn the_libraries_of_a_share_are_replaced_as_a_whole() {
    let body = r#"{"librarySectionIds":[98765432,98765433],"settings":{"allowSync":false,"allowTuners":2,"filterMovies":"contentRating=G%2CPG|label=Kids","filterMusic":""}}"#;
    for status in [200, 201, 204] {
        success("updateSharedServer", status)
            .sends("POST /shared_servers/20000001", Body::Json(body))
            .call(async |api| {
                api.update_shared_server(
                    20000001,
                    UpdateSharedServerBody::new(Libraries::these(SECTIONS)).settings(settings()),
                )
                .send_with_response()
                .await
            })
            .await;
    }
}

#[tokio::test]
async fn a_share_is_widened_to_all_libraries_by_an_empty_list() {
    success("updateSharedServer", 200)
        .replying("application/xml", "<SharedServer id=\"20000001\"/>")
        .sends("POST /shared_servers/20000001", Body::Json(r#"{"librarySectionIds":[]}"#))
        .call(async |api| {
            api.update_shared_server(20000001, UpdateSharedServerBody::new(Libraries::All)).send_with_response().await
        })
        .await;
}

#[tokio::test]
async fn an_empty_list_of_libraries_is_not_sent_because_it_would_mean_all() {
    let (client, server) = harness().await;
    let recorder = Recorder::mount(&server, &Reply::empty(204)).await;
    let nothing = || Libraries::these([]);

    let errors = [
        client.v2().update_shared_server(20000001, UpdateSharedServerBody::new(nothing())).send().await.unwrap_err(),
        client.v2().create_shared_server(CreateSharedServerBody::new(MACHINE, nothing())).send().await.unwrap_err(),
    ];

    for error in errors {
        assert!(error.is_invalid_input() && error.to_string().contains("All"), "{error}");
    }
    assert_eq!(recorder.requests(), []);
}

#[tokio::test]
async fn a_library_of_another_server_is_refused() {
    let error = failure("updateSharedServer", 400, 1004)
        .sends("POST /shared_servers/20000001", Body::Json(r#"{"librarySectionIds":[-1]}"#))
        .call(async |api| {
            api.update_shared_server(20000001, UpdateSharedServerBody::new(Libraries::these([-1])))
                .send_with_response()
                .await
        })
        .await;

    assert_eq!(error.code(), Some(PlexCode::BadParameter));
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn a_share_ends_with_and_without_a_body() {
    success("deleteSharedServer", 204)
        .sends("DELETE /shared_servers/20000001", NO_BODY)
        .call(async |api| api.delete_shared_server(20000001).send_with_response().await)
        .await;
    for (kind, body) in crate::wire::USELESS_BODIES {
        success("deleteSharedServer", 200)
            .replying(kind, body)
            .sends("DELETE /shared_servers/20000001", NO_BODY)
            .call(async |api| api.delete_shared_server(20000001).send_with_response().await)
            .await;
    }
}

#[tokio::test]
async fn a_share_that_has_ended_is_not_found() {
    let error = failure("deleteSharedServer", 404, 1002)
        .sends("DELETE /shared_servers/20000001", NO_BODY)
        .call(async |api| api.delete_shared_server(20000001).send_with_response().await)
        .await;

    assert!(error.is_not_found() && !error.is_retryable());
}

#[tokio::test]
async fn accepting_an_invite_succeeds_with_any_success_status_and_body() {
    for status in [200, 201, 204] {
        success("acceptSharedServer", status)
            .sends("POST /shared_servers/20000001/accept", NO_BODY)
            .call(async |api| api.accept_shared_server(20000001).send_with_response().await)
            .await;
    }
    for (kind, body) in crate::wire::USELESS_BODIES {
        success("acceptSharedServer", 200)
            .replying(kind, body)
            .sends("POST /shared_servers/20000001/accept", NO_BODY)
            .call(async |api| api.accept_shared_server(20000001).send_with_response().await)
            .await;
    }
}

#[tokio::test]
async fn an_invite_that_was_withdrawn_is_not_found() {
    let error = failure("acceptSharedServer", 404, 1002)
        .sends("POST /shared_servers/20000001/accept", NO_BODY)
        .call(async |api| api.accept_shared_server(20000001).send_with_response().await)
        .await;

    assert!(error.is_not_found());
}

#[tokio::test]
async fn settings_are_read_by_id_or_by_email_address() {
    let by_number = success("getSharingSettings", 200)
        .sends("GET /sharing_settings?invitedId=7654321", NO_BODY)
        .call(async |api| api.get_sharing_settings().invited_id(7654321).send_with_response().await)
        .await;
    let by_address = success("getSharingSettings", 200)
        .sends("GET /sharing_settings?invitedEmail=friend%2B1%40example.com", NO_BODY)
        .call(async |api| api.get_sharing_settings().invited_email("friend+1@example.com").send_with_response().await)
        .await;

    assert_example(&by_number);
    assert_example(&by_address);
}

#[tokio::test]
async fn settings_need_a_valid_token() {
    let error = failure("getSharingSettings", 401, 1001)
        .sends("GET /sharing_settings", NO_BODY)
        .call(async |api| api.get_sharing_settings().send_with_response().await)
        .await;

    assert!(error.is_auth());
}

#[tokio::test]
async fn settings_are_stored_for_a_person_in_the_query() {
    let body = r#"{"settings":{"allowSync":false,"allowTuners":2,"filterMovies":"contentRating=G%2CPG|label=Kids","filterMusic":""}}"#;
    for status in [200, 201] {
        let stored = success("updateSharingSettings", status)
            .sends("POST /sharing_settings?invitedId=7654321", Body::Json(body))
            .call(async |api| {
                api.update_sharing_settings(UpdateSharingSettingsBody::new(settings()))
                    .invited_id(7654321)
                    .send_with_response()
                    .await
            })
            .await;

        assert_example(&stored);
    }
}

#[tokio::test]
async fn the_person_may_be_named_in_the_body_of_the_settings() {
    let body = r#"{"settings":{"allowSync":true},"invitedEmail":"friend@example.com"}"#;

    success("updateSharingSettings", 200)
        .sends("POST /sharing_settings", Body::Json(body))
        .call(async |api| {
            let mut settings = SharingSettings::default();
            settings.allow_sync = Some(true);
            api.update_sharing_settings(
                UpdateSharingSettingsBody::new(settings).invited_email("friend@example.com".to_owned()),
            )
            .send_with_response()
            .await
        })
        .await;
}

#[tokio::test]
async fn storing_settings_too_often_is_a_rate_limit() {
    let error = failure("updateSharingSettings", 429, 1003)
        .sends("POST /sharing_settings?invitedEmail=frienduser", Body::Json(r#"{"settings":{}}"#))
        .call(async |api| {
            api.update_sharing_settings(UpdateSharingSettingsBody::new(SharingSettings::default()))
                .invited_email("frienduser")
                .send_with_response()
                .await
        })
        .await;

    assert!(error.is_rate_limited());
}

#[tokio::test]
async fn permissions_are_sent_as_0_and_1_and_filters_are_encoded_once_more() {
    let line = "PUT /sharings/7654321?allowCameraUpload=0&allowChannels=1&allowSubtitleAdmin=0&allowSync=1&allowTuners=2\
                &filterMovies=contentRating%3DG%252CPG%7Clabel%3DKids&filterMusic=&filterTelevision=contentRating%3DTV-G";
    for status in [200, 204] {
        success("updateSharing", status)
            .sends(line, NO_BODY)
            .call(async |api| {
                api.update_sharing(7654321)
                    .allow_sync(true)
                    .allow_channels(true)
                    .allow_camera_upload(false)
                    .allow_subtitle_admin(false)
                    .allow_tuners(2)
                    .filter_movies("contentRating=G%2CPG|label=Kids")
                    .filter_music("")
                    .filter_television("contentRating=TV-G")
                    .send_with_response()
                    .await
            })
            .await;
    }
}

#[tokio::test]
async fn permissions_that_do_not_change_are_not_sent() {
    success("updateSharing", 200)
        .sends("PUT /sharings/7654321?allowSync=0", NO_BODY)
        .call(async |api| api.update_sharing(7654321).allow_sync(false).send_with_response().await)
        .await;
}

#[tokio::test]
async fn permissions_of_a_stranger_are_not_found() {
    let error = failure("updateSharing", 404, 1002)
        .sends("PUT /sharings/1?allowTuners=0", NO_BODY)
        .call(async |api| api.update_sharing(1).allow_tuners(0).send_with_response().await)
        .await;

    assert!(error.is_not_found() && !error.is_retryable());
}

#[tokio::test]
async fn all_sharing_ends_with_and_without_a_body() {
    success("removeSharing", 204)
        .sends("DELETE /sharings/7654321", NO_BODY)
        .call(async |api| api.remove_sharing(7654321).send_with_response().await)
        .await;
    for (kind, body) in crate::wire::USELESS_BODIES {
        success("removeSharing", 200)
            .replying(kind, body)
            .sends("DELETE /sharings/7654321", NO_BODY)
            .call(async |api| api.remove_sharing(7654321).send_with_response().await)
            .await;
    }
}

#[tokio::test]
async fn sharing_that_has_ended_is_not_found() {
    let error = failure("removeSharing", 404, 1002)
        .sends("DELETE /sharings/7654321", NO_BODY)
        .call(async |api| api.remove_sharing(7654321).send_with_response().await)
        .await;

    assert!(error.is_not_found());
}
