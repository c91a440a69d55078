//! A web app that signs people in: the browser goes to plex.tv's page and comes back through
//! `forwardUrl`. It uses a sandbox; `cargo run --example web_login -- --live` uses the real
//! plex.tv.

mod sessions;
mod web;

use std::{
    env,
    error::Error,
    io,
    io::Write as _,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{Router, extract::State, http::HeaderMap, middleware, routing};
use plex_tv_sandbox::Sandbox;
use plex_tv_sdk::{Client, ClientIdentity, PinStatus, printable};
use sessions::Sessions;
use tokio::{net::TcpListener, sync::Mutex};
use web::{Reply, failure, page, private, redirect, redirect_with_cookie, session};

/// How long a browser may take to come back, which is also the lifetime of a PIN.
const AT_PLEX: Duration = Duration::from_secs(30 * 60);
/// How long a browser stays signed in.
const SIGNED_IN: Duration = Duration::from_secs(12 * 60 * 60);
/// The most sessions of each kind at once.
const MOST: usize = 1000;

struct App {
    client: Client,
    url: String,
    /// Browsers that were sent to plex.tv, with the id of their PIN. Anybody can begin such a
    /// session, so these must not displace sessions that are signed in.
    at_plex: Mutex<Sessions<i64>>,
    signed_in: Mutex<Sessions<Client>>,
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

    let app = Arc::new(App {
        client: builder.build()?,
        url,
        at_plex: Mutex::new(Sessions::new(AT_PLEX, MOST)),
        signed_in: Mutex::new(Sessions::new(SIGNED_IN, MOST)),
    });
    let routes = Router::new().route("/", routing::get(home)).route("/done", routing::get(done));
    let routes = routes.route("/sign-in", routing::post(sign_in)).route("/sign-out", routing::post(sign_out));
    let routes = routes.layer(middleware::map_response(private));
    Ok(axum::serve(listener, routes.with_state(app)).await?)
}

async fn home(State(app): State<Arc<App>>, headers: HeaderMap) -> Reply {
    let client = app.signed_in.lock().await.get(Instant::now(), session(&headers));
    let Some(client) = client else { return page("You are not signed in.", "Sign in") };
    let account = client.account().await.map_err(failure)?;
    page(&format!("Signed in as {}.", printable(account.name())), "Sign out")
}

async fn sign_in(State(app): State<Arc<App>>) -> Reply {
    let login = app.client.pin_login().strong().forward_url(format!("{}/done", app.url));
    let flow = login.start().await.map_err(failure)?;
    let session = app.at_plex.lock().await.begin(Instant::now(), flow.id());
    redirect_with_cookie(&flow.auth_url(), &session, AT_PLEX)
}

/// The browser is back, and one poll of the PIN shows whether the person agreed. A signed-in user
/// gets a new session id, because the old one was issued before anybody was authenticated.
async fn done(State(app): State<Arc<App>>, headers: HeaderMap) -> Reply {
    let old = session(&headers);
    let Some(pin) = app.at_plex.lock().await.get(Instant::now(), old) else { return redirect("/") };
    match app.client.pin_login().resume(pin).check_once().await {
        Ok(PinStatus::Approved(client)) => {
            app.at_plex.lock().await.end(old);
            let session = app.signed_in.lock().await.begin(Instant::now(), client);
            redirect_with_cookie("/", &session, SIGNED_IN)
        }
        Ok(_) => page("Nobody has agreed yet.", "Sign in"),
        Err(error) if error.is_pin_expired() => page("The request was denied, or it expired.", "Sign in"),
        Err(error) => Err(failure(error)),
    }
}

async fn sign_out(State(app): State<Arc<App>>, headers: HeaderMap) -> Reply {
    let client = app.signed_in.lock().await.end(session(&headers));
    if let Some(client) = client {
        client.sign_out().await.map_err(failure)?;
    }
    redirect("/")
}
