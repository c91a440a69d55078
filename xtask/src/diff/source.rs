//! Where the two sides of a comparison come from: files, folders, and git.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use plex_tv_diff::{Finding, added, diff, removed};
use plex_tv_openapi::{Descriptions, Document, Problem, descriptions, with_files};
use semver::Version;

use crate::files::workspace_path;

/// Why there is no report.
#[derive(Debug)]
pub(super) enum Unusable {
    /// The command was used incorrectly.
    Argument(String),
    /// The input is not valid.
    Input(Vec<Problem>),
}

/// One side: its descriptions, and the version of the crate that comes with them.
#[derive(Debug)]
pub(super) struct Source {
    /// Its name in the report.
    pub(super) name: String,
    pub(super) documents: Vec<Document>,
    pub(super) version: Option<Version>,
    /// Whether a single file was named. Its name does not matter then.
    is_file: bool,
}

const MEND: &str = "name a file, a folder of descriptions, REV:PATH, or a git revision";

impl Source {
    pub(super) fn head(argument: Option<&OsStr>) -> Result<Self, Unusable> {
        argument.map_or_else(Self::work_tree, Self::named).map(Self::in_modules)
    }

    pub(super) fn base(argument: Option<&OsStr>) -> Result<Self, Unusable> {
        argument.map_or_else(|| Self::revision(&merge_base()?), Self::named).map(Self::in_modules)
    }

    /// Names the modules of the descriptions as the table of this workspace does.
    fn in_modules(mut self) -> Self {
        let Ok(table) = Descriptions::load(&workspace_path("openapi")) else { return self };
        let named = |document: Document| match table.by_file(document.path()) {
            Some(description) => document.in_module(&description.module),
            None => document,
        };
        self.documents = self.documents.into_iter().map(named).collect();
        self
    }

    fn work_tree() -> Result<Self, Unusable> {
        let mut side = Self::folder(&workspace_path("openapi"))?;
        "work tree".clone_into(&mut side.name);
        side.version = work_tree_version();
        Ok(side)
    }

    /// Reads what the user named. A path takes precedence over a revision of the same name.
    fn named(argument: &OsStr) -> Result<Self, Unusable> {
        let path = Path::new(argument);
        if path.is_dir() {
            return Self::folder(path);
        }
        if path.exists() {
            let document = whole(read(path)?)?;
            let name = path.display().to_string();
            return Ok(Self { name, documents: vec![document], version: None, is_file: true });
        }
        let Some(text) = argument.to_str() else {
            let what = "there is no such file, and a git revision must be UTF-8";
            return Err(Problem::new(path, "no-such-input", what, MEND).into());
        };
        match text.split_once(':') {
            Some((revision, below)) if is_revision(revision) => Self::of_git(revision, below),
            // `C:\openapi` and the like.
            _ if text.contains(':') || !is_revision(text) => {
                let git = match without_git() {
                    Some(why) => format!("no git revision can be looked up ({why})"),
                    None => "git has no such revision".to_owned(),
                };
                let what = format!("there is no such file or folder, and {git}");
                Err(Problem::new(path, "no-such-input", what, MEND).into())
            }
            _ => Self::revision(text),
        }
    }

    fn folder(path: &Path) -> Result<Self, Unusable> {
        let (mut documents, mut problems) = (Vec::new(), Vec::new());
        let others = others(path);
        let files = match descriptions(path) {
            Ok(files) => files.into_iter().chain(others).collect(),
            Err(problem) if others.is_empty() || problem.rule() != "no-description" => return Err(problem.into()),
            Err(_) => others,
        };
        for file in files {
            match read(&file).and_then(whole) {
                Ok(document) => documents.push(document),
                Err(problem) => problems.push(problem),
            }
        }
        let documents = without_parts(documents);
        let name = path.display().to_string();
        let side = Self { name, documents, version: None, is_file: false };
        if problems.is_empty() { Ok(side) } else { Err(Unusable::Input(problems)) }
    }

    fn revision(revision: &str) -> Result<Self, Unusable> {
        let mut side = Self::of_git(revision, "openapi")?;
        let short = git(&["rev-parse", "--short", &format!("{revision}^{{commit}}")]).ok();
        let short = short.map(|text| text.trim().to_owned()).filter(|short| !revision.starts_with(short.as_str()));
        side.name = short.map_or_else(|| revision.to_owned(), |short| format!("{revision} ({short})"));
        Ok(side)
    }

    /// A file or a folder of a revision.
    fn of_git(revision: &str, below: &str) -> Result<Self, Unusable> {
        let object = format!("{revision}:{below}");
        let unreadable = |why: String| Unusable::from(Problem::new(&object, "unreadable", why, MEND));
        let version = git(&["show", &format!("{revision}:Cargo.toml")]).ok().and_then(|text| version(&text));
        let kind = git(&["cat-file", "-t", &object])
            .map_err(|_| unreadable(format!("the revision {revision:?} has no file or folder {below:?}")))?;
        if kind.trim() == "blob" {
            let document = whole_of_git(revision, of_blob(&object, Path::new(below))?)?;
            return Ok(Self { name: object, documents: vec![document], version, is_file: true });
        }
        let listed = git(&["ls-tree", "--full-tree", "--name-only", "-z", &object]).map_err(unreadable)?;
        let folder = below.trim_end_matches('/');
        let inner = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let is_description = |name: &&str| match Path::new(name).extension().and_then(OsStr::to_str) {
            Some("yaml") => true,
            Some("yml" | "json") => git_bytes(&["cat-file", "blob", &format!("{revision}:{}", inner(name))])
                .is_ok_and(|text| is_openapi(Path::new(name), &text)),
            _ => false,
        };
        let files = listed.split('\0').filter(is_description);
        let read = |name: &str| {
            let inner = inner(name);
            whole_of_git(revision, of_blob(&format!("{revision}:{inner}"), Path::new(&inner))?)
        };
        let documents = without_parts(files.map(read).collect::<Result<_, _>>()?);
        if documents.is_empty() {
            return Err(unreadable("there is no *.yaml file in this folder".to_owned()));
        }
        Ok(Self { name: object, documents, version, is_file: false })
    }
}

/// Returns the descriptions in a folder that are not called `*.yaml`, sorted by name.
fn others(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let is_other = |path: &PathBuf| {
        matches!(path.extension().and_then(OsStr::to_str), Some("yml" | "json"))
            && fs::metadata(path).is_ok_and(|found| found.is_file())
            && fs::read(path).is_ok_and(|text| is_openapi(path, &text))
    };
    let mut found: Vec<_> = files.filter(is_other).collect();
    found.sort();
    found
}

/// Returns whether a JSON or YAML file is a description, which many are not. One that cannot be
/// read counts if it mentions the key.
fn is_openapi(path: &Path, text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    ["openapi", "swagger"].iter().any(|key| text.contains(key))
        && Document::parse(path, &text).map_or(true, |document| !is_part(&document))
}

/// Returns whether a document is not a description itself.
fn is_part(document: &Document) -> bool {
    ["openapi", "swagger"].iter().all(|key| document.value().get(key).is_none())
}

/// Reads a description. Markers of a merge conflict are reported as such, not as broken YAML.
fn read(file: &Path) -> Result<Document, Problem> {
    Document::load(file).map_err(|problem| {
        let text = fs::read(file).unwrap_or_default();
        match text.split(|byte| *byte == b'\n').position(|line| line.starts_with(b"<<<<<<< ")) {
            Some(at) => Problem::new(
                file,
                "merge-conflict",
                "the file has merge conflict markers",
                "resolve the conflict first",
            )
            .on_line(at + 1),
            None => problem,
        }
    })
}

/// Returns the description with the files that it refers to. They must be regular files, because a
/// device or a pipe may never end.
fn whole(document: Document) -> Result<Document, Problem> {
    with_files(document, |path| {
        let is_file = fs::metadata(path).is_ok_and(|found| found.is_file());
        if is_file { read(path) } else { Err(Problem::new(path, "unreadable", "there is no such file", MEND_FILE)) }
    })
}

/// Does the same in a revision.
fn whole_of_git(revision: &str, document: Document) -> Result<Document, Problem> {
    with_files(document, |path| {
        let inner = path.to_string_lossy().replace('\\', "/");
        of_blob(&format!("{revision}:{inner}"), path)
    })
}

const MEND_FILE: &str = "correct the reference, or add the file";

/// Removes the files that are only a part of others: others refer to them, and they are not
/// descriptions themselves.
fn without_parts(documents: Vec<Document>) -> Vec<Document> {
    let parts: std::collections::BTreeSet<PathBuf> =
        documents.iter().flat_map(Document::files).map(Path::to_owned).collect();
    documents.into_iter().filter(|document| !parts.contains(document.path()) || !is_part(document)).collect()
}

fn of_blob(object: &str, path: &Path) -> Result<Document, Problem> {
    let bytes =
        git_bytes(&["cat-file", "blob", object]).map_err(|why| Problem::new(object, "unreadable", why, MEND))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| Problem::new(object, "not-utf8", "the file is not UTF-8 text", "save the file as UTF-8"))?;
    Document::parse(path, &text)
}

/// Returns the commit at which the current branch left main.
fn merge_base() -> Result<String, Unusable> {
    for main in ["main", "origin/main"] {
        if let Ok(found) = git(&["merge-base", main, "HEAD"]) {
            return Ok(found.trim().chars().take(12).collect());
        }
    }
    let mend = "say what to compare, as in `cargo xtask diff HEAD~1`";
    Err(Unusable::Argument(match without_git() {
        Some(why) => format!("without git there is no branch main to compare with ({why}); {mend}"),
        None => format!("there is no branch main to compare with; {mend}"),
    }))
}

/// Returns why git cannot be used here, if it cannot.
fn without_git() -> Option<String> {
    git(&["rev-parse", "--git-dir"]).err()
}

fn is_revision(text: &str) -> bool {
    let is_option = text.starts_with('-');
    !is_option && !text.is_empty() && git(&["rev-parse", "--quiet", "--verify", &format!("{text}^{{commit}}")]).is_ok()
}

fn git(arguments: &[&str]) -> Result<String, String> {
    String::from_utf8(git_bytes(arguments)?).map_err(|_| "git printed something that is not text".to_owned())
}

fn git_bytes(arguments: &[&str]) -> Result<Vec<u8>, String> {
    let output = Command::new("git").args(arguments).output().map_err(|why| format!("git cannot be run: {why}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let talk = String::from_utf8_lossy(&output.stderr);
    Err(talk.lines().next().unwrap_or("git failed").trim_start_matches("fatal: ").to_owned())
}

/// Returns the version of the crate in the work tree.
pub(super) fn work_tree_version() -> Option<Version> {
    fs::read_to_string(workspace_path("Cargo.toml")).ok().and_then(|text| version(&text))
}

/// Returns the version of the crate in a `Cargo.toml`.
fn version(manifest: &str) -> Option<Version> {
    let manifest: toml::Table = manifest.parse().ok()?;
    let package = |table: &toml::Table| Some(table.get("package")?.get("version")?.as_str()?.to_owned());
    let found =
        manifest.get("workspace").and_then(toml::Value::as_table).and_then(package).or_else(|| package(&manifest))?;
    Version::parse(&found).ok()
}

/// The same description on both sides, or one that only one side has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair<'a> {
    pub(super) base: Option<&'a Document>,
    pub(super) head: Option<&'a Document>,
}

impl Pair<'_> {
    pub(super) fn diff(&self) -> Result<Vec<Finding>, Problem> {
        match (self.base, self.head) {
            (Some(base), Some(head)) => diff(base, head),
            (Some(base), None) => removed(base).map(|finding| vec![finding]),
            (None, Some(head)) => added(head).map(|finding| vec![finding]),
            (None, None) => Ok(Vec::new()),
        }
    }
}

pub(super) fn pairs<'a>(base: &'a Source, head: &'a Source) -> Result<Vec<Pair<'a>>, Unusable> {
    if let (true, [base], true, [head]) =
        (base.is_file, base.documents.as_slice(), head.is_file, head.documents.as_slice())
    {
        return Ok(vec![Pair { base: Some(base), head: Some(head) }]);
    }
    if base.is_file != head.is_file {
        let (file, folder) = if base.is_file { (base, head) } else { (head, base) };
        return Err(Unusable::Argument(format!(
            "{} is one description and {} is a folder of them; give two files, or two folders",
            file.name, folder.name
        )));
    }
    let name = |document: &Document| document.path().file_name().map(PathBuf::from).unwrap_or_default();
    let find = |side: &'a Source, wanted: &Path| side.documents.iter().find(|document| name(document) == wanted);
    let both = base.documents.iter().map(|document| Pair { base: Some(document), head: find(head, &name(document)) });
    let new = head.documents.iter().filter(|document| find(base, &name(document)).is_none());
    Ok(both.chain(new.map(|document| Pair { base: None, head: Some(document) })).collect())
}
