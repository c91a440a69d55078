//! The URLs of plex.tv's hosts, and their overrides.

use std::sync::Arc;

use reqwest::Url;

use crate::{
    Error, generated,
    runtime::{
        self,
        transport::{Settings, Transport},
    },
};

/// The host of the account API.
const ACCOUNT: &str = "https://plex.tv";

/// The host of friends, their watchlists and activities. It speaks GraphQL, so no OpenAPI
/// description covers it.
#[cfg(feature = "discover")]
pub(crate) const COMMUNITY: &str = "https://community.plex.tv";

/// The URL of each host.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    /// The URL used for `https://plex.tv`.
    pub(crate) account: Url,
    /// Each known origin with the URL used for it.
    origins: Arc<[(String, Url)]>,
}

impl Hosts {
    /// Returns all known hosts. `all` overrides the URL of every host, and `single` those of some.
    pub(crate) fn new(all: Option<&str>, single: &[(String, String)]) -> Result<Self, Error> {
        let mut origins: Vec<(String, Url)> = Vec::new();
        for host in known_hosts() {
            let origin = base_url("host", host)?.origin().ascii_serialization();
            if !origins.iter().any(|(known, _)| *known == origin) {
                let url = base_url("base URL", all.unwrap_or(&origin))?;
                origins.push((origin, url));
            }
        }
        for (host, url) in single {
            let origin = base_url("host", host)?.origin().ascii_serialization();
            let known: Vec<&str> = origins.iter().map(|(known, _)| known.as_str()).collect();
            let unknown = format!("the host {origin} is not known; the hosts are {}", known.join(", "));
            let found = origins.iter_mut().find(|(known, _)| *known == origin);
            found.ok_or_else(|| Error::invalid_input(unknown))?.1 = base_url("host URL", url)?;
        }
        let account = origins.iter().find(|(known, _)| known == ACCOUNT);
        let account = account.map_or_else(|| base_url("base URL", ACCOUNT), |(_, url)| Ok(url.clone()))?;
        Ok(Self { account, origins: origins.into() })
    }

    /// Returns a transport for each host of a description.
    pub(crate) fn of(&self, settings: &Arc<Settings>, hosts: &[&str]) -> runtime::Hosts {
        let transports = hosts.iter().filter_map(|host| {
            let host = Url::parse(host).ok()?;
            let origin = host.origin().ascii_serialization();
            let (_, url) = self.origins.iter().find(|(known, _)| *known == origin)?;
            let mut base = url.clone();
            base.set_path(&format!("{}{}", url.path().trim_end_matches('/'), host.path()));
            Some(Transport::new(Arc::clone(settings), base))
        });
        runtime::Hosts::new(transports)
    }
}

/// Returns the hosts of all descriptions that are compiled in, and those without a description.
fn known_hosts() -> impl Iterator<Item = &'static str> {
    let descriptions: &[&[&str]] = &[
        generated::v2::HOSTS,
        #[cfg(feature = "v1")]
        generated::v1::HOSTS,
        #[cfg(feature = "discover")]
        generated::discover::HOSTS,
        #[cfg(feature = "discover")]
        &[COMMUNITY],
        #[cfg(feature = "epg")]
        generated::epg::HOSTS,
        #[cfg(feature = "together")]
        generated::together::HOSTS,
        #[cfg(feature = "notifications")]
        generated::notifications::HOSTS,
    ];
    descriptions.iter().copied().flatten().copied()
}

/// Parses a URL that paths can be appended to.
pub(crate) fn base_url(name: &str, text: &str) -> Result<Url, Error> {
    let refuse = |why: &str| Err(Error::invalid_input(format!("the {name} {why}")));
    let Ok(mut url) = Url::parse(text) else {
        return refuse("is not a full URL, such as https://plex.tv");
    };
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return refuse("does not start with https:// or http://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("has a user name or a password, which is never sent but may appear in logs");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("has a query or a fragment; remove everything from the ? or # on");
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls_are_normalised_or_refused_by_reason() {
        let good = |text: &str| base_url("base URL", text).unwrap().as_str().trim_end_matches('/').to_owned();
        assert_eq!(good("https://plex.tv/"), "https://plex.tv");
        assert_eq!(good("http://[::1]:8080/prefix//"), "http://[::1]:8080/prefix");

        let cases = [
            ("plex.tv", "is not a full URL"),
            ("localhost:8080", "does not start with https://"),
            ("ftp://plex.tv", "does not start with https://"),
            ("https://user:CANARY@plex.tv", "has a user name"),
            ("https://plex.tv?x=1", "has a query"),
            ("", "is not a full URL"),
        ];
        for (bad, reason) in cases {
            let error = base_url("base URL", bad).unwrap_err();
            assert!(error.is_invalid_input());
            assert!(error.to_string().starts_with(&format!("the base URL {reason}")), "{error}");
            assert!(!error.to_string().contains("CANARY"));
        }
    }

    #[test]
    fn one_host_can_be_overridden_and_an_unknown_one_is_refused_with_a_list_of_known_hosts() {
        let account = ("https://plex.tv".to_owned(), "https://clients.plex.tv".to_owned());
        let hosts = Hosts::new(None, &[account]).unwrap();
        assert_eq!(hosts.account.as_str(), "https://clients.plex.tv/");

        let unknown = ("https://plex.example".to_owned(), "https://clients.plex.tv".to_owned());
        let error = Hosts::new(Some("http://localhost:1/x"), &[unknown]).unwrap_err().to_string();
        assert!(error.contains("https://plex.example is not known") && error.contains("https://plex.tv"), "{error}");
    }
}
