use axum::extract::Path;
use serde_json::{Value, json};

use super::caller::{SignedIn, Window};
use crate::data::{ACCOUNT, WATCHLIST_SIZE};
use crate::reply::{Fail, Reply};

/// What is given to those who do not say how many they want.
const USUAL: usize = 20;
const MOST: usize = 100;

/// A page of the watchlist, which only the built-in account has filled. `Metadata` is missing where it has no item.
pub(super) async fn watchlist(caller: SignedIn, Path(filter): Path<String>, window: Window) -> Result<Reply, Fail> {
    if !["all", "available", "released"].contains(&filter.as_str()) {
        return Err(Fail::NOT_FOUND);
    }
    let total = if caller.session.account.id == ACCOUNT.id { WATCHLIST_SIZE } else { 0 };
    let start = window.start.unwrap_or(0).min(total);
    let size = window.size.unwrap_or(USUAL).min(MOST).min(total - start);
    let mut container = json!({
        "librarySectionID": "watchlist",
        "librarySectionTitle": "Watchlist",
        "identifier": "tv.plex.provider.discover",
        "offset": start,
        "size": size,
        "totalSize": total,
    });
    if size > 0 {
        container["Metadata"] = (start..start + size).map(item).collect();
    }
    Ok(Reply::ok("MediaContainer", json!({ "MediaContainer": container })))
}

/// The last that was put on comes first.
fn item(number: usize) -> Value {
    let key = format!("5d7760{:018x}", number + 1);
    json!({
        "ratingKey": key,
        "key": format!("/library/metadata/{key}"),
        "guid": format!("plex://movie/{key}"),
        "type": "movie",
        "title": format!("Example Movie {}", number + 1),
        "year": 2019,
        "watchlistedAt": 1_790_000_000 - number,
    })
}
