//! The account of the user: who they are, and the devices that are signed in.

#[cfg(feature = "v1")]
mod claim;
mod devices;
mod older_token;
mod user;

pub use devices::Device;
pub(crate) use older_token::is_jwt;
pub use user::Account;
