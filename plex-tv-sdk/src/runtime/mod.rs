//! The runtime of the generated code. It is independent of operations and hosts.

mod call_debug;
pub(crate) mod clock;
#[cfg(feature = "conform")]
pub(crate) mod conform;
pub(crate) mod error;
#[cfg(feature = "discover")]
pub(crate) mod items;
pub(crate) mod operation;
pub(crate) mod pages;
pub(crate) mod printable;
pub(crate) mod response;
pub(crate) mod secret;
mod short_debug;
pub(crate) mod transport;
pub(crate) mod wire;
mod xml;

pub(crate) use call_debug::call_debug;
pub(crate) use error::Error;
pub(crate) use operation::{Auth, Method, Operation, Parameter, Proof};
pub(crate) use response::{ByteStream, Response};
pub(crate) use secret::Secret;
pub(crate) use short_debug::short_debug;
pub(crate) use transport::{Call, Hosts};
#[allow(unused_imports, reason = "no description needs one at the moment")]
pub(crate) use wire::closed_enum;
pub(crate) use wire::{Choice, Extra, Flag, Nullable, Rows, list, object, open_enum};

/// A point in time in a reply.
pub(crate) use jiff::Timestamp;
