//! Shares that change while they are listed or changed, and lists that lack something.

use std::sync::atomic::{AtomicBool, Ordering};

use plex_tv_sdk::{Libraries, Library, Server, Share, ShareChange, Token};
use serde_json::{Value, json};

use crate::{
    harness::builder,
    wire::{Reply, Wire},
};

const MACHINE: &str = "shelf-01";

fn libraries(ids: &[i64]) -> Value {
    ids.iter().map(|id| json!({"id": id, "key": id - 100, "title": format!("Library {id}")})).collect()
}

fn share(ids: &[i64]) -> Value {
    json!({
        "id": 5, "machineIdentifier": MACHINE, "invitedId": 7, "accepted": true, "allLibraries": false,
        "numLibraries": ids.len(), "libraries": libraries(ids), "invited": {"id": 7, "title": "Friend"},
    })
}

/// A plex.tv with one server that has these libraries. The other replies are up to the test.
async fn plex(known: &[i64], reply: impl Fn(&str) -> Option<Value> + Send + Sync + 'static) -> (Wire, Server) {
    let resources = json!([{"clientIdentifier": MACHINE, "provides": "server", "owned": true, "accessToken": "T"}]);
    let server = json!({"machineIdentifier": MACHINE, "librarySections": libraries(known)});
    let plex = Wire::start(move |path| {
        let path = path.split('?').next().unwrap();
        let value = match path {
            "/api/v2/resources" => resources.clone(),
            "/api/v2/servers/shelf-01" => server.clone(),
            _ => reply(path).unwrap_or_else(|| json!([])),
        };
        Reply::json(&value.to_string())
    })
    .await;
    let client = builder(&plex.url).token(Token::new("EXAMPLE-TOKEN").unwrap()).build().unwrap();
    let server = client.servers().await.unwrap().remove(0);
    (plex, server)
}

fn last_body(plex: &Wire) -> Value {
    let requests = plex.seen.requests();
    let sent = requests.iter().rfind(|request| request.starts_with("POST ")).unwrap();
    serde_json::from_str(sent.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[tokio::test]
async fn a_share_that_is_accepted_between_the_two_lists_is_listed_once() {
    let is_accepted = AtomicBool::new(false);
    let (_plex, server) = plex(&[101], move |path| {
        let was_accepted = is_accepted.swap(true, Ordering::Relaxed);
        match path {
            "/api/v2/shared_servers/owned/pending" if !was_accepted => Some(json!([share(&[101])])),
            "/api/v2/shared_servers/owned/accepted" if was_accepted => Some(json!([share(&[101])])),
            _ => None,
        }
    })
    .await;

    assert_eq!(server.shares().await.unwrap().iter().map(Share::id).collect::<Vec<_>>(), [5]);
}

#[tokio::test]
async fn a_share_in_both_lists_is_the_accepted_one() {
    let (_plex, server) = plex(&[101], |path| {
        let mut listed = share(&[101]);
        listed["accepted"] = json!(path.ends_with("accepted"));
        Some(json!([listed]))
    })
    .await;

    let shares = server.shares().await.unwrap();

    assert_eq!(shares.len(), 1);
    assert!(!shares[0].is_pending());
}

#[tokio::test]
async fn a_library_that_was_added_after_the_list_stays_shared() {
    let (plex, server) = plex(&[101, 102, 103], |path| match path {
        "/api/v2/shared_servers/owned/accepted" => Some(json!([share(&[101])])),
        "/api/v2/shared_servers/5" => Some(share(&[101, 102])),
        _ => None,
    })
    .await;

    let outcomes = server.share_with_everyone(Libraries::keys([3])).await.unwrap();

    assert_eq!(*outcomes[0].result.as_ref().unwrap(), ShareChange::Changed);
    assert_eq!((outcomes[0].person.as_str(), &outcomes[0].invitee), ("Friend", &Some(7.into())));
    assert_eq!(last_body(&plex), json!({"librarySectionIds": [101, 102, 103]}));
}

#[tokio::test]
async fn a_library_that_the_server_lost_can_be_removed() {
    let (plex, server) = plex(&[101], |path| match path {
        "/api/v2/shared_servers/owned/accepted" => Some(json!([share(&[101, 104])])),
        "/api/v2/shared_servers/5" => Some(share(&[101, 104])),
        _ => None,
    })
    .await;
    let share = server.shares().await.unwrap().remove(0);

    let left = share.remove_library("Library 104").await.unwrap();

    assert_eq!((left.libraries().len(), last_body(&plex)), (1, json!({"librarySectionIds": [101]})));
    share.remove_library(&share.libraries()[1]).await.unwrap();
    assert!(share.add_library("Library 104").await.unwrap_err().is_unknown_library());
    assert!(share.remove_library(Library::Key(5)).await.unwrap_err().is_unknown_library());
}

#[tokio::test]
async fn a_refusal_of_another_field_is_not_taken_for_an_existing_share() {
    for (field, is_shared) in [(json!("base"), true), (json!(null), true), (json!("invitedEmail"), false)] {
        let resources = json!([{"clientIdentifier": MACHINE, "provides": "server", "owned": true}]).to_string();
        let refusal = json!({"errors": [{"code": 1999, "status": 400, "field": field, "message": "no"}]}).to_string();
        let plex = Wire::start(move |path| match path.starts_with("/api/v2/resources") {
            true => Reply::json(&resources),
            false => Reply::http("422 Unprocessable Entity", &["content-type: application/json"], &refusal),
        })
        .await;
        let client = builder(&plex.url).token(Token::new("EXAMPLE-TOKEN").unwrap()).build().unwrap();
        let server = client.servers().await.unwrap().remove(0);

        let error = server.share_with("friend@example.com", Libraries::All).send().await.unwrap_err();

        assert_eq!(error.is_already_shared(), is_shared, "{field}: {error}");
    }
}

#[tokio::test]
async fn a_share_that_has_ended_is_not_listed() {
    for member in ["deletedAt", "leftAt"] {
        let (plex, server) = plex(&[101], move |path| {
            let mut ended = share(&[101]);
            ended[member] = json!("2026-01-01T00:00:00Z");
            if path.contains("/invites/") {
                return Some(json!([{"owner": {"id": 8}, "sharedServers": [ended]}]));
            }
            Some(json!([ended]))
        })
        .await;
        let client = builder(&plex.url).token(Token::new("EXAMPLE-TOKEN").unwrap()).build().unwrap();

        assert!(server.shares().await.unwrap().is_empty(), "{member}");
        assert!(server.back_up_shares().await.unwrap().shares.is_empty(), "{member}");
        assert!(client.sent_invites().await.unwrap().is_empty(), "{member}");
        assert!(client.received_shares().await.unwrap().is_empty(), "{member}");
    }
}

#[tokio::test]
async fn a_row_that_may_be_of_this_server_fails_the_backup() {
    for machine in [json!(null), json!("")] {
        let (plex, server) = plex(&[101], move |path| {
            let mut unclear = share(&[101]);
            unclear["machineIdentifier"] = machine.clone();
            path.ends_with("accepted").then(|| json!([unclear]))
        })
        .await;

        assert!(server.back_up_shares().await.unwrap_err().is_decode());
        assert!(server.share_with_everyone(Libraries::All).await.unwrap_err().is_decode());
        assert!(plex.seen.requests().iter().all(|request| request.starts_with("GET ")));
    }
}

#[tokio::test]
async fn an_account_number_of_zero_is_nobody() {
    let (plex, server) = plex(&[101], |path| match path {
        "/api/v2/shared_servers/owned/pending" => {
            let mut invite = share(&[101]);
            invite["invitedId"] = json!(0);
            invite["invitedEmail"] = json!("new@example.com");
            invite["invited"] = json!(null);
            Some(json!([invite]))
        }
        "/api/v2/sharing_settings" => Some(json!({})),
        _ => None,
    })
    .await;
    let share = server.shares().await.unwrap().remove(0);

    share.change_settings().allow_sync(true).send().await.unwrap();

    assert_eq!(share.invitee(), Some("new@example.com".into()));
    assert!(plex.seen.requests().last().unwrap().contains("invitedEmail=new%40example.com"));
}

#[tokio::test]
async fn a_backup_has_the_filters_even_if_the_list_lacks_them() {
    let (plex, server) = plex(&[101], |path| match path {
        "/api/v2/shared_servers/owned/accepted" => Some(json!([share(&[101])])),
        "/api/v2/sharing_settings" => Some(json!({"allowSync": true, "filterMovies": "label=Kids"})),
        _ => None,
    })
    .await;

    let backup = server.back_up_shares().await.unwrap();

    let settings = backup.shares[0].settings.as_ref().unwrap();
    assert_eq!((settings.allow_sync, settings.filter_movies.as_deref()), (Some(true), Some("label=Kids")));
    assert!(plex.seen.requests().last().unwrap().starts_with("GET /api/v2/sharing_settings?invitedId=7 "));
}
