//! Queries to the GraphQL service, and its rate limit.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use crate::{
    Client, Error,
    hosts::COMMUNITY,
    runtime::{Hosts, Method, Operation, wire::Slot},
};

/// The shortest time between two queries. The service answers 429 to clients that page without
/// pauses.
const SPACING: Duration = Duration::from_millis(500);

/// A query. Its name is that of its operation.
pub(super) struct Query {
    pub(super) operation: Operation,
    pub(super) text: &'static str,
}

impl Query {
    /// A query only reads, so it is safe to retry.
    pub(super) const fn new(name: &'static str, text: &'static str) -> Self {
        Self { operation: Operation::new(name, Method::Post, "/api").tag("Community").safe_to_retry(true), text }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    query: &'a str,
    variables: &'a Value,
    operation_name: &'a str,
}

/// The service for one client, with pauses between queries. Longer pauses of the client are kept.
pub(super) fn service(client: &Client) -> Hosts {
    client.hosts_with(&[COMMUNITY], |settings| settings.limits.spacing = settings.limits.spacing.max(SPACING))
}

/// Sends a query and reads its reply.
pub(super) async fn send<T: Slot>(service: &Hosts, query: &'static Query, variables: &Value) -> Result<T, Error> {
    let body = Body { query: query.text, variables, operation_name: query.operation.id };
    let reply = service.request(&query.operation).json(Some(&body)).send_graphql().await?;
    Ok(reply.into_value())
}
