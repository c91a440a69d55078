//! What a managed user may see, by age.

use super::{HomeMember, managed::check_managed};
use crate::{
    Client, Error,
    v2::types::{RestrictionProfile, SetManagedUserRestrictionProfileBody},
};

impl Client {
    /// Sets what a managed user may see, by age. `None` ends the restriction.
    ///
    /// This call rests on one unconfirmed source, so it needs the feature `unstable`.
    /// [`NewManagedUser::restriction_profile`](crate::NewManagedUser::restriction_profile) does
    /// not.
    ///
    /// ```no_run
    /// # use plex_tv_sdk::{Client, Error, HomeMember};
    /// # async fn example(client: Client, kid: HomeMember) -> Result<(), Error> {
    /// use plex_tv_sdk::v2::types::RestrictionProfile;
    ///
    /// client.set_restriction_profile(&kid, RestrictionProfile::Teen).await?;
    /// client.set_restriction_profile(&kid, None).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// - `is_invalid_input`, before anything is sent: the member is not a managed user.
    /// - `is_forbidden` when the user does not administer the Home.
    /// - the errors of any call.
    ///
    /// Calls `POST /api/v2/home/users/restricted/profile`.
    pub async fn set_restriction_profile(
        &self,
        member: &HomeMember,
        profile: impl Into<Option<RestrictionProfile>>,
    ) -> Result<(), Error> {
        check_managed(member)?;
        let body = SetManagedUserRestrictionProfileBody::new(member.id()).maybe_restriction_profile(profile.into());
        self.v2().set_managed_user_restriction_profile(body).send().await
    }
}
