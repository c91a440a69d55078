//! The program that `cargo xtask conform` runs.

use std::{io::Write as _, path::PathBuf, process::ExitCode};

use clap::{Parser, ValueEnum};
use plex_tv_conform::{Descriptions, Report, conform};
use plex_tv_openapi::Problem;

/// Decodes recorded replies with the generated types.
#[derive(Debug, Parser)]
struct Arguments {
    /// The folder of payloads: `<operationId>/<status>[-<case>].{json,xml,html,txt}`.
    folder: PathBuf,
    /// The folder of descriptions.
    #[arg(long, value_name = "DIR")]
    openapi: PathBuf,
    /// The format of the report.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Counts a lost field as a fault too.
    #[arg(long)]
    strict: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match report(&arguments) {
        Ok(report) => {
            let text = match arguments.format {
                Format::Text => report.text(),
                Format::Json => format!("{:#}\n", report.json()),
            };
            // A closed pipe is not a failure: the exit code is what counts.
            let _ = std::io::stdout().write_all(text.as_bytes());
            ExitCode::from(u8::from(report.is_faulty(arguments.strict)))
        }
        Err(why) => {
            let _ = writeln!(std::io::stderr(), "error: {why}");
            ExitCode::from(3)
        }
    }
}

fn report(arguments: &Arguments) -> Result<Report, String> {
    let error = |problems: Vec<Problem>| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let descriptions = Descriptions::load(&arguments.openapi).map_err(error)?;
    conform(&arguments.folder, &descriptions)
}
