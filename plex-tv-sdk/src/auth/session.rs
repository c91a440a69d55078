//! The sign-in of a client: where it is stored, and what keeps its token fresh.

use std::sync::Arc;

use super::{CredentialStore, owner::Owner};
#[cfg(feature = "jwt")]
use super::{Keeper, keeper::JwtSettings};

#[derive(Clone, Default)]
pub(crate) struct Session {
    pub(crate) store: Option<Arc<dyn CredentialStore>>,
    /// The sign-in of a client without a keeper.
    pub(crate) owner: Owner,
    #[cfg(feature = "jwt")]
    pub(crate) settings: JwtSettings,
    #[cfg(feature = "jwt")]
    pub(crate) keeper: Option<Arc<Keeper>>,
}

impl Session {
    /// The session for another user, or for nobody: without store and keeper.
    pub(crate) fn for_other_user(&self) -> Self {
        Self {
            #[cfg(feature = "jwt")]
            settings: self.settings.clone(),
            ..Self::default()
        }
    }

    /// The sign-in that the client belongs to.
    pub(super) fn owner(&self) -> Owner {
        #[cfg(feature = "jwt")]
        if let Some(keeper) = &self.keeper {
            return keeper.owner();
        }
        self.owner.clone()
    }
}
