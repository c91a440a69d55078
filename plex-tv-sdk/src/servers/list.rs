//! The servers of the user.

use super::server::Server;
use crate::{Client, Error, v2::types::Resource};

impl Client {
    /// The user's servers, own and shared, each with its connections in preferred order.
    ///
    /// Players and other resources without a server are left out, and so is a row that could not be
    /// read. The call itself, `get_devices`, shows them.
    ///
    /// # Errors
    /// `is_auth` without a valid token, and whatever else any call can fail with.
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
