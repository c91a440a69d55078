//! The made-up people and servers of the sandbox.

/// The e-mail address of the built-in account, for password sign-in and [`Sandbox::token`](crate::Sandbox::token).
///
/// ```
/// assert_eq!(plex_tv_sandbox::EMAIL, "user@example.com");
/// ```
pub const EMAIL: &str = "user@example.com";

/// The password that goes with [`EMAIL`].
///
/// ```
/// assert!(!plex_tv_sandbox::PASSWORD.is_empty());
/// ```
pub const PASSWORD: &str = "sandbox-password";

/// The e-mail address of the account that also wants a verification code.
///
/// ```
/// assert_eq!(plex_tv_sandbox::TWO_FACTOR_EMAIL, "two-factor@example.com");
/// ```
pub const TWO_FACTOR_EMAIL: &str = "two-factor@example.com";

/// The password that goes with [`TWO_FACTOR_EMAIL`].
///
/// ```
/// assert!(!plex_tv_sandbox::TWO_FACTOR_PASSWORD.is_empty());
/// ```
pub const TWO_FACTOR_PASSWORD: &str = "sandbox-two-factor-password";

/// The verification code that goes with [`TWO_FACTOR_EMAIL`].
///
/// ```
/// assert_eq!(plex_tv_sandbox::TWO_FACTOR_VERIFICATION_CODE.len(), 6);
/// ```
pub const TWO_FACTOR_VERIFICATION_CODE: &str = "135790";

/// The e-mail address of the account that has no password: it signs in by e-mail only.
///
/// ```
/// assert_eq!(plex_tv_sandbox::EMAIL_ONLY_EMAIL, "email-only@example.com");
/// ```
pub const EMAIL_ONLY_EMAIL: &str = "email-only@example.com";

/// The PIN of the one home user who has one: [`HOME_PIN_USER`].
///
/// ```
/// assert_eq!(plex_tv_sandbox::HOME_PIN.len(), 4);
/// ```
pub const HOME_PIN: &str = "2468";

/// The `uuid` of the managed home user that [`HOME_PIN`] protects.
///
/// ```
/// assert_eq!(plex_tv_sandbox::HOME_PIN_USER.len(), 16);
/// ```
pub const HOME_PIN_USER: &str = "edcba98765432100";

/// The `uuid` of the managed home user without a PIN.
///
/// ```
/// assert_eq!(plex_tv_sandbox::HOME_USER.len(), 16);
/// ```
pub const HOME_USER: &str = "fedcba9876543210";

/// The token of the built-in account: the same in every run, so that a command line can be repeated.
pub(crate) const ACCOUNT_TOKEN: &str = "sandbox-account-0001";

/// How an account signs in.
#[derive(Debug)]
pub(crate) enum SignIn {
    Password {
        password: &'static str,
        verification_code: Option<&'static str>,
    },
    EmailOnly,
    /// A managed user: somebody else of the home switches to it.
    Managed {
        restriction_profile: &'static str,
    },
}

#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) id: u64,
    pub(crate) uuid: &'static str,
    /// Empty for a managed user, and so is the address.
    pub(crate) username: &'static str,
    pub(crate) title: &'static str,
    pub(crate) email: &'static str,
    pub(crate) sign_in: SignIn,
    pub(crate) home_pin: Option<&'static str>,
}

impl Account {
    pub(crate) const JOINED_AT: i64 = 1_556_281_940;

    pub(crate) fn is_managed(&self) -> bool {
        self.restriction_profile().is_some()
    }

    pub(crate) fn restriction_profile(&self) -> Option<&'static str> {
        match self.sign_in {
            SignIn::Managed { restriction_profile } => Some(restriction_profile),
            SignIn::Password { .. } | SignIn::EmailOnly => None,
        }
    }

    pub(crate) fn has_two_factor(&self) -> bool {
        matches!(self.sign_in, SignIn::Password { verification_code: Some(_), .. })
    }

    pub(crate) fn is_in_home(&self) -> bool {
        home_user(self.uuid).is_some()
    }

    pub(crate) fn is_home_admin(&self) -> bool {
        self.id == ACCOUNT.id
    }
}

pub(crate) static ACCOUNT: Account = Account {
    id: 1_234_567,
    uuid: "0123456789abcdef",
    username: "exampleuser",
    title: "Example User",
    email: EMAIL,
    sign_in: SignIn::Password { password: PASSWORD, verification_code: None },
    home_pin: None,
};

static TWO_FACTOR_ACCOUNT: Account = Account {
    id: 1_234_568,
    uuid: "123456789abcdef0",
    username: "twofactoruser",
    title: "Careful User",
    email: TWO_FACTOR_EMAIL,
    sign_in: SignIn::Password { password: TWO_FACTOR_PASSWORD, verification_code: Some(TWO_FACTOR_VERIFICATION_CODE) },
    home_pin: None,
};

static EMAIL_ONLY_ACCOUNT: Account = Account {
    id: 1_234_569,
    uuid: "23456789abcdef01",
    username: "emailonlyuser",
    title: "User without a Password",
    email: EMAIL_ONLY_EMAIL,
    sign_in: SignIn::EmailOnly,
    home_pin: None,
};

static KID: Account = Account {
    id: 7_654_322,
    uuid: HOME_USER,
    username: "",
    title: "Kid",
    email: "",
    sign_in: SignIn::Managed { restriction_profile: "little_kid" },
    home_pin: None,
};

static TEEN: Account = Account {
    id: 7_654_323,
    uuid: HOME_PIN_USER,
    username: "",
    title: "Teen",
    email: "",
    sign_in: SignIn::Managed { restriction_profile: "teen" },
    home_pin: Some(HOME_PIN),
};

pub(crate) static ACCOUNTS: [&Account; 5] = [&ACCOUNT, &TWO_FACTOR_ACCOUNT, &EMAIL_ONLY_ACCOUNT, &KID, &TEEN];

/// The one Home: the built-in account and those it manages.
pub(crate) static HOME: [&Account; 3] = [&ACCOUNT, &KID, &TEEN];

/// The member of the Home with this `uuid`.
pub(crate) fn home_user(uuid: &str) -> Option<&'static Account> {
    HOME.into_iter().find(|account| account.uuid == uuid)
}

/// The account that signs in with this name or e-mail address.
pub(crate) fn account_by_login(login: &str) -> Option<&'static Account> {
    let mut with_name = ACCOUNTS.into_iter().filter(|account| !account.is_managed());
    with_name.find(|account| account.email.eq_ignore_ascii_case(login) || account.username == login)
}

/// The other person, who shares a server.
#[derive(Debug)]
pub(crate) struct Owner {
    pub(crate) id: u64,
    pub(crate) title: &'static str,
}

#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) machine_identifier: &'static str,
    pub(crate) access_token: &'static str,
    pub(crate) version: &'static str,
    pub(crate) platform: &'static str,
    pub(crate) device: &'static str,
    /// None when it belongs to the account that asks.
    pub(crate) owner: Option<Owner>,
    pub(crate) public_address: &'static str,
    pub(crate) public_address_matches: bool,
    pub(crate) local: bool,
    /// Addresses that nothing answers at, as of a server whose port is closed to the outside.
    pub(crate) remote: Option<Remote>,
    pub(crate) relay: bool,
}

#[derive(Debug)]
pub(crate) struct Remote {
    pub(crate) ipv4: &'static str,
    pub(crate) ipv6: Option<&'static str>,
}

pub(crate) static SERVERS: [Server; 3] = [
    Server {
        name: "Living Room Server",
        machine_identifier: "1111111111111111111111111111111111111111",
        access_token: "sandbox-server-00001",
        version: "1.42.1.10060-4e8b05daf",
        platform: "Linux",
        device: "Docker Container",
        owner: None,
        public_address: "203.0.113.7",
        public_address_matches: true,
        local: true,
        remote: Some(Remote { ipv4: "203.0.113.7", ipv6: Some("2001:db8::7") }),
        relay: true,
    },
    Server {
        name: "Server of a Friend",
        machine_identifier: "2222222222222222222222222222222222222222",
        access_token: "sandbox-server-00002",
        version: "1.41.9.9961-46083195d",
        platform: "Windows",
        device: "PC",
        owner: Some(Owner { id: 7_654_321, title: "examplefriend" }),
        public_address: "198.51.100.23",
        public_address_matches: false,
        local: true,
        remote: Some(Remote { ipv4: "198.51.100.23", ipv6: None }),
        relay: true,
    },
    Server {
        name: "Cabin Server",
        machine_identifier: "3333333333333333333333333333333333333333",
        access_token: "sandbox-server-00003",
        version: "1.42.1.10060-4e8b05daf",
        platform: "MacOSX",
        device: "Mac",
        owner: None,
        public_address: "192.0.2.44",
        public_address_matches: false,
        local: false,
        remote: None,
        relay: true,
    },
];

/// So many that they come in three pages.
pub(crate) const WATCHLIST_SIZE: usize = 250;

pub(crate) const FEATURES: [(&str, &str); 3] = [
    ("companions_sonos", "00000000-0000-4000-8000-000000000001"),
    ("home", "00000000-0000-4000-8000-000000000002"),
    ("webhooks", "00000000-0000-4000-8000-000000000003"),
];
