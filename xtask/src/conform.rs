//! `cargo xtask conform`: decodes recorded replies with the generated types.
//!
//! The package `plex-tv-conform` does the work, and is built on demand. This crate must not depend
//! on the generated code, because it has to be able to repair that code when it does not compile.

use std::{
    env,
    ffi::OsString,
    path::PathBuf,
    process::{Command, ExitCode},
};

use clap::ValueEnum;
use plex_tv_openapi::Problem;

use crate::{files::workspace_path, outcome::Outcome};

/// The exit code of cargo when it cannot build or start the program, and of a program that panics.
const NOT_RUN: i32 = 101;

const NAMES: &str = "\
A payload is a file DIR/<operationId>/<status>[-<case>].{json,xml,html,txt}. Successes are decoded as their operation's \
type, everything else as an error. Only names and JSON paths are shown, never values. A payload of an operation that no \
description has is skipped: it counts as a payload, but as neither decoded nor failed. A field in several rows of a list \
counts as one field.";

#[derive(Debug, clap::Args)]
#[command(after_long_help = NAMES)]
pub(crate) struct Arguments {
    /// The folder of payloads.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The format of the report.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Exits with 1 on a lost field too, not only on a payload that cannot be decoded.
    #[arg(long)]
    strict: bool,
    /// The folder of descriptions [default: openapi].
    #[arg(long, value_name = "DIR")]
    openapi: Option<PathBuf>,
}

/// The format of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let status = Command::new(&cargo)
        .args(["run", "--quiet", "--package", "plex-tv-conform", "--manifest-path"])
        .arg(workspace_path("Cargo.toml"))
        .args(["--", "--format", if arguments.format == Format::Json { "json" } else { "text" }])
        .args(arguments.strict.then_some("--strict"))
        .arg("--openapi")
        .arg(arguments.openapi.clone().unwrap_or_else(|| workspace_path("openapi")))
        .arg("--")
        .arg(&arguments.folder)
        .status();
    match status.map(|status| status.code()) {
        Ok(Some(NOT_RUN)) => not_run("it cannot be built, or it crashed; see the output of cargo above").report(),
        Ok(Some(code)) => ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX)),
        Ok(None) => not_run("it was stopped before it finished").report(),
        Err(why) => Outcome::Broken(format!(
            "plex-tv-conform cannot be started with `{}`: {why}; install cargo, or set CARGO to its path",
            cargo.display()
        ))
        .report(),
    }
}

fn not_run(why: &str) -> Outcome {
    let mend = "if the generated code is at fault: cargo xtask generate";
    Outcome::Invalid(vec![Problem::new("plex-tv-conform", "recipe", why, mend)])
}
