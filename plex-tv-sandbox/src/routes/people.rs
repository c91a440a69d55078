//! People as others see them.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::qr;
use crate::reply::Fail;
use crate::state::{AccountId, Person, Shared, State as World};

pub(super) fn avatar(shared: &Shared, person: &Person) -> String {
    format!("{}/users/{}/avatar?c=1710000000", shared.url, person.uuid)
}

/// Returns an image that is different for every user.
pub(super) async fn avatar_image(
    State(shared): State<Arc<Shared>>,
    Path(uuid): Path<String>,
) -> Result<Response, Fail> {
    let known = shared.state().people.by_uuid(&uuid).is_some();
    let image = known.then(|| qr::png(&uuid)).flatten().ok_or(Fail::NOT_FOUND)?;
    Ok(([(header::CONTENT_TYPE, "image/png")], image).into_response())
}

/// Returns a person as `viewer` sees them in lists of shares and friends.
pub(super) fn friend(shared: &Shared, world: &World, viewer: AccountId, person: &Person) -> Value {
    let own = |text: &str| (!person.is_managed()).then(|| String::from(text));
    let friendship = world.sharing.friendship(viewer, person.id);
    let status = match friendship {
        Some(friendship) if !friendship.accepted && friendship.from == viewer => "pending_sent",
        Some(friendship) if !friendship.accepted => "pending_received",
        _ => "accepted",
    };
    let mut row = json!({
        "id": person.id,
        "uuid": person.uuid,
        "title": person.title,
        "username": own(&person.username),
        "email": own(&person.email),
        "friendlyName": own(""),
        "thumb": avatar(shared, person),
        "restricted": person.is_managed(),
        "restrictionProfile": person.restriction_profile,
        "home": world.homes.are_together(viewer, person.id),
        "status": status,
    });
    if let Some(friendship) = friendship {
        row["friendshipCreatedAt"] = json!(shared.clock.iso_at(friendship.asked_at));
    }
    row
}
