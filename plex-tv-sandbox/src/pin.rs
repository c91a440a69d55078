use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use crate::device::Installation;
use crate::jwk::Jwk;
use crate::random;
use crate::state::AccountId;

/// The state of a PIN.
///
/// # Example
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use plex_tv_sandbox::{PinState, Sandbox};
///
/// let sandbox = Sandbox::start().await?;
/// let waiting = sandbox.pins().iter().filter(|pin| pin.state == PinState::Pending).count();
/// assert_eq!(waiting, 0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PinState {
    /// Waits for the user; polls answer with a null `authToken`.
    Pending,
    /// The user approved; polls answer with the token. A PIN created with a key gives the token
    /// only to the holder of that key.
    Approved,
    /// The user refused; polls answer 404 with code 1020.
    Denied,
    /// The PIN is too old; polls answer 404 with code 1020.
    Expired,
}

/// A snapshot of a PIN, from [`Sandbox::pins`](crate::Sandbox::pins). `Debug` omits the code.
///
/// # Example
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let sandbox = plex_tv_sandbox::Sandbox::start().await?;
/// for pin in sandbox.pins() {
///     sandbox.approve(&pin);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pin {
    /// The number that polls send.
    pub id: u64,
    /// The code that the user types, or that the approval URL contains.
    pub code: String,
    /// The installation that created the PIN.
    pub client_identifier: String,
    /// The name of the app that created the PIN, or `"0"` if it sent none.
    pub product: String,
    /// Whether this is a long code for the approval page rather than a short one to type.
    pub strong: bool,
    /// The state when the snapshot was taken.
    pub state: PinState,
}

/// Returns the id, so that [`Sandbox::approve`](crate::Sandbox::approve) and similar methods accept
/// a PIN.
impl From<&Pin> for u64 {
    fn from(pin: &Pin) -> Self {
        pin.id
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Pin")
            .field("id", &self.id)
            .field("code", &"[redacted]")
            .field("client_identifier", &self.client_identifier)
            .field("product", &self.product)
            .field("strong", &self.strong)
            .field("state", &self.state)
            .finish()
    }
}

/// What a client asks for when it creates a PIN.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) installation: Installation,
    pub(crate) strong: bool,
    pub(crate) lifetime: Duration,
    /// The key that must sign the device JWT of a poll.
    pub(crate) jwk: Option<Jwk>,
}

#[derive(Clone, Debug)]
enum Decision {
    Open,
    Approved {
        account: AccountId,
        /// `None` until the first poll that proves possession of the key.
        token: Option<String>,
    },
    Denied,
}

/// A PIN as the sandbox stores it.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) id: u64,
    pub(crate) code: String,
    pub(crate) installation: Installation,
    pub(crate) strong: bool,
    pub(crate) created: Instant,
    pub(crate) expires: Instant,
    pub(crate) jwk: Option<Jwk>,
    decision: Decision,
}

impl Record {
    pub(crate) fn client_identifier(&self) -> &str {
        &self.installation.client_identifier
    }

    pub(crate) fn state(&self, now: Instant) -> PinState {
        match self.decision {
            Decision::Denied => PinState::Denied,
            _ if now >= self.expires => PinState::Expired,
            Decision::Open => PinState::Pending,
            Decision::Approved { .. } => PinState::Approved,
        }
    }

    pub(crate) fn token(&self) -> Option<&str> {
        match &self.decision {
            Decision::Approved { token, .. } => token.as_deref(),
            Decision::Open | Decision::Denied => None,
        }
    }

    pub(crate) fn approved_by(&self) -> Option<AccountId> {
        match self.decision {
            Decision::Approved { account, .. } => Some(account),
            Decision::Open | Decision::Denied => None,
        }
    }

    pub(crate) fn approve(&mut self, account: AccountId, token: Option<String>) {
        self.decision = Decision::Approved { account, token };
    }

    pub(crate) fn deny(&mut self) {
        self.decision = Decision::Denied;
    }

    pub(crate) fn snapshot(&self, now: Instant) -> Pin {
        Pin {
            id: self.id,
            code: self.code.clone(),
            client_identifier: self.installation.client_identifier.clone(),
            product: self.installation.product.clone(),
            strong: self.strong,
            state: self.state(now),
        }
    }
}

/// The PINs created so far, oldest first. When there are too many, the oldest is dropped.
#[derive(Debug, Default)]
pub(crate) struct Pins(BTreeMap<u64, Record>);

impl Pins {
    const FIRST_ID: u64 = 300_000_001;
    const KEPT: usize = 10_000;

    pub(crate) fn create(&mut self, order: Order, now: Instant) -> &mut Record {
        if self.0.len() >= Self::KEPT {
            self.0.pop_first();
        }
        let id = self.0.last_key_value().map_or(Self::FIRST_ID, |(last, _)| last + 1);
        let code = self.unused_code(order.strong);
        self.0.entry(id).or_insert(Record {
            id,
            code,
            installation: order.installation,
            strong: order.strong,
            created: now,
            expires: now + order.lifetime,
            jwk: order.jwk,
            decision: Decision::Open,
        })
    }

    pub(crate) fn by_id(&mut self, id: u64) -> Option<&mut Record> {
        self.0.get_mut(&id)
    }

    /// Finds a PIN by its code. People type short codes, so their case does not matter.
    pub(crate) fn by_code(&mut self, code: &str) -> Option<&mut Record> {
        let code = code.trim();
        let same = |record: &Record| record.code == code || (!record.strong && record.code.eq_ignore_ascii_case(code));
        self.0.values_mut().find(|record| same(record))
    }

    pub(crate) fn all(&mut self) -> impl Iterator<Item = &mut Record> {
        self.0.values_mut()
    }

    /// Returns a new code. Only short codes can collide by chance.
    fn unused_code(&mut self, strong: bool) -> String {
        if strong {
            return random::strong_code();
        }
        loop {
            let code = random::link_code();
            if self.by_code(&code).is_none() {
                return code;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(strong: bool) -> Order {
        Order { installation: Installation::named("tv"), strong, lifetime: Duration::from_secs(900), jwk: None }
    }

    #[test]
    fn debug_of_a_pin_has_no_code() {
        let mut pins = Pins::default();
        let now = Instant::now();
        let pin = pins.create(order(true), now).snapshot(now);

        assert!(!format!("{pin:?}").contains(&pin.code));
    }

    #[test]
    fn old_pins_make_room_and_ids_never_repeat() {
        let mut pins = Pins::default();
        let now = Instant::now();
        let first = pins.create(order(true), now).id;

        let last = (0..Pins::KEPT).map(|_| pins.create(order(true), now).id).last().unwrap();

        assert_eq!(last, first + Pins::KEPT as u64);
        assert!(pins.by_id(first).is_none());
    }

    #[test]
    fn a_denied_pin_stays_denied_after_its_time() {
        let mut pins = Pins::default();
        let now = Instant::now();
        let record = pins.create(order(false), now);
        record.deny();

        assert_eq!(record.state(now + Duration::from_secs(5000)), PinState::Denied);
    }
}
