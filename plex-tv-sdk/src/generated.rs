//! The generated clients, one module per API description. `openapi/README.md` explains how they are
//! generated.

#![allow(deprecated, reason = "calls that plex.tv dropped are still generated")]

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

description!("The generated client, calls and types of the account API.", v2);
description!("The generated client, calls and types of the older account API.", v1, "v1");
description!("The generated client, calls and types of Discover and the metadata providers.", discover, "discover");
description!("The generated client, calls and types of Live TV.", epg, "epg");
description!("The generated client, calls and types of Watch Together.", together, "together");
description!("The generated client, calls and types of push messages.", notifications, "notifications");
