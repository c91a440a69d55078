//! `cargo xtask api`: the public items of the SDK.

mod cfg;
pub(crate) mod items;
mod signature;
mod surface;
mod tree;
