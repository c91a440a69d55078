//! Signs in with a password, and with a second factor if the account has one. Prefer a PIN: see
//! `sign_in` and `jwt_login`.
//!
//! `cargo run --example password_login` uses made-up accounts in a sandbox. With `-- --live NAME`,
//! it signs in at plex.tv: it reads the password from the environment variable `PLEX_PASSWORD`, so
//! that it is not in the shell history, and asks for the code.
#![allow(clippy::print_stdout, reason = "talking on standard output is what this program is for")]

use std::{env, error::Error, io};

use plex_tv_sandbox::{EMAIL, PASSWORD, Sandbox, TWO_FACTOR_EMAIL, TWO_FACTOR_PASSWORD, TWO_FACTOR_VERIFICATION_CODE};
use plex_tv_sdk::{Client, ClientIdentity, Secret, SignIn, printable};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let identity = ClientIdentity::new("password-example-01", "Password Login Example", env!("CARGO_PKG_VERSION"))?;
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [live, login] = arguments.as_slice()
        && live == "--live"
    {
        let password = Secret::from(env::var("PLEX_PASSWORD").map_err(|_| "PLEX_PASSWORD is not set")?);
        return sign_in(&Client::new(identity)?, login, password, ask).await;
    }

    let sandbox = Sandbox::start().await?;
    let client = Client::builder(identity).base_url(sandbox.url()).build()?;
    sign_in(&client, EMAIL, PASSWORD.into(), ask).await?;
    let code = || Ok(Secret::from(TWO_FACTOR_VERIFICATION_CODE));
    sign_in(&client, TWO_FACTOR_EMAIL, TWO_FACTOR_PASSWORD.into(), code).await?;
    sign_in(&client, EMAIL, "a wrong password".into(), ask).await
}

async fn sign_in(
    client: &Client,
    login: &str,
    password: Secret,
    code: impl Fn() -> io::Result<Secret>,
) -> Result<(), Box<dyn Error>> {
    let client = match client.sign_in(login, password).await {
        Ok(SignIn::Done(client)) => client,
        Ok(SignIn::TwoFactorRequired(waiting)) => {
            println!("{login} has a second factor.");
            waiting.verification_code(code()?).await?
        }
        Err(error) if error.is_address_blocked() => return Err("too many wrong passwords: wait, or use a PIN".into()),
        Err(error) if error.is_email_sign_in_only() => return Err("this account has no password: use a PIN".into()),
        Err(error) if error.is_auth() => {
            println!("{login}: the name or the password is wrong.");
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    println!("Signed in as {}.", printable(client.account().await?.name()));
    client.sign_out().await?;
    Ok(())
}

/// Reads the six digits from standard input.
fn ask() -> io::Result<Secret> {
    println!("Enter the six digits:");
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line.into())
}
