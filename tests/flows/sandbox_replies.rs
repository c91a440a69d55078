//! Reads the replies of the sandbox with the types of the SDK. The two share no code, so each
//! checks the other.

use std::{collections::BTreeSet, fs, path::Path};

use plex_tv_conform::{Descriptions, Report, conform};

#[path = "../../plex-tv-sandbox/tests/support/mod.rs"]
#[allow(unreachable_pub, reason = "the tests of the sandbox share it")]
mod support;

use plex_tv_sandbox::{Account, Sandbox};
use plex_tv_tests::has_status;
use support::every::{Reply, bare_replies, replies};

/// Writes one reply where `conform` looks for it.
fn record(folder: &Path, number: usize, reply: &Reply) {
    let extension = match reply.content_type.split(';').next().unwrap_or_default() {
        "application/json" => "json",
        "application/xml" | "text/xml" => "xml",
        "text/html" => "html",
        _ => "txt",
    };
    let folder = folder.join(reply.operation);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("{}-{number}.{extension}", reply.status)), &reply.body).unwrap();
}

fn report(replies: &[Reply]) -> Report {
    let folder = tempfile::tempdir().unwrap();
    // The client follows the redirect of a feed to its storage and never decodes the redirect.
    let read = replies.iter().enumerate().filter(|(_, reply)| reply.status != 302);
    for (number, reply) in read {
        record(folder.path(), number, reply);
    }
    let openapi = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi");
    conform(folder.path(), &Descriptions::load(&openapi).unwrap()).unwrap()
}

/// Members that plex.tv sends but no description names, because their shape is unknown.
const UNDESCRIBED: [(&str, &str); 2] =
    [("getPerson/", "MediaContainer.Metadata[].CreditType (list"), ("signIn/", "trials (list")];

fn is_undescribed(reply: &str, line: &str) -> bool {
    let unknown = line.trim().strip_prefix("unknown: ").unwrap_or_default();
    UNDESCRIBED.iter().any(|(operation, member)| reply.starts_with(operation) && unknown.starts_with(member))
}

/// The lines of a report about a failure, a loss, or an undescribed member or status.
fn faults(report: &Report) -> Vec<String> {
    let mut reply = String::new();
    let mut faults = Vec::new();
    for line in report.text().lines() {
        if !line.starts_with("  ") {
            line.clone_into(&mut reply);
        }
        if line.starts_with("  ") && !is_undescribed(&reply, line) || line.contains(": failed") {
            faults.push(format!("{reply}\n{line}"));
        }
    }
    faults
}

#[tokio::test]
async fn every_reply_of_the_sandbox_is_what_the_descriptions_say() {
    let plex = support::harness().await;

    let replies = replies(&plex).await;

    let report = report(&replies);
    let faults = faults(&report);
    assert!(faults.is_empty() && !report.is_faulty(true), "{}", faults.join("\n"));
    let called: BTreeSet<&str> = replies.iter().map(|reply| reply.operation).collect();
    let described = plex_tv_tests::operations().map(|operation| operation.id.as_str());
    let missing: Vec<&str> = described.filter(|id| !called.contains(id)).collect();
    assert!(missing.is_empty(), "never called: {missing:?}");
}

#[tokio::test]
async fn every_refusal_of_the_sandbox_is_what_the_descriptions_say() {
    let poor = Account::new("poor@example.com");
    let plex = support::over(Sandbox::builder().account(poor).start().await.unwrap());
    let poor = plex.sandbox.token_of("poor@example.com").unwrap();

    let replies = bare_replies(&plex, &poor).await;

    let report = report(&replies);
    let mut faults = faults(&report);
    faults.retain(|fault| !fault.ends_with("the description does not name this status"));
    assert!(faults.is_empty() && !report.is_faulty(true), "{}", faults.join("\n"));
    // The descriptions list only what plex.tv was seen to refuse, so they do not name every 400,
    // 403 and 404. Any other status is named.
    let others = replies.iter().filter(|reply| ![400, 403, 404].contains(&reply.status));
    let others: BTreeSet<(&str, u16)> = others.map(|reply| (reply.operation, reply.status)).collect();
    let unnamed = others.into_iter().filter(|(id, status)| *id != "graphQl" && !has_status(id, *status));
    assert_eq!(unnamed.collect::<Vec<_>>(), []);
}
