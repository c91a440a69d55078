//! `Debug` for the values of verbs.

/// Implements `Debug` to show only the named values, and not the client and the whole reply, which
/// fill pages.
macro_rules! short_debug {
    ($type:ident($value:ident) { $($name:ident: $shown:expr),+ $(,)? }) => {
        impl ::std::fmt::Debug for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                let $value = self;
                f.debug_struct(::std::stringify!($type))
                    $(.field(::std::stringify!($name), &$shown))+
                    .finish_non_exhaustive()
            }
        }
    };
}

pub(crate) use short_debug;
