//! Tests of `cargo xtask diff`, run as a maintainer runs it.
#![allow(clippy::panic, clippy::unwrap_used)] // A failed unwrap is the test's message.

mod common;

#[path = "diff/forms.rs"]
mod forms;
#[path = "diff/refusals.rs"]
mod refusals;
#[path = "diff/repository.rs"]
mod repository;
#[path = "diff/rust.rs"]
mod rust;
#[path = "diff/selection.rs"]
mod selection;
#[path = "diff/sources.rs"]
mod sources;
#[path = "diff/waivers.rs"]
mod waivers;
