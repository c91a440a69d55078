//! Values on the wire: how they are read from replies and written into requests.

mod choice;
mod closed_enum;
mod extra;
mod flag;
mod form;
mod members;
mod nullable;
mod object;
mod open_enum;
pub(crate) mod read;
mod repair;
mod rows;
pub(crate) mod scalar;
pub(crate) mod table;
mod unknown;
mod written;

pub use choice::Choice;
#[allow(unused_imports)]
pub(crate) use closed_enum::closed_enum;
pub use extra::Extra;
pub use flag::Flag;
pub(crate) use form::form;
pub(crate) use members::Members;
pub use nullable::Nullable;
pub(crate) use object::{list, object};
pub(crate) use open_enum::open_enum;
#[cfg(feature = "webhook")]
pub(crate) use read::read;
pub(crate) use read::{MOST_REJECTED, Misfit, Reading, Slot, read_into};
pub use rows::{RejectedRow, Rows};
pub(crate) use scalar::Scalar;
pub(crate) use unknown::Names;
pub(crate) use written::Written;
