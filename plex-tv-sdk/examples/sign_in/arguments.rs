//! The command line.

use std::time::Duration;

use clap::{Parser, value_parser};

/// Signs a person in with a PIN, then lists their servers and how to reach each.
#[derive(Debug, Parser)]
#[command(
    name = "sign_in",
    bin_name = "cargo run --example sign_in --",
    after_help = MORE
)]
pub(crate) struct Arguments {
    /// Talk to plex.tv itself, with your own account, and keep the token
    #[arg(long)]
    pub(crate) live: bool,

    /// Show a code of four characters to type at plex.tv/link
    #[arg(long)]
    pub(crate) link: bool,

    /// Approve in the sandbox yourself: open the address, then allow or deny
    #[arg(long, conflicts_with = "live")]
    pub(crate) manual: bool,

    /// Remove the token that --live kept, and exit; the client identifier stays
    #[arg(long, conflicts_with_all = ["link", "manual"])]
    pub(crate) forget: bool,

    /// How long to wait for the approval
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = value_parser!(u64).range(1..))]
    timeout: u64,
}

impl Arguments {
    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }
}

const MORE: &str = "\
Without --live it talks to a sandbox in this program, with made-up people. No
account and no network are needed, and the sign-in is approved after two seconds.

With --live the client identifier and the token are kept in your configuration
folder, in plex-tv-sdk-example/credentials.json, and the next run needs no
approval. If the environment variable PLEX_TV_URL is set, --live talks to that
address instead of https://plex.tv, and keeps its credentials separate. Try it
with `cargo run -p plex-tv-sandbox`.

Examples:
  cargo run --example sign_in                    try it in the sandbox
  cargo run --example sign_in -- --manual        allow or deny in the sandbox
  cargo run --example sign_in -- --link          as on televisions: a code to type
  cargo run --example sign_in -- --live          sign in at plex.tv
  cargo run --example sign_in -- --live --link   the same, with a code to type
  cargo run --example sign_in -- --forget        remove the kept token

Exit codes: 0 done, 1 failed (denied, expired, no connection),
2 wrong arguments, 130 Ctrl-C.";
