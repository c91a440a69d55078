//! `Debug` for calls.

/// Implements `Debug` to show only the name of a call, since its arguments may be secrets.
macro_rules! call_debug {
    ($type:ident) => {
        impl ::std::fmt::Debug for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.debug_struct(::std::stringify!($type)).finish_non_exhaustive()
            }
        }
    };
}

pub(crate) use call_debug;
