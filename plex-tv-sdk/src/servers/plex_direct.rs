//! Names under `plex.direct`, which contain an address.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use crate::Error;

/// A host name such as `192-0-2-10.0123456789abcdef0123456789abcdef.plex.direct`.
///
/// Its first label is the address of a server, written with dashes. The second is a hash, and the
/// server has a certificate for names with this hash. So a server in somebody's home has an https
/// address that anybody can verify.
///
/// DNS answers with the address in the name. Routers with DNS rebinding protection drop that answer
/// when the address is local. [`Server::direct_addresses`](crate::Server::direct_addresses) is the
/// workaround.
///
/// ```
/// use plex_tv_sdk::PlexDirect;
///
/// let name: PlexDirect = "2001-db8--7.0123456789abcdef0123456789abcdef.plex.direct".parse()?;
///
/// assert_eq!(name.address().to_string(), "2001:db8::7");
/// assert_eq!(name, PlexDirect::new(name.address(), name.hash())?);
/// # Ok::<(), plex_tv_sdk::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlexDirect {
    /// The name as it was read. The address in it can be spelled in several ways.
    name: String,
    address: IpAddr,
}

impl PlexDirect {
    /// Builds the name for an address.
    ///
    /// # Errors
    /// `is_invalid_input` when the hash is not a label of lowercase hexadecimal digits.
    pub fn new(address: IpAddr, hash: &str) -> Result<Self, Error> {
        if !is_hash(hash) {
            return Err(Error::invalid_input("the hash of a plex.direct name must be lowercase hexadecimal digits"));
        }
        let address = address.to_canonical();
        Ok(Self { name: format!("{}.{hash}.plex.direct", label(address)), address })
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// The address in the name. An IPv4-mapped IPv6 address (`::ffff:192.0.2.10`) is returned as
    /// IPv4.
    pub fn address(&self) -> IpAddr {
        self.address
    }

    /// The hash that the certificate is for.
    pub fn hash(&self) -> &str {
        self.name.split('.').nth(1).unwrap_or_default()
    }
}

impl FromStr for PlexDirect {
    type Err = Error;

    /// Parses a name as it appears in a URL: lowercase, without a trailing dot.
    ///
    /// # Errors
    /// `is_invalid_input` when it is not a `plex.direct` name.
    fn from_str(name: &str) -> Result<Self, Error> {
        let labels = name.strip_suffix(".plex.direct").and_then(|labels| labels.split_once('.'));
        let address = labels.filter(|(_, hash)| is_hash(hash)).and_then(|(label, _)| address(label));
        match address {
            Some(address) => Ok(Self { name: name.to_owned(), address: address.to_canonical() }),
            None => Err(Error::invalid_input("this is not a plex.direct name")),
        }
    }
}

impl fmt::Display for PlexDirect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// All hashes seen so far have 32 digits, but it is only certain that a hash is one label.
fn is_hash(text: &str) -> bool {
    (1..=63).contains(&text.len()) && text.bytes().all(is_digit)
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}

fn label(address: IpAddr) -> String {
    let dashed = address.to_string().replace(['.', ':'], "-");
    // No label of a host name begins or ends with a dash, and TLS accepts no name that does.
    let (start, end) = (if dashed.starts_with('-') { "0" } else { "" }, if dashed.ends_with('-') { "0" } else { "" });
    format!("{start}{dashed}{end}")
}

fn address(label: &str) -> Option<IpAddr> {
    if !label.bytes().all(|byte| byte == b'-' || is_digit(byte)) {
        return None;
    }
    // No text is both: IPv6 needs more than four groups, unless some are left out.
    let v4 = label.replace('-', ".").parse::<Ipv4Addr>().map(IpAddr::from);
    v4.or_else(|_| label.replace('-', ":").parse::<Ipv6Addr>().map(IpAddr::from)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "0123456789abcdef0123456789abcdef";

    fn built(address: &str) -> PlexDirect {
        PlexDirect::new(address.parse().unwrap(), HASH).unwrap()
    }

    #[test]
    fn a_name_is_the_address_with_dashes_the_hash_and_plex_direct() {
        let cases = [
            ("192.168.1.10", "192-168-1-10"),
            ("0.0.0.0", "0-0-0-0"),
            ("255.255.255.255", "255-255-255-255"),
            ("2001:db8::7", "2001-db8--7"),
            ("2001:db8:1:2:3:4:5:6", "2001-db8-1-2-3-4-5-6"),
            ("::ffff:192.0.2.10", "192-0-2-10"),
        ];

        for (address, label) in cases {
            assert_eq!(built(address).to_string(), format!("{label}.{HASH}.plex.direct"));
        }
    }

    #[test]
    fn no_label_begins_or_ends_with_a_dash() {
        for (address, label) in [("::1", "0--1"), ("fe80::", "fe80--0"), ("::", "0--0"), ("::1.2.3.4", "0--102-304")] {
            let name = built(address);

            assert_eq!(name.as_str(), format!("{label}.{HASH}.plex.direct"));
            assert_eq!(name.address(), address.parse::<IpAddr>().unwrap());
        }
    }

    #[test]
    fn a_built_name_is_parsed_back() {
        for address in ["10.0.20.107", "2001:db8::7", "2001:db8::", "::1", "::", "::ffff:10.0.0.1", "64:ff9b::1.2.3.4"]
        {
            let name = built(address);

            let read: PlexDirect = name.as_str().parse().unwrap();

            assert_eq!(read, name);
            assert_eq!((read.address(), read.hash()), (address.parse::<IpAddr>().unwrap().to_canonical(), HASH));
        }
    }

    #[test]
    fn a_name_keeps_the_spelling_of_its_address() {
        for label in ["2001-db8-0-0-0-0-0-7", "2001-0db8--0007", "2001-db8--0-7"] {
            let text = format!("{label}.{HASH}.plex.direct");

            let name: PlexDirect = text.parse().unwrap();

            assert_eq!((name.as_str(), name.address()), (text.as_str(), "2001:db8::7".parse().unwrap()));
        }
    }

    #[test]
    fn other_names_are_refused_and_not_shown() {
        let bad = [
            "",
            "plex.direct",
            ".plex.direct",
            "..plex.direct",
            "192-0-2-10.plex.direct",
            "192-0-2-10..plex.direct",
            ".0123.plex.direct",
            "my-public-ip.0123.plex.direct",
            "192.0.2.10.0123.plex.direct",
            "192-0-2.0123.plex.direct",
            "192-0-2-256.0123.plex.direct",
            "192-0-2-010.0123.plex.direct",
            "192-0-2-10-.0123.plex.direct",
            "192-0-2-10.0123.45.plex.direct",
            "192-0-2-10.xyz.plex.direct",
            "192-0-2-10.ABC.plex.direct",
            "192-0-2-10.0123.plex.direct.",
            "192-0-2-10.0123.plex.direct.example.com",
            "192-0-2-10.0123.plexXdirect",
            "192-0-2-10.0123.PLEX.DIRECT",
            "192-0-2-10.0123.evilplex.direct",
            "2001-DB8--7.0123.plex.direct",
            "2001:db8::7.0123.plex.direct",
            "2001-db8---7.0123.plex.direct",
            "1-2-3-4-5-6-7-8-9.0123.plex.direct",
            "12345--7.0123.plex.direct",
            "*.0123.plex.direct",
            "１-2-3-4.0123.plex.direct",
            "192-0-2-10.0123.plex.direct/?X-Plex-Token=CANARY",
        ];

        for name in bad {
            let error = name.parse::<PlexDirect>().unwrap_err();

            assert!(error.is_invalid_input(), "{name}");
            assert_eq!(error.to_string(), "this is not a plex.direct name");
        }
    }

    #[test]
    fn a_hash_is_one_label_of_digits() {
        let address = IpAddr::from([192, 0, 2, 10]);

        for bad in ["", "a.b", "xyz", "ABC", "a-b", " ", "é", &"0".repeat(64)] {
            assert!(PlexDirect::new(address, bad).unwrap_err().is_invalid_input(), "{bad}");
        }
        assert_eq!(PlexDirect::new(address, &"0".repeat(63)).unwrap().hash().len(), 63);
    }
}
