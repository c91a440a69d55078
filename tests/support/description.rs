//! The API descriptions, read directly and not through the generated code.

use std::{path::Path, sync::LazyLock};

use plex_tv_openapi::{Descriptions, Operation};
use serde_json::Value;

/// One description in `openapi/`.
#[derive(Debug)]
pub struct Description {
    /// The name of its Rust module.
    pub module: &'static str,
    /// The prefix of its paths on the mock server.
    pub base: &'static str,
    pub value: Value,
    pub operations: Vec<Operation>,
}

/// All descriptions.
pub fn descriptions() -> &'static [Description] {
    static DESCRIPTIONS: LazyLock<Vec<Description>> = LazyLock::new(|| {
        let table = Descriptions::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi")).unwrap();
        let documents = table.documents().unwrap();
        let described = documents.into_iter().map(|(description, document)| Description {
            module: description.module.clone().leak(),
            base: description.hosts[0].base_path.clone().leak(),
            operations: plex_tv_openapi::operations(document.value()),
            value: document.value().clone(),
        });
        described.collect()
    });
    &DESCRIPTIONS
}

/// Every operation of all descriptions.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    descriptions().iter().flat_map(|description| &description.operations)
}

/// Returns the description that contains an operation.
pub fn description_of(id: &str) -> &'static Description {
    let has = |description: &&Description| description.operations.iter().any(|operation| operation.id == id);
    descriptions().iter().find(has).unwrap_or_else(|| panic!("no description has the operation {id}"))
}

/// Returns an operation and its Operation Object in the description.
pub fn described(id: &str) -> (&'static Operation, &'static Value) {
    let description = description_of(id);
    let operation = description.operations.iter().find(|operation| operation.id == id).unwrap();
    (operation, description.value.pointer(&operation.pointer).unwrap())
}

/// Follows a `$ref`. Any other value is returned as it is.
pub(crate) fn resolved(root: &'static Value, value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(pointer) => root.pointer(pointer.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

/// Returns whether the description documents this status for the operation.
pub fn has_status(id: &str, status: u16) -> bool {
    !described(id).1["responses"][status.to_string()].is_null()
}

/// Returns the content type and the Media Type Object of a reply, or `None` if the reply has no
/// content or is not documented.
pub(crate) fn content(id: &str, status: u16) -> Option<(&'static str, &'static Value)> {
    let response = resolved(&description_of(id).value, &described(id).1["responses"][status.to_string()]);
    let content = response["content"].as_object()?;
    content.iter().next().map(|(kind, media)| (kind.as_str(), media))
}

/// Returns the example of a reply.
pub fn example(id: &str, status: u16) -> Value {
    let example = content(id, status).map(|(_, media)| &media["example"]);
    example.filter(|example| !example.is_null()).unwrap_or_else(|| panic!("{id} has no example for {status}")).clone()
}

/// Returns each `(operationId, status)` that has an example, errors included.
pub fn examples() -> impl Iterator<Item = (&'static str, u16)> {
    operations().flat_map(|operation| {
        let responses = described(&operation.id).1["responses"].as_object().unwrap();
        let statuses = responses.keys().map(|status| status.parse().unwrap());
        let with_example = statuses
            .filter(|status| content(&operation.id, *status).is_some_and(|(_, media)| !media["example"].is_null()));
        with_example.map(|status| (operation.id.as_str(), status))
    })
}

/// Returns whether the description documents this status and code for the operation.
pub fn is_documented(id: &str, status: u16, code: Option<i64>) -> bool {
    let errors = described(id).1["x-plex-errors"].as_array().unwrap();
    errors.iter().any(|error| error["status"] == status && error["code"].as_i64() == code)
}
