//! Measures a program that depends on the SDK, and one that does the same by hand.

use std::{collections::BTreeSet, fs, path::Path};

use super::{
    measure::{Build, Profile, cargo, tell},
    table::{Table, number, ratio},
    workspace,
};

/// The feature that generates the code that is checked in. It pulls in the generator.
const CODEGEN: &str = "codegen";

const SDK_PROGRAM: &str = r#"#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let identity = plex_tv_sdk::ClientIdentity::new("c0ffee-desk-01", "Example App", "1.0.0")?;
    for server in plex_tv_sdk::Client::new(identity)?.servers().await? {
        println!("{server:?}");
    }
    Ok(())
}
"#;

const FLOOR_PROGRAM: &str = r#"use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    name: String,
    client_identifier: String,
    provides: String,
    access_token: Option<String>,
    #[serde(default)]
    connections: Vec<Connection>,
}

#[derive(Debug, Deserialize)]
struct Connection {
    uri: String,
    local: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let request = reqwest::Client::new()
        .get("https://plex.tv/api/v2/resources")
        .query(&[("includeHttps", "1")])
        .header("Accept", "application/json")
        .header("X-Plex-Client-Identifier", "c0ffee-desk-01");
    let reply = request.send().await?.error_for_status()?;
    let resources: Vec<Resource> = serde_json::from_slice(&reply.bytes().await?)?;
    for resource in resources.iter().filter(|resource| resource.provides.contains("server")) {
        println!("{resource:?}");
    }
    Ok(())
}
"#;

/// Features of the SDK.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Features {
    Default,
    None,
    /// All but `codegen`.
    All,
}

impl Features {
    fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::None => "none",
            Self::All => "all",
        }
    }

    /// Returns the names of the SDK's features, and the features that they turn on in reqwest.
    fn of(self, manifest: &toml::Table) -> (BTreeSet<String>, BTreeSet<String>) {
        let features = manifest.get("features").and_then(toml::Value::as_table);
        let parts = |name: &str| {
            let parts = features.and_then(|features| features.get(name)?.as_array());
            parts.into_iter().flatten().filter_map(toml::Value::as_str).map(str::to_owned).collect::<Vec<_>>()
        };
        let mut next = match self {
            Self::Default => parts("default"),
            Self::None => Vec::new(),
            Self::All => features.into_iter().flat_map(|features| features.keys().cloned()).collect(),
        };
        next.retain(|name| name != CODEGEN && name != "default");
        let (mut named, mut of_reqwest) = (BTreeSet::new(), BTreeSet::new());
        while let Some(name) = next.pop() {
            if let Some(feature) = name.strip_prefix("reqwest/") {
                of_reqwest.insert(feature.to_owned());
            } else if features.is_some_and(|features| features.contains_key(&name)) && named.insert(name.clone()) {
                next.extend(parts(&name));
            }
        }
        (named, of_reqwest)
    }
}

pub(super) fn table(features: &[Features], profiles: &[Profile]) -> Result<Table, String> {
    let workspace = workspace()?;
    let read = |below: &str| {
        let path = workspace.join(below);
        let text = fs::read_to_string(&path).map_err(|why| format!("{} cannot be read: {why}", path.display()))?;
        text.parse::<toml::Table>().map_err(|why| format!("{}: {}", path.display(), why.message()))
    };
    let (root, sdk) = (read("Cargo.toml")?, read("plex-tv-sdk/Cargo.toml")?);
    let mut rows = Vec::new();
    for set in features {
        let (named, of_reqwest) = set.of(&sdk);
        let floor = floor_manifest(&root, &of_reqwest)?;
        let by_sdk = sdk_manifest(&workspace, &named);
        for profile in profiles {
            let floor = build(&workspace, *set, *profile, "by hand", &floor, FLOOR_PROGRAM)?;
            let by_sdk = build(&workspace, *set, *profile, "by the SDK", &by_sdk, SDK_PROGRAM)?;
            rows.push((*set, *profile, floor, by_sdk));
        }
    }
    Ok(report(&rows))
}

/// A build, and the size of the program if it is stripped.
#[derive(Debug)]
struct Built {
    build: Build,
    bytes: Option<u64>,
}

fn build(
    workspace: &Path,
    set: Features,
    profile: Profile,
    what: &str,
    manifest: &str,
    program: &str,
) -> Result<Built, String> {
    tell(&format!("building the program {what}, {} features, {}", set.name(), profile.name()));
    let folder = tempfile::tempdir().map_err(|why| format!("cannot create a folder for a project: {why}"))?;
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).map_err(|why| format!("{} cannot be written: {why}", path.display()))
    };
    fs::create_dir(folder.path().join("src")).map_err(|why| format!("cannot create a folder for a project: {why}"))?;
    write("Cargo.toml", manifest)?;
    write("src/main.rs", program)?;
    // The same versions as in the workspace. Cargo drops unused packages.
    let lock = workspace.join("Cargo.lock");
    fs::copy(&lock, folder.path().join("Cargo.lock"))
        .map_err(|why| format!("{} cannot be copied: {why}", lock.display()))?;
    let arguments: Vec<_> = ["build", "--quiet"].into_iter().chain(profile.flag()).collect();
    let build = cargo(folder.path(), &folder.path().join("target"), &arguments)?;
    let bytes = match (&build.program, profile) {
        (Some(program), Profile::Release) => fs::metadata(program).ok().map(|metadata| metadata.len()),
        _ => None,
    };
    Ok(Built { build, bytes })
}

fn sdk_manifest(workspace: &Path, features: &BTreeSet<String>) -> String {
    let mut sdk = toml::Table::new();
    sdk.insert("path".to_owned(), workspace.join("plex-tv-sdk").display().to_string().into());
    sdk.insert("default-features".to_owned(), false.into());
    sdk.insert("features".to_owned(), features.iter().cloned().collect::<Vec<_>>().into());
    manifest([("plex-tv-sdk", sdk)])
}

fn floor_manifest(root: &toml::Table, features: &BTreeSet<String>) -> Result<String, String> {
    let dependency = |name: &str| {
        let dependency = root.get("workspace").and_then(|root| root.get("dependencies")?.get(name));
        match dependency {
            Some(toml::Value::String(version)) => {
                Ok(toml::Table::from_iter([("version".to_owned(), version.clone().into())]))
            }
            Some(toml::Value::Table(table)) => Ok(table.clone()),
            _ => Err(format!("Cargo.toml of the workspace has no dependency {name}")),
        }
    };
    let mut reqwest = dependency("reqwest")?;
    let own = reqwest.get("features").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let all = own.into_iter().chain(features.iter().cloned().map(toml::Value::from));
    reqwest.insert("features".to_owned(), toml::Value::Array(all.collect()));
    Ok(manifest([("reqwest", reqwest), ("serde", dependency("serde")?), ("serde_json", dependency("serde_json")?)]))
}

/// Returns the `Cargo.toml` of a standalone program. It also has the dependency that runs
/// `async fn main`.
fn manifest<const N: usize>(dependencies: [(&str, toml::Table); N]) -> String {
    // Strings, lists of strings and booleans are written in JSON as in TOML.
    let of = |entries: toml::Table| {
        entries
            .iter()
            .map(|(key, value)| format!("{key} = {}", serde_json::json!(value)))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let mut text =
        "[package]\nname = \"hello\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
                    tokio = { version = \"1\", default-features = false, features = [\"macros\", \"rt\"] }\n"
            .to_owned();
    for (name, dependency) in dependencies {
        text += &format!("{name} = {{ {} }}\n", of(dependency));
    }
    text
}

fn report(rows: &[(Features, Profile, Built, Built)]) -> Table {
    let head = ["features", "profile", "program", "wall s", "user s", "crates", "stripped KiB"];
    let mut table = Table::new("A dependent, cold", 3, &head);
    let size = |built: &Built| built.bytes.map(|bytes| bytes as f64 / 1024.0);
    for (set, profile, floor, by_sdk) in rows {
        let start = |what: &str| [set.name(), profile.name(), what].map(str::to_owned).to_vec();
        for (what, built) in [("by hand", floor), ("by the SDK", by_sdk)] {
            let Build { wall, user, crates, .. } = built.build;
            let size = size(built).map_or_else(|| "-".to_owned(), |size| format!("{size:.0}"));
            table.row(start(what).into_iter().chain([number(Some(wall)), number(user), crates.to_string(), size]));
        }
        let (one, other) = (&by_sdk.build, &floor.build);
        table.row(start("ratio").into_iter().chain([
            ratio(Some(one.wall), Some(other.wall)),
            ratio(one.user, other.user),
            format!("{:+}", one.crates as i64 - other.crates as i64),
            ratio(size(by_sdk), size(floor)),
        ]));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> toml::Table {
        text.parse().unwrap()
    }

    fn names(set: &BTreeSet<String>) -> Vec<&str> {
        set.iter().map(String::as_str).collect()
    }

    const MANIFEST: &str = "[features]\ndefault = ['tls', 'v1']\ntls = ['reqwest/rustls']\nv1 = []\n\
                            more = ['v1', 'dep:x', 'tokio/sync', 'also']\nalso = ['reqwest/native-tls']\ncodegen = ['dep:y']\n";

    #[test]
    fn features_bring_others_and_those_of_reqwest() {
        let of = |set: Features| {
            let (named, of_reqwest) = set.of(&table(MANIFEST));
            (names(&named).join(" "), names(&of_reqwest).join(" "))
        };

        assert_eq!(of(Features::Default), ("tls v1".to_owned(), "rustls".to_owned()));
        assert_eq!(of(Features::None), (String::new(), String::new()));
        assert_eq!(of(Features::All), ("also more tls v1".to_owned(), "native-tls rustls".to_owned()));
        assert_eq!(Features::All.of(&toml::Table::new()), (BTreeSet::new(), BTreeSet::new()));
    }

    #[test]
    fn both_programs_have_a_manifest_that_cargo_can_read() {
        let root = table(
            "[workspace.dependencies]\nserde = { version = '1', features = ['derive'] }\nserde_json = '1.0'\n\
             reqwest = { version = '0.13', default-features = false, features = ['json'] }\n",
        );
        let rustls = BTreeSet::from(["rustls".to_owned()]);

        let floor = table(&floor_manifest(&root, &rustls).unwrap());
        let by_sdk = table(&sdk_manifest("/x \"y\"".as_ref(), &rustls));

        let dependencies = &floor["dependencies"];
        assert_eq!(dependencies["reqwest"]["features"], toml::Value::from(vec!["json", "rustls"]));
        assert_eq!(dependencies["reqwest"]["default-features"], false.into());
        assert_eq!(dependencies["serde_json"]["version"], "1.0".into());
        assert_eq!(by_sdk["dependencies"]["plex-tv-sdk"]["features"], toml::Value::from(vec!["rustls"]));
        assert!(by_sdk["dependencies"]["plex-tv-sdk"]["path"].as_str().unwrap().contains("\"y\""));
        let why = floor_manifest(&toml::Table::new(), &rustls).unwrap_err();
        assert_eq!(why, "Cargo.toml of the workspace has no dependency reqwest");
    }

    #[test]
    fn the_report_has_both_programs_and_their_ratio() {
        let built = |wall, user, crates, bytes| Built { build: Build { wall, user, crates, program: None }, bytes };
        let rows = [
            (
                Features::Default,
                Profile::Release,
                built(10.0, Some(20.0), 100, Some(2048)),
                built(13.0, Some(25.0), 105, Some(3072)),
            ),
            (Features::None, Profile::Debug, built(10.0, None, 100, None), built(12.0, None, 99, None)),
        ];

        let text = report(&rows).text();

        let found: Vec<_> =
            text.lines().skip(2).map(|row| row.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(
            found,
            [
                "default release by hand 10.0 20.0 100 2",
                "default release by the SDK 13.0 25.0 105 3",
                "default release ratio 1.30x 1.25x +5 1.50x",
                "none debug by hand 10.0 not known here 100 -",
                "none debug by the SDK 12.0 not known here 99 -",
                "none debug ratio 1.20x - -1 -",
            ]
        );
    }
}
