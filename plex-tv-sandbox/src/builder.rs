use std::collections::HashSet;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::account::Account;
use crate::data;
use crate::media_server::MediaServer;
use crate::routes;
use crate::sandbox::Sandbox;
use crate::state::{Options, Shared};

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
    accounts: Vec<Account>,
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

    /// How long both kinds of PINs live, a year at most. The default is 1800 s for strong PINs and
    /// 900 s for the others.
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

    /// Approves every pending PIN automatically once it is this old. `None`, the default, leaves
    /// that to a person or to [`Sandbox::approve`].
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

    /// Answers 429 with code 1003 to clients that create PINs, poll, request nonces, exchange JWTs,
    /// switch home users or query GraphQL too often, by the clock of the sandbox. Off by default,
    /// because tests send calls quickly.
    ///
    /// ```
    /// let builder = plex_tv_sandbox::Sandbox::builder().rate_limits(true);
    /// ```
    #[must_use]
    pub fn rate_limits(mut self, on: bool) -> Self {
        self.options.rate_limits = on;
        self
    }

    /// Lets a Plex JWT do everything that an older token does, as Plex promises. By default the
    /// sandbox does what was reported about plex.tv: home users cannot be switched with a JWT
    /// (403), and the list of resources returns the JWT itself for owned servers, which then refuse
    /// it.
    ///
    /// ```
    /// let builder = plex_tv_sandbox::Sandbox::builder().jwt_everywhere(true);
    /// ```
    #[must_use]
    pub fn jwt_everywhere(mut self, on: bool) -> Self {
        self.options.jwt_everywhere = on;
        self
    }

    /// Enables CORS for every origin, for clients in a browser, also on the media servers.
    /// Preflights are answered, and `X-Plex-*` headers are allowed. Off by default.
    ///
    /// ```
    /// let builder = plex_tv_sandbox::Sandbox::builder().cors(true);
    /// ```
    #[must_use]
    pub fn cors(mut self, on: bool) -> Self {
        self.options.cors = on;
        self
    }

    /// Adds an account to the built-in ones.
    ///
    /// ```
    /// use plex_tv_sandbox::{Account, Sandbox};
    ///
    /// let builder = Sandbox::builder().account(Account::new("poor@example.com"));
    /// ```
    #[must_use]
    pub fn account(mut self, account: Account) -> Self {
        self.accounts.push(account);
        self
    }

    /// Starts the sandbox in the current tokio runtime.
    ///
    /// # Errors
    ///
    /// Fails if the port cannot be opened, if the system cannot generate a random signing key, or
    /// if two accounts have the same name.
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
        check_names(&self.accounts)?;
        let (stop, stopped) = watch::channel(());
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await?;
        let url = format!("http://127.0.0.1:{}", listener.local_addr()?.port());

        let (mut servers, mut listeners) = (Vec::new(), Vec::new());
        for facts in data::servers(&self.accounts) {
            let (server, listener) = MediaServer::bind(facts).await?;
            servers.push(server);
            listeners.push(listener);
        }

        let shared = Arc::new(Shared::new(url, servers, self.options, &self.accounts)?);
        for (server, listener) in shared.servers.iter().zip(listeners) {
            tokio::spawn(serve(listener, server.router(Arc::clone(&shared)), stopped.clone()));
        }
        tokio::spawn(serve(listener, routes::router(Arc::clone(&shared)), stopped));
        Ok(Sandbox { shared, _stop: stop })
    }
}

/// Refuses an account if its e-mail address or user name is taken.
fn check_names(accounts: &[Account]) -> io::Result<()> {
    let mut names: HashSet<String> = data::built_in_names().map(str::to_lowercase).collect();
    for account in accounts {
        let mut own = HashSet::new();
        for name in [&account.email, &account.username] {
            // An account may use its e-mail address as its user name.
            if own.insert(name.to_lowercase()) && !names.insert(name.to_lowercase()) {
                let problem = format!("two accounts of the sandbox are called `{name}`");
                return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
            }
        }
    }
    Ok(())
}

/// Serves until the sender of `stopped` is dropped. Idle connections are then closed, and calls in
/// progress finish.
fn serve(listener: TcpListener, router: Router, mut stopped: watch::Receiver<()>) -> impl Future<Output = ()> {
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
    });
    async move {
        let stop = async move { while stopped.changed().await.is_ok() {} };
        let _ = axum::serve(listener, router).with_graceful_shutdown(stop).await;
    }
}
