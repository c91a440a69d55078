//! `cargo xtask package`: checks what the published crates contain, and whether they work on their
//! own.

mod contents;
mod proof;
mod readme;

use std::fmt::Write as _;

use crate::{
    crates::{self, Published},
    files::{workspace_path, write_atomically},
    outcome::Outcome,
};

const MEANING: &str = "\
--check compares the files of each package with .ci/package-lists, so that nothing ships by accident. Rust sources and \
descriptions are listed as patterns. It also fails if docs.rs would leave out a feature.

--prove packages all crates and unpacks them into an empty workspace outside this one. A [patch] of the registry is \
its only link between the packages. There it checks the SDK with default features, without them, with those that docs.rs \
shows, and with `codegen`. It builds the documentation as docs.rs does, with warnings denied, and runs the program of each \
README and the example `sign_in`. If a nightly toolchain is installed, it also checks the lowest versions of direct \
dependencies that the manifests allow. It takes a few minutes. With CARGO_NET_OFFLINE=true it downloads nothing.";

/// Features that docs.rs does not show: one generates the code that is checked in, one is for tools
/// and outside semver, and one has no items of its own.
const NOT_DOCUMENTED: [&str; 3] = ["codegen", "conform", "native-tls"];

#[derive(Debug, clap::Args)]
#[command(after_long_help = MEANING)]
#[group(required = true, multiple = false)]
pub(crate) struct Arguments {
    /// Writes nothing, and exits with 4 if the files of a package differ from its list.
    #[arg(long)]
    check: bool,
    /// Writes the lists of files.
    #[arg(long)]
    bless: bool,
    /// Builds, documents and runs the packages outside this workspace.
    #[arg(long)]
    prove: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let crates = match workspace().and_then(|workspace| crates::published(&workspace)) {
        Ok(crates) => crates,
        Err(why) => return Outcome::Broken(why),
    };
    if arguments.prove {
        return match proof::prove(&crates) {
            Ok(text) => Outcome::Fine(text),
            Err(why) => Outcome::Broken(why),
        };
    }
    match keep_lists(&crates, arguments.bless) {
        Ok(outcome) => outcome,
        Err(why) => Outcome::Broken(why),
    }
}

fn keep_lists(crates: &[Published], is_blessing: bool) -> Result<Outcome, String> {
    let (mut fine, mut stale) = (String::new(), String::new());
    for one in crates {
        for feature in hidden(one) {
            let _ = writeln!(
                stale,
                "error: docs.rs would not show feature `{feature}` of {}\n  fix: add it to `features` of \
                 [package.metadata.docs.rs] in its Cargo.toml",
                one.name
            );
        }
        for (file, feature) in unnamed(one)? {
            let _ = writeln!(
                stale,
                "error: {file} does not name feature `{feature}` of {}\n  fix: add it to the list of features there",
                one.name
            );
        }
        let wanted = contents::list(one)?;
        let path = workspace_path(".ci/package-lists").join(&one.name).with_extension("txt");
        let found = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        if found == wanted {
            let _ = writeln!(fine, "{}: up to date", path.display());
        } else if is_blessing {
            write_atomically(&path, &wanted).map_err(|why| format!("{} cannot be written: {why}", path.display()))?;
            let _ = writeln!(fine, "{}: written", path.display());
        } else {
            let _ = writeln!(stale, "error: the files of {} differ from {}", one.name, path.display());
            stale.push_str(&contents::difference(&found, &wanted));
            stale.push_str("  fix: exclude what should not ship, or run cargo xtask package --bless\n");
        }
    }
    Ok(if stale.is_empty() { Outcome::Fine(fine) } else { Outcome::Stale(stale) })
}

/// Returns the features that docs.rs leaves out without a reason.
fn hidden(one: &Published) -> impl Iterator<Item = &String> {
    let is_shown = |feature: &str| one.documented.contains(feature) || one.default_features.contains(feature);
    one.features.iter().filter(move |feature| !is_shown(feature) && !NOT_DOCUMENTED.contains(&feature.as_str()))
}

/// Returns the features that the README or the crate docs do not name, with the file.
fn unnamed(one: &Published) -> Result<Vec<(String, &String)>, String> {
    let mut unnamed = Vec::new();
    for file in ["README.md", "src/lib.rs"] {
        let path = one.folder.join(file);
        let text = std::fs::read_to_string(&path).map_err(|why| format!("{} cannot be read: {why}", path.display()))?;
        // A feature outside semver is not for users.
        let features = one.features.iter().filter(|feature| *feature != "conform");
        let missing = features.filter(|feature| !text.contains(&format!("`{feature}`")));
        unnamed.extend(missing.map(|feature| (path.display().to_string(), feature)));
    }
    Ok(unnamed)
}

/// Returns the absolute path of the workspace.
fn workspace() -> Result<std::path::PathBuf, String> {
    let manifest = workspace_path("Cargo.toml");
    let found = manifest.canonicalize().map_err(|why| format!("{} cannot be found: {why}", manifest.display()))?;
    Ok(found.parent().map(std::path::PathBuf::from).unwrap_or_default())
}
