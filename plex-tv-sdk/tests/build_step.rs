//! The build step and `cargo xtask generate` give the same code.
#![cfg(feature = "codegen")]

#[test]
fn the_build_step_gives_the_checked_in_code() {
    if option_env!("PLEX_TV_OPENAPI_DIR").is_some() {
        // Built from another description on purpose.
        return;
    }
    let built = include_str!(concat!(env!("OUT_DIR"), "/plex_tv.rs"));
    let checked_in = include_str!("../src/generated/plex_tv.rs");

    assert!(built == checked_in, "run `cargo xtask generate`");
}
