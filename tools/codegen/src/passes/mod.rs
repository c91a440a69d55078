//! The `syn` passes: what makes progenitor's code ours.
//!
//! Each pass is a function on the syntax tree with tests of its own; none patches text.

mod calls;
mod docs;
mod examples;
mod extra;
mod forms;
mod lists;
mod marks;
mod names;
mod operations;
mod requests;
mod reread;
mod schemars;
mod tolerance;
mod wire_names;

use serde_json::Value;
use syn::{File, Item, ItemMod};

use plex_tv_openapi::Operation;

use crate::open_enums::OpenEnum;

/// Runs all passes. An error says what the generated code lacks: a bug of the recipe, not of the description.
pub(crate) fn run(
    file: &mut File,
    description: &Value,
    operations: &[Operation],
    module_name: &str,
) -> Result<(), String> {
    let types = module(file, "types")?;
    wire_names::run(types, description);
    forms::run(types, description);
    lists::run(types);
    types.extend(OpenEnum::all(description).iter().flat_map(OpenEnum::items));
    tolerance::run(types);
    schemars::run(types);
    extra::run(file);
    let replies = calls::run(file, operations)?;
    marks::run(file, description, operations)?;
    file.items.push(operations::table(operations));
    file.items.extend(reread::tables(&replies, description));
    examples::run(file, description, operations, module_name);
    names::run(file);
    docs::run(file);
    Ok(())
}

/// The items of a module at the root of the file.
fn module<'a>(file: &'a mut File, name: &str) -> Result<&'a mut Vec<Item>, String> {
    let found = file.items.iter_mut().find_map(|item| match item {
        Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) if ident == name => Some(items),
        _ => None,
    });
    found.ok_or_else(|| format!("the generated code has no `mod {name}`"))
}
