//! The maintainer's commands: `cargo xtask …`.

mod generate;
mod lint;
mod outcome;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Keeps the client of Plex.tv in step with its description.
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
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.command {
        Command::Generate(arguments) => generate::run(&arguments),
        Command::Lint(arguments) => lint::run(&arguments),
    };
    outcome.report()
}
