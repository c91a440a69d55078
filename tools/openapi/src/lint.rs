//! Our rules for descriptions: the generator panics without naming a place, so everything it cannot
//! take is found here first, and so is what would make the client worse (strict replies,
//! undocumented operations).

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

/// The id of every rule, and why it is there.
pub const RULES: &[(&str, &str)] = &[
    ("openapi-version", "the generator reads OpenAPI 3.0 only"),
    ("wrong-type", "a value of another type than OpenAPI 3.0 says makes the generator stop without naming the place"),
    ("missing-key", "the generator cannot read objects without these keys"),
    ("unknown-key", "a mistyped key would be ignored silently"),
    ("unknown-extension", "a mistyped x- key, or a draft's note, would be ignored silently"),
    ("extension-value", "the recipe knows only these values"),
    ("server", "a description describes one API host, and the client has one base URL"),
    ("root-tags", "each tag becomes a documented trait; the list gives the order of operations"),
    ("operation-id", "it becomes the method's name"),
    ("operation-tag", "the generator puts an operation into the trait of its tag"),
    ("operation-text", "summary and description become the method's documentation"),
    ("operation-security", "it decides whether the token is sent"),
    ("operation-order", "a fixed order keeps reviews and generated diffs short"),
    ("confidence", "operations of low confidence are behind the feature `unstable`"),
    ("safe-to-retry", "it is for calls that are not what their method says"),
    ("dangling-ref", "the generator cannot follow a reference to nothing"),
    ("outside-ref", "the generator follows references to components of the same file only"),
    ("ref-siblings", "OpenAPI 3.0 ignores them, and so does the generator"),
    ("ref-path-item", "the generator cannot follow a reference to a path item"),
    ("ref-cycle", "a schema that is only itself has no type"),
    ("unused-component", "nobody notices when an unused component becomes wrong"),
    ("unsupported-keyword", "the generator panics on it, or makes types that nobody wants to use"),
    ("all-of", "the generator loses contradicting members of a merge silently"),
    ("response-status", "the generator counts `default` as success and as error, and lets ranges shadow codes"),
    ("success-response", "without a success an operation has no result"),
    ("success-body", "the generator makes one named type for the success of an operation"),
    ("content-type", "the client decodes JSON, transcodes XML and passes binary data through"),
    ("content-schema", "the generator panics on content without a schema"),
    ("response-example", "tests decode it with the generated types"),
    ("error-response", "all errors of an operation must have one type, or the generator panics"),
    ("path-parameter", "the generator panics when path and parameters differ"),
    ("parameter-text", "description and example become the documentation of the argument"),
    ("parameter-place", "identity headers come from the transport, and the generator has no cookies"),
    ("parameter-constant", "the client sends a header with one value by itself"),
    ("parameter-shape", "the generator cannot send structured parameters"),
    ("parameter-name", "each parameter becomes an argument with a name of its own"),
    ("request-body", "the generator sends one JSON or form body of a named type"),
    ("form-body", "forms are flat: the generated client cannot send nested members"),
    ("request-example", "tests send it with the generated types"),
    ("example-shape", "documentation and doctests are made of examples"),
    ("reply-constraint", "the generated types would refuse a reply that breaks it"),
    ("reply-format", "other formats make types that refuse replies or overflow"),
    ("reply-enum", "a value that plex.tv adds would fail the whole reply"),
    ("required-nullable", "the generated types would refuse a reply without the member"),
    ("required-missing", "a required member that does not exist makes no sense"),
    ("open-enum", "the recipe makes an enum with `Other` of a named string schema only"),
    ("enum-values", "each value becomes a variant with a name of its own, or the generator panics"),
    ("integer-enum", "the generator makes a bare newtype of it"),
    ("password-constraint", "the secret would become a plain validated string that Debug prints"),
    ("secret-format", "only what has `format: password` becomes a `Secret`, which nothing prints"),
    ("property-names", "each property becomes a field with a name of its own"),
    ("additional-properties", "the generator drops unknown members for `true` and refuses them for `false`"),
    ("rows", "`Rows<T>` needs a named list of a named row"),
    ("bare-list", "the reader puts a list in place of the object into this member"),
    ("schema-description", "it becomes the documentation of the type"),
    ("schema-type", "the generator stops at a word that is not a type"),
    ("array-items", "the generator makes a list of anything"),
    ("property-description", "it becomes the documentation of the field"),
    ("schema-order", "a fixed order keeps reviews and generated diffs short"),
    ("rust-keyword", "Rust has no item of that name"),
    ("full-stop", "descriptions are sentences, and rustdoc shows them as such"),
    ("markup", "rustdoc runs code blocks as tests, and shows tags as they are"),
    ("bare-url", "rustdoc does not make a link of it"),
    ("brackets", "rustdoc takes them for a link to an item"),
    ("todo", "descriptions are published"),
];

/// Checks a description against all rules. The problems are in the order of the lines; none means
/// fine.
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
    // A component that two operations use is looked at twice.
    problems.dedup();
    problems
}

/// Checks descriptions each by itself, and then what must be unique over all of them.
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
                    let mend = "rename the newer one: ids are unique over all descriptions";
                    problems.push(Problem::new(file, "operation-id", what, mend).on_line(line).at(pointer));
                }
                None => drop(first.insert(operation.rust_name, (document, pointer))),
            }
        }
    }
    problems
}

/// The problems for which the generator cannot read a description at all. The rules of this project
/// are left out, so that a description that is older than a rule still gives code.
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
