//! Checks that the build step and `cargo xtask generate` produce the same code.
#![cfg(feature = "codegen")]

#[test]
fn the_build_step_produces_the_checked_in_code() {
    if option_env!("PLEX_TV_OPENAPI_DIR").is_some() {
        // It was built from another description on purpose.
        return;
    }
    macro_rules! assert_same {
        ($($file:literal),*) => { $(
            let built = include_str!(concat!(env!("OUT_DIR"), "/", $file));
            let checked_in = include_str!(concat!("../src/generated/", $file));
            assert!(built == checked_in, "{} differs: run `cargo xtask generate`", $file);
        )* };
    }
    assert_same!("discover.rs", "epg.rs", "notifications.rs", "together.rs", "v2.rs", "v1.rs");
}
