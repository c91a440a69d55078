//! Name resolution for the underlying HTTP client.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::PlexDirect;

/// Asks the system, except for names under `plex.direct`. Their address is in the name, and a
/// router with DNS rebinding protection would drop the answer.
#[derive(Debug)]
pub(crate) struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // reqwest replaces port 0 with the port of the URL.
            let addresses: Vec<SocketAddr> = match name.as_str().parse::<PlexDirect>() {
                Ok(name) => vec![SocketAddr::new(name.address(), 0)],
                Err(_) => tokio::net::lookup_host((name.as_str(), 0)).await?.collect(),
            };
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}
