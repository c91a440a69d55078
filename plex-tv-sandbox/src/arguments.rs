use std::time::Duration;

pub(crate) const HELP: &str = "\
An in-memory plex.tv on a loopback port, for trying out clients. Unofficial, not affiliated with Plex.

Usage: plex-tv-sandbox [--port N] [--approve-after SECONDS] [--rate-limits] [--jwt-everywhere] [--cors]

Options:
  --port N                 listen on 127.0.0.1:N (default: a free port)
  --approve-after SECONDS  approve each PIN automatically once it is this old
  --rate-limits            answer 429 to clients that poll, request nonces or switch users too often
  --jwt-everywhere         let a Plex JWT switch home users and open servers, although plex.tv was seen to refuse that
  --cors                   let web pages from every origin call it
  -h, --help               print this

Open its address in a browser for its hosts, accounts, operations, and commands to try.

What it serves:
  sign-in by PIN           strong PINs at /auth, 4-character PINs at /link, with or without a device key
  sign-in by password      two-factor codes, an account without a password, a block after ten wrong guesses
  device keys and JWTs     Ed25519 signatures, single-use nonces, 498 after a week, removed devices, key rotation
  home users               two managed users, one of them with a PIN
  sign-out, devices, resources with fake media servers behind them
  sharing and friends      from both sides: the friend has an account, too
  a watchlist              250 items, in pages of at most 100, of a catalogue of 300 films and shows
  everything else          webhooks, settings, Watch Together, live TV, the older XML calls

Control it with POST requests:
  /sandbox/approve         code=CODE: approve a PIN, for account=EMAIL if that is given (or /sandbox/deny)
  /sandbox/advance         seconds=N: advance its clock
  /sandbox/rotate-keys     sign Plex JWTs with a new key
";

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Run(Settings),
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) port: u16,
    pub(crate) approve_after: Option<Duration>,
    pub(crate) rate_limits: bool,
    pub(crate) jwt_everywhere: bool,
    pub(crate) cors: bool,
}

/// Parses the arguments. Both `--name value` and `--name=value` are allowed.
pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Command, String> {
    let mut arguments = arguments.into_iter();
    let mut settings = Settings::default();
    while let Some(argument) = arguments.next() {
        let (name, attached) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(String::from(value))),
            None => (argument.as_str(), None),
        };
        let mut value = || attached.clone().or_else(|| arguments.next());
        match name {
            "-h" | "--help" => return Ok(Command::Help),
            "--port" => settings.port = number(name, value(), "a number from 0 to 65535")?,
            "--approve-after" => {
                let seconds = number(name, value(), "a whole number of seconds")?;
                settings.approve_after = Some(Duration::from_secs(seconds));
            }
            "--rate-limits" if attached.is_none() => settings.rate_limits = true,
            "--jwt-everywhere" if attached.is_none() => settings.jwt_everywhere = true,
            "--cors" if attached.is_none() => settings.cors = true,
            _ => return Err(format!("unknown argument `{argument}`")),
        }
    }
    Ok(Command::Run(settings))
}

fn number<N: std::str::FromStr>(name: &str, value: Option<String>, wanted: &str) -> Result<N, String> {
    let Some(value) = value else {
        return Err(format!("{name} needs {wanted}"));
    };
    value.parse().map_err(|_| format!("{name} needs {wanted}, not `{value}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Command, String> {
        parse(line.split_whitespace().map(String::from))
    }

    #[test]
    fn settings_are_read_in_both_spellings() {
        let expected = Settings {
            port: 8080,
            approve_after: Some(Duration::from_secs(3)),
            rate_limits: true,
            jwt_everywhere: true,
            cors: true,
        };

        let line = "--port 8080 --approve-after=3 --rate-limits --jwt-everywhere --cors";
        assert_eq!(parsed(line), Ok(Command::Run(expected)));
        assert_eq!(parsed(""), Ok(Command::Run(Settings::default())));
        assert_eq!(parsed("--port 1 --help"), Ok(Command::Help));
    }

    #[test]
    fn wrong_arguments_are_named() {
        assert_eq!(parsed("--prot 1"), Err(String::from("unknown argument `--prot`")));
        assert_eq!(parsed("--port"), Err(String::from("--port needs a number from 0 to 65535")));
        assert_eq!(parsed("--port 70000"), Err(String::from("--port needs a number from 0 to 65535, not `70000`")));
        assert!(parsed("--approve-after soon").is_err());
        assert!(parsed("--rate-limits=yes").is_err());
    }
}
