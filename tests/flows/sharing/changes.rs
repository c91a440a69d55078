//! Changes to the libraries of a share.

use plex_tv_sandbox::{FRIEND_EMAIL, Fault};
use plex_tv_sdk::{Libraries, Library, Token};
use serde_json::json;

use super::{changes, sent, server, shared, titles};
use crate::{
    harness::builder,
    wire::{Reply, Wire},
};

#[tokio::test]
async fn a_library_is_added_to_the_current_ones() {
    let (sandbox, _, share) = shared().await;

    // Somebody else changes the same share meanwhile.
    share.add_library("Music").await.unwrap();
    let share = share.add_library(Library::Key(2)).await.unwrap();

    assert_eq!(titles(&share), ["Movies", "Music", "TV Shows"]);
    let bodies: Vec<_> = sent(&sandbox, "updateSharedServer").into_iter().map(|request| request.body).collect();
    assert_eq!(
        bodies,
        [json!({"librarySectionIds": [10_001, 10_003]}), json!({"librarySectionIds": [10_001, 10_003, 10_002]})]
    );
}

#[tokio::test]
async fn a_change_without_effect_is_not_sent() {
    let (sandbox, _, share) = shared().await;
    let before = changes(&sandbox);

    share.add_library("Movies").await.unwrap();
    share.remove_library("Music").await.unwrap();
    share.set_libraries(Libraries::titled(["Movies"])).await.unwrap();

    assert_eq!(changes(&sandbox), before);
}

#[tokio::test]
async fn a_library_can_be_removed_and_the_last_one_cannot() {
    let (sandbox, _, share) = shared().await;
    let share = share.add_library("Music").await.unwrap();

    let share = share.remove_library("Movies").await.unwrap();
    let before = changes(&sandbox);
    let error = share.remove_library("Music").await.unwrap_err();

    assert_eq!(titles(&share), ["Music"]);
    assert!(error.is_invalid_input() && error.to_string().contains("Share::revoke"), "{error}");
    assert_eq!(changes(&sandbox), before);
}

#[tokio::test]
async fn one_of_all_libraries_can_be_removed() {
    let (sandbox, server) = server().await;
    let share = server.share_with(FRIEND_EMAIL, Libraries::All).send().await.unwrap();

    let unchanged = share.add_library("Movies").await.unwrap();
    let share = share.remove_library("Photos").await.unwrap();

    assert!(unchanged.has_all_libraries() && !share.has_all_libraries());
    assert_eq!(titles(&share), ["Movies", "TV Shows", "Music"]);
    assert_eq!(sent(&sandbox, "updateSharedServer")[0].body, json!({"librarySectionIds": [10_001, 10_002, 10_003]}));
}

#[tokio::test]
async fn the_libraries_can_be_replaced_as_a_whole() {
    let (sandbox, server, share) = shared().await;

    let all = share.set_libraries(Libraries::All).await.unwrap();
    let two = all.set_libraries(Libraries::keys([3, 4])).await.unwrap();

    assert!(all.has_all_libraries() && all.libraries().len() == 4);
    assert_eq!(titles(&two), ["Music", "Photos"]);
    let bodies: Vec<_> = sent(&sandbox, "updateSharedServer").into_iter().map(|request| request.body).collect();
    assert_eq!(bodies, [json!({"librarySectionIds": []}), json!({"librarySectionIds": [10_003, 10_004]})]);
    let shares = server.shares().await.unwrap();
    let listed = shares.iter().find(|listed| listed.id() == share.id()).unwrap();
    assert_eq!(titles(listed), titles(&two));
}

#[tokio::test]
async fn bad_input_is_refused_before_anything_is_sent() {
    let (sandbox, _, share) = shared().await;
    let before = sandbox.requests().len();

    let errors = [
        share.add_library("").await.unwrap_err(),
        share.add_library(" ").await.unwrap_err(),
        share.remove_library("").await.unwrap_err(),
        share.set_libraries(Libraries::these([])).await.unwrap_err(),
        share.set_libraries(Libraries::titled([""; 0])).await.unwrap_err(),
    ];

    assert!(errors.iter().all(plex_tv_sdk::Error::is_invalid_input), "{errors:?}");
    assert_eq!(sandbox.requests().len(), before);
}

#[tokio::test]
async fn an_unknown_library_changes_nothing() {
    let (sandbox, _, share) = shared().await;
    let before = changes(&sandbox);

    let errors = [
        share.add_library("Filme").await.unwrap_err(),
        share.remove_library("Filme").await.unwrap_err(),
        share.set_libraries(Libraries::titled(["Movies", "Filme"])).await.unwrap_err(),
    ];

    assert!(errors.iter().all(plex_tv_sdk::Error::is_unknown_library), "{errors:?}");
    assert_eq!(changes(&sandbox), before);
}

#[tokio::test]
async fn a_change_to_a_revoked_share_is_an_error() {
    let (sandbox, _, share) = shared().await;
    share.revoke().await.unwrap();

    assert!(share.add_library("Music").await.unwrap_err().is_not_found());
    share.revoke().await.unwrap();
    sandbox.next("deleteSharedServer", Fault::Status(503)).unwrap();
    assert!(share.revoke().await.unwrap_err().is_retryable());
}

/// A plex.tv that returns this for share 5 and has two libraries with these titles.
async fn plex(share: serde_json::Value, titles: [&str; 2]) -> (Wire, plex_tv_sdk::Share) {
    let libraries: Vec<_> =
        titles.iter().zip(1..).map(|(title, key)| json!({"id": 100 + key, "key": key, "title": title})).collect();
    let server = json!({"machineIdentifier": "shelf-01", "librarySections": libraries});
    let listed = json!([{"id": 5, "machineIdentifier": "shelf-01", "invitedId": 7, "accepted": true}]);
    let plex = Wire::start(move |path| match path.split('?').next().unwrap() {
        "/api/v2/shared_servers/owned/accepted" => Reply::json(&listed.to_string()),
        "/api/v2/shared_servers/5" => Reply::json(&share.to_string()),
        "/api/v2/servers/shelf-01" => Reply::json(&server.to_string()),
        _ => Reply::json("[]"),
    })
    .await;
    let client = builder(&plex.url).token(Token::new("EXAMPLE-TOKEN").unwrap()).build().unwrap();
    let share = client.shares().await.unwrap().remove(0);
    (plex, share)
}

#[tokio::test]
async fn libraries_that_plex_tv_does_not_list_are_not_removed() {
    let base = json!({"id": 5, "machineIdentifier": "shelf-01"});
    for members in [
        json!({}),
        json!({"allLibraries": null, "libraries": [{"id": 101}]}),
        json!({"allLibraries": false}),
        json!({"allLibraries": false, "numLibraries": 2, "libraries": [{"id": 101}]}),
    ] {
        let mut share = base.clone();
        share.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let (plex, share) = plex(share, ["Movies", "Music"]).await;

        let error = share.add_library("Music").await.unwrap_err();

        assert!(error.is_decode() && error.to_string().contains("set_libraries"), "{members}: {error}");
        assert!(plex.seen.requests().iter().all(|request| request.starts_with("GET ")), "{members}");
        share.set_libraries(Libraries::titled(["Music"])).await.unwrap();
        assert!(plex.seen.requests().last().unwrap().starts_with("POST /api/v2/shared_servers/5 "));
    }
}

#[tokio::test]
async fn a_title_of_two_libraries_changes_nothing() {
    let now = json!({"id": 5, "machineIdentifier": "shelf-01", "allLibraries": false, "libraries": [{"id": 101}]});
    let (plex, share) = plex(now, ["Movies", "Movies"]).await;

    let error = share.add_library("Movies").await.unwrap_err();

    assert!(error.is_ambiguous_library() && error.to_string().contains("key 2"), "{error}");
    assert!(plex.seen.requests().iter().all(|request| request.starts_with("GET ")));
    let share = share.add_library(Library::Key(2)).await.unwrap();
    assert_eq!(share.libraries().len(), 2);
}
