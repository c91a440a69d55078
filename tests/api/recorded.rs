//! Replies in files: our own, and what somebody recorded, from any folder.

use std::{env, path::Path};

use plex_tv_sdk::{Error, plex_tv};
use plex_tv_tests::{
    Payload, Recorder, Reply, Schema, call, compare, harness, has_json_reply, payloads, payloads_in, rejected,
};

#[tokio::test]
#[ignore = "needs PLEX_TV_PAYLOADS, a folder with <operationId>/<status>-<case>.<json|xml|html>"]
async fn recorded_replies_decode_with_nothing_lost() {
    let folder = env::var("PLEX_TV_PAYLOADS").expect("PLEX_TV_PAYLOADS names a folder");

    assert_sound(&payloads_in(Path::new(&folder))).await;
}

#[tokio::test]
async fn our_own_replies_decode_with_nothing_lost() {
    assert_sound(&payloads()).await;
}

/// Replays every file, tells what became of it, and fails on any fault.
async fn assert_sound(payloads: &[Payload]) {
    let mut faults = Vec::new();
    for payload in payloads {
        let name = format!("{}.{}", payload.name(), payload.format);
        match replay(payload).await {
            Ok(told) => println!("{name}: {}", told.join("\n  ")),
            Err(fault) => faults.push(format!("{name}: {fault}")),
        }
    }
    println!("{} replies, {} faults", payloads.len(), faults.len());
    assert!(!payloads.is_empty(), "the folder has no replies");
    assert!(faults.is_empty(), "{faults:#?}");
}

/// What is to be told of a reply, or its fault.
async fn replay(payload: &Payload) -> Result<Vec<String>, String> {
    let (client, server) = harness().await;
    let kind = match payload.format.as_str() {
        "json" => "application/json",
        "xml" => "application/xml",
        _ => "text/html",
    };
    Recorder::mount(&server, &Reply::new(payload.status, kind, payload.body.clone())).await;
    let is_success = (200..300).contains(&payload.status);
    let is_described = has_json_reply(&payload.operation);
    match payload.format.as_str() {
        "json" if is_success && is_described => decode(client.plex_tv(), payload).await,
        "json" if is_success => Ok(vec!["passed over, the operation is not described".to_owned()]),
        _ => {
            // Every operation reads an error alike, so one that is not described is tried on another.
            let operation = if is_described { &payload.operation } else { "getUserDetails" };
            let outcome = call(client.plex_tv(), operation).await;
            refuse(outcome.err().ok_or("taken for a success")?, payload, is_success)
        }
    }
}

async fn decode(api: &plex_tv::Client, payload: &Payload) -> Result<Vec<String>, String> {
    let operation = &payload.operation;
    let back = call(api, operation).await.map_err(|error| error.to_string())?;
    // All statuses of an operation share one schema, and a recorded one need not be documented.
    let schema = [200, 201].into_iter().find_map(|status| Schema::of_reply(operation, status)).ok_or("no schema")?;
    if schema.is_rows()
        && let Some(row) = rejected(operation, &payload.body).first()
    {
        return Err(row.to_string());
    }
    let comparison = compare(&payload.json(), &back, schema);
    if !comparison.lost.is_empty() {
        return Err(format!("lost {:?}", comparison.lost));
    }
    let dropped = comparison.unknown.iter().map(|path| format!("dropped, not described: {path}"));
    let extra = comparison.extra.iter().map(|path| format!("kept, not described: {path}"));
    Ok(["decoded".to_owned()].into_iter().chain(dropped).chain(extra).collect())
}

fn refuse(error: Error, payload: &Payload, is_success: bool) -> Result<Vec<String>, String> {
    let status = error.status().map(|status| status.as_u16());
    let can_say_why = !is_success && payload.format != "html";
    if status != Some(payload.status) {
        return Err(format!("another status: {error}"));
    }
    if is_success != error.is_unexpected_content_type() {
        return Err(format!("another kind of error: {error}"));
    }
    if can_say_why && error.plex_errors().is_empty() {
        return Err("no error could be read from it".to_owned());
    }
    Ok(vec![error.to_string()])
}
