//! The generated clients call these before and while a request is sent.

use progenitor_client::{ClientHooks, ClientInfo as _, OperationInfo};
use reqwest::{Request, Response};

use super::Transport;
use crate::{Operation, generated};

/// The row of a generated method in the table of its description, which is sorted by method name.
fn find(operations: &'static [Operation], rust_name: &str) -> Option<&'static Operation> {
    let index = operations.binary_search_by(|operation| operation.rust_name.cmp(rust_name)).ok()?;
    operations.get(index)
}

macro_rules! hooks {
    ($module:ident) => {
        impl ClientHooks<Transport> for generated::$module::Client {
            async fn pre<E>(
                &self,
                request: &mut Request,
                info: &OperationInfo,
            ) -> Result<(), progenitor_client::Error<E>> {
                self.inner().sign(request, find(generated::$module::OPERATIONS, info.operation_id));
                Ok(())
            }

            async fn exec(&self, request: Request, info: &OperationInfo) -> reqwest::Result<Response> {
                let operation = find(generated::$module::OPERATIONS, info.operation_id);
                traced(operation, self.inner().send(self.client(), request, operation)).await
            }
        }
    };
}

hooks!(plex_tv);
#[cfg(feature = "v1")]
hooks!(plex_tv_v1);
#[cfg(feature = "discover")]
hooks!(discover);

#[cfg(not(feature = "tracing"))]
async fn traced(
    _: Option<&'static Operation>,
    send: impl Future<Output = reqwest::Result<Response>>,
) -> reqwest::Result<Response> {
    send.await
}

/// One span for each call. It names the path template, never the path: that may hold a PIN code.
#[cfg(feature = "tracing")]
async fn traced(
    operation: Option<&'static Operation>,
    send: impl Future<Output = reqwest::Result<Response>>,
) -> reqwest::Result<Response> {
    use tracing::Instrument as _;

    let span = tracing::info_span!(
        "plex_tv",
        operation = operation.map(|operation| operation.id),
        method = operation.map(|operation| operation.method),
        path = operation.map(|operation| operation.path),
        status = tracing::field::Empty,
    );
    let outcome = send.instrument(span.clone()).await;
    match &outcome {
        Ok(response) => {
            span.record("status", response.status().as_u16());
        }
        Err(error) => {
            let (timeout, connect) = (error.is_timeout(), error.is_connect());
            span.in_scope(|| tracing::warn!(timeout, connect, "no reply"));
        }
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_found_by_its_method_name() {
        let tables = [
            generated::plex_tv::OPERATIONS,
            #[cfg(feature = "v1")]
            generated::plex_tv_v1::OPERATIONS,
            #[cfg(feature = "discover")]
            generated::discover::OPERATIONS,
        ];
        for table in tables {
            assert!(table.iter().all(|operation| find(table, operation.rust_name) == Some(operation)));
        }
    }
}
