use std::error::Error;
use std::fmt;

use crate::routes::operations;

/// The error for an operation that the sandbox does not serve. Nothing was scripted.
///
/// # Example
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use plex_tv_sandbox::{Fault, Sandbox};
///
/// let sandbox = Sandbox::start().await?;
/// let error = sandbox.next("pings", Fault::Html).unwrap_err();
/// assert!(error.to_string().contains("did you mean `ping`?"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownOperation {
    name: String,
    nearest: Option<&'static str>,
}

impl UnknownOperation {
    /// Returns the name from the table of operations.
    pub(crate) fn check(name: &str) -> Result<&'static str, Self> {
        let known = operations().find(|known| *known == name);
        known.ok_or_else(|| Self { name: String::from(name), nearest: nearest(name) })
    }
}

impl fmt::Display for UnknownOperation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the sandbox serves no operation `{}`", self.name)?;
        match self.nearest {
            Some(nearest) => write!(formatter, "; did you mean `{nearest}`?"),
            None => write!(formatter, "; `plex_tv_sandbox::operations()` lists those that it serves"),
        }
    }
}

impl Error for UnknownOperation {}

/// Returns the operation with the most similar name, if one is similar enough.
fn nearest(name: &str) -> Option<&'static str> {
    const LIKE_ENOUGH: f64 = 0.85;
    let likeness = |known: &&'static str| strsim::jaro_winkler(&known.to_lowercase(), &name.to_lowercase());
    let all = operations().map(|known| (likeness(&known), known));
    let (likeness, known) = all.max_by(|one, other| one.0.total_cmp(&other.0))?;
    (likeness >= LIKE_ENOUGH).then_some(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_similar_name_the_error_refers_to_the_list() {
        let error = UnknownOperation::check("xyzzy").unwrap_err();

        assert!(error.to_string().ends_with("lists those that it serves"), "{error}");
    }

    #[test]
    fn the_most_similar_name_is_suggested() {
        for (wrong, right) in [("getTokne", "getToken"), ("getwatchlist", "getWatchlist"), ("signin", "signIn")] {
            assert_eq!(UnknownOperation::check(wrong).unwrap_err().nearest, Some(right), "{wrong}");
        }
    }
}
