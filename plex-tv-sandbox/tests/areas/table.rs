use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use plex_tv_openapi::{Document, descriptions, operations as described_operations};
use plex_tv_sandbox::{Route, operations, routes};

/// Operations that are served but not described: GraphQL, for which the SDK writes the queries
/// itself.
const NOT_DESCRIBED: [&str; 1] = ["graphQl"];

/// Method, host, and path without the names of its parameters.
type Place = (String, String, String);

fn unnamed(path: &str) -> String {
    let mut out = String::new();
    let mut in_name = false;
    for character in path.chars() {
        in_name = in_name && character != '}';
        if !in_name {
            out.push(character);
        }
        in_name = in_name || character == '{';
    }
    out
}

fn described() -> BTreeMap<String, Place> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi");
    let mut found = BTreeMap::new();
    for path in descriptions(&folder).unwrap() {
        let document = Document::load(&path).unwrap();
        let usual = document.value()["servers"][0]["url"].as_str().unwrap().to_owned();
        for operation in described_operations(document.value()) {
            let server = operation.server.unwrap_or_else(|| usual.clone());
            let (host, base) = server.strip_prefix("https://").unwrap().split_once('/').unwrap_or((&server[8..], ""));
            let base = if base.is_empty() { String::new() } else { format!("/{base}") };
            let place = (operation.method, host.to_owned(), unnamed(&format!("{base}{}", operation.path)));
            assert_eq!(found.insert(operation.id.clone(), place), None, "{} is described twice", operation.id);
        }
    }
    found
}

fn served() -> BTreeMap<String, Place> {
    let place = |route: Route| (route.method.to_owned(), route.host.name().to_owned(), unnamed(route.path));
    routes().map(|route| (route.operation.to_owned(), place(route))).collect()
}

#[test]
fn every_described_operation_is_served_where_it_is_described() {
    let (described, served) = (described(), served());

    let not_so: Vec<_> = described.iter().filter(|(id, place)| served.get(*id) != Some(place)).collect();

    assert!(described.len() >= 142, "{}", described.len());
    assert!(not_so.is_empty(), "described, but not served there: {not_so:#?}");
}

#[test]
fn nothing_else_is_served() {
    let described: BTreeSet<String> = described().into_keys().collect();

    let others: Vec<String> = served().into_keys().filter(|id| !described.contains(id)).collect();

    assert_eq!(others, NOT_DESCRIBED, "served, but not described");
}

#[test]
fn every_operation_has_one_line() {
    let all: Vec<&str> = operations().collect();

    let different: BTreeSet<&str> = all.iter().copied().collect();

    assert_eq!(all.len(), different.len());
    assert_eq!(all.len(), served().len());
}
