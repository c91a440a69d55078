//! Replies in files: our own, and recorded ones from any folder.

use std::{env, path::Path};

use plex_tv_sdk::{Client, Error};
use plex_tv_tests::{Payload, Recorder, Reply, compare, harness, operations, payloads, payloads_in, reread};

#[tokio::test]
#[ignore = "needs PLEX_TV_PAYLOADS, a folder with <operationId>/<status>-<case>.<json|xml|html>"]
async fn recorded_replies_decode_with_nothing_lost() {
    let folder = env::var("PLEX_TV_PAYLOADS").expect("set PLEX_TV_PAYLOADS to the folder of the replies");

    assert_sound(&payloads_in(Path::new(&folder))).await;
}

#[tokio::test]
async fn our_own_replies_decode_with_nothing_lost() {
    assert_sound(&payloads()).await;
}

/// Replays every file, prints its report, and panics if any reply has a fault.
async fn assert_sound(payloads: &[Payload]) {
    let mut faults = Vec::new();
    for payload in payloads {
        let name = format!("{}.{}", payload.name(), payload.format);
        match replay(payload).await {
            Ok(report) => println!("{name}: {}", report.join("\n  ")),
            Err(fault) => faults.push(format!("{name}: {fault}")),
        }
    }
    println!("{} replies, {} faults", payloads.len(), faults.len());
    assert!(!payloads.is_empty(), "the folder has no replies");
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Returns the report on a reply, or its fault.
async fn replay(payload: &Payload) -> Result<Vec<String>, String> {
    let operation = operations().find(|operation| operation.id == payload.operation);
    let is_success = (200..300).contains(&payload.status);
    // Operations that read XML also read JSON, but not the other way round.
    let is_due = payload.format == "json" || payload.format == "xml" && operation.is_none_or(|it| it.xml.is_some());
    if !is_success || !is_due {
        return refuse(payload, is_success).await;
    }
    match reread(&payload.operation, payload.body.as_bytes()) {
        None => Ok(vec!["skipped: there is nothing to decode".to_owned()]),
        Some(outcome) => look(payload, outcome.map_err(|error| error.to_string())?.value()),
    }
}

/// Compares a reply with the value that was read from it.
fn look(payload: &Payload, back: &serde_json::Value) -> Result<Vec<String>, String> {
    let schema = payload.schema().ok_or("the description has no schema for it")?;
    // A row that was set aside makes its list shorter, so it counts as lost.
    let comparison = compare(&payload.value(schema), back, schema);
    if !comparison.lost.is_empty() {
        return Err(format!("lost {:?}", comparison.lost));
    }
    let dropped = comparison.unknown.iter().map(|path| format!("dropped, not described: {path}"));
    let extra = comparison.extra.iter().map(|path| format!("kept, not described: {path}"));
    Ok(["decoded".to_owned()].into_iter().chain(dropped).chain(extra).collect())
}

/// Calls an operation that decodes JSON. Every other operation reads an error in the same way.
async fn refused(client: &Client) -> Result<Error, String> {
    let outcome = client.v2().get_user_details().send_with_response().await;
    outcome.err().ok_or_else(|| "read as a success".to_owned())
}

async fn refuse(payload: &Payload, is_success: bool) -> Result<Vec<String>, String> {
    let (client, server) = harness().await;
    let kind = match payload.format.as_str() {
        "json" => "application/json",
        "xml" => "application/xml",
        _ => "text/html",
    };
    Recorder::mount(&server, &Reply::new(payload.status, kind, payload.body.clone())).await;
    let error = refused(&client).await?;
    let status = error.status().map(|status| status.as_u16());
    let can_say_why = !is_success && payload.format != "html";
    if status != Some(payload.status) {
        return Err(format!("unexpected status: {error}"));
    }
    if is_success != error.is_unexpected_content_type() {
        return Err(format!("unexpected kind of error: {error}"));
    }
    if can_say_why && error.plex_errors().is_empty() {
        return Err("no error could be read from the body".to_owned());
    }
    Ok(vec![error.to_string()])
}
