//! One store that several clients, processes and users share.

use std::{
    fs::File,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use plex_tv_sandbox::{
    EMAIL, Fault, PASSWORD, Sandbox, TWO_FACTOR_EMAIL, TWO_FACTOR_PASSWORD, TWO_FACTOR_VERIFICATION_CODE,
};
use plex_tv_sdk::{
    Client, ClientBuilder, CredentialStore, Credentials, DeviceKey, Error, FileStore, MemoryStore, SignIn, Timestamp,
    Token,
};

use crate::{
    clock::TestClock,
    harness::{builder, identity},
};

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The names of the two users.
pub(crate) const USERS: [&str; 2] = ["exampleuser", "twofactoruser"];

/// A plex.tv with two users. It shares its clock with the clients.
pub(crate) struct House {
    pub(crate) sandbox: Arc<Sandbox>,
    pub(crate) clock: TestClock,
    /// Both users, each on a separate device.
    approvers: [Client; 2],
}

impl House {
    pub(crate) async fn new() -> Self {
        let sandbox = Arc::new(Sandbox::start().await.unwrap());
        let clock = TestClock::default();
        let plex = Arc::clone(&sandbox);
        clock.set_wall(move || Timestamp::try_from(plex.now()).unwrap());
        let elsewhere = |name| {
            Client::builder(identity(name)).base_url(sandbox.url()).http(|http| http.no_proxy().tls_certs_only([]))
        };
        let first = elsewhere("approver-1").token(Token::new(sandbox.token()).unwrap()).build().unwrap();
        let second = password_sign_in(&elsewhere("approver-2").build().unwrap(), 1).await;
        Self { sandbox, clock, approvers: [first, second] }
    }

    pub(crate) fn builder(&self) -> ClientBuilder {
        builder(self.sandbox.url()).clock(self.clock.clone())
    }

    /// Starts a client from the store, as a new process does.
    pub(crate) fn start(&self, store: &(impl CredentialStore + Clone)) -> Client {
        self.builder().store(store.clone()).build().unwrap()
    }

    /// Signs a user in with a device key.
    pub(crate) async fn sign_in(
        &self,
        store: &(impl CredentialStore + Clone),
        user: usize,
        key: &DeviceKey,
    ) -> Result<Client, Error> {
        let flow = self.start(store).pin_login().device_key(key).start().await?;
        self.approvers[user].link_device(flow.code().expose()).await?;
        match flow.check_once().await? {
            plex_tv_sdk::PinStatus::Approved(client) => Ok(client),
            status => panic!("{status:?}"),
        }
    }

    pub(crate) fn approver(&self, user: usize) -> Client {
        self.approvers[user].clone()
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.sandbox.advance(time);
        self.clock.advance(time);
    }

    fn calls(&self, operation: &str) -> usize {
        self.sandbox.requests().iter().filter(|request| request.operation == Some(operation)).count()
    }
}

async fn password_sign_in(client: &Client, user: usize) -> Client {
    let (name, password) = [(EMAIL, PASSWORD), (TWO_FACTOR_EMAIL, TWO_FACTOR_PASSWORD)][user];
    match client.sign_in(name, password).await.unwrap() {
        SignIn::Done(client) => client,
        SignIn::TwoFactorRequired(waiting) => waiting.verification_code(TWO_FACTOR_VERIFICATION_CODE).await.unwrap(),
    }
}

/// The user to whom the client's token belongs, or `None` if plex.tv refuses it.
pub(crate) async fn who(client: &Client) -> Option<String> {
    client.verify_token().await.user().and_then(|user| user.username.clone())
}

pub(crate) fn key() -> DeviceKey {
    DeviceKey::generate().unwrap()
}

fn is(user: usize) -> Option<String> {
    Some(USERS[user].to_owned())
}

/// How a user signs in.
#[derive(Clone, Copy, Debug)]
enum By {
    Key(u8),
    Password,
}

/// The combinations of two successive sign-ins on one store.
const PAIRS: [(By, By); 5] = [
    (By::Key(1), By::Key(2)),
    (By::Key(1), By::Key(1)),
    (By::Key(1), By::Password),
    (By::Password, By::Key(1)),
    (By::Password, By::Password),
];

impl House {
    async fn sign_in_by(&self, store: &MemoryStore, user: usize, by: By, keys: &[DeviceKey]) -> Client {
        match by {
            By::Key(number) => self.sign_in(store, user, &keys[usize::from(number)]).await.unwrap(),
            By::Password => password_sign_in(&self.start(store), user).await,
        }
    }
}

#[tokio::test]
async fn a_client_never_becomes_the_user_who_signed_in_later() {
    for (first, second) in PAIRS {
        let (house, store, keys) = (House::new().await, MemoryStore::new(), [key(), key(), key()]);
        let one = house.sign_in_by(&store, 0, first, &keys).await;
        house.pass(HOUR);
        let two = house.sign_in_by(&store, 1, second, &keys).await;

        for time in [HOUR, 5 * DAY + 23 * HOUR, HOUR, DAY, DAY, 8 * DAY] {
            house.pass(time);
            let answer = who(&one).await;
            assert!(answer == is(0) || answer.is_none(), "{first:?} {second:?}: {answer:?}");
            assert_eq!(who(&two).await, is(1), "{first:?} {second:?}");
            assert_eq!(who(&house.start(&store)).await, is(1), "{first:?} {second:?}");
        }
    }
}

#[tokio::test]
async fn an_older_client_never_overwrites_the_credentials_of_another_sign_in() {
    for (user, second) in [(1, By::Key(2)), (1, By::Key(1)), (0, By::Key(2)), (0, By::Key(1)), (1, By::Password)] {
        let (house, store, keys) = (House::new().await, MemoryStore::new(), [key(), key(), key()]);
        let one = house.sign_in_by(&store, 0, By::Key(1), &keys).await;
        house.pass(HOUR);
        house.sign_in_by(&store, user, second, &keys).await;
        let stored = store.load().unwrap();

        for time in [HOUR, 6 * DAY, 3 * DAY] {
            house.pass(time);
            who(&one).await;
            assert!(one.renew_token().await.unwrap_err().needs_sign_in(), "{user} {second:?}");
            assert!(one.rotate_device_key(&key()).await.unwrap_err().needs_sign_in(), "{user} {second:?}");
            assert_eq!(store.load().unwrap(), stored, "{user} {second:?}");
        }
        assert_eq!(one.device_key(), None);
    }
}

/// Another user signs in while the renewal is in progress. If they use the same key, plex.tv then
/// returns a token of theirs.
#[tokio::test]
async fn a_renewal_that_is_overtaken_by_another_sign_in_is_discarded() {
    for is_same_key in [true, false] {
        let (house, store, first) = (House::new().await, MemoryStore::new(), key());
        let one = house.sign_in(&store, 0, &first).await.unwrap();
        house.pass(6 * DAY + HOUR);
        house.sandbox.next("exchangeJwtToken", Fault::Delay(Duration::from_millis(300))).unwrap();
        let renewing = tokio::spawn({
            let one = one.clone();
            async move { one.renew_token().await }
        });
        while house.calls("getAuthNonce") == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }

        house.sign_in(&store, 1, &if is_same_key { first } else { key() }).await.unwrap();
        let stored = store.load().unwrap();
        renewing.await.unwrap().unwrap_err();

        assert_eq!(store.load().unwrap(), stored);
        assert_eq!(who(&one).await, is(0));
    }
}

#[tokio::test]
async fn signing_out_removes_only_the_sign_in_of_the_client() {
    for (first, second) in PAIRS {
        for user in [0, 1] {
            if user == 0 && matches!((first, second), (By::Key(_), By::Password)) {
                // plex.tv no longer accepts an older token of this user on this device.
                continue;
            }
            let (house, store, keys) = (House::new().await, MemoryStore::new(), [key(), key(), key()]);
            let one = house.sign_in_by(&store, 0, first, &keys).await;
            house.pass(HOUR);
            let two = house.sign_in_by(&store, user, second, &keys).await;
            let stored = store.load().unwrap();

            one.sign_out().await.unwrap();
            one.sign_out().await.unwrap();

            assert_eq!(store.load().unwrap(), stored, "{first:?} {second:?} {user}");
            assert_eq!(who(&two).await, is(user), "{first:?} {second:?} {user}");
            two.sign_out().await.unwrap();
            assert_eq!(store.load().unwrap().token, None);
        }
    }
}

#[tokio::test]
async fn a_sign_out_revokes_the_token_that_another_process_renewed() {
    let (house, store) = (House::new().await, MemoryStore::new());
    let one = house.sign_in(&store, 0, &key()).await.unwrap();
    let two = house.start(&store);
    house.pass(HOUR);
    two.renew_token().await.unwrap();
    assert_ne!(one.token(), two.token());

    one.sign_out().await.unwrap();

    assert_eq!((who(&one).await, who(&two).await), (None, None));
}

#[tokio::test]
async fn no_process_restores_a_sign_in_that_another_signed_out() {
    for time in [Duration::ZERO, HOUR, 6 * DAY + HOUR, 8 * DAY] {
        let (house, store) = (House::new().await, MemoryStore::new());
        let one = house.sign_in(&store, 0, &key()).await.unwrap();
        let (two, three) = (house.start(&store), house.start(&store));
        house.pass(HOUR);
        two.renew_token().await.unwrap();

        one.sign_out().await.unwrap();
        house.pass(time);
        let answers = [who(&two).await, who(&three).await];
        let over = [
            two.renew_token().await.unwrap_err(),
            two.renew_token().await.unwrap_err(),
            three.rotate_device_key(&key()).await.unwrap_err(),
            three.renew_token().await.unwrap_err(),
            one.renew_token().await.unwrap_err(),
        ];
        assert!(over.iter().all(|error| error.needs_sign_in() && !error.is_retryable()), "{over:?}");

        let kept = store.load().unwrap();
        assert_eq!(answers, [None, None], "{time:?}");
        assert_eq!((kept.token, kept.device_key, kept.next_device_key, kept.sign_in), (None, None, None, None));
        assert_eq!((two.device_key(), two.token()), (None, None));
        assert_eq!(house.start(&store).token(), None);
    }
}

/// Another program may leave parts of a sign-in in the store, but no key that this client knows.
#[tokio::test]
async fn a_client_whose_keys_are_gone_from_the_store_needs_a_sign_in() {
    let leftovers: [fn(&mut Credentials); 4] = [
        Credentials::sign_out,
        |kept| *kept = Credentials::default(),
        |kept| kept.device_key = None,
        |kept| {
            kept.sign_in = None;
            kept.device_key = Some(key().to_pem().unwrap());
        },
    ];
    for change in leftovers {
        let (house, store) = (House::new().await, MemoryStore::new());
        let one = house.sign_in(&store, 0, &key()).await.unwrap();
        store.update(&mut |kept| change(kept)).unwrap();
        let stored = store.load().unwrap();

        for _ in 0..2 {
            let error = one.renew_token().await.unwrap_err();
            assert!(error.needs_sign_in() && !error.is_retryable(), "{error:?}");
        }
        assert_eq!(store.load().unwrap(), stored);
        assert_eq!(house.calls("exchangeJwtToken"), 0);
    }
}

#[tokio::test]
async fn a_sign_out_during_the_renewal_of_another_process_is_kept() {
    let (house, store) = (House::new().await, MemoryStore::new());
    let one = house.sign_in(&store, 0, &key()).await.unwrap();
    let two = house.start(&store);
    house.pass(6 * DAY + HOUR);
    house.sandbox.next("exchangeJwtToken", Fault::Delay(Duration::from_millis(300))).unwrap();
    let renewing = tokio::spawn(async move { who(&two).await });
    while house.calls("getAuthNonce") == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }

    one.sign_out().await.unwrap();

    assert_eq!(renewing.await.unwrap(), None);
    assert_eq!(store.load().unwrap().token, None);
}

#[tokio::test]
async fn a_key_that_one_process_rotated_is_picked_up_by_the_others() {
    for changes in [1, 2, 5] {
        let (house, store) = (House::new().await, MemoryStore::new());
        let one = house.sign_in(&store, 0, &key()).await.unwrap();
        let (two, three) = (house.start(&store), house.start(&store));
        for _ in 0..changes {
            one.rotate_device_key(&key()).await.unwrap();
        }
        drop(one);

        house.pass(8 * DAY);
        assert_eq!(who(&two).await, is(0), "{changes}");
        // Now a client rotates the key that knows only the first one.
        three.rotate_device_key(&key()).await.unwrap();
        house.pass(8 * DAY);

        assert_eq!((who(&two).await, who(&three).await), (is(0), is(0)), "{changes}");
        assert_eq!(two.device_key(), three.device_key());
    }
}

/// The other process signs with the old key while plex.tv receives the new one.
#[tokio::test]
async fn a_key_that_changes_during_the_renewal_of_another_process_is_read_from_the_store() {
    let (house, store) = (House::new().await, MemoryStore::new());
    let one = house.sign_in(&store, 0, &key()).await.unwrap();
    let two = house.start(&store);
    house.pass(8 * DAY);
    house.sandbox.next("getAuthNonce", Fault::Delay(Duration::from_millis(400))).unwrap();
    let renewing = tokio::spawn({
        let two = two.clone();
        async move { two.renew_token().await }
    });
    tokio::time::sleep(Duration::from_millis(100)).await;

    one.rotate_device_key(&key()).await.unwrap();
    let renewed = renewing.await.unwrap().unwrap();

    assert_eq!(Some(renewed), two.token());
    assert_eq!(who(&two).await, is(0));
    assert_eq!(two.device_key(), one.device_key());
}

#[tokio::test]
async fn any_number_of_interrupted_key_rotations_leaves_a_key_that_plex_tv_knows() {
    let calls = ["registerDeviceJwk", "getAuthNonce", "exchangeJwtToken"];
    let mut cuts: Vec<Vec<&str>> = Vec::new();
    for first in calls {
        for second in calls {
            cuts.push(vec![first, second]);
        }
    }
    cuts.push(vec!["getAuthNonce", "registerDeviceJwk", "exchangeJwtToken", "registerDeviceJwk"]);
    cuts.push(["getAuthNonce", "registerDeviceJwk"].repeat(5));
    cuts.push(["registerDeviceJwk"].repeat(8));
    for cut in cuts {
        for fault in [Fault::Status(503), Fault::Hangup, Fault::Status(408)] {
            let (house, store) = (House::new().await, MemoryStore::new());
            let one = house.sign_in(&store, 0, &key()).await.unwrap();
            for (number, failing) in cut.iter().enumerate() {
                // A newly started process makes every second rotation.
                let client = if number % 2 == 0 { one.clone() } else { house.start(&store) };
                house.sandbox.next(failing, fault.clone()).unwrap();
                client.rotate_device_key(&key()).await.unwrap_err();
            }
            drop(one);

            house.pass(8 * DAY);
            let next_run = house.start(&store);

            assert_eq!(who(&next_run).await, is(0), "{cut:?} {fault:?}");
            next_run.rotate_device_key(&key()).await.unwrap();
            assert_eq!(who(&next_run).await, is(0), "{cut:?} {fault:?}");
        }
    }
}

/// The old key still works, and the request to register the new one is in flight.
#[tokio::test]
async fn a_renewal_with_the_old_key_keeps_the_new_key_of_a_rotation_in_progress() {
    let (house, store) = (House::new().await, MemoryStore::new());
    let one = house.sign_in(&store, 0, &key()).await.unwrap();
    let two = house.start(&store);
    house.sandbox.next("registerDeviceJwk", Fault::Delay(Duration::from_millis(300))).unwrap();
    let changing = tokio::spawn({
        let one = one.clone();
        async move { one.rotate_device_key(&key()).await }
    });
    while store.load().unwrap().next_device_key.is_none() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    two.renew_token().await.unwrap();
    // The process ends as soon as plex.tv has the new key.
    while house.calls("registerDeviceJwk") == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    changing.abort();
    let _ = changing.await;

    house.pass(8 * DAY);

    assert_eq!(who(&house.start(&store)).await, is(0));
    assert_eq!(who(&two).await, is(0));
}

#[tokio::test]
async fn an_explicit_token_is_not_replaced_by_one_of_the_store() {
    let (house, store) = (House::new().await, MemoryStore::new());
    house.sign_in(&store, 1, &key()).await.unwrap();
    let stored = store.load().unwrap();
    let given = Token::new(house.sandbox.token()).unwrap();
    let client = house.builder().store(store.clone()).token(given.clone()).build().unwrap();

    for time in [Duration::ZERO, HOUR, 8 * DAY] {
        house.pass(time);
        assert_eq!(who(&client).await, is(0));
    }
    let refused = client.register_device_key(&key()).await.unwrap_err();

    assert_eq!((client.token(), client.device_key()), (Some(given), None));
    assert!(refused.is_store(), "{refused}");
    assert_eq!((house.calls("getAuthNonce"), house.calls("registerDeviceJwk")), (0, 0));
    client.sign_out().await.unwrap();
    assert_eq!(store.load().unwrap(), stored);
}

#[tokio::test]
async fn the_token_of_the_store_may_be_passed_explicitly_too() {
    let (house, store) = (House::new().await, MemoryStore::new());
    let one = house.sign_in(&store, 1, &key()).await.unwrap();
    let client = house.builder().store(store.clone()).token(one.token().unwrap()).build().unwrap();

    house.pass(8 * DAY);

    assert_eq!(who(&client).await, is(1));
    assert_eq!(client.device_key(), one.device_key());
    assert_eq!(store.load().unwrap().token, client.token());
}

#[tokio::test]
async fn an_explicit_key_leaves_the_sign_in_of_the_store_alone() {
    let (house, store, mine) = (House::new().await, MemoryStore::new(), key());
    // The app keeps the key of the first user elsewhere.
    house.sign_in(&MemoryStore::new(), 0, &mine).await.unwrap();
    password_sign_in(&house.start(&store), 1).await;
    let stored = store.load().unwrap();
    let client = house.builder().store(store.clone()).device_key(mine.clone()).build().unwrap();
    assert_eq!(client.token(), None);

    for time in [Duration::ZERO, 8 * DAY] {
        house.pass(time);
        assert_eq!(who_calls(&client).await, is(0));
    }
    let changed = key();
    client.rotate_device_key(&changed).await.unwrap();
    house.pass(8 * DAY);

    assert_eq!(who(&client).await, is(0));
    assert_eq!(client.device_key(), Some(changed));
    client.sign_out().await.unwrap();
    assert_eq!(store.load().unwrap(), stored);
}

/// Makes a call, with which a client without a token gets one, and returns the user.
async fn who_calls(client: &Client) -> Option<String> {
    client.servers().await.ok()?;
    who(client).await
}

#[tokio::test]
async fn an_explicit_key_fills_an_empty_store_which_other_processes_then_share() {
    let (house, store, mine) = (House::new().await, MemoryStore::new(), key());
    house.sign_in(&MemoryStore::new(), 0, &mine).await.unwrap();
    let guest = || house.builder().store(store.clone()).device_key(mine.clone()).build().unwrap();
    let (one, two) = (guest(), guest());

    assert_eq!(who_calls(&one).await, is(0));
    assert_eq!(who_calls(&two).await, is(0));
    assert_eq!(house.calls("exchangeJwtToken"), 1);
    one.rotate_device_key(&key()).await.unwrap();
    house.pass(8 * DAY);
    assert_eq!(who(&two).await, is(0));
    two.sign_out().await.unwrap();

    assert_eq!(store.load().unwrap().token, None);
    assert_eq!(who_calls(&one).await, None);
    assert_eq!(store.load().unwrap().token, None);
}

#[tokio::test]
async fn a_sign_in_that_another_program_stored_without_an_id_is_recognised_by_its_key() {
    let (house, store) = (House::new().await, MemoryStore::new());
    house.sign_in(&store, 0, &key()).await.unwrap();
    store.update(&mut |kept| kept.sign_in = None).unwrap();
    let (one, two) = (house.start(&store), house.start(&store));

    one.rotate_device_key(&key()).await.unwrap();
    house.pass(8 * DAY);

    assert_eq!(who(&two).await, is(0));
    one.sign_out().await.unwrap();
    assert_eq!(store.load().unwrap().token, None);
}

#[tokio::test]
async fn a_pin_that_is_polled_twice_is_one_sign_in() {
    let (house, store) = (House::new().await, MemoryStore::new());
    let flow = house.start(&store).pin_login().device_key(&key()).start().await.unwrap();
    house.sandbox.approve(flow.id());
    let one = flow.wait().await.unwrap();
    one.rotate_device_key(&key()).await.unwrap();

    let two = flow.wait().await.unwrap();
    house.pass(8 * DAY);

    assert_eq!((who(&one).await, who(&two).await), (is(0), is(0)));
    assert_eq!(one.device_key(), two.device_key());
}

#[tokio::test]
async fn an_older_token_becomes_a_jwt_only_while_the_store_holds_it() {
    let (house, store) = (House::new().await, MemoryStore::new());
    let older = password_sign_in(&house.start(&store), 0).await;
    let other = house.start(&store);
    let newer = password_sign_in(&house.start(&store), 1).await;
    let stored = store.load().unwrap();

    for client in [&older, &other] {
        assert!(client.register_device_key(&key()).await.unwrap_err().is_store());
        assert_eq!(store.load().unwrap(), stored);
    }
    let keyed = newer.register_device_key(&key()).await.unwrap();
    house.pass(8 * DAY);

    assert_eq!(who(&keyed).await, is(1));
    assert_eq!(house.calls("registerDeviceJwk"), 1);
    keyed.register_device_key(&key()).await.unwrap();
    house.pass(8 * DAY);
    assert_eq!(who(&house.start(&store)).await, is(1));
}

/// A store that counts how often it is loaded.
#[derive(Clone, Debug, Default)]
struct Counting(MemoryStore, Arc<AtomicUsize>);

impl CredentialStore for Counting {
    fn load(&self) -> Result<Credentials, Error> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.load()
    }

    fn save(&self, credentials: &Credentials) -> Result<(), Error> {
        self.0.save(credentials)
    }

    fn clear(&self) -> Result<(), Error> {
        self.0.clear()
    }
}

#[tokio::test]
async fn a_store_is_not_read_at_each_call() {
    let (house, store) = (House::new().await, Counting::default());
    let one = house.sign_in(&store, 0, &key()).await.unwrap();
    let before = store.1.load(Ordering::Relaxed);

    for _ in 0..5 {
        who(&one).await;
    }

    assert_eq!(store.1.load(Ordering::Relaxed), before);
}

/// Locks a file store, as another process would.
fn locked(store: &FileStore) -> File {
    let path = store.path().with_file_name("credentials.json.lock");
    let lock = File::options().create(true).truncate(false).write(true).open(path).unwrap();
    lock.lock().unwrap();
    lock
}

/// Counts how often another task of the runtime gets to run.
fn ticks() -> Arc<AtomicUsize> {
    let ticks = Arc::<AtomicUsize>::default();
    let counter = Arc::clone(&ticks);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(5)).await;
            counter.fetch_add(1, Ordering::Relaxed);
        }
    });
    ticks
}

/// Uses real time, on one thread.
#[tokio::test]
async fn a_lock_that_another_process_holds_blocks_neither_other_tasks_nor_timeouts() {
    let house = House::new().await;
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::at(folder.path().join("credentials.json"));
    let one = house.sign_in(&store, 0, &key()).await.unwrap();
    house.pass(6 * DAY + HOUR);
    let (held, ticks, start) = (locked(&store), ticks(), Instant::now());

    let limit = Duration::from_millis(300);
    tokio::time::timeout(limit, one.renew_token()).await.unwrap_err();
    tokio::time::timeout(limit, one.sign_out()).await.unwrap_err();

    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    assert!(ticks.load(Ordering::Relaxed) > 20);
    drop(held);
}

/// Uses real time, on one thread.
#[tokio::test]
async fn a_wait_for_a_pin_ends_at_its_deadline_even_if_another_process_holds_the_lock() {
    let house = House::new().await;
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::at(folder.path().join("credentials.json"));
    let client = builder(house.sandbox.url()).store(store.clone()).build().unwrap();
    let flow = client.pin_login().device_key(&key()).start().await.unwrap();
    house.sandbox.approve(flow.id());
    let (held, ticks, start) = (locked(&store), ticks(), Instant::now());

    let error = flow.wait().deadline(Duration::from_millis(400)).await.unwrap_err();

    assert!(error.is_deadline(), "{error}");
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    assert!(ticks.load(Ordering::Relaxed) > 20);
    drop(held);
    assert_eq!(who(&flow.wait().await.unwrap()).await, is(0));
}

/// Takes five seconds of real time, the lock timeout of the store itself.
#[tokio::test]
async fn a_lock_that_is_never_released_is_an_error() {
    let house = House::new().await;
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::at(folder.path().join("credentials.json"));
    let one = house.sign_in(&store, 0, &key()).await.unwrap();
    let _held = locked(&store);

    let error = one.renew_token().await.unwrap_err();

    assert!(error.is_store() && error.to_string().contains("cannot lock"), "{error}");
    assert_eq!(who(&one).await, is(0));
}
