//! Which connections of a server are tried at all.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

use crate::{
    PlexDirect,
    v2::types::{Connection, ConnectionProtocol, Resource},
};

/// Whether this connection may be tried. `plex_tv` is the base URL of the client.
///
/// Owners choose the addresses that people they share with see. So the address itself decides, not
/// what plex.tv says about it.
pub(super) fn is_allowed(resource: &Resource, connection: &Connection, plex_tv: &Url) -> bool {
    let url = connection.uri.as_deref().and_then(|uri| Url::parse(uri).ok());
    if resource.https_required.unwrap_or_default() && is_plain(connection, url.as_ref()) {
        return false;
    }
    if resource.owned.unwrap_or_default() {
        return true;
    }
    let reach = url.as_ref().map_or(Reach::Internet, Reach::of);
    let is_relay = connection.relay.unwrap_or_default();
    let is_local = connection.local.unwrap_or_default() || reach == Reach::Network;
    match reach {
        // A relay belongs to plex.tv. It is on this machine only if a stand-in for plex.tv is.
        Reach::Machine => is_relay && Reach::of(plex_tv) == Reach::Machine,
        Reach::Network | Reach::Internet => !is_local || resource.public_address_matches.unwrap_or_default(),
    }
}

/// Whether it is plain http, by its address or by its protocol.
pub(super) fn is_plain(connection: &Connection, url: Option<&Url>) -> bool {
    connection.protocol == Some(ConnectionProtocol::Http) || url.is_some_and(|url| url.scheme() != "https")
}

/// How far an address reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// This machine or its link.
    Machine,
    /// A private network.
    Network,
    Internet,
}

impl Reach {
    fn of(url: &Url) -> Self {
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).trim_end_matches('.');
        let address = host.parse().ok().or_else(|| host.parse().ok().map(|name: PlexDirect| name.address()));
        match address {
            Some(address) => Self::of_address(address),
            None if host == "localhost" || host.ends_with(".localhost") => Self::Machine,
            None => Self::Internet,
        }
    }

    fn of_address(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self::of_v4(v4),
            IpAddr::V6(v6) => embedded(v6).map_or_else(|| Self::of_v6(v6), Self::of_v4),
        }
    }

    fn of_v4(v4: Ipv4Addr) -> Self {
        let is_for_many = v4.is_multicast() || v4.is_broadcast();
        if v4.is_loopback() || v4.is_link_local() || v4.octets()[0] == 0 || is_for_many {
            Self::Machine
        } else if v4.is_private() {
            Self::Network
        } else {
            Self::Internet
        }
    }

    fn of_v6(v6: Ipv6Addr) -> Self {
        // The first 96 bits are zero: `::`, `::1`, and the deprecated IPv4-compatible form.
        let is_zero = u128::from(v6) >> 32 == 0;
        let is_site_local = v6.segments()[0] & 0xFFC0 == 0xFEC0;
        if is_zero || v6.is_unicast_link_local() || v6.is_multicast() {
            Self::Machine
        } else if v6.is_unique_local() || is_site_local {
            Self::Network
        } else {
            Self::Internet
        }
    }
}

/// The IPv4 address that a gateway translates this one to: NAT64 (RFC 6052) and 6to4 (RFC 3056).
fn embedded(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let [.., a, b, c, d] = v6.octets();
    match v6.segments() {
        [0x64, 0xFF9B, 0, 0, 0, 0, _, _] => Some(Ipv4Addr::new(a, b, c, d)),
        [0x2002, high, low, ..] => Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reach_of_an_address_does_not_depend_on_its_spelling() {
        let cases = [
            (
                Reach::Machine,
                &[
                    "127.0.0.1",
                    "127.255.0.9",
                    "127.1",
                    "2130706433",
                    "0x7f.0.0.1",
                    "0.0.0.0",
                    "0.1.2.3",
                    "169.254.1.2",
                    "[::1]",
                    "[::]",
                    "[::ffff:127.0.0.1]",
                    "[::127.0.0.1]",
                    "[fe80::1]",
                    "[FEBF::1]",
                    "[ff02::1]",
                    "224.0.0.1",
                    "255.255.255.255",
                    "[64:ff9b::127.0.0.1]",
                    "[64:ff9b::a9fe:1]",
                    "[2002:7f00:1::]",
                    "[2002:a9fe:a9fe::1]",
                    "localhost",
                    "LOCALHOST.",
                    "a.localhost",
                    "127-0-0-1.0123.plex.direct",
                    "0--1.0123.plex.direct",
                    "fe80--1.0123.plex.direct.",
                ][..],
            ),
            (
                Reach::Network,
                &[
                    "10.0.0.1",
                    "172.31.0.1",
                    "192.168.1.2",
                    "[fd00::1]",
                    "[::ffff:10.0.0.1]",
                    "[fec0::1]",
                    "[64:ff9b::192.168.1.2]",
                    "[2002:a00:1::1]",
                    "192-168-1-2.0123.plex.direct",
                ],
            ),
            (
                Reach::Internet,
                &[
                    "192.0.2.1",
                    "172.32.0.1",
                    "100.64.0.1",
                    "[2001:db8::1]",
                    "[64:ff9b::192.0.2.1]",
                    "[2002:c000:201::1]",
                    "localhost.example",
                    "192-0-2-1.0123.plex.direct",
                ],
            ),
        ];

        for (reach, hosts) in cases {
            for host in hosts {
                let url = Url::parse(&format!("http://{host}:32400")).unwrap();
                assert_eq!(Reach::of(&url), reach, "{host}");
            }
        }
    }
}
