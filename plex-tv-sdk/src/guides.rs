//! Guides to the common tasks of an app, from the first line to error handling.
//!
//! The programs here are compiled as tests. Those that start a sandbox also run, against the
//! made-up people and servers of [`plex-tv-sandbox`](https://docs.rs/plex-tv-sandbox).

#[doc = include_str!("../guides/sign-in.md")]
pub mod sign_in {}
#[doc = include_str!("../guides/service.md")]
pub mod service {}
#[doc = include_str!("../guides/sharing.md")]
pub mod sharing {}
#[doc = include_str!("../guides/testing.md")]
pub mod testing {}
#[cfg(feature = "discover")]
#[doc = include_str!("../guides/watchlist.md")]
pub mod watchlist {}
#[cfg(all(feature = "discover", feature = "webhook"))]
#[doc = include_str!("../guides/webhooks.md")]
pub mod webhooks {}
