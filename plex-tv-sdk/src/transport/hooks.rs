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

    /// Keeps every span and event as text.
    #[cfg(feature = "tracing")]
    #[derive(Clone, Default)]
    struct Log(std::sync::Arc<std::sync::Mutex<String>>);

    #[cfg(feature = "tracing")]
    impl tracing::field::Visit for Log {
        fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
            self.0.lock().unwrap().push_str(&format!("{field}={value:?} "));
        }
    }

    #[cfg(feature = "tracing")]
    impl tracing::Subscriber for Log {
        fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
            true
        }

        fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
            span.record(&mut self.clone());
            tracing::span::Id::from_u64(1)
        }

        fn record(&self, _: &tracing::span::Id, values: &tracing::span::Record<'_>) {
            values.record(&mut self.clone());
        }

        fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

        fn event(&self, event: &tracing::Event<'_>) {
            event.record(&mut self.clone());
        }

        fn enter(&self, _: &tracing::span::Id) {}

        fn exit(&self, _: &tracing::span::Id) {}
    }

    #[cfg(feature = "tracing")]
    #[tokio::test]
    async fn a_call_is_a_span_without_secrets() {
        use generated::plex_tv::ClientAuthenticationExt as _;

        let sandbox = plex_tv_sandbox::Sandbox::start().await.unwrap();
        let identity = crate::ClientIdentity::new("c0ffee-desk-01", "Example App", "1").unwrap();
        let token = crate::Token::new("CANARY-TOKEN").unwrap();
        let client = crate::Client::builder(identity).base_url(sandbox.url()).token(token).build().unwrap();
        let log = Log::default();

        let guard = tracing::subscriber::set_default(log.clone());
        let outcome = client.plex_tv().get_token().pin_id(7).code("CANARY-CODE").device_jwt("CANARY-JWT").send().await;
        drop(guard);

        assert!(outcome.is_err());
        let log = log.0.lock().unwrap();
        assert!(log.contains("operation=\"getToken\"") && log.contains("path=\"/pins/{pinID}\""), "{log}");
        assert!(log.contains("status=404"), "{log}");
        assert!(!log.contains("CANARY"), "{log}");
    }
}
