//! The maintainer's commands: `cargo xtask …`.

mod api;
mod conform;
mod cost;
mod coverage;
mod crates;
mod diff;
mod docs;
mod files;
mod generate;
mod lint;
mod outcome;
mod package;
mod release;
mod rustdoc;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Keeps the client of Plex.tv in step with its descriptions.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", after_help = outcome::EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Writes the client code from the descriptions, or checks that it is up to date.
    Generate(generate::Arguments),
    /// Checks the descriptions against the rules of openapi/README.md.
    Lint(lint::Arguments),
    /// Reports what a change of the descriptions means for the wire, for the Rust API, and for the
    /// version.
    Diff(Box<diff::Arguments>),
    /// Decodes recorded replies with the generated types, and reports what fails, what is lost, and
    /// what is unknown.
    Conform(conform::Arguments),
    /// Counts the operations, keeps their table in openapi/README.md, and compares them with any
    /// other OpenAPI document.
    Coverage(coverage::Arguments),
    /// Builds the reference site: a page for every operation and type, with samples that compile.
    Docs(docs::Arguments),
    /// Lists the public items of the SDK, keeps the list in plex-tv-sdk/api.txt, or checks that it
    /// is up to date.
    Api(api::Arguments),
    /// Measures what it costs to build the SDK: seconds, crates, bytes, and lines of generated
    /// code.
    Cost(cost::Arguments),
    /// Lists the files of the published crates, and proves that the crates work on their own.
    Package(package::Arguments),
    /// Prepares a release of the published crates, or publishes a prepared one.
    Release(release::Arguments),
}

fn main() -> ExitCode {
    if rustdoc::is_rustdoc() {
        return rustdoc::as_rustdoc();
    }
    let arguments = Arguments::parse();
    match arguments.command {
        Command::Generate(arguments) => generate::run(&arguments).report(),
        Command::Diff(arguments) => diff::run(&arguments).report(),
        Command::Lint(arguments) => lint::run(&arguments).report(),
        Command::Conform(arguments) => conform::run(&arguments),
        Command::Coverage(arguments) => coverage::run(&arguments).report(),
        Command::Docs(arguments) => docs::run(&arguments),
        Command::Api(arguments) => api::run(&arguments).report(),
        Command::Cost(arguments) => cost::run(&arguments).report(),
        Command::Package(arguments) => package::run(&arguments).report(),
        Command::Release(arguments) => release::run(&arguments).report(),
    }
}
