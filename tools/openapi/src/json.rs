//! Reads JSON as JSON, with the line of every value.
//!
//! Most JSON is also YAML, but not all of it: YAML has no surrogate pairs, and it limits the length
//! of keys.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    fmt,
    io::{self, Read},
};

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::{budget::Budget, pointer::join};

/// Why a text could not be read.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It is not JSON: message and line.
    Syntax(String, usize),
    /// It is JSON, but cannot be a description: rule, pointer, message, fix, and line.
    Refused(&'static str, String, String, &'static str, usize),
}

/// Parses a JSON text. Returns its value and the line of each pointer.
pub(crate) fn read(text: &str) -> Result<(Value, BTreeMap<String, usize>), Failure> {
    let line = Cell::new(1);
    let state = State { line: &line, found: RefCell::default() };
    let mut reader = serde_json::Deserializer::from_reader(Counting { rest: text.as_bytes(), line: &line, last: 0 });
    let outcome = Seed { state: &state, pointer: String::new() }
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value));
    let Found { lines, refused, .. } = state.found.into_inner();
    match (outcome, refused) {
        (_, Some(why)) => Err(why),
        (Ok(value), None) => Ok((value, lines)),
        (Err(why), None) => {
            let message = why.to_string();
            let message = message.split(" at line ").next().unwrap_or(&message);
            Err(Failure::Syntax(format!("{message} (column {})", why.column()), why.line()))
        }
    }
}

/// Passes the text to the parser byte by byte and counts the lines.
struct Counting<'a> {
    rest: &'a [u8],
    line: &'a Cell<usize>,
    last: u8,
}

impl Read for Counting<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.rest.read(buffer)?;
        for byte in buffer.iter().take(count) {
            if *byte == b'\r' || *byte == b'\n' && self.last != b'\r' {
                self.line.set(self.line.get() + 1);
            }
            self.last = *byte;
        }
        Ok(count)
    }
}

struct State<'a> {
    line: &'a Cell<usize>,
    found: RefCell<Found>,
}

#[derive(Default)]
struct Found {
    lines: BTreeMap<String, usize>,
    budget: Budget,
    refused: Option<Failure>,
}

impl State<'_> {
    /// Records the line of a value. The error is the line of an earlier value at the same pointer.
    fn note(&self, pointer: &str) -> Result<(), usize> {
        let mut found = self.found.borrow_mut();
        found.lines.insert(pointer.to_owned(), self.line.get()).map_or(Ok(()), Err)
    }

    fn pay<E: serde::de::Error>(&self, pointer: &str, text: usize) -> Result<(), E> {
        let paid = self.found.borrow_mut().budget.pay(1, pointer.len().saturating_add(text));
        paid.map_err(|what| self.refuse("too-large", String::new(), what, "split the description"))
    }

    fn refuse<E: serde::de::Error>(&self, rule: &'static str, pointer: String, what: String, mend: &'static str) -> E {
        let refused = Failure::Refused(rule, pointer, what, mend, self.line.get());
        self.found.borrow_mut().refused = Some(refused);
        E::custom("refused")
    }
}

struct Seed<'a> {
    state: &'a State<'a>,
    pointer: String,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        // The first byte of the value is the last one that was read.
        let _ = self.state.found.borrow_mut().lines.entry(self.pointer.clone()).or_insert(self.state.line.get());
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Value, E> {
        self.state.pay(&self.pointer, 0).map(|()| Value::Bool(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        self.state.pay(&self.pointer, 0).map(|()| value.into())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        self.state.pay(&self.pointer, 0).map(|()| value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        self.state.pay(&self.pointer, 0)?;
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number that JSON cannot represent"))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.state.pay(&self.pointer, value.len()).map(|()| value.into())
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        self.state.pay(&self.pointer, 0).map(|()| Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        self.state.pay(&self.pointer, 0)?;
        let mut found = Vec::new();
        loop {
            let pointer = format!("{}/{}", self.pointer, found.len());
            match items.next_element_seed(Seed { state: self.state, pointer })? {
                Some(item) => found.push(item),
                None => return Ok(Value::Array(found)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        self.state.pay(&self.pointer, 0)?;
        let mut found = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            let pointer = join(&self.pointer, &key);
            if let Err(first) = self.state.note(&pointer) {
                let what = format!("the key `{key}` is repeated; it first appears on line {first}");
                return Err(self.state.refuse("duplicate-key", pointer, what, "keep one of the two"));
            }
            let value = members.next_value_seed(Seed { state: self.state, pointer })?;
            found.insert(key, value);
        }
        Ok(Value::Object(found))
    }
}
