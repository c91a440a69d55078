//! Rules on parameters.

use std::collections::BTreeSet;

use heck::ToSnakeCase as _;

use super::{
    Report,
    context::{Context, Operation},
    grammar::Kind,
    node::Node,
};

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for parameter in context.all(Kind::Parameter) {
        texts(report, parameter);
        place(report, parameter);
        constant(report, parameter);
        shape(context, report, parameter);
    }
    for operation in &context.operations {
        path(context, report, operation);
        names(context, report, operation);
    }
}

/// `parameter-text`: description, schema, example.
fn texts(report: &mut Report<'_>, parameter: &Node<'_>) {
    let name = parameter.text("name").unwrap_or_default();
    let exemplified = ["example", "examples"].iter().any(|key| parameter.has(key))
        || parameter.get("schema").is_some_and(|schema| schema.has("example"));
    // A parameter with `content` has its schema there, and `parameter-shape` reports it.
    let typed = parameter.has("schema") || parameter.has("content");
    for (key, there) in [("description", parameter.has("description")), ("schema", typed), ("example", exemplified)] {
        if !there {
            report.add("parameter-text", &parameter.pointer, format!("the parameter `{name}` has no {key}"), "add one");
        }
    }
}

/// `parameter-place`: only path and query, and the identity headers.
fn place(report: &mut Report<'_>, parameter: &Node<'_>) {
    let name = parameter.text("name").unwrap_or_default();
    match parameter.text("in") {
        Some("path" | "query") | None => {}
        Some("header") if name.to_ascii_lowercase().starts_with("x-plex-") => {}
        // The only other header: it asks for a reply only if the content changed.
        Some("header") if name == "If-None-Match" => {}
        Some("header") => {
            let what = format!("the header `{name}` is not an X-Plex- header");
            report.add("parameter-place", &parameter.pointer, what, "remove it: the transport sets all other headers");
        }
        Some(other) => {
            let what = format!("the parameter `{name}` is in `{other}`");
            report.add("parameter-place", &parameter.pointer, what, "put it into path or query");
        }
    }
}

/// `parameter-constant`: the client fills in constants for headers only.
fn constant(report: &mut Report<'_>, parameter: &Node<'_>) {
    if let Some(constant) = parameter.get("x-plex-constant")
        && parameter.text("in") != Some("header")
    {
        let what = "the client fills in constants for headers only";
        report.add("parameter-constant", &constant.pointer, what, "remove `x-plex-constant`");
    }
}

/// `parameter-shape`: only scalars, and lists in the query.
fn shape(context: &Context<'_>, report: &mut Report<'_>, parameter: &Node<'_>) {
    let name = parameter.text("name").unwrap_or_default();
    if let Some(content) = parameter.get("content") {
        let what = format!("the parameter `{name}` has `content`");
        report.add("parameter-shape", &content.pointer, what, "give it a `schema`");
    }
    if let Some(style) = parameter.text("style").filter(|style| !["form", "simple"].contains(style)) {
        let what = format!("the parameter `{name}` has the style `{style}`");
        report.add(
            "parameter-shape",
            &parameter.pointer,
            what,
            "leave the style out; use one parameter for each value",
        );
    }
    let schema = parameter.get("schema").and_then(|schema| context.resolve(&schema));
    let kind = schema.as_ref().and_then(|schema| schema.text("type"));
    let structured = match kind {
        Some("object") => true,
        Some("array") => parameter.text("in") != Some("query"),
        _ => schema.is_some_and(|schema| schema.has("properties")),
    };
    if structured {
        let what = format!("the parameter `{name}` is an {}", kind.unwrap_or("object"));
        report.add("parameter-shape", &parameter.pointer, what, "use scalars; lists can only be in the query");
    }
}

/// `path-parameter`: the path template and the parameters agree.
fn path(context: &Context<'_>, report: &mut Report<'_>, operation: &Operation<'_>) {
    if !operation.path.starts_with('/') {
        let what = format!("the path `{}` does not start with a slash", operation.path);
        report.add("path-parameter", &operation.item.pointer, what, "write it like /pins/{pin_id}");
    }
    let pieces = operation.path.split('{').skip(1);
    let used: BTreeSet<_> = pieces.filter_map(|piece| piece.split_once('}')).map(|(name, _)| name).collect();
    let parameters = operation.parameters().filter_map(|parameter| context.resolve(&parameter));
    let declared: Vec<_> = parameters.filter(|parameter| parameter.text("in") == Some("path")).collect();
    for name in &used {
        if !declared.iter().any(|parameter| parameter.text("name") == Some(name)) {
            let what = format!("`{{{name}}}` is in the path, but not among the parameters");
            report.add(
                "path-parameter",
                &operation.node.pointer,
                what,
                format!("add a parameter `{name}` with `in: path`"),
            );
        }
    }
    for parameter in declared {
        let name = parameter.text("name").unwrap_or_default();
        if !used.contains(name) {
            let what = format!("the path `{}` has no `{{{name}}}`", operation.path);
            report.add("path-parameter", &parameter.pointer, what, "correct the name, or remove the parameter");
        }
        if !parameter.is("required") {
            let what = format!("the path parameter `{name}` is not required");
            report.add("path-parameter", &parameter.pointer, what, "add `required: true`");
        }
    }
}

/// `parameter-name`: each argument has its own name.
fn names(context: &Context<'_>, report: &mut Report<'_>, operation: &Operation<'_>) {
    let mut arguments = BTreeSet::new();
    for parameter in operation.parameters().filter_map(|parameter| context.resolve(&parameter)) {
        let Some(name) = parameter.text("name").filter(|_| parameter.text("in") != Some("header")) else {
            continue;
        };
        let argument = name.to_snake_case();
        if argument == "body" && operation.node.has("requestBody") {
            let what = "the parameter `body` has the same name in Rust as the request body";
            report.add(
                "parameter-name",
                &parameter.pointer,
                what,
                "remove one of them: the generator cannot handle both",
            );
        }
        if !arguments.insert(argument.clone()) {
            let what = format!("{} has two parameters that become `{argument}`", operation.name());
            report.add("parameter-name", &parameter.pointer, what, "remove one");
        }
    }
}
