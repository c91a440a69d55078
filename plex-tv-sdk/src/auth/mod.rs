//! Ways to get a token, and to learn whether it is still good.

mod pin;
pub(crate) mod verify;

pub use pin::{PinFlow, PinLogin, PinStatus, PinWait};
pub use verify::TokenCheck;
