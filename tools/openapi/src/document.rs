//! Reads a description without losing the place of anything in it.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
};

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput, Tag};
use serde_json::{Map, Number, Value};

use crate::{
    Problem,
    budget::{Budget, MAX_DEPTH},
    json,
    pointer::{is_within, join},
};

/// One description: its text, its value, and the line of every JSON pointer.
#[derive(Clone, Debug)]
pub struct Document {
    path: PathBuf,
    text: String,
    value: Value,
    lines: BTreeMap<String, usize>,
    /// Other files that stand in the value, by the pointer to them.
    files: BTreeMap<String, PathBuf>,
}

impl Document {
    /// Reads a YAML or JSON file.
    ///
    /// # Errors
    /// When the file cannot be read, is not UTF-8, or is not one YAML document that JSON can
    /// express.
    pub fn load(path: &Path) -> Result<Self, Problem> {
        let bytes = fs::read(path).map_err(|error| {
            Problem::new(path, "unreadable", error.to_string(), "check the path and its permissions")
        })?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
            let line = 1 + valid.iter().filter(|byte| **byte == b'\n').count();
            Problem::new(path, "not-utf8", "this line is not UTF-8 text", "save the file as UTF-8").on_line(line)
        })?;
        Self::read(path.to_owned(), text)
    }

    /// Parses YAML or JSON; `path` is only named in messages.
    ///
    /// # Errors
    /// When the text is neither JSON nor one YAML document that JSON can express.
    pub fn parse(path: impl Into<PathBuf>, text: &str) -> Result<Self, Problem> {
        Self::read(path.into(), text.to_owned())
    }

    fn read(path: PathBuf, text: String) -> Result<Self, Problem> {
        let (value, lines) = Self::value_of(&path, &text)?;
        Ok(Self { path, text, value, lines, files: BTreeMap::new() })
    }

    fn value_of(path: &Path, text: &str) -> Result<(Value, BTreeMap<String, usize>), Problem> {
        let plain = text.strip_prefix('\u{feff}').unwrap_or(text);
        let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        let mut syntax = None;
        // YAML may begin with a brace too.
        if plain.trim_start().starts_with(['{', '[']) {
            match json::read(plain) {
                Ok(read) => return Ok(read),
                Err(json::Failure::Refused(rule, pointer, what, mend, line)) => {
                    return Err(Problem::new(path, rule, what, mend).on_line(line).at(pointer));
                }
                Err(json::Failure::Syntax(what, line)) => {
                    let mend = "check quotes, commas and brackets on this line and next to it";
                    syntax = Some(Problem::new(path, "json-syntax", what, mend).on_line(line));
                }
            }
        }
        Reader::new(path, plain).document().map_err(|problem| match syntax {
            Some(syntax) if is_json && problem.rule() == "yaml-syntax" => syntax,
            _ => problem,
        })
    }

    /// The file it came from.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text as it was read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the text says.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The line, counted from 1, of the key or list item at `pointer`, or of its nearest ancestor
    /// that exists.
    #[must_use]
    pub fn line(&self, pointer: &str) -> usize {
        let mut pointer = pointer;
        loop {
            if let Some(line) = self.lines.get(pointer) {
                return *line;
            }
            match pointer.rfind('/') {
                Some(end) => pointer = &pointer[..end],
                None => return 1,
            }
        }
    }

    /// The file, the pointer in that file, and the line of what is at `pointer`.
    #[must_use]
    pub fn place<'p>(&self, pointer: &'p str) -> (&Path, &'p str, usize) {
        let file = self.files.iter().find(|(root, _)| is_within(pointer, root));
        let (path, inner) = file.map_or((self.path.as_path(), pointer), |(root, path)| {
            (path.as_path(), pointer.get(root.len()..).unwrap_or_default())
        });
        (path, inner, self.line(pointer))
    }

    /// The other files that it refers to, as [`with_files`](crate::with_files) read them.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.values().map(PathBuf::as_path)
    }

    pub(crate) fn set_value(&mut self, value: Value) {
        self.value = value;
    }

    pub(crate) fn into_value(self) -> Value {
        self.value
    }

    pub(crate) fn set_root_member(&mut self, key: &str, value: Value) {
        if let Value::Object(members) = &mut self.value {
            members.insert(key.to_owned(), value);
        }
    }

    /// Notes the places of a file that stands at `root`.
    pub(crate) fn add_file(&mut self, root: &str, file: &Self) {
        self.files.insert(root.to_owned(), file.path.clone());
        self.lines.extend(file.lines.iter().map(|(pointer, line)| (format!("{root}{pointer}"), *line)));
    }

    /// A problem at a JSON pointer of this document.
    pub fn problem(
        &self,
        rule: &'static str,
        pointer: &str,
        message: impl Into<String>,
        mend: impl Into<String>,
    ) -> Problem {
        Problem::new(&self.path, rule, message, mend).on_line(self.line(pointer)).at(pointer)
    }
}

/// A value with its size, so that an alias to it can be paid for before it is copied.
struct Counted {
    value: Value,
    values: usize,
    /// Bytes of its texts, and of the pointers to what is in it.
    text: usize,
    depth: usize,
}

struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    events: Parser<'a, StrInput<'a>>,
    /// The line of the event read last: every problem is found while looking at it.
    line: usize,
    /// The last line that says anything. The parser sees what is missing at the end only behind
    /// that end.
    last: usize,
    lines: BTreeMap<String, usize>,
    anchors: HashMap<usize, Counted>,
    budget: Budget,
}

impl<'a> Reader<'a> {
    fn new(path: &'a Path, text: &'a str) -> Self {
        Self {
            path,
            text,
            events: Parser::new_from_str(text),
            line: 0,
            last: 1 + line_breaks(text.trim_end_matches([' ', '\t', '\r', '\n'])),
            lines: BTreeMap::new(),
            anchors: HashMap::new(),
            budget: Budget::default(),
        }
    }

    fn document(mut self) -> Result<(Value, BTreeMap<String, usize>), Problem> {
        // The scanner takes NUL for the end of the text and would drop the rest unseen.
        if let Some(at) = self.text.find('\0') {
            self.line = 1 + line_breaks(&self.text[..at]);
            return Err(self.problem("yaml-syntax", "", "there is a NUL character on this line", "remove it"));
        }
        let mut root = None;
        loop {
            match self.next()? {
                Event::StreamEnd => break,
                Event::DocumentStart(_) if root.is_some() => {
                    let what = "a second YAML document starts here";
                    return Err(self.problem("several-documents", "", what, "keep one description in a file"));
                }
                Event::StreamStart | Event::Nothing | Event::DocumentStart(_) | Event::DocumentEnd => {}
                event => {
                    self.lines.insert(String::new(), self.line);
                    root = Some(self.value(event, "", 0)?.value);
                }
            }
        }
        match root {
            None | Some(Value::Null) => {
                self.line = 0;
                Err(self.problem("empty-file", "", "the file says nothing", "write a description into it"))
            }
            Some(value) => Ok((value, self.lines)),
        }
    }

    fn value(&mut self, event: Event<'a>, pointer: &str, depth: usize) -> Result<Counted, Problem> {
        let bytes = if let Event::Scalar(text, ..) = &event { text.len() } else { 0 };
        self.allow(1, bytes + pointer.len(), depth, pointer)?;
        let (anchor, sized) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let value = self.scalar(&text, style, tag.as_deref(), pointer)?;
                (anchor, Counted { value, values: 1, text: bytes, depth: 0 })
            }
            Event::SequenceStart(anchor, tag) => {
                self.untagged(tag.as_deref(), pointer)?;
                (anchor, self.sequence(pointer, depth)?)
            }
            Event::MappingStart(anchor, tag) => {
                self.untagged(tag.as_deref(), pointer)?;
                (anchor, self.mapping(pointer, depth)?)
            }
            Event::Alias(anchor) => (0, self.alias(anchor, pointer, depth)?),
            _ => {
                return Err(self.problem("yaml-syntax", pointer, "a value is missing here", "add it"));
            }
        };
        if anchor != 0 {
            self.allow(sized.values, sized.text, 0, pointer)?;
            self.anchors.insert(anchor, Counted { value: sized.value.clone(), ..sized });
        }
        Ok(sized)
    }

    fn sequence(&mut self, pointer: &str, depth: usize) -> Result<Counted, Problem> {
        let mut items = Vec::new();
        let (mut values, mut text, mut below) = (1, 0_usize, 0);
        loop {
            let event = self.next()?;
            if event == Event::SequenceEnd {
                return Ok(Counted { value: Value::Array(items), values, text, depth: below + 1 });
            }
            let inner = format!("{pointer}/{}", items.len());
            self.lines.insert(inner.clone(), self.line);
            let item = self.value(event, &inner, depth + 1)?;
            values += item.values;
            text = text.saturating_add(item.text).saturating_add(item.values);
            below = below.max(item.depth);
            items.push(item.value);
        }
    }

    fn mapping(&mut self, pointer: &str, depth: usize) -> Result<Counted, Problem> {
        let mut members = Map::new();
        let (mut values, mut text, mut below) = (1, 0_usize, 0);
        loop {
            let event = self.next()?;
            if event == Event::MappingEnd {
                return Ok(Counted { value: Value::Object(members), values, text, depth: below + 1 });
            }
            let key = self.key(event, pointer)?;
            let inner = join(pointer, &key);
            if let Some(first) = self.lines.insert(inner.clone(), self.line) {
                let what = format!("`{key}` is here a second time; the first is on line {first}");
                return Err(self.problem("duplicate-key", &inner, what, "keep one of the two"));
            }
            let event = self.next()?;
            let member = self.value(event, &inner, depth + 1)?;
            values += member.values;
            text = text.saturating_add(member.text).saturating_add(key.len().saturating_mul(member.values));
            below = below.max(member.depth);
            members.insert(key, member.value);
        }
    }

    /// Keys are text whatever they look like: an unquoted `200` names the response "200".
    fn key(&self, event: Event<'a>, pointer: &str) -> Result<String, Problem> {
        match event {
            Event::Scalar(text, ScalarStyle::Plain, ..) if text == "<<" => Err(self.problem(
                "merge-key",
                pointer,
                "merge keys (`<<`) are not part of YAML 1.2",
                "write the members out, or use a $ref",
            )),
            Event::Scalar(text, ..) => Ok(text.into_owned()),
            _ => Err(self.problem("complex-key", pointer, "this key is not plain text", "use a word as the key")),
        }
    }

    /// The YAML 1.2 core schema: only plain scalars can be anything but text.
    fn scalar(&self, text: &str, style: ScalarStyle, tag: Option<&Tag>, pointer: &str) -> Result<Value, Problem> {
        let string = tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
        if !string {
            self.untagged(tag, pointer)?;
        }
        if string || style != ScalarStyle::Plain {
            return Ok(Value::String(text.to_owned()));
        }
        match text {
            "" | "~" | "null" | "Null" | "NULL" => Ok(Value::Null),
            "true" | "True" | "TRUE" => Ok(Value::Bool(true)),
            "false" | "False" | "FALSE" => Ok(Value::Bool(false)),
            _ if !is_number(text) => Ok(Value::String(text.to_owned())),
            _ => to_number(text).map(Value::Number).ok_or_else(|| {
                let what = format!("`{text}` is a number that JSON cannot hold");
                self.problem("yaml-number", pointer, what, "use a smaller number, or quote it if it is text")
            }),
        }
    }

    fn alias(&mut self, anchor: usize, pointer: &str, depth: usize) -> Result<Counted, Problem> {
        let Some(target) = self.anchors.get(&anchor) else {
            let what = "this alias stands for the value it is in";
            return Err(self.problem("yaml-syntax", pointer, what, "write the value out"));
        };
        let (values, text, below) = (target.values, target.text, target.depth);
        let pointers = pointer.len().saturating_mul(values);
        self.allow(values, text.saturating_add(pointers), depth + below, pointer)?;
        let value = self.anchors.get(&anchor).map_or(Value::Null, |target| target.value.clone());
        Ok(Counted { value, values, text, depth: below })
    }

    /// Pays for values before they are made.
    fn allow(&mut self, values: usize, text: usize, depth: usize, pointer: &str) -> Result<(), Problem> {
        if let Err(what) = self.budget.pay(values, text) {
            // The pointer may be what is too long.
            let pointer = if pointer.len() > 200 { "" } else { pointer };
            return Err(self.problem("too-large", pointer, what, "use fewer aliases and shorter keys"));
        }
        if depth > MAX_DEPTH {
            let what = format!("values are nested more than {MAX_DEPTH} deep here");
            // The pointer would be as deep, and no help.
            return Err(self.problem("too-deep", "", what, "move inner schemas to components"));
        }
        Ok(())
    }

    fn untagged(&self, tag: Option<&Tag>, pointer: &str) -> Result<(), Problem> {
        tag.map_or(Ok(()), |tag| {
            let what = format!("the YAML tag `{tag}` means nothing in a description");
            Err(self.problem("yaml-tag", pointer, what, "remove it, or quote the value if it is text"))
        })
    }

    fn next(&mut self) -> Result<Event<'a>, Problem> {
        match self.events.next_event() {
            Some(Ok((event, span))) => {
                self.line = span.start.line().min(self.last);
                Ok(event)
            }
            Some(Err(error)) => {
                self.line = error.marker().line().min(self.last);
                let what = format!("{} (column {})", error.info(), error.marker().col() + 1);
                let mend = "check indentation (spaces, no tabs), quotes and colons on this line and next to it";
                Err(self.problem("yaml-syntax", "", what, mend))
            }
            None => Err(self.problem("yaml-syntax", "", "the text ends too early", "complete it")),
        }
    }

    fn problem(&self, rule: &'static str, pointer: &str, message: impl Into<String>, mend: &str) -> Problem {
        Problem::new(self.path, rule, message, mend).on_line(self.line).at(pointer)
    }
}

/// As YAML counts them: `\r` alone is one.
fn line_breaks(text: &str) -> usize {
    text.matches('\n').count() + text.matches('\r').count() - text.matches("\r\n").count()
}

/// Whether a plain scalar is a number in the core schema, as opposed to text such as `1.2.3`,
/// `10:30` or `inf`.
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = |prefix, radix| {
        text.strip_prefix(prefix)
            .is_some_and(|rest: &str| !rest.is_empty() && rest.chars().all(|digit| digit.is_digit(radix)))
    };
    digits("0x", 16)
        || digits("0o", 8)
        || matches!(unsigned, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN")
        || unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.')
            && unsigned.chars().all(|each| each.is_ascii_digit() || "+-.eE".contains(each))
            && unsigned.parse::<f64>().is_ok()
}

fn to_number(text: &str) -> Option<Number> {
    let radix = |prefix, radix| text.strip_prefix(prefix).map(|digits| u64::from_str_radix(digits, radix));
    if let Some(parsed) = radix("0x", 16).or_else(|| radix("0o", 8)) {
        return parsed.ok().map(Number::from);
    }
    let whole = text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from));
    whole.ok().or_else(|| text.parse().ok().and_then(Number::from_f64))
}
