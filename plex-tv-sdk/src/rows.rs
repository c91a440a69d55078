//! Lists that are read row by row: one bad row never takes the list.

use std::{cell::Cell, fmt, ops::Deref, slice, vec};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeOwned, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::{Value, value::RawValue};

use crate::error::decode_message;

/// A list of which every readable row arrived.
///
/// It reads as a slice. A row that could not be read is set aside with its index and the reason: see [`Rows::rejected`].
/// A client that is strict ([`crate::ClientBuilder::strict_rows`]) makes it an error instead, and so do more than a thousand
/// of them.
///
/// ```
/// use plex_tv_sdk::Rows;
///
/// let rows: Rows<u8> = serde_json::from_str(r#"[1, "broken", 3]"#)?;
///
/// assert_eq!(*rows, [1, 3]);
/// assert_eq!(rows.rejected()[0].index(), 1);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows<T> {
    rows: Vec<T>,
    rejected: Vec<RejectedRow>,
}

/// A list with more bad rows than this is not what the description says, and not worth the memory of their reports.
const MOST_REJECTED: usize = 1000;

/// How rows are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// One by one: a bad one is set aside.
    Lenient,
    /// One by one: the first bad one fails the whole, and is told.
    Strict,
    /// As any list: a bad one fails the whole. Most lists are read so, since looking for the end of each row first costs
    /// about as much as reading it.
    Plain,
}

thread_local! {
    static MODE: Cell<Mode> = const { Cell::new(Mode::Lenient) };
}

/// Decoding never waits, so the thread is the right scope.
fn in_mode<T>(mode: Mode, decode: impl FnOnce() -> T) -> T {
    let before = MODE.replace(mode);
    let decoded = decode();
    MODE.set(before);
    decoded
}

/// Decodes with one bad row failing the whole.
#[cfg(any(test, feature = "conform"))]
pub(crate) fn strictly<T>(decode: impl FnOnce() -> T) -> T {
    in_mode(Mode::Strict, decode)
}

/// Decodes, and only when that fails decodes again to set bad rows aside, or to explain what failed the whole.
pub(crate) fn reading<T, E, F>(
    strict: bool,
    decode: impl Fn() -> Result<T, E>,
    explain: impl FnOnce(E) -> F,
) -> Result<T, F> {
    let mode = if strict { Mode::Strict } else { Mode::Lenient };
    in_mode(Mode::Plain, &decode).or_else(|_| in_mode(mode, || decode().map_err(explain)))
}

/// A row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedRow {
    index: usize,
    reason: String,
}

impl RejectedRow {
    /// Its place in the list as plex.tv sent it, from 0.
    pub fn index(&self) -> usize {
        self.index
    }

    /// Why it could not be read, with the JSON path inside the row. It holds no values.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for RejectedRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}: {}", self.index, self.reason)
    }
}

impl<T> Rows<T> {
    /// The rows that could not be read. Empty as long as the description fits what plex.tv sends.
    pub fn rejected(&self) -> &[RejectedRow] {
        &self.rejected
    }

    /// The rows that could be read, as a plain list.
    pub fn into_vec(self) -> Vec<T> {
        self.rows
    }
}

impl<T: DeserializeOwned> Rows<T> {
    /// Reads one more row, or sets it aside.
    fn take<E: de::Error>(&mut self, index: usize, json: &str) -> Result<(), E> {
        match serde_json::from_str(json) {
            Ok(row) => self.rows.push(row),
            Err(_) => {
                let rejected = RejectedRow { index, reason: decode_message::<T>(json.as_bytes()).1 };
                if MODE.get() == Mode::Strict {
                    return Err(E::custom(rejected));
                }
                if self.rejected.len() == MOST_REJECTED {
                    return Err(E::custom(format_args!(
                        "more than {MOST_REJECTED} rows cannot be read, at last {rejected}"
                    )));
                }
                self.rejected.push(rejected);
            }
        }
        Ok(())
    }
}

impl<T> Deref for Rows<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.rows
    }
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self::from(Vec::new())
    }
}

impl<T> From<Vec<T>> for Rows<T> {
    fn from(rows: Vec<T>) -> Self {
        Self { rows, rejected: Vec::new() }
    }
}

impl<T> IntoIterator for Rows<T> {
    type Item = T;
    type IntoIter = vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Rows<T> {
    type Item = &'a T;
    type IntoIter = slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter()
    }
}

impl<T: Serialize> Serialize for Rows<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.rows.serialize(serializer)
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RowsVisitor(std::marker::PhantomData))
    }
}

struct RowsVisitor<T>(std::marker::PhantomData<T>);

impl<'de, T: DeserializeOwned> Visitor<'de> for RowsVisitor<T> {
    type Value = Rows<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("list")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Rows::default())
    }

    /// A child without attributes and children; empty text is no child at all.
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        let mut rows = Rows::default();
        if !text.trim().is_empty() {
            rows.take(0, &Value::from(text).to_string())?;
        }
        Ok(rows)
    }

    /// XML has no lists, only children: one child is a list of one.
    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        let row = Value::deserialize(MapAccessDeserializer::new(members))?;
        let mut rows = Rows::default();
        rows.take(0, &row.to_string())?;
        Ok(rows)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut rows = Rows::default();
        if MODE.get() == Mode::Plain {
            while let Some(row) = list.next_element()? {
                rows.rows.push(row);
            }
            return Ok(rows);
        }
        let mut index = 0;
        while let Some(row) = list.next_element::<Box<RawValue>>()? {
            rows.take(index, row.get())?;
            index += 1;
        }
        Ok(rows)
    }
}

#[cfg(feature = "schemars")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Rows<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("RowsOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Vec::<T>::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
    struct Row {
        id: u8,
    }

    #[test]
    fn a_bad_row_is_set_aside_with_its_index_and_path() {
        let rows: Rows<Row> = serde_json::from_str(r#"[{"id":1},{"id":"CANARY"},{},{"id":4}]"#).unwrap();

        assert_eq!(*rows, [Row { id: 1 }, Row { id: 4 }]);
        let told: Vec<String> = rows.rejected().iter().map(ToString::to_string).collect();
        assert_eq!(told, ["row 1: invalid type: string, expected u8 at id", "row 2: missing field `id`"]);
    }

    #[test]
    fn a_strict_reader_fails_on_the_first_bad_row() {
        let read = || serde_json::from_str::<Rows<Row>>(r#"[{"id":1},{"id":"CANARY"}]"#);

        let error = strictly(read).unwrap_err();

        assert!(error.to_string().starts_with("row 1: invalid type: string, expected u8 at id"), "{error}");
        assert_eq!(read().unwrap().rejected().len(), 1);
    }

    #[test]
    fn a_list_is_read_at_once_and_row_by_row_only_when_that_fails() {
        let tries = Cell::new(0);
        let read = |text: &'static str| {
            tries.set(tries.get() + 1);
            serde_json::from_str::<Rows<Row>>(text)
        };

        let good = reading(false, || read(r#"[{"id":1},{"id":2}]"#), |why| why).unwrap();
        assert_eq!((good.len(), tries.take()), (2, 1));

        let lenient = reading(false, || read(r#"[{"id":1},{}]"#), |why| why).unwrap();
        assert_eq!((lenient.len(), lenient.rejected().len(), tries.take()), (1, 1, 2));

        let strict = reading(true, || read(r#"[{"id":1},{}]"#), |why| why).unwrap_err();
        assert!(strict.to_string().starts_with("row 1: "), "{strict}");
    }

    #[test]
    fn null_is_the_empty_list_and_anything_else_is_an_error() {
        assert_eq!(serde_json::from_str::<Rows<Row>>("null").unwrap(), Rows::default());
        assert_eq!(*serde_json::from_str::<Rows<Row>>(r#"{"id":7}"#).unwrap(), [Row { id: 7 }]);
        assert!(serde_json::from_str::<Rows<Row>>("7").is_err());
        assert!(serde_json::from_str::<Rows<Row>>(r#"[{"id":1},"#).is_err());
    }
}
