//! The table of descriptions: what is read, and what is refused.
#![allow(clippy::panic, clippy::unwrap_used)] // A failed unwrap is the test's message.

use std::{fs, path::Path};

use plex_tv_openapi::{Descriptions, Document, Problem, Server, TABLE_RULES};
use tempfile::TempDir;

const ENTRY: &str = "[[description]]\nfile = 'a.yaml'\nmodule = 'a'\nhosts = ['https://plex.tv/api']\n";

/// Returns a description with one operation for each `(id, server)`.
fn yaml(server: &str, operations: &[(&str, &str)]) -> String {
    let mut text = format!("openapi: 3.0.3\nservers: [{{ url: '{server}' }}]\npaths:\n");
    for (number, (id, server)) in operations.iter().enumerate() {
        text += &format!("  /{number}:\n    get:\n      operationId: {id}\n");
        if !server.is_empty() {
            text += &format!("      servers: [{{ url: '{server}' }}]\n");
        }
    }
    text
}

fn folder(table: &str, files: &[(&str, String)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("descriptions.toml"), table).unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Returns the file, line, rule and message of each problem in a folder.
fn problems(table: &str, files: &[(&str, String)]) -> Vec<String> {
    let folder = folder(table, files);
    let row = |problem: &Problem| {
        let file = problem.file().file_name().unwrap().to_string_lossy();
        format!("{file}:{}: {}: {}", problem.line().unwrap_or(0), problem.rule(), problem.message())
            .replace(&format!("{}/", folder.path().display()), "")
    };
    let table = match Descriptions::load(folder.path()) {
        Ok(table) => table,
        Err(problem) => return vec![row(&problem)],
    };
    let found = match table.documents() {
        Ok(documents) => table.lint(&documents),
        Err(problems) => problems,
    };
    for problem in &found {
        let is_known = TABLE_RULES.iter().any(|(rule, _)| *rule == problem.rule()) || problem.rule() == "unreadable";
        assert!(is_known, "{problem}");
    }
    found.iter().map(row).collect()
}

#[test]
fn the_project_has_a_table_that_agrees_with_its_descriptions() {
    let openapi = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi");
    if !openapi.is_dir() {
        // The package on its own has no descriptions.
        return;
    }
    let table = Descriptions::load(&openapi).unwrap();
    let documents = table.documents().unwrap();

    assert_eq!(table.lint(&documents), []);
    assert_eq!(documents.len(), table.all().len());
    let first = &table.all()[0];
    assert_eq!((first.file.as_str(), &first.feature), ("plex-tv.yaml", &None));
    assert_eq!(first.hosts, [Server { host: Some("plex.tv".into()), base_path: "/api/v2".into() }]);
    assert_eq!(table.by_file("elsewhere/plex-tv.yaml".as_ref()), Some(first));
    assert_eq!(table.by_file("other.yaml".as_ref()), None);
    assert_eq!(table.path(first), openapi.join("plex-tv.yaml"));
}

#[test]
fn an_empty_or_invalid_table_is_refused_with_its_line() {
    let with = |from: &str, to: &str| ENTRY.replace(from, to);
    let cases = [
        (String::new(), "1: table: missing field `description`"),
        ("description = []".to_owned(), "0: table: it lists no descriptions"),
        ("[[description]\n".to_owned(), "1: table: "),
        (with("module = 'a'", "module = 'a'\nmodule = 'b'"), "4: table: duplicate key"),
        (with("module = 'a'", "modul = 'a'"), "3: table: unknown field `modul`"),
        (with("module = 'a'", "module = 'A-1'"), "1: table: `A-1` is not a Rust module name"),
        (with("module = 'a'", "module = '1a'"), "1: table: `1a` is not a Rust module name"),
        (with("module = 'a'", "module = 'a'\nfeature = ''"), "1: table: `feature` is empty"),
        (with("'a.yaml'", "'a.yml'"), "1: table: `a.yml` is not the name of a *.yaml file"),
        (with("'a.yaml'", "'../a.yaml'"), "1: table: `../a.yaml` is not the name of a *.yaml file"),
        (with("'https://plex.tv/api'", ""), "1: table: `hosts` is empty"),
        (with("https://plex.tv/api", "http://plex.tv"), "1: table: `http://plex.tv` is not an address"),
        (with("https://plex.tv/api", "https:///api"), "1: table: `https:///api` is not an address"),
        (with("https://plex.tv/api", "https://plex.tv:8443"), "1: table: `https://plex.tv:8443` is not an address"),
        (with("https://plex.tv/api", "https://plex.tv@example.com"), "1: table: `https://plex.tv@example.com` is no"),
        (with("https://plex.tv/api", "https://{host}"), "1: table: `https://{host}` is not an address"),
        (format!("{ENTRY}\n{ENTRY}"), "6: table: it shares its file or its module with the one on line 1"),
        (format!("{ENTRY}\n{}", with("a.yaml", "b.yaml")), "6: table: it shares its file or its module"),
    ];

    for (table, wanted) in cases {
        let found = problems(&table, &[]);
        assert_eq!(found.len(), 1, "{table}");
        assert!(found[0].starts_with(&format!("descriptions.toml:{wanted}")), "{}\n{table}", found[0]);
    }
    let nothing = tempfile::tempdir().unwrap();
    let problem = Descriptions::load(nothing.path()).unwrap_err();
    assert!(problem.message().starts_with("it cannot be read: "), "{problem}");
}

#[test]
fn table_and_files_agree() {
    let fine = ("a.yaml", yaml("https://plex.tv/api", &[("one", ""), ("two", "https://plex.tv/api/")]));
    assert_eq!(problems(ENTRY, std::slice::from_ref(&fine)), [""; 0]);

    let unlisted = problems(ENTRY, &[fine, ("b.yaml", yaml("https://plex.tv", &[]))]);
    assert_eq!(unlisted, ["b.yaml:0: table-file: descriptions.toml does not list this file"]);

    let missing = problems(ENTRY, &[]);
    assert_eq!(missing.len(), 1);
    assert!(missing[0].starts_with("a.yaml:0: unreadable: "), "{missing:?}");
}

#[test]
fn the_table_names_the_module_of_a_document() {
    let folder =
        folder(&ENTRY.replace("module = 'a'", "module = 'b'"), &[("a.yaml", yaml("https://plex.tv/api", &[]))]);
    let table = Descriptions::load(folder.path()).unwrap();

    let documents = table.documents().unwrap();

    assert_eq!(documents[0].1.module(), "b");
    assert_eq!(Document::parse("c-d.yaml", "openapi: 3.0.3").unwrap().module(), "c_d");
}

#[test]
fn the_hosts_of_the_table_are_those_of_the_operations() {
    let two = ENTRY.replace("['https://plex.tv/api']", "['https://plex.tv/api', 'https://b.plex.tv']");
    let own = [("one", "https://b.plex.tv")];
    assert_eq!(problems(&two, &[("a.yaml", yaml("https://plex.tv/api", &own))]), [""; 0]);

    assert_eq!(
        problems(ENTRY, &[("a.yaml", yaml("https://plex.tv/api/v2", &own))]),
        [
            "descriptions.toml:1: table-hosts: the first host of a.yaml is not plex.tv/api/v2",
            "descriptions.toml:1: table-hosts: a.yaml has operations on b.plex.tv, which is not among its hosts",
        ]
    );
    assert_eq!(
        problems(&two, &[("a.yaml", yaml("https://plex.tv/api", &[("one", "")]))]),
        ["descriptions.toml:1: table-hosts: no operation of a.yaml is on b.plex.tv"]
    );
}

#[test]
fn an_id_in_two_descriptions_is_reported_with_both_places() {
    let table = format!("{ENTRY}\n{}", ENTRY.replace("a.yaml", "b.yaml").replace("'a'", "'b'"));
    let one = yaml("https://plex.tv/api", &[("one", ""), ("same", "")]);
    let two = yaml("https://plex.tv/api", &[("same", "")]);

    assert_eq!(
        problems(&table, &[("a.yaml", one), ("b.yaml", two)]),
        ["b.yaml:6: operation-id-twice: `same` is also the id of an operation in a.yaml:8"]
    );
}

#[test]
fn a_folder_without_a_table_uses_that_of_the_project_or_modules_named_after_files() {
    let project = folder(&ENTRY.replace("module = 'a'", "module = 'my_a'"), &[]);
    let trial = tempfile::tempdir().unwrap();
    assert_eq!(Descriptions::load_or_list(trial.path(), project.path()).unwrap_err().rule(), "no-description");
    for (name, server) in [("a.yaml", "https://other.plex.tv"), ("b-c.yaml", "https://plex.tv")] {
        fs::write(trial.path().join(name), yaml(server, &[(&name[..1], "")])).unwrap();
    }

    let table = Descriptions::load_or_list(trial.path(), project.path()).unwrap();

    let listed: Vec<_> =
        table.all().iter().map(|each| (each.file.as_str(), each.module.as_str(), each.hosts.len())).collect();
    assert_eq!(listed, [("a.yaml", "my_a", 1), ("b-c.yaml", "b_c", 0)]);
    assert_eq!(table.lint(&table.documents().unwrap()), []);
    assert_eq!(Descriptions::load_or_list(trial.path(), trial.path()).unwrap().all()[0].module, "a");
    // An invalid table is not ignored.
    fs::write(trial.path().join("descriptions.toml"), "").unwrap();
    assert_eq!(Descriptions::load_or_list(trial.path(), project.path()).unwrap_err().rule(), "table");

    let elsewhere = Descriptions::load(project.path()).unwrap().in_folder(trial.path());
    assert_eq!(elsewhere.documents().unwrap().len(), 1);
}
