//! The Plex Home: its members, switching between them, and its managed users.

mod managed;
mod member;
#[cfg(feature = "unstable")]
mod profile;
mod switch;

pub use managed::{ManagedUserChange, NewManagedUser};
pub use member::HomeMember;
pub use switch::HomeUuid;
