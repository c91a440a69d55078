use std::collections::BTreeSet;

use plex_tv_sandbox::operations;

use crate::support::every::{Reply, replies};
use crate::support::harness;

/// Returns the expected statuses, which differ for calls that plex.tv has retired or redirects.
fn expected(operation: &str) -> &'static [u16] {
    match operation {
        "getFriends"
        | "removeLegacyFriend"
        | "listLegacySentInvites"
        | "listLegacyReceivedInvites"
        | "cancelLegacyInvite"
        | "acceptLegacyInvite" => &[410],
        "getCloudServer" => &[404],
        // Redirects to the stored feed.
        "getDiscoverRssFeed" => &[302],
        _ => &[200, 201, 204],
    }
}

#[tokio::test]
async fn every_operation_answers_a_good_call() {
    let plex = harness().await;

    let replies = replies(&plex).await;

    let wrong: Vec<String> = replies
        .iter()
        .filter(|reply| !expected(reply.operation).contains(&reply.status))
        .map(|Reply { operation, status, body, .. }| format!("{operation}: {status} {}", String::from_utf8_lossy(body)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let called: BTreeSet<&str> = replies.iter().map(|reply| reply.operation).collect();
    let missing: Vec<&str> = operations().filter(|operation| !called.contains(operation)).collect();
    assert!(missing.is_empty(), "never called: {missing:?}");
    // The log uses the same names.
    let logged: BTreeSet<&str> = plex.sandbox.requests().iter().filter_map(|request| request.operation).collect();
    assert_eq!(logged, operations().collect());
}
