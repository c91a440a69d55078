//! Names the libraries of a server.

use crate::{
    Choice, Client, Error, ErrorKind, Server, printable,
    v2::types::{ServerInfo, SharedLibrary},
};

/// The most titles that an error lists.
const MOST_TITLES: usize = 40;

/// A library of a server.
///
/// A text converts to a title: `share.add_library("TV Shows")`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Library {
    /// The library with this title. The comparison is case-sensitive.
    Title(String),
    /// The library with this key on the server itself, as in `/library/sections/2`.
    Key(i64),
    /// The library with this id at plex.tv, which is [`SharedLibrary::id`].
    Id(i64),
}

/// All libraries of a server, or the listed ones.
///
/// plex.tv reads an empty list as "all libraries". Therefore only `Libraries::All` shares all of
/// them, and an empty list fails with `is_invalid_input` before anything is sent.
///
/// ```
/// use plex_tv_sdk::{Libraries, Library};
///
/// let all = Libraries::All;
/// let two = Libraries::titled(["Movies", "TV Shows"]);
/// let same = Libraries::keys([1, 2]);
/// let mixed = Libraries::these([Library::from("Movies"), Library::Key(2)]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Libraries {
    /// All libraries, including later ones.
    All,
    /// These libraries and no others.
    These(Vec<Library>),
}

impl Libraries {
    /// These libraries and no others.
    pub fn these(libraries: impl IntoIterator<Item = Library>) -> Self {
        Self::These(libraries.into_iter().collect())
    }

    /// The libraries with these titles.
    pub fn titled(titles: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::These(titles.into_iter().map(|title| Library::Title(title.into())).collect())
    }

    /// The libraries with these keys on the server itself.
    pub fn keys(keys: impl IntoIterator<Item = i64>) -> Self {
        Self::These(keys.into_iter().map(Library::Key).collect())
    }
}

impl From<&str> for Library {
    fn from(title: &str) -> Self {
        Self::Title(title.to_owned())
    }
}

impl From<String> for Library {
    fn from(title: String) -> Self {
        Self::Title(title)
    }
}

impl From<&SharedLibrary> for Library {
    fn from(library: &SharedLibrary) -> Self {
        Self::Id(library.id)
    }
}

impl Server {
    /// Lists the libraries of the server, as plex.tv knows them.
    ///
    /// Their `id` differs from their `key`, which is the number on the server itself.
    ///
    /// ```no_run
    /// # async fn example(server: plex_tv_sdk::Server) -> Result<(), plex_tv_sdk::Error> {
    /// use plex_tv_sdk::printable;
    ///
    /// for library in server.libraries().await? {
    ///     println!("{:?}: {}", library.key, printable(&library.title.unwrap_or_default()));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `is_not_found` when the user does not own the server, and the errors of any call.
    ///
    /// Calls `GET /api/v2/servers/{machineIdentifier}`.
    pub async fn libraries(&self) -> Result<Vec<SharedLibrary>, Error> {
        libraries_of(self.client(), self.machine_identifier()).await
    }

    /// # Errors
    /// `is_invalid_input` when the server is known to belong to somebody else.
    pub(super) fn check_owned(&self) -> Result<(), Error> {
        match self.resource().owned {
            Some(false) => {
                Err(Error::invalid_input("the server belongs to somebody else, and only its owner can share it"))
            }
            _ => Ok(()),
        }
    }
}

pub(super) async fn libraries_of(client: &Client, machine_identifier: &str) -> Result<Vec<SharedLibrary>, Error> {
    let ServerInfo { library_sections, .. } = client.v2().get_server(machine_identifier).send().await?;
    Ok(library_sections)
}

/// Does the checks that are possible before anything is sent.
///
/// # Errors
/// `is_invalid_input` when no library is named, or a title is empty.
pub(super) fn check(libraries: &Libraries) -> Result<(), Error> {
    let Libraries::These(named) = libraries else { return Ok(()) };
    let is_nothing = |library: &Library| matches!(library, Library::Title(title) if title.trim().is_empty());
    if named.is_empty() {
        let message =
            "no library is named, which plex.tv would read as all; use `Libraries::All`, or name at least one";
        return Err(Error::invalid_input(message));
    }
    if named.iter().any(is_nothing) {
        return Err(Error::invalid_input("the title of a library is empty"));
    }
    Ok(())
}

/// Finds the named libraries among those of the server.
pub(super) fn resolve(libraries: &Libraries, known: &[SharedLibrary]) -> Result<Choice<SharedLibrary>, Error> {
    let Libraries::These(named) = libraries else { return Ok(Choice::All) };
    let mut found: Vec<SharedLibrary> = Vec::new();
    for library in named {
        let library = find(library, known)?;
        if !found.iter().any(|other| other.id == library.id) {
            found.push(library.clone());
        }
    }
    Ok(Choice::these(found))
}

fn find<'a>(library: &Library, known: &'a [SharedLibrary]) -> Result<&'a SharedLibrary, Error> {
    let is_meant = |other: &&SharedLibrary| match library {
        Library::Title(title) => other.title.as_deref() == Some(title),
        Library::Key(key) => other.key == Some(*key),
        Library::Id(id) => other.id == *id,
    };
    let mut found = known.iter().filter(is_meant);
    match (found.next(), found.next()) {
        (Some(library), None) => Ok(library),
        (None, _) => Err(unknown(library, known)),
        (Some(_), Some(_)) => Err(ambiguous(library, known.iter().filter(is_meant))),
    }
}

fn unknown(library: &Library, known: &[SharedLibrary]) -> Error {
    let titles: Vec<String> = known.iter().take(MOST_TITLES).map(described).collect();
    let more = known.len().saturating_sub(MOST_TITLES);
    let more = if more == 0 { String::new() } else { format!(", and {more} more") };
    let has = if titles.is_empty() { "none".to_owned() } else { titles.join(", ") };
    Error::new(ErrorKind::UnknownLibrary, format!("the server has no library {}; it has {has}{more}", named(library)))
}

fn ambiguous<'a>(library: &Library, found: impl Iterator<Item = &'a SharedLibrary>) -> Error {
    let libraries: Vec<String> = found.take(MOST_TITLES).map(described).collect();
    let message =
        format!("the server has several libraries {}; name one by its key: {}", named(library), libraries.join(", "));
    Error::new(ErrorKind::AmbiguousLibrary, message)
}

fn named(library: &Library) -> String {
    match library {
        Library::Title(title) => format!("titled \"{}\"", printable(title)),
        Library::Key(key) => format!("with the key {key}"),
        Library::Id(id) => format!("with the id {id}"),
    }
}

fn described(library: &SharedLibrary) -> String {
    let title = printable(library.title.as_deref().unwrap_or("a library without a title"));
    library.key.map_or_else(|| format!("\"{title}\""), |key| format!("\"{title}\" (key {key})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn libraries(titles: &[&str]) -> Vec<SharedLibrary> {
        let row = |(index, title): (usize, &&str)| {
            serde_json::from_value(serde_json::json!({"id": 100 + index, "key": 1 + index, "title": title})).unwrap()
        };
        titles.iter().enumerate().map(row).collect()
    }

    fn ids(chosen: Choice<SharedLibrary>) -> Vec<i64> {
        match chosen {
            Choice::All => Vec::new(),
            Choice::These(libraries) => libraries.iter().map(|library| library.id).collect(),
        }
    }

    #[test]
    fn libraries_are_found_once_each_by_title_key_and_id() {
        let known = libraries(&["Movies", "TV Shows", "Music"]);
        let mixed =
            Libraries::these([Library::from("TV Shows"), Library::Key(1), Library::Id(102), Library::from("Movies")]);

        assert_eq!(ids(resolve(&mixed, &known).unwrap()), [101, 100, 102]);
        assert_eq!(ids(resolve(&Libraries::titled(["Music"]), &known).unwrap()), [102]);
        assert!(matches!(resolve(&Libraries::All, &known).unwrap(), Choice::All));
    }

    #[test]
    fn the_error_for_an_unknown_library_lists_the_known_ones() {
        let known = libraries(&["Movies", "TV\u{1b}[2J"]);

        let error = resolve(&Libraries::titled(["movies"]), &known).unwrap_err();

        assert!(error.is_unknown_library() && !error.is_invalid_input());
        assert_eq!(
            error.to_string(),
            "the server has no library titled \"movies\"; it has \"Movies\" (key 1), \"TV�[2J\" (key 2)"
        );
        for odd in [Library::Key(101), Library::Id(1), Library::Key(0)] {
            assert!(resolve(&Libraries::these([odd]), &known).unwrap_err().is_unknown_library());
        }
        let many = libraries(&["Movies"; 1000]);
        let error = resolve(&Libraries::titled(["Shows"]), &many).unwrap_err().to_string();
        assert!(error.ends_with(", and 960 more") && error.len() < 2000, "{error}");
        assert!(resolve(&Libraries::keys([1]), &[]).unwrap_err().to_string().ends_with("it has none"));
    }

    #[test]
    fn the_error_for_an_ambiguous_title_lists_the_keys() {
        let known = libraries(&["Movies", "Music", "Movies"]);

        let error = resolve(&Libraries::titled(["Movies"]), &known).unwrap_err();

        assert!(error.is_ambiguous_library());
        assert!(error.to_string().ends_with("name one by its key: \"Movies\" (key 1), \"Movies\" (key 3)"), "{error}");
        assert_eq!(ids(resolve(&Libraries::keys([3]), &known).unwrap()), [102]);
    }

    #[test]
    fn an_empty_list_never_means_all() {
        for nothing in [Libraries::these([]), Libraries::titled([""; 0]), Libraries::titled(["Movies", " "])] {
            assert!(check(&nothing).unwrap_err().is_invalid_input(), "{nothing:?}");
        }
        assert!(check(&Libraries::All).is_ok() && check(&Libraries::titled(["Movies"])).is_ok());
    }
}
