//! Lists that an API reads as "all" when they are empty.

use serde::{Serialize, Serializer, ser::Error as _};

use super::read::{Container, Found, List, Opening, Slot};

/// All items, or only these. It is sent as a list, which plex.tv reads as "all" when it is empty.
///
/// An empty [`Choice::These`] is refused before anything is sent, so that only [`Choice::All`]
/// chooses all.
///
/// ```
/// use plex_tv_sdk::Choice;
///
/// assert_eq!(serde_json::to_string(&Choice::these([5, 7]))?, "[5,7]");
/// assert_eq!(serde_json::to_string(&Choice::<i64>::All)?, "[]");
/// assert!(serde_json::to_string(&Choice::<i64>::these([])).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Choice<T> {
    /// All items, including future ones.
    All,
    /// These items and no others.
    These(Vec<T>),
}

impl<T> Choice<T> {
    /// Chooses these items and no others. An empty list is refused when it is sent.
    pub fn these(items: impl IntoIterator<Item = T>) -> Self {
        Self::These(items.into_iter().collect())
    }

    /// Adds items to the choice. An empty list changes nothing.
    fn extend(&mut self, more: Vec<T>) {
        match self {
            Self::These(items) => items.extend(more),
            Self::All if more.is_empty() => {}
            Self::All => *self = Self::These(more),
        }
    }
}

impl<T: Serialize> Serialize for Choice<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.collect_seq::<[T; 0]>([]),
            Self::These(items) if items.is_empty() => {
                Err(S::Error::custom("an empty list would mean all; name at least one item, or choose `All`"))
            }
            Self::These(items) => items.serialize(serializer),
        }
    }
}

impl<T: Slot> Slot for Choice<T> {
    fn begin() -> Self {
        Self::All
    }

    fn take(&mut self, found: Found<'_>) -> bool {
        *self = Self::All;
        found.is_blank()
    }

    fn open(&mut self, opening: Opening) -> Container<'_> {
        *self = Self::All;
        match opening {
            Opening::List => Container::List(self),
            Opening::Object => Container::Refused,
        }
    }

    fn expected(&self) -> &'static str {
        "list"
    }
}

impl<T: Slot> List for Choice<T> {
    fn scalar(&mut self, found: Found<'_>) -> Result<(), &'static str> {
        let mut items = Vec::new();
        items.scalar(found)?;
        self.extend(items);
        Ok(())
    }

    fn item(&mut self, read: &mut dyn FnMut(&mut dyn Slot) -> bool) {
        let mut items = Vec::new();
        items.item(read);
        self.extend(items);
    }

    fn item_size(&self) -> usize {
        size_of::<T>()
    }
}

#[cfg(feature = "schemars")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Choice<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        Vec::<T>::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Vec::<T>::json_schema(generator)
    }
}
