//! A server and its connections.

use std::{cmp::Reverse, net::SocketAddr};

use reqwest::Url;

use super::{allowed, kind::ConnectionKind, plex_direct::PlexDirect};
use crate::{
    Client, Error, Token,
    v2::types::{Connection, ConnectionProtocol, Resource},
};

/// A server that the user owns or that is shared with them.
#[derive(Clone, Debug)]
pub struct Server {
    resource: Resource,
    connections: Vec<Connection>,
    client: Client,
}

impl Server {
    pub(super) fn new(mut resource: Resource, client: Client) -> Self {
        let mut connections = std::mem::take(&mut resource.connections);
        connections.retain(|connection| allowed::is_allowed(&resource, connection, client.base_url()));
        // A stable sort: among equals plex.tv's order stays.
        connections.sort_by_key(preference);
        Self { resource, connections, client }
    }

    /// The name its owner gave it.
    pub fn name(&self) -> &str {
        self.resource.name.as_deref().unwrap_or_default()
    }

    /// The machine identifier, which the server confirms at its `/identity`.
    pub fn machine_identifier(&self) -> &str {
        &self.resource.client_identifier
    }

    /// Does it belong to the user? Else it is shared with them.
    pub fn is_owned(&self) -> bool {
        self.resource.owned.unwrap_or_default()
    }

    /// The token for this server. A shared server refuses the account's token.
    ///
    /// For clients signed in with a Plex JWT, plex.tv has been seen to return that same JWT for
    /// owned servers, which then answer 401. [`Connect::older_token`](crate::Connect::older_token)
    /// is one way around it, and `Client::register_device_key` tells of others.
    ///
    /// # Errors
    /// `is_invalid_input` when plex.tv sent none, or one that no header can carry.
    pub fn access_token(&self) -> Result<Token, Error> {
        match &self.resource.access_token {
            Some(token) => Token::try_from(token),
            None => Err(Error::invalid_input("plex.tv gave no access token for this server")),
        }
    }

    /// Its connections, best first: local, then remote, then relay; https before http; IPv6 last.
    /// These are left out:
    ///
    /// - plain http, when the server requires https. An impostor on the way could answer there.
    /// - Private addresses of a server that does not belong to the user, unless both have the same
    ///   public address. In another network a different machine may have the address. This holds
    ///   for members of a Plex Home too, since the server belongs to its administrator: from behind
    ///   a VPN, which changes the public address, they reach it by its remote connections only.
    /// - Addresses of this machine (loopback, unspecified) and of its link (link-local) of a server
    ///   that does not belong to the user, whatever its owner says of them. Names are not resolved
    ///   for this, except names under `plex.direct`.
    pub fn connections(&self) -> &[Connection] {
        &self.connections
    }

    /// The host names of its connections under `plex.direct`, each with the address that is in it:
    /// what DNS would answer.
    ///
    /// For networks whose router protects against DNS rebinding, and drops the answer when the
    /// address is a local one: names do not resolve there, and every connection by them fails.
    /// [`Server::connect`] handles that; your own HTTP client needs these pairs. With them the name
    /// stays, so https and the check of the certificate stay, and DNS is not asked.
    /// Send [`Server::access_token`] there, never the account's token.
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

    /// All that plex.tv says of it, except the connections.
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
