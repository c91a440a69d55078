use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::watch;

use crate::builder::Builder;
use crate::data::{ACCOUNT, ACCOUNT_TOKEN};
use crate::fault::Fault;
use crate::host::Host;
use crate::media_server::MediaServer;
use crate::operation::UnknownOperation;
use crate::pin::Pin;
use crate::request::Request;
use crate::state::{Answer, Shared, Verdict};
use crate::webhook::{self, Delivery, Event};

/// A running local plex.tv. It lives in background tasks of the current tokio runtime and stops
/// when dropped.
///
/// # Example
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use plex_tv_sandbox::Sandbox;
///
/// let sandbox = Sandbox::start().await?;
/// println!("sign in at {} with {}", sandbox.url(), sandbox.token());
/// # Ok(())
/// # }
/// ```
pub struct Sandbox {
    pub(crate) shared: Arc<Shared>,
    /// The servers stop when this is dropped.
    pub(crate) _stop: watch::Sender<()>,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sandbox").field("url", &self.shared.url).finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Starts a sandbox on a free port of the loopback interface.
    ///
    /// # Errors
    ///
    /// Fails if no port can be opened, or if the system cannot generate a random signing key.
    ///
    /// # Example
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let sandbox = plex_tv_sandbox::Sandbox::start().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Returns a builder, to start a sandbox with other settings.
    ///
    /// # Example
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// use std::time::Duration;
    ///
    /// let sandbox = plex_tv_sandbox::Sandbox::builder()
    ///     .pin_lifetime(Duration::from_secs(5))
    ///     .approve_after(Some(Duration::from_secs(1)))
    ///     .start()
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The address, without a trailing slash. Use it in place of `https://plex.tv` and
    /// `https://app.plex.tv`.
    ///
    /// # Example
    ///
    /// ```
    /// # async fn f(sandbox: plex_tv_sandbox::Sandbox) {
    /// let user = format!("{}/api/v2/user", sandbox.url());
    /// # }
    /// ```
    #[must_use]
    pub fn url(&self) -> &str {
        &self.shared.url
    }

    /// Returns the base address of a host, without a trailing slash. For `plex.tv` it is
    /// [`Sandbox::url`].
    ///
    /// # Example
    ///
    /// ```
    /// # async fn f(sandbox: plex_tv_sandbox::Sandbox) {
    /// use plex_tv_sandbox::Host;
    ///
    /// let watchlist = format!("{}/library/sections/watchlist/all", sandbox.url_of(Host::Discover));
    /// # }
    /// ```
    #[must_use]
    pub fn url_of(&self, host: Host) -> String {
        self.shared.url_of(host)
    }

    /// A token of the built-in account, valid from the start until it is signed out.
    ///
    /// # Example
    ///
    /// ```
    /// # async fn f(sandbox: plex_tv_sandbox::Sandbox) {
    /// assert_eq!(sandbox.token().len(), 20);
    /// # }
    /// ```
    #[must_use]
    pub fn token(&self) -> &str {
        ACCOUNT_TOKEN
    }

    /// Returns the token that an account has from the start. [`EMAIL`](crate::EMAIL),
    /// [`FRIEND_EMAIL`](crate::FRIEND_EMAIL) and the accounts of [`Builder::account`] have one
    /// until it is signed out.
    ///
    /// # Example
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let sandbox = plex_tv_sandbox::Sandbox::start().await?;
    /// assert!(sandbox.token_of(plex_tv_sandbox::FRIEND_EMAIL).is_some());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn token_of(&self, email: &str) -> Option<String> {
        let state = self.shared.state();
        let person = state.people.by_login(email)?;
        state.access.sessions.granted(person.id).map(String::from)
    }

    /// The fake media servers behind the resources.
    ///
    /// # Example
    ///
    /// ```
    /// # async fn f(sandbox: plex_tv_sandbox::Sandbox) {
    /// assert!(sandbox.servers().len() >= 3);
    /// # }
    /// ```
    #[must_use]
    pub fn servers(&self) -> &[MediaServer] {
        &self.shared.servers
    }

    /// Approves a PIN for the built-in account, as the user would. Returns false if no such PIN is
    /// pending. The id can be any integer, such as the `u64` of [`Pin::id`], or a `&PinFlow` of
    /// `plex-tv-sdk`.
    ///
    /// # Example
    ///
    /// ```
    /// # async fn f(sandbox: plex_tv_sandbox::Sandbox) {
    /// let approved = sandbox.pins().iter().all(|pin| sandbox.approve(pin.id));
    /// # }
    /// ```
    pub fn approve(&self, pin_id: impl TryInto<u64>) -> bool {
        self.answer(pin_id, Answer::Approve(ACCOUNT))
    }

    /// Approves a PIN for another account. Returns false if there is no such account or no such
    /// pending PIN.
    ///
    /// # Example
    ///
    /// ```
    /// # async fn f(sandbox: plex_tv_sandbox::Sandbox, pin_id: i64) {
    /// let approved = sandbox.approve_as(plex_tv_sandbox::FRIEND_EMAIL, pin_id);
    /// # }
    /// ```
    pub fn approve_as(&self, email: &str, pin_id: impl TryInto<u64>) -> bool {
        let account = self.shared.state().people.by_login(email).map(|person| person.id);
        account.is_some_and(|account| self.answer(pin_id, Answer::Approve(account)))
    }

    fn answer(&self, pin_id: impl TryInto<u64>, answer: Answer) -> bool {
        pin_id.try_into().is_ok_and(|id| self.shared.answer_id(id, answer) == Verdict::Done)
    }

    /// Denies a PIN, as the user would. Returns false if no such PIN is pending.
    ///
    /// # Example
    ///
    /// ```
    /// # async fn f(sandbox: plex_tv_sandbox::Sandbox) {
    /// assert!(!sandbox.deny(404));
    /// # }
    /// ```
    pub fn deny(&self, pin_id: impl TryInto<u64>) -> bool {
        self.answer(pin_id, Answer::Deny)
    }

    /// Makes a PIN expire now. Returns false if no such PIN is pending.
    ///
    /// # Example
    ///
    /// ```
    /// # async fn f(sandbox: plex_tv_sandbox::Sandbox) {
    /// assert!(!sandbox.expire(404));
    /// # }
    /// ```
    pub fn expire(&self, pin_id: impl TryInto<u64>) -> bool {
        pin_id.try_into().is_ok_and(|id| self.shared.expire(id))
    }

    /// Advances the clock of the sandbox, rounding up to whole seconds. PINs, nonces and JWTs age
    /// at once. The clock also follows tokio's clock. The `Date` header of every reply shows its
    /// time.
    ///
    /// # Example
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// # use std::time::Duration;
    /// let sandbox = plex_tv_sandbox::Sandbox::start().await?;
    /// let before = sandbox.now();
    ///
    /// sandbox.advance(Duration::from_secs(7 * 24 * 60 * 60));
    ///
    /// assert!(sandbox.now() > before);
    /// # Ok(())
    /// # }
    /// ```
    pub fn advance(&self, by: Duration) {
        self.shared.clock.advance(by);
    }

    /// The time of the sandbox's clock, in whole seconds.
    ///
    /// # Example
    ///
    /// ```
    /// # async fn f(sandbox: plex_tv_sandbox::Sandbox) {
    /// let now = sandbox.now();
    /// # }
    /// ```
    #[must_use]
    pub fn now(&self) -> SystemTime {
        self.shared.clock.system_time()
    }

    /// Signs Plex JWTs with a new key from now on. The old key stays published for as long as a JWT
    /// signed by it can be valid.
    ///
    /// # Errors
    ///
    /// Fails if the system cannot generate a random key.
    ///
    /// # Example
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let sandbox = plex_tv_sandbox::Sandbox::start().await?;
    /// sandbox.rotate_signing_key()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn rotate_signing_key(&self) -> io::Result<()> {
        self.shared.rotate_signing_key()
    }

    /// Removes an installation from the devices of every account, as the user would. Its tokens
    /// end. If it had a key, all its keys, old and new, are refused with code 1097 from then on.
    /// Returns false if no account has signed in on it.
    ///
    /// # Example
    ///
    /// ```
    /// # async fn f(sandbox: plex_tv_sandbox::Sandbox) {
    /// assert!(!sandbox.remove_device("never-seen"));
    /// # }
    /// ```
    pub fn remove_device(&self, client_identifier: &str) -> bool {
        self.shared.remove_devices(|device| device.client_identifier() == client_identifier)
    }

    /// The last 10,000 PINs that were created, oldest first.
    ///
    /// # Example
    ///
    /// ```
    /// # async fn f(sandbox: plex_tv_sandbox::Sandbox) {
    /// let newest = sandbox.pins().pop();
    /// # }
    /// ```
    #[must_use]
    pub fn pins(&self) -> Vec<Pin> {
        self.shared.pins()
    }

    /// The last 10,000 requests that were answered, oldest first. Media servers keep no log.
    ///
    /// # Example
    ///
    /// ```
    /// # async fn f(sandbox: plex_tv_sandbox::Sandbox) {
    /// for request in sandbox.requests() {
    ///     println!("{} {} -> {:?}", request.method, request.path, request.status);
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests()
    }

    /// Scripts a fault for the next call of an operation. Several faults for one operation happen
    /// in order.
    ///
    /// # Errors
    ///
    /// Fails if the sandbox serves no operation with that name. The error suggests a similar name
    /// if there is one. See [`operations`].
    ///
    /// [`operations`]: crate::operations
    ///
    /// # Example
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use plex_tv_sandbox::{Fault, Sandbox};
    ///
    /// let sandbox = Sandbox::start().await?;
    /// sandbox.next("getToken", Fault::Status(503))?;
    /// sandbox.next("getToken", Fault::Hangup)?;
    ///
    /// let error = sandbox.next("getTokne", Fault::Html).unwrap_err();
    /// assert_eq!(error.to_string(), "the sandbox serves no operation `getTokne`; did you mean `getToken`?");
    /// # Ok(())
    /// # }
    /// ```
    pub fn next(&self, operation: &str, fault: Fault) -> Result<(), UnknownOperation> {
        self.shared.script(UnknownOperation::check(operation)?, fault);
        Ok(())
    }

    /// Scripts a fault for every call of an operation. Faults of [`Sandbox::next`] come first.
    /// `None` removes the fault.
    ///
    /// # Errors
    ///
    /// Fails if the sandbox serves no operation with that name.
    ///
    /// # Example
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use plex_tv_sandbox::{Fault, Sandbox};
    ///
    /// let sandbox = Sandbox::start().await?;
    /// sandbox.always("ping", Fault::Status(503))?;
    /// sandbox.always("ping", None)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn always(&self, operation: &str, fault: impl Into<Option<Fault>>) -> Result<(), UnknownOperation> {
        self.shared.script_always(UnknownOperation::check(operation)?, fault.into());
        Ok(())
    }

    /// Posts an event as multipart/form-data to the webhooks of all accounts, as a media server
    /// would. Only loopback addresses are called. Other addresses are returned without a status.
    ///
    /// # Example
    ///
    /// ```
    /// # async fn f(sandbox: plex_tv_sandbox::Sandbox) {
    /// let deliveries = sandbox.deliver("media.play").await;
    /// assert!(deliveries.iter().all(|delivery| delivery.status == Some(200)));
    /// # }
    /// ```
    pub async fn deliver(&self, event: impl Into<Event>) -> Vec<Delivery> {
        let urls = self.shared.state().preferences.webhooks();
        webhook::deliver(&event.into(), urls).await
    }
}
