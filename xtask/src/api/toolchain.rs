//! The toolchain whose rustdoc lists the public items.
//!
//! The JSON of rustdoc is unstable, and its format changes between releases. The file
//! `xtask/api-toolchain` names the release that `public-api` in `Cargo.toml` can read. Update both
//! together.

use std::{env, ffi::OsString, process::Command};

/// The release, such as `1.95.0`.
const NAMED: &str = include_str!("../../api-toolchain");

/// How to run the cargo of the named release.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Toolchain {
    /// The toolchain that runs this command is that release.
    AtHand,
    /// rustup has it, in addition to the toolchain that runs this command.
    Rustup,
}

/// The named release is not installed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Missing {
    named: String,
    at_hand: Option<String>,
}

impl Toolchain {
    pub(super) fn find() -> Result<Self, Missing> {
        let at_hand = release(Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())));
        Self::choose(named(), at_hand, || {
            let mut rustc = Command::new("rustup");
            rustc.args(["run", named(), "rustc"]);
            release(rustc)
        })
    }

    fn choose(
        named: &str,
        at_hand: Option<String>,
        of_rustup: impl FnOnce() -> Option<String>,
    ) -> Result<Self, Missing> {
        // A patch release has the same format and the same standard library.
        let is_named =
            |release: &Option<String>| release.as_deref().is_some_and(|release| minor(release) == minor(named));
        if is_named(&at_hand) {
            return Ok(Self::AtHand);
        }
        if is_named(&of_rustup()) {
            return Ok(Self::Rustup);
        }
        Err(Missing { named: named.to_owned(), at_hand })
    }

    /// Returns the command `cargo` of this toolchain.
    pub(super) fn cargo(&self) -> Command {
        match self {
            Self::AtHand => Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"))),
            Self::Rustup => {
                let mut command = Command::new("rustup");
                command.args(["run", named(), "cargo"]);
                // These variables name programs of the toolchain that runs this command.
                for variable in ["CARGO", "RUSTC", "RUSTDOC"] {
                    command.env_remove(variable);
                }
                command
            }
        }
    }
}

impl Missing {
    /// Returns what is missing and how to install it.
    pub(super) fn message(&self) -> String {
        let Self { named, at_hand } = self;
        let found = match at_hand {
            Some(release) => format!("this is Rust {release}"),
            None => "no rustc was found".to_owned(),
        };
        format!(
            "the list of public items needs the rustdoc of Rust {named}, but {found}\n  fix: rustup toolchain install \
             {named} --profile minimal\n"
        )
    }
}

pub(super) fn named() -> &'static str {
    NAMED.trim()
}

/// Returns the release that a rustc reports.
fn release(mut rustc: Command) -> Option<String> {
    let output = rustc.arg("--version").output().ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.split_whitespace().nth(1)?.to_owned())
}

/// Returns `1.95` for `1.95.0`. A nightly or beta is not a release.
fn minor(release: &str) -> Option<&str> {
    let is_release = release.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    release.rsplit_once('.').map(|(minor, _)| minor).filter(|_| is_release)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(release: &str) -> Option<String> {
        Some(release.to_owned())
    }

    #[test]
    fn the_named_release_is_the_running_toolchain_or_one_of_rustup() {
        let choose = |at_hand, of_rustup| Toolchain::choose("1.95.0", at_hand, || of_rustup);

        assert_eq!(choose(some("1.95.1"), None), Ok(Toolchain::AtHand));
        assert_eq!(choose(some("1.96.0"), some("1.95.0")), Ok(Toolchain::Rustup));
        assert_eq!(choose(None, some("1.95.0")), Ok(Toolchain::Rustup));
        for other in [some("1.9.5"), some("1.95.0-nightly"), some("1.950.0"), None] {
            assert!(choose(other.clone(), other).is_err());
        }
    }

    #[test]
    fn a_missing_release_is_reported_with_the_command_that_installs_it() {
        let missing = Toolchain::choose("1.95.0", some("1.96.2"), || None).unwrap_err().message();

        assert_eq!(
            missing,
            "the list of public items needs the rustdoc of Rust 1.95.0, but this is Rust 1.96.2\n  fix: rustup toolchain \
             install 1.95.0 --profile minimal\n"
        );
    }

    #[test]
    fn the_file_names_a_release() {
        assert!(minor(named()).is_some(), "{NAMED:?}");
    }
}
