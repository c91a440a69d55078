//! Examples that compile, instead of progenitor's that are ignored.

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};
use quote::ToTokens as _;
use serde_json::Value;
use syn::{Attribute, Expr, ExprLit, File, Item, Lit, Meta, TraitItem, parse_quote};

use plex_tv_openapi::Operation;

pub(super) fn run(file: &mut File, description: &Value, operations: &[Operation], module: &str) {
    for item in &mut file.items {
        let Item::Trait(item) = item else { continue };
        for member in &mut item.items {
            let TraitItem::Fn(method) = member else { continue };
            if let Some(operation) = operations.iter().find(|operation| method.sig.ident == operation.rust_name) {
                let example = example(description, operation, module);
                method.attrs.iter_mut().for_each(|attribute| replace(attribute, &example));
            }
        }
    }
}

/// Puts the example where the ignored one stands.
fn replace(attribute: &mut Attribute, example: &str) {
    let Some(text) = text_of(attribute) else { return };
    let Some((before, rest)) = text.split_once("```ignore") else { return };
    let after = rest.split_once("```").map_or("", |(_, after)| after);
    let text = format!("{}\n\n{example}{after}", before.trim_end());
    *attribute = parse_quote!(#[doc = #text]);
}

fn text_of(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// A call with all that is required, with the examples of the description.
fn example(description: &Value, operation: &Operation, module: &str) -> String {
    let node = description.pointer(&operation.pointer).unwrap_or(&Value::Null);
    let mut call = format!("client.{module}().{}()", operation.rust_name);
    for parameter in node["parameters"].as_array().into_iter().flatten() {
        let is_identity =
            parameter["in"] == "header" && parameter["name"].as_str().is_some_and(|name| name.starts_with("X-Plex-"));
        if parameter["required"] == Value::Bool(true) && !is_identity {
            let name = argument_name(parameter["name"].as_str().unwrap_or_default());
            call += &format!(".{name}({})", literal(description, parameter));
        }
    }
    let mut arguments = "client: plex_tv_sdk::Client".to_owned();
    if node["requestBody"]["required"] == Value::Bool(true) {
        match body_without_members(description, node) {
            Some(name) => {
                arguments += &format!(", body: plex_tv_sdk::{module}::types::{name}");
                call += ".body(body)";
            }
            None => call += ".body_map(|body| body /* and its members */)",
        }
    }
    format!(
        "# Example\n\n```no_run\n# #[allow(deprecated)]\n# async fn example({arguments}) -> Result<(), plex_tv_sdk::Error> {{\n\
         use plex_tv_sdk::prelude::*;\n\nlet reply = {call}.send().await?;\n# Ok(())\n# }}\n```"
    )
}

/// The type of a body that has no builder, since it has no named members.
fn body_without_members(description: &Value, operation: &Value) -> Option<String> {
    let media = operation["requestBody"]["content"].as_object()?.values().next()?;
    let pointer = media["schema"]["$ref"].as_str()?;
    let schema = description.pointer(pointer.trim_start_matches('#'))?;
    let name = pointer.rsplit('/').next()?.to_upper_camel_case();
    schema.get("properties").is_none().then_some(name)
}

/// The setter's name: `type` is a word of Rust.
fn argument_name(name: &str) -> String {
    let name = name.to_snake_case();
    if syn::parse_str::<syn::Ident>(&name).is_ok() { name } else { format!("{name}_") }
}

fn literal(description: &Value, parameter: &Value) -> String {
    let mut schema = &parameter["schema"];
    if let Some(pointer) = schema["$ref"].as_str() {
        schema = description.pointer(pointer.trim_start_matches('#')).unwrap_or(schema);
    }
    let is_flag = parameter["schema"]["$ref"] == "#/components/schemas/Flag";
    match &parameter["example"] {
        example if is_flag => (example != &Value::from(0)).to_string(),
        Value::Number(number) if schema["type"] == "integer" => format!("{number}_i64"),
        Value::Number(number) if schema["type"] == "number" => format!("{number}_f64"),
        Value::Bool(boolean) => boolean.to_string(),
        Value::String(text) => text.to_token_stream().to_string(),
        other => other.to_string().to_token_stream().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_ignored_example_becomes_one_that_compiles() {
        let description = json!({ "paths": { "/pins/{pinID}": { "get": {
            "operationId": "getToken",
            "parameters": [
                { "name": "pinID", "in": "path", "required": true, "schema": { "type": "integer" }, "example": 7 },
                { "name": "type", "in": "query", "required": true, "schema": { "type": "string" }, "example": "a\"b" },
                { "name": "code", "in": "query", "schema": { "type": "string" }, "example": "c" },
            ],
        } } } });
        let mut file: File = syn::parse2(quote! {
            pub trait ClientT { #[doc = "Polls.\n```ignore\nlet response = client;\n```"] fn get_token(&self); }
        })
        .unwrap();

        run(&mut file, &description, &plex_tv_openapi::operations(&description), "plex_tv");

        let code = file.into_token_stream().to_string();
        assert!(
            code.contains("let reply = client.plex_tv().get_token().pin_id(7_i64).type_(\\\"a\\\\\\\"b\\\").send()"),
            "{code}"
        );
        assert!(!code.contains("ignore"), "{code}");
    }
}
