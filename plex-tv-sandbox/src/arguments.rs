use std::time::Duration;

pub(crate) const HELP: &str = "\
An in-memory plex.tv on a loopback port, for trying clients by hand. Unofficial, not affiliated with Plex.

Usage: plex-tv-sandbox [--port N] [--approve-after SECONDS]

Options:
  --port N                 listen on 127.0.0.1:N (default: a free port)
  --approve-after SECONDS  approve PINs by themselves once they are this old
  -h, --help               print this
";

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Run { port: u16, approve_after: Option<Duration> },
}

/// Understands `--name value` and `--name=value`.
pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Command, String> {
    let mut arguments = arguments.into_iter();
    let mut port = 0;
    let mut approve_after = None;
    while let Some(argument) = arguments.next() {
        let (name, attached) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(String::from(value))),
            None => (argument.as_str(), None),
        };
        let mut value = || attached.clone().or_else(|| arguments.next());
        match name {
            "-h" | "--help" => return Ok(Command::Help),
            "--port" => port = number(name, value(), "a number from 0 to 65535")?,
            "--approve-after" => {
                let seconds = number(name, value(), "a whole number of seconds")?;
                approve_after = Some(Duration::from_secs(seconds));
            }
            _ => return Err(format!("unknown argument `{argument}`")),
        }
    }
    Ok(Command::Run { port, approve_after })
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
        let expected = Command::Run { port: 8080, approve_after: Some(Duration::from_secs(3)) };

        assert_eq!(parsed("--port 8080 --approve-after=3"), Ok(expected));
        assert_eq!(parsed(""), Ok(Command::Run { port: 0, approve_after: None }));
        assert_eq!(parsed("--port 1 --help"), Ok(Command::Help));
    }

    #[test]
    fn wrong_arguments_are_named() {
        assert_eq!(parsed("--prot 1"), Err(String::from("unknown argument `--prot`")));
        assert_eq!(parsed("--port"), Err(String::from("--port needs a number from 0 to 65535")));
        assert_eq!(parsed("--port 70000"), Err(String::from("--port needs a number from 0 to 65535, not `70000`")));
        assert!(parsed("--approve-after soon").is_err());
    }
}
