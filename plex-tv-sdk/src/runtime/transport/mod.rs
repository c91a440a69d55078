//! Sends calls: signs and sends requests, and reads replies.
//!
//! A [`Transport`] is bound to one origin. It signs for that origin only and reaches no other.
//! Generated code builds a [`Request`] and sends it; [`exchange::Exchange`] makes the attempts.

mod body;
mod exchange;
mod graphql;
mod hosts;
mod redirect;
mod renew;
mod reply;
mod request;
mod retry;
mod retry_after;
#[cfg(test)]
mod scripted;
mod sent;
mod settings;
mod shared;
mod sign;
mod trace;

pub(crate) use body::read;
pub(crate) use hosts::Hosts;
#[cfg(feature = "jwt")]
pub(crate) use renew::Renewer;
pub(crate) use reply::xml_to_value;
#[cfg(feature = "conform")]
pub(crate) use reply::{read_json, read_xml};
pub use request::Call;
pub use retry::RetryPolicy;
#[cfg(feature = "conform")]
pub(crate) use retry_after::retry_after;
pub(crate) use settings::{Limits, Settings, Transport};
