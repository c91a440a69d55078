//! The ways to name an item of the catalogue.

use super::{external_id::ExternalId, kind::Kind};
use crate::{Error, discover::types::DiscoverMetadata};

/// The length of a key of plex.tv's catalogue, in hexadecimal digits.
const KEY_LENGTH: usize = 24;

/// Names an item of plex.tv's catalogue. Calls that act on an item accept anything that converts to
/// it:
///
/// - an item, such as one that [`crate::Client::find`] returns;
/// - a guid of plex.tv, such as `plex://movie/5d776be17a53e9001e732ab9`, or the key at its end;
/// - an [`ExternalId`], with or without its [`Kind`]. The item is looked up first.
///
/// The key of an item on a media server is a different one. Servers return plex.tv's guid as
/// `guid`.
///
/// ```no_run
/// # async fn example(client: plex_tv_sdk::Client) -> Result<(), plex_tv_sdk::Error> {
/// use plex_tv_sdk::{ExternalId, Kind};
///
/// let item = client.find(ExternalId::imdb("tt0133093"), Kind::Movie).await?;
/// client.watchlist().add(&item).await?;
/// client.watchlist().add("plex://movie/5d776be17a53e9001e732ab9").await?;
/// client.watchlist().add(ExternalId::imdb("tt0133093")).await?;
/// client.watchlist().add((ExternalId::tmdb(603), Kind::Movie)).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ItemId(pub(super) Form);

/// What the caller passed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Form {
    /// A text that has not been checked yet.
    Text(String),
    External(ExternalId, Option<Kind>),
}

/// A checked [`ItemId`].
pub(super) enum Named {
    Key(String),
    External(ExternalId, Option<Kind>),
}

impl ItemId {
    /// Checks the item, and parses it if it is a text.
    ///
    /// # Errors
    /// `is_invalid_input` when it does not name an item.
    pub(super) fn named(self) -> Result<Named, Error> {
        let text = match self.0 {
            Form::External(id, kind) => {
                id.checked()?;
                return Ok(Named::External(id, kind));
            }
            Form::Text(text) => text,
        };
        if is_key(&text) {
            return Ok(Named::Key(text));
        }
        let refuse = |why: &str| Err(Error::invalid_input(format!("the item {why}")));
        match text.split_once("://") {
            Some(("plex", rest)) => match rest.split_once('/') {
                Some((kind, key)) if !kind.is_empty() && kind.bytes().all(is_letter) && is_key(key) => {
                    Ok(Named::Key(key.to_owned()))
                }
                _ => refuse("has a guid that is not of the form plex://movie/ and 24 hexadecimal digits"),
            },
            Some(_) => Ok(Named::External(text.parse()?, None)),
            None if text.is_empty() => refuse("is empty"),
            None if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                refuse("has the key of a media server; plex.tv takes its guid, which begins with plex://")
            }
            None => refuse(
                "is named by none of: a guid, as in plex://movie/…; a key of 24 hexadecimal digits; an id of another \
                 catalogue, as in imdb://tt0133093",
            ),
        }
    }
}

fn is_key(text: &str) -> bool {
    text.len() == KEY_LENGTH && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_lowercase()
}

impl From<&str> for ItemId {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<String> for ItemId {
    fn from(text: String) -> Self {
        Self(Form::Text(text))
    }
}

impl From<&String> for ItemId {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&DiscoverMetadata> for ItemId {
    fn from(item: &DiscoverMetadata) -> Self {
        Self::from(item.rating_key.as_str())
    }
}

impl From<DiscoverMetadata> for ItemId {
    fn from(item: DiscoverMetadata) -> Self {
        Self::from(item.rating_key)
    }
}

impl From<ExternalId> for ItemId {
    fn from(id: ExternalId) -> Self {
        Self(Form::External(id, None))
    }
}

impl From<&ExternalId> for ItemId {
    fn from(id: &ExternalId) -> Self {
        Self::from(id.clone())
    }
}

impl From<(ExternalId, Kind)> for ItemId {
    fn from((id, kind): (ExternalId, Kind)) -> Self {
        Self(Form::External(id, Some(kind)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "5d776be17a53e9001e732ab9";

    #[test]
    fn a_key_and_a_guid_name_the_same_item() {
        for text in [KEY.to_owned(), format!("plex://movie/{KEY}"), format!("plex://episode/{KEY}")] {
            assert!(matches!(ItemId::from(&text).named(), Ok(Named::Key(key)) if key == KEY), "{text}");
        }
        let external = ItemId::from("tmdb://603").named();
        assert!(matches!(external, Ok(Named::External(id, None)) if id == ExternalId::tmdb(603)));
    }

    #[test]
    fn a_text_that_names_no_item_is_refused_without_being_repeated() {
        let upper = format!("PLEX://movie/{KEY}");
        let long = format!("{KEY}0");
        let paths = [format!("plex://movie/{KEY}/children"), format!("plex:///{KEY}"), format!("plex://{KEY}")];
        let more =
            [format!("plex://movie/../{KEY}"), format!("plex://movie/{KEY}?x=1"), format!(" plex://movie/{KEY}")];
        let texts = [
            "",
            " ",
            "227117",
            "local://227117",
            "com.plexapp.agents.imdb://tt0133093?lang=en",
            "CANARY",
            "plex://",
            "imdb://CANARY",
        ];
        let all = texts.into_iter().chain([upper.as_str(), &long]).map(str::to_owned).chain(paths).chain(more);
        for text in all {
            let Err(error) = ItemId::from(text.as_str()).named() else { panic!("{text}") };
            assert!(error.is_invalid_input() && !error.to_string().contains("CANARY"), "{text}: {error}");
        }
        assert!(ItemId::from(ExternalId::imdb("603")).named().is_err());
    }
}
