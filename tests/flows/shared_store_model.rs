//! Random histories of three processes and two users on one store.
//!
//! In each step, one process acts. It may be interrupted at any of its calls to the store. Then
//! another process acts, and the first one continues or is killed before or after that call. Calls
//! to plex.tv fail now and then. After each step, the rules of the store are checked. A failure
//! shows the seed and the history.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use fastrand::Rng;
use plex_tv_sandbox::Fault;
use plex_tv_sdk::{Client, CredentialStore, Credentials, DeviceKey, Error, MemoryStore, store_error};
use tokio::{sync::oneshot, task::JoinHandle};

use crate::shared_store::{House, USERS, key, who};

const SEEDS: u64 = 20;
const STEPS: usize = 25;
const PROCESSES: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_history_of_processes_and_users_breaks_the_rules_of_a_store() {
    for seed in 0..SEEDS {
        World::new(seed).await.run().await;
    }
}

/// An action of a process.
#[derive(Clone, Debug)]
enum Act {
    SignIn { user: usize, key: DeviceKey },
    Call,
    Renew,
    ChangeKey(DeviceKey),
    SignOut,
}

impl Act {
    /// Replaces the key with a new one. plex.tv has one user per key, so two sign-ins with the same
    /// key cannot be distinguished until the second is stored.
    fn with_new_key(self) -> Self {
        match self {
            Self::SignIn { user, .. } => Self::SignIn { user, key: key() },
            Self::ChangeKey(_) => Self::ChangeKey(key()),
            other => other,
        }
    }

    /// Returns whether it registers a key with plex.tv.
    fn registers(&self) -> bool {
        matches!(self, Self::SignIn { .. } | Self::ChangeKey(_))
    }
}

/// The store as one process sees it. The process can be stopped at one of its calls.
#[derive(Clone)]
struct Gated {
    store: MemoryStore,
    stop: Arc<Mutex<Option<Stop>>>,
}

struct Stop {
    /// The number of calls that still go through.
    calls: usize,
    reached: oneshot::Sender<()>,
    go_on: mpsc::Receiver<Go>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Go {
    On,
    /// The process is killed before the call.
    KilledBefore,
    /// The process is killed after the call.
    KilledAfter,
}

impl Gated {
    fn pass<T>(&self, call: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        let stop = {
            let mut stop = self.stop.lock().unwrap();
            match stop.as_mut() {
                Some(waiting) if waiting.calls > 0 => {
                    waiting.calls -= 1;
                    None
                }
                _ => stop.take(),
            }
        };
        let Some(Stop { reached, go_on, .. }) = stop else { return call() };
        reached.send(()).ok();
        match go_on.recv().unwrap_or(Go::On) {
            Go::On => call(),
            Go::KilledBefore => Err(store_error("killed")),
            Go::KilledAfter => call().and_then(|_| Err(store_error("killed"))),
        }
    }
}

impl fmt::Debug for Gated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gated")
    }
}

impl CredentialStore for Gated {
    fn load(&self) -> Result<Credentials, Error> {
        self.pass(|| self.store.load())
    }

    fn save(&self, credentials: &Credentials) -> Result<(), Error> {
        self.pass(|| self.store.save(credentials))
    }

    fn clear(&self) -> Result<(), Error> {
        self.pass(|| self.store.clear())
    }

    fn update(&self, change: &mut dyn FnMut(&mut Credentials)) -> Result<Credentials, Error> {
        self.pass(|| self.store.update(change))
    }
}

struct Process {
    store: Gated,
    client: Client,
    /// The user of the client and the name of its sign-in, or `None` if nobody is signed in.
    sign_in: Option<(usize, String)>,
}

struct World {
    house: House,
    store: MemoryStore,
    processes: Vec<Process>,
    /// The user of each sign-in that was ever in the store, by its name.
    users: HashMap<String, usize>,
    /// Whether plex.tv knows a key in the store. It does not if a sign-in was killed before it was
    /// stored.
    has_key: bool,
    keys: Vec<DeviceKey>,
    random: Rng,
    history: Vec<String>,
    seed: u64,
}

impl World {
    async fn new(seed: u64) -> Self {
        let (house, store) = (House::new().await, MemoryStore::new());
        let keys: Vec<_> = (0..3).map(|_| key()).collect();
        let mut world = Self {
            house,
            store,
            processes: Vec::new(),
            users: HashMap::new(),
            has_key: false,
            keys,
            random: Rng::with_seed(seed),
            history: Vec::new(),
            seed,
        };
        for _ in 0..PROCESSES {
            let process = world.start();
            world.processes.push(process);
        }
        world
    }

    fn start(&self) -> Process {
        let store = Gated { store: self.store.clone(), stop: Arc::default() };
        let client = self.house.start(&store);
        let sign_in = self.stored().sign_in.map(|name| (self.users[&name], name));
        Process { store, client, sign_in }
    }

    fn stored(&self) -> Credentials {
        self.store.load().unwrap()
    }

    #[track_caller]
    fn check(&self, holds: bool, rule: &str) {
        assert!(holds, "seed {}: {rule}\n{}", self.seed, self.history.join("\n"));
    }

    fn act(&mut self) -> Act {
        let known = self.keys[self.random.usize(..self.keys.len())].clone();
        let stored = self.stored().device_key.map(|pem| DeviceKey::from_pem(&pem).unwrap());
        let key = match self.random.u8(..3) {
            0 => key(),
            1 => known,
            _ => stored.unwrap_or(known),
        };
        match self.random.u8(..10) {
            0 | 1 => Act::SignIn { user: self.random.usize(..2), key },
            2 | 3 => Act::Call,
            4 | 5 => Act::Renew,
            6..=8 => Act::ChangeKey(key),
            _ => Act::SignOut,
        }
    }

    async fn run(mut self) {
        for _ in 0..STEPS {
            self.pass_time();
            self.fail_a_call();
            self.step().await;
            self.check_clients().await;
            self.check_key().await;
        }
    }

    fn pass_time(&mut self) {
        const HOUR: u64 = 3600;
        let hours = [0, 0, 1, 24, 6 * 24 + 1, 8 * 24];
        let hours = hours[self.random.usize(..hours.len())];
        // Two tokens issued in the same second may be equal.
        self.house.pass(Duration::from_secs(hours * HOUR + 2));
        self.history.push(format!("{hours} hours pass"));
    }

    fn fail_a_call(&mut self) {
        if self.random.u8(..3) > 0 {
            return;
        }
        let calls = ["registerDeviceJwk", "getAuthNonce", "exchangeJwtToken", "getUserDetails", "signOut"];
        let faults = [Fault::Status(503), Fault::Hangup, Fault::Status(408), Fault::Html];
        let call = calls[self.random.usize(..calls.len())];
        let fault = faults[self.random.usize(..faults.len())].clone();
        self.history.push(format!("{call} will fail: {fault:?}"));
        self.house.sandbox.next(call, fault).unwrap();
    }

    async fn step(&mut self) {
        let first = self.random.usize(..PROCESSES);
        let act = self.act();
        let before = self.stored();
        let mut doers = vec![(first, act.clone())];
        if self.random.bool() {
            self.history.push(format!("{first}: {act:?}"));
            let outcome = self.begin(first, &act).await.unwrap();
            self.end(first, outcome);
        } else {
            self.interrupted_step(first, act, &mut doers).await;
        }
        self.learn_users(&doers).await;
        self.check_store(&before, &doers);
    }

    async fn interrupted_step(&mut self, first: usize, act: Act, doers: &mut Vec<(usize, Act)>) {
        let (reached, is_reached) = oneshot::channel();
        let (go, go_on) = mpsc::channel();
        let calls = self.random.usize(..4);
        let act = act.with_new_key();
        *self.processes[first].store.stop.lock().unwrap() = Some(Stop { calls, reached, go_on });
        self.history.push(format!("{first}: {act:?}, stopped at call {calls} of the store"));
        let mut task = self.begin(first, &act);
        // An error means that the process finished with fewer calls to the store.
        let is_stopped = tokio::select! {
            reached = is_reached => reached.is_ok(),
            outcome = &mut task => {
                *self.processes[first].store.stop.lock().unwrap() = None;
                self.end(first, outcome.unwrap());
                return;
            }
        };
        if is_stopped {
            let second = (first + self.random.usize(1..PROCESSES)) % PROCESSES;
            let other = self.act().with_new_key();
            self.history.push(format!("  meanwhile {second}: {other:?}"));
            let outcome = self.begin(second, &other).await.unwrap();
            self.end(second, outcome);
            doers.push((second, other));
        }
        let how = [Go::On, Go::On, Go::KilledBefore, Go::KilledAfter][self.random.usize(..4)];
        self.history.push(format!("  {first} goes on: {how:?}"));
        if how == Go::On {
            go.send(how).unwrap();
            let outcome = task.await.unwrap();
            self.end(first, outcome);
            return;
        }
        task.abort();
        task.await.ok();
        go.send(how).unwrap();
        // The call to the store runs on its own thread and needs a moment to end.
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.learn_users(doers).await;
        self.processes[first] = self.start();
    }

    /// Starts the action in a task, because it may be stopped. A sign-in returns its client.
    fn begin(&self, number: usize, act: &Act) -> JoinHandle<Option<(usize, Client)>> {
        let process = &self.processes[number];
        let (client, act) = (process.client.clone(), act.clone());
        match act {
            Act::SignIn { user, key } => {
                let approver = self.house.approver(user);
                tokio::spawn(async move {
                    let flow = client.pin_login().device_key(&key).start().await.ok()?;
                    approver.link_device(flow.code().expose()).await.ok()?;
                    Some((user, flow.wait().deadline(Duration::from_secs(10)).await.ok()?))
                })
            }
            Act::Call => tokio::spawn(async move {
                who(&client).await;
                None
            }),
            Act::Renew => tokio::spawn(async move {
                client.renew_token().await.ok();
                None
            }),
            Act::ChangeKey(key) => tokio::spawn(async move {
                client.rotate_device_key(&key).await.ok();
                None
            }),
            Act::SignOut => tokio::spawn(async move {
                client.sign_out().await.ok();
                None
            }),
        }
    }

    fn end(&mut self, number: usize, outcome: Option<(usize, Client)>) {
        if let Some((user, client)) = outcome {
            let name = self.stored().sign_in.unwrap_or_default();
            self.processes[number].client = client;
            self.processes[number].sign_in = Some((user, name));
        }
    }

    /// Finds out the user of the stored sign-in. If it is new, asks plex.tv with the token that was
    /// just stored.
    async fn learn_users(&mut self, doers: &[(usize, Act)]) {
        let stored = self.stored();
        let Some(name) = stored.sign_in.filter(|name| !self.users.contains_key(name)) else { return };
        let bare = self.house.builder().token(stored.token.unwrap()).build().unwrap();
        let mut user = None;
        for _ in 0..5 {
            // A fault that was meant for a process may hit this call.
            user = user.or(who(&bare).await);
        }
        let found = user.and_then(|user| USERS.iter().position(|known| *known == user));
        let signed_in = doers.iter().any(|(_, act)| matches!(act, Act::SignIn { user, .. } if Some(*user) == found));
        self.check(signed_in, "a new sign-in in the store belongs to a user who signed in");
        self.users.insert(name, found.unwrap());
    }

    fn check_store(&mut self, before: &Credentials, doers: &[(usize, Act)]) {
        let after = self.stored();
        let signs_in = |act: &Act| matches!(act, Act::SignIn { .. });
        let sign_ins = doers.iter().filter(|(_, act)| signs_in(act)).count();
        if after.sign_in != before.sign_in {
            match &after.sign_in {
                Some(_) => self.check(sign_ins > 0, "only a sign-in puts another sign-in into the store"),
                None => {
                    let signs_out = |(number, act): &(usize, Act)| {
                        let own = self.processes[*number].sign_in.as_ref().map(|(_, name)| name);
                        matches!(act, Act::SignOut) && (own == before.sign_in.as_ref() || sign_ins > 0)
                    };
                    self.check(doers.iter().any(signs_out), "only a sign-out of the stored sign-in empties the store");
                }
            }
        }
        if after.sign_in.is_none() {
            self.check(after.token.is_none() && after.device_key.is_none(), "a store without a sign-in is empty");
        }
        self.check(after.token.is_some() == after.device_key.is_some(), "the store has both key and token, or neither");
        self.check(after.spare_device_keys.len() <= 3, "the store has at most 3 spare keys");
        let is_new = after.sign_in.is_some() && after.sign_in != before.sign_in;
        if sign_ins > 0 {
            // After a sign-in that was not stored, or after two registrations, the last key that
            // plex.tv got may not be the one in the store.
            self.has_key = is_new && doers.iter().filter(|(_, act)| act.registers()).count() == 1;
        }
    }

    async fn check_clients(&mut self) {
        for number in 0..PROCESSES {
            let client = self.processes[number].client.clone();
            let Some(answer) = who(&client).await else { continue };
            let own = self.processes[number].sign_in.as_ref().map(|(user, _)| USERS[*user]);
            self.history.push(format!("{number} is {answer}"));
            self.check(own == Some(answer.as_str()), "a client answers as its own user");
        }
    }

    /// A process that starts with the store is signed in, whatever happened before.
    async fn check_key(&mut self) {
        let stored = self.stored();
        let (Some(name), true) = (&stored.sign_in, self.has_key) else { return };
        let copy = MemoryStore::new();
        copy.save(&stored).unwrap();
        let next = self.house.start(&copy);
        let mut renewed = next.renew_token().await;
        for _ in 0..8 {
            if renewed.is_err() {
                renewed = next.renew_token().await;
            }
        }
        self.check(renewed.is_ok(), "the store has a key that plex.tv knows");
        let mut answer = None;
        for _ in 0..5 {
            answer = answer.or(who(&next).await);
        }
        self.check(answer.as_deref() == Some(USERS[self.users[name]]), "the store's key belongs to its user");
    }
}
