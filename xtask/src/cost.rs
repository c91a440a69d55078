//! `cargo xtask cost`: measures what it costs to build the SDK. It runs on demand and is not part
//! of `.ci/run`.

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
Without a flag that chooses parts, all parts are measured, which takes half an hour or more on two cores.

--lines: the lines of generated code for each description. Blank lines and documentation do not count as code.
--dependent: cold builds of a program that lists servers with the SDK, compared with one that uses reqwest with the same \
features, serde and serde_json by hand. The crates are all that were built, including build scripts and macros. The sizes are \
those of the stripped release program.
--alone: `cargo check`, a debug build and a release build of the SDK alone, with its default features and its dependencies \
already built. With --against, an older revision is measured in the same run.

User seconds are those of all processes of a build. They are not known on every system. Other work on the machine increases \
them too, so compare the ratios of one run, not the seconds of two runs.";

/// The format of a report.
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
    /// An older revision to compare the SDK alone with.
    #[arg(long, value_name = "REV")]
    against: Option<String>,
    /// The features of the dependent program. May be repeated [default: all three].
    #[arg(long, value_enum, value_name = "SET")]
    features: Vec<dependent::Features>,
    /// The profile of the dependent program. May be repeated [default: both].
    #[arg(long, value_enum)]
    profile: Vec<Profile>,
    /// The format of the report.
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

/// Returns the requested values, or all of them if none are requested.
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

/// Returns the absolute path of the workspace.
fn workspace() -> Result<PathBuf, String> {
    let manifest = crate::files::workspace_path("Cargo.toml");
    let found = manifest.canonicalize().map_err(|why| format!("{} cannot be found: {why}", manifest.display()))?;
    Ok(found.parent().map(PathBuf::from).unwrap_or_default())
}
