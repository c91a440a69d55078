//! The rules for descriptions. The generator panics without naming a place, so everything that it
//! cannot handle is found here first. The rules also find what would make the client worse, such as
//! strict replies and undocumented operations.

mod context;
mod examples;
mod exchange;
mod grammar;
mod names;
mod near;
mod node;
mod operations;
mod parameters;
mod references;
mod schemas;
mod secrets;
mod texts;

use std::collections::BTreeMap;

use self::context::Context;
use crate::{Document, Problem, walk::operations as operations_of};

/// The id of every rule, and the reason for it.
pub const RULES: &[(&str, &str)] = &[
    ("openapi-version", "the generator reads OpenAPI 3.0 only"),
    ("wrong-type", "a value of the wrong type stops the generator, which does not name the place"),
    ("missing-key", "the generator cannot read objects without these keys"),
    ("unknown-key", "a mistyped key would be ignored silently"),
    ("unknown-extension", "a mistyped x- key, or a note left from a draft, would be ignored silently"),
    ("extension-value", "the code generator knows only these values"),
    ("server", "a description describes one API host, and the client has one base URL"),
    ("root-tags", "each tag becomes a documented section of the client; the list gives the order of operations"),
    ("operation-id", "it becomes the method's name"),
    ("operation-tag", "the tag is the section of the client that has the operation"),
    ("operation-text", "summary and description become the method's documentation"),
    ("operation-security", "it decides whether the token is sent"),
    ("operation-order", "a fixed order keeps reviews and generated diffs short"),
    ("confidence", "operations of low confidence are behind the feature `unstable`"),
    ("safe-to-retry", "it is only for calls that differ from the default of their method"),
    ("dangling-ref", "the generator cannot follow a reference to nothing"),
    ("outside-ref", "the generator follows references to components of the same file only"),
    ("ref-siblings", "OpenAPI 3.0 ignores them, and so does the generator"),
    ("ref-path-item", "the generator cannot follow a reference to a path item"),
    ("ref-cycle", "a schema that only refers to itself has no type"),
    ("unused-component", "nobody notices when an unused component becomes wrong"),
    ("unsupported-keyword", "the generator panics on it, or makes types that are hard to use"),
    ("all-of", "the generator silently drops conflicting members of a merge"),
    ("response-status", "the generator treats `default` as both success and error, and lets ranges shadow codes"),
    ("success-response", "without a success response an operation has no result"),
    ("success-body", "the generator makes one named type for the success body of an operation"),
    ("content-type", "the client decodes JSON, transcodes XML and passes binary data through"),
    ("content-schema", "the generator panics on content without a schema"),
    ("response-example", "tests decode it with the generated types"),
    ("error-response", "all errors of an operation must have one type, or the generator panics"),
    ("path-parameter", "the generator panics when path and parameters differ"),
    ("parameter-text", "description and example become the documentation of the argument"),
    ("parameter-place", "the transport sends identity headers, and the generator does not support cookies"),
    ("parameter-constant", "the client fills in constants for headers only"),
    ("parameter-shape", "the generator cannot send structured parameters"),
    ("parameter-name", "each parameter becomes an argument, and needs its own name"),
    ("request-body", "the generator sends one JSON or form body of a named type"),
    ("form-body", "forms are flat: the generated client cannot send nested members"),
    ("request-example", "tests send it with the generated types"),
    ("example-shape", "documentation and doctests are made from examples"),
    ("reply-constraint", "the generated types would reject a reply that violates it"),
    ("reply-format", "other formats make types that reject replies or overflow"),
    ("reply-enum", "a new value from plex.tv would make the whole reply fail"),
    ("required-nullable", "the generated types would reject a reply without the member"),
    ("required-missing", "a required member that does not exist makes no sense"),
    ("open-enum", "only a named string schema can become an enum with `Other`"),
    ("enum-values", "each value becomes a variant, and needs its own name, or the generator panics"),
    ("integer-enum", "the generator turns it into a bare newtype"),
    ("password-constraint", "the secret would become a plain validated string that Debug prints"),
    ("secret-format", "only a value with `format: password` becomes a `Secret`, which is never printed"),
    ("property-names", "each property becomes a field, and needs its own name"),
    ("additional-properties", "`true` keeps no unknown members, and `false` forbids members that plex.tv may add"),
    ("rows", "`Rows<T>` needs a named list with named items"),
    ("bare-list", "a list in place of the object is read into this member"),
    ("schema-description", "it becomes the documentation of the type"),
    ("schema-type", "the generator stops at an unknown type"),
    ("array-items", "without `items` the generator makes a list of anything"),
    ("property-description", "it becomes the documentation of the field"),
    ("schema-order", "a fixed order keeps reviews and generated diffs short"),
    ("rust-keyword", "a Rust item cannot have a keyword as its name"),
    ("full-stop", "descriptions are sentences, and rustdoc shows them as such"),
    ("markup", "rustdoc runs code blocks as tests, and passes HTML tags through"),
    ("bare-url", "rustdoc does not turn it into a link"),
    ("brackets", "rustdoc reads them as a link to an item"),
    ("todo", "descriptions are published"),
];

/// Checks a description against all rules. Returns the problems in the order of the lines. An empty
/// list means that there are none.
#[must_use]
pub fn lint(document: &Document) -> Vec<Problem> {
    let mut report = Report { document, problems: Vec::new() };
    // Another version has another grammar, so other findings would be noise.
    if operations::openapi_version(&mut report) {
        let context = Context::new(document);
        for check in [
            grammar::check,
            operations::check,
            references::check,
            exchange::check,
            examples::check,
            parameters::check,
            schemas::check,
            secrets::check,
            names::check,
            texts::check,
        ] {
            check(&context, &mut report);
        }
    }
    let mut problems = report.problems;
    problems.sort_by(|a, b| {
        (a.line(), a.rule(), a.pointer(), a.message()).cmp(&(b.line(), b.rule(), b.pointer(), b.message()))
    });
    // A component that two operations use is checked twice.
    problems.dedup();
    problems
}

/// Checks each description on its own, and then what must be unique across all of them.
#[must_use]
pub fn lint_all(documents: &[Document]) -> Vec<Problem> {
    let mut problems: Vec<Problem> = documents.iter().flat_map(lint).collect();
    let mut first: BTreeMap<String, (&Document, String)> = BTreeMap::new();
    for document in documents {
        for operation in operations_of(document.value()) {
            let pointer = format!("{}/operationId", operation.pointer);
            let (file, line) = (document.path().to_owned(), document.line(&pointer));
            match first.get(&operation.rust_name) {
                // Duplicates in one file are reported for that file.
                Some((other, _)) if std::ptr::eq(*other, document) => {}
                Some((other, there)) => {
                    let what = format!(
                        "the operationId `{}` is also in {}, line {}",
                        operation.id,
                        other.path().display(),
                        other.line(there)
                    );
                    let mend = "rename the newer one: ids must be unique across all descriptions";
                    problems.push(Problem::new(file, "operation-id", what, mend).on_line(line).at(pointer));
                }
                None => drop(first.insert(operation.rust_name, (document, pointer))),
            }
        }
    }
    problems
}

/// Returns the problems that stop the generator from reading a description at all. The rules of
/// this project are left out, so that code can still be generated from a description that is older
/// than a rule.
#[must_use]
pub fn unreadable(document: &Document) -> Vec<Problem> {
    const RULES: [&str; 7] =
        ["openapi-version", "wrong-type", "missing-key", "dangling-ref", "outside-ref", "ref-path-item", "ref-cycle"];

    lint(document).into_iter().filter(|problem| RULES.contains(&problem.rule())).collect()
}

/// Collects what the rules find.
struct Report<'a> {
    document: &'a Document,
    problems: Vec<Problem>,
}

impl Report<'_> {
    fn add(&mut self, rule: &'static str, pointer: &str, message: impl Into<String>, mend: impl Into<String>) {
        self.problems.push(self.document.problem(rule, pointer, message, mend));
    }
}
