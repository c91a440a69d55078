//! The build step: with feature `codegen`, generates the client into `OUT_DIR`; without it, does nothing.

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
    use plex_tv_openapi::{Document, Problem, module_name};

    const FOLDER: &str = "PLEX_TV_OPENAPI_DIR";
    /// The descriptions that the crate has a module for.
    const DESCRIPTIONS: [&str; 3] = ["discover.yaml", "plex-tv-v1.yaml", "plex-tv.yaml"];

    pub(crate) fn run() -> Result<(), String> {
        println!("cargo::rerun-if-changed=build.rs");
        println!("cargo::rerun-if-env-changed={FOLDER}");
        let folder = env::var_os(FOLDER).map_or_else(default_folder, PathBuf::from);
        let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set: this script is run by cargo")?);
        for name in DESCRIPTIONS {
            let description = folder.join(name);
            println!("cargo::rerun-if-changed={}", description.display());
            let code = code(&description).map_err(|problems| tell(&problems))?;
            let target = out.join(module_name(&description)).with_extension("rs");
            fs::write(&target, code).map_err(|why| format!("{} cannot be written: {why}", target.display()))?;
        }
        Ok(())
    }

    /// Inside the workspace, the folder beside this crate.
    fn default_folder() -> PathBuf {
        Path::new(&env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../openapi")
    }

    /// The same text as `cargo xtask generate` writes; where rustfmt is missing, the same code.
    fn code(description: &Path) -> Result<String, Vec<Problem>> {
        let document = Document::load(description).map_err(|problem| vec![problem])?;
        match generate(&document, Layout::Rustfmt) {
            Err(problems) if problems.iter().all(|problem| problem.rule() == "rustfmt-missing") => {
                generate(&document, Layout::Prettyplease)
            }
            outcome => outcome,
        }
    }

    fn tell(problems: &[Problem]) -> String {
        let list: Vec<String> = problems.iter().map(ToString::to_string).collect();
        format!("{}\nfeature `codegen` generates the client from {FOLDER}, or ../openapi without it", list.join("\n"))
    }
}
