//! The files of a package.

use std::{collections::BTreeSet, fmt::Write as _};

use similar::{ChangeTag, TextDiff};

use crate::crates::{Published, cargo, output};

/// Returns one line for each file of the package. Files that are often added and removed are listed
/// as one pattern: Rust sources, and the descriptions, which `openapi/descriptions.toml` names.
pub(super) fn list(one: &Published) -> Result<String, String> {
    let mut package = cargo(&one.folder);
    package.args(["package", "--locked", "--allow-dirty", "--quiet", "--list", "-p", &one.name]);
    Ok(patterns(&output(&mut package)?))
}

fn patterns(files: &str) -> String {
    let names: BTreeSet<_> = files
        .lines()
        .map(|file| file.replace('\\', "/"))
        .filter(|file| file != VCS)
        .map(|file| pattern(&file))
        .collect();
    names.into_iter().flat_map(|name| [name, "\n".to_owned()]).collect()
}

/// A file that cargo adds only in a checkout.
const VCS: &str = ".cargo_vcs_info.json";

fn pattern(file: &str) -> String {
    if file.starts_with("src/") && file.ends_with(".rs") {
        return "src/**/*.rs".to_owned();
    }
    match file.strip_prefix("openapi/") {
        Some(name) if name.ends_with(".yaml") && !name.contains('/') => "openapi/*.yaml".to_owned(),
        _ => file.to_owned(),
    }
}

/// Returns the lines that only one of the lists has.
pub(super) fn difference(found: &str, wanted: &str) -> String {
    let mut text = String::new();
    for change in TextDiff::from_lines(found, wanted).iter_all_changes() {
        if change.tag() != ChangeTag::Equal {
            let _ = writeln!(text, "  {} {}", change.tag(), change.value().trim_end());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_and_descriptions_are_patterns_and_everything_else_is_a_file() {
        let files = ".cargo_vcs_info.json\nCargo.toml\nopenapi/a.yaml\nopenapi/b.yaml\nopenapi/notes/c.yaml\nopenapi/descriptions.toml\n\
                     src/lib.rs\nsrc/auth/pin.rs\nsrc/auth/secret.pem\nexamples/a.rs\n";

        assert_eq!(
            patterns(files),
            "Cargo.toml\nexamples/a.rs\nopenapi/*.yaml\nopenapi/descriptions.toml\nopenapi/notes/c.yaml\nsrc/**/*.rs\nsrc/auth/secret.pem\n"
        );
    }

    #[test]
    fn a_difference_names_added_and_removed_files() {
        assert_eq!(difference("a\nb\n", "a\nc\n"), "  - b\n  + c\n");
    }
}
