//! Ten common faults, for every command that reads descriptions. Each is reported in one sentence,
//! and no file is left half-written.
#![allow(clippy::panic, clippy::unwrap_used)] // A failed unwrap is the test's message.

mod common;

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use common::{Ended, workspace, xtask};
use tempfile::TempDir;

const README: &str = "<!-- operations:begin -->\n<!-- operations:end -->\n";
const PIN: &str = r#"{"id":1,"code":"x","trusted":false,"clientIdentifier":"example","expiresIn":900}"#;

/// Two copies of a small valid description: `good` stays unchanged, and `openapi` is broken by the
/// tests.
struct Project(TempDir);

impl Project {
    fn new() -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        let small = fs::read_to_string(workspace().join("tools/openapi/tests/lint/base.yaml")).unwrap();
        for folder in ["good", "openapi"] {
            project.write(&format!("{folder}/small.yaml"), &small);
            project.write(&format!("{folder}/README.md"), README);
        }
        project.write("payloads/getPin/201-pin.json", PIN);
        project
    }

    fn path(&self, below: impl AsRef<Path>) -> PathBuf {
        self.0.path().join(below)
    }

    fn write(&self, below: &str, text: impl AsRef<[u8]>) {
        let path = self.path(below);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, below: &str) -> String {
        fs::read_to_string(self.path(below)).unwrap()
    }

    fn edit(&self, from: &str, to: &str) {
        let text = self.read("openapi/small.yaml");
        assert!(text.contains(from), "the description has no {from:?}");
        self.write("openapi/small.yaml", text.replacen(from, to, 1));
    }

    fn add_schemas(&self, schemas: &str) {
        self.write("openapi/small.yaml", self.read("openapi/small.yaml") + schemas);
    }

    /// Returns the names of everything in a folder, sorted.
    fn list(&self, below: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(below)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn lint(&self) -> Ended {
        xtask(&[OsStr::new("lint"), self.path("openapi").as_os_str()])
    }

    fn generate(&self, arguments: &[&str]) -> Ended {
        self.generate_from(&self.path("openapi"), arguments)
    }

    fn generate_from(&self, openapi: &Path, arguments: &[&str]) -> Ended {
        let out = self.path("generated");
        let folders = [OsStr::new("generate"), "--openapi".as_ref(), openapi.as_ref(), "--out".as_ref(), out.as_ref()];
        xtask(&[&folders[..], &arguments.iter().map(OsStr::new).collect::<Vec<_>>()].concat())
    }

    fn diff(&self, arguments: &[&str]) -> Ended {
        self.diff_with(&self.path("openapi"), arguments)
    }

    fn diff_with(&self, head: &Path, arguments: &[&str]) -> Ended {
        let good = self.path("good");
        let sides = [OsStr::new("diff"), "--no-rust".as_ref(), good.as_ref(), head.as_ref()];
        xtask(&[&sides[..], &arguments.iter().map(OsStr::new).collect::<Vec<_>>()].concat())
    }

    fn coverage(&self, arguments: &[&str]) -> Ended {
        let folder = self.path("openapi");
        let folders = [OsStr::new("coverage"), "--openapi".as_ref(), folder.as_ref()];
        xtask(&[&folders[..], &arguments.iter().map(OsStr::new).collect::<Vec<_>>()].concat())
    }

    fn conform(&self) -> Ended {
        let (payloads, openapi) = (self.path("payloads"), self.path("openapi"));
        xtask(&[OsStr::new("conform"), payloads.as_ref(), "--openapi".as_ref(), openapi.as_ref()])
    }

    /// Runs each command with this folder as the folder of descriptions.
    fn all(&self, openapi: &Path) -> [(&'static str, Ended); 5] {
        let payloads = self.path("payloads");
        let with_folder = |start: &[&OsStr]| xtask(&[start, &[OsStr::new("--openapi"), openapi.as_os_str()]].concat());
        [
            ("lint", xtask(&[OsStr::new("lint"), openapi.as_os_str()])),
            ("generate", self.generate_from(openapi, &[])),
            ("diff", self.diff_with(openapi, &[])),
            ("coverage", with_folder(&[OsStr::new("coverage")])),
            ("conform", with_folder(&[OsStr::new("conform"), payloads.as_os_str()])),
        ]
    }

    /// Asserts that every command refuses the descriptions with the same message.
    #[track_caller]
    fn assert_refused_by_all(&self, openapi: &Path, wanted: &str) {
        for (command, ended) in self.all(openapi) {
            assert_eq!((ended.code, ended.stdout.as_str()), (3, ""), "{command}: {}", ended.stderr);
            assert!(ended.stderr.lines().next().unwrap().contains(wanted), "{command}: {wanted}: {}", ended.stderr);
            // The message, its fix, and possibly the number of problems.
            assert!(ended.stderr.lines().count() <= 3, "{command}: {}", ended.stderr);
        }
        assert!(!self.path("generated").exists());
    }

    /// Asserts that lint reports the rule and the line, and that nothing is generated.
    #[track_caller]
    fn assert_gives_no_code(&self, rule: &str) {
        let (found, refused) = (self.lint(), self.generate(&[]));

        assert_eq!((found.code, found.stderr.as_str()), (1, ""), "{}", found.stdout);
        assert_eq!((refused.code, refused.stdout.as_str()), (3, ""), "{}", refused.stderr);
        for told in [&found.stdout, &refused.stderr] {
            let row = told.lines().find(|line| line.contains(&format!(": {rule}: ")));
            let row = row.unwrap_or_else(|| panic!("{rule}: {told}"));
            let line = row.split("small.yaml:").nth(1).and_then(|rest| rest.split(':').next());
            assert!(line.is_some_and(|line| line.parse::<usize>().is_ok()), "{row}");
            assert!(told.contains("\n  fix: "), "{told}");
        }
        assert!(!self.path("generated").exists());
    }
}

#[test]
fn xtask_case_01_a_missing_file() {
    let project = Project::new();

    project.assert_refused_by_all(&project.path("missing"), "missing");

    let missing = project.path("openapi/missing.yaml");
    for ended in [
        xtask(&[OsStr::new("lint"), missing.as_ref()]),
        xtask(&[OsStr::new("coverage"), missing.as_ref()]),
        xtask(&[OsStr::new("conform"), missing.as_ref()]),
        xtask(&[OsStr::new("diff"), project.path("good/small.yaml").as_ref(), missing.as_ref()]),
        xtask(&[OsStr::new("diff"), missing.as_ref(), missing.as_ref()]),
    ] {
        ended.assert_mentions("missing.yaml");
    }
    project.write("nothing/README.md", README);
    project.assert_refused_by_all(&project.path("nothing"), "there is no *.yaml file in this folder");
}

#[test]
fn xtask_case_02_an_empty_file() {
    let project = Project::new();
    project.write("openapi/small.yaml", "");

    project.assert_refused_by_all(&project.path("openapi"), "small.yaml: empty-file: the file is empty");
}

#[test]
fn xtask_case_03_invalid_yaml_is_reported_with_its_line() {
    let project = Project::new();
    project.edit("\npaths:\n", "\npaths: }\n");
    let text = project.read("openapi/small.yaml");
    let line = 1 + text.lines().position(|line| line == "paths: }").unwrap();

    project.assert_refused_by_all(&project.path("openapi"), &format!("small.yaml:{line}: yaml-syntax: "));
}

#[test]
fn xtask_case_04_a_3_1_document_is_compared_but_gives_no_code() {
    let project = Project::new();
    project.edit("openapi: 3.0.3", "openapi: 3.1.0");

    project.assert_gives_no_code("openapi-version");

    let compared = project.diff(&["--fail-on", "any"]);
    assert_eq!((compared.code, compared.stderr.as_str()), (1, ""), "{}", compared.stdout);
    assert!(compared.stdout.contains("openapi-version"), "{}", compared.stdout);
    project.edit("openapi: 3.1.0", "openapi: 3.2.0");
    project.assert_gives_no_code("openapi-version");
    project.diff(&[]).assert_mentions("this is OpenAPI \"3.2.0\"; only 3.0 and 3.1 can be compared");
}

#[test]
fn xtask_case_05_a_cyclic_ref() {
    let project = Project::new();
    project
        .add_schemas("    One: { $ref: '#/components/schemas/Two' }\n    Two: { $ref: '#/components/schemas/One' }\n");

    project.assert_gives_no_code("ref-cycle");

    let compared = project.diff(&["--fail-on", "any"]);
    assert_eq!((compared.code, compared.stderr.as_str()), (1, ""), "{}", compared.stdout);
    assert!(
        ["One", "Two"].iter().all(|name| compared.stdout.contains(&format!("{name}, used by no operation: was added")))
    );
    assert_eq!((project.coverage(&[]).code, project.conform().code), (0, 0));
}

#[test]
fn xtask_case_06_a_dangling_ref() {
    let project = Project::new();
    project.edit("#/components/schemas/Ping", "#/components/schemas/Pong");

    project.assert_gives_no_code("dangling-ref");

    let compared = project.diff(&["--fail-on", "potential"]);
    assert_eq!((compared.code, compared.stderr.as_str()), (1, ""), "{}", compared.stdout);
    assert!(compared.stdout.contains("GET /ping ping: ") && compared.stdout.contains("ref-dangling"));
    assert_eq!((project.coverage(&[]).code, project.conform().code), (0, 0));
}

#[test]
fn xtask_case_07_a_duplicate_operation_id() {
    let project = Project::new();
    project.edit("operationId: getAvatar", "operationId: ping");

    project.assert_gives_no_code("operation-id");

    let compared = project.diff(&[]);
    assert_eq!((compared.code, compared.stderr.as_str()), (1, ""), "{}", compared.stdout);
    assert!(compared.stdout.contains("op-id-collision"), "{}", compared.stdout);
    assert_eq!((project.coverage(&[]).code, project.conform().code), (0, 0));
}

#[test]
fn xtask_case_08_a_checkout_with_other_line_endings_is_the_same() {
    let project = Project::new();
    assert_eq!((project.generate(&[]).code, project.coverage(&["--write"]).code), (0, 0));
    for file in ["openapi/small.yaml", "openapi/README.md"] {
        project.write(file, project.read(file).replace('\n', "\r\n"));
    }

    for ended in [
        project.lint(),
        project.generate(&["--check"]),
        project.diff(&["--fail-on", "any"]),
        project.coverage(&["--check"]),
        project.conform(),
    ] {
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{}", ended.stdout);
    }
    // Generated code always has `\n`. A file with other line endings is out of date, and one
    // command fixes it.
    let generated = project.read("generated/small.rs");
    project.write("generated/small.rs", generated.replace('\n', "\r\n"));
    let stale = project.generate(&["--check"]);
    assert_eq!((stale.code, stale.stdout.as_str()), (4, ""));
    assert!(stale.stderr.contains("\n  fix: cargo xtask generate --openapi "), "{}", stale.stderr);
    assert_eq!(project.generate(&[]).code, 0);
    assert_eq!(project.read("generated/small.rs"), generated);
}

/// The superuser can write to read-only folders. So the tests use a file in place of a folder, and
/// a folder in place of a file.
#[test]
fn xtask_case_09_a_place_that_cannot_be_written_is_left_unchanged() {
    let project = Project::new();
    project.write("generated/small.rs/in_the_way", "");
    project.write("file", "A file.");

    project.generate(&[]).assert_refused("small.rs cannot be written: ");
    assert_eq!(project.list("generated"), ["small.rs"]);
    assert_eq!(project.list("generated/small.rs"), ["in_the_way"]);

    for place in ["file", "file/below"] {
        let (openapi, out) = (project.path("openapi"), project.path(place));
        let ended =
            xtask(&[OsStr::new("generate"), "--openapi".as_ref(), openapi.as_ref(), "--out".as_ref(), out.as_ref()]);
        ended.assert_refused("file");
    }
    for option in ["--output", "--json", "--summary"] {
        let place = project.path("file/below.txt");
        project.diff(&[option, common::text(&place)]).assert_refused("file/below.txt cannot be written: ");
    }
    assert_eq!(project.read("file"), "A file.");

    fs::remove_file(project.path("openapi/README.md")).unwrap();
    project.write("openapi/README.md/in_the_way", "");
    project.coverage(&["--write"]).assert_refused("README.md cannot be read: ");
    assert_eq!(project.list(""), ["file", "generated", "good", "openapi", "payloads"]);
    assert_eq!(project.list("openapi"), ["README.md", "small.yaml"]);
}

#[test]
fn a_file_that_cannot_be_written_leaves_no_other_file_half_written() {
    let project = Project::new();
    project.write("openapi/another.yaml", project.read("good/small.yaml"));
    assert_eq!(project.generate(&[]).code, 0);
    let old = project.read("generated/another.rs");
    for file in ["another", "small"] {
        let yaml = format!("openapi/{file}.yaml");
        project.write(&yaml, project.read(&yaml).replace("pong:", "echo:"));
    }
    fs::remove_file(project.path("generated/small.rs")).unwrap();
    project.write("generated/small.rs/in_the_way", "");

    project.generate(&[]).assert_refused("small.rs cannot be written: ");

    let new = project.read("generated/another.rs");
    assert!(new != old && new.contains("pub echo: ") && new.lines().count() == old.lines().count());
    assert_eq!(project.list("generated"), ["another.rs", "small.rs"]);
}

#[cfg(unix)]
#[test]
fn xtask_case_10_a_path_that_is_not_utf_8() {
    use std::os::unix::ffi::OsStrExt as _;

    let project = Project::new();
    let odd = |bytes| project.path(OsStr::from_bytes(bytes));

    project.assert_refused_by_all(&odd(b"missing\xff"), "missing\u{fffd}");

    // A folder may have any name, but a module is named after the file of its description.
    fs::rename(project.path("openapi"), odd(b"op\xffn")).unwrap();
    for (command, ended) in project.all(&odd(b"op\xffn")) {
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{command}: {}", ended.stdout);
    }
    fs::rename(odd(b"op\xffn/small.yaml"), odd(b"op\xffn/sm\xffll.yaml")).unwrap();
    project.generate_from(&odd(b"op\xffn"), &[]).assert_mentions("sm\u{fffd}ll.yaml: file-name: ");
    assert_eq!(project.list("generated"), ["small.rs"]);
}
