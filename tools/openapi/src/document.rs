//! Reads a description and keeps the line of every value in it.

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
    /// The name of its Rust module, if a table of descriptions gives it one.
    module: Option<String>,
    text: String,
    value: Value,
    lines: BTreeMap<String, usize>,
    /// The other files that are part of the value, by the pointer to each.
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

    /// Parses YAML or JSON; `path` is used only in messages.
    ///
    /// # Errors
    /// When the text is neither JSON nor one YAML document that JSON can express.
    pub fn parse(path: impl Into<PathBuf>, text: &str) -> Result<Self, Problem> {
        Self::read(path.into(), text.to_owned())
    }

    fn read(path: PathBuf, text: String) -> Result<Self, Problem> {
        let (value, lines) = Self::value_of(&path, &text)?;
        Ok(Self { path, module: None, text, value, lines, files: BTreeMap::new() })
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

    /// Returns the path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the name of the Rust module that is generated from the description. Without
    /// [`Document::in_module`], the module is named after the file.
    #[must_use]
    pub fn module(&self) -> String {
        self.module.clone().unwrap_or_else(|| module_of_file(&self.path))
    }

    /// Returns the same document for a module with this name.
    #[must_use]
    pub fn in_module(self, name: impl Into<String>) -> Self {
        Self { module: Some(name.into()), ..self }
    }

    /// Returns the text as it was read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the parsed value.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Returns the line, counted from 1, of the key or list item at `pointer`, or of its nearest
    /// existing ancestor.
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

    /// Returns the file, the pointer in that file, and the line of the value at `pointer`.
    #[must_use]
    pub fn place<'p>(&self, pointer: &'p str) -> (&Path, &'p str, usize) {
        let file = self.files.iter().find(|(root, _)| is_within(pointer, root));
        let (path, inner) = file.map_or((self.path.as_path(), pointer), |(root, path)| {
            (path.as_path(), pointer.get(root.len()..).unwrap_or_default())
        });
        (path, inner, self.line(pointer))
    }

    /// Returns the paths of the other files that [`with_files`](crate::with_files) read for it.
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

    /// Records the path and the lines of a file that is part of the value at `root`.
    pub(crate) fn add_file(&mut self, root: &str, file: &Self) {
        self.files.insert(root.to_owned(), file.path.clone());
        self.lines.extend(file.lines.iter().map(|(pointer, line)| (format!("{root}{pointer}"), *line)));
    }

    /// Creates a problem at a JSON pointer of this document.
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

/// Returns the name of the module of a description that no table lists.
pub(crate) fn module_of_file(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().replace('-', "_")
}

/// A value with its size, so that the budget is charged for an alias before the value is copied.
struct Counted {
    value: Value,
    values: usize,
    /// Bytes of its texts and of the pointers to the values inside it.
    text: usize,
    depth: usize,
}

struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    events: Parser<'a, StrInput<'a>>,
    /// The line of the last event. Every problem is found while that event is handled.
    line: usize,
    /// The last line that is not blank. If something is missing at the end, the parser reports a
    /// line after it.
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
        // The scanner treats NUL as the end of the text and would silently drop the rest.
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
                Err(self.problem("empty-file", "", "the file is empty", "write a description into it"))
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
                let what = format!("the key `{key}` is repeated; it first appears on line {first}");
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

    /// Returns a key as text, whatever it looks like: an unquoted `200` names the response "200".
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

    /// Applies the YAML 1.2 core schema: only plain scalars can be anything other than text.
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
            let what = "this alias refers to the value that contains it";
            return Err(self.problem("yaml-syntax", pointer, what, "write the value out"));
        };
        let (values, text, below) = (target.values, target.text, target.depth);
        let pointers = pointer.len().saturating_mul(values);
        self.allow(values, text.saturating_add(pointers), depth + below, pointer)?;
        let value = self.anchors.get(&anchor).map_or(Value::Null, |target| target.value.clone());
        Ok(Counted { value, values, text, depth: below })
    }

    /// Charges the budget for values before they are allocated, and checks their depth.
    fn allow(&mut self, values: usize, text: usize, depth: usize, pointer: &str) -> Result<(), Problem> {
        if let Err(what) = self.budget.pay(values, text) {
            // The pointer itself may be too long.
            let pointer = if pointer.len() > 200 { "" } else { pointer };
            return Err(self.problem("too-large", pointer, what, "use fewer aliases and shorter keys"));
        }
        if depth > MAX_DEPTH {
            let what = format!("values are nested more than {MAX_DEPTH} levels deep here");
            // The pointer would be just as deep, and would not help.
            return Err(self.problem("too-deep", "", what, "move inner schemas to components"));
        }
        Ok(())
    }

    fn untagged(&self, tag: Option<&Tag>, pointer: &str) -> Result<(), Problem> {
        tag.map_or(Ok(()), |tag| {
            let what = format!("the YAML tag `{tag}` has no meaning in a description");
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

/// Counts line breaks as YAML does: a lone `\r` is one.
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
