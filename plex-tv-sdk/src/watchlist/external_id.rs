//! Identifiers from other catalogues.

use std::{fmt, str::FromStr};

use crate::Error;

/// The most digits of an identifier. IMDb has eight today.
const MOST_DIGITS: usize = 12;

/// The identifier of a film or a show in another catalogue.
///
/// The call that takes it checks it before anything is sent.
///
/// ```
/// use plex_tv_sdk::ExternalId;
///
/// assert_eq!(ExternalId::imdb("tt0133093").to_string(), "imdb://tt0133093");
/// assert_eq!("tmdb://603".parse::<ExternalId>()?, ExternalId::tmdb(603));
/// # Ok::<(), plex_tv_sdk::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExternalId {
    catalogue: Catalogue,
    id: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Catalogue {
    Imdb,
    Tmdb,
    Tvdb,
}

impl Catalogue {
    fn as_str(self) -> &'static str {
        match self {
            Self::Imdb => "imdb",
            Self::Tmdb => "tmdb",
            Self::Tvdb => "tvdb",
        }
    }
}

impl ExternalId {
    /// An identifier of IMDb, such as `tt0133093`.
    pub fn imdb(id: impl Into<String>) -> Self {
        Self { catalogue: Catalogue::Imdb, id: id.into() }
    }

    /// A number of The Movie Database, such as 603. A film and a show can have the same number.
    pub fn tmdb(id: impl ToString) -> Self {
        Self { catalogue: Catalogue::Tmdb, id: id.to_string() }
    }

    /// A number of TheTVDB, such as 70001. A film and a show can have the same number.
    pub fn tvdb(id: impl ToString) -> Self {
        Self { catalogue: Catalogue::Tvdb, id: id.to_string() }
    }

    /// Whether the identifier names one item across all kinds.
    pub(super) fn is_unique(&self) -> bool {
        self.catalogue == Catalogue::Imdb
    }

    /// Returns the text for plex.tv.
    ///
    /// # Errors
    /// `is_invalid_input` when the identifier does not have the form of its catalogue.
    pub(super) fn checked(&self) -> Result<String, Error> {
        let (digits, form) = match self.catalogue {
            Catalogue::Imdb => (self.id.strip_prefix("tt").unwrap_or_default(), "an IMDb id is tt and digits"),
            Catalogue::Tmdb => (self.id.as_str(), "a TMDB id is a number"),
            Catalogue::Tvdb => (self.id.as_str(), "a TVDB id is a number"),
        };
        let is_number = (1..=MOST_DIGITS).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        // The ids of IMDb are padded with zeros; a number has one spelling.
        let is_padded = self.catalogue != Catalogue::Imdb && digits.starts_with('0');
        if is_number && !is_padded && digits.bytes().any(|digit| digit != b'0') {
            return Ok(self.to_string());
        }
        Err(Error::invalid_input(format!("{form}, but this one has another form")))
    }
}

/// Writes the identifier as plex.tv does: `imdb://tt0133093`.
impl fmt::Display for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.catalogue.as_str(), self.id)
    }
}

/// Parses `imdb://tt0133093`, `tmdb://603` and `tvdb://70001`, as plex.tv writes them.
impl FromStr for ExternalId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (catalogue, id) = text.split_once("://").unwrap_or_default();
        let catalogues = [Catalogue::Imdb, Catalogue::Tmdb, Catalogue::Tvdb];
        let Some(catalogue) = catalogues.into_iter().find(|known| known.as_str() == catalogue) else {
            return Err(Error::invalid_input("an id of another catalogue begins with imdb://, tmdb:// or tvdb://"));
        };
        let id = Self { catalogue, id: id.to_owned() };
        id.checked().map(|_| id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_its_catalogue_cannot_have_is_refused() {
        for good in [
            ExternalId::imdb("tt0133093"),
            ExternalId::imdb("tt10000001"),
            ExternalId::tmdb("603"),
            ExternalId::tvdb(1),
        ] {
            assert_eq!(good.checked().unwrap(), good.to_string());
            assert_eq!(good.to_string().parse::<ExternalId>().unwrap(), good);
        }
        for bad in
            ["", "tt", "0133093", "tt0133093 ", "TT0133093", "tt013309x", "tt-1", "tt0000000", "tt١٢٣", "nm0000206"]
        {
            assert!(ExternalId::imdb(bad).checked().unwrap_err().is_invalid_input(), "{bad}");
        }
        for bad in ["", "tt1", "-1", "0", "0603", "+603", "1.5", "1e3", " 1", "1&type=2", &"1".repeat(13)] {
            assert!(ExternalId::tmdb(bad).checked().unwrap_err().is_invalid_input(), "{bad}");
            assert!(ExternalId::tvdb(bad).checked().unwrap_err().is_invalid_input(), "{bad}");
        }
        assert!(ExternalId::tmdb(-603).checked().is_err() && ExternalId::tvdb(1.5).checked().is_err());
    }

    #[test]
    fn texts_without_a_known_catalogue_are_refused() {
        for bad in ["", "tt0133093", "imdb:tt0133093", "plex://movie/1", "IMDB://tt0133093", "imdb://", "tmdb://tt1"] {
            assert!(bad.parse::<ExternalId>().unwrap_err().is_invalid_input(), "{bad}");
        }
    }
}
