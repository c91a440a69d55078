use std::fmt;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::data::{ACCOUNT, ACCOUNT_TOKEN, SERVERS};
use crate::fault::Fault;
use crate::media_server::MediaServer;
use crate::pin::Pin;
use crate::routes;
use crate::state::{Answer, Options, Request, Shared, Verdict};

/// A running plex.tv of your own. It lives in background tasks of the current tokio runtime and stops when dropped.
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
    shared: Arc<Shared>,
    /// The servers stop when this is dropped.
    _stop: watch::Sender<()>,
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
    /// When no port can be opened.
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

    /// Starts with other than the usual settings.
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

    /// The address, without a slash at the end: stands for `https://plex.tv` and for `https://app.plex.tv`.
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

    /// A token of the built-in account, valid from the start until something signs it out.
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

    /// Approves a PIN for the built-in account, as the user would. False when no such PIN was pending.
    ///
    /// # Example
    ///
    /// ```
    /// # async fn f(sandbox: plex_tv_sandbox::Sandbox) {
    /// let approved = sandbox.pins().iter().all(|pin| sandbox.approve(pin.id));
    /// # }
    /// ```
    pub fn approve(&self, pin_id: u64) -> bool {
        self.shared.answer_id(pin_id, Answer::Approve(&ACCOUNT)) == Verdict::Done
    }

    /// Refuses a PIN, as the user would. False when no such PIN was pending.
    ///
    /// # Example
    ///
    /// ```
    /// # async fn f(sandbox: plex_tv_sandbox::Sandbox) {
    /// assert!(!sandbox.deny(404));
    /// # }
    /// ```
    pub fn deny(&self, pin_id: u64) -> bool {
        self.shared.answer_id(pin_id, Answer::Deny) == Verdict::Done
    }

    /// Ends the time of a PIN now. False when no such PIN was pending.
    ///
    /// # Example
    ///
    /// ```
    /// # async fn f(sandbox: plex_tv_sandbox::Sandbox) {
    /// assert!(!sandbox.expire(404));
    /// # }
    /// ```
    pub fn expire(&self, pin_id: u64) -> bool {
        self.shared.expire(pin_id)
    }

    /// Turns the clock of the sandbox ahead, rounding up to whole seconds: PINs, nonces and JWTs grow older at once.
    /// It also follows tokio's clock. The header `Date` of every answer tells its time.
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

    /// The time by the clock of the sandbox, in whole seconds.
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

    /// Signs Plex JWTs with a new key from now on. The old one stays published for as long as a JWT signed by it may
    /// live.
    ///
    /// # Errors
    ///
    /// When the system gives no random key.
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

    /// Removes an installation from the devices of every account, as the user would: its tokens end, and if it had a
    /// key, that and every other key is refused with code 1097 from then on. False when no account had signed in on it.
    ///
    /// # Example
    ///
    /// ```
    /// # async fn f(sandbox: plex_tv_sandbox::Sandbox) {
    /// assert!(!sandbox.remove_device("never-seen"));
    /// # }
    /// ```
    pub fn remove_device(&self, client_identifier: &str) -> bool {
        self.shared.remove_devices(|device| device.client_identifier == client_identifier)
    }

    /// The PINs created so far, oldest first; the last 10,000.
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

    /// The requests answered so far, oldest first; the last 10,000. Media servers keep no log.
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

    /// Scripts a fault for the next call of an operation; several for one operation happen one after the other.
    /// False, and nothing scripted, when the sandbox serves no operation of that name (see [`operations`]).
    ///
    /// [`operations`]: crate::operations
    ///
    /// # Example
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// use plex_tv_sandbox::{Fault, Sandbox};
    ///
    /// let sandbox = Sandbox::start().await?;
    /// assert!(sandbox.next("getToken", Fault::Status(503)));
    /// assert!(sandbox.next("getToken", Fault::Hangup));
    /// assert!(!sandbox.next("getTokne", Fault::Html));
    /// # Ok(())
    /// # }
    /// ```
    pub fn next(&self, operation: &str, fault: Fault) -> bool {
        let known = routes::operations().find(|known| *known == operation);
        if let Some(operation) = known {
            self.shared.script(operation, fault);
        }
        known.is_some()
    }
}

/// Settings of a [`Sandbox`] before it starts.
///
/// # Example
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let sandbox = plex_tv_sandbox::Builder::default().port(0).start().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Builder {
    port: u16,
    options: Options,
}

impl Builder {
    /// The port to listen on; 0, the default, takes a free one.
    ///
    /// ```
    /// let builder = plex_tv_sandbox::Sandbox::builder().port(8080);
    /// ```
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// How long PINs live, both kinds; without it 1800 s for strong PINs and 900 s for the others.
    /// More than a year counts as a year.
    ///
    /// ```
    /// # use std::time::Duration;
    /// let builder = plex_tv_sandbox::Sandbox::builder().pin_lifetime(Duration::from_secs(3));
    /// ```
    #[must_use]
    pub fn pin_lifetime(mut self, lifetime: Duration) -> Self {
        const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
        self.options.pin_lifetime = Some(lifetime.min(YEAR));
        self
    }

    /// Approves every pending PIN by itself once it is this old. `None`, the default, leaves it to a person or to
    /// [`Sandbox::approve`].
    ///
    /// ```
    /// # use std::time::Duration;
    /// let builder = plex_tv_sandbox::Sandbox::builder().approve_after(Some(Duration::from_secs(1)));
    /// ```
    #[must_use]
    pub fn approve_after(mut self, after: Option<Duration>) -> Self {
        self.options.approve_after = after;
        self
    }

    /// Answers 429 with code 1003 to those who create PINs, poll, ask for nonces, swap JWTs or switch home users too
    /// often, by the clock of the sandbox. Off without it: tests are hasty.
    ///
    /// ```
    /// let builder = plex_tv_sandbox::Sandbox::builder().rate_limits(true);
    /// ```
    #[must_use]
    pub fn rate_limits(mut self, on: bool) -> Self {
        self.options.rate_limits = on;
        self
    }

    /// Lets a Plex JWT do all that an older token does, as Plex's own text promises. Without it the sandbox does what
    /// was reported of plex.tv: home users cannot be switched with a JWT (403), and the list of resources gives the JWT
    /// itself for owned servers, which then refuse it.
    ///
    /// ```
    /// let builder = plex_tv_sandbox::Sandbox::builder().jwt_everywhere(true);
    /// ```
    #[must_use]
    pub fn jwt_everywhere(mut self, on: bool) -> Self {
        self.options.jwt_everywhere = on;
        self
    }

    /// Starts the sandbox in the current tokio runtime.
    ///
    /// # Errors
    ///
    /// When the port cannot be opened, or the system gives no random key to sign with.
    ///
    /// # Example
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let sandbox = plex_tv_sandbox::Sandbox::builder().start().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn start(self) -> io::Result<Sandbox> {
        let (stop, stopped) = watch::channel(());
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await?;
        let url = format!("http://127.0.0.1:{}", listener.local_addr()?.port());

        let mut servers = Vec::with_capacity(SERVERS.len());
        for facts in &SERVERS {
            let (server, listener) = MediaServer::bind(facts).await?;
            tokio::spawn(serve(listener, server.router(), stopped.clone()));
            servers.push(server);
        }

        let shared = Arc::new(Shared::new(url, servers, self.options)?);
        tokio::spawn(serve(listener, routes::router(Arc::clone(&shared)), stopped));
        Ok(Sandbox { shared, _stop: stop })
    }
}

/// Serves until the sender of `stopped` is gone: idle connections are closed then, calls under way are finished.
fn serve(listener: TcpListener, router: Router, mut stopped: watch::Receiver<()>) -> impl Future<Output = ()> {
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    async move {
        let stop = async move { while stopped.changed().await.is_ok() {} };
        let _ = axum::serve(listener, router).with_graceful_shutdown(stop).await;
    }
}
