//! Finds the refusals among the successful replies of a GraphQL service.

use jiff::Timestamp;
use reqwest::{Response, StatusCode, header::HeaderMap};

use super::{
    exchange::{FromResponse, Reply},
    retry_after::retry_after,
};
use crate::runtime::error::{Error, graphql_refusal, request_id};

/// A successful reply of a GraphQL service. A reply that lists errors is a refusal, so it is
/// retried and reported like one.
pub(super) struct Answer(pub(super) Reply);

impl FromResponse for Answer {
    async fn from_response(response: Response, limit: usize) -> Result<Self, Error> {
        let reply = Reply::from_response(response, limit).await?;
        match graphql_refusal(&reply.body) {
            Some(error) => Err(error
                .with_retry_after(retry_after(&reply.headers, Timestamp::now))
                .with_request_id(request_id(&reply.headers))),
            None => Ok(Self(reply)),
        }
    }

    fn head(&self) -> (StatusCode, &HeaderMap) {
        self.0.head()
    }
}
