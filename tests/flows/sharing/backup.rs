//! Backing up and restoring shares.

use plex_tv_sandbox::{Account, FRIEND_EMAIL, Fault, Sandbox};
use plex_tv_sdk::{Filter, Libraries, Media, SavedLibraries, Server, ShareBackup, ShareChange, ShareOutcome, Token};
use serde_json::json;

use super::{changes, client_of, sent, titles};
use crate::{
    harness::builder,
    wire::{Reply, Wire},
};

/// A server with a filtered share, an invite to an e-mail address, and a share of all libraries.
async fn server() -> (Sandbox, Server) {
    let sandbox = Sandbox::builder()
        .account(Account::new("owner@example.com").servers(2))
        .account(Account::new("one@example.com"))
        .start()
        .await
        .unwrap();
    let client = client_of(&sandbox, &sandbox.token_of("owner@example.com").unwrap());
    let server = client.servers().await.unwrap().remove(0);
    let one = server.share_with("one@example.com", Libraries::titled(["Movies", "Music"])).allow_sync(true);
    one.movies(Filter::ratings(["G"])).send().await.unwrap();
    server.share_with("new@example.com", Libraries::titled(["Photos"])).send().await.unwrap();
    server.share_with(FRIEND_EMAIL, Libraries::All).send().await.unwrap();
    (sandbox, server)
}

fn results(outcomes: &[ShareOutcome]) -> Vec<(&str, ShareChange)> {
    outcomes.iter().map(|outcome| (outcome.person.as_str(), *outcome.result.as_ref().unwrap())).collect()
}

fn stored(backup: &ShareBackup) -> ShareBackup {
    serde_json::from_str(&serde_json::to_string(backup).unwrap()).unwrap()
}

#[tokio::test]
async fn revoked_and_changed_shares_can_be_restored() {
    let (sandbox, server) = server().await;
    let backup = stored(&server.back_up_shares().await.unwrap());
    let people: Vec<_> = backup.shares.iter().map(|share| share.name.clone()).collect();
    assert_eq!(people, ["one", "new@example.com", "examplefriend"]);
    assert!(matches!(backup.shares[2].libraries, SavedLibraries::All));

    assert_eq!(
        results(&server.restore_shares(&backup).await.unwrap()),
        people.iter().map(|person| (person.as_str(), ShareChange::Unchanged)).collect::<Vec<_>>()
    );

    let shares = server.shares().await.unwrap();
    shares[0].revoke().await.unwrap();
    shares[1].add_library("Music").await.unwrap();
    shares[2].change_settings().allow_sync(true).send().await.unwrap();

    assert_eq!(
        results(&server.restore_shares(&backup).await.unwrap()),
        [
            ("one", ShareChange::Created),
            ("new@example.com", ShareChange::Changed),
            ("examplefriend", ShareChange::Changed)
        ]
    );
    let shares = server.shares().await.unwrap();
    let of = |name: &str| shares.iter().find(|share| share.person_name() == name).unwrap();
    assert_eq!(titles(of("one")), ["Movies", "Music"]);
    assert_eq!(of("one").filter(Media::Movies), Filter::ratings(["G"]));
    assert_eq!(of("one").settings().unwrap().allow_sync, Some(true));
    assert_eq!(titles(of("new@example.com")), ["Photos"]);
    assert_eq!(of("examplefriend").settings().unwrap().allow_sync, Some(false));
    drop(sandbox);
}

#[tokio::test]
async fn a_share_gets_its_filters_back_before_its_libraries() {
    let (sandbox, server) = server().await;
    let backup = stored(&server.back_up_shares().await.unwrap());
    let share = server.shares().await.unwrap().remove(0);
    share.remove_library("Music").await.unwrap();
    share.change_settings().movies(Filter::none()).send().await.unwrap();
    let before = sandbox.requests().len();

    sandbox.next("updateSharingSettings", Fault::Status(503)).unwrap();
    let failed = server.restore_shares(&backup).await.unwrap().remove(0);
    let restored = server.restore_shares(&backup).await.unwrap().remove(0);

    assert!(failed.result.unwrap_err().is_retryable());
    assert_eq!((restored.result.unwrap(), restored.invitee), (ShareChange::Changed, share.invitee()));
    let requests = sandbox.requests().split_off(before);
    let posts = requests.iter().filter(|sent| sent.method == "POST").map(|sent| sent.operation.unwrap());
    assert_eq!(
        posts.collect::<Vec<_>>(),
        ["updateSharingSettings", "updateSharingSettings", "updateSharedServer"],
        "no library should be added without its filter"
    );
}

#[tokio::test]
async fn a_saved_share_of_nothing_changes_nothing() {
    let (sandbox, server) = server().await;
    let mut json = serde_json::to_value(server.back_up_shares().await.unwrap()).unwrap();
    json["shares"].as_array_mut().unwrap().truncate(1);
    json["shares"][0]["libraries"] = json!({"these": []});
    json["shares"][0]["settings"]["allowSync"] = json!(false);
    let before = changes(&sandbox);

    let outcomes = server.restore_shares(&serde_json::from_value(json).unwrap()).await.unwrap();

    assert!(outcomes[0].result.as_ref().unwrap_err().is_invalid_input(), "{outcomes:?}");
    assert_eq!(changes(&sandbox), before);
}

#[tokio::test]
async fn another_server_gets_the_same_shares_by_title() {
    let (sandbox, server) = server().await;
    let backup = stored(&server.back_up_shares().await.unwrap());
    let client = client_of(&sandbox, &sandbox.token_of("owner@example.com").unwrap());
    let other = client.servers().await.unwrap().remove(1);

    let outcomes = other.restore_shares(&backup).await.unwrap();

    assert!(outcomes.iter().all(|outcome| matches!(outcome.result, Ok(ShareChange::Created))), "{outcomes:?}");
    let shares = other.shares().await.unwrap();
    assert_eq!(titles(&shares[0]), ["Movies", "Music"]);
    assert_ne!(shares[0].libraries()[0].id, server.shares().await.unwrap()[0].libraries()[0].id);
}

#[tokio::test]
async fn a_share_that_cannot_be_restored_does_not_stop_the_others() {
    let (sandbox, server) = server().await;
    let mut json = serde_json::to_value(server.back_up_shares().await.unwrap()).unwrap();
    for share in server.shares().await.unwrap() {
        share.revoke().await.unwrap();
    }
    json["shares"][0]["libraries"] = json!({"these": []});
    json["shares"][1]["libraries"] = json!({"these": [{"id": 1, "title": "Filme"}]});
    let nobody = json!({"name": "nobody", "id": null, "email": null, "libraries": "all", "settings": null});
    json["shares"].as_array_mut().unwrap().push(nobody);
    let backup: ShareBackup = serde_json::from_value(json).unwrap();
    let before = sent(&sandbox, "createSharedServer").len();

    let outcomes = server.restore_shares(&backup).await.unwrap();

    assert!(outcomes[0].result.as_ref().unwrap_err().is_invalid_input(), "an empty list should never share everything");
    assert!(outcomes[1].result.as_ref().unwrap_err().is_unknown_library());
    assert_eq!(*outcomes[2].result.as_ref().unwrap(), ShareChange::Created);
    assert!(outcomes[3].result.as_ref().unwrap_err().is_invalid_input());
    assert_eq!(sent(&sandbox, "createSharedServer").len(), before + 1);
    sandbox.next("createSharedServer", Fault::Status(503)).unwrap();
    server.shares().await.unwrap()[0].revoke().await.unwrap();
    assert!(server.restore_shares(&backup).await.unwrap()[2].result.as_ref().unwrap_err().is_retryable());
}

#[tokio::test]
async fn a_backup_in_another_format_is_refused_before_anything_is_sent() {
    let (sandbox, server) = server().await;
    let mut json = serde_json::to_value(server.back_up_shares().await.unwrap()).unwrap();
    json["format"] = json!(2);
    let before = (sandbox.requests().len(), changes(&sandbox));

    let error = server.restore_shares(&serde_json::from_value(json).unwrap()).await.unwrap_err();

    assert!(error.is_invalid_input() && error.to_string().contains("format 2"), "{error}");
    assert_eq!((sandbox.requests().len(), changes(&sandbox)), before);
}

#[tokio::test]
async fn a_row_that_cannot_be_decoded_fails_the_backup() {
    let resources = json!([{"clientIdentifier": "shelf-01", "provides": "server", "owned": true}]);
    let shares = json!([{"id": 5, "machineIdentifier": "shelf-01", "invitedId": 7, "allLibraries": true}, {"id": "x"}]);
    let server = json!({"machineIdentifier": "shelf-01", "librarySections": [{"id": 101, "title": "Movies"}]});
    let plex = Wire::start(move |path| match path.split('?').next().unwrap() {
        "/api/v2/resources" => Reply::json(&resources.to_string()),
        "/api/v2/servers/shelf-01" => Reply::json(&server.to_string()),
        "/api/v2/shared_servers/owned/accepted" => Reply::json(&shares.to_string()),
        _ => Reply::json("[]"),
    })
    .await;
    let client = builder(&plex.url).token(Token::new("EXAMPLE-TOKEN").unwrap()).build().unwrap();
    let server = client.servers().await.unwrap().remove(0);

    assert_eq!(server.shares().await.unwrap().len(), 1);
    assert!(server.back_up_shares().await.unwrap_err().is_decode());
    assert!(server.share_with_everyone(Libraries::titled(["Movies"])).await.unwrap_err().is_decode());
    assert!(plex.seen.requests().iter().all(|request| request.starts_with("GET ")));
}

#[test]
fn a_backup_holds_no_secret_and_has_the_expected_json() {
    let json = json!({
        "format": 1,
        "machine_identifier": "shelf-01",
        "server_name": "Shelf",
        "shares": [
            {"name": "One", "id": 7, "email": null, "libraries": "all", "settings": {"allowSync": true}},
            {"name": "Two", "id": null, "email": "two@example.com", "settings": null,
             "libraries": {"these": [{"id": 101, "key": 1, "title": "Movies", "type": "movie"}]}},
        ],
    });

    let backup: ShareBackup = serde_json::from_value(json.clone()).unwrap();

    assert_eq!(serde_json::to_value(&backup).unwrap(), json);
    // Members of a later version are skipped, and optional ones may be missing.
    let mut odd = json;
    odd["later"] = json!(1);
    odd["shares"] = json!([{"name": "One", "id": 7, "libraries": "all", "later": {}, "settings": {"later": 1}}]);
    let backup: ShareBackup = serde_json::from_value(odd).unwrap();
    assert_eq!((backup.shares[0].id, backup.shares[0].email.as_deref()), (Some(7), None));
    for broken in [json!({"these": "all"}), json!("none"), json!(null), json!([])] {
        let share = json!({"name": "One", "id": 7, "libraries": broken});
        assert!(serde_json::from_value::<plex_tv_sdk::SavedShare>(share).is_err(), "{broken}");
    }
}
