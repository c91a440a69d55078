//! Rules on what goes over the wire: responses and request bodies.

use serde_json::Value;

use super::{
    Report,
    context::{Context, Operation},
    node::Node,
};

const JSON: &str = "application/json";
const XML: &str = "application/xml";
const FORM: &str = "application/x-www-form-urlencoded";

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for operation in &context.operations {
        statuses(report, operation);
        successes(context, report, operation);
        errors(context, report, operation);
        request(context, report, operation);
    }
}

/// `response-status`, `success-response`.
fn statuses(report: &mut Report<'_>, operation: &Operation<'_>) {
    for (status, response) in operation.node.map("responses").filter(|(status, _)| !status.starts_with("x-")) {
        let known = status.len() == 3 && status.parse().is_ok_and(|status| (200..600).contains(&status));
        if !known {
            let what = format!("`{status}` is not a status code");
            let mend = "list the real codes from 200 to 599, without `default` and ranges like 4XX";
            report.add("response-status", &response.pointer, what, mend);
        }
    }
    // A retired operation answers 410 and nothing else.
    let retired = operation.node.is("deprecated") && operation.node.get("responses").is_some_and(|all| all.has("410"));
    if operation.successes().next().is_none() && !retired {
        let what = format!("{} has no response with a 2xx status", operation.name());
        let mend = "add one; only a deprecated operation that answers 410 needs none";
        report.add("success-response", &operation.node.pointer, what, mend);
    }
}

/// `success-body`, `content-type`, `content-schema`, `response-example`.
fn successes(context: &Context<'_>, report: &mut Report<'_>, operation: &Operation<'_>) {
    let mut bodies: Vec<Node<'_>> = Vec::new();
    for (_, response) in operation.successes() {
        let Some(response) = context.resolve(&response) else {
            continue;
        };
        let contents: Vec<_> = response.map("content").collect();
        one_content_type(report, &response, contents.len());
        for (content_type, media) in contents {
            let Some(schema) = schema(report, &media) else {
                continue;
            };
            if is_binary(&schema) {
                continue;
            }
            if ![JSON, XML].contains(&content_type) {
                let what = format!("the client cannot decode `{content_type}`");
                let mend = "use application/json, application/xml, or the schema `{ type: string, format: binary }`";
                report.add("content-type", &media.pointer, what, mend);
            }
            let row = schema.get("items").filter(|_| schema.text("type") == Some("array"));
            if row.as_ref().unwrap_or(&schema).reference().is_none() {
                let what = "the body is neither a $ref to a component nor an array of one";
                report.add("success-body", &schema.pointer, what, "move it to components/schemas and give it a name");
            }
            if content_type == JSON {
                example(report, "response-example", &media);
            }
            bodies.push(schema);
        }
    }
    if let Some(other) = bodies.iter().find(|body| body.value != bodies[0].value) {
        let what = format!("{} has success bodies of two types", operation.name());
        report.add("success-body", &other.pointer, what, "give them one schema, with the union of the members");
    }
}

/// `error-response`.
fn errors(context: &Context<'_>, report: &mut Report<'_>, operation: &Operation<'_>) {
    for (status, response) in operation.node.map("responses").filter(|(status, _)| status.starts_with(['3', '4', '5']))
    {
        if response.reference().is_none() {
            let what = format!("the error response {status} is written inline");
            report.add("error-response", &response.pointer, what, "use a $ref to components/responses");
        }
        let Some(response) = context.resolve(&response) else {
            continue;
        };
        for (_, media) in response.map("content") {
            let Some(schema) = schema(report, &media) else {
                continue;
            };
            if schema.reference() != Some("#/components/schemas/ErrorList") {
                let mend = "use `$ref: '#/components/schemas/ErrorList'`";
                report.add(
                    "error-response",
                    &schema.pointer,
                    "the body of an error response is not an ErrorList",
                    mend,
                );
            }
        }
    }
}

/// `request-body`, `form-body`, `request-example`.
fn request(context: &Context<'_>, report: &mut Report<'_>, operation: &Operation<'_>) {
    let Some(body) = operation.node.get("requestBody").and_then(|body| context.resolve(&body)) else {
        return;
    };
    let contents: Vec<_> = body.map("content").collect();
    if contents.len() != 1 {
        let what = format!("the body has {} content types", contents.len());
        report.add("request-body", &body.pointer, what, "give it exactly one");
    }
    for (content_type, media) in contents {
        if ![JSON, FORM].contains(&content_type) {
            let what = format!("the client cannot send `{content_type}`");
            report.add("request-body", &media.pointer, what, format!("use {JSON} or {FORM}"));
        }
        if let Some(encoding) = media.get("encoding") {
            let what = "the generator panics on `encoding`";
            report.add("request-body", &encoding.pointer, what, "remove it; x-plex-list says how lists are written");
        }
        example(report, "request-example", &media);
        let Some(schema) = schema(report, &media) else {
            continue;
        };
        if schema.reference().is_none() {
            let what = "the body is not a $ref to a component";
            report.add("request-body", &schema.pointer, what, "move it to components/schemas and give it a name");
        }
        if content_type == FORM
            && let Some(form) = context.resolve(&schema)
        {
            flat(context, report, &form);
        }
    }
}

/// `form-body`: scalars, and lists only as `name[]`.
fn flat(context: &Context<'_>, report: &mut Report<'_>, form: &Node<'_>) {
    let is_scalar =
        |schema: &Node<'_>| matches!(schema.text("type"), Some("string" | "integer" | "number" | "boolean"));
    for (name, property) in form.map("properties") {
        let mut schema = context.resolve(&property);
        if name.ends_with("[]") && schema.as_ref().is_some_and(|schema| schema.text("type") == Some("array")) {
            schema = schema.and_then(|list| context.resolve(&list.get("items")?));
        } else if let Some(wrapped) = schema.as_ref().and_then(|schema| schema.list("allOf").next()) {
            schema = context.resolve(&wrapped);
        }
        if schema.is_some_and(|schema| !is_scalar(&schema)) {
            let what = format!("the form field `{name}` is not a scalar");
            let mend = "make it text, a number or a boolean; call a repeated field `name[]`";
            report.add("form-body", &property.pointer, what, mend);
        }
    }
}

fn one_content_type(report: &mut Report<'_>, response: &Node<'_>, count: usize) {
    if count > 1 {
        let what = format!("the body has {count} content types");
        report.add(
            "content-type",
            &response.pointer,
            what,
            "keep the one that the client asks for, which is JSON if there is one",
        );
    }
}

/// `content-schema`.
fn schema<'a>(report: &mut Report<'_>, media: &Node<'a>) -> Option<Node<'a>> {
    let schema = media.get("schema");
    if schema.is_none() {
        report.add("content-schema", &media.pointer, "the content has no schema", "add one");
    }
    schema.filter(|schema| schema.value.is_object())
}

fn example(report: &mut Report<'_>, rule: &'static str, media: &Node<'_>) {
    let named = media.get("examples").and_then(|all| all.value.as_object().map(|all| !all.is_empty()));
    if !media.has("example") && named != Some(true) {
        report.add(rule, &media.pointer, "the body has no example", "add a made-up one, without real names or tokens");
    }
}

fn is_binary(schema: &Node<'_>) -> bool {
    schema.value.get("format").and_then(Value::as_str) == Some("binary")
}
