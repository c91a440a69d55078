//! How to do what apps do, from the first line to what goes wrong.
//!
//! The programs here compile. Those that begin with a sandbox also run, on the
//! [`plex-tv-sandbox`](https://docs.rs/plex-tv-sandbox), whose people and servers are made up.

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
