//! The hosts of a description.

use std::{fmt, sync::Arc};

use super::{
    request::{Call, Request},
    settings::Transport,
};
use crate::runtime::operation::Operation;

/// The hosts of one description, each with its own transport.
#[derive(Clone)]
pub(crate) struct Hosts(Arc<[Transport]>);

impl Hosts {
    pub(crate) fn new(transports: impl Iterator<Item = Transport>) -> Self {
        Self(transports.collect())
    }

    /// Starts the request of a generated call.
    pub(crate) fn request(&self, operation: &'static Operation) -> Request {
        Request::new(self.0.get(operation.host), *operation)
    }

    /// Starts the request of an operation that is in no description.
    pub(crate) fn call(&self, operation: Operation) -> Call {
        Call::new(Request::new(self.0.get(operation.host), operation))
    }
}

impl fmt::Debug for Hosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use reqwest::{Url, header::HeaderMap};

    use super::*;
    use crate::runtime::{
        clock::SystemClock,
        secret::Token,
        transport::{Limits, Settings},
    };

    #[test]
    fn debug_hides_the_token() {
        let token = Token::new("CANARY").unwrap();
        let (http, clock) = (reqwest::Client::new(), Arc::new(SystemClock));
        let settings = Settings::new(http, HeaderMap::new(), Some(token), Limits::default(), clock);
        let transport = Transport::new(Arc::new(settings), Url::parse("https://plex.example").unwrap());

        let shown = format!("{:?}", Hosts::new([transport].into_iter()));

        assert!(shown.contains("[redacted]") && !shown.contains("CANARY"), "{shown}");
    }
}
