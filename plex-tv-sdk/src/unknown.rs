//! With feature `trace-unknown`: the names of members that a reply has and the description has not.

use serde::de::{DeserializeOwned, Error as _};

/// Decodes JSON, and keeps the names until [`tell`] takes them.
///
/// That it is UTF-8 is made sure of once: string by string it would cost more than a tenth of all decoding.
pub(crate) fn from_json<T: DeserializeOwned>(json: &[u8]) -> serde_json::Result<T> {
    from_text(std::str::from_utf8(json).map_err(serde_json::Error::custom)?)
}

#[cfg(feature = "trace-unknown")]
fn from_text<T: DeserializeOwned>(json: &str) -> serde_json::Result<T> {
    names::forget();
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let value = serde_ignored::deserialize(&mut deserializer, |path| names::keep(path.to_string()))?;
    deserializer.end()?;
    Ok(value)
}

#[cfg(not(feature = "trace-unknown"))]
use serde_json::from_str as from_text;

/// Tells the names to `tracing`. Never the values: one may be a new token.
#[cfg(feature = "trace-unknown")]
pub(crate) fn tell(operation: Option<&'static str>) {
    let names = names::forget();
    if !names.is_empty() {
        tracing::debug!(operation, ?names, "members that the description does not name");
    }
}

#[cfg(not(feature = "trace-unknown"))]
pub(crate) fn tell(_: Option<&'static str>) {}

#[cfg(feature = "trace-unknown")]
pub(crate) mod names {
    use std::{cell::RefCell, collections::BTreeSet};

    thread_local! {
        // Decoding never waits, so the thread is the right scope.
        static NAMES: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) };
    }

    pub(crate) fn keep(name: String) {
        NAMES.with_borrow_mut(|names| names.insert(name));
    }

    pub(super) fn forget() -> BTreeSet<String> {
        NAMES.take()
    }
}
