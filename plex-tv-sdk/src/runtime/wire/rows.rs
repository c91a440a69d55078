//! Lists that are read row by row, so that a bad row does not lose the list.

use std::{fmt, ops::Deref, slice, vec};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::read::{self, Aside, Container, Found, List, MOST_REJECTED, Opening, Slot, mismatch};

/// A list that holds every readable row.
///
/// It reads as a slice. A row that could not be read is set aside with its index and the reason:
/// see [`Rows::rejected`]. With [`crate::ClientBuilder::strict_rows`], such a row is an error
/// instead. More than a thousand such rows are always an error.
///
/// A row can be a scalar or a type of a reply.
///
/// ```
/// use plex_tv_sdk::Rows;
///
/// let rows: Rows<i64> = serde_json::from_str(r#"[1, "broken", 3]"#)?;
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

/// A row that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedRow {
    index: usize,
    reason: String,
}

impl RejectedRow {
    /// Its index in the received list, from 0.
    pub fn index(&self) -> usize {
        self.index
    }

    /// Why it could not be read, with the JSON path inside the row. It contains no values.
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
    /// The rows that could not be read. There are none while plex.tv's replies match the
    /// description.
    pub fn rejected(&self) -> &[RejectedRow] {
        &self.rejected
    }

    /// The rows that could be read, as a plain list.
    pub fn into_vec(self) -> Vec<T> {
        self.rows
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

impl<'de, T: Slot> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read::deserialize(deserializer)
    }
}

impl<T: Slot> Slot for Rows<T> {
    fn begin() -> Self {
        Self::default()
    }

    /// XML has no lists, only children. A single child without attributes and children is a text.
    fn take(&mut self, found: Found<'_>) -> bool {
        *self = Self::default();
        if found.is_blank() {
            return true;
        }
        if !matches!(found, Found::Text(_)) {
            return false;
        }
        match self.scalar(found) {
            Ok(()) => true,
            Err(expected) => self.rejected.set_aside(0, mismatch("text", expected)),
        }
    }

    fn open(&mut self, opening: Opening) -> Container<'_> {
        if opening == Opening::List {
            *self = Self::default();
        }
        Container::List(self)
    }

    fn expected(&self) -> &'static str {
        "list"
    }

    fn is_absent(&self) -> bool {
        self.rows.is_empty()
    }
}

impl<T: Slot> List for Rows<T> {
    fn scalar(&mut self, found: Found<'_>) -> Result<(), &'static str> {
        self.rows.scalar(found)
    }

    fn item(&mut self, read: &mut dyn FnMut(&mut dyn Slot) -> bool) {
        self.rows.item(read);
    }

    fn item_size(&self) -> usize {
        self.rows.item_size()
    }

    fn aside(&mut self) -> Option<&mut dyn Aside> {
        Some(&mut self.rejected)
    }
}

impl Aside for Vec<RejectedRow> {
    fn set_aside(&mut self, index: usize, reason: String) -> bool {
        let has_room = self.len() < MOST_REJECTED;
        if has_room {
            self.push(RejectedRow { index, reason });
        }
        has_room
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
    use crate::runtime::wire::read::{Misfit, Reading};

    #[derive(Clone, Debug, PartialEq)]
    struct Row {
        id: i64,
        inner: Rows<Inner>,
    }

    #[derive(Clone, Debug, PartialEq)]
    struct Inner {
        name: String,
    }

    #[derive(Clone, Debug, PartialEq)]
    struct Tree {
        children: Rows<Tree>,
    }

    const READING: Reading = Reading { strict_rows: false, body_limit: 1024 * 1024 };

    crate::runtime::wire::object!(Tree { children: "children" }, 0);
    crate::runtime::wire::object!(Row { id: "id", inner: "inner" }, 1);
    crate::runtime::wire::object!(Inner { name: "name" }, 1);

    fn read(json: &str, strict_rows: bool) -> Result<Rows<Row>, Misfit> {
        read::read(json.as_bytes(), Reading { strict_rows, body_limit: json.len() * 64 }).map(|(rows, _)| rows)
    }

    fn row(id: i64) -> Row {
        Row { id, inner: Rows::default() }
    }

    fn rejected<T>(rows: &Rows<T>) -> Vec<String> {
        rows.rejected().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_bad_row_is_set_aside_with_its_index_and_path() {
        let rows = read(r#"[{"id":1},{"id":"CANARY"},{},null,7,{"id":4}]"#, false).unwrap();

        assert_eq!(*rows, [row(1), row(4)]);
        let wanted = [
            "row 1: invalid type: text, expected integer at id",
            "row 2: missing field `id`",
            "row 4: invalid type: integer, expected object",
        ];
        assert_eq!(rejected(&rows), wanted);
    }

    #[test]
    fn a_bad_row_of_an_inner_list_leaves_the_outer_row_alone() {
        let rows = read(r#"[{"id":1,"inner":[{"name":"a"},{}]},{"inner":[{}]}]"#, false).unwrap();

        assert_eq!(rejected(&rows), ["row 1: missing field `id`"]);
        assert_eq!(*rows[0].inner, [Inner { name: "a".to_owned() }]);
        assert_eq!(rejected(&rows[0].inner), ["row 1: missing field `name`"]);
    }

    #[test]
    fn a_strict_reader_fails_on_the_first_bad_row() {
        let misfit = read(r#"[{"id":1},{"id":2,"inner":[{"name":[]}]},{}]"#, true).unwrap_err();

        assert_eq!(misfit.to_string(), "invalid type: list, expected text at [1].inner[0].name");
    }

    #[test]
    fn null_is_the_empty_list_and_anything_else_is_an_error() {
        assert_eq!(read("null", false).unwrap(), Rows::default());
        assert_eq!(*read(r#"{"id":7}"#, false).unwrap(), [row(7)]);
        assert!(read("7", false).is_err());
        assert!(read(r#"[{"id":1},"#, false).is_err());
    }

    #[test]
    fn a_broken_text_or_number_sets_its_row_aside() {
        let json = b"[{\"id\":1},{\"id\":2,\"inner\":[{\"name\":\"\xe9\"}]},{\"id\":1e400}]";

        let (rows, _) = read::read::<Rows<Row>>(json, READING).unwrap();

        assert_eq!(rejected(&rows), ["row 2: invalid type: broken text or number, expected integer at id"]);
        let inner = ["row 0: invalid type: broken text or number, expected text at name"];
        assert_eq!(rejected(&rows[1].inner), inner);
    }

    #[test]
    fn lists_in_lists_end_at_a_depth_and_not_in_an_overflow() {
        let nested = |levels: usize| r#"[{"children":"#.repeat(levels) + "[]" + &"}]".repeat(levels);
        let read = |levels| read::read::<Rows<Tree>>(nested(levels).as_bytes(), READING);

        assert_eq!(read(60).unwrap().0.len(), 1);
        for levels in [70, 10_000] {
            let misfit = read(levels).unwrap_err();
            assert!(misfit.to_string().starts_with("recursion limit exceeded"), "{misfit}");
        }
    }

    #[test]
    fn rows_that_would_take_more_memory_than_the_limit_are_refused() {
        let json = format!("[{}]", vec!["{}"; 10_000].join(","));

        let few = read::read::<Vec<Row>>(b"[{\"id\":1}]", Reading { strict_rows: false, body_limit: 100 });
        let many = read::read::<Rows<Row>>(json.as_bytes(), Reading { strict_rows: false, body_limit: 100 });

        assert_eq!(few.unwrap().0, [row(1)]);
        let misfit = many.unwrap_err();
        assert!(misfit.to_string().contains("memory limit"), "{misfit}");
    }

    #[test]
    fn too_many_bad_rows_fail_the_whole_list() {
        let json = |bad: usize| format!("[{}]", vec!["{}"; bad].join(","));

        assert_eq!(read(&json(1000), false).unwrap().rejected().len(), 1000);
        let misfit = read(&json(1001), false).unwrap_err();
        assert_eq!(misfit.to_string(), "more than 1000 rows cannot be read");
    }
}
