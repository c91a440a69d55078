//! The people that a user shares with.

use super::Invitee;
use crate::{
    Client, Error,
    runtime::short_debug,
    v1::types::{User, UserServer},
};

/// A person that the user shares with, or who is in the user's Home.
#[derive(Clone)]
pub struct Person(User);

short_debug!(Person(person) {
    id: person.id(),
    name: person.name(),
    home: person.is_home_member(),
    servers: person.servers().len(),
});

impl Person {
    /// The account number.
    pub fn id(&self) -> i64 {
        self.0.id
    }

    /// The display name. Empty when plex.tv gave none.
    pub fn name(&self) -> &str {
        let names = [&self.0.title, &self.0.username, &self.0.email];
        names.into_iter().flatten().map(String::as_str).find(|name| !name.is_empty()).unwrap_or_default()
    }

    /// Their e-mail address. Managed users have none.
    pub fn email(&self) -> Option<&str> {
        self.0.email.as_deref().filter(|email| !email.is_empty())
    }

    /// Whether they are in the user's Home.
    pub fn is_home_member(&self) -> bool {
        self.0.home.unwrap_or_default()
    }

    /// The servers that the user shares with them.
    pub fn servers(&self) -> &[UserServer] {
        &self.0.server
    }

    /// Everything that plex.tv returned about the person.
    pub fn user(&self) -> &User {
        &self.0
    }
}

impl From<&Person> for Invitee {
    fn from(person: &Person) -> Self {
        Self::Id(person.id())
    }
}

impl Client {
    /// Lists the people that the user shares with, and the other members of their Home.
    ///
    /// plex.tv retired its list of friends, which now answers 410. This older list still works, and
    /// most tools rely on it. Rows that cannot be read are left out.
    ///
    /// ```no_run
    /// # async fn example(client: plex_tv_sdk::Client) -> Result<(), plex_tv_sdk::Error> {
    /// use plex_tv_sdk::printable;
    ///
    /// for person in client.people().await? {
    ///     println!("{} sees {} servers", printable(person.name()), person.servers().len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of any call.
    ///
    /// Calls `GET /api/users`.
    pub async fn people(&self) -> Result<Vec<Person>, Error> {
        let reply = self.v1().get_legacy_users().send().await?;
        Ok(reply.user.into_iter().map(Person).collect())
    }
}
