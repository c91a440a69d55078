//! The grammar of OpenAPI 3.0, and the walk over a description that every rule builds on.

use serde_json::Value;

use super::{Report, context::Context, near::did_you_mean, node::Node};

/// The objects of OpenAPI 3.0, and the item of `x-plex-errors`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Callback,
    Components,
    Contact,
    Discriminator,
    Encoding,
    Example,
    ExternalDocs,
    Flow,
    Flows,
    Header,
    Info,
    License,
    Link,
    MediaType,
    Operation,
    Parameter,
    PathItem,
    PlexError,
    RequestBody,
    Response,
    Root,
    Schema,
    SecurityScheme,
    Server,
    ServerVariable,
    Tag,
    Xml,
}

/// The shape that a value must have.
#[derive(Debug)]
pub(super) enum Shape {
    Any,
    Text,
    Number,
    Flag,
    Object(Kind),
    List(&'static Shape),
    /// A map with keys chosen by the author.
    Map(&'static Shape),
    /// A map with keys defined by OpenAPI, where `x-` keys are extensions.
    Pattern(&'static Shape),
    FlagOrSchema,
}

use Shape::{Any, Flag, FlagOrSchema, List, Map, Number, Object, Pattern, Text};

const SCHEMA: Shape = Object(Kind::Schema);
const SERVERS: Shape = List(&Object(Kind::Server));
const EXAMPLES: Shape = Map(&Object(Kind::Example));
const HEADERS: Shape = Map(&Object(Kind::Header));
const CONTENT: Shape = Map(&Object(Kind::MediaType));
const RESPONSES: Shape = Pattern(&Object(Kind::Response));
const PARAMETERS: Shape = List(&Object(Kind::Parameter));
const SECURITY: Shape = List(&Map(&List(&Text)));
const DOCS: Shape = Object(Kind::ExternalDocs);
const OPERATION: Shape = Object(Kind::Operation);

impl Kind {
    /// Returns the keys that it may have, with the shape of each.
    #[rustfmt::skip]
    const fn members(self) -> &'static [(&'static str, Shape)] {
        match self {
            Self::Root => &[("openapi", Text), ("info", Object(Kind::Info)), ("servers", SERVERS),
                ("paths", Pattern(&Object(Kind::PathItem))), ("components", Object(Kind::Components)),
                ("security", SECURITY), ("tags", List(&Object(Kind::Tag))), ("externalDocs", DOCS)],
            Self::Info => &[("title", Text), ("description", Text), ("termsOfService", Text),
                ("contact", Object(Kind::Contact)), ("license", Object(Kind::License)), ("version", Text)],
            Self::Contact => &[("name", Text), ("url", Text), ("email", Text)],
            Self::License => &[("name", Text), ("url", Text)],
            Self::ExternalDocs => &[("description", Text), ("url", Text)],
            Self::Server => &[("url", Text), ("description", Text), ("variables", Map(&Object(Kind::ServerVariable)))],
            Self::ServerVariable => &[("enum", List(&Text)), ("default", Text), ("description", Text)],
            Self::Tag => &[("name", Text), ("description", Text), ("externalDocs", DOCS)],
            Self::Components => &[("schemas", Map(&SCHEMA)), ("responses", Map(&Object(Kind::Response))),
                ("parameters", Map(&Object(Kind::Parameter))), ("examples", EXAMPLES),
                ("requestBodies", Map(&Object(Kind::RequestBody))), ("headers", HEADERS),
                ("securitySchemes", Map(&Object(Kind::SecurityScheme))), ("links", Map(&Object(Kind::Link))),
                ("callbacks", Map(&Object(Kind::Callback)))],
            Self::PathItem => &[("summary", Text), ("description", Text), ("get", OPERATION), ("put", OPERATION),
                ("post", OPERATION), ("delete", OPERATION), ("options", OPERATION), ("head", OPERATION),
                ("patch", OPERATION), ("trace", OPERATION), ("servers", SERVERS), ("parameters", PARAMETERS)],
            Self::Operation => &[("tags", List(&Text)), ("summary", Text), ("description", Text),
                ("externalDocs", DOCS), ("operationId", Text), ("parameters", PARAMETERS),
                ("requestBody", Object(Kind::RequestBody)), ("responses", RESPONSES),
                ("callbacks", Map(&Object(Kind::Callback))), ("deprecated", Flag), ("security", SECURITY),
                ("servers", SERVERS), ("x-plex-confidence", Text), ("x-plex-pass-code", Number), ("x-plex-proof", Text),
                ("x-plex-redirects-to-storage", Flag), ("x-plex-safe-to-retry", Flag),
                ("x-plex-errors", List(&Object(Kind::PlexError)))],
            Self::PlexError => &[("status", Number), ("code", Number), ("when", Text)],
            Self::Parameter => &[("name", Text), ("in", Text), ("description", Text), ("required", Flag),
                ("deprecated", Flag), ("allowEmptyValue", Flag), ("style", Text), ("explode", Flag),
                ("allowReserved", Flag), ("schema", SCHEMA), ("example", Any), ("examples", EXAMPLES),
                ("content", CONTENT), ("x-plex-constant", Text), ("x-plex-list", Text), ("x-plex-not-secret", Text)],
            Self::Header => &[("description", Text), ("required", Flag), ("deprecated", Flag),
                ("allowEmptyValue", Flag), ("style", Text), ("explode", Flag), ("allowReserved", Flag),
                ("schema", SCHEMA), ("example", Any), ("examples", EXAMPLES), ("content", CONTENT)],
            Self::RequestBody => &[("description", Text), ("content", CONTENT), ("required", Flag)],
            Self::MediaType => &[("schema", SCHEMA), ("example", Any), ("examples", EXAMPLES),
                ("encoding", Map(&Object(Kind::Encoding)))],
            Self::Encoding => &[("contentType", Text), ("headers", HEADERS), ("style", Text), ("explode", Flag),
                ("allowReserved", Flag)],
            Self::Response => &[("description", Text), ("headers", HEADERS), ("content", CONTENT),
                ("links", Map(&Object(Kind::Link)))],
            Self::Example => &[("summary", Text), ("description", Text), ("value", Any), ("externalValue", Text)],
            Self::Link => &[("operationRef", Text), ("operationId", Text), ("parameters", Map(&Any)),
                ("requestBody", Any), ("description", Text), ("server", Object(Kind::Server))],
            // Its keys are expressions. The SDK generates nothing from callbacks.
            Self::Callback => &[],
            Self::Schema => &[("title", Text), ("multipleOf", Number), ("maximum", Number),
                ("exclusiveMaximum", Flag), ("minimum", Number), ("exclusiveMinimum", Flag), ("maxLength", Number),
                ("minLength", Number), ("pattern", Text), ("maxItems", Number), ("minItems", Number),
                ("uniqueItems", Flag), ("maxProperties", Number), ("minProperties", Number),
                ("required", List(&Text)), ("enum", List(&Any)), ("type", Text), ("allOf", List(&SCHEMA)),
                ("oneOf", List(&SCHEMA)), ("anyOf", List(&SCHEMA)), ("not", SCHEMA), ("items", SCHEMA),
                ("properties", Map(&SCHEMA)), ("additionalProperties", FlagOrSchema), ("description", Text),
                ("format", Text), ("default", Any), ("nullable", Flag), ("readOnly", Flag), ("writeOnly", Flag),
                ("discriminator", Object(Kind::Discriminator)), ("xml", Object(Kind::Xml)), ("externalDocs", DOCS),
                ("example", Any), ("deprecated", Flag), ("x-extensible-enum", List(&Text)), ("x-plex-bare-list", Text),
                ("x-plex-constant", Text), ("x-plex-empty-means-all", Flag), ("x-plex-list", Text),
                ("x-plex-not-secret", Text), ("x-plex-rows", Flag), ("x-rust-name", Text)],
            Self::Discriminator => &[("propertyName", Text), ("mapping", Map(&Text))],
            Self::Xml => &[("name", Text), ("namespace", Text), ("prefix", Text), ("attribute", Flag),
                ("wrapped", Flag)],
            Self::SecurityScheme => &[("type", Text), ("description", Text), ("name", Text), ("in", Text),
                ("scheme", Text), ("bearerFormat", Text), ("flows", Object(Kind::Flows)),
                ("openIdConnectUrl", Text)],
            Self::Flows => &[("implicit", Object(Kind::Flow)), ("password", Object(Kind::Flow)),
                ("clientCredentials", Object(Kind::Flow)), ("authorizationCode", Object(Kind::Flow))],
            Self::Flow => &[("authorizationUrl", Text), ("tokenUrl", Text), ("refreshUrl", Text),
                ("scopes", Map(&Text))],
        }
    }

    /// Returns the keys that it must have.
    pub(super) const fn required(self) -> &'static [&'static str] {
        match self {
            Self::Root => &["info", "paths"],
            Self::Info => &["title", "version"],
            Self::Operation => &["responses"],
            Self::Parameter => &["name", "in"],
            Self::RequestBody => &["content"],
            Self::Response => &["description"],
            Self::SecurityScheme => &["type"],
            Self::Server => &["url"],
            Self::Tag | Self::License => &["name"],
            Self::PlexError => &["status"],
            _ => &[],
        }
    }

    /// Returns the section of `components` that can hold it, if there is one.
    pub(super) const fn section(self) -> Option<&'static str> {
        match self {
            Self::Schema => Some("schemas"),
            Self::Response => Some("responses"),
            Self::Parameter => Some("parameters"),
            Self::Example => Some("examples"),
            Self::RequestBody => Some("requestBodies"),
            Self::Header => Some("headers"),
            Self::SecurityScheme => Some("securitySchemes"),
            Self::Link => Some("links"),
            Self::Callback => Some("callbacks"),
            _ => None,
        }
    }
}

impl Shape {
    const fn name(&self) -> &'static str {
        match self {
            Any => "anything",
            Text => "text",
            Number => "a number",
            Flag => "true or false",
            Object(_) | Map(_) | Pattern(_) => "a map",
            List(_) => "a list",
            FlagOrSchema => "true, false or a schema",
        }
    }

    fn fits(&self, value: &Value) -> bool {
        match self {
            Any => true,
            Text => value.is_string(),
            Number => value.is_number(),
            Flag => value.is_boolean(),
            Object(_) | Map(_) | Pattern(_) => value.is_object(),
            List(_) => value.is_array(),
            FlagOrSchema => value.is_boolean() || value.is_object(),
        }
    }
}

/// A part of a description that does not fit the grammar.
#[derive(Debug)]
pub(super) enum Misfit {
    /// The value has the wrong type. This one is expected.
    Type(&'static str),
    UnknownKey(Option<Kind>),
    UnknownExtension(Option<Kind>),
}

/// Everything in a description, by kind.
#[derive(Debug, Default)]
pub(super) struct Index<'a> {
    pub(super) objects: Vec<(Kind, Node<'a>)>,
    /// Objects that only refer to another one.
    pub(super) references: Vec<(Kind, Node<'a>)>,
    /// Prose: descriptions, summaries, and the `when` of errors.
    pub(super) texts: Vec<Node<'a>>,
    pub(super) misfits: Vec<(Misfit, Node<'a>)>,
}

impl<'a> Index<'a> {
    /// Walks the whole description.
    pub(super) fn new(root: Node<'a>) -> Self {
        let mut index = Self::default();
        index.visit(root, &Object(Kind::Root));
        index
    }

    fn visit(&mut self, node: Node<'a>, shape: &Shape) {
        if !shape.fits(node.value) {
            self.misfits.push((Misfit::Type(shape.name()), node));
            return;
        }
        match shape {
            Any | Number | Flag => {}
            Text => {
                if ["/description", "/summary", "/when"].iter().any(|key| node.pointer.ends_with(key)) {
                    self.texts.push(node);
                }
            }
            List(inner) => node.items().for_each(|item| self.visit(item, inner)),
            Map(inner) => node.entries().for_each(|(_, member)| self.visit(member, inner)),
            Pattern(inner) => {
                for (key, member) in node.entries() {
                    match key.starts_with("x-") {
                        true => self.misfits.push((Misfit::UnknownExtension(None), member)),
                        false => self.visit(member, inner),
                    }
                }
            }
            FlagOrSchema if node.value.is_boolean() => {}
            FlagOrSchema => self.object(node, Kind::Schema),
            Object(kind) => self.object(node, *kind),
        }
    }

    fn object(&mut self, node: Node<'a>, kind: Kind) {
        if let Some(target) = node.get("$ref")
            && (kind.section().is_some() || kind == Kind::PathItem)
        {
            match target.value.is_string() {
                true => self.references.push((kind, node)),
                false => self.misfits.push((Misfit::Type(Text.name()), target)),
            }
            return;
        }
        for (key, member) in node.entries() {
            match kind.members().iter().find(|(name, _)| *name == key) {
                Some((_, shape)) => self.visit(member, shape),
                None if kind == Kind::Callback => {}
                None if key.starts_with("x-") => self.misfits.push((Misfit::UnknownExtension(Some(kind)), member)),
                None => self.misfits.push((Misfit::UnknownKey(Some(kind)), member)),
            }
        }
        self.objects.push((kind, node));
    }
}

/// `wrong-type`, `unknown-key`, `unknown-extension`, `missing-key`, `extension-value`: reports what
/// does not fit the grammar.
pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for (misfit, node) in &context.index.misfits {
        let key = node.pointer.rsplit('/').next().unwrap_or_default();
        match misfit {
            Misfit::Type(wanted) => {
                let what = format!("`{key}` must be {wanted}, but is {}", describe(node.value));
                let mend = match (*wanted, node.value) {
                    ("text", Value::Number(_) | Value::Bool(_)) => "put it in quotes".to_owned(),
                    _ => format!("make it {wanted}"),
                };
                report.add("wrong-type", &node.pointer, what, mend);
            }
            Misfit::UnknownKey(kind) => {
                let what = format!("OpenAPI 3.0 has no `{key}` here");
                let mend = "correct the spelling or the indentation, or remove it";
                report.add("unknown-key", &node.pointer, what, format!("{mend}{}", near_member(*kind, key)));
            }
            Misfit::UnknownExtension(kind) => {
                let what = format!("`{key}` has no meaning here");
                let mend = "correct the spelling or the place, or put the note into the description";
                report.add("unknown-extension", &node.pointer, what, format!("{mend}{}", near_member(*kind, key)));
            }
        }
    }
    for (kind, node) in &context.index.objects {
        if let Some(list) =
            node.get("x-plex-list").filter(|list| list.value.as_str().is_some_and(|text| text != "comma"))
        {
            report.add(
                "extension-value",
                &list.pointer,
                "the client supports only comma-separated lists",
                "write `comma`",
            );
        }
        for key in kind.required().iter().filter(|key| !node.has(key)) {
            report.add("missing-key", &node.pointer, format!("`{key}` is missing"), "add it");
        }
    }
}

fn near_member(kind: Option<Kind>, key: &str) -> String {
    did_you_mean(key, kind.into_iter().flat_map(|kind| kind.members().iter().map(|(name, _)| *name)))
}

const fn describe(value: &Value) -> &'static str {
    match value {
        Value::Null => "empty",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}
