use std::collections::{HashMap, HashSet};

use crate::jwk::Jwk;
use crate::state::AccountId;

/// The app and its machine, as the `X-Plex-*` headers describe them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Installation {
    pub(crate) client_identifier: String,
    /// `"0"` if the app did not send it.
    pub(crate) product: String,
    pub(crate) version: Option<String>,
    pub(crate) platform: Option<String>,
    pub(crate) platform_version: Option<String>,
    pub(crate) device: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) vendor: Option<String>,
    pub(crate) provides: Option<String>,
}

impl Installation {
    #[cfg(test)]
    pub(crate) fn named(client_identifier: &str) -> Self {
        Self { client_identifier: String::from(client_identifier), ..Self::default() }
    }
}

/// An installation as the list of devices of an account shows it.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub(crate) id: u64,
    pub(crate) account: AccountId,
    pub(crate) installation: Installation,
    key: Option<Jwk>,
}

impl Device {
    pub(crate) fn client_identifier(&self) -> &str {
        &self.installation.client_identifier
    }
}

/// Why a key was refused or not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyProblem {
    /// Another installation has or had this key.
    Taken,
    /// The user removed the device: this installation cannot use keys any more.
    Removed,
    /// No such key is registered.
    Unknown,
}

/// Every installation that an account signed in on, and its keys.
#[derive(Debug, Default)]
pub(crate) struct Devices {
    devices: Vec<Device>,
    last_id: u64,
    /// The owner of every key that was ever registered, by thumbprint.
    owners: HashMap<String, String>,
    /// The installations that had a key when the user removed them.
    removed: HashSet<String>,
}

impl Devices {
    const FIRST_ID: u64 = 900_000_001;

    /// Adds the installation to the list of the account, or updates its description.
    pub(crate) fn seen(&mut self, account: AccountId, installation: &Installation) -> &mut Device {
        let client_identifier = &*installation.client_identifier;
        let same = |device: &Device| device.account == account && device.client_identifier() == client_identifier;
        let index = self.devices.iter().position(same).unwrap_or_else(|| {
            self.last_id = (self.last_id + 1).max(Self::FIRST_ID);
            self.devices.push(Device { id: self.last_id, account, installation: Installation::default(), key: None });
            self.devices.len() - 1
        });
        let device = &mut self.devices[index];
        device.installation = installation.clone();
        device
    }

    /// The devices of an account, newest first.
    pub(crate) fn of_account(&self, account: AccountId) -> impl Iterator<Item = &Device> {
        self.devices.iter().rev().filter(move |device| device.account == account)
    }

    /// Whether this installation may use this key.
    pub(crate) fn check_key(&self, jwk: &Jwk, client_identifier: &str) -> Result<(), KeyProblem> {
        if self.removed.contains(client_identifier) {
            return Err(KeyProblem::Removed);
        }
        match self.owners.get(&jwk.thumbprint()) {
            Some(owner) if owner != client_identifier => Err(KeyProblem::Taken),
            _ => Ok(()),
        }
    }

    /// Gives the installation this key in place of any other.
    pub(crate) fn register_key(
        &mut self,
        account: AccountId,
        installation: &Installation,
        jwk: &Jwk,
    ) -> Result<(), KeyProblem> {
        let client_identifier = &*installation.client_identifier;
        self.check_key(jwk, client_identifier)?;
        self.owners.insert(jwk.thumbprint(), String::from(client_identifier));
        let others = self.devices.iter_mut().filter(|device| device.client_identifier() == client_identifier);
        others.for_each(|device| device.key = None);
        self.seen(account, installation).key = Some(jwk.clone());
        Ok(())
    }

    /// Returns the key with this `kid` that the installation has registered, and its account.
    pub(crate) fn key(&self, client_identifier: &str, kid: &str) -> Result<(Jwk, AccountId), KeyProblem> {
        if self.removed.contains(client_identifier) {
            return Err(KeyProblem::Removed);
        }
        let own = self.devices.iter().filter(|device| device.client_identifier() == client_identifier);
        let mut keys = own.filter_map(|device| Some((device.key.clone()?, device.account)));
        keys.find(|(key, _)| key.kid == kid).ok_or(KeyProblem::Unknown)
    }

    pub(crate) fn remove(&mut self, wanted: impl Fn(&Device) -> bool) -> Vec<Device> {
        let removed: Vec<Device> = self.devices.extract_if(.., |device| wanted(device)).collect();
        let with_keys = removed.iter().filter(|device| device.key.is_some());
        self.removed.extend(with_keys.map(|device| String::from(device.client_identifier())));
        removed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    const ACCOUNT: AccountId = 1;
    const OTHER: AccountId = 2;

    fn jwk(kid: &str, byte: u8) -> Jwk {
        Jwk::new(kid, [byte; 32])
    }

    #[test]
    fn a_key_belongs_to_one_installation_whatever_its_name() {
        let mut devices = Devices::default();
        devices.register_key(ACCOUNT, &Installation::named("tv"), &jwk("a", 1)).unwrap();

        assert_eq!(devices.register_key(ACCOUNT, &Installation::named("tv"), &jwk("a", 1)), Ok(()));
        assert_eq!(devices.check_key(&jwk("b", 1), "phone"), Err(KeyProblem::Taken));
        assert_eq!(devices.register_key(ACCOUNT, &Installation::named("phone"), &jwk("a", 2)), Ok(()));
    }

    #[test]
    fn a_new_key_replaces_the_old_one_which_stays_taken() {
        let mut devices = Devices::default();
        devices.register_key(ACCOUNT, &Installation::named("tv"), &jwk("old", 1)).unwrap();
        devices.register_key(ACCOUNT, &Installation::named("tv"), &jwk("new", 2)).unwrap();

        assert_eq!(devices.key("tv", "old").unwrap_err(), KeyProblem::Unknown);
        assert_eq!(devices.key("tv", "new").unwrap().0, jwk("new", 2));
        assert_eq!(devices.check_key(&jwk("old", 1), "phone"), Err(KeyProblem::Taken));
        assert_eq!(devices.of_account(ACCOUNT).count(), 1);
    }

    #[test]
    fn an_installation_has_one_key_whoever_signs_in_on_it() {
        let mut devices = Devices::default();
        devices.register_key(ACCOUNT, &Installation::named("tv"), &jwk("old", 1)).unwrap();
        devices.register_key(OTHER, &Installation::named("tv"), &jwk("new", 2)).unwrap();

        assert_eq!(devices.key("tv", "old").unwrap_err(), KeyProblem::Unknown);
        assert_eq!(devices.key("tv", "new").unwrap().1, OTHER);
    }

    #[test]
    fn a_removed_installation_cannot_use_keys() {
        let mut devices = Devices::default();
        devices.register_key(ACCOUNT, &Installation::named("tv"), &jwk("a", 1)).unwrap();

        assert_eq!(devices.remove(|device| device.client_identifier() == "tv").len(), 1);

        assert_eq!(devices.key("tv", "a").unwrap_err(), KeyProblem::Removed);
        assert_eq!(devices.check_key(&jwk("b", 2), "tv"), Err(KeyProblem::Removed));
        assert_eq!(devices.of_account(ACCOUNT).count(), 0);
    }
}
