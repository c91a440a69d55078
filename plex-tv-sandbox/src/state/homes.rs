//! Plex Homes.

use super::AccountId;

#[derive(Clone, Debug)]
pub(crate) struct Home {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) admin: AccountId,
    /// The admin comes first.
    pub(crate) members: Vec<AccountId>,
    pub(crate) guest_enabled: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Homes(Vec<Home>);

impl Homes {
    pub(crate) const MOST_MEMBERS: usize = 15;
    const FIRST_ID: u64 = 2_000_001;

    pub(crate) fn found(&mut self, id: u64, name: &str, admin: AccountId, others: &[AccountId]) {
        let members = std::iter::once(admin).chain(others.iter().copied()).collect();
        self.0.push(Home { id, name: String::from(name), admin, members, guest_enabled: false });
    }

    pub(crate) fn of(&self, account: AccountId) -> Option<&Home> {
        self.0.iter().find(|home| home.members.contains(&account))
    }

    /// The Home that this account is the admin of.
    pub(crate) fn of_admin(&mut self, account: AccountId) -> Option<&mut Home> {
        self.0.iter_mut().find(|home| home.admin == account)
    }

    /// Returns the Home that this account is the admin of. Creates it if there is none.
    pub(crate) fn of_admin_or_new(&mut self, account: AccountId, name: &str) -> &mut Home {
        let index = self.0.iter().position(|home| home.admin == account).unwrap_or_else(|| {
            let id = self.0.iter().map(|home| home.id + 1).max().unwrap_or_default().max(Self::FIRST_ID);
            self.found(id, name, account, &[]);
            self.0.len() - 1
        });
        &mut self.0[index]
    }

    pub(crate) fn are_together(&self, one: AccountId, other: AccountId) -> bool {
        self.of(one).is_some_and(|home| home.members.contains(&other))
    }

    pub(crate) fn leave(&mut self, account: AccountId) {
        for home in &mut self.0 {
            home.members.retain(|member| *member != account);
        }
    }
}
