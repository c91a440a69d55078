use crate::data::PASSWORD;

/// An account that a test adds to the built-in ones. It has no Plex Pass, no Home, no servers and
/// an empty watchlist unless the test asks for them. Pass it to
/// [`Builder::account`](crate::Builder::account).
///
/// # Example
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use plex_tv_sandbox::{Account, Sandbox};
///
/// let poor = Account::new("poor@example.com");
/// let busy = Account::new("busy@example.com").plex_pass(true).home_user("Kid").servers(40).watchlist(120);
/// let sandbox = Sandbox::builder().account(poor).account(busy).start().await?;
///
/// assert!(sandbox.token_of("poor@example.com").is_some());
/// assert_eq!(sandbox.servers().len(), 3 + 40);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Account {
    pub(crate) email: String,
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) plex_pass: bool,
    pub(crate) home_users: Vec<String>,
    pub(crate) servers: usize,
    pub(crate) watchlist: usize,
    pub(crate) is_friend: bool,
}

impl Account {
    /// The most servers that one account can have. Each one listens on its own port.
    pub const MOST_SERVERS: usize = 100;

    /// Creates an account with this e-mail address. Its user name is the part before the `@`, and
    /// its password is [`PASSWORD`](crate::PASSWORD).
    ///
    /// ```
    /// let account = plex_tv_sandbox::Account::new("poor@example.com");
    /// ```
    #[must_use]
    pub fn new(email: impl Into<String>) -> Self {
        let email = email.into();
        let username = String::from(email.split('@').next().unwrap_or_default());
        let password = String::from(PASSWORD);
        Self {
            email,
            username,
            password,
            plex_pass: false,
            home_users: Vec::new(),
            servers: 0,
            watchlist: 0,
            is_friend: false,
        }
    }

    /// The password for sign-in.
    ///
    /// ```
    /// let account = plex_tv_sandbox::Account::new("poor@example.com").password("another-password");
    /// ```
    #[must_use]
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = password.into();
        self
    }

    /// Whether it has a Plex Pass.
    ///
    /// ```
    /// let account = plex_tv_sandbox::Account::new("rich@example.com").plex_pass(true);
    /// ```
    #[must_use]
    pub fn plex_pass(mut self, on: bool) -> Self {
        self.plex_pass = on;
        self
    }

    /// Adds a managed user with this name to its Home. The first one creates the Home.
    ///
    /// ```
    /// let account = plex_tv_sandbox::Account::new("parent@example.com").home_user("Kid").home_user("Teen");
    /// ```
    #[must_use]
    pub fn home_user(mut self, title: impl Into<String>) -> Self {
        self.home_users.push(title.into());
        self
    }

    /// How many media servers it owns, [`Account::MOST_SERVERS`] at most.
    ///
    /// ```
    /// let account = plex_tv_sandbox::Account::new("busy@example.com").servers(40);
    /// ```
    #[must_use]
    pub fn servers(mut self, count: usize) -> Self {
        self.servers = count.min(Self::MOST_SERVERS);
        self
    }

    /// Whether it is a friend of the built-in account.
    ///
    /// ```
    /// let account = plex_tv_sandbox::Account::new("fan@example.com").friend(true).watchlist(120);
    /// ```
    #[must_use]
    pub fn friend(mut self, on: bool) -> Self {
        self.is_friend = on;
        self
    }

    /// How many films and shows are on its watchlist; the catalogue has 300.
    ///
    /// ```
    /// let account = plex_tv_sandbox::Account::new("busy@example.com").watchlist(120);
    /// ```
    #[must_use]
    pub fn watchlist(mut self, count: usize) -> Self {
        self.watchlist = count;
        self
    }
}
