//! The generated clients, one module for each description. `openapi/README.md` says how they are
//! made.

#![allow(deprecated, reason = "what plex.tv drops is still described")]

macro_rules! description {
    ($about:literal, $module:ident $(, $feature:literal)?) => {
        #[doc = $about]
        #[cfg(all(not(feature = "codegen") $(, feature = $feature)?))]
        #[rustfmt::skip]
        pub mod $module;

        #[doc = $about]
        #[cfg(all(feature = "codegen" $(, feature = $feature)?))]
        pub mod $module {
            include!(concat!(env!("OUT_DIR"), "/", stringify!($module), ".rs"));
        }
    };
}

description!("The account API, generated: its client, its calls and its types.", v2);
description!("The older calls of the account API, generated: client, calls and types.", v1, "v1");
description!("Discover and metadata, generated: client, calls and types.", discover, "discover");
description!("Live TV, generated: client, calls and types.", epg, "epg");
description!("Rooms of Watch Together, generated: client, calls and types.", together, "together");
description!("Push messages, generated: client, calls and types.", notifications, "notifications");
