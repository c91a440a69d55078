//! The output for the person.

use std::{
    error::Error,
    io::{self, Write as _},
};

use console::{Alignment, Style, Term};
use indicatif::ProgressBar;
use plex_tv_sdk::{Account, PinFlow, printable};

use crate::{
    arguments::Arguments,
    reach::Reached,
    room,
    spinner::{self, spinner},
};

/// Prints a paragraph to standard output. Unlike `println!`, it does not panic when the reader is
/// gone.
pub(crate) fn say(text: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}

pub(crate) fn greet_in_sandbox(arguments: &Arguments) -> io::Result<()> {
    say("This is a sandbox, an imitation of plex.tv inside this program.")?;
    say(if arguments.manual {
        "It waits for you to allow or deny.\n"
    } else {
        "It approves automatically after two seconds.\n"
    })
}

/// Prints a line to standard error. Failure is ignored, since nothing else could report it.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(io::stderr(), "{}", printable(line));
}

/// Formats an error and its chain of causes in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line = format!("{line}: {error}");
        cause = error.source();
    }
    line
}

/// Asks the person to approve in the way they chose.
pub(crate) fn invite(flow: &PinFlow, arguments: &Arguments) -> io::Result<()> {
    let url = if arguments.link { flow.link_url() } else { flow.auth_url() };
    let text = if arguments.link {
        invitation_to_type(flow, &url)
    } else {
        format!("Open this address to sign in:\n\n  {url}\n")
    };
    say(&text)?;
    // No phone can reach the sandbox.
    if arguments.live && reaches_a_phone(&url) { show_qr_code(flow, &text) } else { Ok(()) }
}

fn invitation_to_type(flow: &PinFlow, url: &str) -> String {
    let page = url.split('?').next().unwrap_or(url);
    let code: Vec<_> = printable(flow.code().expose()).chars().map(String::from).collect();
    let code = Style::new().bold().apply_to(code.join(" "));
    format!(
        "Open {page} and type this code to sign in:\n\n    {code}\n\nOr open the address with the code:\n\n  {url}\n"
    )
}

/// Shows a spinner, or prints the text once if no spinner is possible.
pub(crate) fn wait_for_approval() -> io::Result<ProgressBar> {
    const TEXT: &str = "Waiting for approval; Ctrl-C stops.";
    if !spinner::is_possible() {
        say(TEXT)?;
    }
    Ok(spinner(TEXT))
}

pub(crate) fn show_account(account: &Account) -> io::Result<()> {
    let email = account.email().unwrap_or("no e-mail address");
    say(&format!("Signed in as {} ({}).\n", printable(account.name()), printable(email)))
}

pub(crate) fn show_servers(servers: &[Reached]) -> io::Result<()> {
    if servers.is_empty() {
        return say("No servers: none owned, and none shared.");
    }
    let names: Vec<_> = servers.iter().map(|reached| printable(reached.server.name())).collect();
    let width = names.iter().map(|name| console::measure_text_width(name)).max().unwrap_or_default();
    for (name, reached) in names.iter().zip(servers) {
        let name = console::pad_str(name, width, Alignment::Left, None);
        let owner = if reached.server.is_owned() { "owned" } else { "shared" };
        say(&format!("  {name}  {owner:<6}  {}", route(reached)))?;
    }
    Ok(())
}

fn route(reached: &Reached) -> String {
    let Some(connection) = &reached.connection else {
        return "no reachable connection".to_owned();
    };
    format!("{:<6}  {}", connection.kind(), printable(connection.uri()))
}

/// Whether other devices can open the address. They cannot open that of a stand-in on this machine.
fn reaches_a_phone(url: &str) -> bool {
    url.starts_with("https://")
}

/// Shows a QR code if the terminal has room for all of it below the text.
fn show_qr_code(flow: &PinFlow, text: &str) -> io::Result<()> {
    let terminal = Term::stdout();
    let Ok(image) = flow.qr_text() else {
        return Ok(());
    };
    let (rows, columns) = terminal.size();
    if !terminal.is_term() || !room::fits(&image, text, rows.into(), columns.into()) {
        return Ok(());
    }
    say("Or scan this with a phone:\n")?;
    // White on black, as fixed palette colours that themes do not change, for dark and light
    // terminals.
    let paper = Style::new().color256(231).on_color256(16);
    for line in image.lines() {
        say(&format!("  {}", paper.apply_to(line)))?;
    }
    say("")
}
