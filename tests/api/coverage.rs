//! No operation without a success and a failure.
//!
//! The cases are read from the source of this test target, by its syntax tree. What counts is a finished case,
//! `success("id", …)…call(…)` or `failure("id", …)…call(…)`, inside a function that is `#[tokio::test]` and not ignored,
//! in the module of the operation's tag, which `main.rs` must name. A comment, a dead helper, a file that is not compiled
//! or a case that is never called counts for nothing. And a case cannot stand for another operation than it names: its
//! call must send what the description says of that operation, or it fails.

use std::{collections::BTreeSet, fs, path::Path};

use plex_tv_sdk::plex_tv::OPERATIONS;
use plex_tv_tests::operations;
use syn::{
    Attribute, Expr, ExprMethodCall, File, Item, ItemFn, Lit,
    visit::{self, Visit},
};

/// `(module, success or failure, operation)`
type Case = (String, String, String);

#[derive(Default)]
struct Cases {
    module: String,
    found: BTreeSet<Case>,
}

impl<'ast> Visit<'ast> for Cases {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        let has = |wanted: &str| function.attrs.iter().any(|each| path_of(each) == wanted);
        if has("tokio::test") && !has("ignore") && !has("cfg") {
            visit::visit_item_fn(self, function);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        if call.method == "call" {
            self.found.extend(case(&self.module, &call.receiver));
        }
        visit::visit_expr_method_call(self, call);
    }
}

fn path_of(attribute: &Attribute) -> String {
    let segments = attribute.path().segments.iter();
    let names: Vec<_> = segments.map(|each| each.ident.to_string()).collect();
    names.join("::")
}

/// The case at the head of a chain of method calls.
fn case(module: &str, mut chain: &Expr) -> Option<Case> {
    while let Expr::MethodCall(call) = chain {
        chain = &call.receiver;
    }
    let Expr::Call(head) = chain else { return None };
    let Expr::Path(function) = &*head.func else {
        return None;
    };
    let kind = function.path.get_ident()?.to_string();
    let Expr::Lit(first) = head.args.first()? else {
        return None;
    };
    let Lit::Str(id) = &first.lit else { return None };
    let is_case = kind == "success" || kind == "failure";
    is_case.then(|| (module.to_owned(), kind, id.value()))
}

fn read(module: &str, source: &str) -> (File, BTreeSet<Case>) {
    let file = syn::parse_file(source).unwrap();
    let mut cases = Cases { module: module.to_owned(), ..Cases::default() };
    cases.visit_file(&file);
    (file, cases.found)
}

fn cases_of_this_target() -> BTreeSet<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("api");
    let source = |module: &str| fs::read_to_string(folder.join(module).with_extension("rs")).unwrap();
    let (main, _) = read("main", &source("main"));
    let modules = main.items.iter().filter_map(|item| match item {
        Item::Mod(module) if module.attrs.is_empty() => Some(module.ident.to_string()),
        _ => None,
    });
    modules.flat_map(|module| read(&module, &source(&module)).1).collect()
}

#[test]
fn every_operation_has_a_success_and_a_failure_in_the_module_of_its_tag() {
    let cases = cases_of_this_target();

    let missing: Vec<_> = operations()
        .iter()
        .flat_map(|operation| {
            let module = operation.tag.to_lowercase().replace(' ', "_");
            ["success", "failure"].map(|kind| (module.clone(), kind.to_owned(), operation.id.clone()))
        })
        .filter(|case| !cases.contains(case))
        .collect();
    assert!(missing.is_empty(), "no test for {missing:#?}");
}

#[test]
fn the_generated_client_has_the_operations_of_the_description() {
    let generated: BTreeSet<_> = OPERATIONS.iter().map(|each| (each.id, each.method, each.path, each.tag)).collect();

    let described: BTreeSet<_> =
        operations().iter().map(|each| (&*each.id, &*each.method, &*each.path, &*each.tag)).collect();
    assert_eq!(generated, described);
}

#[test]
fn what_does_not_run_is_no_case() {
    let (_, found) = read(
        "home",
        r#"
            #[tokio::test] async fn runs() { success("a", 200).sends("GET /a", NO_BODY).call(a).await; }
            #[tokio::test] async fn loops() { for code in [1, 2] { failure("a", 401, code).call(a).await; } }
            #[tokio::test] async fn stops_short() { let _ = success("b", 200).sends("GET /b", NO_BODY); }
            #[tokio::test] #[ignore] async fn is_ignored() { success("c", 200).call(c).await; }
            #[tokio::test] async fn says_so() { /* success("d", 200).call(d) */ let _ = "success(\"d\").call(d)"; }
            async fn is_no_test() { success("e", 200).call(e).await; }
        "#,
    );

    let case = |kind: &str| ("home".to_owned(), kind.to_owned(), "a".to_owned());
    assert_eq!(found, BTreeSet::from(["success", "failure"].map(case)));
}
