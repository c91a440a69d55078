//! Runs the calls of a store, which may block, on a blocking thread.

use std::sync::Arc;

use super::{CredentialStore, Credentials, store_error};
use crate::Error;

pub(in crate::auth) async fn load(store: &Arc<dyn CredentialStore>) -> Result<Credentials, Error> {
    run(store, |store| store.load()).await
}

/// Runs `change` inside the store's `update`. Returns the value of `change` and the credentials
/// that are stored now.
pub(in crate::auth) async fn update<T: Send + 'static>(
    store: &Arc<dyn CredentialStore>,
    mut change: impl FnMut(&mut Credentials) -> T + Send + 'static,
) -> Result<(T, Credentials), Error> {
    run(store, move |store| {
        let mut outcome = None;
        let stored = store.update(&mut |credentials| outcome = Some(change(credentials)))?;
        let outcome = outcome.ok_or_else(|| store_error("the `update` of the store did not call `change`"))?;
        Ok((outcome, stored))
    })
    .await
}

/// Runs a call on a blocking thread. Another process may hold the lock of a file, or a keychain may
/// prompt the user; neither blocks the tasks of the runtime.
///
/// Dropping the future does not stop the call: its write completes and is found at the next start.
#[cfg(not(target_arch = "wasm32"))]
async fn run<T: Send + 'static>(
    store: &Arc<dyn CredentialStore>,
    call: impl FnOnce(&dyn CredentialStore) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return call(store.as_ref()) };
    let store = Arc::clone(store);
    let outcome = runtime.spawn_blocking(move || call(store.as_ref())).await;
    outcome.unwrap_or_else(|_| Err(store_error("the store panicked, or the runtime is shutting down")))
}

/// A browser has one thread.
#[cfg(target_arch = "wasm32")]
#[allow(clippy::unused_async, reason = "the same signature as elsewhere")]
async fn run<T>(
    store: &Arc<dyn CredentialStore>,
    call: impl FnOnce(&dyn CredentialStore) -> Result<T, Error>,
) -> Result<T, Error> {
    call(store.as_ref())
}
