//! Ways to get a token, and to learn whether it is still good.

pub(crate) mod pin;
mod poll;
#[cfg(feature = "qr")]
mod qr;
pub(crate) mod verify;

pub use pin::{PinFlow, PinLogin};
pub use poll::{PinPoll, PinProgress, PinStatus, PinWait};
pub use verify::TokenCheck;
