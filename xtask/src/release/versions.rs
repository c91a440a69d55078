//! Changes the version in the files that have it.

use semver::Version;

/// Returns the `Cargo.toml` of the workspace with another version, for the crates and for their
/// dependencies on each other.
pub(super) fn in_manifest(text: &str, current: &Version, version: &Version) -> Result<String, String> {
    let own = format!("version = \"{current}\"");
    let needed = format!("version = \"={current}\"");
    let mut section = "";
    let (mut is_own, mut are_needed) = (false, false);
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.starts_with('[') {
            section = line;
        }
        lines.push(if section == "[workspace.package]" && line == own {
            is_own = true;
            format!("version = \"{version}\"")
        } else if line.contains("path = ") && line.contains(&needed) {
            are_needed = true;
            line.replace(&needed, &format!("version = \"={version}\""))
        } else {
            line.to_owned()
        });
    }
    if !is_own {
        return Err(format!("[workspace.package] has no line {own:?}"));
    }
    if !are_needed {
        return Err(format!("no dependency of the workspace has {needed:?}"));
    }
    Ok(lines.join("\n") + "\n")
}

/// Returns a README with another version in the lines that depend on our crates.
pub(super) fn in_readme(text: &str, current: &Version, version: &Version) -> String {
    let [found, wanted] = [current, version].map(|version| format!("\"{}.{}\"", version.major, version.minor));
    let lines = text.split_inclusive('\n');
    lines
        .map(|line| if line.starts_with("plex-tv-") { line.replace(&found, &wanted) } else { line.to_owned() })
        .collect()
}

/// Returns what cargo-semver-checks calls the step to a version. Below 1.0.0, the minor version
/// announces breaking changes.
pub(super) fn release_type(current: &Version, version: &Version) -> &'static str {
    let breaking = |version: &Version| if version.major > 0 { (version.major, 0) } else { (0, version.minor + 1) };
    if breaking(current) != breaking(version) {
        "major"
    } else if version.major == 0 || current.minor != version.minor {
        "minor"
    } else {
        "patch"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn the_version_is_raised_for_our_crates_and_for_no_others() {
        let text = "[workspace.package]\nversion = \"0.1.0\"\n\n[workspace.dependencies]\na = { path = \"a\", version = \"=0.1.0\" }\n\
                    b = { path = \"b\" }\nother = { version = \"=0.1.0\" }\n\n[x]\nversion = \"0.1.0\"\n";

        let raised = in_manifest(text, &version("0.1.0"), &version("0.2.0")).unwrap();

        assert_eq!(
            raised,
            "[workspace.package]\nversion = \"0.2.0\"\n\n[workspace.dependencies]\na = { path = \"a\", version = \"=0.2.0\" }\n\
             b = { path = \"b\" }\nother = { version = \"=0.1.0\" }\n\n[x]\nversion = \"0.1.0\"\n"
        );
        assert!(in_manifest(text, &version("0.3.0"), &version("0.4.0")).is_err());
    }

    #[test]
    fn readmes_name_the_version_to_depend_on() {
        let text = "plex-tv-sdk = \"0.1\"\nplex-tv-sandbox = { version = \"0.1\" }\nother = \"0.1\"\n";

        assert_eq!(
            in_readme(text, &version("0.1.3"), &version("0.2.0")),
            "plex-tv-sdk = \"0.2\"\nplex-tv-sandbox = { version = \"0.2\" }\nother = \"0.1\"\n"
        );
        assert_eq!(in_readme(text, &version("0.1.0"), &version("0.1.1")), text);
    }

    #[test]
    fn the_type_of_a_release_is_what_its_version_announces() {
        for (current, next, wanted) in [
            ("0.1.0", "0.2.0", "major"),
            ("0.9.3", "1.0.0", "major"),
            ("1.4.0", "2.0.0", "major"),
            ("0.1.0", "0.1.1", "minor"),
            ("1.4.2", "1.5.0", "minor"),
            ("1.4.2", "1.4.3", "patch"),
        ] {
            assert_eq!(release_type(&version(current), &version(next)), wanted, "{current} {next}");
        }
    }
}
