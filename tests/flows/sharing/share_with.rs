//! Creating a share.

use plex_tv_sandbox::{Account, FRIEND_EMAIL, Fault, HOME_USER, Sandbox};
use plex_tv_sdk::{ErrorKind, Filter, Invitee, Libraries, Library, Media, Tuners};
use serde_json::json;

use super::{changes, client_of, friend, sent, server, server_called, shared, titles};

#[tokio::test]
async fn a_share_is_created_changed_and_revoked() {
    let (sandbox, server) = server().await;

    let share = server
        .share_with("friend@example.com", Libraries::titled(["Movies"]))
        .allow_sync(true)
        .movies(Filter::ratings(["G", "PG"]).without_labels(["Private"]))
        .send()
        .await
        .unwrap();

    assert_eq!((share.person_name(), share.server_name()), ("examplefriend", "Living Room Server"));
    assert!(share.is_pending() && !share.has_all_libraries());
    assert_eq!(titles(&share), ["Movies"]);
    assert_eq!(share.filter(Media::Movies), Filter::ratings(["G", "PG"]).without_labels(["Private"]));
    assert_eq!(share.filter(Media::Television), Filter::none());
    assert_eq!(share.settings().unwrap().allow_sync, Some(true));
    let body = &sent(&sandbox, "createSharedServer")[0].body;
    assert_eq!(
        *body,
        json!({
            "machineIdentifier": server.machine_identifier(),
            "librarySectionIds": [10_001],
            "invitedEmail": FRIEND_EMAIL,
            "settings": {"allowSync": true, "filterMovies": "contentRating=G%2CPG|label!=Private"},
        })
    );

    let share = share.add_library("TV Shows").await.unwrap();
    assert_eq!(titles(&share), ["Movies", "TV Shows"]);
    friend(&sandbox).received_invites().await.unwrap()[0].accept().await.unwrap();
    assert_eq!(friend(&sandbox).servers().await.unwrap().len(), 2);

    share.revoke().await.unwrap();
    share.revoke().await.unwrap();
    assert_eq!(friend(&sandbox).servers().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_person_is_identified_by_email_address_user_name_or_id() {
    for (person, member) in [
        (Invitee::from(FRIEND_EMAIL), json!({"invitedEmail": FRIEND_EMAIL})),
        (Invitee::from(" examplefriend "), json!({"invitedEmail": "examplefriend"})),
        (Invitee::from("nobody-yet@example.com"), json!({"invitedEmail": "nobody-yet@example.com"})),
        (Invitee::from(7_654_321), json!({"invitedId": 7_654_321})),
    ] {
        let (sandbox, server) = server().await;

        let share = server.share_with(person, Libraries::keys([2])).send().await.unwrap();

        assert!(share.is_pending() && !share.person_name().is_empty());
        let body = &sent(&sandbox, "createSharedServer")[0].body;
        assert_eq!(body["librarySectionIds"], json!([10_002]));
        for (name, value) in member.as_object().unwrap() {
            assert_eq!(body[name], *value);
        }
    }
}

#[tokio::test]
async fn a_member_of_the_home_need_not_accept() {
    let (sandbox, server) = server_called("Cabin Server").await;
    let client = client_of(&sandbox, sandbox.token());
    let members = client.home_users().await.unwrap();
    let kid = members.iter().find(|member| member.uuid() == Some(HOME_USER)).unwrap();
    client.stop_sharing_with(kid.id()).await.unwrap();

    let share = server.share_with(kid, Libraries::All).allow_tuners(Tuners::Watch).send().await.unwrap();

    assert!(!share.is_pending() && share.has_all_libraries());
    assert_eq!(share.invitee(), Some(Invitee::Id(kid.id())));
    assert_eq!(share.settings().unwrap().allow_tuners, Some(1));
    let kid = client.switch_home_user(kid, None).await.unwrap();
    assert!(kid.servers().await.unwrap().iter().any(|server| server.name() == "Cabin Server"));
}

#[tokio::test]
async fn all_libraries_are_shared_only_on_request() {
    let (sandbox, server) = server().await;

    let share = server.share_with(FRIEND_EMAIL, Libraries::All).without_friendship().send().await.unwrap();

    assert!(share.has_all_libraries());
    let body = &sent(&sandbox, "createSharedServer")[0].body;
    assert_eq!((&body["librarySectionIds"], &body["skipFriendship"]), (&json!([]), &json!(true)));
    assert_eq!(sent(&sandbox, "getServer").len(), 0);
}

#[tokio::test]
async fn each_setting_is_sent_as_its_own_member() {
    let (sandbox, server) = server().await;
    let call = server.share_with(FRIEND_EMAIL, Libraries::All).allow_sync(false).allow_camera_upload(true);
    let call = call.allow_channels(true).allow_subtitle_admin(true).allow_tuners(Tuners::WatchAndRecord);
    let call = call.television(Filter::labels(["tv"])).music(Filter::none().without_labels(["loud"]));

    call.filter(Media::Photos, Filter::none()).filter(Media::All, Filter::labels(["all"])).send().await.unwrap();

    assert_eq!(
        sent(&sandbox, "createSharedServer")[0].body["settings"],
        json!({
            "allowSync": false, "allowCameraUpload": true, "allowChannels": true, "allowSubtitleAdmin": true,
            "allowTuners": 2, "filterTelevision": "label=tv", "filterMusic": "label!=loud", "filterPhotos": "",
            "filterAll": "label=all",
        })
    );
}

#[tokio::test]
async fn bad_input_is_refused_before_anything_is_sent() {
    let (sandbox, server) = server().await;
    let movies = || Libraries::titled(["Movies"]);
    let before = sandbox.requests().len();

    for call in [
        server.share_with("", movies()),
        server.share_with(" ", movies()),
        server.share_with("@example.com", movies()),
        server.share_with("a b@example.com", movies()),
        server.share_with(0, movies()),
        server.share_with(FRIEND_EMAIL, Libraries::these([])),
        server.share_with(FRIEND_EMAIL, Libraries::titled([""; 0])),
        server.share_with(FRIEND_EMAIL, Libraries::titled(["Movies", " "])),
        server.share_with(FRIEND_EMAIL, Libraries::keys([])),
        server.share_with(FRIEND_EMAIL, movies()).movies(Filter::ratings([""; 0])),
        server.share_with(FRIEND_EMAIL, movies()).movies(Filter::labels(["a,b"])).television(Filter::none()),
        server.share_with(FRIEND_EMAIL, movies()).music(Filter::ratings(["G"])),
        server.share_with(FRIEND_EMAIL, Libraries::All).filter(Media::All, Filter::none().without_labels([""; 0])),
    ] {
        let shown = format!("{call:?}");
        let error = call.send().await.unwrap_err();
        assert!(error.is_invalid_input(), "{shown}: {error}");
    }

    assert_eq!(sandbox.requests().len(), before);
}

#[tokio::test]
async fn a_server_of_somebody_else_is_refused_before_anything_is_sent() {
    let (sandbox, server) = server_called("Server of a Friend").await;
    let before = sandbox.requests().len();

    let share = server.share_with("examplefriend", Libraries::All).send().await.unwrap_err();
    let everyone = server.share_with_everyone(Libraries::All).await.unwrap_err();
    let backup = json!({"format": 1, "machine_identifier": "a", "server_name": "A", "shares": []});
    let restored = server.restore_shares(&serde_json::from_value(backup).unwrap()).await.unwrap_err();

    assert!(share.is_invalid_input() && everyone.is_invalid_input(), "{share} {everyone}");
    assert!(restored.is_invalid_input(), "{restored}");
    assert_eq!(sandbox.requests().len(), before);
    assert!(server.libraries().await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn an_unknown_library_is_reported_with_the_known_titles() {
    let (sandbox, server) = server().await;

    for libraries in
        [Libraries::titled(["Movies", "Filme"]), Libraries::keys([7]), Libraries::these([Library::Id(20_001)])]
    {
        let error = server.share_with(FRIEND_EMAIL, libraries).send().await.unwrap_err();

        assert!(error.is_unknown_library() && error.kind() == ErrorKind::UnknownLibrary, "{error}");
        for title in ["Movies", "TV Shows", "Music", "Photos"] {
            assert!(error.to_string().contains(title), "{error}");
        }
    }
    assert_eq!(changes(&sandbox), 0);
}

#[tokio::test]
async fn a_second_share_with_the_same_person_is_reported_as_already_shared() {
    let (sandbox, server, _) = shared().await;

    let error = server.share_with("examplefriend", Libraries::titled(["Music"])).send().await.unwrap_err();

    assert!(error.is_already_shared() && error.kind() == ErrorKind::AlreadyShared, "{error}");
    assert!(error.to_string().contains("Share::add_library"), "{error}");
    assert_eq!((error.plex_code(), error.status().unwrap().as_u16()), (Some(1999), 422));
    assert_eq!(error.operation(), Some("createSharedServer"));

    let (sandbox, other) = (sandbox, server);
    sandbox.next("createSharedServer", Fault::Code { status: 422, code: 1998 }).unwrap();
    let error = other.share_with("twofactoruser", Libraries::All).send().await.unwrap_err();
    assert!(!error.is_already_shared() && error.plex_code() == Some(1998), "{error}");
}

#[tokio::test]
async fn an_unknown_user_is_not_found_and_a_managed_user_may_not_share() {
    let (sandbox, server) = server().await;

    let error = server.share_with("no-such-user", Libraries::All).send().await.unwrap_err();
    sandbox.next("createSharedServer", Fault::Code { status: 403, code: 1009 }).unwrap();
    let forbidden = server.share_with(FRIEND_EMAIL, Libraries::All).send().await.unwrap_err();

    assert!(error.is_not_found() && forbidden.is_forbidden(), "{error} {forbidden}");
}

#[tokio::test]
async fn everyone_with_a_share_gets_one_more_library() {
    let sandbox = Sandbox::builder()
        .account(Account::new("owner@example.com").servers(1))
        .account(Account::new("one@example.com"))
        .account(Account::new("two@example.com"))
        .account(Account::new("three@example.com"))
        .start()
        .await
        .unwrap();
    let client = client_of(&sandbox, &sandbox.token_of("owner@example.com").unwrap());
    let server = client.servers().await.unwrap().remove(0);
    server.share_with("one@example.com", Libraries::titled(["Movies"])).send().await.unwrap();
    server.share_with("two@example.com", Libraries::titled(["Movies", "Music"])).send().await.unwrap();
    server.share_with("three@example.com", Libraries::All).send().await.unwrap();
    sandbox.next("updateSharedServer", Fault::Status(503)).unwrap();

    let first = server.share_with_everyone(Libraries::titled(["Music"])).await.unwrap();
    let second = server.share_with_everyone(Libraries::titled(["Music"])).await.unwrap();

    let summary = |outcomes: Vec<plex_tv_sdk::ShareOutcome>| {
        let mut lines: Vec<String> = outcomes
            .into_iter()
            .map(|outcome| match outcome.result {
                Ok(change) => format!("{} {change:?}", outcome.person),
                Err(error) => format!("{} {}", outcome.person, error.status().unwrap().as_u16()),
            })
            .collect();
        lines.sort();
        lines
    };
    assert_eq!(summary(first), ["one 503", "three Unchanged", "two Unchanged"]);
    assert_eq!(summary(second), ["one Changed", "three Unchanged", "two Unchanged"]);
    let shares = server.shares().await.unwrap();
    let one = shares.iter().find(|share| share.person_name() == "one").unwrap();
    assert_eq!(titles(one), ["Movies", "Music"]);

    let before = sandbox.requests().len();
    for nothing in [Libraries::these([]), Libraries::titled([" "])] {
        assert!(server.share_with_everyone(nothing).await.unwrap_err().is_invalid_input());
    }
    assert_eq!(sandbox.requests().len(), before);
    let error = server.share_with_everyone(Libraries::titled(["Filme"])).await.unwrap_err();
    assert!(error.is_unknown_library() && changes(&sandbox) == 5, "{error}");
}
