//! `cargo run -p plex-tv-sandbox`: runs a sandbox until Ctrl-C.
// A command-line program prints to standard output.
#![allow(clippy::print_stdout)]

mod arguments;

use std::process::ExitCode;

use plex_tv_sandbox::{
    EMAIL, EMAIL_ONLY_EMAIL, FRIEND_EMAIL, HOME_PIN, HOME_PIN_USER, HOME_USER, PASSWORD, Sandbox, TWO_FACTOR_EMAIL,
    TWO_FACTOR_PASSWORD, TWO_FACTOR_VERIFICATION_CODE,
};

use crate::arguments::{Command, HELP, Settings};

#[tokio::main]
async fn main() -> ExitCode {
    match arguments::parse(std::env::args().skip(1)) {
        Ok(Command::Help) => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        Ok(Command::Run(settings)) => run(settings).await,
        Err(problem) => {
            eprintln!("error: {problem}\n  fix: see plex-tv-sandbox --help");
            ExitCode::from(2)
        }
    }
}

async fn run(settings: Settings) -> ExitCode {
    let Settings { port, approve_after, rate_limits, jwt_everywhere, cors } = settings;
    let builder = Sandbox::builder().port(port).approve_after(approve_after);
    let sandbox = match builder.rate_limits(rate_limits).jwt_everywhere(jwt_everywhere).cors(cors).start().await {
        Ok(sandbox) => sandbox,
        Err(error) => {
            eprintln!("error: cannot start on 127.0.0.1:{port}: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("{}", greeting(&sandbox, approve_after.is_some()));
    match tokio::signal::ctrl_c().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: cannot wait for Ctrl-C: {error}");
            ExitCode::FAILURE
        }
    }
}

fn greeting(sandbox: &Sandbox, approves_itself: bool) -> String {
    let (url, token) = (sandbox.url(), sandbox.token());
    let approval = if approves_itself {
        String::from("PINs are approved automatically after a while. To approve one sooner:")
    } else {
        String::from("PINs wait for you to approve them:")
    };
    format!(
        "plex.tv sandbox at {url}\n\
         Unofficial, not affiliated with Plex. All data is made up. Press Ctrl-C to stop.\n\
         Open that address in a browser to see what it serves.\n\
         \n\
         account token   {token}\n\
         password login  {EMAIL} / {PASSWORD}\n\
         with a code     {TWO_FACTOR_EMAIL} / {TWO_FACTOR_PASSWORD} / {TWO_FACTOR_VERIFICATION_CODE}\n\
         no password     {EMAIL_ONLY_EMAIL}\n\
         a friend        {FRIEND_EMAIL} / {PASSWORD}\n\
         home users      {HOME_USER}, and {HOME_PIN_USER} with PIN {HOME_PIN}\n\
         \n\
         Who am I?\n  \
           curl -H 'Accept: application/json' -H 'X-Plex-Client-Identifier: my-app' -H 'X-Plex-Token: {token}' {url}/api/v2/user\n\
         \n\
         Create a PIN, then poll it by its id:\n  \
           curl -X POST -H 'Accept: application/json' -H 'X-Plex-Client-Identifier: my-app' '{url}/api/v2/pins?strong=true'\n  \
           curl -H 'Accept: application/json' -H 'X-Plex-Client-Identifier: my-app' {url}/api/v2/pins/ID\n\
         \n\
         {approval}\n  \
           strong PIN         open {url}/auth#?clientID=my-app&code=CODE\n  \
           4-character PIN    open {url}/link\n  \
           without a browser  curl -d code=CODE {url}/sandbox/approve   (or /sandbox/deny)\n\
         \n\
         Let a week pass, so that JWTs expire:\n  \
           curl -d seconds=604800 {url}/sandbox/advance"
    )
}
