//! The site: makes all pages, and writes them into a folder.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use heck::ToUpperCamelCase as _;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value as Data, context, value::Serde};
use plex_tv_openapi::{Operation, Problem, pointer::join};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    book::{Book, Module, operation_page},
    check::broken_links,
    example,
    ids::{Difference, Ledger, faults},
    markdown::{self, Pages},
    operation::{OperationPage, Uses, confidence_means, uses},
    rust::shown,
    schema::{Row, Rows, properties, rust_pieces, values, wire_pieces},
    text::{Code, Piece, Text, anchor, breakable, escaped},
};

/// The ledger of pages, relative to the workspace.
const LEDGER: &str = "tools/docs/pages.txt";
/// The address of the sandbox on the start page.
const SANDBOX: &str = "http://127.0.0.1:8080";
/// The made-up token of the sandbox account.
const SANDBOX_TOKEN: &str = "sandbox-account-0001";
/// Documents apart from the guides: the file and its page.
const DOCUMENTS: [(&str, &str); 3] = [
    ("plex-tv-sandbox/README.md", "guides/sandbox.html"),
    ("openapi/README.md", "guides/descriptions.html"),
    ("SECURITY.md", "guides/security.html"),
];

const TEMPLATES: [(&str, &str); 19] = [
    ("document.html", include_str!("../templates/document.html")),
    ("errors.html", include_str!("../templates/errors.html")),
    ("errors.md", include_str!("../templates/errors.md")),
    ("layout.html", include_str!("../templates/layout.html")),
    ("llms.txt", include_str!("../templates/llms.txt")),
    ("macros.html", include_str!("../templates/macros.html")),
    ("macros.md", include_str!("../templates/macros.md")),
    ("module.html", include_str!("../templates/module.html")),
    ("module.md", include_str!("../templates/module.md")),
    ("nav.html", include_str!("../templates/nav.html")),
    ("operation.html", include_str!("../templates/operation.html")),
    ("operation.md", include_str!("../templates/operation.md")),
    ("pages.html", include_str!("../templates/pages.html")),
    ("redirect.html", include_str!("../templates/redirect.html")),
    ("source.html", include_str!("../templates/source.html")),
    ("start.html", include_str!("../templates/start.html")),
    ("start.md", include_str!("../templates/start.md")),
    ("type.html", include_str!("../templates/type.html")),
    ("type.md", include_str!("../templates/type.md")),
];

const ASSETS: [(&str, &str); 3] = [
    ("icon.svg", include_str!("../assets/icon.svg")),
    ("site.js", include_str!("../assets/site.js")),
    ("style.css", include_str!("../assets/style.css")),
];

/// Settings of a site.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the rustdoc pages are: an address, or a folder of the site such as `rustdoc/`.
    pub rustdoc: String,
    /// The address at which the site is published, for the sitemap, such as
    /// `https://example.com/docs/`.
    pub address: String,
    /// Whether pages have a form that sends the call, for a site that is served with a sandbox.
    pub try_it: bool,
}

impl Default for Settings {
    fn default() -> Self {
        let rustdoc = concat!("https://docs.rs/plex-tv-sdk/", env!("CARGO_PKG_VERSION")).to_owned();
        Self { rustdoc, address: "/".to_owned(), try_it: false }
    }
}

/// A whole site, in memory.
#[derive(Debug)]
pub struct Site {
    root: PathBuf,
    rustdoc: String,
    files: BTreeMap<String, Vec<u8>>,
    /// The pages that must keep their address; those of operations have their method and address.
    pages: BTreeMap<String, Option<String>>,
    ledger: Ledger,
    difference: Difference,
    /// Links in documents that lead nowhere.
    broken: Vec<Problem>,
    summary: String,
}

impl Site {
    /// Makes the site of the workspace at `root`.
    ///
    /// # Errors
    /// If a description, a generated file, a source of the SDK, a document or the ledger cannot be
    /// read.
    pub fn build(root: &Path, settings: &Settings) -> Result<Self, Vec<Problem>> {
        let book = Book::load(root, &settings.rustdoc)?;
        let mut builder = Builder::new(&book, settings).map_err(one)?;
        builder.all().map_err(one)?;
        let Builder { mut files, entries, env, broken, .. } = builder;
        let operations: BTreeMap<String, String> = book
            .modules
            .iter()
            .flat_map(|module| module.operations.iter().map(move |operation| (module, operation)))
            .map(|(module, operation)| {
                (
                    operation_page(&operation.id),
                    format!("{} {}{}", operation.method, module.base(operation), operation.path),
                )
            })
            .collect();
        let pages: BTreeMap<_, _> =
            entries.iter().map(|entry| (entry.href.clone(), operations.get(&entry.href).cloned())).collect();
        let file = root.join(LEDGER);
        let ledger = match fs::read_to_string(&file) {
            Ok(text) => Ledger::parse(&text).map_err(one)?,
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ledger::default(),
            Err(why) => return Err(one(Problem::new(&file, "unreadable", why.to_string(), "check its permissions"))),
        };
        let difference = ledger.difference(&pages);
        let mut updated = ledger.clone();
        updated.update(&pages, &difference);
        for (old, new) in updated.redirects().filter(|(_, new)| pages.contains_key(*new)) {
            let html = render(&env, "redirect.html", context!(to => new)).map_err(one)?;
            files.insert(old.to_owned(), rooted(&html, old).into_bytes());
            let (old, new) = (old.replace(".html", ".md"), new.replace(".html", ".md"));
            if files.contains_key(&new) {
                let text = rooted(&format!("# Moved\n\nThis page is now [{new}](@/{new}).\n"), &old);
                files.insert(old, text.into_bytes());
            }
        }
        let types: usize = book.modules.iter().map(|module| module.components().count()).sum();
        let summary = format!(
            "{} pages: {} operations, {types} types, {} others, {} redirects",
            pages.len(),
            operations.len(),
            pages.len() - operations.len() - types,
            updated.redirects().count(),
        );
        Ok(Self {
            root: root.to_owned(),
            rustdoc: settings.rustdoc.clone(),
            files,
            pages,
            ledger,
            difference,
            broken,
            summary,
        })
    }

    /// Returns the files of the site, by their address.
    #[must_use]
    pub fn files(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.files
    }

    /// Returns the addresses of the pages, without redirects.
    pub fn pages(&self) -> impl Iterator<Item = &str> {
        self.pages.keys().map(String::as_str)
    }

    /// Returns the number of pages of each kind, as text.
    #[must_use]
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// Returns the broken links. Links to rustdoc are only checked if `rustdoc` is given, the
    /// folder that `cargo doc` wrote.
    #[must_use]
    pub fn broken_links(&self, rustdoc: Option<&Path>) -> Vec<Problem> {
        let base = format!("{}/", self.rustdoc.trim_end_matches('/'));
        let on_pages = broken_links(&self.files, rustdoc.map(|folder| (base.as_str(), folder)));
        self.broken.iter().cloned().chain(on_pages).collect()
    }

    /// Returns the differences from the ledger: pages that it does not have or has under another
    /// address, and pages that were removed without a redirect.
    #[must_use]
    pub fn stale_ids(&self) -> Vec<Problem> {
        faults(&self.difference)
    }

    /// Adds new and renamed pages to the ledger.
    ///
    /// # Errors
    /// If pages were removed without a redirect, or the ledger cannot be written.
    pub fn update_ledger(&self) -> Result<(), Vec<Problem>> {
        let lost = Difference { lost: self.difference.lost.clone(), ..Difference::default() };
        if !lost.lost.is_empty() {
            return Err(faults(&lost));
        }
        let mut ledger = self.ledger.clone();
        ledger.update(&self.pages, &self.difference);
        if ledger == self.ledger {
            return Ok(());
        }
        let file = self.root.join(LEDGER);
        write_atomically(&file, ledger.text().as_bytes()).map_err(|why| one(unwritable(&file, &why)))
    }

    /// Writes the site into a folder, and removes files that an older site left there.
    ///
    /// # Errors
    /// If the folder contains something other than a site, or cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), Problem> {
        let mut old = BTreeSet::new();
        list(folder, folder, &mut old).map_err(|why| unwritable(folder, &why))?;
        if !old.is_empty() && !old.contains("llms.txt") {
            let what = "this folder contains something other than a site";
            return Err(Problem::new(folder, "output", what, "name an empty or a new folder with --out"));
        }
        for (path, bytes) in &self.files {
            let file = folder.join(path);
            let is_same = old.remove(path) && fs::read(&file).is_ok_and(|found| found == *bytes);
            if !is_same {
                let parent = file.parent().unwrap_or(folder);
                let written = fs::create_dir_all(parent).and_then(|()| fs::write(&file, bytes));
                written.map_err(|why| unwritable(&file, &why))?;
            }
        }
        // The folder `rustdoc` is not part of the site.
        for path in old.iter().filter(|path| !path.starts_with("rustdoc/")) {
            let file = folder.join(path);
            fs::remove_file(&file).map_err(|why| unwritable(&file, &why))?;
        }
        Ok(())
    }
}

fn one(problem: Problem) -> Vec<Problem> {
    vec![problem]
}

fn unwritable(path: &Path, why: &io::Error) -> Problem {
    Problem::new(path, "output", format!("it cannot be written: {why}"), "check the path and its permissions")
}

fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(bytes)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    file.persist(path)?;
    Ok(())
}

/// Lists the files below a folder, with `/` as the separator.
fn list(root: &Path, folder: &Path, found: &mut BTreeSet<String>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(why) => return Err(why),
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            list(root, &entry.path(), found)?;
        } else if let Ok(path) = entry.path().strip_prefix(root) {
            let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
            found.insert(parts.join("/"));
        }
    }
    Ok(())
}

/// Replaces `@/` at the beginning of addresses with the path from a page to the root.
fn rooted(html: &str, page: &str) -> String {
    let up = "../".repeat(page.matches('/').count());
    let before = ["\"", "](", "]: ", "url="];
    before.iter().fold(html.to_owned(), |html, before| html.replace(&format!("{before}@/"), &format!("{before}{up}")))
}

fn render(env: &Environment<'_>, name: &str, data: Data) -> Result<String, Problem> {
    let rendered = env.get_template(name).and_then(|template| template.render(data));
    rendered.map_err(|why| Problem::new(name, "template", format!("{why:#}"), "fix the template"))
}

/// A page in lists of pages.
#[derive(Clone, Debug, Serialize)]
struct Entry {
    kind: &'static str,
    text: String,
    href: String,
    about: String,
    /// Words by which the search finds it, apart from its name.
    words: String,
}

/// A call in lists of calls.
#[derive(Clone, Debug, Serialize)]
struct Listed {
    id: String,
    title: String,
    method: String,
    path: String,
    page: String,
    mark: Option<&'static str>,
}

impl Listed {
    fn new(module: &Module, operation: &Operation) -> Self {
        let node = module.document.value().pointer(&operation.pointer).unwrap_or(&Value::Null);
        let own = module.document.value()["servers"][0]["url"].as_str().unwrap_or_default().trim_end_matches('/');
        let base = module.base(operation);
        let is_retired = operation.deprecated && node["responses"].get("410").is_some();
        Self {
            id: operation.id.clone(),
            title: node["summary"].as_str().unwrap_or(&operation.id).to_owned(),
            method: operation.method.clone(),
            path: if base == own { operation.path.clone() } else { format!("{base}{}", operation.path) },
            page: operation_page(&operation.id),
            mark: match (is_retired, operation.deprecated, operation.unstable) {
                (true, ..) => Some("retired"),
                (_, true, _) => Some("deprecated"),
                (_, _, true) => Some("low confidence"),
                _ => None,
            },
        }
    }
}

#[derive(Debug, Serialize)]
struct Tag {
    name: String,
    anchor: String,
    about: Text,
    operations: Vec<Listed>,
}

struct Builder<'a> {
    book: &'a Book,
    settings: &'a Settings,
    env: Environment<'static>,
    files: BTreeMap<String, Vec<u8>>,
    entries: Vec<Entry>,
    guides: Vec<Piece>,
    examples: Vec<Piece>,
    /// The navigation of each module, and of pages outside of modules under the empty name.
    navs: BTreeMap<String, String>,
    /// Links in documents that lead nowhere.
    broken: Vec<Problem>,
}

/// Everything on a page apart from its content.
struct Frame<'t> {
    page: &'t str,
    title: &'t str,
    summary: &'t str,
    /// The module that the navigation shows; empty for none.
    module: &'t str,
    has_markdown: bool,
}

impl<'a> Builder<'a> {
    fn new(book: &'a Book, settings: &'a Settings) -> Result<Self, Problem> {
        let mut env = Environment::new();
        env.set_undefined_behavior(UndefinedBehavior::Strict);
        // The built-in formatter also escapes slashes, which makes pages larger and harder to read.
        env.set_formatter(|out, state, value| match value.as_str() {
            Some(text) if *state.auto_escape() == AutoEscape::Html && !value.is_safe() => {
                Ok(out.write_str(&escaped(text))?)
            }
            _ => minijinja::escape_formatter(out, state, value),
        });
        env.add_filter("cell", |text: String| text.replace('\n', " ").replace('|', "\\|"));
        env.add_filter("breakable", |text: String| Data::from_safe_string(breakable(&text)));
        env.add_filter("md", |href: String| href.replace(".html", ".md"));
        for (name, text) in TEMPLATES {
            env.add_template(name, text)
                .map_err(|why| Problem::new(name, "template", format!("{why:#}"), "fix the template"))?;
        }
        Ok(Self {
            book,
            settings,
            env,
            files: BTreeMap::new(),
            entries: Vec::new(),
            guides: Vec::new(),
            examples: Vec::new(),
            navs: BTreeMap::new(),
            broken: Vec::new(),
        })
    }

    fn all(&mut self) -> Result<(), Problem> {
        let (documents, pages) = self.documents()?;
        for module in self.book.modules.iter().map(|module| module.name.as_str()).chain([""]) {
            let nav = self.nav(module)?;
            self.navs.insert(module.to_owned(), nav);
        }
        self.start()?;
        for (file, page, text) in &documents {
            self.document(&pages, file, page, text)?;
        }
        self.example_pages()?;
        self.errors()?;
        for module in &self.book.modules {
            self.module(module)?;
        }
        for (name, text) in ASSETS {
            self.files.insert(name.to_owned(), text.as_bytes().to_vec());
        }
        if self.settings.try_it {
            self.files.insert("try.js".to_owned(), include_bytes!("../assets/try.js").to_vec());
        }
        self.lists()
    }

    /// Adds a page, and its Markdown if there is any.
    fn page(&mut self, frame: &Frame<'_>, template: &str, data: Data, markdown: Option<String>) -> Result<(), Problem> {
        let here = format!("href=\"@/{}\"", frame.page);
        let nav = self.navs.get(frame.module).map(String::as_str).unwrap_or_default();
        let nav = nav.replace(&here, &format!("{here} aria-current=\"page\""));
        let markdown_page = frame.has_markdown.then(|| frame.page.replace(".html", ".md"));
        let around = context!(
            title => frame.title, summary => frame.summary, nav => nav,
            markdown_page => markdown_page.clone(), try_it => self.settings.try_it,
        );
        let html = render(&self.env, template, context!(..data, ..around))?;
        self.files.insert(frame.page.to_owned(), rooted(&html, frame.page).into_bytes());
        if let (Some(page), Some(markdown)) = (markdown_page, markdown) {
            self.files.insert(page, rooted(&markdown, frame.page).into_bytes());
        }
        Ok(())
    }

    fn entry(&mut self, kind: &'static str, text: &str, href: &str, about: &str, words: String) {
        let entry = Entry { kind, text: text.to_owned(), href: href.to_owned(), about: about.to_owned(), words };
        self.entries.push(entry);
    }

    fn nav(&self, open: &str) -> Result<String, Problem> {
        let modules = self.book.modules.iter().map(|module| {
            context!(
                page => module.page(), title => module.title(), is_open => module.name == open,
                tags => Serde(self.tags(module, false)),
            )
        });
        let guides = Serde(&self.guides);
        render(&self.env, "nav.html", context!(guides => guides, modules => modules.collect::<Vec<_>>()))
    }

    fn tags(&self, module: &Module, with_text: bool) -> Vec<Tag> {
        let listed = module.document.value()["tags"].as_array().into_iter().flatten();
        let tags = listed.map(|tag| {
            let name = tag["name"].as_str().unwrap_or_default();
            let operations = module.operations.iter().filter(|operation| operation.tag == name);
            let about = tag["description"].as_str().filter(|_| with_text).unwrap_or_default();
            Tag {
                name: name.to_owned(),
                anchor: anchor(name),
                about: markdown::text(self.book, module, about),
                operations: operations.map(|operation| Listed::new(module, operation)).collect(),
            }
        });
        tags.filter(|tag| !tag.operations.is_empty()).collect()
    }

    /// Returns the documents with their pages, and the page of each file that links may point to.
    #[allow(clippy::type_complexity, reason = "read in one place")]
    fn documents(&mut self) -> Result<(Vec<(PathBuf, String, String)>, Pages), Problem> {
        let root = &self.book.root;
        let read = |file: &Path| {
            let mend = "check the path and its permissions";
            fs::read_to_string(root.join(file))
                .map_err(|why| Problem::new(file, "unreadable", format!("it cannot be read: {why}"), mend))
        };
        let mut pages = Pages::new();
        let mut documents = Vec::new();
        // In the order of rustdoc.
        let order = fs::read_to_string(root.join("plex-tv-sdk/src/guides.rs")).unwrap_or_default();
        let mut names = files_of(&root.join("plex-tv-sdk/guides"), "md");
        names.sort_by_key(|name| order.find(&format!("/{name}\"")).unwrap_or(usize::MAX));
        let guides = names.into_iter().map(|name| {
            let page = format!("guides/{}.html", name.trim_end_matches(".md"));
            (Path::new("plex-tv-sdk/guides").join(name), page)
        });
        let others = DOCUMENTS.iter().map(|(file, page)| (PathBuf::from(file), (*page).to_owned()));
        let changes = (PathBuf::from("CHANGELOG.md"), "changes.html".to_owned());
        for (file, page) in guides.chain(others).chain([changes]) {
            let text = read(&file)?;
            let title = text.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or("Untitled").to_owned();
            if page.starts_with("guides/") {
                self.guides.push(Piece::link(title.replace('`', ""), page.clone()));
            }
            pages.insert(file.clone(), page.clone());
            documents.push((file, page, text));
        }
        for name in files_of(&root.join("plex-tv-sdk/examples"), "rs") {
            let page = format!("examples/{}.html", name.trim_end_matches(".rs"));
            self.examples.push(Piece::link(name.trim_end_matches(".rs"), page.clone()));
            pages.insert(Path::new("plex-tv-sdk/examples").join(name), page);
        }
        for module in &self.book.modules {
            pages.insert(Path::new("openapi").join(&module.file), module.source_page(1));
        }
        pages.insert(PathBuf::from("README.md"), "index.html".to_owned());
        pages.insert(PathBuf::from("plex-tv-sandbox"), "guides/sandbox.html".to_owned());
        pages.insert(PathBuf::from("openapi"), "guides/descriptions.html".to_owned());
        Ok((documents, pages))
    }

    fn document(&mut self, pages: &Pages, file: &Path, page: &str, text: &str) -> Result<(), Problem> {
        let rendered = markdown::document(self.book, pages, file, text);
        for link in rendered.broken_links() {
            let what = format!("`{link}` has no page on the site and is no public item");
            self.broken.push(Problem::new(file, "broken-link", what, "fix the link, or use a full address"));
        }
        let markdown = rendered.markdown(text);
        let title = if page == "changes.html" { "Changes".to_owned() } else { rendered.title };
        let frame = Frame { page, title: &title, summary: &rendered.summary, module: "", has_markdown: true };
        let words = rendered.headings.iter().map(|(_, title)| title.as_str()).collect::<Vec<_>>().join(" ");
        let headings: Vec<_> = rendered.headings.iter().collect();
        let data = context!(headings => Serde(headings), html => rendered.html);
        self.page(&frame, "document.html", data, Some(markdown))?;
        let kind = if page == "changes.html" { "page" } else { "guide" };
        self.entry(kind, &title, page, &rendered.summary, words);
        Ok(())
    }

    fn example_pages(&mut self) -> Result<(), Problem> {
        for example in self.examples.clone() {
            let page = example.href.unwrap_or_default();
            let file = format!("plex-tv-sdk/examples/{}.rs", example.text);
            let text = fs::read_to_string(self.book.root.join(&file)).unwrap_or_default();
            let about = text.lines().take_while(|line| line.starts_with("//!"));
            let about: Vec<_> = about.map(|line| line.trim_start_matches("//!").trim()).collect();
            let markdown = format!(
                "# Example: `{}`\n\n{}\n\nRun it with `cargo run --example {}`. The source is `{file}`.\n\n```rust,no_run\n{text}```\n",
                example.text,
                about.join("\n"),
                example.text,
            );
            let rendered = markdown::document(self.book, &Pages::new(), Path::new(&file), &markdown);
            let title = rendered.title.as_str();
            let frame = Frame { page: &page, title, summary: &rendered.summary, module: "", has_markdown: true };
            let headings: Vec<(String, String)> = Vec::new();
            let data = context!(headings => Serde(headings), html => rendered.html);
            self.page(&frame, "document.html", data, Some(markdown))?;
            self.entry("example", title, &page, &rendered.summary, String::new());
        }
        Ok(())
    }

    fn start(&mut self) -> Result<(), Problem> {
        let modules = self.book.modules.iter().map(|module| {
            json!({
                "title": module.title(), "page": module.page(), "name": module.name,
                "count": module.operations.len(),
            })
        });
        let readme = self.book.root.join("README.md");
        let (cargo_toml, first_program) = first_program(&readme)?;
        let levels = ["high", "medium", "low"].map(|level| (level.to_owned(), json!(confidence_means(level))));
        let curl = |lines: &[&str]| Code::plain("sh", lines.join(" \\\n  "));
        let accept = "-H 'Accept: application/json'";
        let client = "-H 'X-Plex-Client-Identifier: c0ffee-desk-01'";
        let it = json!({
            "operations": self.book.modules.iter().map(|module| module.operations.len()).sum::<usize>(),
            "modules": modules.collect::<Vec<_>>(),
            "guides": self.guides,
            "examples": self.examples,
            "sandbox_url": SANDBOX,
            "confidence": Value::Object(levels.into_iter().collect()),
            "start_sandbox": Code::plain("sh", "cargo run -p plex-tv-sandbox -- --port 8080"),
            "first_call": Code::plain("sh", format!(
                "export PLEX_TOKEN={SANDBOX_TOKEN}\ncurl {SANDBOX}/api/v2/user \\\n  {accept} \\\n  {client} \\\n  -H \"X-Plex-Token: $PLEX_TOKEN\""
            )),
            "create_pin": curl(&[&format!("curl -X POST '{SANDBOX}/api/v2/pins?strong=true'"), accept, client]),
            "approve_pin": Code::plain("sh", format!("curl -d code=CODE {SANDBOX}/sandbox/approve")),
            "poll_pin": curl(&[&format!("curl {SANDBOX}/api/v2/pins/ID"), accept, client]),
            "cargo_toml": Code::plain("toml", cargo_toml),
            "first_program": Code::plain("rust", shown(&first_program)),
            "sandbox_client": Code::plain("rust", without_lints(include_str!("../examples/first_call.rs"))),
        });
        let summary = "A Rust client for the Plex.tv cloud API, and the reference of that API.";
        let frame = Frame { page: "index.html", title: "Start", summary, module: "", has_markdown: true };
        let data = context!(it => Serde(&it));
        let markdown = render(&self.env, "start.md", data.clone())?;
        self.page(&frame, "start.html", data, Some(markdown))?;
        self.entry("page", "Start", "index.html", summary, "sign in first call curl token".to_owned());
        Ok(())
    }

    fn errors(&mut self) -> Result<(), Problem> {
        let mut uses = BTreeMap::<u64, Vec<Piece>>::new();
        for module in &self.book.modules {
            for operation in &module.operations {
                let node = module.document.value().pointer(&operation.pointer).unwrap_or(&Value::Null);
                let errors = node["x-plex-errors"].as_array().into_iter().flatten();
                let codes: BTreeSet<u64> = errors.filter_map(|error| error["code"].as_u64()).collect();
                for code in codes {
                    let piece = Piece::link(operation.id.clone(), operation_page(&operation.id));
                    uses.entry(code).or_default().push(piece);
                }
            }
        }
        let sdk = &self.book.sdk;
        let none = Vec::new();
        let known = sdk.codes.iter().map(|(number, code)| (*number, code.variant.clone(), code.meaning.clone()));
        let unknown = uses.keys().filter(|code| !sdk.codes.contains_key(code));
        let unknown = unknown.map(|code| (*code, "Other".to_owned(), "see the operations".to_owned()));
        let codes: BTreeMap<u64, _> = known
            .chain(unknown)
            .map(|(number, variant, meaning)| {
                let uses = uses.get(&number).unwrap_or(&none);
                (number, json!({ "number": number, "variant": variant, "meaning": meaning, "uses": uses }))
            })
            .collect();
        let module = self.book.modules.first();
        let predicates = sdk.predicates.iter().map(|(name, about)| {
            let text = about.replace("[`", "`").replace("`]", "`");
            let html = module.map(|module| markdown::text(self.book, module, &text).html).unwrap_or_default();
            let href = sdk.rustdoc(&format!("Error::{name}")).unwrap_or_else(|| sdk.rustdoc_page("struct.Error.html"));
            json!({ "name": name, "about": html, "markdown": text, "href": href })
        });
        let it = json!({
            "codes": codes.values().collect::<Vec<_>>(),
            "predicates": predicates.collect::<Vec<_>>(),
            "code_href": sdk.rustdoc_page("struct.Error.html#method.code"),
            "error_href": sdk.rustdoc_page("struct.Error.html"),
        });
        let summary = "What plex.tv's error codes mean, and the predicates that recognize them.";
        let frame = Frame { page: "errors.html", title: "Error codes", summary, module: "", has_markdown: true };
        let data = context!(it => Serde(&it));
        let markdown = render(&self.env, "errors.md", data.clone())?;
        self.page(&frame, "errors.html", data, Some(markdown))?;
        self.entry("page", "Error codes", "errors.html", summary, String::new());
        for (number, code) in &codes {
            let text = format!("{number}: {}", code["meaning"].as_str().unwrap_or_default());
            let words = code["variant"].as_str().unwrap_or_default().to_owned();
            self.entry("error code", &text, &format!("errors.html#code-{number}"), "", words);
        }
        Ok(())
    }

    fn module(&mut self, module: &Module) -> Result<(), Problem> {
        let root = module.document.value();
        let about = root["info"]["description"].as_str().unwrap_or_default();
        let tags = self.tags(module, true);
        let types = module.components().map(|name| json!({ "name": name, "page": module.type_page(name) }));
        let hosts = module
            .hosts
            .iter()
            .map(|host| format!("https://{}{}", host.host.as_deref().unwrap_or_default(), host.base_path));
        let it = json!({
            "title": module.title(), "module": module.name, "feature": module.feature,
            "count": module.operations.len(), "about": markdown::text(self.book, module, about), "tags": tags,
            "types": types.collect::<Vec<_>>(), "hosts": hosts.collect::<Vec<_>>(),
            "source": module.source_page(1), "source_file": format!("openapi/{}", module.file),
            "file": format!("{}/{}", module.name, module.file), "rustdoc": self.book.sdk.rustdoc(&module.name),
        });
        let page = module.page();
        let summary = about.split(". ").next().unwrap_or_default().to_owned();
        let frame =
            Frame { page: &page, title: module.title(), summary: &summary, module: &module.name, has_markdown: true };
        let data = context!(it => Serde(&it));
        let markdown = render(&self.env, "module.md", data.clone())?;
        self.page(&frame, "module.html", data, Some(markdown))?;
        self.entry("description", module.title(), &page, &summary, format!("{} {}", module.name, module.file));
        let examples = self.operations(module)?;
        self.types(module, &examples)?;
        self.source(module)
    }

    /// Adds the pages of the operations. Returns the example of each named schema: its operation
    /// and its pointer in the description.
    fn operations(&mut self, module: &Module) -> Result<BTreeMap<String, (String, String)>, Problem> {
        let mut examples = BTreeMap::new();
        for operation in &module.operations {
            let op = OperationPage::new(self.book, module, operation);
            let page = op.path_of_page.clone();
            let title = op.title.clone();
            let summary = format!("{} {}: {title}", op.method, op.path);
            let verbs: Vec<_> = op.verbs.iter().map(|verb| verb.call.as_str()).collect();
            let verbs = verbs.join(" ");
            let words = format!("{} {} {}{} {} {verbs}", op.id, op.method, op.host, op.path, operation.rust_name);
            let frame =
                Frame { page: &page, title: &title, summary: &summary, module: &module.name, has_markdown: true };
            let error_href = self.book.sdk.rustdoc_page("struct.Error.html");
            let data = context!(op => Serde(&op), error_href => error_href);
            let markdown = render(&self.env, "operation.md", data.clone())?;
            self.page(&frame, "operation.html", data, Some(markdown))?;
            self.entry("operation", &title, &page, &format!("{} {}", op.method, op.path), words);
            find_examples(module, operation, &mut examples);
        }
        Ok(examples)
    }

    fn types(&mut self, module: &Module, examples: &BTreeMap<String, (String, String)>) -> Result<(), Problem> {
        let uses = uses(module);
        for name in module.components() {
            let it = type_page(self.book, module, name, uses.get(name), examples.get(name));
            let page = module.type_page(name);
            let summary = it.about.markdown.clone();
            let title = format!("{name} ({})", module.title());
            let words = format!(
                "{} {}",
                it.rust_name.clone().unwrap_or_default(),
                it.rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>().join(" ")
            );
            let frame =
                Frame { page: &page, title: &title, summary: &summary, module: &module.name, has_markdown: true };
            let data = context!(it => Serde(&it));
            let markdown = render(&self.env, "type.md", data.clone())?;
            self.page(&frame, "type.html", data, Some(markdown))?;
            self.entry("type", name, &page, module.title(), words);
        }
        Ok(())
    }

    fn source(&mut self, module: &Module) -> Result<(), Problem> {
        let file = format!("{}/{}", module.name, module.file);
        self.files.insert(file.clone(), module.document.text().as_bytes().to_vec());
        let parts = module.source_pages();
        let named = parts.iter().map(|(first, lines)| {
            json!({ "page": module.source_page(*first), "name": format!("{first}–{}", first + lines.len().saturating_sub(1)) })
        });
        let named: Vec<_> = named.collect();
        for (first, lines) in &parts {
            let page = module.source_page(*first);
            let source_file = format!("openapi/{}", module.file);
            let it = json!({
                "module_page": module.page(), "module_title": module.title(), "source_file": source_file,
                "first": first, "last": first + lines.len().saturating_sub(1), "lines": lines, "page": page,
                "parts": named, "file": file,
            });
            let title = format!("{source_file}, from line {first}");
            let summary = format!("The description itself: {}", module.title());
            let frame =
                Frame { page: &page, title: &title, summary: &summary, module: &module.name, has_markdown: false };
            self.page(&frame, "source.html", context!(it => Serde(&it)), None)?;
            self.entry("source", &title, &page, &summary, String::new());
        }
        Ok(())
    }

    /// Adds the lists of all pages: for people, programs, search engines, and the search box.
    fn lists(&mut self) -> Result<(), Problem> {
        self.entry("page", "All pages", "pages.html", "Every page of the reference.", String::new());
        let index =
            self.entries.iter().map(|entry| json!([entry.kind, entry.text, entry.href, entry.about, entry.words]));
        let index = format!("window.referenceIndex = {};\n", Value::Array(index.collect()));
        self.files.insert("search.js".to_owned(), index.into_bytes());
        // Error codes are parts of a page, not pages.
        self.entries.retain(|entry| !entry.href.contains('#'));
        let kinds = [
            ("page", "Pages"),
            ("guide", "Guides"),
            ("example", "Examples"),
            ("description", "Descriptions"),
            ("operation", "Operations"),
            ("type", "Types"),
            ("source", "Text of the descriptions"),
        ];
        let groups: Vec<_> = kinds
            .iter()
            .map(|(kind, name)| {
                let mut pages: Vec<_> = self.entries.iter().filter(|entry| entry.kind == *kind).collect();
                if *kind == "type" {
                    pages.sort_by(|one, other| (&one.text, &one.href).cmp(&(&other.text, &other.href)));
                }
                json!({ "name": name, "anchor": anchor(name), "pages": pages })
            })
            .collect();
        let operations: usize = self.book.modules.iter().map(|module| module.operations.len()).sum();
        let site = format!("{}/", self.settings.address.trim_end_matches('/'));
        let in_markdown: Vec<_> = groups.iter().filter(|group| group["anchor"] != "Text-of-the-descriptions").collect();
        let without_list = |group: &Value| {
            let mut group = group.clone();
            if let Some(pages) = group["pages"].as_array_mut() {
                pages.retain(|page| page["href"] != "pages.html");
            }
            group
        };
        let in_markdown: Vec<_> = in_markdown.into_iter().map(without_list).collect();
        let data = context!(groups => Serde(in_markdown), operations => operations, site => site.clone());
        let llms = render(&self.env, "llms.txt", data)?;
        self.files.insert("llms.txt".to_owned(), llms.into_bytes());
        let summary = "Every page of the reference.";
        let frame = Frame { page: "pages.html", title: "All pages", summary, module: "", has_markdown: false };
        self.page(&frame, "pages.html", context!(groups => Serde(&groups)), None)?;
        let mut pages: Vec<&str> = self.entries.iter().map(|entry| entry.href.as_str()).collect();
        pages.sort_unstable();
        let places: String = pages.iter().map(|page| format!("<url><loc>{site}{page}</loc></url>\n")).collect();
        let sitemap = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{places}</urlset>\n"
        );
        self.files.insert("sitemap.xml".to_owned(), sitemap.into_bytes());
        Ok(())
    }
}

/// Returns the sorted names of the files in a folder; none if the folder does not exist.
fn files_of(folder: &Path, extension: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut names: Vec<_> =
        names.filter(|name| Path::new(name).extension().is_some_and(|found| found == extension)).collect();
    names.sort();
    names
}

/// Removes the line for the lints of this workspace from a program.
fn without_lints(program: &str) -> String {
    program.lines().filter(|line| !line.starts_with("#![allow(clippy::")).map(|line| format!("{line}\n")).collect()
}

/// Returns the dependencies and the program under `A first program` in the README.
fn first_program(readme: &Path) -> Result<(String, String), Problem> {
    const HEADING: &str = "\n## A first program\n";
    let problem = |what: String| {
        let mend = "it needs a section `A first program` with a TOML block and a Rust block";
        Problem::new(readme, "readme", what, mend)
    };
    let text = fs::read_to_string(readme).map_err(|why| problem(format!("it cannot be read: {why}")))?;
    let section = text.split_once(HEADING).map(|(_, rest)| rest.split("\n## ").next().unwrap_or_default());
    let block = |open: &str| {
        let (_, rest) = section?.split_once(open)?;
        let (_, rest) = rest.split_once('\n')?;
        Some(rest.split_once("\n```")?.0.to_owned())
    };
    let found = block("```toml").zip(block("```rust"));
    found.ok_or_else(|| problem("the first program is missing".to_owned()))
}

/// Records where the named schemas of an operation have examples.
fn find_examples(module: &Module, operation: &Operation, found: &mut BTreeMap<String, (String, String)>) {
    let node = module.document.value().pointer(&operation.pointer).unwrap_or(&Value::Null);
    let replies = join(&operation.pointer, "responses");
    let replies =
        node["responses"].as_object().into_iter().flatten().map(|(status, reply)| (join(&replies, status), reply));
    let body = (join(&operation.pointer, "requestBody"), &node["requestBody"]);
    for (pointer, holder) in replies.chain([body]) {
        let (holder, pointer) = plex_tv_openapi::pointer::followed(module.document.value(), holder, pointer);
        for (media, content) in holder["content"].as_object().into_iter().flatten() {
            let Some(value) = content.get("example") else { continue };
            let pointer = join(&join(&join(&pointer, "content"), media), "example");
            note_examples(module, &content["schema"], value, pointer, &operation.id, found);
        }
    }
}

fn note_examples(
    module: &Module,
    schema: &Value,
    value: &Value,
    pointer: String,
    operation: &str,
    found: &mut BTreeMap<String, (String, String)>,
) {
    if value.is_null() {
        return;
    }
    if let Some(name) = crate::schema::component_name(schema) {
        // The largest example is the most useful. Smaller ones are not examined further.
        let size = |pointer: &str| module.document.value().pointer(pointer).map_or(0, |value| value.to_string().len());
        if found.get(name).is_some_and(|(_, known)| size(known) >= size(&pointer)) {
            return;
        }
        found.insert(name.to_owned(), (operation.to_owned(), pointer.clone()));
    }
    let target = crate::schema::inner(&module.document, schema);
    if let Some(items) = value.as_array() {
        for (index, item) in items.iter().enumerate() {
            note_examples(module, &target["items"], item, join(&pointer, &index.to_string()), operation, found);
        }
        return;
    }
    for property in properties(&module.document, schema) {
        if let Some(inner) = value.get(property.name) {
            note_examples(module, property.schema, inner, join(&pointer, property.name), operation, found);
        }
    }
    let entries = &target["additionalProperties"];
    for (name, inner) in value.as_object().into_iter().flatten().filter(|_| entries.is_object()) {
        note_examples(module, entries, inner, join(&pointer, name), operation, found);
    }
}

/// The content of a type's page.
#[derive(Debug, Serialize)]
struct TypePage {
    name: String,
    module: String,
    module_title: String,
    module_page: String,
    about: Text,
    wire: Vec<Piece>,
    rust_name: Option<String>,
    rust_inner: Option<Vec<Piece>>,
    keyword: &'static str,
    without_rust: &'static str,
    rustdoc: Option<String>,
    is_deprecated: bool,
    line: usize,
    line_href: String,
    source_file: String,
    values: Vec<String>,
    values_mean: &'static str,
    rows: Vec<Row>,
    keeps_unknown: bool,
    example: Option<Code>,
    example_of: String,
    example_page: String,
    operations: Vec<Listed>,
    types: Vec<Piece>,
}

fn type_page(
    book: &Book,
    module: &Module,
    name: &str,
    uses: Option<&Uses>,
    example: Option<&(String, String)>,
) -> TypePage {
    let root = module.document.value();
    let schema = &root["components"]["schemas"][name];
    let reference = json!({ "$ref": format!("#/components/schemas/{name}") });
    let rust_name = name.to_upper_camel_case();
    let rust = module.rust.types.get(&rust_name);
    let (line, line_href) = module.type_line(name);
    let value = example.and_then(|(_, pointer)| Some((pointer, root.pointer(pointer)?)));
    let operations = uses.map(|uses| uses.operations.as_slice()).unwrap_or_default();
    let without_rust = match (schema["type"].as_str(), name) {
        (Some("array"), _) => "A list. Calls and members use Vec or Rows of its items.",
        (_, "Flag") => "Flag, which is sent as 1 or 0.",
        (_, "ErrorList") => "Error, as the reason for a failure.",
        _ => "A plain value, which has no type of its own.",
    };
    TypePage {
        name: name.to_owned(),
        module: module.name.clone(),
        module_title: module.title().to_owned(),
        module_page: module.page(),
        about: markdown::text(book, module, schema["description"].as_str().unwrap_or_default()),
        wire: wire_pieces(module, schema),
        keyword: rust.map_or("struct", |rust| rust.keyword),
        rust_inner: rust.and_then(|rust| rust.inner.as_deref()).map(|inner| rust_pieces(module, inner)),
        without_rust,
        rustdoc: rust.and_then(|_| book.sdk.rustdoc(&format!("{}::types::{rust_name}", module.name))),
        rust_name: rust.map(|_| rust_name),
        is_deprecated: schema["deprecated"] == Value::Bool(true),
        line,
        line_href,
        source_file: format!("openapi/{}", module.file),
        values: values(schema),
        values_mean: if schema.get("x-extensible-enum").is_some() {
            "The list is open: plex.tv may send other values, which are kept unchanged."
        } else {
            "The list is closed: plex.tv refuses other values."
        },
        rows: Rows::up_to(
            book,
            module,
            "field",
            if schema["type"] == "array" { &Value::Null } else { &reference },
            value.map_or(&Value::Null, |(_, value)| value),
            0,
        ),
        keeps_unknown: schema["additionalProperties"].as_object().is_some_and(serde_json::Map::is_empty),
        example: value.map(|(pointer, value)| example::json(&module.document, pointer, value)),
        example_of: example.map(|(operation, _)| operation.clone()).unwrap_or_default(),
        example_page: example.map(|(operation, _)| operation_page(operation)).unwrap_or_default(),
        operations: operations
            .iter()
            .filter_map(|id| book.operation(id))
            .map(|(module, operation)| Listed::new(module, operation))
            .collect(),
        types: uses
            .map(|uses| uses.types.iter().map(|name| Piece::link(name.clone(), module.type_page(name))).collect())
            .unwrap_or_default(),
    }
}
