//! The members of a Plex Home.

use crate::{
    Client, Error, Invitee,
    runtime::short_debug,
    v2::types::{HomeUser, RestrictionProfile},
};

/// A member of the Plex Home, and what they may do.
#[derive(Clone)]
pub struct HomeMember(HomeUser);

short_debug!(HomeMember(member) {
    id: member.id(),
    uuid: member.uuid(),
    name: member.name(),
    admin: member.is_admin(),
    managed: member.is_managed(),
    guest: member.is_guest(),
    needs_pin: member.needs_pin(),
    restriction_profile: member.restriction_profile(),
});

impl HomeMember {
    pub(super) fn new(user: HomeUser) -> Self {
        Self(user)
    }

    /// The account number, which calls about the member take.
    pub fn id(&self) -> i64 {
        self.0.id
    }

    /// The UUID, which [`Client::switch_home_user`] takes, if plex.tv gave one.
    pub fn uuid(&self) -> Option<&str> {
        self.0.uuid.as_deref().filter(|uuid| !uuid.is_empty())
    }

    /// The display name, or else the user name. Managed users have no user name. Empty when plex.tv
    /// gave neither.
    pub fn name(&self) -> &str {
        let names = [&self.0.title, &self.0.friendly_name, &self.0.username];
        names.into_iter().flatten().find(|name| !name.is_empty()).map_or("", String::as_str)
    }

    /// Whether switching to this user requires a PIN.
    pub fn needs_pin(&self) -> bool {
        self.0.protected.unwrap_or_default()
    }

    /// Whether the user administers the Home: adds, changes and removes members, and manages the
    /// account's servers.
    pub fn is_admin(&self) -> bool {
        self.0.admin.unwrap_or_default()
    }

    /// Whether this is a managed user, created in the Home and without their own sign-in. Managed
    /// users may not manage friends, shares, the account or its devices: plex.tv refuses such calls
    /// with code 1009.
    pub fn is_managed(&self) -> bool {
        self.0.restricted.unwrap_or_default()
    }

    /// Whether this is the guest.
    pub fn is_guest(&self) -> bool {
        self.0.guest.unwrap_or_default()
    }

    /// What the user may see, if it is restricted.
    pub fn restriction_profile(&self) -> Option<&RestrictionProfile> {
        self.0.restriction_profile.as_ref()
    }

    /// Everything that plex.tv returned about the member.
    pub fn user(&self) -> &HomeUser {
        &self.0
    }
}

impl From<&HomeMember> for Invitee {
    fn from(member: &HomeMember) -> Self {
        Self::Id(member.id())
    }
}

impl Client {
    /// Lists the members of the user's Home. The list is empty if they have no Home. Rows that
    /// cannot be read are left out; the generated call `get_home_data` returns them.
    ///
    /// # Errors
    /// `is_auth` without a valid token; otherwise the errors of any call.
    ///
    /// Calls `GET /api/v2/home`.
    pub async fn home_users(&self) -> Result<Vec<HomeMember>, Error> {
        match self.v2().get_home_data().send().await {
            Ok(home) => Ok(home.users.into_iter().map(HomeMember).collect()),
            Err(error) if error.is_not_found() => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}
