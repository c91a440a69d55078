//! Tests that pages keep their address, in copies of the workspace with another ledger.

use std::{fs, path::Path};

use plex_tv_docs::{Settings, Site};
use tempfile::TempDir;

use crate::root;

/// The sources of a site.
const SOURCES: [&str; 9] = [
    "CHANGELOG.md",
    "README.md",
    "SECURITY.md",
    "openapi",
    "plex-tv-sandbox/README.md",
    "plex-tv-sdk/api.txt",
    "plex-tv-sdk/examples",
    "plex-tv-sdk/src",
    "tools/docs/pages.txt",
];

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    }
}

fn workspace(edit: impl FnOnce(String) -> String) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for source in SOURCES {
        copy(&root().join(source), &folder.path().join(source));
    }
    let guides = root().join("plex-tv-sdk/guides");
    if guides.exists() {
        copy(&guides, &folder.path().join("plex-tv-sdk/guides"));
    }
    let ledger = folder.path().join("tools/docs/pages.txt");
    fs::write(&ledger, edit(fs::read_to_string(&ledger).unwrap())).unwrap();
    folder
}

#[test]
fn a_renamed_operation_leaves_a_redirect_to_its_new_page() {
    let folder = workspace(|ledger| ledger.replace("operations/getToken.html", "operations/pollPin.html"));
    let site = Site::build(folder.path(), &Settings::default()).unwrap();

    let stale: Vec<_> = site.stale_ids().iter().map(ToString::to_string).collect();
    site.update_ledger().unwrap();
    let after = Site::build(folder.path(), &Settings::default()).unwrap();

    assert!(
        stale.iter().any(|line| line.contains("`operations/pollPin.html` moved to `operations/getToken.html`")),
        "{stale:?}"
    );
    assert!(after.stale_ids().is_empty());
    for site in [site, after] {
        let page = String::from_utf8(site.files()["operations/pollPin.html"].clone()).unwrap();
        assert!(
            page.contains("url=../operations/getToken.html") && page.contains("href=\"../operations/getToken.html\"")
        );
        let markdown = String::from_utf8(site.files()["operations/pollPin.md"].clone()).unwrap();
        assert!(markdown.contains("](../operations/getToken.md)"), "{markdown}");
        assert!(site.broken_links(None).is_empty());
    }
}

#[test]
fn links_of_documents_that_lead_nowhere_are_broken() {
    let folder = workspace(|ledger| ledger);
    let file = folder.path().join("SECURITY.md");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{text}\nSee [this](no-such-file.md) and [`Client`](crate::NoSuchItem).\n")).unwrap();

    let site = Site::build(folder.path(), &Settings::default()).unwrap();

    let broken: Vec<_> = site.broken_links(None).iter().map(ToString::to_string).collect();
    assert_eq!(broken.len(), 2, "{broken:?}");
    assert!(broken[0].starts_with("SECURITY.md: broken-link: `no-such-file.md`"), "{broken:?}");
}

#[test]
fn docs_that_name_a_call_no_description_has_are_reported() {
    let folder = workspace(|ledger| ledger);
    let file = folder.path().join("plex-tv-sdk/src/webhooks/mod.rs");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("Calls `GET /api/v2/user/webhooks`", "Calls `GET /api/v2/user/webhook`")).unwrap();

    let problems = Site::build(folder.path(), &Settings::default()).unwrap_err();

    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].to_string().contains("the docs of `Webhooks::list` name the call"), "{problems:?}");
}

#[test]
fn a_removed_page_is_reported_and_nothing_is_written() {
    let folder = workspace(|ledger| format!("{ledger}operations/retired.html GET https://plex.tv/retired\n"));
    let site = Site::build(folder.path(), &Settings::default()).unwrap();

    let refused = site.update_ledger().unwrap_err();

    assert_eq!(refused.len(), 1);
    assert!(refused[0].to_string().contains("`operations/retired.html` was removed"), "{refused:?}");
    assert!(fs::read_to_string(folder.path().join("tools/docs/pages.txt")).unwrap().contains("retired.html"));
}

#[test]
fn a_site_replaces_an_older_site_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (mine, old) = (folder.path().join("mine"), folder.path().join("old"));
    fs::create_dir_all(&mine).unwrap();
    fs::write(mine.join("letter.txt"), "dear").unwrap();

    let refused = crate::site().write(&mine).unwrap_err();
    crate::site().write(&old).unwrap();
    fs::write(old.join("operations/gone.html"), "old").unwrap();
    crate::site().write(&old).unwrap();

    assert!(refused.to_string().contains("something other than a site"), "{refused}");
    assert_eq!(fs::read_dir(&mine).unwrap().count(), 1);
    assert!(!old.join("operations/gone.html").exists());
    assert!(old.join("operations/getToken.html").exists());
}
