//! The build step: with feature `codegen`, generates the client into `OUT_DIR`; without it, does
//! nothing.

#[cfg(not(feature = "codegen"))]
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}

#[cfg(feature = "codegen")]
fn main() -> std::process::ExitCode {
    match codegen::run() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(feature = "codegen")]
mod codegen {
    use std::{
        env, fs,
        path::{Path, PathBuf},
    };

    use plex_tv_codegen::{Layout, generate};
    use plex_tv_openapi::{Description, Descriptions, Document, Problem};

    const FOLDER: &str = "PLEX_TV_OPENAPI_DIR";

    pub(crate) fn run() -> Result<(), String> {
        println!("cargo::rerun-if-changed=build.rs");
        println!("cargo::rerun-if-env-changed={FOLDER}");
        let folder = env::var_os(FOLDER).map_or_else(default_folder, PathBuf::from);
        let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set: run this script through cargo")?);
        let table = table(&folder).map_err(|problem| report(&[problem]))?;
        for description in table.all().iter().filter(|description| is_wanted(description)) {
            let path = table.path(description);
            println!("cargo::rerun-if-changed={}", path.display());
            let code = code(&path, &description.module).map_err(|problems| report(&problems))?;
            let target = out.join(&description.module).with_extension("rs");
            fs::write(&target, code).map_err(|why| format!("cannot write {}: {why}", target.display()))?;
        }
        Ok(())
    }

    /// Returns the folder of the descriptions in the package. In a checkout it is a symbolic link,
    /// which git writes as a plain file on systems without symbolic links.
    fn default_folder() -> PathBuf {
        let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
        let folder = package.join("openapi");
        if folder.is_dir() { folder } else { package.join("../openapi") }
    }

    /// Loads the table of descriptions from the folder, or from the package if the folder has none.
    fn table(folder: &Path) -> Result<Descriptions, Problem> {
        for home in [folder, &default_folder()] {
            let path = home.join("descriptions.toml");
            if path.exists() {
                println!("cargo::rerun-if-changed={}", path.display());
                return Descriptions::load(home).map(|table| table.in_folder(folder));
            }
        }
        Descriptions::load(folder)
    }

    /// Whether the feature that the module needs is enabled.
    fn is_wanted(description: &Description) -> bool {
        let variable = |feature: &String| format!("CARGO_FEATURE_{}", feature.replace('-', "_").to_uppercase());
        description.feature.as_ref().is_none_or(|feature| env::var_os(variable(feature)).is_some())
    }

    /// Generates the same text as `cargo xtask generate`. Without rustfmt, only the layout differs.
    fn code(description: &Path, module: &str) -> Result<String, Vec<Problem>> {
        let document = Document::load(description).map_err(|problem| vec![problem])?.in_module(module);
        match generate(&document, Layout::Rustfmt) {
            Err(problems) if problems.iter().all(|problem| problem.rule() == "rustfmt-missing") => {
                generate(&document, Layout::Prettyplease)
            }
            outcome => outcome,
        }
    }

    fn report(problems: &[Problem]) -> String {
        let list: Vec<String> = problems.iter().map(ToString::to_string).collect();
        let list = list.join("\n");
        format!("{list}\nfeature `codegen` generates the client from {FOLDER}, or from the package if that is not set")
    }
}
