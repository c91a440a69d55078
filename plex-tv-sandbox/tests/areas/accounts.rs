use plex_tv_sandbox::{Account, EMAIL, FRIEND_EMAIL, PinState, Sandbox};
use reqwest::Method;
use serde_json::{Value, json};

use super::{refusal, refused};
use crate::support::{Harness, harness, id, over};

async fn with(account: Account) -> (Harness, String) {
    let sandbox = Sandbox::builder().account(account).start().await.unwrap();
    let token = sandbox.token_of("own@example.com").unwrap();
    (over(sandbox), token)
}

#[tokio::test]
async fn an_added_account_has_nothing_by_default() {
    let (plex, token) = with(Account::new("own@example.com")).await;
    let get = async |path: &str| plex.call(&token, Method::GET, path).await.1;

    let user = get("/api/v2/user").await;
    assert_eq!(
        (&user["email"], &user["username"], &user["home"]),
        (&json!("own@example.com"), &json!("own"), &json!(false))
    );
    assert_eq!((&user["subscription"]["active"], &user["roles"]), (&json!(false), &json!([])));
    assert_eq!(get("/api/v2/resources").await, json!([]));
    assert_eq!(get("/library/sections/watchlist/all").await["MediaContainer"]["totalSize"], 0);
    assert_eq!(get("/api/v2/home").await["errors"][0]["code"], 1002);
    let feed = plex.send(&token, Method::POST, "/rss", &json!({"feedType": "watchlist"})).await;
    assert_eq!(refused(feed), refusal(403, 1012));
    let advice = "/metadata/library/metadata/5d7760000000070000000000/commonsensemedia";
    assert_eq!(refused(plex.call(&token, Method::GET, advice).await), refusal(403, 1012));
}

#[tokio::test]
async fn it_can_have_many_servers_a_home_and_a_watchlist() {
    let account = Account::new("own@example.com").plex_pass(true).home_user("Kid").servers(40).watchlist(7);
    let (plex, token) = with(account).await;
    let get = async |path: &str| plex.call(&token, Method::GET, path).await.1;

    let resources = get("/api/v2/resources").await;
    assert_eq!(resources.as_array().unwrap().len(), 40);
    assert!(resources.as_array().unwrap().iter().all(|resource| resource["owned"] == true));
    assert_eq!(get("/library/sections/watchlist/all").await["MediaContainer"]["totalSize"], 7);
    assert_eq!(get("/api/v2/home").await["users"].as_array().unwrap().len(), 2);
    let last = plex.sandbox.servers().last().unwrap();
    assert_eq!(last.name(), "Server 40 of own");
    let token = resources[39]["accessToken"].as_str().unwrap();
    let knock = |token: &str| plex.http.get(last.url()).header("X-Plex-Token", token).send();
    assert_eq!(knock(token).await.unwrap().status(), 200);
    assert_eq!(knock(last.access_token()).await.unwrap().status(), 401, "the built-in account sees none of them");
    assert_eq!(plex.get("/api/v2/resources").await.1.as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn it_signs_in_by_password_and_by_pin() {
    let (plex, _) = with(Account::new("own@example.com").password("own-password")).await;
    let form = "login=own@example.com&password=own-password";
    let (status, user) = plex.form("", Method::POST, "/api/v2/users/signin", form).await;
    assert_eq!((status, &user["username"]), (201, &json!("own")));

    let pin = plex.pin("?strong=true").await;
    assert!(!plex.sandbox.approve_as("nobody@example.com", id(&pin)));
    assert!(plex.sandbox.approve_as("own@example.com", i64::try_from(id(&pin)).unwrap()));

    let token = plex.poll(&pin).await.1["authToken"].as_str().unwrap().to_owned();
    assert_eq!(plex.call(&token, Method::GET, "/api/v2/user").await.1["username"], "own");
    let other = plex.pin("").await;
    let body = format!("code={}&account=own@example.com", other["code"].as_str().unwrap());
    assert_eq!(plex.form("", Method::POST, "/sandbox/approve", &body).await.0, 200);
    let token = plex.poll(&other).await.1["authToken"].as_str().unwrap().to_owned();
    assert_eq!(plex.call(&token, Method::GET, "/api/v2/user").await.1["username"], "own");
}

#[tokio::test]
async fn two_accounts_with_one_name_are_refused_at_the_start() {
    for (email, name) in [
        (EMAIL, EMAIL),
        (FRIEND_EMAIL, FRIEND_EMAIL),
        ("Own@Example.com", "Own@Example.com"),
        ("exampleuser@example.net", "exampleuser"),
    ] {
        let builder = Sandbox::builder().account(Account::new("own@example.com")).account(Account::new(email));
        let error = builder.start().await.unwrap_err();

        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
        assert_eq!(error.to_string(), format!("two accounts of the sandbox are called `{name}`"));
    }
}

#[tokio::test]
async fn a_pin_id_can_be_any_integer_or_the_pin_itself() {
    let plex = harness().await;
    let pins = [plex.pin("").await, plex.pin("").await, plex.pin("").await];
    let [first, second, third] = pins.each_ref().map(id);
    plex.pin("").await;

    assert!(plex.sandbox.approve(i64::try_from(first).unwrap()));
    assert!(plex.sandbox.deny(second));
    assert!(plex.sandbox.expire(i32::try_from(third).unwrap()));
    assert!(plex.sandbox.approve(plex.sandbox.pins().last().unwrap()));

    let states: Vec<PinState> = plex.sandbox.pins().iter().map(|pin| pin.state).collect();
    assert_eq!(states, [PinState::Approved, PinState::Denied, PinState::Expired, PinState::Approved]);
    assert!(!plex.sandbox.approve(-1) && !plex.sandbox.approve(u128::MAX));
}

#[tokio::test]
async fn two_sandboxes_are_independent() {
    let (one, other) = (harness().await, harness().await);

    let pin = one.pin("").await;
    one.call(one.sandbox.token(), Method::PUT, "/actions/removeFromWatchlist?ratingKey=5d7760000000010000000000").await;
    one.sandbox.next("ping", plex_tv_sandbox::Fault::Status(503)).unwrap();

    assert_ne!(one.sandbox.url(), other.sandbox.url());
    assert_eq!(other.poll(&pin).await.0, 404);
    assert!(!other.sandbox.approve(id(&pin)));
    let total = async |plex: &Harness| -> Value {
        plex.get("/library/sections/watchlist/all").await.1["MediaContainer"]["totalSize"].clone()
    };
    assert_eq!((total(&one).await, total(&other).await), (json!(249), json!(250)));
    assert_eq!((other.get("/api/v2/ping").await.0, one.get("/api/v2/ping").await.0), (200, 503));
    assert!(other.sandbox.requests().iter().all(|request| request.operation != Some("getPin")));
}

#[tokio::test]
async fn an_anonymous_user_has_an_account_with_few_rights() {
    let plex = harness().await;
    let (status, guest) = plex.call("", Method::POST, "/api/v2/users/anonymous").await;
    assert_eq!((status, &guest["anonymous"]), (201, &json!(true)));
    let token = guest["authToken"].as_str().unwrap();

    assert_eq!(plex.call(token, Method::GET, "/api/v2/user").await.1["id"], guest["id"]);
    assert_eq!(plex.call(token, Method::GET, "/epg/lineups/plex/channels").await.0, 200);
    let add = "/actions/addToWatchlist?ratingKey=5d7760000000010000000000";
    for (method, path) in [
        (Method::PUT, add),
        (Method::GET, "/api/v2/user/webhooks"),
        (Method::POST, "/api/v2/friends/invite?identifier=exampleuser"),
        (Method::POST, "/api/v2/home/users/restricted?friendlyName=X"),
    ] {
        assert_eq!(refused(plex.call(token, method, path).await), refusal(403, 1013), "{path}");
    }
}

#[tokio::test]
async fn changing_a_password_requires_the_current_one() {
    let plex = harness().await;
    let token = plex.sandbox.token();
    let change = async |form: &str| plex.form(token, Method::POST, "/api/v2/users/password", form).await;
    let sign_in = async |password: &str| {
        let form = format!("login={EMAIL}&password={password}");
        plex.form("", Method::POST, "/api/v2/users/signin", &form).await.0
    };

    assert_eq!(refused(change("password=another-password").await), refusal(403, 1040));
    assert_eq!(refused(change("currentPassword=wrong&password=another-password").await), refusal(403, 1040));
    assert_eq!(refused(change("currentPassword=sandbox-password&password=short").await), refusal(422, 1032));
    let name = format!("currentPassword=sandbox-password&password={EMAIL}");
    assert_eq!(refused(change(&name).await), refusal(422, 1034));
    assert_eq!(change("currentPassword=sandbox-password&password=another-password").await.0, 204);

    assert_eq!((sign_in("sandbox-password").await, sign_in("another-password").await), (401, 201));
}
