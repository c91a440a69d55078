//! The program that `cargo xtask docs` runs.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use clap::Parser;
use plex_tv_docs::{Server, Settings, Site};
use plex_tv_openapi::Problem;

/// The most problems that are shown. One mistake in a template causes a problem on every page.
const SHOWN: usize = 50;

/// Generates the reference: a page for every operation and type of the descriptions.
#[derive(Debug, Parser)]
struct Arguments {
    /// The workspace.
    #[arg(long, value_name = "DIR")]
    root: PathBuf,
    /// Writes nothing; exits with 1 on a broken link, and with 4 if the ledger is out of date.
    #[arg(long)]
    check: bool,
    /// Serves the pages on this machine, with a sandbox for the calls of their forms.
    #[arg(long, conflicts_with = "check")]
    serve: bool,
    /// The port of `--serve`; 0 picks a free one.
    #[arg(long, default_value_t = 8000, requires = "serve")]
    port: u16,
    /// The folder of the site.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Where the rustdoc pages are: an address, or a folder of the site.
    #[arg(long, value_name = "BASE")]
    rustdoc: Option<String>,
    /// Checks links to rustdoc against this folder, which `cargo doc` wrote.
    #[arg(long, value_name = "DIR", requires = "check")]
    rustdoc_folder: Option<PathBuf>,
    /// The address at which the site is published, for the sitemap.
    #[arg(long, value_name = "URL")]
    address: Option<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ending = run(&arguments);
    let (code, text) = match ending {
        Ok(text) => (0, text),
        Err((code, text)) => (code, text),
    };
    // A closed pipe is not a failure: the exit code is what counts.
    let _ = if code == 0 {
        std::io::stdout().write_all(text.as_bytes())
    } else {
        std::io::stderr().write_all(text.as_bytes())
    };
    ExitCode::from(code)
}

fn run(arguments: &Arguments) -> Result<String, (u8, String)> {
    let invalid = |problems: Vec<Problem>| (3, list(&problems));
    let started = Instant::now();
    let mut settings = Settings { try_it: arguments.serve, ..Settings::default() };
    settings.rustdoc = arguments.rustdoc.clone().unwrap_or(settings.rustdoc);
    settings.address = arguments.address.clone().unwrap_or(settings.address);
    let site = Site::build(&arguments.root, &settings).map_err(invalid)?;
    if arguments.serve {
        return serve(&site, arguments.port);
    }
    let broken = site.broken_links(arguments.rustdoc_folder.as_deref());
    if arguments.check {
        let stale = site.stale_ids();
        if !broken.is_empty() {
            return Err((1, list(&broken.into_iter().chain(stale).collect::<Vec<_>>())));
        }
        if !stale.is_empty() {
            return Err((4, list(&stale)));
        }
        return Ok(format!("{}; no broken links, ledger up to date\n", site.summary()));
    }
    site.update_ledger().map_err(|problems| (4, list(&problems)))?;
    site.write(&arguments.out).map_err(|problem| invalid(vec![problem]))?;
    let index = arguments.out.join("index.html");
    let took = started.elapsed().as_millis();
    if !broken.is_empty() {
        return Err((1, list(&broken)));
    }
    Ok(format!("{}: {}, in {took} ms\n", shown(&index), site.summary()))
}

fn serve(site: &Site, port: u16) -> Result<String, (u8, String)> {
    let broken = |why: std::io::Error| (3, format!("error: the pages cannot be served: {why}\n  fix: --port 0\n"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(broken)?;
    runtime.block_on(async {
        let server = Server::bind(site, port).await.map_err(broken)?;
        let mut out = std::io::stdout();
        let _ = writeln!(out, "The reference is served at {} with a sandbox. Press Ctrl-C to stop.", server.url());
        let _ = out.flush();
        tokio::select! {
            ended = server.run() => ended.map_err(broken)?,
            _ = tokio::signal::ctrl_c() => {}
        }
        Ok(String::new())
    })
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn list(problems: &[Problem]) -> String {
    let text: String = problems.iter().take(SHOWN).map(|problem| format!("{problem}\n")).collect();
    let noun = if problems.len() == 1 { "problem" } else { "problems" };
    format!("{text}{} {noun}\n", problems.len())
}
