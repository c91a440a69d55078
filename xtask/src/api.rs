//! `cargo xtask api`: the public items of the SDK, as rustdoc lists them, kept in
//! `plex-tv-sdk/api.txt`.

mod rustdoc;
mod toolchain;

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use similar::{ChangeTag, TextDiff};

use crate::{
    files::{workspace_path, write_atomically},
    outcome::Outcome,
};
use toolchain::Toolchain;

/// The most changed lines of an outdated list that are shown.
const SHOWN_LINES: usize = 12;

const HEADER: &str =
    "# The public items of the crate, one on a line. Written by `cargo xtask api --bless`, never by hand.\n";

const MEANING: &str = "\
The list is made from rustdoc's JSON with all features except `codegen`, which gives the same code. A type is listed under \
each of its public paths, and its methods under one of them. A trait impl is one line, followed by its types and constants. \
Its methods are left out, because the trait has them. Auto traits (Send, Sync), blanket impls, hidden items, and the features \
that an item needs are not listed.

The format of rustdoc's JSON changes between releases of Rust. The file xtask/api-toolchain names the release that is used. \
If it is not installed, the command says how to install it and exits with 6.";

#[derive(Debug, clap::Args)]
#[command(after_long_help = MEANING)]
pub(crate) struct Arguments {
    /// Writes nothing, and exits with 4 if api.txt does not match the code.
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
    let toolchain = match Toolchain::find() {
        Ok(toolchain) => toolchain,
        Err(missing) => return Outcome::Missing(missing.message()),
    };
    let items = match rustdoc::items(&toolchain, &folder) {
        Ok(items) => items,
        Err(why) => return Outcome::Broken(why),
    };
    let list: String = items.iter().flat_map(|item| [item, "\n"]).collect();
    if !arguments.check && !arguments.bless {
        return Outcome::Fine(list);
    }
    let path = folder.join("api.txt");
    let wanted = format!("{HEADER}{list}");
    let found = match fs::read_to_string(&path) {
        // A checkout may have other line endings.
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
                let found = found.unwrap_or_else(|| HEADER.to_owned());
                Outcome::Fine(format!("{}: written, {size} ({})\n", path.display(), counts(&changes(&found, &wanted))))
            }
            Err(why) => Outcome::Broken(format!("{} cannot be written: {why}", path.display())),
        },
        None => Outcome::Stale(format!("error: {} is missing\n  fix: {command}\n", path.display())),
        Some(found) => Outcome::Stale(stale(&changes(&found, &wanted), &path, &command)),
    }
}

/// Returns the lines that only one of the texts has, with `-` or `+` in front.
fn changes(found: &str, wanted: &str) -> Vec<String> {
    let diff = TextDiff::from_lines(found, wanted);
    let changes = diff.iter_all_changes().filter(|change| change.tag() != ChangeTag::Equal);
    changes.map(|change| format!("{} {}", change.tag(), change.value().trim_end())).collect()
}

fn counts(changes: &[String]) -> String {
    let count = |sign| changes.iter().filter(|change| change.starts_with(sign)).count();
    format!("{} added, {} removed", count('+'), count('-'))
}

fn stale(changes: &[String], path: &Path, command: &str) -> String {
    let mut text = format!("error: {} is out of date ({})\n", path.display(), counts(changes));
    for change in changes.iter().take(SHOWN_LINES) {
        let _ = writeln!(text, "  {change}");
    }
    if changes.len() > SHOWN_LINES {
        let _ = writeln!(text, "  … and {} more", changes.len() - SHOWN_LINES);
    }
    let _ = writeln!(text, "  fix: {command}");
    text
}
