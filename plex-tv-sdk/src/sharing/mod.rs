//! Sharing the libraries of a server: who sees which libraries, under which conditions.

mod backup;
mod change;
mod everyone;
mod extent;
mod filter;
mod invitee;
mod labels;
mod library;
mod lists;
mod outcome;
#[cfg(feature = "v1")]
mod people;
mod received;
mod settings;
mod share;
mod share_with;

pub use backup::{SavedLibraries, SavedShare, ShareBackup};
pub use change::ChangeSettings;
pub use filter::Filter;
pub use invitee::Invitee;
pub use library::{Libraries, Library};
pub use outcome::{ShareChange, ShareOutcome};
#[cfg(feature = "v1")]
pub use people::Person;
pub use received::ReceivedShare;
pub use settings::{Media, Tuners};
pub use share::Share;
pub use share_with::ShareWith;
