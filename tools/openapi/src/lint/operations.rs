//! Rules on the document as a whole and on what identifies and documents an operation.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase as _;
use serde_json::Value;

use super::{
    Report,
    context::{Context, Operation},
    grammar::Kind,
    names::is_keyword,
    near::did_you_mean,
    node::Node,
};
use crate::METHODS;

/// The most characters of a summary.
const MAX_SUMMARY: usize = 80;

/// `openapi-version`. Returns whether the other rules can be applied.
pub(super) fn openapi_version(report: &mut Report<'_>) -> bool {
    let value = report.document.value();
    let (at, what) = match (&value["openapi"], &value["swagger"]) {
        (Value::String(version), _) if version.starts_with("3.0.") => return true,
        (Value::String(version), _) => ("/openapi", format!("this is OpenAPI {version}; progenitor reads 3.0 only")),
        (Value::Null, Value::Null) => ("", "this is not an OpenAPI document: `openapi` is missing".to_owned()),
        (Value::Null, _) => ("/swagger", "this is Swagger 2; progenitor reads OpenAPI 3.0 only".to_owned()),
        _ => ("/openapi", "`openapi` is not text".to_owned()),
    };
    report.add("openapi-version", at, what, "write the description in OpenAPI 3.0.3: `openapi: 3.0.3`");
    false
}

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    server(context, report);
    root_tags(context, report);
    ids(context, report);
    order(context, report);
    for operation in &context.operations {
        tag(context, report, operation);
        texts(report, operation);
        security(context, report, operation);
        extensions(report, operation);
    }
}

/// `server`: exactly one at the root, to which paths can be appended. An operation on another host
/// has its own.
fn server(context: &Context<'_>, report: &mut Report<'_>) {
    let root = vec![(String::new(), context.root.list("servers").collect::<Vec<_>>())];
    let own = context.operations.iter().filter(|operation| operation.node.has("servers"));
    let own = own.map(|operation| (operation.node.pointer.clone(), operation.node.list("servers").collect()));
    let all: Vec<_> = root.into_iter().chain(own).collect();
    for (owner, servers) in &all {
        if servers.len() != 1 {
            let what = format!("there are {} servers", servers.len());
            report.add("server", &format!("{owner}/servers"), what, "give exactly one server");
        }
        for server in servers {
            let url = server.text("url").unwrap_or("https://");
            if !url.starts_with("https://") || url.ends_with('/') && url != "https://" {
                let what = format!("`{url}` is not an https address without a trailing slash");
                report.add("server", &server.pointer, what, "write it like https://plex.tv/api/v2");
            }
        }
    }
    let known: BTreeSet<_> = all.iter().flat_map(|(_, servers)| servers).map(|server| &server.pointer).collect();
    for server in context.all(Kind::Server).filter(|server| !known.contains(&server.pointer)) {
        let mend = "move it to the root, or to an operation on another host";
        report.add("server", &server.pointer, "a path cannot have its own server", mend);
    }
}

/// `root-tags`: each is described, used, and listed once.
fn root_tags(context: &Context<'_>, report: &mut Report<'_>) {
    let used: BTreeSet<_> = context.operations.iter().flat_map(tags).collect();
    let mut seen = BTreeSet::new();
    for tag in context.root.list("tags") {
        let Some(name) = tag.text("name") else {
            continue;
        };
        if !used.contains(name) {
            report.add("root-tags", &tag.pointer, format!("no operation has the tag `{name}`"), "remove it");
        }
        if !tag.has("description") {
            report.add("root-tags", &tag.pointer, format!("the tag `{name}` has no description"), "add one");
        }
        if !seen.insert(name) {
            report.add("root-tags", &tag.pointer, format!("the tag `{name}` is listed twice"), "remove one");
        }
    }
}

fn tags<'a>(operation: &Operation<'a>) -> Vec<&'a str> {
    operation.node.list("tags").filter_map(|tag| tag.value.as_str()).collect()
}

/// `operation-id`: present, in lowerCamelCase, and unique as a method name.
fn ids(context: &Context<'_>, report: &mut Report<'_>) {
    let mut methods = BTreeMap::new();
    let mut operations: Vec<_> =
        context.operations.iter().map(|operation| (line(context, &operation.node), operation)).collect();
    operations.sort_by_key(|(line, _)| *line);
    for (line, operation) in operations {
        let Some(id) = operation.node.get("operationId") else {
            let what = format!("{} has no operationId", operation.name());
            report.add(
                "operation-id",
                &operation.node.pointer,
                what,
                "add one that starts with a verb, such as `listDevices`",
            );
            continue;
        };
        let Some(name) = id.value.as_str() else {
            continue;
        };
        let camel = name.starts_with(|first: char| first.is_ascii_lowercase());
        if !camel || !name.chars().all(|each| each.is_ascii_alphanumeric()) {
            let what = format!("`{name}` is not in lowerCamelCase");
            report.add("operation-id", &id.pointer, what, "write it like `listDevices`");
        }
        let method = name.to_snake_case();
        if is_keyword(&method) {
            let what = format!("`{name}` becomes the method `{method}`, which is a Rust keyword");
            report.add("rust-keyword", &id.pointer, what, "add the object of the verb, as in `matchGuid`");
        }
        if let Some((first, there)) = methods.get(&method) {
            let what = match name == *first {
                true => format!("the operationId `{name}` is also on line {there}"),
                false => format!("`{name}` becomes the method `{method}`, and so does `{first}` on line {there}"),
            };
            report.add("operation-id", &id.pointer, what, "rename the newer one");
        }
        methods.entry(method).or_insert((name, line));
    }
}

fn line(context: &Context<'_>, node: &Node<'_>) -> usize {
    context.document.line(&node.pointer)
}

/// `operation-tag`: exactly one, from the list at the root.
fn tag(context: &Context<'_>, report: &mut Report<'_>, operation: &Operation<'_>) {
    let tags = tags(operation);
    let [tag] = tags.as_slice() else {
        let what = format!("{} has {} tags", operation.name(), tags.len());
        report.add("operation-tag", &operation.node.pointer, what, "give it exactly one");
        return;
    };
    if !context.root.list("tags").any(|declared| declared.text("name") == Some(tag)) {
        let pointer = format!("{}/tags", operation.node.pointer);
        report.add(
            "operation-tag",
            &pointer,
            format!("the tag `{tag}` is not in the root's `tags`"),
            format!(
                "add it there, with a description{}",
                did_you_mean(tag, context.root.list("tags").filter_map(|declared| declared.text("name")))
            ),
        );
    }
}

/// `operation-text`: summary and description.
fn texts(report: &mut Report<'_>, operation: &Operation<'_>) {
    for key in ["summary", "description"] {
        if operation.node.get(key).is_none_or(|text| text.value.as_str() == Some("")) {
            let what = format!("{} has no {key}", operation.name());
            report.add("operation-text", &operation.node.pointer, what, "add one");
        }
    }
    let summary = operation.node.text("summary").unwrap_or_default();
    let pointer = format!("{}/summary", operation.node.pointer);
    let length = summary.chars().count();
    if length > MAX_SUMMARY {
        let what = format!("the summary has {length} characters");
        report.add(
            "operation-text",
            &pointer,
            what,
            format!("keep it within {MAX_SUMMARY}; put details into the description"),
        );
    }
    if summary.ends_with('.') {
        report.add("operation-text", &pointer, "the summary ends with a full stop", "remove it; a summary is a title");
    }
}

/// `operation-security`: explicit, and in one of the three forms that the client knows.
fn security(context: &Context<'_>, report: &mut Report<'_>, operation: &Operation<'_>) {
    let forms = "write [] for none, [{ClientIdentifier: []}], or [{Token: [], ClientIdentifier: []}]";
    let Some(security) = operation.node.get("security") else {
        let what = format!("{} does not say what security it needs", operation.name());
        report.add("operation-security", &operation.node.pointer, what, forms);
        return;
    };
    let needs: Vec<Vec<_>> = security.items().map(|need| need.entries().map(|(name, _)| name).collect()).collect();
    let known = match needs.as_slice() {
        [] => true,
        [need] => matches!(need.as_slice(), ["ClientIdentifier"] | ["ClientIdentifier", "Token"]),
        _ => false,
    };
    if !known {
        report.add("operation-security", &security.pointer, "the client does not know this form of security", forms);
    }
    let schemes = context.root.get("components").and_then(|components| components.get("securitySchemes"));
    for name in needs.into_iter().flatten() {
        if !schemes.as_ref().is_some_and(|schemes| schemes.has(name)) {
            let what = format!("there is no security scheme `{name}`");
            let known = schemes.iter().flat_map(Node::entries).map(|(name, _)| name).collect::<Vec<_>>();
            let mend = format!("add it to components/securitySchemes{}", did_you_mean(name, known));
            report.add("operation-security", &security.pointer, what, mend);
        }
    }
}

/// `confidence`, `safe-to-retry`, `extension-value`.
fn extensions(report: &mut Report<'_>, operation: &Operation<'_>) {
    let node = &operation.node;
    let levels = "write high, medium or low, as the evidence supports";
    match node.get("x-plex-confidence") {
        None => {
            let what = format!("{} has no x-plex-confidence", operation.name());
            report.add("confidence", &node.pointer, what, levels);
        }
        Some(level) => {
            if let Some(text) = level.value.as_str().filter(|text| !["high", "medium", "low"].contains(text)) {
                let near = did_you_mean(text, ["high", "medium", "low"]);
                let what = format!("`{text}` is not a level of confidence");
                report.add("confidence", &level.pointer, what, format!("{levels}{near}"));
            }
        }
    }
    if let Some(mark) = node.get("x-plex-safe-to-retry")
        && mark.value.as_bool() == Some(operation.method == "get")
    {
        let what = "the value is the default: a GET is safe to retry, other calls are not";
        report.add("safe-to-retry", &mark.pointer, what, "remove `x-plex-safe-to-retry`");
    }
    for error in node.list("x-plex-errors") {
        let status = error.get("status").and_then(|status| status.value.as_u64());
        if error.has("status") && !status.is_some_and(|status| (300..600).contains(&status)) {
            let mend = "give the status of the error, from 300 to 599";
            report.add("extension-value", &error.pointer, "this is not an error status", mend);
        }
    }
}

/// `operation-order`: paths by tag and then by name, methods in the usual order.
fn order(context: &Context<'_>, report: &mut Report<'_>) {
    let tag_order: Vec<_> = context.root.list("tags").filter_map(|tag| tag.text("name")).collect();
    let rank = |operation: &Operation<'_>| {
        let tag = tags(operation).first().copied();
        tag_order.iter().position(|known| Some(*known) == tag).unwrap_or(tag_order.len())
    };
    let mut paths: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for operation in &context.operations {
        // A path with two tags belongs to the first of them.
        let entry = paths.entry(operation.path).or_insert((usize::MAX, line(context, &operation.item)));
        entry.0 = entry.0.min(rank(operation));
    }
    let mut written: Vec<_> = paths.into_iter().map(|(path, (rank, line))| (line, (rank, path))).collect();
    written.sort_unstable();
    for pair in written.windows(2) {
        // In a document on a single line, line numbers do not show the order.
        if let [(above, before), (below, after)] = pair
            && above < below
            && before > after
        {
            let what = format!("`{}` must come before `{}`", after.1, before.1);
            let pointer = crate::pointer::join("/paths", after.1);
            report.add(
                "operation-order",
                &pointer,
                what,
                "sort paths by tag, as in the root's `tags`, and then by name",
            );
        }
    }
    for pair in context.operations.windows(2) {
        if let [before, after] = pair
            && before.path == after.path
            && line(context, &before.node) > line(context, &after.node)
        {
            let what = format!("`{}` must come before `{}`", before.method, after.method);
            report.add(
                "operation-order",
                &before.node.pointer,
                what,
                format!("use the order {}", METHODS[..5].join(", ")),
            );
        }
    }
}
