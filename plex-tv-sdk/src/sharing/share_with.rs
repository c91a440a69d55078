//! Creates a share.

use reqwest::StatusCode;

use super::{
    Invitee, Libraries, Share, extent,
    library::{check, resolve},
    settings::{Wanted, setters},
};
use crate::{
    Choice, Error, ErrorKind, PlexCode, Server,
    runtime::short_debug,
    v2::types::{CreateSharedServerBody, SharedLibrary, SharingSettings},
};

impl Server {
    /// Shares libraries of this server with somebody.
    ///
    /// The person is an e-mail address, a user name or an account number: see [`Invitee`]. They get
    /// an invite. Members of the user's Home need not accept it.
    ///
    /// ```no_run
    /// # async fn example(server: plex_tv_sdk::Server) -> Result<(), plex_tv_sdk::Error> {
    /// use plex_tv_sdk::{Filter, Libraries};
    ///
    /// let share = server
    ///     .share_with("friend@example.com", Libraries::titled(["Movies"]))
    ///     .allow_sync(true)
    ///     .movies(Filter::ratings(["G", "PG"]).without_labels(["Private"]))
    ///     .send()
    ///     .await?;
    /// share.add_library("TV Shows").await?;
    /// share.revoke().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn share_with(&self, person: impl Into<Invitee>, libraries: Libraries) -> ShareWith {
        ShareWith {
            server: self.clone(),
            person: person.into(),
            libraries,
            wanted: Wanted::default(),
            skip_friendship: None,
        }
    }

    pub(super) async fn create_share(&self, order: Order) -> Result<Share, Error> {
        let body = CreateSharedServerBody::new(self.machine_identifier(), extent::ids(&order.libraries)?)
            .maybe_invited_email(order.person.login())
            .maybe_invited_id(order.person.id())
            .maybe_settings(order.settings)
            .maybe_skip_friendship(order.skip_friendship);
        match self.client().v2().create_shared_server(body).send().await {
            Ok(details) => Ok(Share::new(self.client().clone(), details)),
            Err(error) => Err(explain_already_shared(error)),
        }
    }
}

/// A share to be created, after all checks.
pub(super) struct Order {
    pub(super) person: Invitee,
    pub(super) libraries: Choice<SharedLibrary>,
    pub(super) settings: Option<SharingSettings>,
    pub(super) skip_friendship: Option<bool>,
}

/// The code only means that the request is refused. With another field than `base`, that field is
/// at fault.
fn explain_already_shared(error: Error) -> Error {
    let is_refused =
        error.status() == Some(StatusCode::UNPROCESSABLE_ENTITY) && error.code() == Some(PlexCode::Request);
    let is_of_base = error.plex_errors().iter().all(|error| error.field().is_none_or(|field| field == "base"));
    if !(is_refused && is_of_base) {
        return error;
    }
    let message = "the server is shared with this person already, or they are invited; find that share with \
                   `Server::shares`, and change it with `Share::add_library` or `Share::set_libraries`";
    error.explained(ErrorKind::AlreadyShared, message)
}

/// A share to be created: see [`Server::share_with`].
#[derive(Clone)]
#[must_use = "nothing happens before `send`"]
pub struct ShareWith {
    server: Server,
    person: Invitee,
    libraries: Libraries,
    wanted: Wanted,
    skip_friendship: Option<bool>,
}

short_debug!(ShareWith(call) {
    server: call.server.name(),
    person: call.person,
    libraries: call.libraries,
    wanted: call.wanted,
});

impl ShareWith {
    setters!();

    /// Shares without asking the person to become a friend.
    pub fn without_friendship(self) -> Self {
        Self { skip_friendship: Some(true), ..self }
    }

    /// Sends the invite.
    ///
    /// # Errors
    /// - `is_invalid_input`, before anything is sent: nobody or no library is named, a filter is
    ///   empty, or the server belongs to somebody else.
    /// - `is_unknown_library` and `is_ambiguous_library`, before anything is shared.
    /// - `is_already_shared`: change the existing share instead.
    /// - `is_not_found`: there is no account with that name.
    /// - the errors of any call.
    ///
    /// Calls `GET /api/v2/servers/{machineIdentifier}`, except for `Libraries::All`, and
    /// `POST /api/v2/shared_servers`.
    pub async fn send(self) -> Result<Share, Error> {
        self.server.check_owned()?;
        check(&self.libraries)?;
        let (person, settings) = (self.person.check()?, self.wanted.checked()?);
        let libraries = match &self.libraries {
            Libraries::All => Choice::All,
            named @ Libraries::These(_) => resolve(named, &self.server.libraries().await?)?,
        };
        let order = Order { person, libraries, settings, skip_friendship: self.skip_friendship };
        self.server.create_share(order).await
    }
}
