//! Checks, documents and runs the packages in a separate workspace.

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use super::{readme, workspace};
use crate::{
    crates::{self, Published, command_line, output},
    rustdoc,
};

const SDK: &str = "plex-tv-sdk";
/// An example that ships with the SDK, its features, and what it prints at the end.
const EXAMPLE: (&str, &str, &str) = ("sign_in", "file-store,qr", "Signed in as Example User");
/// What the program of the SDK's README prints.
const GREETING: &str = "Hello Example User";

pub(super) fn prove(crates: &[Published]) -> Result<String, String> {
    let workspace = workspace()?;
    let target = target_folder(&workspace)?;
    package(&workspace, crates, &target)?;
    let folder = tempfile::tempdir().map_err(|why| format!("cannot create a temporary folder: {why}"))?;
    let outside = Outside { folder: folder.path().to_owned(), target };
    outside.unpack(crates)?;
    let programs = outside.write_workspace(&workspace, crates)?;

    let sdk = crates.iter().find(|one| one.name == SDK).ok_or("the workspace has no plex-tv-sdk")?;
    let documented: Vec<_> = sdk.documented.iter().map(String::as_str).collect();
    outside.check(&["-p", SDK])?;
    outside.check(&["-p", SDK, "--no-default-features"])?;
    outside.check(&["-p", SDK, "--features", &documented.join(",")])?;
    outside.check(&["-p", SDK, "--features", "codegen"])?;
    for one in crates {
        outside.document(one)?;
    }
    outside.run(&programs)?;
    outside.check_lowest_versions(crates)?;
    Ok(format!("{} packages work on their own\n", crates.len()))
}

/// Packages all crates into `package` of the target folder.
fn package(workspace: &Path, crates: &[Published], target: &Path) -> Result<(), String> {
    let mut package = crates::cargo(workspace);
    // They are built below, outside the workspace.
    package.args(["package", "--locked", "--allow-dirty", "--no-verify", "--quiet"]);
    for one in crates {
        package.args(["-p", &one.name]);
    }
    package.arg("--target-dir").arg(target);
    step(&mut package).map(|_| ())
}

/// The workspace that contains only the packages.
struct Outside {
    folder: PathBuf,
    /// The target folder of the original workspace, so that shared dependencies are built once.
    target: PathBuf,
}

impl Outside {
    fn unpack(&self, crates: &[Published]) -> Result<(), String> {
        for one in crates {
            let mut tar = Command::new("tar");
            // All files of a package have the same old time, so cargo would not see that they have
            // changed since the last proof. `m` gives them the time of now.
            tar.arg("-xzmf")
                .arg(self.target.join("package").join(format!("{}.crate", one.stem())))
                .arg("-C")
                .arg(&self.folder);
            output(&mut tar)?;
        }
        Ok(())
    }

    /// Writes the manifest of the workspace and the programs of the READMEs. Returns their names.
    fn write_workspace(&self, workspace: &Path, crates: &[Published]) -> Result<Vec<String>, String> {
        let mut programs = Vec::new();
        for one in crates.iter().filter(|one| one.name == SDK || one.name == "plex-tv-sandbox") {
            programs.push(readme::write_crate(&self.folder.join(one.stem()), one, &self.folder)?);
        }
        let mut manifest =
            "[workspace]\nresolver = \"3\"\nmembers = [\"plex-tv-*\", \"readme-of-*\"]\n\n[patch.crates-io]\n"
                .to_owned();
        for one in crates {
            manifest.push_str(&format!("{} = {{ path = \"{}\" }}\n", one.name, one.stem()));
        }
        manifest.push_str(&profiles(&read(&workspace.join("Cargo.toml"))?, crates));
        self.write("Cargo.toml", &manifest)?;
        // The same versions as in the workspace. Cargo drops unused packages.
        self.write("Cargo.lock", &read(&workspace.join("Cargo.lock"))?)?;
        Ok(programs)
    }

    fn write(&self, file: &str, text: &str) -> Result<(), String> {
        let path = self.folder.join(file);
        fs::write(&path, text).map_err(|why| format!("{} cannot be written: {why}", path.display()))
    }

    fn check(&self, arguments: &[&str]) -> Result<(), String> {
        step(self.cargo("check").args(arguments)).map(|_| ())
    }

    /// Builds the documentation as docs.rs does. `--cfg docsrs` turns on what only a nightly
    /// rustdoc supports.
    fn document(&self, one: &Published) -> Result<(), String> {
        let mut doc = self.cargo("doc");
        let features: Vec<_> = one.documented.iter().map(String::as_str).collect();
        doc.args(["--no-deps", "-p", &one.name, "--features", &features.join(",")]);
        doc.env("RUSTDOCFLAGS", "--cfg docsrs -D warnings");
        rustdoc::with_unstable_options(&mut doc)?;
        step(&mut doc).map(|_| ())
    }

    /// Runs the programs of the READMEs and the example.
    fn run(&self, programs: &[String]) -> Result<(), String> {
        let (example, features, signed_in) = EXAMPLE;
        let mut build = self.cargo("build");
        build.args(["-p", SDK, "--example", example, "--features", features, "--bins", "--message-format", "json"]);
        for program in programs {
            build.args(["-p", program]);
        }
        let built = step(&mut build)?;
        let executable = |name: &str| executable(&built, name).ok_or_else(|| format!("cargo built no program {name}"));
        for program in programs {
            let printed = step(&mut Command::new(executable(program)?))?;
            if program.ends_with(SDK) && !printed.contains(GREETING) {
                return Err(format!(
                    "the program in the README of {SDK} should print {GREETING:?}, but it printed:\n{printed}"
                ));
            }
        }
        let printed = step(&mut Command::new(executable(example)?))?;
        if !printed.contains(signed_in) {
            return Err(format!("the example {example} should print {signed_in:?}, but it printed:\n{printed}"));
        }
        Ok(())
    }

    /// Checks the crates with the lowest versions of their direct dependencies. Only a nightly
    /// cargo can choose those. The check itself uses the toolchain of this command.
    fn check_lowest_versions(&self, crates: &[Published]) -> Result<(), String> {
        if !has_nightly() {
            tell(
                "skipped the lowest versions of dependencies; fix: rustup toolchain install nightly --profile minimal",
            );
            return Ok(());
        }
        // The READMEs may allow lower versions than the crates do, as applications may.
        let manifest = read(&self.folder.join("Cargo.toml"))?;
        self.write("Cargo.toml", &manifest.replace(", \"readme-of-*\"", ""))?;
        let mut update = Command::new("rustup");
        update.args(["run", "nightly", "cargo", "update", "--quiet", "-Z", "direct-minimal-versions"]);
        update.current_dir(&self.folder);
        for variable in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN"] {
            update.env_remove(variable);
        }
        step(&mut update)?;
        let mut arguments = Vec::new();
        for one in crates {
            arguments.extend(["-p", &one.name]);
        }
        self.check(&arguments)
    }

    fn cargo(&self, command: &str) -> Command {
        let mut cargo = crates::cargo(&self.folder);
        cargo.args([command, "--quiet", "--target-dir"]).arg(&self.target);
        cargo
    }
}

fn has_nightly() -> bool {
    let mut nightly = Command::new("rustup");
    nightly.args(["run", "nightly", "cargo", "--version"]);
    output(&mut nightly).is_ok()
}

/// Prints a command and runs it.
fn step(command: &mut Command) -> Result<String, String> {
    tell(&command_line(command));
    output(command)
}

fn tell(what: &str) {
    // Standard error may be closed.
    let _ = writeln!(std::io::stderr(), "  {what}");
}

/// Returns the path of a program that a build made, from the JSON that cargo printed.
fn executable(messages: &str, name: &str) -> Option<PathBuf> {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    messages
        .filter(|message| message["target"]["name"] == name)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
}

/// Returns the profiles of the workspace. With other profiles, dependencies would be built again.
/// Missing packages are left out, because cargo warns about them.
fn profiles(manifest: &str, crates: &[Published]) -> String {
    let mut text = String::new();
    let mut is_profile = false;
    for line in manifest.lines() {
        if line.starts_with('[') {
            is_profile = line.starts_with("[profile.");
        }
        let package = line.split('.').next().unwrap_or_default();
        let is_missing = package.starts_with("plex-tv-") && crates.iter().all(|one| one.name != package);
        if is_profile && !is_missing {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

fn target_folder(workspace: &Path) -> Result<PathBuf, String> {
    if let Some(folder) = env::var_os("CARGO_TARGET_DIR") {
        return Ok(workspace.join(folder));
    }
    Ok(workspace.join("target"))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|why| format!("{} cannot be read: {why}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_copied_without_packages_that_are_missing() {
        let manifest = "[workspace]\nmembers = []\n\n[profile.dev]\ndebug = false\n\n[profile.dev.package]\n\
                        plex-tv-diff.opt-level = 2\nsyn.opt-level = 2\n\n[workspace.lints.rust]\nunsafe_code = \"forbid\"\n";

        assert_eq!(
            profiles(manifest, &[]),
            "[profile.dev]\ndebug = false\n\n[profile.dev.package]\nsyn.opt-level = 2\n\n"
        );
    }

    #[test]
    fn the_program_of_a_build_is_found_by_its_name() {
        let messages = "{\"reason\":\"compiler-artifact\",\"target\":{\"name\":\"a\"},\"executable\":null}\n\
                        {\"reason\":\"compiler-artifact\",\"target\":{\"name\":\"b\"},\"executable\":\"/x/b\"}\nnot JSON\n";

        assert_eq!(executable(messages, "b"), Some(PathBuf::from("/x/b")));
        assert_eq!(executable(messages, "a"), None);
    }
}
