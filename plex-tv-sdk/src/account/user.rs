//! The account of the user.

use crate::{Client, Error, runtime::short_debug, v2::types::User};

/// The account of the user: see [`Client::account`].
#[derive(Clone)]
pub struct Account(User);

short_debug!(Account(account) {
    id: account.id(),
    name: account.name(),
    plex_pass: account.has_plex_pass(),
    managed: account.is_managed(),
});

impl Account {
    /// The account number.
    pub fn id(&self) -> i64 {
        self.0.id
    }

    /// The display name: the one that the user chose, or the user name, or the e-mail address.
    /// Empty when plex.tv gave none of them.
    pub fn name(&self) -> &str {
        let names = [&self.0.title, &self.0.friendly_name, &self.0.username, &self.0.email];
        names.into_iter().flatten().map(String::as_str).find(|name| !name.is_empty()).unwrap_or_default()
    }

    /// The user name. Managed users have none.
    pub fn username(&self) -> Option<&str> {
        self.0.username.as_deref().filter(|name| !name.is_empty())
    }

    /// The e-mail address. Managed users have none.
    pub fn email(&self) -> Option<&str> {
        self.0.email.as_deref().filter(|email| !email.is_empty())
    }

    /// Whether the account has a Plex Pass.
    pub fn has_plex_pass(&self) -> bool {
        self.0.subscription.as_ref().and_then(|subscription| subscription.active).unwrap_or_default()
    }

    /// Whether this is a managed user of a Home. Managed users may not manage friends, shares, the
    /// account or its devices.
    pub fn is_managed(&self) -> bool {
        self.0.restricted.unwrap_or_default()
    }

    /// Everything that plex.tv returned about the account. It may include the user's token, as a
    /// [`Secret`](crate::Secret).
    pub fn user(&self) -> &User {
        &self.0
    }
}

impl Client {
    /// Returns the account of the user.
    ///
    /// ```no_run
    /// # async fn example(client: plex_tv_sdk::Client) -> Result<(), plex_tv_sdk::Error> {
    /// let name = client.account().await?.name().to_owned();
    /// println!("Signed in as {}", plex_tv_sdk::printable(&name));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// To find out whether a token still works, see [`Client::verify_token`].
    ///
    /// # Errors
    /// `needs_sign_in` without a valid token, and the errors of any call.
    ///
    /// Calls `GET /api/v2/user`.
    pub async fn account(&self) -> Result<Account, Error> {
        self.v2().get_user_details().send().await.map(Account)
    }
}
