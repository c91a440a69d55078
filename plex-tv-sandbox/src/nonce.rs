use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

const LIFETIME: Duration = Duration::from_secs(5 * 60);

/// The valid nonces. Each can be used once, by one installation, within five minutes.
#[derive(Debug, Default)]
pub(crate) struct Nonces(HashMap<String, (String, Instant)>);

impl Nonces {
    pub(crate) fn issue(&mut self, client_identifier: &str, now: Instant) -> String {
        self.0.retain(|_, (_, expires)| now < *expires);
        let nonce = Uuid::new_v4().to_string();
        self.0.insert(nonce.clone(), (String::from(client_identifier), now + LIFETIME));
        nonce
    }

    /// Uses up a nonce and returns whether it was valid.
    pub(crate) fn take(&mut self, nonce: &str, client_identifier: &str, now: Instant) -> bool {
        self.0.remove(nonce).is_some_and(|(owner, expires)| owner == client_identifier && now < expires)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_valid_once_for_its_owner_and_for_five_minutes() {
        let mut nonces = Nonces::default();
        let now = Instant::now();
        let mut fresh = || nonces.issue("tv", now);
        let (good, foreign, stale) = (fresh(), fresh(), fresh());

        assert!(nonces.take(&good, "tv", now + LIFETIME - Duration::from_secs(1)));
        assert!(!nonces.take(&good, "tv", now));
        assert!(!nonces.take(&foreign, "phone", now));
        assert!(!nonces.take(&stale, "tv", now + LIFETIME));
        assert!(!nonces.take("made up", "tv", now));
    }
}
