//! Two tasks that newcomers were given, as short as their documents make them. A test counts the
//! lines.

use std::error::Error;

// task 4: register a webhook, and receive an event
mod webhook {
    use axum::{Router, routing::post};
    use plex_tv_sandbox::Sandbox;
    use plex_tv_sdk::{Client, ClientIdentity, Token, webhook::Event};

    #[tokio::test]
    async fn is_registered_and_receives() -> Result<(), Box<dyn super::Error>> {
        let sandbox = Sandbox::start().await?;
        let identity = ClientIdentity::new("newcomer-desk-04", "Newcomer", "1.0")?;
        let client = Client::builder(identity).base_url(sandbox.url()).token(Token::new(sandbox.token())?).build()?;
        let app =
            Router::new().route("/plex", post(async |event: Event| format!("{} {:?}", event.kind, event.title())));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        client.webhooks().add(format!("http://{}/plex", listener.local_addr()?)).await?;
        tokio::spawn(async { axum::serve(listener, app).await });
        assert_eq!(sandbox.deliver("media.play").await[0].status, Some(200));
        Ok(())
    }
}

// task 5: the watchlist as JSON; add and remove by IMDb id
#[tokio::test]
async fn the_watchlist_is_exported_and_changed_by_imdb_id() -> Result<(), Box<dyn Error>> {
    let sandbox = plex_tv_sandbox::Sandbox::start().await?;
    let client = signed_in(&sandbox)?;
    let json = serde_json::to_string(&client.watchlist().items().collect().await?)?;
    client.watchlist().remove(plex_tv_sdk::ExternalId::imdb("tt0000007")).await?;
    client.watchlist().add(plex_tv_sdk::ExternalId::imdb("tt0000007")).await?;
    assert!(json.contains("imdb://tt0000007"));
    Ok(())
}
// end

/// The set-up that an app has once.
fn signed_in(sandbox: &plex_tv_sandbox::Sandbox) -> Result<plex_tv_sdk::Client, plex_tv_sdk::Error> {
    let identity = plex_tv_sdk::ClientIdentity::new("newcomer-desk-05", "Newcomer", "1.0")?;
    let token = plex_tv_sdk::Token::new(sandbox.token())?;
    plex_tv_sdk::Client::builder(identity).base_url(sandbox.url()).token(token).build()
}

#[test]
fn the_tasks_keep_their_number_of_lines() {
    let lines_of = |task: &str, end: &str| {
        let text = include_str!("newcomer_watching.rs").split(task).nth(1).unwrap().split(end).next().unwrap();
        let is_code = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with("//");
        text.lines().skip(1).filter(is_code).count()
    };

    let lines = [lines_of("// task 4", "// task 5"), lines_of("// task 5", "// end")];

    assert!(lines[0] <= 20 && lines[1] <= 10, "{lines:?}");
}
