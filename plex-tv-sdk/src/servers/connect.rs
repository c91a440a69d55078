//! Finds the best connection to a server: all are tried at once, and the server has to identify
//! itself.

use std::{fmt, future::pending, time::Duration};

use futures_util::{
    future::{Either, select},
    stream::{FuturesUnordered, StreamExt as _},
};
use reqwest::{Response, StatusCode, Url, header::ACCEPT};
use serde::Deserialize;

use super::{
    connection::ServerConnection,
    progress::{ConnectProgress, OnProgress},
    race::Race,
    server::Server,
    trace::Span,
};
use crate::{
    Client, Error, ErrorKind, Token,
    account::is_jwt,
    runtime::clock::BoxFuture,
    runtime::{
        error::host_of,
        transport::{read, xml_to_value},
    },
    v2::types::Connection,
};

/// How long one connection may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long to wait for better connections once one has answered. A home network takes
/// milliseconds.
const GRACE: Duration = Duration::from_secs(1);
/// The most connections of a server that are tried. Most servers have a handful.
const MOST_CONNECTIONS: usize = 32;
/// The most bytes of an identity that are read. It has a few hundred.
const BODY_LIMIT: usize = 64 * 1024;

impl Server {
    /// Finds the best connection, in the order of [`Server::connections`], at which this server
    /// answers.
    ///
    /// All are tried at once, each for at most five seconds. Once one has answered, better ones get
    /// one more second. The `/identity` must be that of this server, since another machine may have
    /// the address by now; it is requested without a token. Keep the connection while it works, and
    /// connect again when it stops working.
    ///
    /// A connection must be an origin: scheme, host and port. A server behind a reverse proxy below
    /// a path, as in `https://example.com/plex`, fails with "has no address that can be used": give
    /// it its own host name.
    ///
    /// ```no_run
    /// # async fn example(client: plex_tv_sdk::Client) -> Result<(), plex_tv_sdk::Error> {
    /// use plex_tv_sdk::printable;
    ///
    /// for server in client.servers().await? {
    ///     let connection = server.connect().await?;
    ///     println!("{} at {} ({})", printable(server.name()), connection.uri(), connection.kind());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// To show progress, see [`Connect::on_progress`].
    ///
    /// # Errors
    /// `is_connect` when no connection works. The message gives the reason for each of them.
    /// `is_decode` as for [`Server::access_token`]. Nothing is sent then.
    pub fn connect(&self) -> Connect<'_> {
        Connect { server: self, older_token: false, on_progress: None }
    }
}

/// The search for the best connection: `server.connect().await`. Dropping it or its future cancels
/// the search.
#[must_use = "nothing happens before `.await`"]
pub struct Connect<'a> {
    server: &'a Server,
    older_token: bool,
    on_progress: Option<OnProgress<'a>>,
}

impl<'a> Connect<'a> {
    /// Sets a callback that runs after each connection has answered or failed, for a user interface
    /// that shows progress.
    ///
    /// ```no_run
    /// # async fn example(server: plex_tv_sdk::Server) -> Result<(), plex_tv_sdk::Error> {
    /// let connecting = server.connect().on_progress(|progress| match progress.failure {
    ///     Some(failure) => eprintln!("{}: {failure}", progress.kind()),
    ///     None => eprintln!("{}: it answers", progress.kind()),
    /// });
    /// let connection = connecting.await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_progress(self, callback: impl FnMut(&ConnectProgress<'_>) + Send + 'a) -> Self {
        Self { on_progress: Some(Box::new(callback)), ..self }
    }

    /// Sets whether a server that the user owns gets the older token of this device instead of a
    /// Plex JWT. The default is `false`.
    ///
    /// For clients signed in with a Plex JWT, plex.tv has been seen to return that same JWT for
    /// owned servers, which then answer 401. The older token has been seen to work there. Plex does
    /// not promise that, and it may stop working at any time: see [`Client::older_token`]. If there
    /// is no older token, the JWT is used.
    pub fn older_token(self, older_token: bool) -> Self {
        Self { older_token, ..self }
    }

    async fn run(mut self) -> Result<ServerConnection, Error> {
        let server = self.server;
        let connections = server.connections().get(..MOST_CONNECTIONS).unwrap_or(server.connections());
        let span = Span::new(connections.len(), server.client().clock().as_ref());
        let outcome = span.around(self.search(connections, &span)).await;
        span.ended(outcome.as_ref());
        outcome
    }

    async fn search(&mut self, connections: &[Connection], span: &Span<'_>) -> Result<ServerConnection, Error> {
        let server = self.server;
        let access_token = access_token(server, self.older_token).await?;
        let mut race = Race::new(connections.len());
        let tries =
            connections.iter().enumerate().map(async |(place, connection)| (place, answers(server, connection).await));
        let mut tries: FuturesUnordered<_> = tries.collect();
        let mut grace: BoxFuture<'_, ()> = Box::pin(pending());

        loop {
            match select(tries.next(), &mut grace).await {
                Either::Left((Some((place, outcome)), _)) => {
                    if let Some(connection) = connections.get(place) {
                        self.progress(
                            span,
                            &ConnectProgress { connection, failure: outcome.as_ref().err(), pending: tries.len() },
                        );
                    }
                    if race.ended(place, outcome) {
                        grace = server.client().clock().timer(GRACE);
                    }
                }
                Either::Left((None, _)) => return Err(unreachable(race)),
                Either::Right(_) => race.hurry(),
            }
            if let Some(connection) = race.winner().and_then(|place| connections.get(place)) {
                let uri = origin(connection)?.origin().ascii_serialization();
                return Ok(ServerConnection { uri, access_token, connection: connection.clone() });
            }
        }
    }

    fn progress(&mut self, span: &Span<'_>, progress: &ConnectProgress<'_>) {
        span.progress(progress);
        if let Some(callback) = &mut self.on_progress {
            callback(progress);
        }
    }
}

impl<'a> IntoFuture for Connect<'a> {
    type Output = Result<ServerConnection, Error>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for Connect<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connect")
            .field("server", self.server)
            .field("older_token", &self.older_token)
            .finish_non_exhaustive()
    }
}

/// Only the user's own servers get the older token, because it is a token of the account.
async fn access_token(server: &Server, older_token: bool) -> Result<Token, Error> {
    let token = server.access_token()?;
    if !(older_token && server.is_owned() && is_jwt(&token)) {
        return Ok(token);
    }
    Ok(server.client().older_token().await?.unwrap_or(token))
}

/// Checks that this server answers at the connection, as another machine may have the address by
/// now. The request has no token.
async fn answers(server: &Server, connection: &Connection) -> Result<(), Error> {
    let origin = origin(connection)?;
    let host = host_of(&origin);
    let limit = server.client().clock().timer(PATIENCE.min(server.client().timeout()));
    let Either::Left((identity, _)) = select(Box::pin(identity(server.client(), &origin)), limit).await else {
        return Err(Error::new(ErrorKind::Timeout, format!("{host} does not answer")));
    };
    let found = identity?.machine_identifier;
    // An empty identifier names no server, so no server matches it.
    if found != server.machine_identifier() || found.trim().is_empty() {
        return Err(Error::new(ErrorKind::Decode, format!("another server answers at {host}")));
    }
    Ok(())
}

/// Owners choose these addresses for the people they share with. So only an origin is accepted,
/// never a path, such as one of a router's settings.
fn origin(connection: &Connection) -> Result<Url, Error> {
    let url = connection.uri.as_deref().and_then(|uri| Url::parse(uri).ok());
    let no_origin = || Error::new(ErrorKind::Decode, "a connection has no address that can be used");
    url.filter(is_plain_origin).ok_or_else(no_origin)
}

fn is_plain_origin(url: &Url) -> bool {
    let has_user = !url.username().is_empty() || url.password().is_some();
    let has_more = url.path() != "/" || url.query().is_some() || url.fragment().is_some();
    matches!(url.scheme(), "http" | "https") && !has_user && !has_more
}

#[derive(Deserialize)]
struct Identity {
    #[serde(rename = "machineIdentifier")]
    machine_identifier: String,
}

async fn identity(client: &Client, origin: &Url) -> Result<Identity, Error> {
    let host = host_of(origin);
    let mut url = origin.clone();
    url.set_path("/identity");
    let call = client.http().get(url).header(ACCEPT, "application/json");
    let reply: Response = call.send().await.map_err(|error| Error::below_http(error, &host))?;
    let status = reply.status();
    if status != StatusCode::OK {
        return Err(Error::new(ErrorKind::Refused, format!("{host} answers {}", status.as_u16())).with_status(status));
    }
    let no_server = |_| Error::new(ErrorKind::Decode, format!("what answers at {host} is not a media server"));
    match read(reply, BODY_LIMIT).await {
        Ok(body) => {
            let value = xml_to_value(&body, "MediaContainer", 8 * BODY_LIMIT).map_err(no_server)?;
            serde_json::from_value(value).map_err(|_| no_server(Error::invalid_input("")))
        }
        Err(error) if error.kind() == ErrorKind::TooLarge => Err(no_server(error)),
        Err(error) => Err(error),
    }
}

fn unreachable(race: Race<Error>) -> Error {
    let failures: Vec<String> = race.failures().map(|error| error.to_string()).collect();
    let message = match failures.as_slice() {
        [] => "plex.tv lists no connection to this server that can be used from here; check that it runs".to_owned(),
        failures => {
            format!("the server does not answer at any of its connections; check that it runs: {}", failures.join("; "))
        }
    };
    Error::new(ErrorKind::Connect, message)
}
