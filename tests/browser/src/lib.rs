//! `tests/sign_in.rs` is what there is; `.ci/browser` runs it.
