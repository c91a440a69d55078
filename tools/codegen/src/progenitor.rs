//! Runs progenitor on the generator view.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::{Mutex, PoisonError},
};

use heck::ToUpperCamelCase as _;
use openapiv3::OpenAPI;
use plex_tv_openapi::{self as openapi, Document, Operation, Problem};
use proc_macro2::TokenStream;
use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle, TagStyle, TypeImpl};
use schemars08::schema::{InstanceType, SchemaObject};
use serde_json::Value;

/// Returns progenitor's code for the view.
pub(crate) fn run(document: &Document, view: &Value) -> Result<syn::File, Problem> {
    let tokens = generate(view).map_err(|why| blame(document, view, why))?;
    syn::parse2(tokens).map_err(|why| ours(document, format!("the generated code does not parse: {why}")))
}

/// Creates a problem for a bug in this crate, not in the description.
pub(crate) fn ours(document: &Document, message: impl Into<String>) -> Problem {
    let mend = "the description passed the lint, so this is a bug in plex-tv-codegen: please report it";
    document.problem("recipe", "", message, mend)
}

fn generate(view: &Value) -> Result<TokenStream, String> {
    let openapi: OpenAPI = serde_json::from_value(view.clone()).map_err(|why| why.to_string())?;
    let settings = settings(view);
    quietly(|| Generator::new(&settings).generate_tokens(&openapi).map_err(|why| why.to_string()))
}

/// Turns the panics of progenitor into errors, without printing them. progenitor panics on what it
/// does not support, without naming the place.
fn quietly<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    // The panic hook is global, so only one thread at a time may change it.
    static HOOK: Mutex<()> = Mutex::new(());
    let _alone = HOOK.lock().unwrap_or_else(PoisonError::into_inner);
    let printer = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    panic::set_hook(printer);
    outcome.unwrap_or_else(|payload| {
        let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
        Err(text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no reason given".to_owned()))
    })
}

/// Finds the operation on which the generator fails, by generating them one at a time.
fn blame(document: &Document, view: &Value, why: String) -> Problem {
    let alone = |operation: &Operation| {
        let mut view = view.clone();
        view["paths"] = Value::Object(serde_json::Map::from_iter([(
            operation.path.clone(),
            Value::Object(serde_json::Map::from_iter([(
                operation.method.to_ascii_lowercase(),
                view.pointer(&operation.pointer).cloned().unwrap_or_default(),
            )])),
        )]));
        generate(&view).err()
    };
    let nothing = serde_json::json!({});
    let schemas_alone = {
        let mut view = view.clone();
        view["paths"] = nothing;
        generate(&view).is_err()
    };
    let culprit = openapi::operations(view)
        .into_iter()
        .filter(|_| !schemas_alone)
        .find_map(|operation| alone(&operation).map(|why| (operation, why)));
    let (pointer, message) = match culprit {
        Some((operation, why)) => {
            (operation.pointer, format!("the generator fails on `{}`: {}", operation.id, one_line(&why)))
        }
        None => ("/components/schemas".to_owned(), format!("the generator fails on the types: {}", one_line(&why))),
    };
    let mend = "use a simpler construct there; openapi/README.md lists what is supported";
    document.problem("generator", &pointer, message, mend)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns progenitor's settings. They name the types of the SDK without a path, as
/// [`crate::kind::Kind`] reads them.
fn settings(view: &Value) -> GenerationSettings {
    let mut settings = GenerationSettings::default();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged)
        .with_map_type("::std::collections::BTreeMap");
    let conversions = [
        (InstanceType::String, "password", "Secret"),
        (InstanceType::String, "date-time", "Timestamp"),
        (InstanceType::Integer, "unix-time", "Timestamp"),
    ];
    for (kind, format, rust_type) in conversions {
        let schema = SchemaObject {
            instance_type: Some(kind.into()),
            format: Some(format.to_owned()),
            ..SchemaObject::default()
        };
        settings.with_conversion(schema, rust_type, std::iter::empty::<TypeImpl>());
    }
    for (name, schema) in view["components"]["schemas"].as_object().into_iter().flatten() {
        let rust_name = name.to_upper_camel_case();
        if name == "Flag" || is_written_by_us(schema) {
            settings.with_replacement(name, rust_name, std::iter::empty());
        } else if let Some(row) = row_type(schema) {
            let rows = format!("Rows<{}>", row.to_upper_camel_case());
            settings.with_replacement(name, rows, std::iter::empty());
        }
    }
    settings
}

/// Returns whether this crate writes the type: string enums, and lists that mean all values when
/// they are empty.
fn is_written_by_us(schema: &Value) -> bool {
    schema.get("x-extensible-enum").is_some()
        || schema["type"] == "string" && schema.get("enum").is_some()
        || schema["x-plex-empty-means-all"] == Value::Bool(true)
}

/// Returns the item type of a list that is read row by row.
fn row_type(schema: &Value) -> Option<&str> {
    (schema["x-plex-rows"] == Value::Bool(true)).then(|| schema["items"]["$ref"].as_str()?.rsplit('/').next()).flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_panic_is_an_error_with_its_text_and_prints_nothing() {
        let outcome = quietly::<()>(|| panic!("response_types.len() <= 1"));

        assert_eq!(outcome, Err("response_types.len() <= 1".to_owned()));
    }

    #[test]
    fn a_row_type_is_the_name_of_the_items() {
        assert_eq!(
            row_type(&json!({ "x-plex-rows": true, "items": { "$ref": "#/components/schemas/Row" } })),
            Some("Row")
        );
        assert_eq!(row_type(&json!({ "items": { "$ref": "#/components/schemas/Row" } })), None);
    }
}
