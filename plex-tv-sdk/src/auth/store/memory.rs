//! A store in memory.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{CredentialStore, Credentials};
use crate::Error;

/// Keeps credentials in memory, for tests and for apps that keep them elsewhere. Clones are the
/// same store.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore(Arc<Mutex<Credentials>>);

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// A store that starts with these credentials.
    #[cfg(feature = "jwt")]
    pub(in crate::auth) fn with(credentials: Credentials) -> Self {
        Self(Arc::new(Mutex::new(credentials)))
    }

    fn lock(&self) -> MutexGuard<'_, Credentials> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CredentialStore for MemoryStore {
    fn load(&self) -> Result<Credentials, Error> {
        Ok(self.lock().clone())
    }

    fn save(&self, credentials: &Credentials) -> Result<(), Error> {
        *self.lock() = credentials.clone();
        Ok(())
    }

    fn clear(&self) -> Result<(), Error> {
        *self.lock() = Credentials::default();
        Ok(())
    }

    fn update(&self, change: &mut dyn FnMut(&mut Credentials)) -> Result<Credentials, Error> {
        let mut kept = self.lock();
        // A change that panics leaves the old credentials in place.
        let mut credentials = kept.clone();
        change(&mut credentials);
        kept.clone_from(&credentials);
        Ok(credentials)
    }
}
