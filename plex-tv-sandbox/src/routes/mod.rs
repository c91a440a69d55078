//! The routes, and the middleware around every call.
// axum wants async functions even where nothing is awaited.
#![allow(clippy::unused_async)]

mod account;
mod around;
mod caller;
mod catalogue;
mod community;
mod control;
mod cors;
mod devices;
mod feeds;
mod friends;
mod home;
mod jwt;
mod legacy;
mod live_tv;
mod notifications;
mod pages;
mod people;
mod pins;
mod preferences;
mod resources;
mod servers;
mod sharing;
mod table;
mod together;
mod users;
mod watchlist;
mod webhooks;

use std::collections::HashSet;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware;

use self::around::{Call, around, around_the_rest};
pub(crate) use self::cors::cors;
use self::table::{Place, Row};
pub use self::table::{Route, operations, routes};
use crate::host::Host;
use crate::reply::Fail;
use crate::state::Shared;

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    // One path of plex.tv starts with a colon, which axum refuses by default.
    let router = pages::router().merge(control::router()).without_v07_checks();
    let mut served = Served { router, known: HashSet::new(), shared: Arc::clone(&shared) };
    let rows: Vec<Row> = table::rows().collect();
    for row in &rows {
        row.places.iter().for_each(|place| served.add(place.host, place, row));
    }
    // Clients with one base address find the calls of all hosts at the root, too.
    for row in &rows {
        row.places.iter().for_each(|place| served.add(Host::PlexTv, place, row));
    }
    let router = served
        .router
        .fallback(async || Fail::of_status(StatusCode::NOT_FOUND))
        .method_not_allowed_fallback(async || Fail::of_status(StatusCode::METHOD_NOT_ALLOWED))
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), around_the_rest))
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), cors));
    router.with_state(shared)
}

/// A router and the addresses that are taken.
struct Served {
    router: Router<Arc<Shared>>,
    known: HashSet<(&'static str, String)>,
    shared: Arc<Shared>,
}

impl Served {
    /// Adds an operation under the prefix of a host, unless its address is taken. At the root, a
    /// path that consists of one parameter would match everything, so it is left out.
    fn add(&mut self, host: Host, place: &Place, row: &Row) {
        let takes_all = host == Host::PlexTv && place.path.starts_with("/{");
        let path = positional(&format!("{}{}", host.prefix(), place.path));
        if takes_all || !self.known.insert((place.method, path.clone())) {
            return;
        }
        let call = Call::of(&self.shared, row, place);
        let handler = place.handler.clone().layer(middleware::from_fn_with_state(call, around));
        let mut router = std::mem::take(&mut self.router);
        if path == "/" {
            // Browsers get the index page.
            let for_people = middleware::from_fn_with_state(Arc::clone(&self.shared), pages::index_for_people);
            router = router.route(&path, handler.layer(for_people));
        } else {
            // The root of a host works with and without the slash.
            let without = path.strip_suffix('/').filter(|_| place.path == "/");
            router = without.into_iter().fold(router, |router, path| router.route(path, handler.clone()));
            router = router.route(&path, handler);
        }
        self.router = router;
    }
}

/// Names the parameters of a template by position, because the router allows one name per position.
/// A suffix such as `.xml` becomes part of the parameter; the handler removes it.
fn positional(path: &str) -> String {
    let parts = path.split('/').enumerate();
    let named =
        parts.map(|(index, part)| if part.contains('{') { format!("{{p{index}}}") } else { String::from(part) });
    named.collect::<Vec<_>>().join("/")
}
