//! Examples that compile, made from the examples in the description.

use std::collections::BTreeSet;

use serde_json::Value;

use super::open_enum::variant_name;
use crate::{
    kind::Kind,
    model::{Body, Call, Member, Model},
};

/// Returns the example of a call, with everything that is required.
pub(super) fn of_call(model: &Model<'_>, call: &Call<'_>) -> String {
    let mut used = BTreeSet::new();
    let module = &model.module;
    let mut lines = Vec::new();
    let body = call.body.as_ref().map(|body| {
        lines.push(format!("let body = {};", named(model, &body.name, &body.example, &mut used)));
        "body".to_owned()
    });
    let values = call.required().map(|parameter| {
        let value = value(model, &parameter.kind, example(parameter.node), &mut used);
        (parameter, value)
    });
    let values: Vec<_> = values.collect();
    let mut calls_used = None;
    let mut arguments: Vec<String> = if call.takes_arguments() {
        let members: Vec<_> = values
            .iter()
            .map(|(parameter, value)| format!("    {}: {},", parameter.name, owned(&parameter.kind, value)))
            .chain(call.required_body().map(|_| "    body,".to_owned()))
            .collect();
        lines.push(format!("let arguments = {}Arguments {{\n{}\n}};", call.name, members.join("\n")));
        calls_used = Some(format!("use plex_tv_sdk::{module}::calls::{}Arguments;", call.name));
        vec!["arguments".to_owned()]
    } else {
        values.into_iter().map(|(_, value)| value).collect()
    };
    let mut setter = String::new();
    if let Some(body) = body
        && !call.takes_arguments()
    {
        match call.required_body() {
            Some(_) => arguments.push(body),
            None => setter = ".body(body)".to_owned(),
        }
    }
    let method = &call.operation.rust_name;
    let binding = match call.reply {
        Kind::Nothing => "",
        _ => "let reply = ",
    };
    lines.push(format!("{binding}client.{module}().{method}({}){setter}.send().await?;", arguments.join(", ")));
    let mut uses: Vec<String> = calls_used.into_iter().collect();
    match used.len() {
        0 => {}
        1 => uses.push(format!("use plex_tv_sdk::{module}::types::{};", used.into_iter().collect::<String>())),
        _ => uses.push(format!(
            "use plex_tv_sdk::{module}::types::{{{}}};",
            used.into_iter().collect::<Vec<_>>().join(", ")
        )),
    }
    if !uses.is_empty() {
        uses.push(String::new());
    }
    let deprecated = if call.operation.deprecated { "# #[allow(deprecated)]\n" } else { "" };
    format!(
        "# Example\n\n```no_run\n{deprecated}# async fn example(client: plex_tv_sdk::Client) -> Result<(), plex_tv_sdk::Error> {{\n{}\n# Ok(())\n# }}\n```",
        uses.into_iter().chain(lines).collect::<Vec<_>>().join("\n")
    )
}

fn example(parameter: &Value) -> &Value {
    parameter.get("example").or_else(|| parameter["schema"].get("example")).unwrap_or(&Value::Null)
}

/// Returns the expression for a field of this kind in a struct literal.
fn owned(kind: &Kind, value: &str) -> String {
    match kind {
        Kind::Text | Kind::Secret | Kind::Flag => format!("{value}.into()"),
        Kind::Named(_) if value.starts_with('"') => format!("{value}.into()"),
        _ => value.to_owned(),
    }
}

/// Returns a value as a Rust expression, from its kind and its example.
fn value(model: &Model<'_>, kind: &Kind, example: &Value, used: &mut BTreeSet<String>) -> String {
    match kind {
        Kind::Text | Kind::Secret => match example {
            Value::String(text) => format!("{text:?}"),
            Value::Null => "\"\"".to_owned(),
            other => format!("{:?}", other.to_string()),
        },
        Kind::Bool | Kind::Flag => {
            let is_true = matches!(example, Value::Bool(true)) || example.as_i64() == Some(1);
            is_true.to_string()
        }
        Kind::Number(name) if name.starts_with('f') => format!("{:?}", example.as_f64().unwrap_or_default()),
        Kind::Number(_) => example.as_i64().unwrap_or_default().to_string(),
        Kind::Time => format!("{:?}.parse().unwrap()", example.as_str().unwrap_or_default()),
        Kind::Named(name) => named(model, name, example, used),
        Kind::Boxed(inner) | Kind::Option(inner) | Kind::Nullable(inner) => value(model, inner, example, used),
        Kind::List(inner) => {
            let items = example.as_array().into_iter().flatten().map(|item| value(model, inner, item, used));
            let items = items.collect::<Vec<_>>().join(", ");
            match inner.as_ref() {
                // The item type of an empty list cannot be inferred: a setter takes anything that
                // becomes text.
                Kind::Text | Kind::Secret if items.is_empty() => "Vec::<String>::new()".to_owned(),
                _ => format!("[{items}]"),
            }
        }
        Kind::Map(inner) => entries(model, inner, example, used),
        _ => "Default::default()".to_owned(),
    }
}

fn entries(model: &Model<'_>, inner: &Kind, example: &Value, used: &mut BTreeSet<String>) -> String {
    let entries = example.as_object().into_iter().flatten();
    let entries = entries.map(|(name, entry)| format!("({name:?}, {})", value(model, inner, entry, used)));
    format!("[{}]", entries.collect::<Vec<_>>().join(", "))
}

fn named(model: &Model<'_>, name: &str, example: &Value, used: &mut BTreeSet<String>) -> String {
    let Some(definition) = model.type_def(name) else { return "Default::default()".to_owned() };
    match &definition.body {
        Body::OpenEnum(_) => format!("{:?}", example.as_str().unwrap_or_default()),
        Body::ClosedEnum(values) => {
            used.insert(name.to_owned());
            let given = example.as_str().or(values.first().map(String::as_str)).unwrap_or_default();
            format!("{name}::{}", variant_name(given))
        }
        Body::Choice(kind) => {
            used.insert(name.to_owned());
            match example.as_array() {
                Some(items) if !items.is_empty() => {
                    let items = items.iter().map(|item| value(model, kind, item, used));
                    format!("{name}::these([{}])", items.collect::<Vec<_>>().join(", "))
                }
                _ => format!("{name}::All"),
            }
        }
        Body::Wrapper(kind) => {
            used.insert(name.to_owned());
            format!("{name}::new({})", value(model, kind, example, used))
        }
        Body::Members { members, .. } => {
            used.insert(name.to_owned());
            let mut required: Vec<&Member<'_>> =
                members.iter().filter(|member| member.required && member.constant().is_none()).collect();
            required.sort_by_key(|member| member.line);
            let arguments: Vec<_> =
                required.iter().map(|member| value(model, &member.kind, &example[&member.wire_name], used)).collect();
            let mut text = format!("{name}::new({})", arguments.join(", "));
            for member in members.iter().filter(|member| !member.required) {
                let Some(given) = example.get(&member.wire_name) else { continue };
                match (&member.kind, given) {
                    (Kind::Nullable(_), Value::Null) => {
                        text += &format!("\n    .clear_{}()", member.name.trim_end_matches('_'));
                    }
                    (_, Value::Null) => {}
                    (kind, given) => {
                        let mut given = value(model, kind, given, used);
                        if given.contains('\n') {
                            given = format!("\n        {}\n    ", given.replace('\n', "\n        "));
                        }
                        text += &format!("\n    .{}({given})", member.name);
                    }
                }
            }
            text
        }
    }
}
