//! Friends, their watchlists and the activity feed, with the queries that other clients send.

use plex_tv_sandbox::{Account, Fault, Host, Sandbox};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Harness, harness, over};

const FRIEND: &str = "3456789abcdef012";
/// A friend with a watchlist of three pages.
const FAN: &str = "00000000007a1201";
const FAN_EMAIL: &str = "fan@example.com";
const MOVIE: &str = "5d7760000000070000000000";
const SHOW: &str = "5d7760000000050000000000";
const EPISODE: &str = "5d7760000000050000100002";

const WATCHLIST: &str = "query GetWatchlistHub ($user: UserInput!, $first: PaginationInt!, $after: String) {
    userV2(user: $user) {
        ... on User { watchlist(first: $first, after: $after) {
            nodes { id title type }
            pageInfo { hasNextPage endCursor }
        } }
    }
}";

const FEED: &str = "query GetActivityFeed($first: PaginationInt!, $metadataID: ID, $types: [ActivityType!]!, \
    $includeDescendants: Boolean = false) {
    activityFeed(first: $first, metadataID: $metadataID, types: $types, includeDescendants: $includeDescendants) {
        nodes { id date __typename userV2 { username } metadataItem { id type } }
        pageInfo { hasNextPage }
    }
}";

async fn with_a_fan() -> Harness {
    over(Sandbox::builder().account(Account::new(FAN_EMAIL).friend(true).watchlist(120)).start().await.unwrap())
}

impl Harness {
    fn fan(&self) -> String {
        self.sandbox.token_of(FAN_EMAIL).unwrap()
    }

    async fn ask_as(&self, token: &str, query: &str, variables: Value) -> Value {
        let body = json!({"query": query, "variables": variables});
        let (status, reply) = self.send(token, Method::POST, "/community/api", &body).await;
        assert_eq!(status, 200, "{reply}");
        reply
    }

    async fn ask(&self, query: &str, variables: Value) -> Value {
        self.ask_as(self.sandbox.token(), query, variables).await
    }
}

fn code(reply: &Value) -> &str {
    assert!(reply["data"].is_null(), "{reply}");
    reply["errors"][0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("{reply}"))
}

#[tokio::test]
async fn friends_are_listed_from_both_sides() {
    let plex = harness().await;
    let query = "query GetAllFriends { allFriendsV2 { user { avatar displayName id username idRaw } createdAt } }";

    let mine = plex.ask(query, json!({})).await;
    let theirs = plex.ask_as(&plex.friend(), query, json!({})).await;

    let friend = &mine["data"]["allFriendsV2"][0];
    assert_eq!(friend["user"]["id"], FRIEND);
    assert_eq!((&friend["user"]["idRaw"], &friend["user"]["username"]), (&json!(7_654_321), &json!("examplefriend")));
    assert!(friend["createdAt"].as_str().unwrap().ends_with('Z'), "{friend}");
    assert_eq!(theirs["data"]["allFriendsV2"][0]["user"]["username"], "exampleuser");

    let id = "/api/v2/friends/7654321";
    plex.call(plex.sandbox.token(), Method::DELETE, id).await;
    assert_eq!(plex.ask(query, json!({})).await, json!({"data": {"allFriendsV2": []}}));
}

#[tokio::test]
async fn the_watchlist_of_a_friend_comes_page_by_page() {
    let plex = with_a_fan().await;
    let mut after = Value::Null;
    let mut titles = Vec::new();

    for has_next in [true, true, false] {
        let variables = json!({"user": {"id": FAN}, "first": 50, "after": after});
        let list = &plex.ask(WATCHLIST, variables).await["data"]["userV2"]["watchlist"];
        assert_eq!(list["pageInfo"]["hasNextPage"], has_next);
        titles.extend(list["nodes"].as_array().unwrap().iter().map(|node| node["title"].clone()));
        after = list["pageInfo"]["endCursor"].clone();
    }

    assert_eq!((titles.len(), &titles[0], &titles[4]), (120, &json!("Example Movie 1"), &json!("Example Show 5")));
    // The older query selects the fields of the user directly.
    let old = format!("query {{ user(id: \"{FAN}\") {{ watchlist(first: 1) {{ nodes {{ id type guid }} }} }} }}");
    let node = &plex.ask(&old, json!({})).await["data"]["user"]["watchlist"]["nodes"][0];
    assert_eq!((&node["type"], &node["guid"]), (&json!("MOVIE"), &json!("plex://movie/5d7760000000010000000000")));
    // An item that the friend adds is visible.
    let add = format!("/discover/actions/addToWatchlist?ratingKey={}", "5d7760000000c80000000000");
    plex.call(&plex.fan(), Method::PUT, &add).await;
    let first = json!({"user": {"id": FAN}, "first": 1, "after": null});
    let newest = plex.ask(WATCHLIST, first).await;
    assert_eq!(newest["data"]["userV2"]["watchlist"]["nodes"][0]["title"], "Example Movie 200");
}

#[tokio::test]
async fn the_feed_has_what_the_account_and_its_friends_did() {
    let plex = with_a_fan().await;
    let feed = async |variables: Value| plex.ask(FEED, variables).await["data"]["activityFeed"].clone();
    let all = json!({"first": 100, "types": ["WATCHLIST", "WATCH_HISTORY", "RATING", "REVIEW"]});
    assert_eq!(feed(all.clone()).await["pageInfo"]["hasNextPage"], true);
    let now = plex.sandbox.now();

    let played = format!("/metadata/actions/scrobble?key={EPISODE}&identifier=com.plexapp.plugins.library");
    plex.call(&plex.fan(), Method::GET, &played).await;
    let rated = format!("/discover/actions/rate?key={MOVIE}&identifier=tv.plex.provider.discover&rating=7");
    plex.call(plex.sandbox.token(), Method::PUT, &rated).await;

    let nodes = async |kind: &str, item: Option<&str>, parts: bool| {
        let feed = feed(json!({"first": 9, "types": [kind], "metadataID": item, "includeDescendants": parts})).await;
        feed["nodes"].as_array().unwrap().clone()
    };
    let [watched] = nodes("WATCH_HISTORY", Some(SHOW), true).await.try_into().unwrap();
    assert_eq!((&watched["userV2"]["username"], &watched["metadataItem"]["id"]), (&json!("fan"), &json!(EPISODE)));
    assert_eq!(
        (&watched["__typename"], &watched["metadataItem"]["type"]),
        (&json!("ActivityWatchHistory"), &json!("EPISODE"))
    );
    let at: jiff::Timestamp = watched["date"].as_str().unwrap().parse().unwrap();
    assert!(std::time::SystemTime::from(at) >= now);
    assert_eq!(nodes("WATCH_HISTORY", Some(SHOW), false).await, [""; 0]);
    assert_eq!(nodes("RATING", Some(MOVIE), false).await[0]["userV2"]["username"], "exampleuser");
    assert_eq!(nodes("WATCHLIST", Some(MOVIE), false).await.len(), 2, "both have it on their lists");
    assert_eq!(nodes("POST", None, false).await, [""; 0]);
    assert_eq!(feed(all).await["nodes"].as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn refusals_have_status_200_and_a_code() {
    let sandbox = Sandbox::builder().account(Account::new("stranger@example.com").watchlist(3)).start().await.unwrap();
    let plex = over(sandbox);
    let stranger = format!("{:016x}", 8_000_001);
    let list = |user: &str, first: i64| json!({"user": {"id": user}, "first": first});

    assert_eq!(code(&plex.ask_as("no-token", WATCHLIST, list(FRIEND, 1)).await), "UNAUTHENTICATED");
    assert_eq!(code(&plex.ask(WATCHLIST, list(&stranger, 1)).await), "FORBIDDEN");
    assert_eq!(code(&plex.ask(WATCHLIST, list("nobody", 1)).await), "NOT_FOUND");
    for first in [0, -1, 101] {
        assert_eq!(code(&plex.ask(WATCHLIST, list(FRIEND, first)).await), "BAD_USER_INPUT", "{first}");
    }
    assert_eq!(code(&plex.ask(WATCHLIST, json!({"user": {"id": FRIEND}})).await), "BAD_USER_INPUT");
    let bad_cursor = json!({"user": {"id": FRIEND}, "first": 1, "after": "nonsense"});
    assert_eq!(code(&plex.ask(WATCHLIST, bad_cursor).await), "BAD_USER_INPUT");
    assert_eq!(code(&plex.ask(FEED, json!({"first": 1, "types": ["DANCE"]})).await), "BAD_USER_INPUT");
    for query in [
        "query { allFriends { id } }",
        "query { allFriendsV2 }",
        "query { allFriendsV2 { user { id { a } } } }",
        "query { userV2(user: {id: \"3456789abcdef012\"}) { username } }",
        "query { userV2(user: $user) { ... on User { username } } }",
        "mutation { removeActivity(id: 1) }",
    ] {
        assert_eq!(code(&plex.ask(query, json!({})).await), "GRAPHQL_VALIDATION_FAILED", "{query}");
    }
    assert_eq!(code(&plex.ask("query { ", json!({})).await), "GRAPHQL_PARSE_FAILED");
    let empty = plex.send(plex.sandbox.token(), Method::POST, "/community/api", &json!({})).await.1;
    assert_eq!(code(&empty), "BAD_REQUEST");
}

#[tokio::test]
async fn an_operation_is_selected_by_name_and_fields_can_have_aliases() {
    let plex = harness().await;
    let query = "query A { __typename } query B { mine: allFriendsV2 { who: user { __typename id } } }";
    let ask = async |name: Value| {
        let body = json!({"query": query, "operationName": name});
        plex.send(plex.sandbox.token(), Method::POST, "/community/api", &body).await.1
    };

    assert_eq!(ask(json!("A")).await, json!({"data": {"__typename": "Query"}}));
    assert_eq!(ask(json!("B")).await, json!({"data": {"mine": [{"who": {"__typename": "User", "id": FRIEND}}]}}));
    assert_eq!(code(&ask(json!(null)).await), "BAD_REQUEST");
    assert_eq!(code(&ask(json!("C")).await), "BAD_REQUEST");
}

#[tokio::test]
async fn it_has_a_rate_limit_and_scripted_errors() {
    let plex = over(Sandbox::builder().rate_limits(true).start().await.unwrap());
    let friends = json!({"query": "{ allFriendsV2 { createdAt } }"});
    let ask = async || plex.send(plex.sandbox.token(), Method::POST, "/community/api", &friends).await;

    plex.sandbox.next("graphQl", Fault::GraphQl { code: "RATE_LIMITED".to_owned() }).unwrap();
    let (status, reply) = ask().await;
    assert_eq!((status, code(&reply)), (200, "RATE_LIMITED"));

    let mut refused = 0;
    for _ in 0..8 {
        refused += usize::from(ask().await.0 == 429);
    }
    assert!(refused > 0);
    let lines = plex.sandbox.requests();
    let line = lines.last().unwrap();
    assert_eq!((line.operation, line.host), (Some("graphQl"), Host::Community));
}
