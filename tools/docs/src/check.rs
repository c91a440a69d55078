//! Checks that every link of the site has a target.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use plex_tv_openapi::Problem;
use pulldown_cmark::{Event, Parser, Tag};

/// Returns the broken links. To check links to rustdoc too, `rustdoc` is their base address and the
/// folder that `cargo doc` wrote.
pub(crate) fn broken_links(files: &BTreeMap<String, Vec<u8>>, rustdoc: Option<(&str, &Path)>) -> Vec<Problem> {
    let texts: BTreeMap<&str, &str> = files
        .iter()
        .filter(|(path, _)| path.ends_with(".html"))
        .filter_map(|(path, bytes)| Some((path.as_str(), std::str::from_utf8(bytes).ok()?)))
        .collect();
    let ids: BTreeMap<&str, BTreeSet<&str>> =
        texts.iter().map(|(path, text)| (*path, values(text, " id=\"").collect())).collect();
    let mut rustdoc_pages = BTreeMap::new();
    let mut problems = Vec::new();
    for (page, bytes) in files {
        let text = String::from_utf8_lossy(bytes);
        let links: BTreeSet<String> = if page.ends_with(".html") {
            let links = values(&text, " href=\"").chain(values(&text, " src=\""));
            links.map(|link| link.replace("&amp;", "&")).collect()
        } else if page.ends_with(".md") {
            markdown_links(&text)
        } else {
            continue;
        };
        for link in links {
            let fault = match rustdoc {
                Some((base, folder)) if link.starts_with(base) || resolve(page, &link).starts_with(base) => {
                    let inner = link.split_once(base).map_or("", |(_, inner)| inner);
                    rustdoc_fault(folder, inner, &mut rustdoc_pages)
                }
                None if resolve(page, &link).starts_with("rustdoc/") => None,
                _ if link.contains("://") || link.starts_with("mailto:") || link.starts_with("data:") => None,
                _ => fault(files, &ids, page, &link),
            };
            if let Some(what) = fault {
                let mend = "fix the link, or the code that makes it";
                problems.push(Problem::new(page, "broken-link", format!("`{link}` {what}"), mend));
            }
        }
    }
    problems
}

fn fault(
    files: &BTreeMap<String, Vec<u8>>,
    ids: &BTreeMap<&str, BTreeSet<&str>>,
    page: &str,
    link: &str,
) -> Option<&'static str> {
    let (path, fragment) = link.split_once('#').unwrap_or((link, ""));
    let target = if path.is_empty() { page.to_owned() } else { resolve(page, path) };
    if !files.contains_key(&target) {
        return Some("points to a page that does not exist");
    }
    let has_id = fragment.is_empty() || ids.get(target.as_str()).is_none_or(|ids| ids.contains(fragment));
    (!has_id).then_some("points to a fragment that its page does not have")
}

fn rustdoc_fault(folder: &Path, link: &str, pages: &mut BTreeMap<String, Option<String>>) -> Option<&'static str> {
    let (path, fragment) = link.split_once('#').unwrap_or((link, ""));
    let page = pages.entry(path.to_owned()).or_insert_with(|| fs::read_to_string(folder.join(path)).ok());
    match page {
        None => Some("points to a page that rustdoc does not have"),
        Some(text) if !fragment.is_empty() && !text.contains(&format!("id=\"{fragment}\"")) => {
            Some("points to an item that rustdoc does not have")
        }
        Some(_) => None,
    }
}

/// Returns the targets of the links in Markdown.
fn markdown_links(text: &str) -> BTreeSet<String> {
    Parser::new(text)
        .filter_map(|event| match event {
            Event::Start(Tag::Link { dest_url, .. }) => Some(dest_url.into_string()),
            _ => None,
        })
        .collect()
}

/// Returns the values of an attribute. The pages write attributes only in this way.
fn values<'a>(text: &'a str, attribute: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(attribute).skip(1).filter_map(|rest| rest.split('"').next())
}

/// Returns the target of a link, relative to the root of the site.
fn resolve(page: &str, link: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => {
                parts.pop();
            }
            "." => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(pages: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
        pages.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
    }

    fn faults(pages: &[(&str, &str)]) -> Vec<String> {
        broken_links(&site(pages), None).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn links_are_followed_across_folders_and_to_fragments() {
        let pages = [
            ("index.html", r##"<a href="a/b.html#x">b</a> <a href="#y">y</a> <p id="y"> <img src="a/c.png">"##),
            ("a/b.html", r#"<p id="x"> <a href="../index.html">up</a> <a href="https://example.com/z">out</a>"#),
            ("a/c.png", ""),
        ];

        assert_eq!(faults(&pages), [""; 0]);
    }

    #[test]
    fn broken_links_are_reported() {
        for link in ["b.html", "../a.html", "a.html#no", "#no", "rust/a.html"] {
            let page = format!(r#"<a href="{link}">"#);

            let found = faults(&[("a.html", &page)]);

            assert_eq!(found.len(), usize::from(link != "../a.html"), "{link}: {found:?}");
        }
    }

    #[test]
    fn links_in_markdown_are_checked_and_code_is_not() {
        let text = "[a](b.md) [c](c/d.md#e) `[f](g.md)`\n\n```\n[h](i.md)\n```\n\n[j](https://example.com/k.md)\n";

        let found = faults(&[("a.md", text), ("b.md", "")]);

        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("a.md: broken-link: `c/d.md#e`"), "{found:?}");
    }

    #[test]
    fn rustdoc_is_looked_up_in_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("struct.Error.html"), r#"<a id="method.is_auth">"#).unwrap();
        let base = "https://docs.example/";
        let page = |link: &str| site(&[("a.html", &format!(r#"<a href="{base}{link}">"#))]);

        for (link, count) in [("struct.Error.html#method.is_auth", 0), ("struct.Error.html#no", 1), ("no.html", 1)] {
            assert_eq!(broken_links(&page(link), Some((base, folder.path()))).len(), count, "{link}");
        }
    }
}
