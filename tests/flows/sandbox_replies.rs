//! Reads the replies of the sandbox with the types of the SDK. The two share no code, so each
//! checks the other.

use std::{collections::BTreeSet, fs, path::Path};

use plex_tv_conform::{Descriptions, Report, conform};

#[path = "../../plex-tv-sandbox/tests/support/mod.rs"]
#[allow(unreachable_pub, reason = "the tests of the sandbox share it")]
mod support;

use support::every::{Reply, replies};

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

/// Members that plex.tv sends but no description names: the departments of a person, whose shape is
/// unknown, and newer members of the account, which the older calls return too.
const UNDESCRIBED: [&str; 11] = [
    "MediaContainer.Metadata[].CreditType",
    "attributionPartner",
    "profile.defaultAudioAccessibility",
    "profile.defaultAudioLanguages",
    "profile.defaultSubtitleLanguages",
    "profile.mediaPostsVisibility",
    "profile.mediaReviewsLanguages",
    "profile.mediaReviewsVisibility",
    "profile.watchedIndicator",
    "services",
    "trials",
];

fn is_undescribed(line: &str) -> bool {
    let unknown = line.trim().strip_prefix("unknown: ").and_then(|rest| rest.split(" (").next());
    unknown.is_some_and(|path| UNDESCRIBED.contains(&path))
}

/// The lines of a report about a failure, a loss, or an undescribed member or status.
fn faults(report: &Report) -> Vec<String> {
    let mut reply = String::new();
    let mut faults = Vec::new();
    for line in report.text().lines() {
        if !line.starts_with("  ") {
            line.clone_into(&mut reply);
        }
        if line.starts_with("  ") && !is_undescribed(line) || line.contains(": failed") {
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
