//! The crates that are published, as `cargo metadata` describes them.

use std::{
    collections::BTreeSet,
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

/// A crate that is published to the registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Published {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) folder: PathBuf,
    /// All features but `default`.
    pub(crate) features: BTreeSet<String>,
    /// The features that `default` turns on.
    pub(crate) default_features: BTreeSet<String>,
    /// The features that docs.rs turns on in addition to the default ones.
    pub(crate) documented: BTreeSet<String>,
    /// The address of the public repository; empty until the owner sets it.
    pub(crate) repository: String,
    /// The crates of the workspace that it depends on, including those for its tests and examples.
    needs: BTreeSet<String>,
}

impl Published {
    /// Returns the name of the package and of the folder in it, such as `plex-tv-sdk-0.1.0`.
    pub(crate) fn stem(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }
}

/// Returns the published crates of the workspace in a folder, each after those that it needs.
pub(crate) fn published(workspace: &Path) -> Result<Vec<Published>, String> {
    let mut metadata = cargo(workspace);
    metadata.args(["metadata", "--no-deps", "--format-version", "1"]);
    let text = output(&mut metadata)?;
    let metadata: Value =
        serde_json::from_str(&text).map_err(|why| format!("the output of cargo metadata is not JSON: {why}"))?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    // `publish = false` is an empty list of registries.
    let is_published = |package: &&Value| package["publish"].as_array().is_none_or(|registries| !registries.is_empty());
    let crates: Option<Vec<_>> = packages.filter(is_published).map(read).collect();
    in_order(crates.ok_or("cargo metadata describes a package without a name, a version or a manifest")?)
}

fn read(package: &Value) -> Option<Published> {
    let texts =
        |list: &Value| list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    let features = package["features"].as_object()?;
    let default_features = features.get("default").map(texts).unwrap_or_default();
    // A path dependency without a version is not in the package.
    let is_of_workspace = |dependency: &&Value| dependency["path"].is_string() && dependency["req"] != "*";
    let of_workspace = package["dependencies"].as_array()?.iter().filter(is_of_workspace);
    let manifest = Path::new(package["manifest_path"].as_str()?);
    let name = package["name"].as_str()?.to_owned();
    Some(Published {
        version: package["version"].as_str()?.to_owned(),
        folder: manifest.parent()?.to_owned(),
        features: features.keys().filter(|feature| *feature != "default").cloned().collect(),
        default_features,
        documented: texts(&package["metadata"]["docs"]["rs"]["features"]),
        repository: package["repository"].as_str().unwrap_or_default().to_owned(),
        // A crate needs itself, with all features, for its own examples.
        needs: of_workspace
            .filter_map(|dependency| dependency["name"].as_str().map(str::to_owned))
            .filter(|needed| *needed != name)
            .collect(),
        name,
    })
}

/// Sorts the crates so that each comes after those that it needs. Crates that are not published are
/// ignored.
fn in_order(mut left: Vec<Published>) -> Result<Vec<Published>, String> {
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let names: BTreeSet<_> = left.iter().map(|one| one.name.clone()).collect();
        let (ready, waiting): (Vec<_>, Vec<_>) = left.into_iter().partition(|one| one.needs.is_disjoint(&names));
        if ready.is_empty() {
            let names: Vec<_> = names.into_iter().collect();
            return Err(format!("these crates need each other, so none can be published first: {}", names.join(", ")));
        }
        ordered.extend(ready);
        left = waiting;
    }
    Ok(ordered)
}

/// Returns a command for the cargo that runs this program, in a folder.
pub(crate) fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(folder);
    command
}

/// Runs a command and returns what it printed. The error has the last lines of a failed command.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let line = command_line(command);
    let output = command.stdin(Stdio::null()).output().map_err(|why| format!("`{line}` cannot be started: {why}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    let lines: Vec<_> = said.lines().collect();
    let end = lines.len().saturating_sub(SHOWN_LINES);
    Err(format!("`{line}` failed:\n{}", lines[end..].join("\n")))
}

/// The most lines of a failed command that are shown.
const SHOWN_LINES: usize = 40;

/// Returns the command line as it would be typed.
pub(crate) fn command_line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let words = command.get_args().map(|word| word.to_string_lossy().into_owned());
    std::iter::once(program).chain(words).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, needs: &[&str]) -> Published {
        Published {
            name: name.to_owned(),
            version: "0.1.0".to_owned(),
            folder: PathBuf::new(),
            features: BTreeSet::new(),
            default_features: BTreeSet::new(),
            documented: BTreeSet::new(),
            repository: String::new(),
            needs: needs.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    #[test]
    fn a_crate_comes_after_those_that_it_needs() {
        let crates = vec![
            named("sdk", &["recipe", "sandbox", "tests"]),
            named("recipe", &["reader"]),
            named("reader", &[]),
            named("sandbox", &["reader"]),
        ];

        let ordered: Vec<_> = in_order(crates).unwrap().into_iter().map(|one| one.name).collect();

        assert_eq!(ordered, ["reader", "recipe", "sandbox", "sdk"]);
    }

    #[test]
    fn crates_that_need_each_other_are_refused() {
        let refused = in_order(vec![named("a", &["b"]), named("b", &["a"]), named("c", &[])]).unwrap_err();

        assert!(refused.ends_with("a, b"), "{refused}");
    }

    #[test]
    fn the_crates_of_this_workspace_are_found_in_order() {
        let crates = published(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()).unwrap();

        let names: Vec<_> = crates.iter().map(|one| one.name.as_str()).collect();
        assert_eq!((names.len(), names.first(), names.last()), (4, Some(&"plex-tv-openapi"), Some(&"plex-tv-sdk")));
    }
}
