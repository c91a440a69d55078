//! Tests of the content of pages.

use std::{collections::BTreeSet, io::Write as _};

use flate2::{Compression, write::GzEncoder};
use plex_tv_docs::Settings;
use plex_tv_openapi::operations;

use crate::{build, documents, html::Page, root, site, text};

/// The most bytes of a compressed page.
const MAX_PAGE: usize = 60 * 1024;

fn html_pages() -> impl Iterator<Item = (&'static str, &'static str)> {
    site().files().keys().filter(|path| path.ends_with(".html")).map(|path| (path.as_str(), text(path)))
}

#[test]
fn every_operation_and_every_type_has_a_page_and_there_are_no_others() {
    let mut wanted = BTreeSet::new();
    let mut others = BTreeSet::new();
    for (module, document) in documents() {
        wanted.extend(operations(document.value()).iter().map(|found| format!("operations/{}.html", found.id)));
        let schemas = document.value()["components"]["schemas"].as_object().unwrap();
        wanted.extend(schemas.keys().map(|name| format!("types/{module}/{name}.html")));
        others.insert(module);
    }

    let pages: BTreeSet<_> = site().pages().map(str::to_owned).collect();
    let made: BTreeSet<_> =
        pages.iter().filter(|page| page.starts_with("operations/") || page.starts_with("types/")).cloned().collect();
    let rest: Vec<_> = pages.difference(&made).collect();

    assert_eq!(made, wanted);
    for page in ["index.html", "errors.html", "changes.html", "pages.html", "guides/sandbox.html"] {
        assert!(rest.iter().any(|rest| *rest == page), "{page}");
    }
    for module in others {
        assert!(
            pages.contains(&format!("{module}/index.html")) && pages.contains(&format!("{module}/description.html"))
        );
    }
}

#[test]
fn every_type_in_rust_has_a_page() {
    for (module, document) in documents() {
        let code = std::fs::read_to_string(root().join(format!("plex-tv-sdk/src/generated/{module}.rs"))).unwrap();
        let types = code.split("\npub mod types {").nth(1).unwrap();
        let names = types.lines().filter_map(|line| {
            let rest = line.strip_prefix("    pub ")?;
            let rest = ["struct ", "enum ", "type "].iter().find_map(|word| rest.strip_prefix(word))?;
            rest.split(|each: char| !each.is_alphanumeric()).next()
        });
        let names: Vec<_> = names.collect();

        let shown: Vec<_> = document.value()["components"]["schemas"]
            .as_object()
            .unwrap()
            .keys()
            .map(|name| text(&format!("types/{module}/{name}.html")))
            .collect();

        assert!(names.len() > 3, "{module}");
        for name in names {
            let wanted = format!("{module}::types::{name}<");
            assert!(shown.iter().any(|page| page.contains(&wanted)), "{wanted}");
        }
    }
}

#[test]
fn no_link_is_broken_and_no_page_lost_its_address() {
    assert_eq!(site().broken_links(None), []);
    assert_eq!(site().stale_ids(), []);
}

#[test]
fn links_to_rustdoc_are_not_broken() {
    let folder = root().join("target/doc");
    // The docs must be built with all features; others lack the items behind features.
    if !folder.join("plex_tv_sdk/v2/calls/struct.ChangePassword.html").exists() {
        let _ = writeln!(std::io::stderr(), "skipped: run cargo doc -p plex-tv-sdk --no-deps --all-features first");
        return;
    }

    assert_eq!(site().broken_links(Some(&folder)), []);
}

#[test]
fn every_link_to_rustdoc_points_to_a_public_item() {
    let items = std::fs::read_to_string(root().join("plex-tv-sdk/api.txt")).unwrap().replace("<'a>::", "::");
    let mut seen = 0;
    for (path, page) in html_pages() {
        for link in page.split("href=\"https://docs.rs/").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            let Some((_, inner)) = link.split_once("/plex_tv_sdk/") else { continue };
            let (file, anchor) = inner.split_once('#').unwrap_or((inner, ""));
            let mut parts: Vec<&str> = file.split('/').collect();
            let last = parts.pop().unwrap().trim_end_matches(".html");
            parts.extend(last.split_once('.').map(|(_, name)| name));
            parts.extend(anchor.split_once('.').map(|(_, name)| name));
            let item = format!("plex_tv_sdk::{}", parts.join("::"));
            let is_there = items.lines().any(|line| {
                line.split_whitespace().any(|word| {
                    word.strip_prefix(item.as_str())
                        .is_some_and(|rest| !rest.starts_with(|each: char| each.is_alphanumeric() || each == '_'))
                })
            });
            assert!(is_there, "{path}: {link} is {item}");
            seen += 1;
        }
        // Checking all pages takes long; all operations and one page of each other kind are enough.
        if path.starts_with("types/") {
            break;
        }
    }
    assert!(seen > 500, "{seen}");
}

#[test]
fn pages_are_valid_html_with_one_heading_and_unique_ids() {
    for (path, page) in html_pages() {
        let page = Page::parse(page);
        let elements = page.elements();
        let ids: Vec<_> = elements.iter().filter_map(|element| element.attribute("id")).collect();
        let unique: BTreeSet<_> = ids.iter().collect();
        let count = |name: &str| elements.iter().filter(|element| element.name() == name).count();

        assert_eq!(page.errors, [""; 0], "{path}");
        assert_eq!(unique.len(), ids.len(), "{path}");
        assert_eq!((count("h1"), count("main"), count("title")), (1, 1, 1), "{path}");
        assert_eq!(elements[0].attribute("lang").as_deref(), Some("en"), "{path}");
        for id in ids {
            assert!(!id.is_empty() && !id.contains(char::is_whitespace), "{path}: {id}");
        }
        // Only phrases may be inside these elements. The parser accepts more.
        let phrases = ["summary", "span", "p", "a", "code", "h1", "h2", "h3", "h4"];
        for element in elements.iter().filter(|element| phrases.contains(&element.name().as_str())) {
            let blocks = ["ul", "ol", "dl", "p", "div", "pre", "table", "section", "details"];
            let found = element.inside().into_iter().find(|inside| blocks.contains(&inside.name().as_str()));
            assert!(found.is_none(), "{path}: {} in {}", found.unwrap().name(), element.name());
        }
        // Headings do not skip levels.
        let levels = elements.iter().filter_map(|element| element.name().strip_prefix('h')?.parse::<u32>().ok());
        let mut last = 0;
        for level in levels {
            assert!(level <= last + 1, "{path}: h{level} after h{last}");
            last = level;
        }
    }
}

#[test]
fn pages_are_small_and_load_nothing_from_other_hosts() {
    for (path, page) in html_pages() {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(page.as_bytes()).unwrap();
        let size = packed.finish().unwrap().len();
        assert!(size <= MAX_PAGE, "{path}: {size}");
        for element in Page::parse(page).elements() {
            let loaded = match element.name().as_str() {
                "link" => element.attribute("href"),
                "script" | "img" | "iframe" | "source" => element.attribute("src"),
                _ => None,
            };
            assert!(loaded.is_none_or(|loaded| !loaded.contains("//")), "{path}");
            assert!(element.attribute("style").is_none() && element.attribute("onclick").is_none(), "{path}");
        }
    }
    for asset in ["style.css", "site.js"] {
        assert!(!text(asset).contains("//cdn") && !text(asset).contains("http"), "{asset}");
    }
}

#[test]
fn two_sites_of_one_workspace_are_equal() {
    assert!(build(&Settings::default()).files() == site().files());
}

#[test]
fn each_page_exists_as_markdown_and_is_in_the_lists() {
    let (llms, sitemap, search) = (text("llms.txt"), text("sitemap.xml"), text("search.js"));
    for page in site().pages() {
        assert!(sitemap.contains(&format!("<loc>/{page}</loc>")), "{page}");
        assert!(search.contains(&format!("\"{page}\"")), "{page}");
        if page == "pages.html" || page.contains("/description") {
            continue;
        }
        let twin = page.replace(".html", ".md");
        assert!(text(&twin).starts_with("# "), "{twin}");
        assert!(llms.contains(&format!("(/{twin})")), "{twin}");
        assert!(text(page).contains("type=\"text/markdown\""), "{page}");
    }
}

#[test]
fn links_in_markdown_point_to_files() {
    for (path, bytes) in site().files().iter().filter(|(path, _)| path.ends_with(".md")) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        // Code may contain the same brackets.
        let prose = std::str::from_utf8(bytes).unwrap().split("\n```").step_by(2).collect::<String>();
        for link in prose.split("](").skip(1).map(|rest| rest.split([')', '#']).next().unwrap()) {
            if link.is_empty() {
                continue;
            }
            let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
            for part in link.split('/') {
                if part == ".." {
                    parts.pop();
                } else {
                    parts.push(part);
                }
            }
            assert!(link.contains("://") || site().files().contains_key(&parts.join("/")), "{path}: {link}");
        }
    }
}

#[test]
fn the_page_of_get_token_is_complete() {
    let page = Page::parse(text("operations/getToken.html"));
    let row = |id: &str| {
        let row = page.by_id(id).unwrap_or_else(|| panic!("no {id}"));
        let cells: Vec<String> = row
            .inside()
            .iter()
            .filter(|cell| ["th", "td"].contains(&cell.name().as_str()))
            .map(|cell| cell.text())
            .collect();
        assert_eq!(cells.len(), 7, "{id}: {cells:?}");
        assert!(cells.iter().all(|cell| !cell.trim().is_empty()), "{id}: {cells:?}");
        cells
    };
    let text_of = |id: &str| page.by_id(id).unwrap().text();

    assert_eq!(
        row("path.pinID"),
        ["pinID path", "pin_id: i64", "integer", "yes", "no", "The id that getPin returned.", "308667304"]
    );
    assert_eq!(row("query.code")[3], "no");
    assert_eq!(row("query.deviceJWT")[1], ".device_jwt(Secret)");
    let fields = [
        ("id", "i64"),
        ("code", "Secret"),
        ("product", "Option<String>"),
        ("trusted", "Option<bool>"),
        ("qr", "Option<Secret>"),
        ("clientIdentifier", "Option<String>"),
        ("location", "Option<GeoData>"),
        ("expiresIn", "Option<i64>"),
        ("createdAt", "Option<Timestamp>"),
        ("expiresAt", "Option<Timestamp>"),
        ("authToken", "Option<Secret>"),
        ("newRegistration", "Option<bool>"),
    ];
    for (name, rust) in fields {
        let cells = row(&format!("reply.{name}"));
        assert_eq!((cells[0].as_str(), cells[1].as_str()), (name, rust));
        assert_eq!(cells[3], if ["id", "code"].contains(&name) { "yes" } else { "no" }, "{name}");
        assert_eq!(cells[4], if ["authToken", "newRegistration"].contains(&name) { "yes" } else { "no" }, "{name}");
    }
    let places = [
        "code",
        "european_union_member",
        "continent_code",
        "country",
        "city",
        "time_zone",
        "postal_code",
        "in_privacy_restricted_country",
        "in_privacy_restricted_region",
        "subdivisions",
        "coordinates",
    ];
    for place in places {
        assert_eq!(row(&format!("reply.location.{place}"))[0], format!("location.{place}"));
    }
    assert!(text_of("status-200").contains("200 OK"));
    for (status, code, predicate) in
        [("400", "1000", None), ("404", "1020", Some("is_not_found")), ("429", "1003", Some("is_rate_limited"))]
    {
        let told = text_of(&format!("status-{status}"));
        assert!(told.contains(&format!("code {code}")) && told.contains(&format!("\"code\": {code}")), "{told}");
        assert!(told.contains("ErrorList"), "{told}");
        assert!(predicate.is_none_or(|predicate| told.contains(predicate)), "{told}");
        row(&format!("status-{status}.errors"));
        row(&format!("status-{status}.errors.code"));
    }
    assert!(text_of("status-401").contains("is_device_jwt_rejected"));
    let page = text("operations/getToken.html");
    assert!(page.contains("needs no sign-in, only a client identifier") && page.contains("confidence: high"));
    let documents = documents();
    let (_, document) = documents.iter().find(|(module, _)| module == "v2").unwrap();
    let line = document.line("/paths/~1pins~1{pinID}/get");
    assert!(document.text().lines().nth(line).unwrap().contains("operationId: getToken"));
    assert!(
        page.contains("href=\"../types/v2/PinInfo.html\"") && page.contains(&format!("description.html#L{line}\""))
    );
}

#[test]
fn discouraged_operations_are_marked_and_name_a_replacement() {
    let mut marked = 0;
    for (_, document) in documents() {
        for operation in operations(document.value()) {
            let page = text(&format!("operations/{}.html", operation.id));
            let notice = page.split("<div class=\"notice\"").nth(1).map(|rest| rest.split("</div>").next().unwrap());
            assert_eq!(
                notice.is_some_and(|notice| notice.contains("Low confidence"))
                    || page.contains("<strong>Low confidence.</strong>"),
                operation.unstable,
                "{}",
                operation.id
            );
            if operation.deprecated {
                let notice = notice.unwrap_or_else(|| panic!("{}", operation.id));
                assert!(notice.contains("Deprecated") || notice.contains("Retired"), "{notice}");
                assert!(notice.contains("Use instead: <a href=\"../operations/"), "{}: {notice}", operation.id);
                marked += 1;
            }
        }
    }
    assert!(marked >= 6, "{marked}");
}

#[test]
fn operations_name_the_easier_verbs_of_the_sdk() {
    for (operation, wanted) in [
        ("createSharedServer", "server.share_with(…).send()"),
        ("setUserWebhooks", "client.webhooks().add(…)"),
        ("getUserWebhooks", "client.webhooks().list()"),
        ("getToken", "client.pin_login().start().await?.check_once()"),
        ("signIn", "client.sign_in(…)"),
        ("getLegacyUsers", "client.people()"),
        ("addToWatchlist", "client.watchlist().add(…)"),
    ] {
        let page = Page::parse(text(&format!("operations/{operation}.html")));
        let tip =
            page.elements().into_iter().find(|element| element.attribute("class").as_deref() == Some("notice verbs"));
        let tip = tip.unwrap_or_else(|| panic!("{operation}"));
        let links: Vec<_> =
            tip.inside().iter().filter(|link| link.name() == "a").map(super::html::Element::text).collect();

        // Each verb has a page in rustdoc.
        assert_eq!(links.len(), tip.inside().iter().filter(|item| item.name() == "li").count(), "{operation}");
        assert!(links.iter().any(|link| link == wanted), "{operation}: {links:?}");
        assert!(text(&format!("operations/{operation}.md")).contains(&format!("- `{wanted}`: ")), "{operation}");
        assert!(text("search.js").contains(wanted), "{operation}");
    }
    // One that only reads before it changes is not named for the reading call.
    assert!(!text("operations/getUserWebhooks.html").contains("webhooks().<wbr>add("));
}

#[test]
fn every_call_of_the_hand_written_layer_is_named_by_the_docs_of_a_verb() {
    let mut sources = String::new();
    let mut open = vec![root().join("plex-tv-sdk/src")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("generated") && !path.ends_with("runtime") {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(path).unwrap();
                let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
                sources.extend(code.flat_map(str::split_whitespace));
            }
        }
    }
    let mut count = 0;
    for (module, document) in documents() {
        for operation in operations(document.value()) {
            if sources.contains(&format!(".{module}().{}(", operation.rust_name)) {
                let page = text(&format!("operations/{}.html", operation.id));
                assert!(page.contains("Easier in Rust."), "no docs of a verb name the call of {}", operation.id);
                count += 1;
            }
        }
    }
    assert!(count > 35, "{count}");
}

#[test]
fn long_tables_close_their_inner_objects_and_lose_no_row() {
    let page = text("operations/createSharedServer.html");
    let (body, reply) = page.split_once("<section aria-labelledby=\"reply\">").unwrap();
    let parsed = Page::parse(page);
    let inner: Vec<_> =
        parsed.elements().into_iter().filter(|row| row.attribute("class").as_deref() == Some("more")).collect();

    assert!(!body.contains("<tr class=\"more\">"), "a short table has closed rows");
    assert!(reply.contains("<tr class=\"more\">"));
    assert!(inner.iter().all(|row| row.inside().iter().any(|inside| inside.name() == "details")));
    for id in ["reply.id", "reply.sharingSettings.allowSync", "reply.libraries.title"] {
        assert!(parsed.by_id(id).is_some(), "{id}");
    }
    let closed = |id: &str| {
        inner.iter().any(|row| row.inside().iter().any(|inside| inside.attribute("id").as_deref() == Some(id)))
    };
    assert!(!closed("reply.id") && closed("reply.sharingSettings.allowSync"));
    // The headings above the closed rows have the rest of their paths; Markdown has whole ones.
    let name = parsed.by_id("reply.sharingSettings.allowSync").unwrap().inside()[0].text();
    assert_eq!(name, "allowSync");
    assert!(text("operations/createSharedServer.md").contains("| `sharingSettings.allowSync` |"));
}

#[test]
fn a_type_lists_its_users() {
    let page = Page::parse(text("types/v2/GeoData.html"));
    let links: Vec<_> = page.elements().iter().filter_map(|element| element.attribute("href")).collect();

    for wanted in ["../../operations/getGeoData.html", "../../operations/getToken.html", "../../types/v2/PinInfo.html"]
    {
        assert!(links.iter().any(|link| link == wanted), "{wanted}");
    }
}

#[test]
fn all_error_codes_are_on_their_page_with_their_operations() {
    let page = Page::parse(text("errors.html"));
    for (_, document) in documents() {
        for operation in operations(document.value()) {
            let node = document.value().pointer(&operation.pointer).unwrap();
            for code in node["x-plex-errors"].as_array().unwrap().iter().filter_map(|error| error["code"].as_u64()) {
                let row = page.by_id(&format!("code-{code}")).unwrap_or_else(|| panic!("{code}"));
                assert!(row.text().contains(&operation.id), "{code} {}", operation.id);
            }
        }
    }
    assert!(page.by_id("code-1097").unwrap().text().contains("DeviceRemoved"));
    assert!(page.by_id("is_auth").unwrap().text().contains("498"));
}

#[test]
fn each_line_of_a_description_has_an_anchor() {
    for (module, document) in documents() {
        let pages: Vec<_> =
            site().pages().filter(|page| page.starts_with(&format!("{module}/description"))).map(text).collect();
        for (index, line) in document.text().lines().enumerate().step_by(97) {
            let start = format!("<li id=\"L{}\">", index + 1);
            let found = pages.iter().find_map(|page| page.split(&start).nth(1)).unwrap_or_else(|| panic!("{start}"));
            let shown = Page::parse(&format!(
                "<!DOCTYPE html><title>a</title><pre>{}</pre>",
                found.split("</li>").next().unwrap()
            ));
            let shown = shown.elements().into_iter().find(|element| element.name() == "pre").unwrap().text();
            assert_eq!(shown.trim_end(), line.trim_end(), "{module} {start}");
        }
    }
}

#[test]
fn only_served_pages_have_forms_and_none_asks_for_a_token() {
    let served = build(&Settings { try_it: true, ..Settings::default() });

    assert!(html_pages().all(|(_, page)| !page.contains("<form")));
    assert!(!site().files().contains_key("try.js"));
    for (path, bytes) in
        served.files().iter().filter(|(path, _)| path.starts_with("operations/") && path.ends_with(".html"))
    {
        let page = Page::parse(std::str::from_utf8(bytes).unwrap());
        let form =
            page.elements().into_iter().find(|element| element.name() == "form").unwrap_or_else(|| panic!("{path}"));
        let call: serde_json::Value = serde_json::from_str(&form.attribute("data-call").unwrap()).unwrap();
        let names = call["parameters"].as_array().unwrap().iter().map(|parameter| parameter["name"].as_str().unwrap());
        assert!(names.into_iter().all(|name| !name.eq_ignore_ascii_case("X-Plex-Token")), "{path}");
        assert_eq!(page.errors, [""; 0], "{path}");
    }
}

#[test]
fn guides_as_markdown_have_no_hidden_lines_of_programs() {
    for guide in ["guides/sign-in.md", "guides/watchlist.md", "guides/webhooks.md"] {
        let guide = text(guide);

        assert!(guide.starts_with("# ") && guide.contains("client."), "{guide}");
        assert!(!guide.lines().any(|line| line == "# Ok(())" || line.starts_with("# async fn ")), "{guide}");
    }
}
