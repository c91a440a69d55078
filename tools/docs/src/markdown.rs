//! Converts Markdown to HTML: texts of descriptions, and whole documents such as guides.

use std::{
    collections::BTreeMap,
    path::{Component, Path, PathBuf},
};

use pulldown_cmark::{BrokenLink, CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use crate::{
    book::{Book, Module, operation_page},
    rust::{is_hidden, shown},
    text::{Text, anchor, escaped},
};

/// The target of links to unknown names.
const UNKNOWN: &str = "unknown:";

/// A converted document.
#[derive(Debug, Default)]
pub(crate) struct Rendered {
    pub(crate) html: String,
    /// The headings below the title, as pairs of anchor and text.
    pub(crate) headings: Vec<(String, String)>,
    /// The first heading.
    pub(crate) title: String,
    /// The first paragraph as plain text.
    pub(crate) summary: String,
    /// Links as they were written, with their targets, if they have one.
    links: Vec<(String, Option<String>)>,
}

impl Rendered {
    /// Returns the links that have no target.
    pub(crate) fn broken_links(&self) -> impl Iterator<Item = &str> {
        self.links.iter().filter(|(_, target)| target.is_none()).map(|(written, _)| written.as_str())
    }

    /// Returns the Markdown with its links changed to pages of the site, and without the lines of
    /// programs that rustdoc hides. Links without a target become plain text.
    pub(crate) fn markdown(&self, text: &str) -> String {
        let mut text = without_hidden_lines(text);
        // The definitions of links stand on lines of their own.
        for (written, target) in self.links.iter().filter_map(|(written, target)| Some((written, target.as_ref()?))) {
            text = text.replace(&format!("]: {written}\n"), &format!("]: {target}\n"));
        }
        for (written, target) in &self.links {
            let end = format!("]({written})");
            match target {
                Some(target) => text = text.replace(&end, &format!("]({target})")),
                None => {
                    while let Some((before, after)) = text.split_once(&end) {
                        let (before, named) = before.rsplit_once('[').unwrap_or((before, ""));
                        text = format!("{before}{named}{after}");
                    }
                }
            }
        }
        text
    }
}

/// Drops the lines of Rust programs that rustdoc hides.
fn without_hidden_lines(markdown: &str) -> String {
    let mut is_program = false;
    let lines = markdown.lines().filter(|line| {
        if line.starts_with("```") {
            is_program = !is_program && line.starts_with("```rust");
        }
        !is_program || !is_hidden(line)
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

/// The pages made from files of the workspace, by the path of the file.
pub(crate) type Pages = BTreeMap<PathBuf, String>;

/// Converts a text of a description. Names of operations and types in backticks become links.
pub(crate) fn text(book: &Book, module: &Module, markdown: &str) -> Text {
    let markdown = markdown.trim();
    let mut out = String::new();
    let events = Parser::new_ext(markdown, options()).map(|event| match event {
        Event::Code(code) => {
            let target = linked_name(book, Some(module), &code);
            target.map_or(Event::Code(code.clone()), |href| code_link(&code, &href))
        }
        other => other,
    });
    html::push_html(&mut out, events);
    let out = out.trim();
    let inline = out.strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>"));
    let html = inline.filter(|inline| !inline.contains("<p>")).unwrap_or(out).to_owned();
    Text { html, markdown: markdown.replace("\n", " ") }
}

/// Converts a Markdown file of the workspace.
pub(crate) fn document(book: &Book, pages: &Pages, file: &Path, markdown: &str) -> Rendered {
    // Resolves intra-doc links, as rustdoc does: `[`Client`]` and `[text](crate::Client)`.
    let mut resolve = |link: BrokenLink<'_>| {
        // A name in backticks is a link, even if the name is unknown.
        let is_code = link.reference.starts_with('`');
        let target = rustdoc(book, &link.reference).or_else(|| is_code.then(|| UNKNOWN.to_owned()))?;
        Some((CowStr::from(target), CowStr::from("")))
    };
    let parser = Parser::new_with_broken_link_callback(markdown, options(), Some(&mut resolve));
    let mut rendered = Rendered::default();
    let mut events = Vec::new();
    let mut heading: Option<(HeadingLevel, String, usize)> = None;
    let mut rust: Option<String> = None;
    let mut paragraph: Option<String> = None;
    let mut is_dropped = Vec::new();
    let mut in_link = false;
    for event in parser {
        if let Event::Text(text) | Event::Code(text) = &event {
            if let Some((_, title, _)) = &mut heading {
                title.push_str(text);
            }
            if let Some(paragraph) = &mut paragraph {
                paragraph.push_str(text);
            }
        }
        match event {
            Event::Start(Tag::Heading { level, .. }) => heading = Some((level, String::new(), events.len())),
            Event::End(TagEnd::Heading(level)) => {
                let Some((_, title, at)) = heading.take() else { continue };
                let id = unique(&anchor(&title), &rendered.headings);
                if level == HeadingLevel::H1 && rendered.title.is_empty() {
                    rendered.title = title;
                    events.truncate(at);
                    continue;
                }
                events.insert(at, Event::Html(CowStr::from(format!("<{level} id=\"{id}\">"))));
                events.push(Event::Html(CowStr::from(format!("</{level}>\n"))));
                rendered.headings.push((id, title));
            }
            Event::Start(Tag::Paragraph) => {
                if rendered.summary.is_empty() {
                    paragraph = Some(String::new());
                }
                events.push(event);
            }
            Event::End(TagEnd::Paragraph) => {
                if let Some(paragraph) = paragraph.take() {
                    rendered.summary = paragraph;
                }
                events.push(event);
            }
            Event::SoftBreak => {
                if let Some(paragraph) = &mut paragraph {
                    paragraph.push(' ');
                }
                events.push(event);
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                let language = match &kind {
                    CodeBlockKind::Fenced(language) => language.split([',', ' ']).next().unwrap_or_default().to_owned(),
                    CodeBlockKind::Indented => String::new(),
                };
                // Only blocks that are marked as Rust are shown like doctests.
                if language == "rust" {
                    rust = Some(String::new());
                } else {
                    let open = format!("<pre tabindex=\"0\"><code class=\"language-{}\">", escaped(&language));
                    events.push(Event::Html(CowStr::from(open)));
                }
            }
            Event::Text(text) if rust.is_some() => {
                if let Some(rust) = &mut rust {
                    rust.push_str(&text);
                }
            }
            Event::End(TagEnd::CodeBlock) => match rust.take() {
                Some(code) => {
                    let code = escaped(&shown(&code));
                    let block = format!("<pre tabindex=\"0\"><code class=\"language-rust\">{code}</code></pre>\n");
                    events.push(Event::Html(CowStr::from(block)));
                }
                None => events.push(Event::Html(CowStr::from("</code></pre>\n"))),
            },
            Event::Start(Tag::Table(columns)) => {
                events.push(Event::Html(CowStr::from("<div class=\"scroll\" tabindex=\"0\">")));
                events.push(Event::Start(Tag::Table(columns)));
            }
            Event::End(TagEnd::Table) => {
                events.push(event);
                events.push(Event::Html(CowStr::from("</div>\n")));
            }
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let target = link(book, pages, file, &dest_url);
                let written = dest_url.to_string();
                is_dropped.push(target.is_none());
                in_link = true;
                // Pages of the site also exist as Markdown; those of rustdoc do not.
                let in_markdown = target.as_ref().map(|target| {
                    let is_page = target.starts_with("@/") && !target.contains("/plex_tv_sdk/");
                    if is_page { target.replace(".html", ".md") } else { target.clone() }
                });
                rendered.links.push((written, in_markdown));
                if let Some(dest_url) = target {
                    let dest_url = CowStr::from(dest_url);
                    events.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
                }
            }
            Event::End(TagEnd::Link) => {
                in_link = false;
                if is_dropped.pop() != Some(true) {
                    events.push(event);
                }
            }
            Event::Code(code) if !in_link && heading.is_none() => {
                let target = linked_name(book, None, &code);
                events.push(target.map_or(Event::Code(code.clone()), |href| code_link(&code, &href)));
            }
            other => events.push(other),
        }
    }
    html::push_html(&mut rendered.html, events.into_iter());
    rendered
}

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH
}

fn code_link(code: &str, href: &str) -> Event<'static> {
    let link = format!("<a href=\"{}\"><code>{}</code></a>", escaped(href), escaped(code));
    Event::InlineHtml(CowStr::from(link))
}

/// Returns the page of the operation or type with this name.
fn linked_name(book: &Book, module: Option<&Module>, name: &str) -> Option<String> {
    if book.operation(name).is_some() {
        return Some(format!("@/{}", operation_page(name)));
    }
    let module = module.filter(|module| module.has_component(name))?;
    Some(format!("@/{}", module.type_page(name)))
}

/// Returns the rustdoc address of an item of the SDK, from an intra-doc link to it.
fn rustdoc(book: &Book, reference: &str) -> Option<String> {
    let path = reference.trim_matches('`').trim_end_matches("()").trim_end_matches('!');
    let path = path.trim_start_matches("crate::").trim_start_matches("plex_tv_sdk::");
    book.sdk.rustdoc(path)
}

/// Returns the target of a link in a document, or `None` if the site has no such page.
fn link(book: &Book, pages: &Pages, file: &Path, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") || target.starts_with("@/") {
        return Some(target.to_owned());
    }
    if let Some(fragment) = target.strip_prefix('#') {
        return Some(format!("#{}", heading_anchor(fragment)));
    }
    // A link from one guide to another, as rustdoc needs it.
    if let Some(name) = target.strip_prefix("super::") {
        let guide = file.with_file_name(format!("{}.md", name.replace('_', "-")));
        return pages.get(&guide).map(|page| format!("@/{page}"));
    }
    if target.starts_with("crate::") || target.starts_with("plex_tv_sdk::") {
        return rustdoc(book, target);
    }
    let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
    let path = normal(&file.parent().unwrap_or(Path::new("")).join(path));
    let page = pages.get(&path)?;
    Some(match fragment {
        "" => format!("@/{page}"),
        fragment => format!("@/{page}#{}", heading_anchor(fragment)),
    })
}

/// Returns the anchor of a heading. As on GitHub, links use lower case.
fn heading_anchor(fragment: &str) -> String {
    fragment.to_lowercase()
}

fn unique(anchor: &str, taken: &[(String, String)]) -> String {
    let anchor = anchor.to_lowercase();
    let is_taken = |id: &str| taken.iter().any(|(taken, _)| taken == id);
    let numbered = (1..).map(|number| format!("{anchor}-{number}"));
    std::iter::once(anchor.clone()).chain(numbered).find(|id| !is_taken(id)).unwrap_or(anchor.clone())
}

/// Returns the path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                normal.pop();
            }
            Component::Normal(part) => normal.push(part),
            _ => {}
        }
    }
    normal
}
