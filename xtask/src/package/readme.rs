//! Makes a crate of the program in a README, as a reader who follows it would.

use std::{fs, path::Path};

use crate::crates::Published;

/// The expression in the SDK's README that creates a client of plex.tv. rustdoc compiles the
/// program as it is. Here this expression is replaced, so that the program talks to a sandbox.
const CLIENT: &str = "Client::new(identity)?";

/// A function that creates a client of a sandbox that approves every PIN.
const SANDBOXED_CLIENT: &str = r#"
async fn client_of_a_sandbox(identity: ClientIdentity) -> Result<Client, plex_tv_sdk::Error> {
    let sandbox = plex_tv_sandbox::Sandbox::builder().approve_after(Some(std::time::Duration::ZERO));
    let sandbox = sandbox.start().await.expect("a free loopback port");
    let client = Client::builder(identity).base_url(sandbox.url()).app_url(sandbox.url()).build();
    // The sandbox stops when it is dropped.
    std::mem::forget(sandbox);
    client
}
"#;

/// The start of a test in a README.
const TEST: &str = "#[tokio::test]\nasync fn ";

/// Makes a program of a test, so that it can be run as the other programs are.
fn as_program(test: &str) -> Option<String> {
    let (before, test) = test.split_once(TEST)?;
    let (_, body) = test.split_once("()")?;
    Some(format!("{before}#[tokio::main(flavor = \"current_thread\")]\nasync fn main(){body}"))
}

/// Writes a crate into a folder: the dependencies and the first program of a package's README.
/// Returns its name.
pub(super) fn write_crate(package: &Path, one: &Published, into: &Path) -> Result<String, String> {
    let path = package.join("README.md");
    let readme = fs::read_to_string(&path).map_err(|why| format!("{} cannot be read: {why}", path.display()))?;
    let missing = |what: &str| format!("README.md of {} has no {what}", one.name);
    let name = format!("readme-of-{}", one.name);
    let dependencies = block(&readme, "toml", "dependencies]").ok_or_else(|| missing("block with dependencies"))?;
    let mut manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n{}",
        dependencies.replace("[dev-dependencies]", "[dependencies]")
    );
    let test = || as_program(&block(&readme, "rust", TEST)?);
    let program = block(&readme, "rust", "async fn main").or_else(test).ok_or_else(|| missing("program"))?;
    let mut program =
        program.lines().map(|line| line.strip_prefix("# ").unwrap_or(line)).collect::<Vec<_>>().join("\n");
    if one.name == "plex-tv-sdk" {
        if !program.contains(CLIENT) {
            return Err(missing(CLIENT));
        }
        program = program.replace(CLIENT, "client_of_a_sandbox(identity).await?") + SANDBOXED_CLIENT;
        manifest.push_str("plex-tv-sandbox = \"*\"\n");
    }
    let folder = into.join(&name);
    let write = |file: &str, text: &str| {
        let path = folder.join(file);
        fs::write(&path, text).map_err(|why| format!("{} cannot be written: {why}", path.display()))
    };
    fs::create_dir_all(folder.join("src")).map_err(|why| format!("{} cannot be created: {why}", folder.display()))?;
    write("Cargo.toml", &manifest)?;
    write("src/main.rs", &program)?;
    Ok(name)
}

/// Returns the first block of a language that contains a text.
fn block(markdown: &str, language: &str, text: &str) -> Option<String> {
    let mut blocks = markdown.split("\n```");
    blocks.next();
    // Opening and closing fences alternate, and a closing fence has no language.
    let opened = blocks.step_by(2).filter_map(|block| block.split_once('\n'));
    let mut fitting = opened.filter(|(info, body)| info.split(',').next() == Some(language) && body.contains(text));
    fitting.next().map(|(_, body)| format!("{body}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str = "# A\n\n```sh\ncargo add a\n```\n\n```toml\n[dev-dependencies]\na = \"1\"\n```\n\n```rust,no_run\n\
                          let one = 1;\n```\n\n```rust\nasync fn main() {\n    a();\n}\n```\n";

    #[test]
    fn the_first_block_of_a_language_with_a_text_is_found() {
        assert_eq!(block(README, "rust", "async fn main").unwrap(), "async fn main() {\n    a();\n}\n");
        assert_eq!(block(README, "rust", "").unwrap(), "let one = 1;\n");
        assert_eq!(block(README, "toml", "dependencies]").unwrap(), "[dev-dependencies]\na = \"1\"\n");
        assert_eq!(block(README, "rust", "cargo add"), None);
    }

    #[test]
    fn a_test_becomes_a_program() {
        let test = "use a::b;\n\n#[tokio::test]\nasync fn it_works() -> Result<(), E> {\n    b()\n}\n";

        let start = "use a::b;\n\n#[tokio::main(flavor = \"current_thread\")]\nasync fn main()";
        assert_eq!(as_program(test).unwrap(), format!("{start} -> Result<(), E> {{\n    b()\n}}\n"));
        assert_eq!(as_program("fn main() {}"), None);
    }
}
