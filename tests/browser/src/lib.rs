//! Empty. The tests are in `tests/sign_in.rs`, and `.ci/browser` runs them.
