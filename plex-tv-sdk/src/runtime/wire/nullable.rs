//! Members of a request for which null has a meaning.

use serde::{Serialize, Serializer};

use super::read::{Container, Found, Opening, Slot};

/// A member that may be left out, null, or a value.
///
/// In a request, leaving it out keeps the current value, and null clears it. In a reply, both mean
/// that there is no value.
///
/// ```
/// use plex_tv_sdk::Nullable;
///
/// let filter = Nullable::from("label=Family".to_owned());
///
/// assert_eq!(filter.as_deref(), Some("label=Family"));
/// assert_eq!(Nullable::<String>::Null.into_option(), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Nullable<T> {
    /// It is left out.
    #[default]
    Missing,
    /// It is null.
    Null,
    /// It has a value.
    Value(T),
}

impl<T> Nullable<T> {
    /// Whether it is left out. Null is not left out.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }

    /// The value, if there is one.
    pub fn as_ref(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Missing | Self::Null => None,
        }
    }

    /// The dereferenced value, if there is one.
    pub fn as_deref(&self) -> Option<&T::Target>
    where
        T: std::ops::Deref,
    {
        self.as_ref().map(|value| &**value)
    }

    /// The value, if there is one.
    pub fn into_option(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Missing | Self::Null => None,
        }
    }
}

impl<T> From<T> for Nullable<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_ref().serialize(serializer)
    }
}

impl<T: Slot> Slot for Nullable<T> {
    fn begin() -> Self {
        Self::Missing
    }

    fn take(&mut self, found: Found<'_>) -> bool {
        if matches!(found, Found::Null) || T::blank_is_none() && found.is_blank() {
            *self = Self::Null;
            return true;
        }
        let mut value = T::begin();
        let fits = value.take(found);
        *self = Self::Value(value);
        fits
    }

    fn open(&mut self, opening: Opening) -> Container<'_> {
        *self = Self::Value(T::begin());
        match self {
            Self::Value(value) => value.open(opening),
            Self::Missing | Self::Null => Container::Refused,
        }
    }

    fn expected(&self) -> &'static str {
        self.as_ref().map_or("nothing", Slot::expected)
    }

    fn is_absent(&self) -> bool {
        self.is_missing()
    }
}

#[cfg(feature = "schemars")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Nullable<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        Option::<T>::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Option::<T>::json_schema(generator)
    }
}
