//! Helpers for the tests of the commands.
#![allow(dead_code)] // Each test target uses only some of them.

use std::{
    ffi::OsStr,
    path::Path,
    process::{Command, Output},
};

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    pub(crate) fn of(command: &mut Command) -> Self {
        let Output { status, stdout, stderr } = command.output().unwrap();
        let [stdout, stderr] = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        assert!(!stderr.contains("panicked"), "{stderr}");
        Self { code: status.code().unwrap(), stdout, stderr }
    }

    pub(crate) fn last_line(&self) -> &str {
        self.stdout.lines().last().unwrap_or_default()
    }

    /// Asserts that wrong input is reported in one sentence, and that nothing else is printed.
    #[track_caller]
    pub(crate) fn assert_refused(&self, wanted: &str) {
        assert_eq!((self.code, self.stdout.as_str(), self.stderr.lines().count()), (3, "", 1), "{}", self.stderr);
        assert!(self.stderr.starts_with("error: ") && self.stderr.contains(wanted), "{wanted}: {}", self.stderr);
    }

    /// Asserts that wrong input is reported with this text.
    #[track_caller]
    pub(crate) fn assert_mentions(&self, wanted: &str) {
        assert_eq!((self.code, self.stdout.as_str()), (3, ""), "{}", self.stderr);
        assert!(self.stderr.contains(wanted), "{wanted}: {}", self.stderr);
    }
}

pub(crate) fn xtask(arguments: &[impl AsRef<OsStr>]) -> Ended {
    Ended::of(Command::new(env!("CARGO_BIN_EXE_xtask")).args(arguments))
}

pub(crate) fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
