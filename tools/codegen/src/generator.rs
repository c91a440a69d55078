//! Runs progenitor on the generator view.

use std::{
    panic::{self, AssertUnwindSafe},
    sync::{Mutex, PoisonError},
};

use openapiv3::OpenAPI;
use plex_tv_openapi::{self as openapi, Document, Operation, Problem};
use proc_macro2::TokenStream;
use progenitor_impl::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle, TypeImpl, TypePatch};
use quote::quote;
use schemars08::schema::{InstanceType, SchemaObject};
use serde_json::Value;

use crate::open_enums::OpenEnum;

/// The generated code, before our passes.
pub(crate) fn run(document: &Document, view: &Value, module: &str) -> Result<syn::File, Problem> {
    let tokens = generate(view, module).map_err(|why| blame(document, view, module, why))?;
    syn::parse2(tokens).map_err(|why| ours(document, format!("the generated code does not parse: {why}")))
}

/// A problem that is a mistake of the recipe, not of the description.
pub(crate) fn ours(document: &Document, message: impl Into<String>) -> Problem {
    let mend = "the description passed the lint, so this is a bug of plex-tv-codegen: please report it";
    document.problem("recipe", "", message, mend)
}

fn generate(view: &Value, module: &str) -> Result<TokenStream, String> {
    let openapi: OpenAPI = serde_json::from_value(view.clone()).map_err(|why| why.to_string())?;
    let settings = settings(view, module);
    quietly(|| Generator::new(&settings).generate_tokens(&openapi).map_err(|why| why.to_string()))
}

/// progenitor panics without a place on what it does not know. Its panics end here, and are not printed.
fn quietly<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    // The hook is the whole program's: one at a time may change it.
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

/// Finds the operation that the generator stumbles over by giving it one at a time.
fn blame(document: &Document, view: &Value, module: &str, why: String) -> Problem {
    let alone = |operation: &Operation| {
        let mut view = view.clone();
        view["paths"] = Value::Object(serde_json::Map::from_iter([(
            operation.path.clone(),
            Value::Object(serde_json::Map::from_iter([(
                operation.method.to_ascii_lowercase(),
                view.pointer(&operation.pointer).cloned().unwrap_or_default(),
            )])),
        )]));
        generate(&view, module).err()
    };
    let nothing = serde_json::json!({});
    let schemas_alone = {
        let mut view = view.clone();
        view["paths"] = nothing;
        generate(&view, module).is_err()
    };
    let culprit = openapi::operations(view)
        .into_iter()
        .filter(|_| !schemas_alone)
        .find_map(|operation| alone(&operation).map(|why| (operation, why)));
    let (pointer, message) = match culprit {
        Some((operation, why)) => {
            (operation.pointer, format!("the generator cannot make `{}`: {}", operation.id, one_line(&why)))
        }
        None => ("/components/schemas".to_owned(), format!("the generator cannot make the types: {}", one_line(&why))),
    };
    let mend = "use a plainer construct there; openapi/README.md lists what is supported";
    document.problem("generator", &pointer, message, mend)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn settings(view: &Value, module: &str) -> GenerationSettings {
    let mut settings = GenerationSettings::default();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_tag(TagStyle::Separate)
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote!(crate::transport::Transport))
        .with_map_type("::std::collections::BTreeMap");
    let conversions = [
        (InstanceType::String, "password", "crate::Secret"),
        (InstanceType::String, "date-time", "crate::Timestamp"),
        (InstanceType::Integer, "unix-time", "crate::Timestamp"),
    ];
    for (kind, format, rust_type) in conversions {
        let schema = SchemaObject {
            instance_type: Some(kind.into()),
            format: Some(format.to_owned()),
            ..SchemaObject::default()
        };
        settings.with_conversion(schema, rust_type, std::iter::empty::<TypeImpl>());
    }
    for open_enum in OpenEnum::all(view) {
        let path = format!("crate::generated::{module}::types::{}", open_enum.rust_name);
        settings.with_replacement(&open_enum.schema_name, path, std::iter::empty());
    }
    for (name, schema) in view["components"]["schemas"].as_object().into_iter().flatten() {
        if name == "Flag" {
            settings.with_replacement(name, "crate::Flag", std::iter::empty());
        } else if let Some(row) = row_type(schema) {
            let rows = format!("crate::Rows<crate::generated::{module}::types::{row}>");
            settings.with_replacement(name, rows, std::iter::empty());
        } else if schema.get("properties").is_some() {
            let mut patch = TypePatch::default();
            patch.with_attr("#[non_exhaustive]");
            settings.with_patch(name, &patch);
        }
    }
    settings
}

/// The item type of a list that is read row by row.
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
