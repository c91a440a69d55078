//! `cargo xtask cost`: what the SDK costs those who build it. Measured on demand, and not part of
//! the gate.

mod alone;
mod dependent;
mod lines;
mod measure;
mod table;

use std::path::PathBuf;

use crate::outcome::Outcome;
use measure::Profile;
use table::Table;

const MEANING: &str = "\
Without a flag that chooses parts, all parts are measured, which takes half an hour and more on two cores.

--lines: the generated code, by description. Code is what is neither blank nor documentation.
--dependent: cold builds of a program that lists servers by the SDK, against one that does so by hand with reqwest of the same \
features, serde and serde_json. Crates are all that were built, build scripts and macros included. Sizes are those of the \
stripped release program.
--alone: `cargo check`, debug and release build of the SDK alone, its dependencies built before, with its default features. \
With --against, an older revision is measured in the same run.

User seconds are those of all processes of a build, and not known on every system. Other work on the machine makes them longer \
too: compare the ratios of one run, and no seconds of two.";

/// The form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Markdown,
}

#[derive(Debug, clap::Args)]
#[command(after_long_help = MEANING)]
pub(crate) struct Arguments {
    /// Counts the lines of the generated code.
    #[arg(long)]
    lines: bool,
    /// Builds a program that depends on the SDK.
    #[arg(long)]
    dependent: bool,
    /// Builds the SDK alone.
    #[arg(long)]
    alone: bool,
    /// An older revision to hold the SDK alone against.
    #[arg(long, value_name = "REV")]
    against: Option<String>,
    /// The features of the dependent program. May be repeated [default: all three].
    #[arg(long, value_enum, value_name = "SET")]
    features: Vec<dependent::Features>,
    /// The profile of the dependent program. May be repeated [default: both].
    #[arg(long, value_enum)]
    profile: Vec<Profile>,
    /// The form of the report.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let is_dependent = arguments.dependent || !arguments.features.is_empty() || !arguments.profile.is_empty();
    let is_alone = arguments.alone || arguments.against.is_some();
    let is_all = !(arguments.lines || is_dependent || is_alone);
    let mut tables = Vec::new();
    if is_all || arguments.lines {
        tables.push(lines::table());
    }
    if is_all || is_dependent {
        tables.push(dependent::table(&chosen(&arguments.features), &chosen(&arguments.profile)));
    }
    if is_all || is_alone {
        tables.push(alone::table(arguments.against.as_deref()));
    }
    match tables.into_iter().collect::<Result<Vec<_>, _>>() {
        Ok(tables) => {
            Outcome::Fine(tables.iter().map(|table| arguments.format.render(table)).collect::<Vec<_>>().join("\n"))
        }
        Err(why) => Outcome::Broken(why),
    }
}

/// What was asked for, or all there is.
fn chosen<T: clap::ValueEnum>(asked: &[T]) -> Vec<T> {
    if asked.is_empty() { T::value_variants().to_vec() } else { asked.to_vec() }
}

impl Format {
    fn render(self, table: &Table) -> String {
        match self {
            Self::Text => table.text(),
            Self::Markdown => table.markdown(),
        }
    }
}

/// The folder of the workspace, from anywhere.
fn workspace() -> Result<PathBuf, String> {
    let manifest = crate::files::workspace_path("Cargo.toml");
    let found = manifest.canonicalize().map_err(|why| format!("{} cannot be found: {why}", manifest.display()))?;
    Ok(found.parent().map(PathBuf::from).unwrap_or_default())
}
