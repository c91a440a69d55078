//! A server and its connections.

use std::{cmp::Reverse, net::SocketAddr};

use reqwest::Url;

use super::{allowed, kind::ConnectionKind, plex_direct::PlexDirect};
use crate::{
    Client, Error, ErrorKind, Token,
    runtime::short_debug,
    v2::types::{Connection, ConnectionProtocol, Resource},
};

/// A server that the user owns or that is shared with them.
#[derive(Clone)]
pub struct Server {
    resource: Resource,
    connections: Vec<Connection>,
    client: Client,
}

short_debug!(Server(server) {
    name: server.name(),
    machine_identifier: server.machine_identifier(),
    owned: server.is_owned(),
    connections: server.connections().len(),
});

impl Server {
    pub(super) fn new(mut resource: Resource, client: Client) -> Self {
        let mut connections = std::mem::take(&mut resource.connections);
        connections.retain(|connection| allowed::is_allowed(&resource, connection, client.base_url()));
        // A stable sort keeps plex.tv's order among equals.
        connections.sort_by_key(preference);
        Self { resource, connections, client }
    }

    /// The name that the owner gave the server.
    pub fn name(&self) -> &str {
        self.resource.name.as_deref().unwrap_or_default()
    }

    /// The machine identifier, which the server also returns at its `/identity`.
    pub fn machine_identifier(&self) -> &str {
        &self.resource.client_identifier
    }

    /// Whether the user owns the server. If not, it is shared with them.
    pub fn is_owned(&self) -> bool {
        self.resource.owned.unwrap_or_default()
    }

    /// The token for this server. A shared server refuses the account's token.
    ///
    /// For clients signed in with a Plex JWT, plex.tv has been seen to return that same JWT for
    /// owned servers, which then answer 401. [`Connect::older_token`](crate::Connect::older_token)
    /// is one workaround, and `Client::register_device_key` describes others.
    ///
    /// # Errors
    /// `is_decode` when plex.tv sent no token, or one that is not valid in a header.
    pub fn access_token(&self) -> Result<Token, Error> {
        let refuse = |why: String| Error::new(ErrorKind::Decode, why);
        match &self.resource.access_token {
            Some(token) => Token::try_from(token).map_err(|error| refuse(format!("plex.tv sent a bad token: {error}"))),
            None => Err(refuse("plex.tv gave no access token for this server".to_owned())),
        }
    }

    /// The connections of the server, best first: local, then remote, then relay; https before
    /// http; IPv6 last. These are left out:
    ///
    /// - Plain http, when the server requires https. An impostor on the path could answer there.
    /// - Private addresses of a server that does not belong to the user, unless both have the same
    ///   public address. In another network, a different machine may have the address. This also
    ///   applies to members of a Plex Home, since the server belongs to its administrator: from
    ///   behind a VPN, which changes the public address, they can only use its remote connections.
    /// - Addresses of this machine (loopback, unspecified) and of its link (link-local) of a server
    ///   that does not belong to the user, whatever its owner says about them. Names are not
    ///   resolved for this check, except names under `plex.direct`.
    pub fn connections(&self) -> &[Connection] {
        &self.connections
    }

    /// The host names under `plex.direct` of the connections, each with the address in it, which is
    /// what DNS would answer.
    ///
    /// Routers with DNS rebinding protection drop answers with local addresses, so these names do
    /// not resolve and connections to them fail. [`Server::connect`] handles that; your own HTTP
    /// client needs these pairs. With them, DNS is not asked, while the name, https and the
    /// certificate check stay. Send [`Server::access_token`] there, never the account's token.
    ///
    /// ```no_run
    /// # async fn example(server: plex_tv_sdk::Server) -> Result<(), Box<dyn std::error::Error>> {
    /// use plex_tv_sdk::{printable, reqwest};
    ///
    /// let mut http = reqwest::Client::builder();
    /// for (host, address) in server.direct_addresses() {
    ///     http = http.resolve(&host, address);
    /// }
    /// let http = http.build()?;
    /// for connection in server.connections() {
    ///     let uri = connection.uri.as_deref().unwrap_or_default();
    ///     let reply = http.get(format!("{uri}/identity")).send().await?;
    ///     println!("{}: {}", printable(uri), reply.status());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn direct_addresses(&self) -> impl Iterator<Item = (String, SocketAddr)> {
        self.connections.iter().filter_map(direct_address)
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Everything that plex.tv returned about the server, except the connections.
    pub fn resource(&self) -> &Resource {
        &self.resource
    }
}

fn direct_address(connection: &Connection) -> Option<(String, SocketAddr)> {
    let uri = Url::parse(connection.uri.as_deref()?).ok()?;
    let name: PlexDirect = uri.host_str()?.parse().ok()?;
    let address = SocketAddr::new(name.address(), uri.port_or_known_default()?);
    Some((name.to_string(), address))
}

/// Smaller is better.
fn preference(connection: &Connection) -> impl Ord + use<> {
    let url = connection.uri.as_deref().and_then(|uri| Url::parse(uri).ok());
    let secure = connection.protocol == Some(ConnectionProtocol::Https) && !allowed::is_plain(connection, url.as_ref());
    (ConnectionKind::from(connection), Reverse(secure), connection.ipv6.unwrap_or_default())
}
