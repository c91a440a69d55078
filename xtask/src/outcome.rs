//! How a command ends: one exit code for each kind of outcome, the same for all commands.

use std::{fmt::Write as _, io::Write as _, process::ExitCode};

use plex_tv_openapi::Problem;

/// The exit codes, for `--help`.
pub(crate) const EXIT_CODES: &str = "Exit codes:
  0  success
  1  findings
  2  the command was used incorrectly
  3  a description is missing, unreadable or not valid
  4  written files are out of date
  5  a bug in these tools
  6  a toolchain that the command needs is not installed";

/// How a command ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Success. The text goes to standard output.
    Fine(String),
    /// Findings of a check. The text goes to standard output.
    Findings(String),
    /// The command was used incorrectly.
    Misused(String),
    /// A description cannot be used.
    Invalid(Vec<Problem>),
    /// Written files do not match what they are made from.
    Stale(String),
    /// A file could not be written or read back.
    Broken(String),
    /// A toolchain is not installed.
    Missing(String),
    /// These tools contradict themselves. There may still be a report.
    Bug { data: String, talk: String },
}

impl Outcome {
    /// Prints the output and returns the exit code.
    pub(crate) fn report(self) -> ExitCode {
        let (code, data, talk) = match self {
            Self::Fine(text) => (0, text, String::new()),
            Self::Findings(text) => (1, text, String::new()),
            Self::Invalid(problems) => (if problems.iter().any(ours) { 5 } else { 3 }, String::new(), list(&problems)),
            Self::Misused(text) => (2, String::new(), format!("error: {text}\n")),
            Self::Bug { data, talk } => (5, data, talk),
            Self::Stale(text) => (4, String::new(), text),
            Self::Broken(text) => (3, String::new(), format!("error: {text}\n")),
            Self::Missing(text) => (6, String::new(), format!("error: {text}")),
        };
        // A closed pipe is not a failure: the exit code is what counts.
        let _ = std::io::stdout().write_all(data.as_bytes());
        let _ = std::io::stderr().write_all(talk.as_bytes());
        ExitCode::from(code)
    }
}

/// Returns the text of all problems, one after the other, and their number.
pub(crate) fn list(problems: &[Problem]) -> String {
    let mut text = String::new();
    for problem in problems {
        let _ = writeln!(text, "{problem}");
    }
    let noun = if problems.len() == 1 { "problem" } else { "problems" };
    let _ = writeln!(text, "{} {noun}", problems.len());
    text
}

fn ours(problem: &Problem) -> bool {
    problem.rule() == "recipe"
}
