//! Macros that make generated types readable and writable.

/// Makes a type with members readable and writable, given each field and its name on the wire. The
/// first `$required` fields must be present. A member that is absent is not written, except for an
/// empty list that is marked with `[even_empty]`. The field `$extra` keeps the members that the
/// table does not name. The field `$list` takes a list in place of the object.
macro_rules! object {
    (
        $type:ident { $($field:ident: $name:literal $([$even_empty:ident])?),* $(,)? },
        $required:literal $(, $extra:ident)? $(; $list:ident)?
    ) => {
        impl $crate::runtime::wire::read::Slot for $type {
            fn begin() -> Self {
                Self {
                    $($field: $crate::runtime::wire::read::Slot::begin(),)*
                    $($extra: $crate::runtime::wire::read::Slot::begin(),)?
                }
            }

            fn take(&mut self, _: $crate::runtime::wire::read::Found<'_>) -> bool {
                false
            }

            fn open(
                &mut self,
                opening: $crate::runtime::wire::read::Opening,
            ) -> $crate::runtime::wire::read::Container<'_> {
                match opening {
                    $crate::runtime::wire::read::Opening::Object => {
                        $crate::runtime::wire::read::Container::Object(self)
                    }
                    #[allow(unreachable_code)]
                    $crate::runtime::wire::read::Opening::List => {
                        $(return $crate::runtime::wire::read::Slot::open(&mut self.$list, opening);)?
                        $crate::runtime::wire::read::Container::Refused
                    }
                }
            }

            fn expected(&self) -> &'static str {
                "object"
            }

            fn is_object() -> bool {
                true
            }
        }

        impl $crate::runtime::wire::read::Object for $type {
            fn table(&self) -> &'static $crate::runtime::wire::table::Table {
                use $crate::runtime::wire::table::{Table, bucket_count, buckets};

                const NAMES: &[&str] = &[$($name),*];
                static BUCKETS: [u8; bucket_count(NAMES.len())] = buckets(NAMES);
                static TABLE: Table = Table { names: NAMES, buckets: &BUCKETS, required: $required };
                &TABLE
            }

            fn member(
                &mut self,
                index: usize,
            ) -> ::std::option::Option<&mut dyn $crate::runtime::wire::read::Slot> {
                let mut place = 0;
                $(
                    if index == place {
                        return ::std::option::Option::Some(&mut self.$field);
                    }
                    place += 1;
                )*
                let _ = place;
                ::std::option::Option::None
            }

            fn extra(
                &mut self,
            ) -> ::std::option::Option<&mut ::serde_json::Map<::std::string::String, ::serde_json::Value>>
            {
                $(return Some(&mut *self.$extra);)?
                #[allow(unreachable_code)]
                None
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $type {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::runtime::wire::read::deserialize(deserializer)
            }
        }

        impl ::serde::Serialize for $type {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::runtime::wire::Members::begin(serializer)
                    $(.member($name, &self.$field)$(.$even_empty($name, &self.$field))?)*
                    $(.extra(&self.$extra))?
                    .end()
            }
        }
    };
}

/// Makes a type readable and writable that wraps a list, or an object with members of any name. It
/// reads and writes like the value in it.
macro_rules! list {
    ($type:ident($inner:ty)) => {
        impl ::std::ops::Deref for $type {
            type Target = $inner;

            fn deref(&self) -> &$inner {
                &self.0
            }
        }

        impl From<$type> for $inner {
            fn from(value: $type) -> Self {
                value.0
            }
        }

        impl From<$inner> for $type {
            fn from(value: $inner) -> Self {
                Self(value)
            }
        }

        impl $crate::runtime::wire::read::Slot for $type {
            fn begin() -> Self {
                Self($crate::runtime::wire::read::Slot::begin())
            }

            fn take(&mut self, found: $crate::runtime::wire::read::Found<'_>) -> bool {
                self.0.take(found)
            }

            fn open(
                &mut self,
                opening: $crate::runtime::wire::read::Opening,
            ) -> $crate::runtime::wire::read::Container<'_> {
                self.0.open(opening)
            }

            fn expected(&self) -> &'static str {
                self.0.expected()
            }

            fn is_absent(&self) -> bool {
                self.0.is_absent()
            }
        }

        impl ::serde::Serialize for $type {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $type {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                $crate::runtime::wire::read::deserialize(deserializer)
            }
        }
    };
}

pub(crate) use {list, object};
