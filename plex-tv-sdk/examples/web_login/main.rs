//! A web app that signs people in: the browser goes to plex.tv's page and comes back by `forwardUrl`. It runs on a small
//! plex.tv of its own; `cargo run --example web_login -- --live` uses the real one.

mod web;

use std::{collections::HashMap, env, error::Error, io, io::Write as _, sync::Arc};

use axum::{Router, extract::State, http::HeaderMap, routing};
use plex_tv_sandbox::Sandbox;
use plex_tv_sdk::{Client, ClientIdentity, PinStatus};
use tokio::{net::TcpListener, sync::Mutex};
use web::{Reply, failure, page, redirect, redirect_with_cookie, session};

/// What is known of a browser, by the session in its cookie.
#[derive(Clone)]
enum Visitor {
    AtPlex(i64),
    SignedIn(Client),
}

struct App {
    client: Client,
    url: String,
    visitors: Mutex<HashMap<String, Visitor>>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start().await?;
    let builder = Client::builder(ClientIdentity::new("web-login-01", "Web Login Example", "1.0")?);
    let live = env::args().any(|argument| argument == "--live");
    let builder = if live { builder } else { builder.base_url(sandbox.url()).app_url(sandbox.url()) };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    writeln!(io::stdout(), "Open {url}")?;

    let app = Arc::new(App { client: builder.build()?, url, visitors: Mutex::default() });
    let routes = Router::new().route("/", routing::get(home)).route("/done", routing::get(done));
    let routes = routes.route("/sign-in", routing::post(sign_in)).route("/sign-out", routing::post(sign_out));
    Ok(axum::serve(listener, routes.with_state(app)).await?)
}

async fn home(State(app): State<Arc<App>>, headers: HeaderMap) -> Reply {
    let Some(Visitor::SignedIn(client)) = app.visitors.lock().await.get(session(&headers)).cloned() else {
        return page("You are not signed in.", "Sign in");
    };
    let user = client.v2().get_user_details().send().await.map_err(failure)?;
    page(&format!("Signed in as {}.", user.title.as_deref().unwrap_or("somebody")), "Sign out")
}

async fn sign_in(State(app): State<Arc<App>>) -> Reply {
    let login = app.client.pin_login().strong().forward_url(format!("{}/done", app.url));
    let flow = login.start().await.map_err(failure)?;
    let session = uuid::Uuid::new_v4().to_string();
    app.visitors.lock().await.insert(session.clone(), Visitor::AtPlex(flow.id()));
    redirect_with_cookie(&flow.auth_url(), &session)
}

/// The browser is back: one look at the PIN says whether the person agreed.
async fn done(State(app): State<Arc<App>>, headers: HeaderMap) -> Reply {
    let visitor = app.visitors.lock().await.get(session(&headers)).cloned();
    let Some(Visitor::AtPlex(pin)) = visitor else { return redirect("/") };
    match app.client.pin_login().resume(pin).check_once().await {
        Ok(PinStatus::Approved(client)) => {
            app.visitors.lock().await.insert(session(&headers).to_owned(), Visitor::SignedIn(client));
            redirect("/")
        }
        Ok(_) => page("Nobody has agreed yet.", "Sign in"),
        Err(error) if error.is_pin_expired() => page("The request was denied, or it expired.", "Sign in"),
        Err(error) => Err(failure(error)),
    }
}

async fn sign_out(State(app): State<Arc<App>>, headers: HeaderMap) -> Reply {
    if let Some(Visitor::SignedIn(client)) = app.visitors.lock().await.remove(session(&headers)) {
        client.v2().sign_out().send().await.map_err(failure)?;
    }
    redirect("/")
}
