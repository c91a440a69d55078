//! The public items of a crate, from rustdoc's JSON.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use public_api::{PublicApi, tokens::Token};
use serde_json::Value;

use super::toolchain::{self, Toolchain};
use crate::rustdoc as as_program;

/// Features that are left out. `codegen` generates the code that is checked in, and pulls in the
/// generator.
const LEFT_OUT: [&str; 2] = ["codegen", "default"];

/// Returns the items of the crate in a folder, sorted, one per line.
pub(super) fn items(toolchain: &Toolchain, folder: &Path) -> Result<Vec<String>, String> {
    let package = Package::load(toolchain, &folder.join("Cargo.toml"))?;
    let json = package.document(toolchain)?;
    let api = public_api::Builder::from_rustdoc_json(&json)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .include_function_parameter_names(true)
        .build()
        .map_err(|why| {
            format!(
                "public-api cannot read the JSON of Rust {}: {why}; name a release in xtask/api-toolchain that the \
                 public-api in Cargo.toml supports",
                toolchain::named()
            )
        })?;
    Ok(rows(&api))
}

/// Returns one line for each item. The methods of a trait impl are left out, because the trait has
/// them. Its types and constants are kept.
fn rows(api: &PublicApi) -> Vec<String> {
    let all: Vec<_> = api.items().map(|item| (item, item.to_string())).collect();
    let impls: HashSet<_> = all
        .iter()
        .filter(|(_, row)| row.starts_with("impl") && row.contains(" for "))
        .map(|(item, _)| item.id())
        .collect();
    let is_given = |item: &public_api::PublicItem| {
        item.parent_id().is_some_and(|parent| impls.contains(&parent))
            && item.tokens().any(|token| matches!(token, Token::Kind(kind) if kind == "fn"))
    };
    let is_bare = |row: &str| row.starts_with("impl ") && !row.contains(" for ");
    let mut rows: Vec<_> = all.into_iter().filter(|(item, _)| !is_given(item)).map(|(_, row)| row).collect();
    // The line of an inherent impl without generics adds nothing to the lines of its methods. The
    // methods of an item with several paths are repeated under one of them.
    let mut listed = HashSet::new();
    rows.retain(|row| !is_bare(row) && listed.insert(row.clone()));
    rows
}

/// What `cargo metadata` says about a crate.
struct Package {
    manifest: PathBuf,
    /// The name of the library in rustdoc's output.
    library: String,
    features: Vec<String>,
    target: PathBuf,
}

impl Package {
    fn load(toolchain: &Toolchain, manifest: &Path) -> Result<Self, String> {
        let mut metadata = toolchain.cargo();
        metadata.args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"]).arg(manifest);
        let output = run(&mut metadata, manifest)?;
        let unknown = || format!("{}: cargo metadata does not name the library of this crate", manifest.display());
        let metadata: Value = serde_json::from_slice(&output).map_err(|_| unknown())?;
        let wanted = manifest.canonicalize().map_err(|why| format!("{} cannot be read: {why}", manifest.display()))?;
        let is_wanted = |package: &&Value| {
            let found = package["manifest_path"].as_str().map(Path::new);
            found.and_then(|path| path.canonicalize().ok()).is_some_and(|path| path == wanted)
        };
        let package = metadata["packages"].as_array().into_iter().flatten().find(is_wanted).ok_or_else(unknown)?;
        let is_library = |target: &&Value| target["kind"].as_array().is_some_and(|kinds| kinds.contains(&"lib".into()));
        let library = package["targets"].as_array().into_iter().flatten().find(is_library);
        let library = library.and_then(|library| library["name"].as_str()).ok_or_else(unknown)?;
        let features = package["features"].as_object().into_iter().flat_map(|features| features.keys());
        Ok(Self {
            manifest: manifest.to_owned(),
            library: library.replace('-', "_"),
            features: features.filter(|name| !LEFT_OUT.contains(&name.as_str())).cloned().collect(),
            target: metadata["target_directory"].as_str().map(PathBuf::from).ok_or_else(unknown)?,
        })
    }

    /// Runs rustdoc and returns the path of its JSON.
    fn document(&self, toolchain: &Toolchain) -> Result<PathBuf, String> {
        let folder = self.target.join("api");
        let mut rustdoc = toolchain.cargo();
        rustdoc.args(["rustdoc", "--quiet", "--lib", "--manifest-path"]).arg(&self.manifest);
        rustdoc.args(["--features", &self.features.join(",")]);
        rustdoc.args(["--", "-Zunstable-options", "--output-format=json", "--cap-lints=allow"]);
        as_program::into_folder(&mut rustdoc, folder.as_os_str())?;
        run(&mut rustdoc, &self.manifest)?;
        let json = folder.join(&self.library).with_extension("json");
        if json.exists() {
            return Ok(json);
        }
        // Cargo assumes that the file from an earlier run still exists.
        Err(format!("{} is missing; run `cargo clean --doc` and try again", json.display()))
    }
}

fn run(command: &mut Command, manifest: &Path) -> Result<Vec<u8>, String> {
    let output = command.stdin(Stdio::null()).output();
    let output =
        output.map_err(|why| format!("cargo cannot be started: {why}; install cargo, or set CARGO to its path"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let talk = String::from_utf8_lossy(&output.stderr);
    Err(format!("{} cannot be documented; cargo says:\n{}", manifest.display(), talk.trim_end()))
}
