//! Two tasks of newcomers as complete programs. A test counts their lines.
#![allow(clippy::print_stdout, reason = "the programs print their results")]

// task 4: register a webhook, and receive an event
mod receives_an_event {
    use axum::{Router, routing::post};
    use plex_tv_sandbox::Sandbox;
    use plex_tv_sdk::{Client, ClientIdentity, Token, webhook::Event};

    #[tokio::test]
    async fn main() -> Result<(), Box<dyn std::error::Error>> {
        let sandbox = Sandbox::start().await?;
        let identity = ClientIdentity::new("newcomer-desk-04", "Newcomer", "1.0")?;
        let client = Client::builder(identity).base_url(sandbox.url()).token(Token::new(sandbox.token())?).build()?;
        let app =
            Router::new().route("/plex", post(async |event: Event| println!("{} {:?}", event.kind, event.title())));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        client.webhooks().add(format!("http://{}/plex", listener.local_addr()?)).await?;
        tokio::spawn(async { axum::serve(listener, app).await });
        assert_eq!(sandbox.deliver("media.play").await[0].status, Some(200));
        Ok(())
    }
}

// task 5: the watchlist as JSON; add and remove by IMDb id
mod exports_and_changes_the_watchlist {
    use plex_tv_sdk::{Client, ClientIdentity, ExternalId, Token};
    #[tokio::test]
    async fn main() -> Result<(), Box<dyn std::error::Error>> {
        let sandbox = plex_tv_sandbox::Sandbox::start().await?;
        let builder = Client::builder(ClientIdentity::new("newcomer-desk-05", "Newcomer", "1.0")?);
        let client = builder.base_url(sandbox.url()).token(Token::new(sandbox.token())?).build()?;
        println!("{}", serde_json::to_string(&client.watchlist().items().collect().await?)?);
        client.watchlist().add(ExternalId::imdb("tt0000270")).await?;
        Ok(client.watchlist().remove(ExternalId::imdb("tt0000270")).await?)
    }
}
// end

#[test]
fn the_tasks_take_the_expected_number_of_lines() {
    // Does not count the module around a program.
    let lines_of = |task: &str, end: &str| {
        let text = include_str!("newcomer_watching.rs").split(task).nth(1).unwrap().split(end).next().unwrap();
        let is_code =
            |line: &&str| line.starts_with("    ") && !line.trim().is_empty() && !line.trim().starts_with("//");
        text.lines().filter(is_code).count()
    };

    assert_eq!([lines_of("// task 4", "// task 5"), lines_of("// task 5", "// end")], [16, 10]);
}
