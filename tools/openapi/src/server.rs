//! The address of a server, split into host and path.

use serde_json::Value;

/// A server of a description: its host, and the base path of its operations.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Server {
    /// The host in lowercase, without user and port. `None` if the address is only a path.
    pub host: Option<String>,
    /// The path without a trailing slash, such as `/api/v2`. It may be empty.
    pub base_path: String,
}

impl Server {
    /// Parses an address such as `https://plex.tv/api/v2`.
    #[must_use]
    pub fn parse(url: &str) -> Self {
        let (authority, path) = match url.split_once("://") {
            Some((_, rest)) => rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len())),
            None => ("", url),
        };
        let host = authority.rsplit('@').next().and_then(|host| host.split(':').next()).unwrap_or_default();
        let path = path.split(['?', '#']).next().unwrap_or_default();
        Self {
            host: (!host.is_empty()).then(|| host.to_ascii_lowercase()),
            base_path: path.trim_end_matches('/').to_owned(),
        }
    }

    /// Reads a server object. Variables in its address are replaced by their defaults.
    #[must_use]
    pub fn of(server: &Value) -> Self {
        let url = server["url"].as_str().unwrap_or_default().to_owned();
        let variables = server["variables"].as_object().into_iter().flatten();
        Self::parse(&variables.fold(url, |url, (name, variable)| {
            url.replace(&format!("{{{name}}}"), variable["default"].as_str().unwrap_or_default())
        }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parsed(url: &str) -> (Option<String>, String) {
        let Server { host, base_path } = Server::parse(url);
        (host, base_path)
    }

    #[test]
    fn an_address_is_split_into_host_and_path() {
        let cases = [
            ("https://plex.tv/api/v2/", Some("plex.tv"), "/api/v2"),
            ("HTTPS://user@Plex.tv:443/api?a#b", Some("plex.tv"), "/api"),
            ("https://plex.tv", Some("plex.tv"), ""),
            ("https://plex.tv?a=/b", Some("plex.tv"), ""),
            ("/api/v2", None, "/api/v2"),
            ("https:///api", None, "/api"),
            ("/", None, ""),
            ("", None, ""),
        ];

        for (url, host, path) in cases {
            assert_eq!(parsed(url), (host.map(str::to_owned), path.to_owned()), "{url}");
        }
    }

    #[test]
    fn variables_are_replaced_by_their_defaults() {
        let server = json!({ "url": "{scheme}://{host}/api", "variables": {
            "scheme": { "default": "https" }, "host": { "default": "plex.tv" }, "odd": {},
        } });

        assert_eq!(Server::of(&server), Server::parse("https://plex.tv/api"));
        assert_eq!(Server::of(&json!(null)), Server::default());
    }
}
