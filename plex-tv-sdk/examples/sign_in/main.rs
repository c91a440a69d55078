//! Signs a person in with a PIN, then lists their servers and how to reach each.
//!
//! `cargo run --example sign_in` needs no account and no network: it uses a sandbox. `--live` talks
//! to the real plex.tv, and `--help` lists the other options.

mod arguments;
mod reach;
mod room;
mod screen;
mod spinner;

use std::{env, process::ExitCode, time::Duration};

use clap::Parser as _;
use plex_tv_sandbox::Sandbox;
use plex_tv_sdk::{Client, ClientIdentity, CredentialStore as _, FileStore, TokenCheck};
use tokio::runtime::Runtime;

use crate::{arguments::Arguments, spinner::spinner};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

const PRODUCT: &str = "Sign-in Example";
const VERSION: &str = env!("CARGO_PKG_VERSION");

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            screen::complain(&format!("error: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(run_until_stopped(&arguments));
    // A host name lookup cannot be cancelled, and Ctrl-C must not wait for one.
    runtime.shutdown_background();
    code
}

async fn run_until_stopped(arguments: &Arguments) -> ExitCode {
    // Dropping a call or a wait cancels it, so there is nothing to undo after Ctrl-C.
    tokio::select! {
        outcome = run(arguments) => match outcome {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                screen::complain(&format!("error: {}", screen::chain(error.as_ref())));
                ExitCode::FAILURE
            }
        },
        Ok(()) = tokio::signal::ctrl_c() => {
            screen::complain("stopped");
            ExitCode::from(130)
        }
    }
}

async fn run(arguments: &Arguments) -> Outcome {
    match arguments {
        Arguments { forget: true, .. } => forget(),
        Arguments { live: true, .. } => live(arguments).await,
        _ => in_sandbox(arguments).await,
    }
}

async fn in_sandbox(arguments: &Arguments) -> Outcome {
    let approve_after = (!arguments.manual).then_some(Duration::from_secs(2));
    let sandbox = Sandbox::builder().approve_after(approve_after).start().await?;
    let identity = ClientIdentity::new("sandbox-desk-01", PRODUCT, VERSION)?;
    let client = Client::builder(identity).base_url(sandbox.url()).app_url(sandbox.url()).build()?;
    screen::greet_in_sandbox(arguments)?;

    let client = sign_in(&client, arguments).await?;
    show_account(&client).await
}

async fn live(arguments: &Arguments) -> Outcome {
    let store = store()?;
    let identity = ClientIdentity::load_or_create(&store, PRODUCT, VERSION)?;
    // With the store, the client starts with the previous sign-in, and a new one is saved at once.
    let builder = Client::builder(identity).store(store);
    let builder = match env::var("PLEX_TV_URL") {
        Ok(url) => builder.base_url(&url).app_url(&url),
        Err(_) => builder,
    };
    let client = builder.build()?;

    let client = if is_signed_in(&client).await? { client } else { sign_in(&client, arguments).await? };
    show_account(&client).await
}

/// Whether there is a stored token, and it is still valid.
async fn is_signed_in(client: &Client) -> Outcome<bool> {
    if client.token().is_none() {
        return Ok(false);
    }
    let spinner = spinner("Checking the stored token.");
    let check = client.verify_token().await;
    drop(spinner);
    match check {
        TokenCheck::Valid(_) => Ok(true),
        TokenCheck::Rejected(_) => {
            screen::say("The stored token is no longer valid. Please sign in again.\n")?;
            Ok(false)
        }
        // No answer is not a refusal: an app that dropped the token now would sign people out
        // whenever the network is down.
        TokenCheck::Unknown(error) => {
            let why = screen::chain(&error);
            Err(format!("the stored token could not be checked, so it stays for another try: {why}").into())
        }
        _ => Err("this version of the example does not know this result of checking the stored token".into()),
    }
}

async fn sign_in(client: &Client, arguments: &Arguments) -> Outcome<Client> {
    let login = client.pin_login();
    let login = if arguments.link { login } else { login.strong() };
    let spinner = spinner("Asking for a PIN.");
    let flow = login.start().await?;
    drop(spinner);
    screen::invite(&flow, arguments)?;

    let spinner = screen::wait_for_approval()?;
    let outcome = flow.wait().poll_every(Duration::from_secs(1)).deadline(arguments.timeout()).await;
    drop(spinner);
    match outcome {
        Err(error) if error.is_pin_expired() => Err("not signed in: the request was denied, or it expired".into()),
        Err(error) if error.is_deadline() => {
            Err(format!("not signed in: nobody approved within {} s", arguments.timeout().as_secs()).into())
        }
        outcome => Ok(outcome?),
    }
}

async fn show_account(client: &Client) -> Outcome {
    screen::show_account(&client.account().await?)?;

    let spinner = spinner("Looking for servers and how to reach them.");
    let reached = reach::reach_all(client.servers().await?).await?;
    drop(spinner);
    screen::show_servers(&reached)?;
    Ok(())
}

fn forget() -> Outcome {
    let store = store()?;
    if store.load()?.token.is_none() {
        return Ok(screen::say("No token is stored, so there is nothing to forget.")?);
    }
    store.update(&mut |credentials| credentials.sign_out())?;
    Ok(screen::say(&format!("The token was removed from {}.", store.path().display()))?)
}

/// The store for the client identifier and the token. A stand-in for plex.tv gets a separate
/// account, since a token is valid only where it was issued.
fn store() -> Outcome<FileStore> {
    let account = if env::var_os("PLEX_TV_URL").is_some() { "elsewhere" } else { "plex.tv" };
    Ok(FileStore::open("plex-tv-sdk-example")?.account(account))
}
