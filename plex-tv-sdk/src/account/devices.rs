//! The devices that are signed in to the account.

use jiff::Timestamp;

use crate::{Client, Error, runtime::short_debug, v2::types::AccountDevice};

/// A device that is signed in to the account: see [`Client::devices`].
#[derive(Clone)]
pub struct Device {
    #[cfg_attr(not(feature = "v1"), allow(dead_code, reason = "only the older call revokes"))]
    client: Client,
    details: AccountDevice,
    is_this: bool,
}

short_debug!(Device(device) {
    id: device.id(),
    name: device.name(),
    client_identifier: device.client_identifier(),
    is_this: device.is_this(),
    last_seen_at: device.last_seen_at(),
});

impl Device {
    /// The device id.
    pub fn id(&self) -> i64 {
        self.details.id
    }

    /// The name that the user sees, or the name of the app. Empty when plex.tv gave neither.
    pub fn name(&self) -> &str {
        let names = [&self.details.name, &self.details.product];
        names.into_iter().flatten().map(String::as_str).find(|name| !name.is_empty()).unwrap_or_default()
    }

    /// The client identifier that the device sends.
    pub fn client_identifier(&self) -> &str {
        &self.details.client_identifier
    }

    /// Whether this is the device of this client.
    pub fn is_this(&self) -> bool {
        self.is_this
    }

    /// When plex.tv last saw the device.
    pub fn last_seen_at(&self) -> Option<Timestamp> {
        self.details.last_seen_at
    }

    /// Everything that plex.tv returned about the device. It may include a token of the device, as
    /// a [`Secret`](crate::Secret).
    pub fn details(&self) -> &AccountDevice {
        &self.details
    }

    /// Removes the device from the account, which ends its tokens. Its user has to sign in again.
    /// It is not an error if the device is already gone.
    ///
    /// For the device of this client, call [`Client::sign_out`] instead, which also removes the
    /// sign-in from the store.
    ///
    /// # Errors
    /// `is_invalid_input`, before anything is sent, for the device of this client; and the errors
    /// of any call.
    ///
    /// Calls `DELETE /devices/{deviceId}.xml`.
    #[cfg(feature = "v1")]
    pub async fn revoke(&self) -> Result<(), Error> {
        if self.is_this {
            return Err(Error::invalid_input("this is the device of this client; end it with `Client::sign_out`"));
        }
        match self.client.v1().delete_legacy_device(self.id()).send().await {
            Err(error) if error.is_not_found() => Ok(()),
            outcome => outcome,
        }
    }
}

impl Client {
    /// Lists the devices that are signed in to the account: apps, players and servers. Rows that
    /// cannot be read are left out.
    ///
    /// plex.tv also sends tokens of these devices. They are [`Secret`](crate::Secret).
    ///
    /// ```no_run
    /// # async fn example(client: plex_tv_sdk::Client) -> Result<(), plex_tv_sdk::Error> {
    /// for device in client.devices().await? {
    ///     println!("{} ({:?})", plex_tv_sdk::printable(device.name()), device.last_seen_at());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of any call.
    ///
    /// Calls `GET /api/v2/devices`.
    pub async fn devices(&self) -> Result<Vec<Device>, Error> {
        let rows = self.v2().list_account_devices().send().await?;
        let device = |details: AccountDevice| {
            let is_this = details.client_identifier == self.identity().client_identifier();
            Device { client: self.clone(), details, is_this }
        };
        Ok(rows.into_iter().map(device).collect())
    }
}
