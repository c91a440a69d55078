//! Rules on schemas.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};
use serde_json::{Value, json};

use super::{Report, context::Context, grammar::Kind, near::did_you_mean, node::Node};

const CONSTRAINTS: [&str; 12] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "pattern",
    "default",
    "minItems",
    "maxItems",
    "uniqueItems",
    "multipleOf",
];

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for schema in context.all(Kind::Schema) {
        keywords(report, schema);
        all_of(report, schema);
        required_missing(report, schema);
        enums(report, schema);
        password(report, schema);
        property_names(report, schema);
        additional_properties(context, report, schema);
        rows(report, schema);
        bare_list(context, report, schema);
        description(report, schema);
        kind(report, schema);
        property_descriptions(report, schema);
    }
    for schema in context.replies.values() {
        constraints(report, schema);
        format(report, schema);
        reply_enum(report, schema);
        required_nullable(context, report, schema);
    }
}

/// `unsupported-keyword`.
fn keywords(report: &mut Report<'_>, schema: &Node<'_>) {
    for key in ["anyOf", "oneOf", "not", "discriminator"] {
        if let Some(found) = schema.get(key) {
            let mend = "use x-extensible-enum for open lists, and one type for scalars: `1` and `\"1\"` are read alike";
            report.add(
                "unsupported-keyword",
                &found.pointer,
                format!("the generator does not handle `{key}` well"),
                mend,
            );
        }
    }
}

/// `all-of`: only to add something to a `$ref`.
fn all_of(report: &mut Report<'_>, schema: &Node<'_>) {
    let Some(all_of) = schema.get("allOf") else {
        return;
    };
    let mut parts = all_of.items();
    let wraps_one = parts.next().is_some_and(|part| part.reference().is_some()) && parts.next().is_none();
    if !wraps_one || schema.has("properties") {
        let what = "allOf does more than wrap one $ref";
        report.add(
            "all-of",
            &all_of.pointer,
            what,
            "write the members inline; use allOf only to add something to a $ref",
        );
    }
}

/// `required-missing`.
fn required_missing(report: &mut Report<'_>, schema: &Node<'_>) {
    for required in schema.list("required") {
        let Some(name) = required.value.as_str() else {
            continue;
        };
        if !schema.get("properties").is_some_and(|properties| properties.has(name)) {
            let what = format!("`{name}` is required, but is not a property");
            let known: Vec<_> = schema.map("properties").map(|(known, _)| known).collect();
            let mend = format!("correct the name, or add the property{}", did_you_mean(name, known));
            report.add("required-missing", &required.pointer, what, mend);
        }
    }
}

/// `open-enum`, `enum-values`, `integer-enum`.
fn enums(report: &mut Report<'_>, schema: &Node<'_>) {
    if let Some(open) = schema.get("x-extensible-enum")
        && (schema.schema_name().is_none() || schema.text("type") != Some("string") || schema.has("enum"))
    {
        let mend = "move it to components/schemas, as `type: string` without `enum`, and refer to it";
        report.add("open-enum", &open.pointer, "an open enum must be a named string schema", mend);
    }
    let is_flag = schema.schema_name() == Some("Flag") && schema.value["enum"] == json!([0, 1]);
    let is_number = matches!(schema.text("type"), Some("integer" | "number"));
    for (key, values) in ["x-extensible-enum", "enum"].into_iter().filter_map(|key| Some((key, schema.get(key)?))) {
        if key == "enum" && is_number {
            if !is_flag {
                let mend = "use `$ref: '#/components/schemas/Flag'` for 0 and 1, and the plain integer otherwise";
                report.add("integer-enum", &values.pointer, "only the schema `Flag` may be an enum of numbers", mend);
            }
            continue;
        }
        if values.value.as_array().is_some_and(Vec::is_empty) {
            report.add("enum-values", &values.pointer, "there are no values", "list them");
        }
        let mut variants: BTreeMap<String, &str> = BTreeMap::new();
        for item in values.items() {
            let Some(value) = item.value.as_str() else {
                continue;
            };
            let variant = value.to_upper_camel_case();
            if value.is_empty() {
                let mend = "remove it; say in the description what empty text means";
                report.add("enum-values", &item.pointer, "empty text cannot be a value", mend);
            } else if let Some(first) = variants.insert(variant, value) {
                let what = format!("`{value}` and `{first}` become the same variant");
                report.add("enum-values", &item.pointer, what, "keep one, or make the schema a plain string");
            }
        }
    }
}

/// `password-constraint`.
fn password(report: &mut Report<'_>, schema: &Node<'_>) {
    if schema.text("format") != Some("password") {
        return;
    }
    for key in ["enum", "x-extensible-enum", "minLength", "maxLength", "pattern"] {
        if let Some(found) = schema.get(key) {
            let what = format!("a secret with `{key}` does not become a `Secret`");
            report.add("password-constraint", &found.pointer, what, "say it in the description instead");
        }
    }
}

/// `property-names`.
fn property_names(report: &mut Report<'_>, schema: &Node<'_>) {
    let mut fields: BTreeMap<String, &str> = BTreeMap::new();
    for (name, property) in schema.map("properties") {
        let field = property.text("x-rust-name").map_or_else(|| name.to_snake_case(), str::to_owned);
        if field == "extra" && schema.get("additionalProperties").is_some_and(|more| more.value.is_object()) {
            let what = "the property `extra` has the same name as the field that additionalProperties becomes";
            report.add("property-names", &property.pointer, what, "remove one of the two");
        }
        if let Some(first) = fields.insert(field.clone(), name) {
            let what = format!("`{name}` and `{first}` both become the field `{field}`");
            report.add("property-names", &property.pointer, what, "give one of them an x-rust-name");
        }
    }
}

/// `additional-properties`.
fn additional_properties(context: &Context<'_>, report: &mut Report<'_>, schema: &Node<'_>) {
    let Some(more) = schema.get("additionalProperties").filter(|_| schema.has("properties")) else {
        return;
    };
    let what = match more.value {
        Value::Bool(true) => "`additionalProperties: true` keeps no unknown members",
        Value::Bool(false) if context.replies.contains_key(&schema.pointer) => {
            "`additionalProperties: false` forbids new members in replies"
        }
        _ => return,
    };
    report.add("additional-properties", &more.pointer, what, "use `{}` to keep unknown members, or remove it");
}

/// `rows`.
fn rows(report: &mut Report<'_>, schema: &Node<'_>) {
    if let Some(rows) = schema.get("x-plex-rows") {
        let list_of_components = schema.text("type") == Some("array")
            && schema.get("items").is_some_and(|items| items.reference().is_some());
        if schema.schema_name().is_none() || !list_of_components || !schema.is("x-plex-rows") {
            let what = "x-plex-rows is not on a named array whose items are a $ref";
            report.add(
                "rows",
                &rows.pointer,
                what,
                "move the list and its items to components/schemas, or remove `x-plex-rows`",
            );
        }
    }
}

/// `bare-list`.
fn bare_list(context: &Context<'_>, report: &mut Report<'_>, schema: &Node<'_>) {
    let Some(name) = schema.get("x-plex-bare-list") else { return };
    let property = schema.map("properties").find(|(property, _)| name.value.as_str() == Some(property));
    let list = property
        .and_then(|(_, property)| context.resolve(&property.list("allOf").next().unwrap_or_else(|| property.clone())));
    if schema.schema_name().is_none() || list.is_none_or(|list| list.text("type") != Some("array")) {
        let what = "x-plex-bare-list does not name a list among the properties of a named schema";
        report.add(
            "bare-list",
            &name.pointer,
            what,
            "name the property that a list in place of the object is read into",
        );
    }
    if let Some(required) = schema.list("required").next() {
        let what = "a list in place of the object has no members, so nothing can be required";
        report.add("bare-list", &required.pointer, what, "remove `required`");
    }
}

/// `schema-description`.
fn description(report: &mut Report<'_>, schema: &Node<'_>) {
    if let Some(name) = schema.schema_name()
        && schema.text("description").is_none_or(str::is_empty)
    {
        let what = format!("the schema `{name}` has no description");
        report.add("schema-description", &schema.pointer, what, "say what it is in one sentence");
    }
}

/// `schema-type`, `array-items`.
fn kind(report: &mut Report<'_>, schema: &Node<'_>) {
    const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

    let Some(word) = schema.text("type") else { return };
    if !TYPES.contains(&word) {
        let what = format!("`{word}` is not a type");
        let mend = format!("write one of {}{}", TYPES.join(", "), did_you_mean(word, TYPES));
        report.add("schema-type", &format!("{}/type", schema.pointer), what, mend);
    }
    if word == "array" && !schema.has("items") {
        report.add("array-items", &schema.pointer, "the array does not say what is in it", "add `items`");
    }
}

/// `property-description`. A property that refers to a schema has the description of that schema.
fn property_descriptions(report: &mut Report<'_>, schema: &Node<'_>) {
    for (name, property) in schema.map("properties") {
        let is_described = property.text("description").is_some_and(|text| !text.is_empty());
        let refers = property.reference().is_some() || property.has("allOf");
        if property.value.is_object() && !is_described && !refers {
            let what = format!("the property `{name}` has no description");
            report.add("property-description", &property.pointer, what, "say what it is in one sentence");
        }
    }
}

/// `reply-constraint`.
fn constraints(report: &mut Report<'_>, schema: &Node<'_>) {
    for constraint in CONSTRAINTS.iter().filter_map(|key| schema.get(key)) {
        let key = constraint.pointer.rsplit('/').next().unwrap_or_default();
        let what = format!("`{key}` is set on a schema that replies use");
        report.add("reply-constraint", &constraint.pointer, what, "remove it, and mention it in the description");
    }
}

/// `reply-format`.
fn format(report: &mut Report<'_>, schema: &Node<'_>) {
    let allowed: &[&str] = match schema.text("type") {
        Some("integer") if schema.has("enum") => return,
        Some("integer") => &["int64", "unix-time"],
        Some("number") => &["double"],
        _ => &["", "date-time", "password", "binary"],
    };
    let found = schema.text("format").unwrap_or_default();
    if !allowed.contains(&found) {
        let what = match found {
            "" => format!("this {} has no format", schema.text("type").unwrap_or_default()),
            _ => format!("the format `{found}` is set on a schema that replies use"),
        };
        let mend = match allowed {
            [int, time] => {
                format!("use `format: {int}`, or `format: {time}` for seconds since 1970")
            }
            [only] => format!("use `format: {only}`"),
            _ => "remove it; text may be date-time (RFC 3339 only), password or binary".to_owned(),
        };
        report.add("reply-format", &schema.pointer, what, mend);
    }
}

/// `reply-enum`.
fn reply_enum(report: &mut Report<'_>, schema: &Node<'_>) {
    if let Some(values) = schema.get("enum").filter(|_| !matches!(schema.text("type"), Some("integer" | "number"))) {
        let what = "a reply with a new value would fail on this enum";
        report.add("reply-enum", &values.pointer, what, "name the schema and use x-extensible-enum");
    }
}

/// `required-nullable`.
fn required_nullable(context: &Context<'_>, report: &mut Report<'_>, schema: &Node<'_>) {
    let required: BTreeSet<_> = schema.list("required").filter_map(|name| name.value.as_str()).collect();
    for (name, property) in schema.map("properties").filter(|(name, _)| required.contains(name)) {
        if context.resolve(&property).is_some_and(|property| property.is("nullable")) {
            let what = format!("`{name}` is required and nullable");
            let mend = "drop `required`: a value that may be null may also be missing";
            report.add("required-nullable", &property.pointer, what, mend);
        }
    }
}
