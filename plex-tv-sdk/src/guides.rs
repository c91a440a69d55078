//! Guides: what to call for a task, and what to know about it.

#[cfg(feature = "discover")]
#[doc = include_str!("../guides/watchlist.md")]
pub mod watchlist {}

#[cfg(all(feature = "discover", feature = "webhook"))]
#[doc = include_str!("../guides/webhooks.md")]
pub mod webhooks {}
