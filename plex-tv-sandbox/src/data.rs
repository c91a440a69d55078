//! The built-in people and servers, all made up.

use crate::account::Account;
use crate::state::{AccountId, Person, Remote, Section, Server, SignIn, State};

/// The e-mail address of the built-in account, for password sign-in and
/// [`Sandbox::token`](crate::Sandbox::token).
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

/// The e-mail address of the account that also requires a verification code.
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

/// The e-mail address of a friend of the built-in account, who shares a server with it.
///
/// ```
/// assert_eq!(plex_tv_sandbox::FRIEND_EMAIL, "friend@example.com");
/// ```
pub const FRIEND_EMAIL: &str = "friend@example.com";

/// The token of the built-in account. It is the same in every run, so that commands can be
/// repeated.
pub(crate) const ACCOUNT_TOKEN: &str = "sandbox-account-0001";

/// The token of the friend. It is the same in every run, too.
pub(crate) const FRIEND_TOKEN: &str = "sandbox-friend-00001";

/// The built-in account.
pub(crate) const ACCOUNT: AccountId = 1_234_567;
const TWO_FACTOR: AccountId = 1_234_568;
const EMAIL_ONLY: AccountId = 1_234_569;
pub(crate) const FRIEND: AccountId = 7_654_321;
const KID: AccountId = 7_654_322;
const TEEN: AccountId = 7_654_323;

/// The first id of the accounts that a test adds.
const FIRST_OWN: AccountId = 8_000_001;

const HOME_ID: u64 = 1_841_489;

struct Names {
    id: AccountId,
    uuid: &'static str,
    username: &'static str,
    title: &'static str,
    email: &'static str,
}

fn person(names: &Names, sign_in: SignIn) -> Person {
    Person {
        id: names.id,
        uuid: String::from(names.uuid),
        username: String::from(names.username),
        title: String::from(names.title),
        email: String::from(names.email),
        sign_in,
        plex_pass: true,
        home_pin: None,
        restriction_profile: None,
    }
}

fn with_password(password: &str, verification_code: Option<&str>) -> SignIn {
    SignIn::Password { password: String::from(password), verification_code: verification_code.map(String::from) }
}

/// The built-in accounts and managed users.
fn people() -> [Person; 6] {
    let names = |id, uuid, username, title, email| Names { id, uuid, username, title, email };
    let managed = |names: &Names, profile: &str, pin: Option<&str>| Person {
        plex_pass: false,
        home_pin: pin.map(String::from),
        restriction_profile: Some(String::from(profile)),
        ..person(names, SignIn::Managed)
    };
    [
        person(
            &names(ACCOUNT, "0123456789abcdef", "exampleuser", "Example User", EMAIL),
            with_password(PASSWORD, None),
        ),
        person(
            &names(TWO_FACTOR, "123456789abcdef0", "twofactoruser", "Careful User", TWO_FACTOR_EMAIL),
            with_password(TWO_FACTOR_PASSWORD, Some(TWO_FACTOR_VERIFICATION_CODE)),
        ),
        person(
            &names(EMAIL_ONLY, "23456789abcdef01", "emailonlyuser", "User without a Password", EMAIL_ONLY_EMAIL),
            SignIn::EmailOnly,
        ),
        person(
            &names(FRIEND, "3456789abcdef012", "examplefriend", "examplefriend", FRIEND_EMAIL),
            with_password(PASSWORD, None),
        ),
        managed(&names(KID, HOME_USER, "", "Kid", ""), "little_kid", None),
        managed(&names(TEEN, HOME_PIN_USER, "", "Teen", ""), "teen", Some(HOME_PIN)),
    ]
}

/// The e-mail addresses and user names of the built-in accounts.
pub(crate) fn built_in_names() -> impl Iterator<Item = &'static str> {
    [
        EMAIL,
        TWO_FACTOR_EMAIL,
        EMAIL_ONLY_EMAIL,
        FRIEND_EMAIL,
        "exampleuser",
        "twofactoruser",
        "emailonlyuser",
        "examplefriend",
    ]
    .into_iter()
}

/// Returns the three built-in servers and those of the accounts that a test added.
pub(crate) fn servers(accounts: &[Account]) -> Vec<Server> {
    let mut servers = Vec::from([living_room(), friends(), cabin()]);
    for (index, account) in accounts.iter().enumerate() {
        for number in 1..=account.servers {
            servers.push(Server {
                name: format!("Server {number} of {}", account.username),
                owner: FIRST_OWN + index as u64,
                ..server(servers.len() as u64 + 1)
            });
        }
    }
    servers
}

/// Returns a server with every kind of connection. The number makes it unique.
fn server(number: u64) -> Server {
    let section = |key: u64, title, kind| Section { id: number * 10_000 + key, key, title, kind };
    Server {
        id: 300_000 + number,
        name: String::new(),
        // One repeated digit is easy to spot in a log.
        machine_identifier: if number < 10 { number.to_string().repeat(40) } else { format!("{number:040x}") },
        access_token: format!("sandbox-server-{number:05}"),
        own_token: format!("sandbox-serving-{number:04}"),
        version: "1.42.1.10060-4e8b05daf",
        platform: "Linux",
        device: "Docker Container",
        owner: ACCOUNT,
        public_address: "203.0.113.7",
        public_address_matches: true,
        local: true,
        remote: Some(Remote { ipv4: "203.0.113.7", ipv6: Some("2001:db8::7") }),
        relay: true,
        sections: Vec::from([
            section(1, "Movies", "movie"),
            section(2, "TV Shows", "show"),
            section(3, "Music", "artist"),
            section(4, "Photos", "photo"),
        ]),
    }
}

fn living_room() -> Server {
    Server { name: String::from("Living Room Server"), ..server(1) }
}

fn friends() -> Server {
    Server {
        name: String::from("Server of a Friend"),
        version: "1.41.9.9961-46083195d",
        platform: "Windows",
        device: "PC",
        owner: FRIEND,
        public_address: "198.51.100.23",
        public_address_matches: false,
        remote: Some(Remote { ipv4: "198.51.100.23", ipv6: None }),
        ..server(2)
    }
}

fn cabin() -> Server {
    Server {
        name: String::from("Cabin Server"),
        platform: "MacOSX",
        device: "Mac",
        public_address: "192.0.2.44",
        public_address_matches: false,
        local: false,
        remote: None,
        ..server(3)
    }
}

/// Fills a new state with the built-in people, their servers and shares, and the added accounts.
pub(crate) fn fill(state: &mut State, servers: &[&Server], accounts: &[Account], now: i64) {
    for person in people() {
        state.people.insert(person);
    }
    state.access.sessions.grant(ACCOUNT, ACCOUNT_TOKEN);
    state.access.sessions.grant(FRIEND, FRIEND_TOKEN);
    state.homes.found(HOME_ID, "Example home", ACCOUNT, &[KID, TEEN]);
    state.sharing.befriend(ACCOUNT, FRIEND, now);
    for server in servers {
        match server.owner {
            ACCOUNT => [KID, TEEN].iter().for_each(|member| state.sharing.give(server, *member, now)),
            FRIEND => [ACCOUNT, KID, TEEN].iter().for_each(|guest| state.sharing.give(server, *guest, now)),
            _ => {}
        }
    }
    state.watchlists.fill(ACCOUNT, WATCHLIST_SIZE);
    for (index, account) in accounts.iter().enumerate() {
        add_own(state, FIRST_OWN + index as u64, account, now);
    }
}

/// Adds one account that a test asked for.
fn add_own(state: &mut State, id: AccountId, account: &Account, now: i64) {
    let person = Person {
        id,
        uuid: format!("{id:016x}"),
        username: account.username.clone(),
        title: account.username.clone(),
        email: account.email.clone(),
        sign_in: with_password(&account.password, None),
        plex_pass: account.plex_pass,
        home_pin: None,
        restriction_profile: None,
    };
    state.people.insert(person);
    state.access.sessions.grant(id, &own_token(id));
    let users: Vec<AccountId> =
        account.home_users.iter().map(|title| state.people.add(title, SignIn::Managed).id).collect();
    if !users.is_empty() {
        state.homes.found(id, &format!("Home of {}", account.username), id, &users);
    }
    state.watchlists.fill(id, account.watchlist);
    if account.is_friend {
        state.sharing.befriend(ACCOUNT, id, now);
    }
}

fn own_token(id: AccountId) -> String {
    format!("sandbox-own-{id:08}")
}

/// The number of items on the watchlist of the built-in account: enough for three pages.
pub(crate) const WATCHLIST_SIZE: usize = 250;

pub(crate) const FEATURES: [(&str, &str); 3] = [
    ("companions_sonos", "00000000-0000-4000-8000-000000000001"),
    ("home", "00000000-0000-4000-8000-000000000002"),
    ("webhooks", "00000000-0000-4000-8000-000000000003"),
];
