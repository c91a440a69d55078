//! Finds items by their ids in other catalogues.

use super::{
    external_id::ExternalId,
    item_id::{ItemId, Named},
    kind::Kind,
};
use crate::{
    Client, Error, ErrorKind,
    discover::types::{DiscoverMetadata, MetadataType},
};

impl Client {
    /// Finds the item with this id in another catalogue.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let sandbox = plex_tv_sandbox::Sandbox::start().await?;
    /// # let identity = plex_tv_sdk::ClientIdentity::new("c0ffee-desk-01", "Example App", "1.0.0")?;
    /// # let client = plex_tv_sdk::Client::builder(identity).base_url(sandbox.url());
    /// # let client = client.token(plex_tv_sdk::Token::new(sandbox.token())?).build()?;
    /// use plex_tv_sdk::{ExternalId, Kind};
    ///
    /// let item = client.find(ExternalId::imdb("tt0000007"), Kind::Movie).await?;
    /// assert_eq!(item.title.as_deref(), Some("Example Movie 7"));
    ///
    /// let error = client.find(ExternalId::imdb("tt9999999"), Kind::Movie).await.unwrap_err();
    /// assert!(error.is_not_found());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `is_invalid_input` when the id does not have the form of its catalogue; nothing is sent
    /// then. `is_not_found` when plex.tv knows no such item of this kind. `is_auth` without a valid
    /// token, and the errors of any call.
    ///
    /// Calls `GET https://discover.provider.plex.tv/library/metadata/matches`.
    pub async fn find(&self, id: impl Into<ExternalId>, kind: Kind) -> Result<DiscoverMetadata, Error> {
        let id = id.into();
        let guid = id.checked()?;
        matching(self, &guid, kind).await?.ok_or_else(|| not_found(kind.as_str(), &guid))
    }
}

/// Returns the key of an item at plex.tv, looking it up if necessary.
///
/// # Errors
/// `is_invalid_input` when it does not name an item, or names a film and a show. `is_not_found`
/// when plex.tv does not know it. Otherwise the errors of the lookup.
pub(crate) async fn rating_key(client: &Client, item: ItemId) -> Result<String, Error> {
    let (id, kind) = match item.named()? {
        Named::Key(key) => return Ok(key),
        Named::External(id, kind) => (id, kind),
    };
    if let Some(kind) = kind {
        return client.find(id, kind).await.map(|item| item.rating_key);
    }
    let guid = id.checked()?;
    let movie = matching(client, &guid, Kind::Movie).await?;
    if let Some(movie) = &movie
        && id.is_unique()
    {
        return Ok(movie.rating_key.clone());
    }
    match (movie, matching(client, &guid, Kind::Show).await?) {
        (Some(_), Some(_)) => {
            Err(Error::invalid_input(format!("{guid} is a movie and a show; give the kind too: `(id, Kind::Movie)`")))
        }
        (Some(item), None) | (None, Some(item)) => Ok(item.rating_key),
        (None, None) => Err(not_found("movie or show", &guid)),
    }
}

/// Returns the item of this kind with the guid. If a reply lists the ids of an item, the guid must
/// be among them.
async fn matching(client: &Client, guid: &str, kind: Kind) -> Result<Option<DiscoverMetadata>, Error> {
    let call = client.discover().match_metadata().guid(guid).type_(kind.number()).include_guids(true);
    let items = call.send().await?.media_container.metadata;
    let wanted = MetadataType::from(kind.as_str());
    let is_of_kind = |item: &DiscoverMetadata| item.type_.as_ref().is_none_or(|kind| *kind == wanted);
    let has_guid = |item: &DiscoverMetadata| item.guids.iter().any(|known| known.id.as_deref() == Some(guid));
    let mut items: Vec<DiscoverMetadata> = items.into_iter().filter(is_of_kind).collect();
    let place = items.iter().position(has_guid).or_else(|| items.iter().position(|item| item.guids.is_empty()));
    Ok(place.map(|place| items.swap_remove(place)))
}

fn not_found(what: &str, guid: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("plex.tv knows no {what} with the id {guid}"))
}
