//! `cargo xtask docs`: builds the reference site.
//!
//! The package `plex-tv-docs` does the work, and is built on demand: `--serve` needs the sandbox,
//! and the other commands should not wait for its build.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use plex_tv_openapi::Problem;

use crate::{files::workspace_path, outcome::Outcome};

/// The exit code of cargo when it cannot build or start the program, and of a program that panics.
const NOT_RUN: i32 = 101;

const PAGES: &str = "\
The samples are the doctests of plex-tv-sdk/src/generated, so run `cargo xtask generate` after a change of a \
description. New pages are recorded in tools/docs/pages.txt. So is a new id of an operation, and its old page then redirects \
to the new one. A page that is removed for good needs a line there that names its replacement.";

#[derive(Debug, clap::Args)]
#[command(after_long_help = PAGES)]
pub(crate) struct Arguments {
    /// Writes nothing, and exits with 1 on a broken link, or with 4 if tools/docs/pages.txt is out
    /// of date.
    #[arg(long)]
    check: bool,
    /// Serves the pages on this machine, with a sandbox to which their forms send calls.
    #[arg(long, conflicts_with = "check")]
    serve: bool,
    /// The port of `--serve`; 0 picks a free one [default: 8000].
    #[arg(long, requires = "serve")]
    port: Option<u16>,
    /// The folder of the site [default: target/reference].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Where the rustdoc pages are: an address, or a folder of the site such as `rustdoc/`
    /// [default: docs.rs].
    #[arg(long, value_name = "BASE")]
    rustdoc: Option<String>,
    /// Checks links to rustdoc in this folder, which `cargo doc --all-features` wrote.
    #[arg(long, value_name = "DIR", requires = "check")]
    rustdoc_folder: Option<PathBuf>,
    /// The address at which the site is published, for the sitemap.
    #[arg(long, value_name = "URL")]
    address: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let root = workspace_path("Cargo.toml").parent().map(Path::to_owned).unwrap_or_default();
    // An empty path cannot be an argument.
    let root = if root.as_os_str().is_empty() { PathBuf::from(".") } else { root };
    let mut command = Command::new(&cargo);
    command
        .args(["run", "--quiet", "--package", "plex-tv-docs", "--manifest-path"])
        .arg(workspace_path("Cargo.toml"))
        .arg("--")
        .arg("--root")
        .arg(root)
        .arg("--out")
        .arg(arguments.out.clone().unwrap_or_else(|| workspace_path("target/reference")))
        .args(arguments.check.then_some("--check"))
        .args(arguments.serve.then_some("--serve"));
    if let Some(port) = arguments.port {
        command.args(["--port", &port.to_string()]);
    }
    for (flag, value) in [("--rustdoc", &arguments.rustdoc), ("--address", &arguments.address)] {
        if let Some(value) = value {
            command.arg(flag).arg(value);
        }
    }
    if let Some(folder) = &arguments.rustdoc_folder {
        command.arg("--rustdoc-folder").arg(folder);
    }
    match command.status().map(|status| status.code()) {
        Ok(Some(NOT_RUN)) => not_run("it cannot be built, or it crashed; see the output of cargo above").report(),
        Ok(Some(code)) => ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX)),
        Ok(None) => not_run("it was stopped before it finished").report(),
        Err(why) => Outcome::Broken(format!(
            "plex-tv-docs cannot be started with `{}`: {why}; install cargo, or set CARGO to its path",
            cargo.display()
        ))
        .report(),
    }
}

fn not_run(why: &str) -> Outcome {
    let mend = "run `cargo build -p plex-tv-docs` to see why";
    Outcome::Invalid(vec![Problem::new("plex-tv-docs", "recipe", why, mend)])
}
