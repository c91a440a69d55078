//! Reads JSON into generated types by their tables.
//!
//! There is one visitor for all types: it asks a type for the slots of its members, and a slot
//! takes a scalar, an object or a list. A value that does not fit is noted with its JSON path, and
//! reading continues, so a row of a list can be set aside without reading it again. Outside such a
//! row, the first value that does not fit fails the whole reply.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

use super::{
    repair::{UNREADABLE, is_unreadable, repaired},
    table::Table,
    unknown::Names,
};

use crate::runtime::printable::printable;

/// The most levels of nested values. `serde_json` has the same limit.
const MAX_DEPTH: u32 = 128;

/// The most rows that are set aside, across all pages of a list. A list with more does not match
/// the description, and is not worth the memory of their reports.
pub(crate) const MOST_REJECTED: usize = 1000;

/// The most characters that a path shows of a name sent by the server.
const MAX_NAME: usize = 80;

/// Bytes of memory that may be used for each byte of the body limit. A row of two bytes, `{}`,
/// becomes a value of a kilobyte, so the body limit alone would not bound the memory.
const MEMORY_PER_BYTE: usize = 8;

/// A scalar that was found in the JSON.
#[derive(Clone, Copy, Debug)]
pub enum Found<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A whole number beyond `i64`.
    Large(u64),
    /// Any other number.
    Float(f64),
    /// Text.
    Text(&'a str),
}

impl Found<'_> {
    /// Whether it is null, or text without a visible character.
    pub(super) fn is_blank(self) -> bool {
        match self {
            Self::Null => true,
            // Most texts begin with a letter or digit.
            Self::Text(text) => !text.starts_with(|first: char| first.is_ascii_graphic()) && text.trim().is_empty(),
            _ => false,
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Integer(_) | Self::Large(_) => "integer",
            Self::Float(_) => "number",
            Self::Text(_) => "text",
        }
    }
}

/// Which container begins in the JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// `{`.
    Object,
    /// `[`.
    List,
}

/// How a slot reads a container.
#[allow(missing_debug_implementations, reason = "it borrows the value that is being read")]
pub enum Container<'a> {
    /// The slot takes scalars only.
    Refused,
    /// A type with a table.
    Object(&'a mut dyn Object),
    /// A list. An object in its place is read as its only item.
    List(&'a mut dyn List),
    /// An object with members of any name.
    Entries(&'a mut dyn Entries),
}

/// A value that a reply is read into, such as that of a member.
pub trait Slot {
    /// Returns the value of the slot before anything is read.
    fn begin() -> Self
    where
        Self: Sized;

    /// Takes a scalar. Returns `false` if it does not fit.
    fn take(&mut self, found: Found<'_>) -> bool;

    /// Returns a new slot that took a scalar, or `None` if it does not fit.
    fn taken(found: Found<'_>) -> Option<Self>
    where
        Self: Sized,
    {
        let mut slot = Self::begin();
        slot.take(found).then_some(slot)
    }

    /// Returns how the slot reads a container.
    fn open(&mut self, _: Opening) -> Container<'_> {
        Container::Refused
    }

    /// Returns what fits, for messages.
    fn expected(&self) -> &'static str;

    /// Whether blank text means that there is no value.
    fn blank_is_none() -> bool
    where
        Self: Sized,
    {
        true
    }

    /// Whether it is a type with a table, which does not take scalars.
    fn is_object() -> bool
    where
        Self: Sized,
    {
        false
    }

    /// Whether null means that there is no value.
    fn null_is_none() -> bool
    where
        Self: Sized,
    {
        true
    }

    /// Whether it has no value, or is an empty list or map. An optional member of that kind is not
    /// written.
    fn is_absent(&self) -> bool {
        false
    }
}

/// A type with a table of members.
pub trait Object {
    /// Returns the table.
    fn table(&self) -> &'static Table;

    /// Returns the slot of a member by its index in the table.
    fn member(&mut self, index: usize) -> Option<&mut dyn Slot>;

    /// Returns the map that keeps members that the table does not name.
    fn extra(&mut self) -> Option<&mut Map<String, Value>>;
}

/// A list that is being read.
pub trait List {
    /// Takes a scalar as the next item. Null and missing values are skipped. Returns what was
    /// expected if it does not fit.
    fn scalar(&mut self, found: Found<'_>) -> Result<(), &'static str>;

    /// Reads the next item, and keeps it if `read` returns `true`. Null and missing values are
    /// skipped.
    fn item(&mut self, read: &mut dyn FnMut(&mut dyn Slot) -> bool);

    /// Returns the least bytes of memory that an item takes.
    fn item_size(&self) -> usize;

    /// Returns where items that cannot be read are set aside.
    fn aside(&mut self) -> Option<&mut dyn Aside> {
        None
    }
}

/// Keeps the rows of a list that cannot be read.
pub trait Aside {
    /// Sets a row aside, with its index and the reason. Returns `false` if there are too many.
    fn set_aside(&mut self, index: usize, reason: String) -> bool;
}

/// An object with members of any name that is being read.
pub trait Entries {
    /// Reads one more member. In a map of typed values, null counts as missing.
    fn entry(&mut self, name: &str, read: &mut dyn FnMut(&mut dyn Slot));

    /// Returns the least bytes of memory that a member takes.
    fn entry_size(&self) -> usize;
}

/// Why a reply could not be read.
#[derive(Debug)]
pub(crate) struct Misfit {
    /// What was found and what was expected, without values.
    pub(crate) reason: String,
    /// The path to it, from the root.
    pub(crate) path: Option<String>,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)?;
        self.path.as_ref().map_or(Ok(()), |path| write!(f, " at {path}"))
    }
}

/// The options for reading a reply.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    /// Whether a row that cannot be read fails the whole reply.
    pub(crate) strict_rows: bool,
    /// The size of the largest reply that is read, in bytes.
    pub(crate) body_limit: usize,
}

/// Reads JSON.
///
/// Text that is not UTF-8, a control character in a text, or a number that is too large makes only
/// its row or member unreadable, not the whole reply.
#[cfg(any(test, feature = "webhook"))]
pub(crate) fn read<T: Slot>(json: &[u8], reading: Reading) -> Result<(T, Names), Misfit> {
    let mut value = T::begin();
    let names = read_into(&mut value, json, reading)?;
    Ok((value, names))
}

/// Reads in place, so that a large value is not moved from function to function. Both functions are
/// generic, so that reading the outermost value needs no dynamic dispatch.
pub(crate) fn read_into<T: Slot>(value: &mut T, json: &[u8], reading: Reading) -> Result<Names, Misfit> {
    let text = std::str::from_utf8(json);
    let misfit = match text.map(|text| read_text(value, text, reading, false)) {
        Ok(Ok(names)) => return Ok(names),
        Ok(Err(Failure { misfit, is_syntax: false })) => return Err(misfit),
        Ok(Err(Failure { misfit, .. })) => misfit,
        Err(error) => Misfit { reason: format!("byte {} is not UTF-8", error.valid_up_to()), path: None },
    };
    let Some(text) = repaired(json) else { return Err(misfit) };
    *value = T::begin();
    read_text(value, &text, reading, true).map_err(|failure| failure.misfit)
}

/// Reads from any deserializer, for the `Deserialize` of generated types.
pub(crate) fn deserialize<'de, T: Slot, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let mut context = Context::new(Reading { strict_rows: false, body_limit: usize::MAX }, false);
    let mut value = T::begin();
    Reader { context: &mut context, slot: &mut value }.deserialize(deserializer)?;
    match context.misfit() {
        Some(misfit) => Err(D::Error::custom(misfit)),
        None => Ok(value),
    }
}

struct Failure {
    misfit: Misfit,
    is_syntax: bool,
}

fn read_text<T: Slot>(slot: &mut T, text: &str, reading: Reading, is_repaired: bool) -> Result<Names, Failure> {
    let mut context = Context::new(reading, is_repaired);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let outcome = Reader { context: &mut context, slot }.deserialize(&mut deserializer);
    if let Err(error) = outcome {
        let mut reason = error.to_string();
        reason.truncate(reason.rfind(" at line ").unwrap_or(reason.len()));
        let misfit = Misfit { reason, path: path(context.trail.iter().rev()) };
        return Err(Failure { misfit, is_syntax: !error.is_data() });
    }
    if let Some(misfit) = context.misfit() {
        return Err(Failure { misfit, is_syntax: false });
    }
    if deserializer.end().is_err() {
        let misfit = Misfit { reason: "there is more after the end of the value".to_owned(), path: None };
        return Err(Failure { misfit, is_syntax: true });
    }
    Ok(context.unknown)
}

/// One step of a JSON path.
#[derive(Debug)]
enum Step {
    Member(&'static str),
    Entry(String),
    Item(usize),
}

/// Formats steps as a path, from the outside in.
fn path<'a>(steps: impl Iterator<Item = &'a Step>) -> Option<String> {
    use fmt::Write as _;

    let mut path = String::new();
    for step in steps {
        let dot = if path.is_empty() { "" } else { "." };
        // Writing to a `String` cannot fail.
        let _ = match step {
            Step::Member(name) => write!(path, "{dot}{name}"),
            Step::Entry(name) => write!(path, "{dot}{}", shown(name)),
            Step::Item(index) => write!(path, "[{index}]"),
        };
    }
    (!path.is_empty()).then_some(path)
}

/// Returns a name sent by the server as a path shows it.
fn shown(name: &str) -> String {
    printable(&name.chars().take(MAX_NAME).collect::<String>())
}

/// The first value that did not fit, with the steps that lead to it, from the inside out.
#[derive(Debug)]
struct Noted {
    reason: String,
    steps: Vec<Step>,
}

impl Noted {
    fn into_misfit(self) -> Misfit {
        Misfit { path: path(self.steps.iter().rev()), reason: self.reason }
    }
}

/// The state of reading one reply.
struct Context {
    strict_rows: bool,
    is_repaired: bool,
    depth: u32,
    /// Bytes of memory that may still be used.
    memory: usize,
    noted: Option<Box<Noted>>,
    /// The steps to the place where the text itself is broken, from the inside out.
    trail: Vec<Step>,
    unknown: Names,
    /// The steps to the value that is being read.
    #[cfg(feature = "trace-unknown")]
    path: Vec<Step>,
}

impl Context {
    fn new(reading: Reading, is_repaired: bool) -> Self {
        Self {
            strict_rows: reading.strict_rows,
            is_repaired,
            depth: 0,
            memory: reading.body_limit.saturating_mul(MEMORY_PER_BYTE),
            noted: None,
            trail: Vec::new(),
            unknown: Names::default(),
            #[cfg(feature = "trace-unknown")]
            path: Vec::new(),
        }
    }

    fn note(&mut self, reason: impl FnOnce() -> String) {
        if self.noted.is_none() {
            self.noted = Some(Box::new(Noted { reason: reason(), steps: Vec::new() }));
        }
    }

    #[cold]
    fn note_mismatch(&mut self, found: &str, expected: &str) {
        self.note(|| mismatch(found, expected));
    }

    /// Keeps a step of the path to a fault.
    #[cold]
    fn keep_step(&mut self, step: Step, is_broken: bool) {
        if is_broken {
            self.trail.push(step);
        } else if let Some(noted) = &mut self.noted {
            noted.steps.push(step);
        }
    }

    /// Records a member that is not in the table.
    #[cold]
    fn meet_unknown(&mut self, name: &str) {
        self.unknown.look(name, self.depth);
        #[cfg(feature = "trace-unknown")]
        {
            self.path.push(Step::Entry(name.to_owned()));
            let path = path(self.path.iter());
            self.path.pop();
            self.unknown.add(path.unwrap_or_default());
        }
    }

    fn misfit(&mut self) -> Option<Misfit> {
        self.noted.take().map(|noted| noted.into_misfit())
    }

    /// Reads a value that is one step further in, and keeps the step if there is a fault.
    #[inline]
    fn within<T, E>(&mut self, step: impl Fn() -> Step, read: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        let was_noted = self.noted.is_some();
        #[cfg(feature = "trace-unknown")]
        self.path.push(step());
        let outcome = read(self);
        #[cfg(feature = "trace-unknown")]
        self.path.pop();
        if outcome.is_err() || self.noted.is_some() != was_noted {
            self.keep_step(step(), outcome.is_err());
        }
        outcome
    }

    #[inline]
    fn pay<E: serde::de::Error>(&mut self, bytes: usize) -> Result<(), E> {
        match self.memory.checked_sub(bytes) {
            Some(left) => {
                self.memory = left;
                Ok(())
            }
            None => Err(too_large()),
        }
    }

    /// Reads the contents of a container, one level deeper.
    #[inline]
    fn deeper<T, E: serde::de::Error>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        if self.depth == MAX_DEPTH {
            return Err(too_deep());
        }
        self.depth += 1;
        let outcome = read(self);
        self.depth -= 1;
        outcome
    }
}

#[cold]
fn too_large<E: serde::de::Error>() -> E {
    E::custom("it has too many rows and entries for the memory limit")
}

#[cold]
fn too_deep<E: serde::de::Error>() -> E {
    E::custom(format_args!("values are nested more than {MAX_DEPTH} deep"))
}

/// Implements the scalar methods of a visitor, which passes all scalars to `take`.
macro_rules! take_scalars {
    ($de:lifetime) => {
        #[inline]
        fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
            self.take(Found::Null)
        }

        fn visit_none<E: serde::de::Error>(self) -> Result<(), E> {
            self.take(Found::Null)
        }

        fn visit_some<D: Deserializer<$de>>(self, deserializer: D) -> Result<(), D::Error> {
            deserializer.deserialize_any(self)
        }

        #[inline]
        fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
            self.take(Found::Bool(value))
        }

        #[inline]
        fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
            self.take(Found::Integer(value))
        }

        #[inline]
        fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
            self.take(i64::try_from(value).map_or(Found::Large(value), Found::Integer))
        }

        fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
            self.take(Found::Float(value))
        }

        #[inline]
        fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<(), E> {
            self.take(Found::Text(value))
        }
    };
}

/// Reads a value into its slot.
struct Reader<'c, 's> {
    context: &'c mut Context,
    slot: &'s mut dyn Slot,
}

impl Reader<'_, '_> {
    #[inline]
    fn take<E>(self, found: Found<'_>) -> Result<(), E> {
        if !self.slot.take(found) {
            self.context.note_mismatch(found.kind(), self.slot.expected());
        }
        Ok(())
    }
}

pub(super) fn mismatch(found: &str, expected: &str) -> String {
    format!("invalid type: {found}, expected {expected}")
}

impl<'de> DeserializeSeed<'de> for Reader<'_, '_> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slot.expected())
    }

    take_scalars!('de);

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Self { context, slot } = self;
        if let Container::List(list) = slot.open(Opening::List) {
            return context.deeper(|context| read_list(context, list, &mut items));
        }
        while items.next_element::<IgnoredAny>()?.is_some() {}
        let expected = slot.expected();
        context.note(|| mismatch("list", expected));
        Ok(())
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<(), A::Error> {
        let Self { context, slot } = self;
        context.deeper(|context| match slot.open(Opening::Object) {
            Container::Object(object) => read_object(context, object, members),
            Container::Entries(entries) => read_entries(context, entries, members),
            Container::List(list) => {
                let mut members = Some(members);
                context.pay(list.item_size())?;
                read_item(context, list, 0, &mut |context, slot| {
                    members.take().map_or(Ok(()), |members| Reader { context, slot }.visit_map(members))
                })
            }
            Container::Refused => read_text_of(context, slot, members),
        })
    }
}

#[inline]
fn read_list<'de, A: SeqAccess<'de>>(
    context: &mut Context,
    list: &mut dyn List,
    items: &mut A,
) -> Result<(), A::Error> {
    let mut index = 0;
    while items.next_element_seed(Item { context: &mut *context, list: &mut *list, index })?.is_some() {
        index += 1;
    }
    Ok(())
}

/// Reads an item of a list.
struct Item<'c, 'l> {
    context: &'c mut Context,
    list: &'l mut dyn List,
    index: usize,
}

impl Item<'_, '_> {
    #[inline]
    fn take<E: serde::de::Error>(self, found: Found<'_>) -> Result<(), E> {
        let Self { context, list, index } = self;
        match list.scalar(found) {
            Ok(()) => Ok(()),
            Err(expected) => read_item(context, list, index, &mut |context, _| {
                context.note(|| mismatch(found.kind(), expected));
                Ok(())
            }),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Item<'_, '_> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.context.pay(self.list.item_size())?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Item<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an item")
    }

    take_scalars!('de);

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<(), A::Error> {
        let Self { context, list, index } = self;
        let mut items = Some(items);
        read_item(context, list, index, &mut |context, slot| {
            items.take().map_or(Ok(()), |items| Reader { context, slot }.visit_seq(items))
        })
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<(), A::Error> {
        let Self { context, list, index } = self;
        let mut members = Some(members);
        read_item(context, list, index, &mut |context, slot| {
            members.take().map_or(Ok(()), |members| Reader { context, slot }.visit_map(members))
        })
    }
}

/// A callback that reads an item into its slot.
type ReadItem<'a, E> = dyn FnMut(&mut Context, &mut dyn Slot) -> Result<(), E> + 'a;

/// Reads one item. An item that cannot be read is set aside, if the list supports that.
fn read_item<E: serde::de::Error>(
    context: &mut Context,
    list: &mut dyn List,
    index: usize,
    read: &mut ReadItem<'_, E>,
) -> Result<(), E> {
    let sets_aside = !context.strict_rows && list.aside().is_some();
    let outside = if sets_aside { context.noted.take() } else { None };
    let mut outcome = Ok(());
    list.item(&mut |slot| {
        outcome = context.within(|| Step::Item(index), |context| read(context, slot));
        !sets_aside || context.noted.is_none()
    });
    outcome?;
    if !sets_aside {
        return Ok(());
    }
    let noted = std::mem::replace(&mut context.noted, outside);
    if let (Some(mut noted), Some(aside)) = (noted, list.aside()) {
        // The path begins at the row.
        noted.steps.pop();
        if !aside.set_aside(index, noted.into_misfit().to_string()) {
            return Err(E::custom(format_args!("more than {MOST_REJECTED} rows cannot be read")));
        }
    }
    Ok(())
}

#[inline(never)]
fn read_entries<'de, A: MapAccess<'de>>(
    context: &mut Context,
    entries: &mut dyn Entries,
    mut members: A,
) -> Result<(), A::Error> {
    while let Some(name) = members.next_key::<String>()? {
        context.pay(entries.entry_size() + name.len())?;
        let mut outcome = Ok(());
        entries.entry(&name, &mut |slot| {
            outcome = context
                .within(|| Step::Entry(name.clone()), |context| members.next_value_seed(Reader { context, slot }));
        });
        outcome?;
    }
    Ok(())
}

/// Reads the text of an XML element with attributes, which is an object with `$text`. An element
/// with `nil` counts as missing.
#[inline(never)]
fn read_text_of<'de, A: MapAccess<'de>>(
    context: &mut Context,
    slot: &mut dyn Slot,
    mut members: A,
) -> Result<(), A::Error> {
    let (mut has_text, mut is_nil, mut is_unreadable) = (false, false, false);
    while let Some(name) = members.next_key::<String>()? {
        match name.as_str() {
            "$text" => {
                members.next_value_seed(Reader { context: &mut *context, slot: &mut *slot })?;
                has_text = true;
            }
            "nil" => is_nil = members.next_value_seed(IsTrue)?,
            name => {
                is_unreadable |= name == UNREADABLE;
                members.next_value::<IgnoredAny>()?;
            }
        }
    }
    if has_text || is_nil && slot.take(Found::Null) {
        return Ok(());
    }
    let expected = slot.expected();
    let found = if is_unreadable { "broken text or number" } else { "object" };
    context.note(|| mismatch(found, expected));
    Ok(())
}

/// Reads whether a value means true.
struct IsTrue;

impl<'de> DeserializeSeed<'de> for IsTrue {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        let mut value = None::<bool>;
        let reading = Reading { strict_rows: false, body_limit: usize::MAX };
        let mut context = Context::new(reading, false);
        Reader { context: &mut context, slot: &mut value }.deserialize(deserializer)?;
        Ok(value == Some(true))
    }
}

#[inline]
fn read_object<'de, A: MapAccess<'de>>(
    context: &mut Context,
    object: &mut dyn Object,
    mut members: A,
) -> Result<(), A::Error> {
    let table = object.table();
    let wants_names = cfg!(feature = "trace-unknown") || object.extra().is_some();
    let mut unknown = String::new();
    let mut seen = 0_u64;
    let mut due = 0;
    while let Some(found) = members.next_key_seed(Key { table, due, wants_names, unknown: &mut unknown })? {
        if let Some(index) = found
            && let Some(slot) = object.member(index)
        {
            due = index + 1;
            seen |= 1_u64.checked_shl(index as u32).unwrap_or(0);
            context.within(
                || Step::Member(table.names[index]),
                |context| members.next_value_seed(Reader { context, slot }),
            )?;
            continue;
        }
        context.meet_unknown(&unknown);
        match object.extra() {
            Some(extra) => read_unknown(context, std::mem::take(&mut unknown), extra, &mut members)?,
            None => {
                members.next_value::<IgnoredAny>()?;
            }
        }
    }
    let missing = (0..table.required).find(|index| seen & (1_u64 << (index & 63)) == 0);
    if let Some(index) = missing {
        context.note(|| format!("missing field `{}`", table.names[index]));
    }
    Ok(())
}

/// Keeps a member that the description does not name.
#[inline(never)]
fn read_unknown<'de, A: MapAccess<'de>>(
    context: &mut Context,
    name: String,
    extra: &mut Map<String, Value>,
    members: &mut A,
) -> Result<(), A::Error> {
    context.pay(entry_size::<Value>(extra.is_empty()) + name.len())?;
    let mut value = Value::Null;
    members.next_value_seed(Reader { context: &mut *context, slot: &mut value })?;
    if name != UNREADABLE && !(context.is_repaired && is_unreadable(&value)) {
        extra.insert(name, value);
    }
    Ok(())
}

/// Finds the index of a member by its name.
struct Key<'a> {
    table: &'static Table,
    due: usize,
    /// Whether all unknown names are kept, or only those of errors.
    wants_names: bool,
    unknown: &'a mut String,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Option<usize>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    #[inline]
    fn visit_str<E>(self, name: &str) -> Result<Option<usize>, E> {
        let found = self.table.find(name, self.due);
        if found.is_none() {
            self.unknown.clear();
            if self.wants_names || Names::is_errors(name) {
                self.unknown.push_str(name);
            }
        }
        Ok(found)
    }
}

impl<T: Slot> Slot for Option<T> {
    fn begin() -> Self {
        None
    }

    #[inline]
    fn take(&mut self, found: Found<'_>) -> bool {
        let is_none = match found {
            Found::Null => T::null_is_none(),
            found => T::blank_is_none() && found.is_blank(),
        };
        if is_none {
            *self = None;
            return true;
        }
        match T::taken(found) {
            Some(value) => {
                *self = Some(value);
                true
            }
            None => {
                // The new slot reports what was expected.
                *self = Some(T::begin());
                false
            }
        }
    }

    fn open(&mut self, opening: Opening) -> Container<'_> {
        self.insert(T::begin()).open(opening)
    }

    fn expected(&self) -> &'static str {
        self.as_ref().map_or("nothing", Slot::expected)
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

impl<T: Slot> Slot for Box<T> {
    fn begin() -> Self {
        Self::new(T::begin())
    }

    fn take(&mut self, found: Found<'_>) -> bool {
        self.as_mut().take(found)
    }

    fn open(&mut self, opening: Opening) -> Container<'_> {
        self.as_mut().open(opening)
    }

    fn expected(&self) -> &'static str {
        self.as_ref().expected()
    }

    fn blank_is_none() -> bool {
        T::blank_is_none()
    }

    fn is_absent(&self) -> bool {
        self.as_ref().is_absent()
    }
}

/// Null is read as an empty list, and a null in a list is skipped. A single item is read as a list
/// of one, because XML has no lists, only children.
impl<T: Slot> Slot for Vec<T> {
    fn begin() -> Self {
        Self::new()
    }

    fn take(&mut self, found: Found<'_>) -> bool {
        self.clear();
        if found.is_blank() {
            return true;
        }
        self.scalar(found).is_ok()
    }

    fn open(&mut self, opening: Opening) -> Container<'_> {
        if opening == Opening::List {
            self.clear();
        }
        Container::List(self)
    }

    fn expected(&self) -> &'static str {
        "list"
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl<T: Slot> List for Vec<T> {
    fn scalar(&mut self, found: Found<'_>) -> Result<(), &'static str> {
        let mut item = None::<T>;
        if !Slot::take(&mut item, found) {
            return Err(item.expected());
        }
        self.extend(item);
        Ok(())
    }

    fn item(&mut self, read: &mut dyn FnMut(&mut dyn Slot) -> bool) {
        if T::is_object() {
            // It is large, so it is read in place.
            self.push(T::begin());
            if !self.last_mut().is_some_and(|item| read(item)) {
                self.pop();
            }
            return;
        }
        let mut item = None::<T>;
        if read(&mut item) {
            self.extend(item);
        }
    }

    fn item_size(&self) -> usize {
        item_size::<T>(self.is_empty())
    }
}

/// Returns the bytes of memory that one more item of a list takes. With its first item, a list
/// makes room for four, unless they are large.
fn item_size<T>(is_first: bool) -> usize {
    size_of::<T>() * if is_first && size_of::<T>() <= 1024 { 4 } else { 1 }
}

/// Returns the bytes of memory that one more member of a map takes. With its first member, a map
/// makes room for eleven.
fn entry_size<T>(is_first: bool) -> usize {
    size_of::<(String, T)>() * if is_first { 11 } else { 1 }
}

impl<T: Slot> Slot for BTreeMap<String, T> {
    fn begin() -> Self {
        Self::new()
    }

    fn take(&mut self, found: Found<'_>) -> bool {
        self.clear();
        found.is_blank()
    }

    fn open(&mut self, opening: Opening) -> Container<'_> {
        match opening {
            Opening::Object => Container::Entries(self),
            Opening::List => Container::Refused,
        }
    }

    fn expected(&self) -> &'static str {
        "object"
    }

    fn is_absent(&self) -> bool {
        self.is_empty()
    }
}

impl<T: Slot> Entries for BTreeMap<String, T> {
    fn entry(&mut self, name: &str, read: &mut dyn FnMut(&mut dyn Slot)) {
        let mut value = None::<T>;
        read(&mut value);
        if let Some(value) = value {
            self.insert(name.to_owned(), value);
        }
    }

    fn entry_size(&self) -> usize {
        entry_size::<T>(self.is_empty())
    }
}

/// Accepts any value.
impl Slot for Value {
    fn begin() -> Self {
        Self::Null
    }

    fn take(&mut self, found: Found<'_>) -> bool {
        *self = match found {
            Found::Null => Self::Null,
            Found::Bool(value) => Self::Bool(value),
            Found::Integer(value) => Self::from(value),
            Found::Large(value) => Self::from(value),
            Found::Float(value) => Self::from(value),
            Found::Text(value) => Self::from(value),
        };
        true
    }

    fn open(&mut self, opening: Opening) -> Container<'_> {
        *self = match opening {
            Opening::Object => Self::Object(Map::new()),
            Opening::List => Self::Array(Vec::new()),
        };
        match self {
            Self::Object(members) => Container::Entries(members),
            Self::Array(items) => Container::List(items),
            _ => Container::Refused,
        }
    }

    fn expected(&self) -> &'static str {
        "anything"
    }

    fn blank_is_none() -> bool {
        false
    }

    /// A null in an unknown member is kept as it is.
    fn null_is_none() -> bool {
        false
    }
}

impl Entries for Map<String, Value> {
    fn entry(&mut self, name: &str, read: &mut dyn FnMut(&mut dyn Slot)) {
        let mut value = Value::Null;
        read(&mut value);
        self.insert(name.to_owned(), value);
    }

    fn entry_size(&self) -> usize {
        entry_size::<Value>(self.is_empty())
    }
}
