//! The generated clients, one module for each description. See `openapi/README.md` for how they are made.

#![allow(
    // Written by the generator, in its style; what of it is public is named in `lib.rs`.
    clippy::all,
    clippy::pedantic,
    clippy::str_to_string,
    deprecated,
    elided_lifetimes_in_paths,
    missing_docs,
    unreachable_pub,
    unused_imports
)]

macro_rules! description {
    ($module:ident $(, $feature:literal)?) => {
        #[cfg(all(not(feature = "codegen") $(, feature = $feature)?))]
        #[rustfmt::skip]
        pub mod $module;

        /// Made by the build step.
        #[cfg(all(feature = "codegen" $(, feature = $feature)?))]
        pub mod $module {
            include!(concat!(env!("OUT_DIR"), "/", stringify!($module), ".rs"));
        }
    };
}

description!(plex_tv);
description!(plex_tv_v1, "v1");
description!(discover, "discover");
