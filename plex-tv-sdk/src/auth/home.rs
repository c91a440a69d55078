//! The users of a Plex Home.

use crate::{
    Client, Error, RetryPolicy, Secret, Token,
    v2::types::{HomeUser, RestrictionProfile},
};

/// A member of the Plex Home, and what they may do.
#[derive(Clone, Debug)]
pub struct HomeMember(HomeUser);

impl HomeMember {
    /// What [`Client::switch_home_user`] takes.
    pub fn uuid(&self) -> Option<&str> {
        self.0.uuid.as_deref().filter(|uuid| !uuid.is_empty())
    }

    /// The name to show. Managed users have no user name.
    pub fn title(&self) -> &str {
        let names = [&self.0.title, &self.0.friendly_name, &self.0.username];
        names.into_iter().flatten().find(|name| !name.is_empty()).map_or("", String::as_str)
    }

    /// Must a PIN be typed to become this user?
    pub fn needs_pin(&self) -> bool {
        self.0.protected.unwrap_or_default()
    }

    /// Does the user administer the Home: add, change and remove members, and manage the account's servers?
    pub fn is_admin(&self) -> bool {
        self.0.admin.unwrap_or_default()
    }

    /// Is it a managed user, made in the Home and without a sign-in of their own? They may not manage friends, shares, the
    /// account or its devices: plex.tv refuses such calls with code 1009.
    pub fn is_managed(&self) -> bool {
        self.0.restricted.unwrap_or_default()
    }

    /// Is it the guest?
    pub fn is_guest(&self) -> bool {
        self.0.guest.unwrap_or_default()
    }

    /// What the user may see, if that is restricted.
    pub fn restriction_profile(&self) -> Option<&RestrictionProfile> {
        self.0.restriction_profile.as_ref()
    }

    /// All that plex.tv says of them.
    pub fn user(&self) -> &HomeUser {
        &self.0
    }
}

impl Client {
    /// The members of the user's Home, none if they have no Home. A row that could not be read is left out; the call itself
    /// (`get_home_data`) shows it.
    ///
    /// # Errors
    /// `is_auth` without a good token; else what any call can fail with.
    ///
    /// Calls `GET /api/v2/home`.
    pub async fn home_users(&self) -> Result<Vec<HomeMember>, Error> {
        match self.v2().get_home_data().send().await {
            Ok(home) => Ok(home.users.into_iter().map(HomeMember).collect()),
            Err(error) if error.is_not_found() => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// A client for another member of the Home, with a token of theirs. Nothing is kept in this client's store: it belongs to
    /// another user. Keep the client, since switching often runs into the rate limit.
    ///
    /// It was reported that plex.tv refuses this with 403 and no code to a client that is signed in by a Plex JWT: use one
    /// with an older token, as [`Client::pin_login`] without a device key gives, under a client identifier of its own.
    ///
    /// ```no_run
    /// # async fn example(client: plex_tv_sdk::Client, pin: plex_tv_sdk::Secret) -> Result<(), plex_tv_sdk::Error> {
    /// use plex_tv_sdk::printable;
    ///
    /// for member in client.home_users().await? {
    ///     let pin = member.needs_pin().then_some(&pin);
    ///     let theirs = client.switch_home_user(member.uuid().unwrap_or_default(), pin).await?;
    ///     println!("{} sees {} servers", printable(member.title()), theirs.servers().await?.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `is_home_pin_required` when the PIN is missing or wrong; `is_forbidden` without a code: see above; `is_not_found` when
    /// there is no such member; else what any call can fail with.
    ///
    /// Calls `POST /api/v2/home/users/{uuid}/switch`.
    pub async fn switch_home_user(&self, uuid: &str, pin: Option<&Secret>) -> Result<Self, Error> {
        // Each attempt with a wrong PIN counts.
        let once = self.with_retry(RetryPolicy::off());
        let user = once.v2().switch_home_user(uuid).maybe_pin(pin.cloned()).send().await?;
        Ok(self.with_token(Token::new(user.auth_token.unwrap_or_default())?))
    }
}
