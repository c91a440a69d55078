//! A tolerant, safe client for the Plex.tv cloud API. Unofficial, and not affiliated with Plex.
//!
//! [`Client`] is the entry point: [`Client::pin_login`] signs a user in, [`Client::servers`] finds
//! their servers, and [`Client::v2`] has every call of the account API. Every failure is an
//! [`Error`].
//!
//! ```no_run
//! # async fn example() -> Result<(), plex_tv_sdk::Error> {
//! use plex_tv_sdk::{Client, ClientIdentity};
//!
//! let identity = ClientIdentity::new("c0ffee-desk-01", "Example App", env!("CARGO_PKG_VERSION"))?;
//! let flow = Client::new(identity)?.pin_login().strong().start().await?;
//! println!("Open {}", flow.auth_url());
//!
//! let client = flow.wait().await?;
//! let devices = client.v2().get_devices().include_https(true).send().await?;
//! println!("{} servers and players", devices.len());
//! # Ok(())
//! # }
//! ```
//!
//! # What to call
//!
//! The [guides](guides) show whole programs: [signing in](guides::sign_in),
//! [a service that runs for months](guides::service), [sharing](guides::sharing),
//! [webhooks](guides::webhooks), [the watchlist](guides::watchlist),
//! [testing an app](guides::testing).
//!
//! | I want to … | call |
//! |---|---|
//! | sign a user in with a browser | [`Client::pin_login`] with [`strong`](PinLogin::strong), then [`PinFlow::wait`] |
//! | sign in from a web page and come back | [`PinLogin::forward_url`], then [`PinLogin::resume`] |
//! | sign in on a television | [`Client::pin_login`]; show [`PinFlow::code`] and [`PinFlow::link_url`] |
//! | approve the code of a television | [`Client::link_device`] |
//! | sign in by password, with a second factor | [`Client::sign_in`] |
#![cfg_attr(feature = "jwt", doc = "| get tokens that the client renews | [`PinLogin::device_key`] |")]
//! | stay signed in after a restart | [`ClientBuilder::store`] with a [`CredentialStore`] |
//! | check whether the token still works | [`Client::verify_token`] |
//! | sign out | [`Client::sign_out`] |
//! | find out who the user is | [`Client::account`] |
//! | list and revoke devices | [`Client::devices`] |
//! | list the servers of a user | [`Client::servers`] |
//! | reach a server | [`Server::connect`], then [`ServerConnection::uri`] and [`ServerConnection::access_token`] |
//! | list the users of a Home, and switch | [`Client::home_users`], [`Client::switch_home_user`] |
//! | share libraries | [`Server::share_with`], [`Share`] |
//! | see invites, shares and people | [`Client::sent_invites`], [`Client::received_invites`] |
//! | set webhooks | [`Client::webhooks`] |
#![cfg_attr(feature = "webhook", doc = "| receive a webhook | [`webhook::Event`] |")]
#![cfg_attr(feature = "discover", doc = "| read and change the watchlist | [`Client::watchlist`] |")]
#![cfg_attr(feature = "discover", doc = "| find a film by its IMDb id | [`Client::find`] |")]
#![cfg_attr(feature = "discover", doc = "| see the watchlists of friends | [`Client::community`] |")]
#![cfg_attr(feature = "jwt", doc = "| check a Plex JWT on a server | [`Client::jwt_verifier`] |")]
//! | send a call that this crate does not have | [`v2::Api::call`] |
//! | change time limits, retries or the HTTP client | [`ClientBuilder`] |
//! | test an app without plex.tv | [`plex-tv-sandbox`](https://docs.rs/plex-tv-sandbox), [`Client::for_tests`] |
//!
//! # Features
//!
//! | feature | default | what it does |
//! |---|---|---|
//! | `discover` | yes | Discover and the metadata providers: `client.discover()` |
//! | `epg` | yes | Live TV, its guide and favourite channels: `client.epg()` |
//! | `together` | yes | rooms of Watch Together: `client.together()` |
//! | `notifications` | yes | push messages to the mobile apps: `client.notifications()` |
//! | `jwt` | yes | device keys and Plex JWTs |
//! | `v1` | yes | the older calls, mostly XML: `client.v1()` |
//! | `rustls` | yes | TLS by rustls, with the operating system's root certificates |
//! | `native-tls` | no | TLS by the operating system's library |
//! | `file-store` | no | credentials in a file: `FileStore` |
//! | `keyring` | no | credentials in the system's keychain: `KeyringStore` |
//! | `qr` | no | the PIN's address as a QR code in text: `PinFlow::qr_text` |
//! | `tracing` | no | one span per call, without secrets |
//! | `trace-unknown` | no | reports the names of unknown members of replies to `tracing` |
//! | `schemars` | no | `JsonSchema` on the generated types |
//! | `codegen` | no | generates the client at build time |
//! | `webhook` | no | reads the events that plex.tv posts: `webhook::Event` |
//! | `axum` | no | `webhook::Event` as an argument of handlers |
//! | `unstable` | no | operations of low confidence; they may change in any release |
//!
//! # Calls
//!
//! A generated call takes its required values as arguments and its optional ones through setters.
//! `send` returns the value. `send_with_response` returns it with the status and the headers. Every
//! setter has a `maybe_` variant that takes an `Option`. A call owns what it needs: it can be kept,
//! cloned and spawned.
//!
//! ```no_run
//! # async fn example(client: plex_tv_sdk::Client, pin_code: Option<String>) -> Result<(), plex_tv_sdk::Error> {
//! use plex_tv_sdk::v2::types::{
//!     CreateSharedServerBody, Libraries, SetUserWebhooksBody, SharingSettings,
//! };
//!
//! // An optional value needs no `if`.
//! let pin = client.v2().get_token(42).maybe_code(pin_code).send().await?;
//! println!("{} approved: {}", pin.id, pin.auth_token.is_some());
//!
//! // The value is owned: its members can be moved out.
//! let user = client.v2().get_user_details().send().await?;
//! println!("{}", plex_tv_sdk::printable(&user.title.unwrap_or_default()));
//!
//! // A request body is its own builder. A nested body is passed as it is.
//! let body = CreateSharedServerBody::new("0123456789abcdef", Libraries::these([5, 7]))
//!     .invited_email("friend@example.com")
//!     .settings(SharingSettings::new().allow_sync(true));
//! client.v2().create_shared_server(body).send().await?;
//! let hooks = SetUserWebhooksBody::new(["https://example.com/plex"]);
//! client.v2().set_user_webhooks(hooks).send().await?;
//!
//! // A call can be kept, and sent from any task.
//! let ping = client.v2().ping();
//! # #[cfg(not(target_arch = "wasm32"))]
//! let task = tokio::spawn(ping.clone().send());
//! ping.send().await?;
//! # Ok(())
//! # }
//! ```
//!
//! A missing argument is a compile error:
//!
//! ```compile_fail,E0061
//! # fn example(client: plex_tv_sdk::Client) {
//! let call = client.v2().get_token();
//! # }
//! ```
//!
//! | description | client | module |
//! |---|---|---|
//! | account API | [`Client::v2`] | [`v2`] |
#![cfg_attr(feature = "v1", doc = "| older account API | [`Client::v1`] | [`v1`] |")]
#![cfg_attr(feature = "discover", doc = "| Discover and metadata | [`Client::discover`] | [`discover`] |")]
#![cfg_attr(feature = "epg", doc = "| Live TV | [`Client::epg`] | [`epg`] |")]
#![cfg_attr(feature = "together", doc = "| Watch Together | [`Client::together`] | [`together`] |")]
#![cfg_attr(feature = "notifications", doc = "| push messages | [`Client::notifications`] | [`notifications`] |")]
//!
//! # How replies are read
//!
//! plex.tv adds members to its replies. It sends numbers as text, and booleans as 0 and 1.
//! Generated types have plain Rust fields and take any scalar that converts. Unknown values of an
//! enum are kept as `Other`. Members that the description does not name are in `extra`, if the type
//! has that field. In most lists, a bad row is set aside: see [`Rows`]. A value that does not
//! convert is an error with its JSON path.
//!
//! [`Pages`] walks a paged list to its end. A failure on the way is an error, not a shorter list.
//!
//! # Reaching a server
//!
//! [`Server::connect`] tries all connections at once and returns the best one that answers, with
//! the token to send there. [`PlexDirect`] names do not resolve behind some routers: see
//! [`Server::direct_addresses`].
//!
//! ```no_run
//! # async fn example(server: plex_tv_sdk::Server) -> Result<(), Box<dyn std::error::Error>> {
//! use plex_tv_sdk::reqwest;
//!
//! let connection = server.connect().await?;
//! let request = reqwest::Client::new().get(format!("{}/library/sections", connection.uri()));
//! let reply = request.header("X-Plex-Token", connection.access_token().expose()).send().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # In a browser
//!
//! The crate compiles for `wasm32-unknown-unknown`, without the features `file-store` and
//! `keyring`. A browser follows redirects itself and sends the token along. It makes its own
//! connections and keeps its own `User-Agent`. The time limits, size limits, pauses and retries of
//! [`ClientBuilder`] apply there, too.
#![warn(missing_docs)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod account;
mod auth;
mod client;
#[cfg(feature = "discover")]
pub mod community;
mod generated;
pub mod guides;
mod home;
mod hosts;
mod identity;
mod paging;
mod runtime;
mod servers;
mod sharing;
#[cfg(feature = "discover")]
mod watchlist;
mod webhooks;

pub use account::{Account, Device};
#[cfg(feature = "file-store")]
pub use auth::FileStore;
#[cfg(feature = "keyring")]
pub use auth::KeyringStore;
#[cfg(feature = "jwt")]
pub use auth::{Claims, DeviceKey, JwtVerifier, Scope, Scopes};
pub use auth::{
    CredentialStore, Credentials, MemoryStore, PasswordSignIn, PinFlow, PinLogin, PinPoll, PinProgress, PinStatus,
    PinWait, SignIn, TokenCheck, TwoFactorRequired, store_error,
};
pub use client::{Client, ClientBuilder};
#[cfg(feature = "discover")]
pub use generated::discover;
#[cfg(feature = "epg")]
pub use generated::epg;
#[cfg(feature = "notifications")]
pub use generated::notifications;
#[cfg(feature = "together")]
pub use generated::together;
#[cfg(feature = "v1")]
pub use generated::v1;
pub use generated::v2;
pub use home::{HomeMember, HomeUuid, ManagedUserChange, NewManagedUser};
pub use identity::ClientIdentity;
pub use jiff::Timestamp;
pub use reqwest;
pub use runtime::clock::{Clock, SystemClock};
#[cfg(feature = "conform")]
pub use runtime::conform::{Reread, redacted_body, reread_error, reread_retry_after, xml_as_json};
pub use runtime::error::{Error, ErrorKind, PlexCode, PlexError};
#[cfg(feature = "discover")]
pub use runtime::items::Items;
pub use runtime::operation::{Auth, Method, Operation, Parameter, Place, Proof};
pub use runtime::pages::{Page, Paged, Pages};
pub use runtime::printable::printable;
pub use runtime::response::{ByteStream, Response};
pub use runtime::secret::{Secret, Token};
pub use runtime::transport::{Call, RetryPolicy};
pub use runtime::wire::{Choice, Extra, Flag, Nullable, RejectedRow, Rows};
pub use servers::{Connect, ConnectProgress, ConnectionKind, PlexDirect, Server, ServerConnection};
#[cfg(feature = "v1")]
pub use sharing::Person;
pub use sharing::{
    ChangeSettings, Filter, Invitee, Libraries, Library, Media, ReceivedShare, SavedLibraries, SavedShare, Share,
    ShareBackup, ShareChange, ShareOutcome, ShareWith, Tuners,
};
#[cfg(feature = "discover")]
pub use watchlist::{ExternalId, ItemId, Kind, Search, Watchlist, WatchlistSort};
pub use webhooks::Webhooks;
#[cfg(feature = "webhook")]
pub use webhooks::receive as webhook;

/// Compiles the programs of the README as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
