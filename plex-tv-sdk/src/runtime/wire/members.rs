//! Writes generated types member by member.

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value};

use super::Slot;

/// The members that are being written, or the first error.
#[allow(missing_debug_implementations, reason = "it holds a serializer")]
pub(crate) struct Members<M: SerializeMap>(Result<M, M::Error>);

impl<M: SerializeMap> Members<M> {
    /// Begins an object.
    pub(crate) fn begin<S>(serializer: S) -> Self
    where
        S: Serializer<SerializeMap = M, Ok = M::Ok, Error = M::Error>,
    {
        Self(serializer.serialize_map(None))
    }

    /// Writes a member, unless it is absent.
    pub(crate) fn member<T: Slot + Serialize>(self, name: &str, value: &T) -> Self {
        if value.is_absent() { self } else { self.entry(name, value) }
    }

    /// Writes a member if it is absent: an empty list that means something.
    pub(crate) fn even_empty<T: Slot + Serialize>(self, name: &str, value: &T) -> Self {
        if value.is_absent() { self.entry(name, value) } else { self }
    }

    /// Writes the members that the table does not name.
    pub(crate) fn extra(self, extra: &Map<String, Value>) -> Self {
        extra.iter().fold(self, |members, (name, value)| members.entry(name, value))
    }

    /// Ends the object.
    pub(crate) fn end(self) -> Result<M::Ok, M::Error> {
        self.0.and_then(M::end)
    }

    fn entry<T: Serialize>(self, name: &str, value: &T) -> Self {
        Self(self.0.and_then(|mut members| {
            members.serialize_entry(name, value)?;
            Ok(members)
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::runtime::wire::{Choice, Extra, Nullable, Rows, object};

    #[derive(Clone)]
    struct Share {
        id: i64,
        title: Option<String>,
        filter: Nullable<String>,
        keys: Vec<i64>,
        urls: Vec<String>,
        rows: Rows<i64>,
        limits: BTreeMap<String, i64>,
        libraries: Choice<i64>,
        extra: Extra,
    }

    object!(
        Share {
            id: "id",
            title: "title",
            filter: "filter",
            keys: "keys",
            urls: "urls[]"[even_empty],
            rows: "rows",
            limits: "limits",
            libraries: "libraries"
        },
        1,
        extra
    );

    fn share(json: &str) -> Share {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn what_is_absent_is_not_written_except_for_a_list_that_means_something_when_empty() {
        let share = share(r#"{"id": 7, "title": null, "keys": [], "urls[]": [], "limits": {}}"#);

        assert_eq!(serde_json::to_string(&share).unwrap(), r#"{"id":7,"urls[]":[],"libraries":[]}"#);
    }

    #[test]
    fn members_are_written_once_in_the_order_of_the_table_and_unknown_ones_last() {
        let json = concat!(
            r#"{"id":7,"title":"","filter":"label=A","keys":[1],"urls[]":["a"],"rows":[2],"#,
            r#""limits":{"a":1},"libraries":[5],"new":{"deep":[null]},"other":0}"#
        );

        assert_eq!(serde_json::to_string(&share(json)).unwrap(), json);
    }

    #[test]
    fn null_is_written_where_it_clears_something() {
        let share = Share { filter: Nullable::Null, ..share(r#"{"id": 7}"#) };

        assert_eq!(serde_json::to_value(&share).unwrap()["filter"], serde_json::Value::Null);
        assert!(serde_json::to_string(&share).unwrap().contains(r#""filter":null"#));
    }

    #[test]
    fn a_member_that_cannot_be_written_fails_the_whole_object() {
        let share = Share { libraries: Choice::these([]), ..share(r#"{"id": 7, "new": 1}"#) };

        let error = serde_json::to_string(&share).unwrap_err();

        assert!(error.to_string().starts_with("an empty list would mean all"), "{error}");
    }
}
