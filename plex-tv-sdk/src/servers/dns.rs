//! Names to addresses, for the HTTP client below.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::PlexDirect;

/// Asks the system, but not for names under `plex.direct`: the address stands in the name, and a router with protection
/// against DNS rebinding would drop the answer.
#[derive(Debug)]
pub(crate) struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // reqwest puts the port of the URL in place of 0.
            let addresses: Vec<SocketAddr> = match name.as_str().parse::<PlexDirect>() {
                Ok(name) => vec![SocketAddr::new(name.address(), 0)],
                Err(_) => tokio::net::lookup_host((name.as_str(), 0)).await?.collect(),
            };
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}
