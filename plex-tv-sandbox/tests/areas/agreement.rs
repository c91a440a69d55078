//! Runs random steps of two accounts, fixed by a seed, and updates a model of the expected state.
//! After each step both accounts are queried and must agree with the model and with each other.

use std::collections::{BTreeMap, BTreeSet};

use plex_tv_sandbox::{Account, Sandbox};
use reqwest::Method;
use serde_json::{Value, json};

use super::column;
use crate::support::{Harness, over};

const STEPS: usize = 70;
const OTHER: &str = "other@example.com";

/// A random number generator with a seed and the constants of Knuth's MMIX.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        (!items.is_empty()).then(|| &items[self.below(items.len())])
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Share {
    owner: usize,
    /// How many libraries it has.
    libraries: usize,
    accepted: bool,
    /// Whether accepting it makes the two friends.
    befriends: bool,
    machine: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Friendship {
    /// Asked for by this person.
    Asked(usize),
    Friends,
}

struct Person {
    id: u64,
    email: &'static str,
    token: String,
    servers: Vec<String>,
}

/// The expected state.
#[derive(Default)]
struct Model {
    shares: BTreeMap<u64, Share>,
    /// The titles of the managed users of each account, by id.
    users: [BTreeMap<u64, String>; 2],
    /// Whether each account has a Home of its own. A Home stays when its last managed user goes.
    homes: [bool; 2],
    /// The admin of the Home that both accounts are in.
    together: Option<usize>,
    friendship: Option<Friendship>,
    lists: [BTreeSet<String>; 2],
}

struct World {
    plex: Harness,
    people: [Person; 2],
    model: Model,
    random: Random,
}

impl World {
    async fn start(seed: u64) -> Self {
        let account = |email| Account::new(email).plex_pass(true).servers(2);
        let builder = Sandbox::builder().account(account("one@example.com")).account(account(OTHER));
        let plex = over(builder.start().await.unwrap());
        let mut people = Vec::new();
        for email in ["one@example.com", OTHER] {
            let token = plex.sandbox.token_of(email).unwrap();
            let id = plex.call(&token, Method::GET, "/api/v2/user").await.1["id"].as_u64().unwrap();
            let resources = plex.call(&token, Method::GET, "/api/v2/resources").await.1;
            let servers = column(&resources, "clientIdentifier");
            let servers = servers.iter().map(|machine| machine.as_str().unwrap().to_owned()).collect();
            people.push(Person { id, email, token, servers });
        }
        let Ok(people) = people.try_into() else { panic!("two people") };
        Self { plex, people, model: Model::default(), random: Random(seed) }
    }

    async fn call(&self, who: usize, method: Method, path: &str) -> (u16, Value) {
        self.plex.call(&self.people[who].token, method, path).await
    }

    async fn step(&mut self) {
        let who = self.random.below(2);
        match self.random.below(24) {
            0..4 => self.offer(who).await,
            4..8 => self.accept(who).await,
            8 => self.end(who).await,
            9 | 10 => self.change(who).await,
            11 => self.end_all(who).await,
            12 => self.create_user(who).await,
            13 => self.rename_user(who).await,
            14 => self.remove_user(who).await,
            15 => self.list(who, true).await,
            16 => self.list(who, false).await,
            17 => self.join(who).await,
            18 => self.leave(who).await,
            19 | 20 => self.ask(who).await,
            21 | 22 => self.accept_friend(who).await,
            _ => self.part(who).await,
        }
    }

    async fn offer(&mut self, who: usize) {
        let Self { random, people, model, plex } = self;
        let machine = random.pick(&people[who].servers).unwrap().clone();
        let server = plex.call(&people[who].token, Method::GET, &format!("/api/v2/servers/{machine}")).await.1;
        let all = column(&server["librarySections"], "id");
        let count = random.below(all.len() + 1);
        let body = json!({
            "machineIdentifier": machine,
            "librarySectionIds": all[..count],
            "invitedEmail": people[1 - who].email,
        });
        let (status, share) = plex.send(&people[who].token, Method::POST, "/api/v2/shared_servers", &body).await;
        if model.shares.values().any(|share| share.owner == who && share.machine == machine) {
            assert_eq!(status, 422, "it is shared already");
            return;
        }
        assert_eq!(status, 201);
        let libraries = if count == 0 { all.len() } else { count };
        // Members of one Home need not accept.
        let accepted = model.together.is_some();
        let share_of = Share { owner: who, libraries, accepted, befriends: !accepted, machine };
        model.shares.insert(share["id"].as_u64().unwrap(), share_of);
    }

    fn pick_share(&mut self, wanted: impl Fn(&Share) -> bool) -> Option<u64> {
        let ids: Vec<u64> = self.model.shares.iter().filter(|(_, share)| wanted(share)).map(|(id, _)| *id).collect();
        self.random.pick(&ids).copied()
    }

    async fn accept(&mut self, who: usize) {
        let Some(id) = self.pick_share(|_| true) else { return };
        let share = self.model.shares[&id].clone();
        let (status, _) = self.call(who, Method::POST, &format!("/api/v2/shared_servers/{id}/accept")).await;
        let good = share.owner != who && !share.accepted;
        assert_eq!(status, if good { 204 } else { 404 }, "{share:?} by {who}");
        if good {
            self.model.shares.get_mut(&id).unwrap().accepted = true;
            if share.befriends {
                self.model.friendship = Some(Friendship::Friends);
            }
        }
    }

    /// Revokes, declines, or leaves a share.
    async fn end(&mut self, who: usize) {
        let Some(id) = self.pick_share(|_| true) else { return };
        assert_eq!(self.call(who, Method::DELETE, &format!("/api/v2/shared_servers/{id}")).await.0, 204);
        self.model.shares.remove(&id);
    }

    async fn change(&mut self, who: usize) {
        let Some(id) = self.pick_share(|_| true) else { return };
        let share = self.model.shares[&id].clone();
        let path = format!("/api/v2/servers/{}", share.machine);
        let server = self.call(share.owner, Method::GET, &path).await.1;
        let all = column(&server["librarySections"], "id");
        let count = 1 + self.random.below(all.len());
        let body = json!({"librarySectionIds": all[..count]});
        let path = format!("/api/v2/shared_servers/{id}");
        let (status, _) = self.plex.send(&self.people[who].token, Method::POST, &path, &body).await;
        assert_eq!(status, if share.owner == who { 200 } else { 404 });
        if share.owner == who {
            self.model.shares.get_mut(&id).unwrap().libraries = count;
        }
    }

    async fn end_all(&mut self, who: usize) {
        let had = self.model.shares.values().any(|share| share.owner == who);
        let path = format!("/api/v2/sharings/{}", self.people[1 - who].id);
        assert_eq!(self.call(who, Method::DELETE, &path).await.0, if had { 204 } else { 404 });
        self.model.shares.retain(|_, share| share.owner != who);
    }

    async fn create_user(&mut self, who: usize) {
        let title = format!("User{}", self.random.below(1000));
        let path = format!("/api/v2/home/users/restricted?friendlyName={title}");
        let (status, user) = self.call(who, Method::POST, &path).await;
        if self.model.together == Some(1 - who) {
            assert_eq!(status, 403, "only the admin may");
            return;
        }
        let has_room = self.has_room(who);
        assert_eq!(status, if has_room { 201 } else { 422 });
        if has_room {
            self.model.users[who].insert(user["id"].as_u64().unwrap(), title);
            self.model.homes[who] = true;
        }
    }

    /// A Home has fifteen members at most, including the admin.
    fn has_room(&self, admin: usize) -> bool {
        1 + self.model.users[admin].len() + usize::from(self.model.together == Some(admin)) < 15
    }

    /// Adds the other account to the Home.
    async fn join(&mut self, who: usize) {
        let path = format!("/api/home/users?invitedEmail={}", self.people[1 - who].email);
        let status = self.call(who, Method::POST, &path).await.0;
        if self.model.together.is_some() || self.model.homes[1 - who] {
            assert_eq!(status, 409, "it has a Home");
        } else if !self.has_room(who) {
            assert_eq!(status, 422);
        } else {
            assert_eq!(status, 201);
            self.model.homes[who] = true;
            self.model.together = Some(who);
        }
    }

    /// Ends the membership of the account that joined. Both may do that.
    async fn leave(&mut self, who: usize) {
        let member = self.model.together.map_or(1 - who, |admin| 1 - admin);
        let path = format!("/api/home/users/{}", self.people[member].id);
        let status = self.call(who, Method::DELETE, &path).await.0;
        assert_eq!(status, if self.model.together.is_some() { 204 } else { 404 });
        self.model.together = None;
    }

    async fn ask(&mut self, who: usize) {
        let path = format!("/api/v2/friends/invite?identifier={}", self.people[1 - who].email);
        let status = self.call(who, Method::POST, &path).await.0;
        assert_eq!(status, if self.model.friendship.is_none() { 201 } else { 422 });
        self.model.friendship.get_or_insert(Friendship::Asked(who));
    }

    async fn accept_friend(&mut self, who: usize) {
        if self.model.friendship == Some(Friendship::Friends) {
            return;
        }
        let path = format!("/api/v2/friends/{}/accept", self.people[1 - who].id);
        let status = self.call(who, Method::POST, &path).await.0;
        let asked = self.model.friendship == Some(Friendship::Asked(1 - who));
        assert_eq!(status, if asked { 200 } else { 404 }, "nobody accepts an own request");
        if asked {
            self.model.friendship = Some(Friendship::Friends);
        }
    }

    /// Ends the friendship, or a request of either side, and all shares.
    async fn part(&mut self, who: usize) {
        let path = format!("/api/v2/friends/{}", self.people[1 - who].id);
        let status = self.call(who, Method::DELETE, &path).await.0;
        assert_eq!(status, if self.model.friendship.is_some() { 204 } else { 404 });
        if self.model.friendship.take().is_some() {
            self.model.shares.clear();
        }
    }

    fn pick_user(&mut self) -> Option<(usize, u64)> {
        let all: Vec<(usize, u64)> =
            (0..2).flat_map(|of| self.model.users[of].keys().map(move |id| (of, *id))).collect();
        self.random.pick(&all).copied()
    }

    async fn rename_user(&mut self, who: usize) {
        let Some((of, id)) = self.pick_user() else { return };
        let title = format!("User{}", self.random.below(1000));
        let path = format!("/api/v2/home/users/restricted/{id}?friendlyName={title}");
        let status = self.call(who, Method::POST, &path).await.0;
        if of == who {
            assert_eq!(status, 204);
            self.model.users[of].insert(id, title);
        } else {
            assert!([403, 404].contains(&status), "{status}");
        }
    }

    async fn remove_user(&mut self, who: usize) {
        let Some((of, id)) = self.pick_user() else { return };
        let status = self.call(who, Method::DELETE, &format!("/api/v2/home/users/{id}")).await.0;
        let refusal = if self.model.together == Some(of) { 403 } else { 404 };
        assert_eq!(status, if of == who { 204 } else { refusal });
        if of == who {
            self.model.users[of].remove(&id);
        }
    }

    async fn list(&mut self, who: usize, add: bool) {
        let number = 1 + self.random.below(8);
        // The fifth of the first eight items is a show.
        let key = format!("5d7760{number:08x}0000000000");
        let action = if add { "addToWatchlist" } else { "removeFromWatchlist" };
        let path = format!("/discover/actions/{action}?ratingKey={key}");
        assert_eq!(self.call(who, Method::PUT, &path).await.0, 200);
        if add {
            self.model.lists[who].insert(key);
        } else {
            self.model.lists[who].remove(&key);
        }
    }

    async fn check(&self) {
        for who in 0..2 {
            self.check_shares(who).await;
            self.check_resources(who).await;
            self.check_older_shares(who).await;
            self.check_friends(who).await;
            self.check_home(who).await;
            self.check_list(who).await;
        }
    }

    async fn check_shares(&self, who: usize) {
        for (status, accepted) in [("pending", false), ("accepted", true)] {
            let expected = |owner: usize| -> BTreeMap<u64, usize> {
                let shares = self.model.shares.iter();
                let wanted = shares.filter(|(_, share)| share.owner == owner && share.accepted == accepted);
                wanted.map(|(id, share)| (*id, share.libraries)).collect()
            };
            let owned = self.call(who, Method::GET, &format!("/api/v2/shared_servers/owned/{status}")).await.1;
            let sent = self.call(who, Method::GET, &format!("/api/v2/shared_servers/invites/owned/{status}")).await.1;
            let received =
                self.call(who, Method::GET, &format!("/api/v2/shared_servers/invites/received/{status}")).await.1;
            assert_eq!(counted(&owned), expected(who), "owned by {who}, {status}");
            assert_eq!(counted(&rows_of_all(&sent)), expected(who), "sent by {who}, {status}");
            assert_eq!(counted(&rows_of_all(&received)), expected(1 - who), "received by {who}, {status}");
        }
    }

    async fn check_resources(&self, who: usize) {
        let resources = self.call(who, Method::GET, "/api/v2/resources").await.1;
        let shared: BTreeSet<String> = resources
            .as_array()
            .unwrap()
            .iter()
            .filter(|resource| resource["owned"] == false)
            .map(|resource| resource["clientIdentifier"].as_str().unwrap().to_owned())
            .collect();
        let accepted = self.model.shares.values().filter(|share| share.owner != who && share.accepted);
        assert_eq!(shared, accepted.map(|share| share.machine.clone()).collect(), "what {who} reaches");
        // The older list of the other side shows the same shares.
        let users = self.plex.xml(&self.people[1 - who].token, Method::GET, "/api/users").await.1;
        let listed = users.matches(r#"pending="0""#).count();
        assert_eq!(listed, shared.len(), "{users}");
    }

    /// The older call shows the shares of each server that `who` owns, pending or not.
    async fn check_older_shares(&self, who: usize) {
        for machine in &self.people[who].servers {
            let path = format!("/api/servers/{machine}/shared_servers");
            let xml = self.plex.xml(&self.people[who].token, Method::GET, &path).await.1;
            let listed: BTreeMap<u64, (bool, usize)> = elements(&xml, "SharedServer")
                .map(|share| {
                    assert_eq!(attribute(share, "userID"), self.people[1 - who].id.to_string());
                    let accepted = attribute(share, "acceptedAt") != "0";
                    let id = attribute(share, "id").parse().unwrap();
                    (id, (accepted, share.matches(r#" shared="1""#).count()))
                })
                .collect();
            let shares = self.model.shares.iter().filter(|(_, share)| share.machine == *machine);
            assert_eq!(listed, shares.map(|(id, share)| (*id, (share.accepted, share.libraries))).collect());
        }
    }

    async fn check_friends(&self, who: usize) {
        let query = json!({"query": "{ allFriendsV2 { user { idRaw } } }"});
        let reply = self.plex.send(&self.people[who].token, Method::POST, "/community/api", &query).await.1;
        let friends = reply["data"]["allFriendsV2"].as_array().unwrap();
        let friends: Vec<&Value> = friends.iter().map(|row| &row["user"]["idRaw"]).collect();
        let are_friends = self.model.friendship == Some(Friendship::Friends);
        let expected: Vec<u64> = are_friends.then_some(self.people[1 - who].id).into_iter().collect();
        assert_eq!(friends, expected);
    }

    async fn check_home(&self, who: usize) {
        let (status, home) = self.call(who, Method::GET, "/api/v2/home").await;
        let older = self.plex.xml(&self.people[who].token, Method::GET, "/api/home/users").await.1;
        let older: BTreeMap<u64, String> = elements(&older, "User")
            .map(|user| (attribute(user, "id").parse().unwrap(), attribute(user, "title").to_owned()))
            .collect();
        let admin = self.model.together.unwrap_or(who);
        if status == 404 {
            assert!(!self.model.homes[admin] && older.is_empty());
            return;
        }
        let mut expected = self.model.users[admin].clone();
        let title = |person: &Person| (person.id, person.email.split('@').next().unwrap().to_owned());
        expected.extend([title(&self.people[admin])]);
        expected.extend(self.model.together.map(|admin| title(&self.people[1 - admin])));
        let members = home["users"].as_array().unwrap().iter();
        let members: BTreeMap<u64, String> =
            members.map(|user| (user["id"].as_u64().unwrap(), user["title"].as_str().unwrap().to_owned())).collect();
        assert_eq!(members, expected);
        assert_eq!(older, expected, "the older list");
        let user = self.call(who, Method::GET, "/api/v2/user").await.1;
        assert_eq!((&user["homeSize"], &user["homeAdmin"]), (&json!(expected.len()), &json!(admin == who)));
    }

    async fn check_list(&self, who: usize) {
        let reply = self.call(who, Method::GET, "/discover/library/sections/watchlist/all").await.1;
        let rows = reply["MediaContainer"].get("Metadata").map(|rows| column(rows, "ratingKey")).unwrap_or_default();
        let keys: BTreeSet<String> = rows.iter().map(|key| key.as_str().unwrap().to_owned()).collect();
        assert_eq!(keys, self.model.lists[who]);
        assert_eq!(keys.len(), rows.len());
    }
}

/// The number of libraries of each share.
fn counted(shares: &Value) -> BTreeMap<u64, usize> {
    let count = |share: &Value| (share["id"].as_u64().unwrap(), share["libraries"].as_array().unwrap().len());
    shares.as_array().unwrap().iter().map(count).collect()
}

/// The elements of a name, each up to the start of the next one.
fn elements<'a>(xml: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let start = format!("<{name} ");
    let rows: Vec<&str> = xml.split(&*start).skip(1).collect();
    rows.into_iter()
}

fn attribute<'a>(element: &'a str, name: &str) -> &'a str {
    let element = element.split('>').next().unwrap();
    let start = format!(r#"{name}=""#);
    // The name may end another one: `id` ends `guid`.
    let at = element.match_indices(&start).map(|(at, _)| at);
    let at = at.into_iter().find(|at| *at == 0 || element.as_bytes()[at - 1] == b' ').unwrap();
    element[at + start.len()..].split('"').next().unwrap()
}

fn rows_of_all(invites: &Value) -> Value {
    invites.as_array().unwrap().iter().flat_map(|row| row["sharedServers"].as_array().unwrap().clone()).collect()
}

#[tokio::test]
async fn both_sides_agree_after_every_step() {
    let mut succeeded = BTreeSet::new();
    for seed in [1, 2026, 77_777] {
        let mut world = World::start(seed).await;
        for _ in 0..STEPS {
            world.step().await;
            world.check().await;
        }
        let log = world.plex.sandbox.requests();
        succeeded
            .extend(log.iter().filter(|request| request.status < Some(300)).filter_map(|request| request.operation));
    }
    // Every kind of step succeeded at least once.
    for operation in [
        "createSharedServer",
        "acceptSharedServer",
        "deleteSharedServer",
        "updateSharedServer",
        "removeSharing",
        "createManagedUser",
        "updateManagedUser",
        "removeHomeUser",
        "createLegacyHomeUser",
        "removeLegacyHomeUser",
        "inviteFriend",
        "acceptFriend",
        "removeFriend",
        "addToWatchlist",
        "removeFromWatchlist",
    ] {
        assert!(succeeded.contains(operation), "no step made {operation} succeed");
    }
}
