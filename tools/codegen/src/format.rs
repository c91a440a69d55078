//! Formats a syntax tree as the text that is checked in.

use std::{
    io::{self, Write as _},
    process::{Command, Stdio},
};

/// Prints the tree with prettyplease, which turns doc attributes into comments, and then formats it
/// with stable rustfmt.
///
/// # Errors
/// When rustfmt is missing or fails.
pub(crate) fn print(file: &syn::File) -> Result<String, FormatError> {
    rustfmt(&spaced(&prettyplease::unparse(file)))
}

/// Puts an empty line between items, because prettyplease prints none.
fn spaced(code: &str) -> String {
    let mut spaced = String::with_capacity(code.len() + code.len() / 32);
    let mut last = "";
    for line in code.lines() {
        let begins = ["///", "#[", "pub ", "impl", "mod ", "runtime::"];
        let (ends, text) = (last.trim_start(), line.trim_start());
        let is_next = last.len() - ends.len() == line.len() - text.len();
        let is_item = begins.iter().any(|begin| text.starts_with(begin));
        let is_end = ends.starts_with('}') || ends.ends_with(';') && !ends.starts_with("//");
        if is_next && is_item && is_end {
            spaced.push('\n');
        }
        spaced.push_str(line);
        spaced.push('\n');
        last = line;
    }
    spaced
}

/// Why the code could not be formatted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FormatError {
    /// The program is not installed.
    #[error("rustfmt is not installed")]
    Missing,
    /// It ran and failed.
    #[error("rustfmt failed: {0}")]
    Failed(String),
}

fn rustfmt(code: &str) -> Result<String, FormatError> {
    let program = std::env::var_os("RUSTFMT").unwrap_or_else(|| "rustfmt".into());
    // Run outside the folder of any rustfmt.toml: the output must not depend on the current folder.
    let child = Command::new(program)
        .args([
            "--edition",
            "2024",
            "--config",
            "max_width=100,newline_style=Unix,short_array_element_width_threshold=40,use_field_init_shorthand=true",
        ])
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.map_err(|why| match why.kind() {
        io::ErrorKind::NotFound => FormatError::Missing,
        _ => FormatError::Failed(why.to_string()),
    })?;
    let failed = |why: io::Error| FormatError::Failed(why.to_string());
    if let Some(mut input) = child.stdin.take() {
        let code = code.to_owned();
        // Written from a separate thread: the code is larger than the pipe buffers.
        let writer = std::thread::spawn(move || input.write_all(code.as_bytes()));
        let output = child.wait_with_output().map_err(failed)?;
        let written =
            writer.join().unwrap_or_else(|_| Err(io::Error::other("the thread that writes to rustfmt panicked")));
        if !output.status.success() {
            return Err(FormatError::Failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
        }
        written.map_err(failed)?;
        return String::from_utf8(output.stdout).map_err(|why| FormatError::Failed(why.to_string()));
    }
    Err(FormatError::Failed("its standard input is not available".to_owned()))
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn empty_lines_separate_items_but_not_members() {
        let file = syn::parse2(quote! {
            use a::b; use a::c;
            pub struct A { pub b: u8, #[doc = " C."] pub c: u8 }
            impl A { #[doc = " One;"] #[doc = " two."] pub fn one(&self) -> u8 { let b = self.b; b } pub fn two(&self) {} }
            pub enum B { #[doc = " C."] C {}, D }
        })
        .unwrap();

        let text = print(&file).unwrap();

        let wanted = "use a::b;\nuse a::c;\n\npub struct A {\n    pub b: u8,\n    /// C.\n    pub c: u8,\n}\n\nimpl A {\n    \
            /// One;\n    /// two.\n    pub fn one(&self) -> u8 {\n        let b = self.b;\n        b\n    }\n\n    pub fn two(&self) {}\n}\n\n\
            pub enum B {\n    /// C.\n    C {},\n    D,\n}\n";
        assert_eq!(text, wanted);
    }

    #[test]
    fn comments_stay_comments_and_the_text_is_a_fixpoint() {
        let file = syn::parse2(quote! {
            #[doc = " First."] #[doc = ""] #[doc = " - second"] pub mod a { #[doc = " Inner."] pub struct B; }
        })
        .unwrap();

        let text = print(&file).unwrap();

        assert_eq!(text, "/// First.\n///\n/// - second\npub mod a {\n    /// Inner.\n    pub struct B;\n}\n");
        assert_eq!(rustfmt(&text).unwrap(), text);
    }

    #[test]
    fn broken_code_is_reported_with_the_message_of_rustfmt() {
        let why = rustfmt("fn").unwrap_err().to_string();

        assert!(why.starts_with("rustfmt failed: error"), "{why}");
    }
}
