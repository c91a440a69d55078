//! Every operation has a success case and a failure case.
//!
//! The cases are read from the syntax trees of the test targets. A case is a call chain,
//! `success("id", …)…call(…)` or `failure("id", …)…call(…)`, in a function that is `#[tokio::test]`
//! and not ignored. It must be in the test target of the operation's description, where the last
//! step is `call`, `call_v1` and so on. It must also be in the module of the operation's tag, which
//! `main.rs` must declare. Comments, unused helpers, files that are not compiled and cases that are
//! never called do not count. A case cannot cover any operation but the one it names: it fails
//! unless its call sends what the description specifies for that operation.

use std::{collections::BTreeSet, fs, path::Path};

use plex_tv_sdk::{Operation, discover, epg, notifications, together, v1, v2};
use plex_tv_tests::{described, descriptions};
use syn::{
    Attribute, Expr, ExprMethodCall, File, Item, ItemFn, Lit,
    visit::{self, Visit},
};

/// The test target with the cases of a description.
struct Target {
    /// The name of the test target and of its folder.
    name: &'static str,
    /// The method that each case calls last.
    call: &'static str,
    operations: &'static [&'static Operation],
}

fn target(module: &str) -> Target {
    match module {
        "v2" => Target { name: "api", call: "call", operations: v2::OPERATIONS },
        "v1" => Target { name: "v1", call: "call_v1", operations: v1::OPERATIONS },
        "discover" => Target { name: "discover", call: "call_discover", operations: discover::OPERATIONS },
        // The small descriptions share a target.
        "epg" => Target { name: "hosts", call: "call_epg", operations: epg::OPERATIONS },
        "together" => Target { name: "hosts", call: "call_together", operations: together::OPERATIONS },
        "notifications" => Target { name: "hosts", call: "call_notifications", operations: notifications::OPERATIONS },
        _ => panic!("no test target for {module}"),
    }
}

/// `(module, success or failure, operation)`
type Case = (String, String, String);

struct Cases<'a> {
    module: &'a str,
    call: &'a str,
    found: BTreeSet<Case>,
}

impl<'ast> Visit<'ast> for Cases<'_> {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        let has = |wanted: &str| function.attrs.iter().any(|each| path_of(each) == wanted);
        if has("tokio::test") && !has("ignore") && !has("cfg") {
            visit::visit_item_fn(self, function);
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        if call.method == self.call {
            self.found.extend(case(self.module, &call.receiver));
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

fn read(module: &str, call: &str, source: &str) -> (File, BTreeSet<Case>) {
    let file = syn::parse_file(source).unwrap();
    let mut cases = Cases { module, call, found: BTreeSet::new() };
    cases.visit_file(&file);
    let found = cases.found;
    (file, found)
}

fn cases_of(target: &Target) -> BTreeSet<Case> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = fs::read_to_string(tests.join("Cargo.toml")).unwrap();
    let entry = format!("[[test]]\nname = \"{0}\"\npath = \"{0}/main.rs\"\n", target.name);
    assert!(manifest.contains(&entry), "{} is not a test target", target.name);
    let source = |module: &str| {
        let file = Path::new(target.name).join(module).with_extension("rs");
        fs::read_to_string(tests.join(&file)).unwrap_or_else(|why| panic!("{}: {why}", file.display()))
    };
    let (main, _) = read("main", target.call, &source("main"));
    let modules = main.items.iter().filter_map(|item| match item {
        Item::Mod(module) if module.attrs.is_empty() => Some(module.ident.to_string()),
        _ => None,
    });
    modules.flat_map(|module| read(&module, target.call, &source(&module)).1).collect()
}

#[test]
fn every_operation_has_a_success_and_a_failure_in_the_module_of_its_tag() {
    let mut missing = Vec::new();
    for description in descriptions() {
        let target = target(description.module);
        let cases = cases_of(&target);
        for operation in &description.operations {
            let module = operation.tag.to_lowercase().replace(' ', "_");
            // A call that plex.tv has retired has only failures.
            let responses = described(&operation.id).1["responses"].as_object().unwrap();
            let succeeds = responses.keys().any(|status| status.starts_with('2'));
            let kinds = ["success", "failure"].into_iter().filter(|kind| succeeds || *kind != "success");
            let due = kinds.map(|kind| (module.clone(), kind.to_owned(), operation.id.clone()));
            missing.extend(due.filter(|case| !cases.contains(case)).map(|(module, kind, id)| {
                let (folder, call) = (target.name, target.call);
                format!("tests/{folder}/{module}.rs: add a #[tokio::test] with {kind}(\"{id}\", …)…{call}(…)")
            }));
        }
    }

    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn the_generated_clients_have_the_operations_of_the_descriptions() {
    for description in descriptions() {
        let generated = target(description.module).operations.iter();
        let generated: BTreeSet<_> =
            generated.map(|each| (each.id, each.method.as_str(), each.path, each.tag)).collect();

        let described = description.operations.iter();
        let described: BTreeSet<_> =
            described.map(|each| (&*each.id, &*each.method, &*each.path, &*each.tag)).collect();
        assert_eq!(generated, described);
    }
}

#[test]
fn no_two_operations_share_an_id() {
    let mut seen = BTreeSet::new();
    for operation in descriptions().iter().flat_map(|description| &description.operations) {
        assert!(seen.insert(&operation.id), "{}", operation.id);
    }
}

#[test]
fn code_that_does_not_run_is_not_a_case() {
    let (_, found) = read(
        "home",
        "call_v1",
        r#"
            #[tokio::test] async fn runs() { success("a", 200).sends("GET /a", NO_BODY).call_v1(a).await; }
            #[tokio::test] async fn loops() { for code in [1, 2] { failure("a", 401, code).call_v1(a).await; } }
            #[tokio::test] async fn stops_short() { let _ = success("b", 200).sends("GET /b", NO_BODY); }
            #[tokio::test] #[ignore] async fn is_ignored() { success("c", 200).call_v1(c).await; }
            #[tokio::test] async fn only_mentions_it() { /* success("d", 200).call_v1(d) */ let _ = "success(\"d\").call_v1(d)"; }
            #[tokio::test] async fn is_for_another_target() { success("f", 200).call(f).await; }
            async fn is_not_a_test() { success("e", 200).call_v1(e).await; }
        "#,
    );

    let case = |kind: &str| ("home".to_owned(), kind.to_owned(), "a".to_owned());
    assert_eq!(found, BTreeSet::from(["success", "failure"].map(case)));
}
