//! The servers of the user.

use super::server::Server;
use crate::{Client, Error, v2::types::Resource};

impl Client {
    /// Lists the servers that the user owns or that are shared with them, each with its connections
    /// in order of preference.
    ///
    /// Players and other resources that are not servers are left out, and so are rows that cannot
    /// be read. The generated call `get_devices` returns them.
    ///
    /// # Errors
    /// `is_auth` without a valid token, and the errors of any call.
    ///
    /// Calls `GET /api/v2/resources`.
    pub async fn servers(&self) -> Result<Vec<Server>, Error> {
        let call = self.v2().get_devices().include_https(true).include_relay(true).include_ipv6(true);
        let resources = call.send().await?;
        Ok(resources.into_iter().filter(provides_server).map(|resource| Server::new(resource, self.clone())).collect())
    }
}

fn provides_server(resource: &Resource) -> bool {
    resource.provides.as_deref().is_some_and(|roles| roles.split(',').any(|role| role.trim() == "server"))
}
