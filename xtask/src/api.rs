//! `cargo xtask api`: the public items of the SDK, read by syn alone, and kept in `plex-tv-sdk/api.txt`.

mod cfg;
pub(crate) mod items;
mod macros;
mod signature;
mod sources;
mod surface;
mod tree;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use plex_tv_openapi::Problem;

use crate::{
    files::{workspace_path, write_atomically},
    outcome::{Outcome, PUBLIC_PATH, PUBLIC_PATH_MEND},
};
use items::Item;
use sources::Sources;
use surface::Surface;
use tree::{Root, Tree};

/// Lines shown of a stale list; the whole diff is one command away.
const SHOWN_LINES: usize = 12;

const HEADER: &str = "# The public items of the crate, one a line. Made by `cargo xtask api --bless`, never by hand.\n";

const MEANING: &str = "\
Each line is `path: signature`. A type stands under its public path wherever it is named; what Rust has stands without its \
path. An item with several paths is told at the shortest, the others are `pub use`. `Type as Trait` is a trait of a type, \
written or derived. `#[cfg(…)]` says which features an item needs, on whatever way; feature `codegen` gives the same code \
and is not told. `{ .. }` stands for private fields of a struct, and for the body of a method that a trait provides; items \
that rustdoc hides are marked `#[doc(hidden)]`. Macros of the crate itself are expanded; those of other crates are left \
alone: a call in a public module is told as such, in a private one not at all, and neither is an impl inside a function. Traits that the compiler gives by itself \
(Send, Sync, blanket impls) are not told.";

#[derive(Debug, clap::Args)]
#[command(after_long_help = MEANING)]
pub(crate) struct Arguments {
    /// Writes nothing; exits 4 when api.txt is not what the code has.
    #[arg(long, conflicts_with = "bless")]
    check: bool,
    /// Writes api.txt.
    #[arg(long)]
    bless: bool,
    /// The folder of the crate, with its Cargo.toml and api.txt [default: plex-tv-sdk].
    #[arg(long, value_name = "DIR")]
    sdk: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let folder = arguments.sdk.clone().unwrap_or_else(|| workspace_path("plex-tv-sdk"));
    let items = match crate_items(&folder) {
        Ok(items) => items,
        Err(problems) => return Outcome::Invalid(problems),
    };
    let list: String = items.iter().map(row).collect();
    if !arguments.check && !arguments.bless {
        return Outcome::Fine(list);
    }
    let path = folder.join("api.txt");
    let wanted = format!("{HEADER}{list}");
    let found = match fs::read_to_string(&path) {
        // A checkout may have other line ends.
        Ok(found) => Some(found.replace("\r\n", "\n")),
        Err(why) if why.kind() == io::ErrorKind::NotFound => None,
        Err(why) => return Outcome::Broken(format!("{} cannot be read: {why}", path.display())),
    };
    let command = match &arguments.sdk {
        Some(folder) => format!("cargo xtask api --bless --sdk {}", folder.display()),
        None => "cargo xtask api --bless".to_owned(),
    };
    let size = format!("{} public items", items.len());
    match found {
        Some(found) if found == wanted => Outcome::Fine(format!("{}: up to date, {size}\n", path.display())),
        found if arguments.bless => match write_atomically(&path, &wanted) {
            Ok(()) => {
                let difference = Difference::of(&found.unwrap_or_default(), &items);
                Outcome::Fine(format!("{}: written, {size} ({})\n", path.display(), difference.counts()))
            }
            Err(why) => Outcome::Broken(format!("{} cannot be written: {why}", path.display())),
        },
        None => Outcome::Stale(format!("error: {} is missing\n  fix: {command}\n", path.display())),
        Some(found) => Outcome::Stale(Difference::of(&found, &items).tell(&path, &command)),
    }
}

/// The public items of the crate in a folder, sorted.
fn crate_items(folder: &Path) -> Result<Vec<Item>, Vec<Problem>> {
    let sources = Sources::load(folder)?;
    let tree = Tree::new(Root::Crate { dependencies: sources.dependencies.clone() }, &sources.items);
    let surface = Surface::of(&tree, &format!("{}::", sources.name));
    if surface.limits.is_empty() {
        return Ok(surface.items);
    }
    let problems = surface.limits.into_iter().map(|limit| {
        let file = sources.file(&tree.modules[limit.module].path);
        Problem::new(file, PUBLIC_PATH, limit.message, PUBLIC_PATH_MEND).on_line(limit.span.start().line)
    });
    Err(problems.collect())
}

fn row(item: &Item) -> String {
    format!("{}: {}\n", item.path, item.signature)
}

/// What moved between a list and the items that there are.
struct Difference {
    added: usize,
    removed: usize,
    changed: usize,
    lines: Vec<String>,
}

impl Difference {
    fn of(list: &str, items: &[Item]) -> Self {
        let rows: Vec<_> = items.iter().map(row).collect();
        let (old, new) = (by_path(list.lines()), by_path(rows.iter().map(|row| row.trim_end())));
        let mut difference = Self { added: 0, removed: 0, changed: 0, lines: Vec::new() };
        let nothing = BTreeSet::new();
        for path in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
            let (before, after) = (old.get(path).unwrap_or(&nothing), new.get(path).unwrap_or(&nothing));
            match (before.is_empty(), after.is_empty()) {
                _ if before == after => continue,
                (true, _) => difference.added += 1,
                (_, true) => difference.removed += 1,
                _ => difference.changed += 1,
            }
            difference.lines.extend(before.difference(after).map(|line| format!("- {line}")));
            difference.lines.extend(after.difference(before).map(|line| format!("+ {line}")));
        }
        difference
    }

    fn counts(&self) -> String {
        format!("{} added, {} removed, {} changed", self.added, self.removed, self.changed)
    }

    fn tell(&self, path: &Path, command: &str) -> String {
        let mut text = format!("error: {} is out of date ({})\n", path.display(), self.counts());
        for line in self.lines.iter().take(SHOWN_LINES) {
            let _ = writeln!(text, "  {line}");
        }
        if self.lines.len() > SHOWN_LINES {
            let _ = writeln!(text, "  … and {} more", self.lines.len() - SHOWN_LINES);
        }
        let _ = writeln!(text, "  fix: {command}");
        text
    }
}

/// The lines of a list by their paths; one item under two features is two lines.
fn by_path<'a>(lines: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let mut found = BTreeMap::<_, BTreeSet<_>>::new();
    for line in lines.filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let path = line.split_once(": ").map_or(line, |(path, _)| path);
        found.entry(path).or_default().insert(line);
    }
    found
}
