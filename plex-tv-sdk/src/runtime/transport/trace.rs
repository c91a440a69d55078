//! One span for each call, with feature `tracing`: operation, method, path template, attempts,
//! status, duration, request id. It has the path template and not the path, because the path may
//! contain a PIN code.

use std::time::Duration;

use reqwest::{StatusCode, header::HeaderMap};

use crate::runtime::{clock::Clock, error::Error, operation::Operation};

/// The span of a call.
#[cfg(feature = "tracing")]
pub(super) struct Span<'a> {
    span: tracing::Span,
    clock: &'a dyn Clock,
    started: Duration,
}

/// A placeholder for builds without the feature.
#[cfg(not(feature = "tracing"))]
pub(super) struct Span<'a>(std::marker::PhantomData<&'a dyn Clock>);

#[cfg(not(feature = "tracing"))]
impl<'a> Span<'a> {
    pub(super) fn new(_: &Operation, _: &'a dyn Clock) -> Self {
        Self(std::marker::PhantomData)
    }

    pub(super) fn around<F: Future>(&self, call: F) -> F {
        call
    }

    pub(super) fn attempt(&self, _: u32) {}

    pub(super) fn retrying(&self, _: &Error, _: Duration) {}

    pub(super) fn succeeded(&self, _: (StatusCode, &HeaderMap)) {}

    pub(super) fn failed(&self, _: &Error) {}
}

#[cfg(feature = "tracing")]
impl<'a> Span<'a> {
    pub(super) fn new(operation: &Operation, clock: &'a dyn Clock) -> Self {
        use tracing::field::Empty;

        let span = tracing::info_span!(
            "plex_tv",
            operation = operation.id,
            method = operation.method.as_str(),
            path = operation.path,
            attempts = Empty,
            status = Empty,
            error = Empty,
            duration_ms = Empty,
            request_id = Empty,
        );
        Self { span, clock, started: clock.now() }
    }

    pub(super) fn around<F: Future>(&self, call: F) -> tracing::instrument::Instrumented<F> {
        tracing::Instrument::instrument(call, self.span.clone())
    }

    pub(super) fn attempt(&self, attempt: u32) {
        self.span.record("attempts", attempt);
    }

    /// Records a failed attempt that is followed by another.
    pub(super) fn retrying(&self, failure: &Error, pause: Duration) {
        let status = failure.status().map(|status| status.as_u16());
        let pause_ms = milliseconds(pause);
        self.span.in_scope(|| tracing::debug!(kind = ?failure.kind(), status, pause_ms, "trying again"));
    }

    pub(super) fn succeeded(&self, (status, headers): (StatusCode, &HeaderMap)) {
        self.ended(Some(status), crate::runtime::error::request_id(headers).as_deref());
    }

    pub(super) fn failed(&self, error: &Error) {
        self.span.record("error", tracing::field::debug(error.kind()));
        self.ended(error.status(), error.request_id());
    }

    fn ended(&self, status: Option<StatusCode>, request_id: Option<&str>) {
        if let Some(status) = status {
            self.span.record("status", status.as_u16());
        }
        if let Some(request_id) = request_id {
            self.span.record("request_id", request_id);
        }
        let duration = self.clock.now().saturating_sub(self.started);
        self.span.record("duration_ms", milliseconds(duration));
    }
}

#[cfg(feature = "tracing")]
fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
#[cfg(feature = "tracing")]
mod tests {
    use std::{
        pin::Pin,
        sync::{Arc, Mutex},
    };

    use plex_tv_sandbox::{Fault, Sandbox};
    use tracing::{Dispatch, subscriber::DefaultGuard};

    use super::*;
    use crate::{Client, ClientIdentity, Clock, Token};

    /// Keeps every span and event as text.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<String>>);

    impl tracing::field::Visit for Log {
        fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
            self.0.lock().unwrap().push_str(&format!("{field}={value:?} "));
        }
    }

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

    /// Records the spans and events of this thread until the returned values are dropped.
    fn recording(log: &Log) -> (DefaultGuard, Dispatch) {
        // With only one subscriber, a span that another thread reaches first would stay disabled,
        // because that thread has no subscriber.
        let second = Dispatch::new(Log::default());
        (tracing::subscriber::set_default(log.clone()), second)
    }

    /// A clock on which nothing takes any time.
    #[derive(Debug)]
    struct Impatient;

    impl Clock for Impatient {
        fn now(&self) -> Duration {
            Duration::ZERO
        }

        fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
            Box::pin(std::future::ready(()))
        }
    }

    async fn log_of_a_poll(fault: Option<Fault>) -> String {
        let sandbox = Sandbox::start().await.unwrap();
        fault.into_iter().for_each(|fault| sandbox.next("getToken", fault).unwrap());
        let identity = ClientIdentity::new("c0ffee-desk-01", "Example App", "1").unwrap();
        let token = Token::new("CANARY-TOKEN").unwrap();
        let client = Client::builder(identity).base_url(sandbox.url()).token(token).clock(Impatient).build().unwrap();
        let log = Log::default();

        let recording = recording(&log);
        let outcome = client.v2().get_token(7).code("CANARY-CODE").device_jwt("CANARY-JWT").send().await;
        drop(recording);

        assert!(outcome.is_err());
        let log = log.0.lock().unwrap();
        log.clone()
    }

    #[tokio::test]
    async fn a_call_is_a_span_without_secrets() {
        let log = log_of_a_poll(None).await;

        for part in [
            "operation=\"getToken\"",
            "path=\"/pins/{pinID}\"",
            "attempts=1",
            "status=404",
            "error=Refused",
            "duration_ms=0",
        ] {
            assert!(log.contains(part), "{part}: {log}");
        }
        assert!(!log.contains("CANARY"), "{log}");
    }

    #[cfg(feature = "trace-unknown")]
    #[tokio::test]
    async fn case_28_unknown_members_are_traced_by_name() {
        use crate::{
            Rows,
            runtime::wire::{Reading, read},
            v2::types::Resource,
        };

        let log = Log::default();
        let json = br#"[{"clientIdentifier":"a","newOne":"CANARY","connections":[{"newTwo":{"x":"CANARY"}}]}]"#;

        let recording = recording(&log);
        let reading = Reading { strict_rows: false, body_limit: 1024 };
        let (rows, unknown) = read::<Rows<Resource>>(json, reading).unwrap();
        unknown.trace("getDevices");
        drop(recording);

        assert_eq!(rows.len(), 1);
        let log = log.0.lock().unwrap();
        for part in ["operation=\"getDevices\"", "newOne", ".newTwo"] {
            assert!(log.contains(part), "{part}: {log}");
        }
        assert!(!log.contains("CANARY"), "{log}");
    }

    #[tokio::test]
    async fn a_failed_attempt_is_an_event_of_the_span() {
        let log = log_of_a_poll(Some(Fault::Status(503))).await;

        for part in ["trying again", "kind=Refused", "status=503", "pause_ms=", "attempts=2", "status=404"] {
            assert!(log.contains(part), "{part}: {log}");
        }
        assert!(!log.contains("CANARY"), "{log}");
    }
}
