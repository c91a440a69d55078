#![allow(deprecated, reason = "replies from before invites were retired must still decode")]

use plex_tv_sdk::v1::calls;
use plex_tv_sdk::v1::types::{CreateLegacySharedServerBody, UpdateLegacySharedServerBody};
use plex_tv_sdk::v1::types::{NewShare, SectionType, SharedLibraries, SharedServer, SharingSettings};
use plex_tv_tests::{Body, NO_BODY, failure, success};

const MACHINE: &str = "0123456789abcdef0123456789abcdef01234567";

fn assert_friend(share: &SharedServer) {
    assert_eq!((share.id, share.user_id), (20000001, Some(7654322)));
    assert_eq!(share.access_token.as_ref().unwrap().expose(), "EXAMPLE-FRIEND-TOKEN");
    assert_eq!((share.allow_tuners, share.allow_sync, share.all_libraries), (Some(0), Some(true), Some(false)));
    assert_eq!(share.filter_movies.as_deref(), Some("contentRating=G%2CPG|label=Kids"));
    assert_eq!(share.filter_all.as_deref(), Some(""));
    let shared: Vec<_> = share.section.iter().map(|section| (section.id, section.shared)).collect();
    assert_eq!(shared, [(98765432, Some(true)), (98765433, Some(false))]);
}

#[tokio::test]
async fn sent_invites_go_to_addresses_and_accounts() {
    let reply = success("listLegacySentInvites", 200)
        .sends("GET /api/invites/requested", NO_BODY)
        .call_v1(async |api| api.list_legacy_sent_invites().send_with_response().await)
        .await;

    let invites = reply.invite;
    assert!(invites.rejected().is_empty());
    let [address, account] = &*invites else {
        panic!("expected two invites");
    };
    assert_eq!((&*address.id, &*account.id), ("newfriend@example.com", "7654323"));
    assert_eq!((address.friend, address.home, address.server), (Some(false), Some(false), Some(true)));
    assert_eq!(address.servers[0].num_libraries, Some(3));
    assert_eq!((account.home, account.servers.len()), (Some(true), 0));
    assert_eq!(account.created_at.unwrap().as_second(), 1700000100);
}

#[tokio::test]
async fn received_invites_name_the_servers() {
    let reply = success("listLegacyReceivedInvites", 200)
        .sends("GET /api/invites/requests", NO_BODY)
        .call_v1(async |api| api.list_legacy_received_invites().send_with_response().await)
        .await;

    let [invite] = &*reply.invite else {
        panic!("expected one invite");
    };
    assert_eq!((&*invite.id, invite.friend, invite.server), ("7654322", Some(true), Some(true)));
    assert_eq!(invite.servers[0].name.as_deref(), Some("Shared Server"));
}

#[tokio::test]
async fn an_invite_is_accepted_or_cancelled_by_its_kinds() {
    success("acceptLegacyInvite", 200)
        .sends("PUT /api/invites/requests/7654322?friend=1&home=0&server=1", NO_BODY)
        .call_v1(async |api| {
            api.accept_legacy_invite(calls::AcceptLegacyInviteArguments {
                invite_id: "7654322".into(),
                friend: true.into(),
                home: false.into(),
                server: true.into(),
            })
            .send_with_response()
            .await
        })
        .await;
    success("cancelLegacyInvite", 200)
        .sends("DELETE /api/invites/requested/newfriend@example.com?friend=0&home=1&server=0", NO_BODY)
        .call_v1(async |api| {
            api.cancel_legacy_invite(calls::CancelLegacyInviteArguments {
                invite_id: "newfriend@example.com".into(),
                friend: false.into(),
                home: true.into(),
                server: false.into(),
            })
            .send_with_response()
            .await
        })
        .await;
}

#[tokio::test]
async fn answering_an_invite_succeeds_with_any_body() {
    for (kind, body) in [("application/xml", r#"<Response code="0" status="OK"/>"#), ("text/html", "<p>OK")] {
        success("acceptLegacyInvite", 200)
            .replying(kind, body)
            .sends("PUT /api/invites/requests/7?friend=1&home=1&server=1", NO_BODY)
            .call_v1(async |api| {
                api.accept_legacy_invite(calls::AcceptLegacyInviteArguments {
                    invite_id: "7".into(),
                    friend: true.into(),
                    home: true.into(),
                    server: true.into(),
                })
                .send_with_response()
                .await
            })
            .await;
    }
}

#[tokio::test]
async fn an_unknown_invite_is_not_found() {
    let accept = failure("acceptLegacyInvite", 404, 1002)
        .sends("PUT /api/invites/requests/7?friend=1&home=0&server=0", NO_BODY)
        .call_v1(async |api| {
            api.accept_legacy_invite(calls::AcceptLegacyInviteArguments {
                invite_id: "7".into(),
                friend: true.into(),
                home: false.into(),
                server: false.into(),
            })
            .send_with_response()
            .await
        })
        .await;
    let cancel = failure("cancelLegacyInvite", 404, 1002)
        .sends("DELETE /api/invites/requested/7?friend=1&home=0&server=0", NO_BODY)
        .call_v1(async |api| {
            api.cancel_legacy_invite(calls::CancelLegacyInviteArguments {
                invite_id: "7".into(),
                friend: true.into(),
                home: false.into(),
                server: false.into(),
            })
            .send_with_response()
            .await
        })
        .await;

    assert!(accept.is_not_found() && cancel.is_not_found());
}

#[tokio::test]
async fn the_lists_of_invites_may_be_gone() {
    let sent = failure("listLegacySentInvites", 410, None)
        .sends("GET /api/invites/requested", NO_BODY)
        .call_v1(async |api| api.list_legacy_sent_invites().send_with_response().await)
        .await;
    let received = failure("listLegacyReceivedInvites", 410, None)
        .sends("GET /api/invites/requests", NO_BODY)
        .call_v1(async |api| api.list_legacy_received_invites().send_with_response().await)
        .await;

    assert!(sent.is_gone() && received.is_gone());
}

#[tokio::test]
async fn a_server_lists_the_ids_of_its_libraries() {
    let reply = success("getLegacyServer", 200)
        .sends("GET /api/servers/0123456789abcdef0123456789abcdef01234567", NO_BODY)
        .call_v1(async |api| api.get_legacy_server(MACHINE).send_with_response().await)
        .await;

    let [server] = &*reply.server else {
        panic!("expected one server");
    };
    assert_eq!(server.machine_identifier, MACHINE);
    let [movies, shows] = &*server.section else {
        panic!("expected two libraries");
    };
    assert_eq!((movies.id, movies.key, movies.shared), (98765432, Some(1), None));
    assert_eq!(movies.type_, Some(SectionType::Movie));
    assert_eq!((shows.title.as_deref(), shows.type_.as_ref()), (Some("TV Shows"), Some(&SectionType::Show)));
}

#[tokio::test]
async fn a_server_without_the_token_of_its_owner_is_an_auth_error() {
    let error = failure("getLegacyServer", 401, 1001)
        .sends("GET /api/servers/a%2Fb", NO_BODY)
        .call_v1(async |api| api.get_legacy_server("a/b").send_with_response().await)
        .await;

    assert!(error.is_auth());
}

#[tokio::test]
async fn shares_come_with_the_tokens_of_the_users() {
    let reply = success("listLegacySharedServers", 200)
        .sends("GET /api/servers/0123456789abcdef0123456789abcdef01234567/shared_servers", NO_BODY)
        .call_v1(async |api| api.list_legacy_shared_servers(MACHINE).send_with_response().await)
        .await;

    let shares = reply.shared_server;
    assert!(shares.rejected().is_empty());
    let [friend, kid] = &*shares else {
        panic!("expected two shares");
    };
    assert_friend(friend);
    assert_eq!(friend.accepted_at.unwrap().as_second(), 1700003600);
    assert_eq!((kid.username.as_deref(), kid.all_libraries), (Some(""), Some(true)));
    assert!(!format!("{shares:?}").contains("EXAMPLE-FRIEND-TOKEN"));
}

#[tokio::test]
async fn one_share_is_a_list_of_one() {
    let reply = success("getLegacySharedServer", 200)
        .sends("GET /api/servers/0123456789abcdef0123456789abcdef01234567/shared_servers/20000001", NO_BODY)
        .call_v1(async |api| api.get_legacy_shared_server(MACHINE, 20000001).send_with_response().await)
        .await;

    let [share] = &*reply.shared_server else {
        panic!("expected one share");
    };
    assert_friend(share);
}

#[tokio::test]
async fn sharing_sends_who_is_invited_to_what() {
    let body = r#"{"server_id":"0123456789abcdef0123456789abcdef01234567","shared_server":{"library_section_ids":[98765432],"invited_email":"friend@example.com"},"sharing_settings":{"allowSync":"1","allowCameraUpload":"0","allowChannels":"0","filterMovies":"contentRating=G%2CPG|label=Kids","filterTelevision":"contentRating=TV-G","filterMusic":"label=Kids"}}"#;
    for status in [200, 201] {
        let reply = success("createLegacySharedServer", status)
            .sends("POST /api/servers/0123456789abcdef0123456789abcdef01234567/shared_servers", Body::Json(body))
            .call_v1(async |api| {
                let share = NewShare::new([98765432]);
                let share = share.invited_email("friend@example.com".to_owned());
                let settings = SharingSettings::new().allow_sync("1".to_owned()).allow_channels("0".to_owned());
                let settings = settings.allow_camera_upload("0".to_owned()).filter_music("label=Kids".to_owned());
                let settings = settings.filter_movies("contentRating=G%2CPG|label=Kids".to_owned());
                let settings = settings.filter_television("contentRating=TV-G".to_owned());
                let create = api.create_legacy_shared_server(
                    MACHINE,
                    CreateLegacySharedServerBody::new(MACHINE, share).sharing_settings(settings),
                );
                create.send_with_response().await
            })
            .await;

        let [share] = &*reply.shared_server else {
            panic!("expected one share");
        };
        assert_friend(share);
        assert_eq!(share.accepted_at.unwrap().as_second(), 0);
    }
}

#[tokio::test]
async fn sharing_with_an_account_sends_its_id_and_no_settings() {
    let body = r#"{"server_id":"EXAMPLE-MACHINE","shared_server":{"library_section_ids":[],"invited_id":7654322}}"#;

    let error = failure("createLegacySharedServer", 422, 1999)
        .sends("POST /api/servers/EXAMPLE-MACHINE/shared_servers", Body::Json(body))
        .call_v1(async |api| {
            let share = NewShare::new([]).invited_id(7654322);
            api.create_legacy_shared_server(
                "EXAMPLE-MACHINE",
                CreateLegacySharedServerBody::new("EXAMPLE-MACHINE", share),
            )
            .send_with_response()
            .await
        })
        .await;

    assert_eq!((error.plex_errors()[0].field(), error.plex_errors()[0].status()), (Some("base"), Some(400)));
}

#[tokio::test]
async fn the_libraries_of_a_share_are_replaced() {
    let body = r#"{"server_id":"0123456789abcdef0123456789abcdef01234567","shared_server":{"library_section_ids":[98765432,98765433]}}"#;

    success("updateLegacySharedServer", 200)
        .sends("PUT /api/servers/0123456789abcdef0123456789abcdef01234567/shared_servers/20000001", Body::Json(body))
        .call_v1(async |api| {
            let libraries = SharedLibraries::new([98765432, 98765433]);
            api.update_legacy_shared_server(MACHINE, 20000001, UpdateLegacySharedServerBody::new(MACHINE, libraries))
                .send_with_response()
                .await
        })
        .await;
}

#[tokio::test]
async fn a_share_is_ended() {
    success("deleteLegacySharedServer", 200)
        .sends("DELETE /api/servers/0123456789abcdef0123456789abcdef01234567/shared_servers/20000001", NO_BODY)
        .call_v1(async |api| api.delete_legacy_shared_server(MACHINE, 20000001).send_with_response().await)
        .await;
}

#[tokio::test]
async fn shares_without_the_token_of_the_owner_are_an_auth_error() {
    let list = failure("listLegacySharedServers", 401, 1001)
        .sends("GET /api/servers/EXAMPLE-MACHINE/shared_servers", NO_BODY)
        .call_v1(async |api| api.list_legacy_shared_servers("EXAMPLE-MACHINE").send_with_response().await)
        .await;
    let one = failure("getLegacySharedServer", 498, None)
        .sends("GET /api/servers/EXAMPLE-MACHINE/shared_servers/7", NO_BODY)
        .call_v1(async |api| api.get_legacy_shared_server("EXAMPLE-MACHINE", 7).send_with_response().await)
        .await;
    let update = failure("updateLegacySharedServer", 401, 1001)
        .sends(
            "PUT /api/servers/EXAMPLE-MACHINE/shared_servers/7",
            Body::Json(r#"{"server_id":"EXAMPLE-MACHINE","shared_server":{"library_section_ids":[]}}"#),
        )
        .call_v1(async |api| {
            let libraries = SharedLibraries::new([]);
            api.update_legacy_shared_server(
                "EXAMPLE-MACHINE",
                7,
                UpdateLegacySharedServerBody::new("EXAMPLE-MACHINE", libraries),
            )
            .send_with_response()
            .await
        })
        .await;
    let delete = failure("deleteLegacySharedServer", 401, 1001)
        .sends("DELETE /api/servers/EXAMPLE-MACHINE/shared_servers/7", NO_BODY)
        .call_v1(async |api| api.delete_legacy_shared_server("EXAMPLE-MACHINE", 7).send_with_response().await)
        .await;

    assert!([list, one, update, delete].iter().all(|error| error.is_auth()));
}
