//! The page of an operation.

use std::collections::BTreeMap;

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};
use plex_tv_openapi::{
    Auth, Operation,
    pointer::{followed, join},
    predicate,
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    book::{Book, Module, operation_page},
    curl, example, markdown,
    rust::{RustCall, shown},
    schema::{Row, Rows, component_name, inner, rust_pieces, short, values, wire_pieces},
    text::{Code, Piece, Text, anchor},
};

/// The content of an operation's page.
#[derive(Debug, Serialize)]
pub(crate) struct OperationPage {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) path_of_page: String,
    pub(crate) module: String,
    pub(crate) module_title: String,
    pub(crate) module_page: String,
    pub(crate) feature: Option<String>,
    pub(crate) tag: String,
    pub(crate) tag_anchor: String,
    pub(crate) method: String,
    pub(crate) base: String,
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) about: Text,
    pub(crate) verbs: Vec<Easier>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) auth: &'static str,
    pub(crate) caller: String,
    pub(crate) proof: Option<&'static str>,
    pub(crate) confidence: String,
    pub(crate) confidence_means: &'static str,
    pub(crate) is_unstable: bool,
    pub(crate) is_deprecated: bool,
    pub(crate) is_retired: bool,
    pub(crate) is_safe: bool,
    pub(crate) retry: &'static str,
    pub(crate) parameters: Vec<Row>,
    pub(crate) body: Option<Body>,
    pub(crate) replies: Vec<Reply>,
    /// The rows of the schema that all success replies share.
    pub(crate) reply_rows: Vec<Row>,
    pub(crate) reply_keeps_unknown: bool,
    pub(crate) refusals: Vec<Reply>,
    pub(crate) curl: Code,
    pub(crate) rust: Code,
    pub(crate) signature: Vec<Piece>,
    pub(crate) returns: Vec<Piece>,
    pub(crate) line: usize,
    pub(crate) line_href: String,
    pub(crate) source_file: String,
    pub(crate) rustdoc_method: Option<String>,
    pub(crate) rustdoc_call: Option<String>,
    /// The call, as JSON for the form that sends it.
    pub(crate) try_it: String,
}

/// An important notice.
#[derive(Debug, Serialize)]
pub(crate) struct Notice {
    pub(crate) title: &'static str,
    pub(crate) text: Text,
    /// How the calls in `others` relate: `Use instead` or `See also`.
    pub(crate) others_are: &'static str,
    pub(crate) others: Vec<Piece>,
}

/// A verb of the SDK that makes the call.
#[derive(Debug, Serialize)]
pub(crate) struct Easier {
    pub(crate) call: String,
    pub(crate) about: Text,
    pub(crate) rustdoc: Option<String>,
}

/// The request body.
#[derive(Debug, Serialize)]
pub(crate) struct Body {
    pub(crate) media: String,
    pub(crate) required: bool,
    pub(crate) text: Text,
    pub(crate) wire: Vec<Piece>,
    pub(crate) rows: Vec<Row>,
    pub(crate) example: Code,
}

/// The reply with one status.
#[derive(Debug, Serialize)]
pub(crate) struct Reply {
    pub(crate) status: String,
    pub(crate) phrase: &'static str,
    pub(crate) text: Text,
    pub(crate) media: Option<String>,
    pub(crate) wire: Vec<Piece>,
    pub(crate) rows: Vec<Row>,
    pub(crate) example: Option<Code>,
    /// The status of an earlier reply that has the same example.
    pub(crate) same_as: Option<String>,
    /// The JSON that the client converts an XML reply to.
    pub(crate) picture: Option<Code>,
    pub(crate) headers: Vec<Row>,
    pub(crate) causes: Vec<Cause>,
}

/// One documented cause of an error.
#[derive(Debug, Serialize)]
pub(crate) struct Cause {
    pub(crate) code: Option<u64>,
    pub(crate) when: Text,
    pub(crate) predicate: Option<String>,
    pub(crate) predicate_href: Option<String>,
}

/// Explains a level of confidence.
pub(crate) fn confidence_means(confidence: &str) -> &'static str {
    match confidence {
        "high" => "Several independent clients or a capture agree on it.",
        "medium" => "It is based on one working client, or the sources differ in details.",
        _ => "It is based on a single source that nobody has confirmed.",
    }
}

impl OperationPage {
    pub(crate) fn new(book: &Book, module: &Module, operation: &Operation) -> Self {
        let root = module.document.value();
        let node = root.pointer(&operation.pointer).unwrap_or(&Value::Null);
        let call = module.rust.calls.get(&operation.rust_name.to_upper_camel_case());
        let base = module.base(operation);
        let host = plex_tv_openapi::Server::parse(&base).host.unwrap_or_default();
        let description = node["description"].as_str().unwrap_or_default();
        let confidence = node["x-plex-confidence"].as_str().unwrap_or("low").to_owned();
        let (auth, caller) = match operation.auth {
            Auth::None => ("nothing", "Anyone may call it; it needs neither a token nor a client identifier."),
            Auth::ClientIdentifier => ("client identifier", "It needs no sign-in, only a client identifier."),
            Auth::Token => ("token", "It needs the token of a signed-in account, and a client identifier."),
        };
        let (line, line_href) = module.line(&operation.pointer);
        let replies = replies(book, module, operation, node);
        let (mut replies, refusals): (Vec<_>, Vec<_>) =
            replies.into_iter().partition(|reply| reply.status.starts_with(['1', '2', '3']));
        without_repetitions(&mut replies);
        let is_retired = refusals.iter().any(|reply| reply.status == "410");
        let (reply_rows, reply_keeps_unknown) = reply_rows(book, module, operation, node);
        let signature = module.rust.methods.get(&operation.rust_name).map(|written| signature(module, written));
        Self {
            id: operation.id.clone(),
            title: node["summary"].as_str().unwrap_or(&operation.id).to_owned(),
            path_of_page: operation_page(&operation.id),
            module: module.name.clone(),
            module_title: module.title().to_owned(),
            module_page: module.page(),
            feature: module.feature.clone(),
            tag: operation.tag.clone(),
            tag_anchor: anchor(&operation.tag),
            method: operation.method.clone(),
            host,
            path: operation.path.clone(),
            about: markdown::text(book, module, description),
            verbs: book
                .verbs(&operation.id)
                .iter()
                .map(|verb| Easier {
                    call: verb.call.clone(),
                    about: markdown::text(book, module, &verb.about),
                    rustdoc: book.sdk.rustdoc_of_method(&verb.path),
                })
                .collect(),
            notices: notices(book, module, operation, &confidence, is_retired, description),
            auth,
            caller: caller.to_owned(),
            proof: proof(node),
            confidence_means: confidence_means(&confidence),
            confidence,
            is_unstable: operation.unstable,
            is_deprecated: operation.deprecated,
            is_retired,
            is_safe: operation.safe_to_retry,
            retry: if operation.safe_to_retry {
                "Sending it twice does no harm. The client retries it after 408, 429, 500, 502, 503 and 504, and once \
                 after a broken connection."
            } else {
                "Sending it twice may perform it twice. The client retries it only if plex.tv did not read it: because no \
                 connection was made, or because the server rejected it unread."
            },
            parameters: parameter_rows(book, module, operation, node, call),
            body: body(book, module, operation, node),
            replies,
            reply_rows,
            reply_keeps_unknown,
            refusals,
            curl: Code::plain("sh", curl::sample(module, operation, node)),
            rust: Code::plain("rust", call.map(|call| shown(&call.example)).unwrap_or_default()),
            signature: signature.unwrap_or_default(),
            returns: call.map(|call| rust_pieces(module, &call.reply)).unwrap_or_default(),
            line,
            line_href,
            source_file: format!("openapi/{}", module.file),
            rustdoc_method: book.sdk.rustdoc(&format!("{}::Api::{}", module.name, operation.rust_name)),
            rustdoc_call: book.sdk.rustdoc(&format!(
                "{}::calls::{}",
                module.name,
                operation.rust_name.to_upper_camel_case()
            )),
            try_it: try_it(module, operation, node, &base),
            base,
        }
    }
}

fn proof(node: &Value) -> Option<&'static str> {
    Some(match node["x-plex-proof"].as_str()? {
        "device-jwt" => "It checks a JWT signed by the device key.",
        "device-key" => "It checks the public half of a new device key.",
        "password" => "It checks a password, with or without a second factor.",
        _ => return None,
    })
}

/// Returns a method such as `pub fn get_token(&self, pin_id: i64) -> calls::GetToken` as an app
/// calls it.
fn signature(module: &Module, written: &str) -> Vec<Piece> {
    let (head, _) = written.rsplit_once(" -> ").unwrap_or((written, ""));
    let head = head.trim_start_matches("pub ").trim_start_matches("fn ");
    let head = head.replace("&self, ", "").replace("&self", "").replace("types::", "").replace("calls::", "");
    rust_pieces(module, &format!("client.{}().{head}", module.name))
}

fn notices(
    book: &Book,
    module: &Module,
    operation: &Operation,
    confidence: &str,
    is_retired: bool,
    description: &str,
) -> Vec<Notice> {
    let say = |text: &str| markdown::text(book, module, text);
    // The description names other operations in backticks.
    let named = description.split('`').skip(1).step_by(2).filter(|id| *id != operation.id);
    let mut others = Vec::new();
    for (_, other) in named.filter_map(|id| book.operation(id)) {
        let piece = Piece::link(other.id.clone(), operation_page(&other.id));
        if !other.deprecated && !others.contains(&piece) {
            others.push(piece);
        }
    }
    let mut notices = Vec::new();
    if operation.deprecated && is_retired {
        let text = say("plex.tv no longer offers this call and answers 410. New code must not use it.");
        notices.push(Notice { title: "Retired", text, others_are: "Use instead", others: others.clone() });
    } else if operation.deprecated {
        let text = say("It still works, but new code should not use it.");
        notices.push(Notice { title: "Deprecated", text, others_are: "Use instead", others: others.clone() });
    } else if is_retired {
        let text = say("Some callers got status 410, which plex.tv sends for calls that it no longer offers.");
        notices.push(Notice { title: "May be retired", text, others_are: "Use instead", others: others.clone() });
    }
    if confidence == "low" {
        let text = say(
            "It is based on a single source that nobody has confirmed. In Rust, it is behind the feature `unstable` and \
             may change in any release.",
        );
        let others = if notices.is_empty() { others } else { Vec::new() };
        notices.push(Notice { title: "Low confidence", text, others_are: "See also", others });
    }
    notices
}

fn parameter_rows(
    book: &Book,
    module: &Module,
    operation: &Operation,
    node: &Value,
    call: Option<&RustCall>,
) -> Vec<Row> {
    let rows = module.parameters(operation, node).into_iter().map(|parameter| {
        let name = parameter["name"].as_str().unwrap_or_default();
        let schema = &parameter["schema"];
        let place = parameter["in"].as_str().unwrap_or_default();
        let required = parameter["required"] == Value::Bool(true);
        let example = parameter.get("example").or(schema.get("example"));
        let target = inner(&module.document, schema);
        let description = parameter["description"].as_str().or(target["description"].as_str()).unwrap_or_default();
        Row {
            id: anchor(&format!("{place}.{name}")),
            path: name.to_owned(),
            prefix: String::new(),
            name: name.to_owned(),
            depth: 0,
            rust: call.and_then(|call| argument(module, call, name, required)).unwrap_or_default(),
            wire: wire_pieces(module, schema),
            required,
            nullable: schema["nullable"] == Value::Bool(true),
            is_secret: schema["format"] == "password",
            is_deprecated: parameter["deprecated"] == Value::Bool(true),
            place: Some(place.to_owned()),
            text: markdown::text(book, module, description),
            values: values(target),
            example: example.map(short),
            opens: 0,
            closes: false,
        }
    });
    rows.collect()
}

/// Returns how a parameter is passed in Rust: as an argument or with a setter.
fn argument(module: &Module, call: &RustCall, wire_name: &str, required: bool) -> Option<Vec<Piece>> {
    let snake = wire_name.to_snake_case().replace("i_pv6", "ipv6").replace("x_plex_container_", "container_");
    let fields = call.arguments.as_ref().filter(|_| required).unwrap_or(&call.fields);
    let name = [snake.clone(), format!("{snake}_")].into_iter().find(|name| fields.contains_key(name))?;
    let kind = fields.get(&name)?;
    Some(match kind.strip_prefix("Option<").and_then(|kind| kind.strip_suffix('>')) {
        Some(kind) => rust_pieces(module, &format!(".{name}({kind})")),
        None => rust_pieces(module, &format!("{name}: {kind}")),
    })
}

fn body(book: &Book, module: &Module, operation: &Operation, node: &Value) -> Option<Body> {
    let written = node.get("requestBody")?;
    let (media, content) = written["content"].as_object()?.iter().next()?;
    let pointer = join(&join(&join(&operation.pointer, "requestBody"), "content"), media);
    let sent = &content["example"];
    let example = if media == "application/x-www-form-urlencoded" {
        let fields = example::json(&module.document, &join(&pointer, "example"), sent);
        Code { language: "json", ..fields }
    } else {
        example::json(&module.document, &join(&pointer, "example"), sent)
    };
    Some(Body {
        media: media.clone(),
        required: written["required"] == Value::Bool(true),
        text: markdown::text(book, module, written["description"].as_str().unwrap_or_default()),
        wire: wire_pieces(module, &content["schema"]),
        rows: Rows::of(book, module, "body", &content["schema"], sent),
        example,
    })
}

/// Returns the rows of the schema that all success replies share, with the values of the largest
/// example, and whether the type keeps unknown members.
fn reply_rows(book: &Book, module: &Module, operation: &Operation, node: &Value) -> (Vec<Row>, bool) {
    let replies = node["responses"].as_object().into_iter().flatten();
    let contents = replies.filter(|(status, _)| status.starts_with('2')).filter_map(|(_, reply)| {
        let (reply, _) = followed(module.document.value(), reply, operation.pointer.clone());
        reply["content"].as_object()?.values().next()
    });
    let contents: Vec<&Value> = contents.collect();
    let Some(first) = contents.first() else { return (Vec::new(), false) };
    let fullest = contents.iter().map(|content| &content["example"]).max_by_key(|value| value.to_string().len());
    let rows = Rows::of(book, module, "reply", &first["schema"], fullest.unwrap_or(&Value::Null));
    let target = inner(&module.document, &first["schema"]);
    let item = if target["type"] == "array" { inner(&module.document, &target["items"]) } else { target };
    (rows, item["additionalProperties"].as_object().is_some_and(serde_json::Map::is_empty))
}

fn replies(book: &Book, module: &Module, operation: &Operation, node: &Value) -> Vec<Reply> {
    let root = module.document.value();
    let mut causes = BTreeMap::<String, Vec<Cause>>::new();
    for error in node["x-plex-errors"].as_array().into_iter().flatten() {
        let status = error["status"].as_u64().unwrap_or_default();
        let code = error["code"].as_u64();
        let predicate = predicate(node, status, code);
        let when = error["when"].as_str().unwrap_or("See the code.");
        causes.entry(status.to_string()).or_default().push(Cause {
            code,
            when: markdown::text(book, module, when),
            predicate_href: predicate.and_then(|name| book.sdk.rustdoc(&format!("Error::{name}"))),
            predicate: predicate.map(str::to_owned),
        });
    }
    let mut statuses: Vec<_> = node["responses"].as_object().into_iter().flatten().collect();
    statuses.sort_by_key(|(status, _)| status.as_str());
    let replies = statuses.into_iter().map(|(status, reply)| {
        let pointer = join(&join(&operation.pointer, "responses"), status);
        let (reply, pointer) = followed(root, reply, pointer);
        let causes = causes.remove(status).unwrap_or_default();
        let content = reply["content"].as_object().and_then(|content| content.iter().next());
        let is_success = status.starts_with('2');
        let (mut shown, mut picture) = (None, None);
        if let Some((media, content)) = content
            && let Some(value) = content.get("example")
        {
            let pointer = join(&join(&join(&pointer, "content"), media), "example");
            let as_json = example::json(&module.document, &pointer, value);
            if media == "application/xml" {
                shown = Some(example::xml(&module.document, &pointer, &content["schema"], value));
                picture = Some(as_json);
            } else if is_success {
                shown = Some(as_json);
            } else {
                shown = Some(refusal(book, status, &causes, value).unwrap_or(as_json));
            }
        }
        Reply {
            phrase: phrase(status),
            text: markdown::text(book, module, reply["description"].as_str().unwrap_or_default()),
            media: content.map(|(media, _)| media.clone()),
            wire: content.map(|(_, content)| wire_pieces(module, &content["schema"])).unwrap_or_default(),
            rows: match content {
                Some((_, content)) if !is_success => {
                    let kind = format!("status-{status}");
                    Rows::of(book, module, &kind, &content["schema"], &content["example"])
                }
                _ => Vec::new(),
            },
            example: shown,
            same_as: None,
            picture,
            headers: headers(book, module, status, reply),
            causes,
            status: status.clone(),
        }
    });
    replies.collect()
}

/// Replaces an example that an earlier reply has with the status of that reply.
fn without_repetitions(replies: &mut [Reply]) {
    let mut seen = Vec::<(String, String)>::new();
    for reply in replies {
        let Some(text) = reply.example.as_ref().map(|example| example.text.clone()) else { continue };
        if let Some((_, status)) = seen.iter().find(|(known, _)| *known == text) {
            reply.same_as = Some(status.clone());
            (reply.example, reply.picture) = (None, None);
        } else {
            seen.push((text, reply.status.clone()));
        }
    }
}

/// Returns the example of an error. The shared example has one code; if the operation documents
/// only other codes, the example gets the first of those.
fn refusal(book: &Book, status: &str, causes: &[Cause], shared: &Value) -> Option<Code> {
    let code = causes.iter().find_map(|cause| cause.code)?;
    let shown = shared["errors"][0]["code"].as_u64()?;
    if causes.iter().any(|cause| cause.code == Some(shown)) {
        return None;
    }
    let meaning = book.sdk.codes.get(&code).map_or("Refused", |known| known.meaning.as_str());
    let mut letters = meaning.chars();
    let message: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let status: u64 = status.parse().ok()?;
    let value = json!({ "errors": [{ "code": code, "message": message, "status": status }] });
    // An empty document leaves the members in this order.
    let empty = plex_tv_openapi::Document::parse("refusal.json", "{}").ok()?;
    Some(example::json(&empty, "", &value))
}

fn headers(book: &Book, module: &Module, status: &str, reply: &Value) -> Vec<Row> {
    let headers = reply["headers"].as_object().into_iter().flatten().map(|(name, header)| {
        let (header, _) = followed(module.document.value(), header, String::new());
        Row {
            id: anchor(&format!("status-{status}.{name}")),
            path: name.to_owned(),
            prefix: String::new(),
            name: name.clone(),
            depth: 0,
            rust: Vec::new(),
            wire: wire_pieces(module, &header["schema"]),
            required: header["required"] == Value::Bool(true),
            nullable: false,
            is_secret: false,
            is_deprecated: false,
            place: Some("header".to_owned()),
            text: markdown::text(book, module, header["description"].as_str().unwrap_or_default()),
            values: Vec::new(),
            example: header.get("example").or(header["schema"].get("example")).map(short),
            opens: 0,
            closes: false,
        }
    });
    headers.collect()
}

/// Returns the reason phrase of a status.
pub(crate) fn phrase(status: &str) -> &'static str {
    match status {
        "200" => "OK",
        "201" => "Created",
        "202" => "Accepted",
        "204" => "No Content",
        "302" => "Found",
        "304" => "Not Modified",
        "400" => "Bad Request",
        "401" => "Unauthorized",
        "403" => "Forbidden",
        "404" => "Not Found",
        "409" => "Conflict",
        "410" => "Gone",
        "422" => "Unprocessable Content",
        "429" => "Too Many Requests",
        "498" => "Token Expired",
        "500" => "Internal Server Error",
        _ => "",
    }
}

/// Returns an example with the ids that the sandbox has in place of those in the descriptions.
fn in_sandbox(value: &Value, is_home: bool) -> Value {
    const NAMES: [(&str, &str); 6] = [
        ("0123456789abcdef0123456789abcdef01234567", "1111111111111111111111111111111111111111"),
        ("5d7760000000000000000001", "5d7760000000070000000000"),
        ("98765432", "10001"),
        ("98765433", "10002"),
        ("EXAMPLE-1234", "1234"),
        ("EXAMPLE-PASSWORD", plex_tv_sandbox::PASSWORD),
    ];
    /// The account of the example, and the managed user of the sandbox.
    const MEMBER: (&str, &str) = ("7654321", "7654322");
    let names = || NAMES.into_iter().chain(is_home.then_some(MEMBER));
    match value {
        Value::Array(items) => items.iter().map(|item| in_sandbox(item, is_home)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, member)| (name.clone(), in_sandbox(member, is_home))).collect()
        }
        Value::String(text) => {
            names().find(|(name, _)| name == text).map_or_else(|| value.clone(), |(_, id)| json!(id))
        }
        Value::Number(number) => {
            let id = names().find(|(name, _)| *name == number.to_string()).and_then(|(_, id)| id.parse::<u64>().ok());
            id.map_or_else(|| value.clone(), Value::from)
        }
        other => other.clone(),
    }
}

/// Returns what the form needs to send the call, as JSON for its script.
fn try_it(module: &Module, operation: &Operation, node: &Value, base: &str) -> String {
    let in_sandbox = |value: &Value| in_sandbox(value, operation.path.contains("/home/"));
    let fields = module.parameters(operation, node).into_iter().map(|parameter| {
        let required = parameter["required"] == Value::Bool(true);
        let example = in_sandbox(parameter.get("example").unwrap_or(&parameter["schema"]["example"]));
        json!({ "name": parameter["name"], "in": parameter["in"], "required": required, "example": example })
    });
    let content = node["requestBody"]["content"].as_object().and_then(|content| content.iter().next());
    let body = content.map(|(media, content)| {
        let pointer = join(&join(&join(&join(&operation.pointer, "requestBody"), "content"), media), "example");
        let required = node["requestBody"]["required"] == Value::Bool(true);
        json!({ "media": media, "required": required, "example": example::json(&module.document, &pointer, &in_sandbox(&content["example"])).text })
    });
    let server = plex_tv_openapi::Server::parse(base);
    let form = json!({
        "method": operation.method, "host": server.host, "path": format!("{}{}", server.base_path, operation.path),
        "auth": operation.auth == Auth::Token, "identified": operation.auth != Auth::None,
        "parameters": fields.collect::<Vec<_>>(), "body": body,
    });
    form.to_string()
}

/// Returns the operations and schemas that use each named schema.
pub(crate) fn uses(module: &Module) -> BTreeMap<String, Uses> {
    let root = module.document.value();
    let mut found = BTreeMap::<String, Uses>::new();
    for operation in &module.operations {
        let node = root.pointer(&operation.pointer).unwrap_or(&Value::Null);
        let mut names = Vec::new();
        references(root, node, &mut names);
        // An operation also uses the schemas that its schemas refer to.
        let mut at = 0;
        while let Some(name) = names.get(at).cloned() {
            references(root, &root["components"]["schemas"][&name], &mut names);
            at += 1;
        }
        for name in names {
            found.entry(name).or_default().operations.push(operation.id.clone());
        }
    }
    for name in module.components() {
        let mut names = Vec::new();
        references(root, &root["components"]["schemas"][name], &mut names);
        for used in names.into_iter().filter(|used| used != name) {
            found.entry(used).or_default().types.push(name.clone());
        }
    }
    found
}

/// The users of a named schema.
#[derive(Debug, Default)]
pub(crate) struct Uses {
    pub(crate) operations: Vec<String>,
    pub(crate) types: Vec<String>,
}

fn references(root: &Value, value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                match component_name(value) {
                    Some(name) if !names.iter().any(|known| known == name) => names.push(name.to_owned()),
                    Some(_) => {}
                    None => {
                        references(root, root.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null), names)
                    }
                }
            }
            members.iter().filter(|(key, _)| *key != "example").for_each(|(_, value)| references(root, value, names));
        }
        Value::Array(items) => items.iter().for_each(|value| references(root, value, names)),
        _ => {}
    }
}
