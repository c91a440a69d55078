//! The client and its settings.

use std::{fmt, sync::Arc, time::Duration};

use reqwest::{
    Url,
    header::{HeaderName, HeaderValue},
};

use crate::{
    ClientIdentity, Clock, CredentialStore, Credentials, Error, RetryPolicy, SystemClock, Token,
    auth::{Given, Owner, Session},
    generated,
    hosts::{Hosts, base_url},
    runtime::transport::{Limits, Settings},
    v2,
};
#[cfg(feature = "jwt")]
use crate::{DeviceKey, Scopes, auth::OnRenewed};

#[cfg(not(target_arch = "wasm32"))]
use crate::servers::dns::Resolver;

const APP: &str = "https://app.plex.tv";

/// The longest timeout that is passed to reqwest, which adds it to the current time. The sum must
/// not overflow.
#[cfg(not(target_arch = "wasm32"))]
const LONGEST_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The most bytes of a language tag. BCP 47 says that 35 are enough for the longest.
const LONGEST_LANGUAGE: usize = 35;

/// A plex.tv client. It is cheap to clone: clones share connections and settings.
///
/// ```no_run
/// # async fn example() -> Result<(), plex_tv_sdk::Error> {
/// use plex_tv_sdk::{Client, ClientIdentity, Token, printable};
///
/// let identity = ClientIdentity::new("c0ffee-desk-01", "Example App", env!("CARGO_PKG_VERSION"))?;
/// let client = Client::builder(identity).token(Token::new("EXAMPLE-TOKEN")?).build()?;
///
/// println!("Signed in as {}", printable(client.account().await?.name()));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    identity: ClientIdentity,
    app_url: Url,
    hosts: Hosts,
    settings: Arc<Settings>,
    session: Session,
    v2: v2::Api,
    #[cfg(feature = "v1")]
    v1: generated::v1::Api,
    #[cfg(feature = "discover")]
    discover: generated::discover::Api,
    #[cfg(feature = "epg")]
    epg: generated::epg::Api,
    #[cfg(feature = "together")]
    together: generated::together::Api,
    #[cfg(feature = "notifications")]
    notifications: generated::notifications::Api,
}

impl Inner {
    fn new(identity: ClientIdentity, app_url: Url, hosts: Hosts, settings: Settings, session: Session) -> Self {
        let settings = Arc::new(settings);
        Self {
            v2: v2::Api::new(hosts.of(&settings, generated::v2::HOSTS)),
            #[cfg(feature = "v1")]
            v1: generated::v1::Api::new(hosts.of(&settings, generated::v1::HOSTS)),
            #[cfg(feature = "discover")]
            discover: generated::discover::Api::new(hosts.of(&settings, generated::discover::HOSTS)),
            #[cfg(feature = "epg")]
            epg: generated::epg::Api::new(hosts.of(&settings, generated::epg::HOSTS)),
            #[cfg(feature = "together")]
            together: generated::together::Api::new(hosts.of(&settings, generated::together::HOSTS)),
            #[cfg(feature = "notifications")]
            notifications: generated::notifications::Api::new(hosts.of(&settings, generated::notifications::HOSTS)),
            identity,
            app_url,
            hosts,
            settings,
            session,
        }
    }
}

impl Client {
    /// Creates a client with the default settings and no token.
    ///
    /// # Errors
    /// When the identity has a value that no header can carry, or the system offers no TLS.
    pub fn new(identity: ClientIdentity) -> Result<Self, Error> {
        Self::builder(identity).build()
    }

    /// Returns a builder for a client with other settings.
    pub fn builder(identity: ClientIdentity) -> ClientBuilder {
        ClientBuilder {
            identity,
            token: None,
            session: Session::default(),
            #[cfg(feature = "jwt")]
            device_key: None,
            base_url: None,
            host_urls: Vec::new(),
            app_url: APP.to_owned(),
            language: None,
            limits: Limits::default(),
            connect_timeout: Duration::from_secs(5),
            read_timeout: None,
            clock: Arc::new(SystemClock),
            configure: None,
        }
    }

    /// Returns a client for tests. It is signed in with this token, and sends everything to the
    /// server at this URL, such as a sandbox, instead of plex.tv. It has a made-up identity.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use plex_tv_sandbox::{Fault, Sandbox};
    /// use plex_tv_sdk::{Client, RetryPolicy};
    ///
    /// let sandbox = Sandbox::start().await?;
    /// let client = Client::for_tests(sandbox.url(), sandbox.token())?;
    /// assert_eq!(client.account().await?.name(), "Example User");
    ///
    /// // A test of failures turns retries off, or else they hide a single failure.
    /// let client = client.with_retry(RetryPolicy::off());
    /// sandbox.next("getUserDetails", Fault::Status(503))?;
    /// assert!(client.account().await.unwrap_err().is_retryable());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `is_invalid_input` when the URL or the token cannot be used.
    pub fn for_tests(url: &str, token: &str) -> Result<Self, Error> {
        let identity = ClientIdentity::new("test-device-01", "Test", "1.0.0")?;
        Self::builder(identity).base_url(url).app_url(url).token(Token::new(token)?).build()
    }

    /// Returns the same client for another user. It shares connections and settings, but not the
    /// store.
    #[must_use]
    pub fn with_token(&self, token: Token) -> Self {
        self.with_settings(|settings| settings.set_token(Some(token))).with_session(self.0.session.for_other_user())
    }

    /// Returns the same client without a token.
    #[must_use]
    pub fn without_token(&self) -> Self {
        self.with_settings(|settings| settings.set_token(None)).with_session(self.0.session.for_other_user())
    }

    /// Returns the same client with another time limit for each attempt of a call. With a limit of
    /// zero, calls fail without sending anything.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        self.with_limits(|limits| limits.timeout = timeout)
    }

    /// Returns the same client with a time limit for a call as a whole: renewal of the token, all
    /// attempts, and the pauses between them. With a limit of zero, calls fail without sending
    /// anything.
    #[must_use]
    pub fn with_overall_timeout(&self, timeout: Duration) -> Self {
        self.with_limits(|limits| limits.overall = Some(timeout))
    }

    /// Returns the same client with another retry policy. [`RetryPolicy::off`] never retries.
    ///
    /// ```no_run
    /// # async fn example(client: plex_tv_sdk::Client) -> Result<(), plex_tv_sdk::Error> {
    /// use plex_tv_sdk::RetryPolicy;
    ///
    /// let once = client.with_retry(RetryPolicy::off());
    /// let user = once.v2().get_user_details().send().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_retry(&self, policy: RetryPolicy) -> Self {
        self.with_limits(|limits| limits.retry = policy)
    }

    /// Returns the same client with another limit for the size of a reply, in bytes.
    #[must_use]
    pub fn with_body_limit(&self, bytes: usize) -> Self {
        self.with_limits(|limits| limits.body = bytes)
    }

    fn with_limits(&self, change: impl FnOnce(&mut Limits)) -> Self {
        self.with_settings(|settings| change(&mut settings.limits))
    }

    pub(crate) fn with_settings(&self, change: impl FnOnce(&mut Settings)) -> Self {
        let Inner { identity, app_url, hosts, session, .. } = self.0.as_ref().clone();
        let mut settings = self.0.settings.as_ref().clone();
        change(&mut settings);
        Self(Arc::new(Inner::new(identity, app_url, hosts, settings, session)))
    }

    pub(crate) fn with_session(&self, session: Session) -> Self {
        Self(Arc::new(Inner { session, ..self.0.as_ref().clone() }))
    }

    pub(crate) fn session(&self) -> &Session {
        &self.0.session
    }

    /// Returns the token, if the client is signed in. A token that the client renews changes, so
    /// call this each time you need it.
    pub fn token(&self) -> Option<Token> {
        self.0.settings.token()
    }

    /// Returns the app and device that the client identifies itself as.
    pub fn identity(&self) -> &ClientIdentity {
        &self.0.identity
    }

    /// The account API at `https://plex.tv/api/v2`.
    pub fn v2(&self) -> &v2::Api {
        &self.0.v2
    }

    /// The older calls of `https://plex.tv` that have no newer counterpart. Most reply with XML,
    /// which is decoded into the same kind of types.
    #[cfg(feature = "v1")]
    pub fn v1(&self) -> &crate::v1::Api {
        &self.0.v1
    }

    /// Discover and the metadata providers: search, watchlist, metadata, user state.
    #[cfg(feature = "discover")]
    pub fn discover(&self) -> &crate::discover::Api {
        &self.0.discover
    }

    /// Returns transports for some hosts, with other settings than the client's.
    #[cfg(feature = "discover")]
    pub(crate) fn hosts_with(&self, hosts: &[&str], change: impl FnOnce(&mut Settings)) -> crate::runtime::Hosts {
        let mut settings = self.0.settings.as_ref().clone();
        change(&mut settings);
        self.0.hosts.of(&Arc::new(settings), hosts)
    }

    /// The free Live TV of Plex: channels, their guide, and the favourite channels of the account.
    #[cfg(feature = "epg")]
    pub fn epg(&self) -> &crate::epg::Api {
        &self.0.epg
    }

    /// Rooms of Watch Together, in which several users watch an item at the same time.
    #[cfg(feature = "together")]
    pub fn together(&self) -> &crate::together::Api {
        &self.0.together
    }

    /// Push messages to the mobile apps of a server's users. They need the token of the server: see
    /// [`Client::with_token`] and [`crate::Server::access_token`].
    #[cfg(feature = "notifications")]
    pub fn notifications(&self) -> &crate::notifications::Api {
        &self.0.notifications
    }

    pub(crate) fn base_url(&self) -> &Url {
        &self.0.hosts.account
    }

    pub(crate) fn app_url(&self) -> &Url {
        &self.0.app_url
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.0.settings.limits.timeout
    }

    /// The underlying HTTP client. It does not follow redirects and has no token.
    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.0.settings.http
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.settings.clock
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("identity", &self.0.identity)
            .field("base_url", &self.base_url().as_str())
            .field("settings", &self.0.settings)
            .finish_non_exhaustive()
    }
}

type Configure = Box<dyn FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send>;

/// The settings of a [`Client`].
#[must_use]
pub struct ClientBuilder {
    identity: ClientIdentity,
    token: Option<Token>,
    session: Session,
    #[cfg(feature = "jwt")]
    device_key: Option<DeviceKey>,
    base_url: Option<String>,
    host_urls: Vec<(String, String)>,
    app_url: String,
    language: Option<String>,
    limits: Limits,
    #[cfg_attr(target_arch = "wasm32", allow(dead_code))]
    connect_timeout: Duration,
    #[cfg_attr(target_arch = "wasm32", allow(dead_code))]
    read_timeout: Option<Duration>,
    clock: Arc<dyn Clock>,
    configure: Option<Configure>,
}

impl ClientBuilder {
    /// Sets the token of a signed-in user. It overrides the one in [`ClientBuilder::store`]. The
    /// store's device key is then not used either, because it belongs to the store's token.
    pub fn token(self, token: Token) -> Self {
        Self { token: Some(token), ..self }
    }

    /// Sets where the user's credentials are kept. The client starts with the credentials found
    /// there. After a sign-in, it saves the new ones before it returns the signed-in client. It
    /// saves a renewed token before it uses it. It removes the credentials when the user signs out.
    ///
    /// Several clients and processes may share a store: see [`CredentialStore`].
    pub fn store(self, store: impl CredentialStore) -> Self {
        Self { session: Session { store: Some(Arc::new(store)), ..self.session }, ..self }
    }

    /// Sets the device key that renews the Plex JWT, for apps that do not keep it in a store.
    /// Without [`ClientBuilder::token`], the first call gets a token.
    ///
    /// A store with another device key is left unchanged.
    #[cfg(feature = "jwt")]
    pub fn device_key(self, key: DeviceKey) -> Self {
        Self { device_key: Some(key), ..self }
    }

    /// Sets the claims about the user that Plex JWTs contain. The default is none.
    #[cfg(feature = "jwt")]
    pub fn scopes(mut self, scopes: impl Into<Scopes>) -> Self {
        self.session.settings.scopes = scopes.into();
        self
    }

    /// Sets a callback for renewed tokens. It is called after the token is saved and before it is
    /// used. All calls wait for it, so it must be quick.
    #[cfg(feature = "jwt")]
    pub fn on_token_renewed(mut self, callback: impl Fn(&Token) + Send + Sync + 'static) -> Self {
        let callback: OnRenewed = Arc::new(callback);
        self.session.settings.on_renewed = Some(callback);
        self
    }

    /// Sets a URL that replaces all hosts of plex.tv, such as that of a test server or a proxy. A
    /// path prefix is kept.
    ///
    /// The token goes to the scheme, host and port of this URL, to those of
    /// [`ClientBuilder::host_url`], and nowhere else.
    pub fn base_url(self, url: impl Into<String>) -> Self {
        Self { base_url: Some(url.into()), ..self }
    }

    /// Sets a URL that replaces one host of plex.tv. A path prefix is kept.
    ///
    /// The hosts are those in `HOSTS` of the generated modules, without the path, and
    /// `https://community.plex.tv`. For example, this moves only the account API, to its second
    /// host:
    ///
    /// ```
    /// # fn main() -> Result<(), plex_tv_sdk::Error> {
    /// # let identity = plex_tv_sdk::ClientIdentity::new("c0ffee-desk-01", "Example App", "1.0.0")?;
    /// let client = plex_tv_sdk::Client::builder(identity)
    ///     .host_url("https://plex.tv", "https://clients.plex.tv")
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn host_url(mut self, host: impl Into<String>, url: impl Into<String>) -> Self {
        self.host_urls.push((host.into(), url.into()));
        self
    }

    /// Sets the base URL of the approval page for the PIN sign-in. The default is
    /// `https://app.plex.tv`.
    pub fn app_url(self, url: impl Into<String>) -> Self {
        Self { app_url: url.into(), ..self }
    }

    /// Sets the language of titles and other texts that plex.tv localises, as a tag such as `de` or
    /// `pt-BR`. The default is plex.tv's.
    ///
    /// It is sent as `X-Plex-Language` with every call, to all hosts of plex.tv.
    ///
    /// ```
    /// # fn main() -> Result<(), plex_tv_sdk::Error> {
    /// # let identity = plex_tv_sdk::ClientIdentity::new("c0ffee-desk-01", "Example App", "1.0.0")?;
    /// let client = plex_tv_sdk::Client::builder(identity).language("de").build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn language(self, tag: impl Into<String>) -> Self {
        Self { language: Some(tag.into()), ..self }
    }

    /// Sets the time limit for each attempt of a call, from connecting to the last byte. The
    /// default is 30 seconds. A call that exceeds it is not retried.
    ///
    /// For a reply that is returned as a stream, the limit ends with the headers.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { limits: Limits { timeout, ..self.limits }, ..self }
    }

    /// Sets the time limit for a call as a whole: renewal of the token, all attempts, and the
    /// pauses between them. The default is no limit.
    pub fn overall_timeout(self, timeout: Duration) -> Self {
        Self { limits: Limits { overall: Some(timeout), ..self.limits }, ..self }
    }

    /// Sets how long the server may pause before and within a reply. The default is no limit, since
    /// each attempt has one. The setting is useful for streams, which are not limited as a whole.
    /// It has no effect in a browser.
    pub fn read_timeout(self, timeout: Duration) -> Self {
        Self { read_timeout: Some(timeout), ..self }
    }

    /// Sets when failed calls are retried: see [`RetryPolicy`].
    pub fn retry(self, policy: RetryPolicy) -> Self {
        Self { limits: Limits { retry: policy, ..self.limits }, ..self }
    }

    /// Sets the largest reply that is read, in bytes after decompression. The default is 16 MiB.
    /// Streams are not limited.
    pub fn body_limit(self, bytes: usize) -> Self {
        Self { limits: Limits { body: bytes, ..self.limits }, ..self }
    }

    /// Sets the shortest time between two requests to one host, across all clones of the client.
    /// The default is zero. The setting is meant for apps that poll or that handle many accounts:
    /// plex.tv limits calls, but does not document the limits.
    pub fn spacing(self, spacing: Duration) -> Self {
        Self { limits: Limits { spacing, ..self.limits }, ..self }
    }

    /// Sets whether a row that cannot be read fails the call instead of being set aside: see
    /// [`crate::Rows`]. The default is `false`. The setting is meant for tests, and for tools that
    /// look for changes in plex.tv's replies.
    pub fn strict_rows(self, strict_rows: bool) -> Self {
        Self { limits: Limits { strict_rows, ..self.limits }, ..self }
    }

    /// Sets the time limit for making a connection. The default is 5 seconds. It has no effect in a
    /// browser, which makes its own connections.
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        Self { connect_timeout: timeout, ..self }
    }

    /// Sets the clock for waiting and for time limits.
    pub fn clock(self, clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// Configures the HTTP client of [`reqwest`], whose builder is passed to the function: proxies,
    /// root certificates, and everything else that it offers.
    ///
    /// ```
    /// # fn example(identity: plex_tv_sdk::ClientIdentity) -> Result<(), Box<dyn std::error::Error>> {
    /// use plex_tv_sdk::{Client, reqwest::Proxy};
    ///
    /// let proxy = Proxy::all("http://proxy.example.com:3128")?;
    /// let client = Client::builder(identity).http(|http| http.proxy(proxy)).build()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Redirects and the `Referer` header stay off, whatever is set here: reqwest would send the
    /// token along. In a browser, the browser controls both. reqwest's own retries stay off too,
    /// because [`RetryPolicy`] could not count them. A `dns_resolver` that is set here replaces the
    /// one that resolves names under `plex.direct` without DNS.
    pub fn http(
        self,
        configure: impl FnOnce(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + 'static,
    ) -> Self {
        Self { configure: Some(Box::new(configure)), ..self }
    }

    /// Checks the settings and creates the client. Nothing is sent.
    ///
    /// # Errors
    /// `is_invalid_input` when a URL or the language cannot be used, the identity has a value that
    /// no header can carry, or the store belongs to another client identifier. `is_store` when the
    /// store cannot be read.
    pub fn build(self) -> Result<Client, Error> {
        let hosts = Hosts::new(self.base_url.as_deref(), &self.host_urls)?;
        let app_url = base_url("app URL", &self.app_url)?;
        let mut headers = self.identity.headers()?;
        if let Some(tag) = &self.language {
            headers.insert(HeaderName::from_static("x-plex-language"), language(tag)?);
        }
        let http = reqwest::Client::builder();
        // A browser sends its own `User-Agent`, and asks the server for permission to send another.
        #[cfg(not(target_arch = "wasm32"))]
        let http = http
            .user_agent(concat!("plex-tv-sdk/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(self.connect_timeout.min(LONGEST_TIMEOUT))
            .dns_resolver(Arc::new(Resolver));
        #[cfg(not(target_arch = "wasm32"))]
        let http = match self.read_timeout {
            Some(timeout) => http.read_timeout(timeout.min(LONGEST_TIMEOUT)),
            None => http,
        };
        let http = match self.configure {
            Some(configure) => configure(http),
            None => http,
        };
        #[cfg(not(target_arch = "wasm32"))]
        let http = {
            // The transport does the retries, with a policy and a budget.
            let never = reqwest::retry::never().max_retries_per_request(0);
            http.redirect(reqwest::redirect::Policy::none()).referer(false).retry(never)
        };
        let http = http.build()?;
        let stored = stored(&self.session, &self.identity)?;
        #[cfg(feature = "jwt")]
        let owner = Owner::at_build(&stored, Given { token: self.token, key: self.device_key })?;
        #[cfg(not(feature = "jwt"))]
        let owner = Owner::at_build(&stored, Given { token: self.token });
        let token = owner.token.clone();
        let settings = Settings::new(http, headers, token, self.limits, self.clock);
        let client = Client(Arc::new(Inner::new(self.identity, app_url, hosts, settings, self.session)));
        client.with_sign_in(owner, &stored)
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URLs are not checked yet, so one may contain a password.
        f.debug_struct("ClientBuilder")
            .field("identity", &self.identity)
            .field("token", &self.token)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// Checks that a language tag has the form of BCP 47: words of up to eight letters and digits,
/// separated by hyphens, the first of letters only.
fn language(tag: &str) -> Result<HeaderValue, Error> {
    let is_word = |word: &str| (1..=8).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let first = tag.split('-').next().unwrap_or_default();
    let is_tag = tag.len() <= LONGEST_LANGUAGE
        && first.len() >= 2
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && tag.split('-').all(is_word);
    let value = HeaderValue::from_str(tag).ok().filter(|_| is_tag);
    value.ok_or_else(|| Error::invalid_input("the language is not a tag such as `de` or `pt-BR`"))
}

/// Reads the store, if there is one. Tokens and keys are valid only for the client identifier that
/// they were made for.
fn stored(session: &Session, identity: &ClientIdentity) -> Result<Credentials, Error> {
    let Some(store) = &session.store else { return Ok(Credentials::default()) };
    let stored = store.load()?;
    match &stored.client_identifier {
        Some(identifier) if identifier != identity.client_identifier() => {
            let message =
                "the store belongs to another client identifier; `ClientIdentity::load_or_create` uses the one in it";
            Err(Error::invalid_input(message))
        }
        _ => Ok(stored),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_cheap_to_clone_and_cross_threads() {
        fn assert_shared<T: Clone + Send + Sync + 'static>() {}

        assert_shared::<Client>();
        assert_eq!(size_of::<Client>(), size_of::<usize>());
    }

    #[test]
    fn a_language_is_a_tag_and_nothing_else() {
        for tag in ["de", "en-US", "pt-BR", "zh-Hant-TW", "es-419", "sr-Latn-RS", "ast"] {
            assert_eq!(language(tag).unwrap(), tag);
        }
        let long = ["en"; 13].join("-");
        for bad in
            ["", " ", "d", "de_DE", "de-", "-de", "de--DE", "de, en;q=0.5", "*", "de\r\nX-Evil: 1", "фр", "12", &long]
        {
            let error = language(bad).unwrap_err();
            assert!(error.is_invalid_input() && !error.to_string().contains("Evil"), "{bad}: {error}");
        }
    }
}
