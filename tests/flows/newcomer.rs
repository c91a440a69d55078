//! Tasks of newcomers, each in as few lines as it should take.
//!
//! Each task is a complete program apart from its imports. The last test counts the lines.

use std::time::Duration;

use plex_tv_sandbox::{FRIEND_EMAIL, Fault, HOME_PIN, Sandbox};
use plex_tv_sdk::{
    Client, ClientIdentity, DeviceKey, Error, FileStore, Filter, Libraries, RetryPolicy, Token, reqwest,
    v2::types::RestrictionProfile,
};

use crate::{
    log::Log,
    wire::{Reply, Wire},
};

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[tokio::test]
async fn task_1_sign_in_with_a_pin_and_show_the_user() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let identity = ClientIdentity::new("newcomer-01", "Newcomer", "1.0.0")?;
    let client = Client::builder(identity).base_url(sandbox.url()).app_url(sandbox.url()).build()?;

    let flow = client.pin_login().strong().start().await?;
    println!("Open {}", flow.auth_url());
    sandbox.approve(flow.id()); // The user, in a browser.
    let client = flow.wait().await?;

    assert_eq!(client.account().await?.name(), "Example User");
    Ok(())
}

#[tokio::test]
async fn task_2_reach_a_server() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let identity = ClientIdentity::new("newcomer-02", "Newcomer", "1.0.0")?;
    let client = Client::builder(identity).base_url(sandbox.url()).token(Token::new(sandbox.token())?).build()?;

    let server = client.servers().await?.into_iter().find(|server| server.is_owned()).ok_or("no server")?;
    let connection = server.connect().on_progress(|progress| println!("{} tried", progress.kind())).await?;
    println!("{} at {} ({})", server.name(), connection.uri(), connection.kind());

    let request = reqwest::Client::new().get(format!("{}/", connection.uri()));
    let reply = request.header("X-Plex-Token", connection.access_token().expose()).send().await?;
    assert_eq!(reply.status(), 200);
    Ok(())
}

#[tokio::test]
async fn task_3_share_a_library_change_the_share_and_end_it() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let identity = ClientIdentity::new("newcomer-03", "Newcomer", "1.0.0")?;
    let client = Client::builder(identity).base_url(sandbox.url()).token(Token::new(sandbox.token())?).build()?;
    let server = client.servers().await?.into_iter().find(|server| server.is_owned()).ok_or("no server")?;

    let filter = Filter::ratings(["G", "PG"]).without_labels(["Private"]);
    let invite = server.share_with(FRIEND_EMAIL, Libraries::titled(["Movies"])).allow_sync(true).movies(filter);
    let share = invite.send().await?;
    assert_eq!(share.add_library("TV Shows").await?.libraries().len(), 2);
    share.revoke().await?;
    Ok(())
}

#[tokio::test]
async fn task_6_list_the_home_switch_and_add_a_user() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let identity = ClientIdentity::new("newcomer-06", "Newcomer", "1.0.0")?;
    let client = Client::builder(identity).base_url(sandbox.url()).token(Token::new(sandbox.token())?).build()?;

    for member in client.home_users().await? {
        let theirs = client.switch_home_user(&member, member.needs_pin().then_some(HOME_PIN)).await?;
        assert_eq!(theirs.account().await?.name(), member.name());
    }
    let kid = client.create_managed_user("New Kid").restriction_profile(RestrictionProfile::LittleKid).send().await?;
    client.update_managed_user(&kid).pin("1357").send().await?;
    Ok(())
}

#[tokio::test]
async fn task_7_run_for_months() -> Outcome {
    let (sandbox, folder) = (Sandbox::start().await?, tempfile::tempdir()?);
    let start = || {
        let store = FileStore::at(folder.path().join("credentials.json"));
        let identity = ClientIdentity::load_or_create(&store, "Newcomer", "1.0.0")?;
        Client::builder(identity).base_url(sandbox.url()).app_url(sandbox.url()).store(store).build()
    };

    let flow = start()?.pin_login().strong().device_key(&DeviceKey::generate()?).start().await?;
    sandbox.approve(flow.id()); // The user, in a browser.
    flow.wait().await?;

    sandbox.advance(Duration::from_secs(8 * 24 * 60 * 60));
    let client = start()?;
    assert_eq!(client.account().await?.name(), "Example User");

    sandbox.remove_device(client.identity().client_identifier()); // The user, in their settings.
    match client.account().await {
        Ok(account) => panic!("{} is still signed in", account.name()),
        Err(error) if error.is_device_removed() => println!("start over with an empty store"),
        Err(error) if error.needs_sign_in() => println!("ask the user to sign in again"),
        Err(error) => println!("the token may still be good; try again later: {error}"),
    }
    Ok(())
}

#[tokio::test]
async fn task_8_test_an_app() -> Outcome {
    async fn greeting(client: &Client) -> Result<String, Error> {
        match client.account().await {
            Ok(account) => Ok(format!("Hello, {}!", account.name())),
            Err(error) if error.needs_sign_in() => Ok("Please sign in.".to_owned()),
            Err(error) if error.is_rate_limited() => Ok("Come back in a minute.".to_owned()),
            Err(error) => Err(error),
        }
    }
    let sandbox = Sandbox::start().await?;
    let identity = ClientIdentity::new("newcomer-08", "Newcomer", "1.0.0")?;
    let settings = Client::builder(identity).base_url(sandbox.url()).token(Token::new(sandbox.token())?);
    let client = settings.retry(RetryPolicy::off()).build()?;

    assert_eq!(greeting(&client).await?, "Hello, Example User!");
    sandbox.next("getUserDetails", Fault::RateLimited { retry_after: Some(1) })?;
    assert_eq!(greeting(&client).await?, "Come back in a minute.");
    sandbox.next("getUserDetails", Fault::Status(401))?;
    assert_eq!(greeting(&client).await?, "Please sign in.");
    assert!(sandbox.next("getUserDetail", Fault::Html).is_err(), "a misspelt operation should be an error");
    assert_eq!(sandbox.requests().len(), 3);
    Ok(())
}

#[tokio::test]
async fn task_9_go_through_a_proxy_with_time_limits_and_tracing() -> Outcome {
    let proxy = Wire::always(Reply::json(r#"{"id": 1, "title": "Somebody behind a Proxy"}"#)).await;
    let log = Log::default();
    let _recording = log.record();

    let through = reqwest::Proxy::all(&proxy.url)?;
    let client = Client::builder(ClientIdentity::new("newcomer-09", "Newcomer", "1.0.0")?)
        .base_url("http://plex.example")
        .token(Token::new("EXAMPLE-TOKEN")?)
        .connect_timeout(Duration::from_secs(3))
        .timeout(Duration::from_secs(10))
        .overall_timeout(Duration::from_secs(30))
        .http(|http| http.proxy(through))
        .build()?;

    assert_eq!(client.account().await?.name(), "Somebody behind a Proxy");
    assert!(proxy.seen.requests()[0].starts_with("GET http://plex.example/api/v2/user "));
    assert!(log.text().contains(r#"operation="getUserDetails""#), "{}", log.text());
    Ok(())
}

#[tokio::test]
async fn task_10_tell_errors_apart() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let identity = ClientIdentity::new("newcomer-10", "Newcomer", "1.0.0")?;
    let settings = Client::builder(identity).base_url(sandbox.url()).token(Token::new(sandbox.token())?);
    let client = settings.retry(RetryPolicy::off()).build()?;

    for (fault, expected) in [
        (Fault::Status(401), "sign in again"),
        (Fault::RateLimited { retry_after: Some(7) }, "wait 7s"),
        (Fault::RateLimited { retry_after: None }, "wait 60s"),
        (Fault::Code { status: 403, code: 1012 }, "get a Plex Pass"),
        (Fault::Code { status: 403, code: 1009 }, "ask the owner of the account"),
        (Fault::Status(503), "try again later"),
        (Fault::Hangup, "try again later"),
        (Fault::Garbage, "plex.tv sent something unexpected"),
    ] {
        sandbox.next("getUserDetails", fault)?;
        let advice = match client.account().await {
            Ok(account) => format!("hello, {}", account.name()),
            Err(error) if error.needs_sign_in() => "sign in again".to_owned(),
            Err(error) if error.is_rate_limited() => {
                format!("wait {:?}", error.retry_after().unwrap_or(Duration::from_secs(60)))
            }
            Err(error) if error.is_plex_pass_required() => "get a Plex Pass".to_owned(),
            Err(error) if error.is_forbidden() => "ask the owner of the account".to_owned(),
            Err(error) if error.is_retryable() => "try again later".to_owned(),
            Err(error) if error.is_decode() => "plex.tv sent something unexpected".to_owned(),
            Err(error) => return Err(error.into()),
        };
        assert_eq!(advice, expected);
    }
    Ok(())
}

#[test]
fn no_task_takes_more_lines_than_its_limit() {
    let limits = [(1, 15), (2, 16), (3, 12), (6, 12), (7, 25), (8, 30), (9, 20), (10, 35)];
    let source = include_str!("newcomer.rs");

    for (task, limit) in limits {
        let (_, rest) = source.split_once(&format!("async fn task_{task}_")).unwrap();
        let body = rest.split("\n}\n").next().unwrap().lines().skip(1);
        let lines = body.map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count();
        println!("task {task}: {lines} lines of {limit}");
        assert!(lines > 5 && lines <= limit, "task {task} takes {lines} lines; the limit is {limit}");
    }
}
