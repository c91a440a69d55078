//! Managed users: created in the Home, without their own sign-in.

use super::HomeMember;
use crate::{Client, Error, Secret, Tuners, runtime::short_debug, v2::types::RestrictionProfile};

impl Client {
    /// Creates a managed user in the user's Home. The first managed user creates the Home.
    ///
    /// The new user sees no libraries yet: share some with
    /// [`Server::share_with`](crate::Server::share_with). They need not accept the invite.
    ///
    /// ```no_run
    /// # async fn example(client: plex_tv_sdk::Client) -> Result<(), plex_tv_sdk::Error> {
    /// use plex_tv_sdk::v2::types::RestrictionProfile;
    ///
    /// let kid = client.create_managed_user("Kid");
    /// let kid = kid.restriction_profile(RestrictionProfile::LittleKid).send().await?;
    /// client.update_managed_user(&kid).pin("2468").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn create_managed_user(&self, name: impl Into<String>) -> NewManagedUser {
        let (client, name) = (self.clone(), name.into());
        NewManagedUser { client, name, restriction_profile: None, allow_sync: None, allow_tuners: None }
    }

    /// Changes the name or the PIN of a managed user.
    ///
    /// ```no_run
    /// # use plex_tv_sdk::{Client, Error, HomeMember};
    /// # async fn example(client: Client, kid: HomeMember) -> Result<(), Error> {
    /// client.update_managed_user(&kid).name("Teen").remove_pin().send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn update_managed_user(&self, member: &HomeMember) -> ManagedUserChange {
        ManagedUserChange { client: self.clone(), member: member.clone(), name: None, pin: None }
    }

    /// Removes a member from the Home. A managed user is deleted permanently, including their watch
    /// history. A member with an account only leaves the Home. It is not an error if the member is
    /// already gone.
    ///
    /// # Errors
    /// `is_invalid_input`, before anything is sent, for the administrator, who cannot leave;
    /// `is_forbidden` when the user may not do this; and the errors of any call.
    ///
    /// Calls `DELETE /api/v2/home/users/{userId}`.
    pub async fn remove_home_user(&self, member: &HomeMember) -> Result<(), Error> {
        if member.is_admin() {
            return Err(Error::invalid_input("the administrator of a Home cannot be removed from it"));
        }
        match self.v2().remove_home_user(member.id()).send().await {
            Err(error) if error.is_not_found() => Ok(()),
            outcome => outcome,
        }
    }
}

/// A managed user to be created: see [`Client::create_managed_user`].
#[derive(Clone)]
#[must_use = "nothing happens before `send`"]
pub struct NewManagedUser {
    client: Client,
    name: String,
    restriction_profile: Option<RestrictionProfile>,
    allow_sync: Option<bool>,
    allow_tuners: Option<Tuners>,
}

short_debug!(NewManagedUser(call) {
    name: call.name,
    restriction_profile: call.restriction_profile,
    allow_sync: call.allow_sync,
    allow_tuners: call.allow_tuners,
});

impl NewManagedUser {
    /// Sets what they may see, by age. Without a profile, nothing is restricted.
    pub fn restriction_profile(self, profile: impl Into<RestrictionProfile>) -> Self {
        Self { restriction_profile: Some(profile.into()), ..self }
    }

    /// Whether they may download media.
    pub fn allow_sync(self, allowed: bool) -> Self {
        Self { allow_sync: Some(allowed), ..self }
    }

    /// Sets what they may do with live television.
    pub fn allow_tuners(self, tuners: Tuners) -> Self {
        Self { allow_tuners: Some(tuners), ..self }
    }

    /// Creates the user.
    ///
    /// # Errors
    /// - `is_invalid_input`, before anything is sent: the name is empty or contains a control
    ///   character.
    /// - `is_plex_pass_required` when the account has no Plex Pass.
    /// - `is_forbidden` when the user does not administer the Home.
    /// - the errors of any call.
    ///
    /// Calls `POST /api/v2/home/users/restricted`.
    pub async fn send(self) -> Result<HomeMember, Error> {
        let call = self.client.v2().create_managed_user(checked_name(&self.name)?);
        let call = call
            .maybe_restriction_profile(self.restriction_profile)
            .maybe_sharing_settings_allow_sync(self.allow_sync)
            .maybe_sharing_settings_allow_tuners(self.allow_tuners.map(Tuners::number));
        call.send().await.map(HomeMember::new)
    }
}

/// A change of a managed user: see [`Client::update_managed_user`].
#[derive(Clone)]
#[must_use = "nothing happens before `send`"]
pub struct ManagedUserChange {
    client: Client,
    member: HomeMember,
    name: Option<String>,
    pin: Option<NewPin>,
}

short_debug!(ManagedUserChange(call) { member: call.member, name: call.name, pin: call.pin });

#[derive(Clone, Debug)]
enum NewPin {
    Set(Secret),
    Remove,
}

impl ManagedUserChange {
    /// Sets the new name.
    pub fn name(self, name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), ..self }
    }

    /// Sets the new PIN, four digits. It is required to switch to this user.
    pub fn pin(self, pin: impl Into<Secret>) -> Self {
        Self { pin: Some(NewPin::Set(pin.into())), ..self }
    }

    /// Removes the PIN.
    pub fn remove_pin(self) -> Self {
        Self { pin: Some(NewPin::Remove), ..self }
    }

    /// Sends the change.
    ///
    /// # Errors
    /// - `is_invalid_input`, before anything is sent: nothing would change, the name is empty, the
    ///   PIN is not four digits, or the member is not a managed user.
    /// - `is_forbidden` when the user does not administer the Home.
    /// - `is_not_found` when there is no such member.
    /// - the errors of any call.
    ///
    /// Calls `POST /api/v2/home/users/restricted/{userId}`.
    pub async fn send(self) -> Result<(), Error> {
        check_managed(&self.member)?;
        let name = self.name.as_deref().map(checked_name).transpose()?;
        let call = self.client.v2().update_managed_user(self.member.id()).maybe_friendly_name(name);
        let call = match self.pin {
            Some(NewPin::Set(pin)) if is_pin(pin.expose()) => call.pin(pin),
            Some(NewPin::Set(_)) => return Err(Error::invalid_input(NO_PIN)),
            Some(NewPin::Remove) => call.remove_pin(true),
            None if name.is_none() => return Err(Error::invalid_input("nothing would change; give a name or a PIN")),
            None => call,
        };
        call.send().await
    }
}

fn checked_name(name: &str) -> Result<&str, Error> {
    match name.trim() {
        "" => Err(Error::invalid_input("the name of a managed user is empty")),
        name if name.contains(char::is_control) => {
            Err(Error::invalid_input("the name of a managed user contains a control character"))
        }
        name => Ok(name),
    }
}

/// The message for a text that is not a PIN.
pub(super) const NO_PIN: &str = "a PIN is four digits";

pub(super) fn is_pin(pin: &str) -> bool {
    pin.len() == 4 && pin.bytes().all(|byte| byte.is_ascii_digit())
}

/// # Errors
/// `is_invalid_input` when the member has their own account.
pub(super) fn check_managed(member: &HomeMember) -> Result<(), Error> {
    if member.is_managed() {
        return Ok(());
    }
    Err(Error::invalid_input("the member has their own account, which only they can change"))
}
