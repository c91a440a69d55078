//! What of a shared library a person sees.

use std::{borrow::Cow, collections::BTreeMap};

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::Error;

/// Characters that have a meaning in the text of a filter. Clients in use send all others as they
/// are.
const SPECIAL: &AsciiSet = &CONTROLS.add(b'%').add(b'|').add(b'&').add(b'=').add(b'+').add(b'#').add(b',');

/// Which items of shared libraries a person sees, by content rating and by label.
///
/// An item is shown when it has one of the ratings and one of the labels that are named, and none
/// of those that are left out. A list that is not named does not matter.
///
/// An empty list would hide nothing, so plex.tv is never sent one: a call that takes the filter
/// fails with `is_invalid_input`. [`Filter::none`] says aloud that nothing is hidden.
///
/// ```
/// use plex_tv_sdk::Filter;
///
/// let filter = Filter::ratings(["G", "PG"]).without_labels(["Private"]);
///
/// assert_eq!(filter.to_text()?, "contentRating=G%2CPG|label!=Private");
/// assert_eq!(Filter::parse("contentRating=G,PG&label!=Private"), filter);
/// assert_eq!(Filter::none().to_text()?, "");
/// assert!(Filter::labels([""; 0]).to_text().unwrap_err().is_invalid_input());
/// # Ok::<(), plex_tv_sdk::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Filter {
    /// A key that is there with no values is a mistake of the caller.
    lists: BTreeMap<Key, Vec<String>>,
    /// Groups of other keys, as they came. They are kept.
    others: Vec<String>,
}

/// The lists of a filter, in the order in which they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Ratings,
    HiddenRatings,
    Labels,
    HiddenLabels,
}

impl Key {
    const ALL: [Self; 4] = [Self::Ratings, Self::HiddenRatings, Self::Labels, Self::HiddenLabels];

    fn name(self) -> &'static str {
        match self {
            Self::Ratings => "contentRating",
            Self::HiddenRatings => "contentRating!",
            Self::Labels => "label",
            Self::HiddenLabels => "label!",
        }
    }
}

impl Filter {
    /// Nothing is hidden.
    pub fn none() -> Self {
        Self::default()
    }

    /// Shows what has one of these content ratings, as in `G` or `TV-PG`.
    pub fn ratings(ratings: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::none().and_ratings(ratings)
    }

    /// Shows what has one of these labels.
    pub fn labels(labels: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::none().and_labels(labels)
    }

    /// Of what is shown so far, shows what has one of these content ratings. A second list is added
    /// to the first.
    pub fn and_ratings(self, ratings: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.with(Key::Ratings, ratings)
    }

    /// Of what is shown so far, shows what has one of these labels. A second list is added to the
    /// first.
    pub fn and_labels(self, labels: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.with(Key::Labels, labels)
    }

    /// Hides what has one of these content ratings.
    pub fn without_ratings(self, ratings: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.with(Key::HiddenRatings, ratings)
    }

    /// Hides what has one of these labels.
    pub fn without_labels(self, labels: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.with(Key::HiddenLabels, labels)
    }

    pub(super) fn with(mut self, key: Key, values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let list = self.lists.entry(key).or_default();
        for value in values.into_iter().map(Into::into) {
            if !list.contains(&value) {
                list.push(value);
            }
        }
        self
    }

    /// Takes a value out. The list goes with its last value.
    pub(super) fn without(mut self, key: Key, value: &str) -> Self {
        if let Some(list) = self.lists.get_mut(&key) {
            list.retain(|known| known != value);
            if list.is_empty() {
                self.lists.remove(&key);
            }
        }
        self
    }

    pub(super) fn values(&self, key: Key) -> &[String] {
        self.lists.get(&key).map_or(&[], Vec::as_slice)
    }

    /// The content ratings that are shown. Empty when they do not matter.
    pub fn shown_ratings(&self) -> &[String] {
        self.values(Key::Ratings)
    }

    /// The labels that are shown. Empty when they do not matter.
    pub fn shown_labels(&self) -> &[String] {
        self.values(Key::Labels)
    }

    /// The content ratings that are hidden.
    pub fn hidden_ratings(&self) -> &[String] {
        self.values(Key::HiddenRatings)
    }

    /// The labels that are hidden.
    pub fn hidden_labels(&self) -> &[String] {
        self.values(Key::HiddenLabels)
    }

    /// Is nothing hidden?
    pub fn is_none(&self) -> bool {
        self.lists.is_empty() && self.others.is_empty()
    }

    /// Reads the text of plex.tv: groups separated by `|` or `&`, and in each a key and its values,
    /// separated by `%2C` or `,`. A group that is not known is kept as it is.
    pub fn parse(text: &str) -> Self {
        let groups = text.split(['|', '&']).filter(|group| !group.is_empty());
        groups.fold(Self::none(), |filter, group| {
            let known = group.split_once('=').and_then(|(name, values)| {
                let key = Key::ALL.into_iter().find(|key| key.name() == name)?;
                Some((key, percent_decode_str(values).decode_utf8().ok()?))
            });
            match known {
                Some((key, values)) => filter.with_values(key, &values),
                None => filter.with_other(group),
            }
        })
    }

    fn with_values(self, key: Key, values: &str) -> Self {
        let mut values = values.split(',').filter(|value| !value.is_empty()).peekable();
        // A list without values hides nothing.
        if values.peek().is_none() { self } else { self.with(key, values) }
    }

    fn with_other(mut self, group: &str) -> Self {
        self.others.push(group.to_owned());
        self
    }

    /// The text that plex.tv takes.
    ///
    /// # Errors
    /// `is_invalid_input` when a list is empty, or when a value is empty or has a comma or a
    /// control character, which the text cannot express.
    pub fn to_text(&self) -> Result<String, Error> {
        let mut groups = Vec::new();
        for (key, values) in &self.lists {
            let values: Vec<Cow<'_, str>> = values.iter().map(|value| encoded(value)).collect::<Result<_, _>>()?;
            if values.is_empty() {
                let message = "a list of the filter is empty and would hide nothing; name at least one value, or say \
                               `Filter::none()`";
                return Err(Error::invalid_input(message));
            }
            groups.push(format!("{}={}", key.name(), values.join("%2C")));
        }
        groups.extend_from_slice(&self.others);
        Ok(groups.join("|"))
    }

    /// The same for music, for which plex.tv knows labels only.
    pub(super) fn to_music_text(&self) -> Result<String, Error> {
        if self.lists.contains_key(&Key::Ratings) || self.lists.contains_key(&Key::HiddenRatings) {
            return Err(Error::invalid_input("music has no content ratings; filter it by labels"));
        }
        self.to_text()
    }
}

fn encoded(value: &str) -> Result<Cow<'_, str>, Error> {
    let refuse = |why| Err(Error::invalid_input(format!("a rating or label of the filter {why}")));
    match value {
        value if value.trim().is_empty() => refuse("is empty"),
        value if value.contains(',') => refuse("has a comma, which separates values in a filter"),
        value if value.contains(char::is_control) => refuse("has a control character"),
        value => Ok(utf8_percent_encode(value, SPECIAL).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_written_and_read_back() {
        let cases = [
            (Filter::none(), ""),
            (Filter::ratings(["G", "PG"]), "contentRating=G%2CPG"),
            (Filter::ratings(["de/12"]), "contentRating=de/12"),
            (Filter::labels(["Kids", "Family"]).without_ratings(["R"]), "contentRating!=R|label=Kids%2CFamily"),
            (Filter::ratings(["G"]).and_labels(["Kids"]), "contentRating=G|label=Kids"),
            (Filter::none().without_labels(["My Own"]), "label!=My Own"),
            (Filter::labels(["a|b&c=d", "100%", "R+B", "#1"]), "label=a%7Cb%26c%3Dd%2C100%25%2CR%2BB%2C%231"),
            (Filter::labels(["Kinder-Ü"]), "label=Kinder-%C3%9C"),
        ];

        for (filter, text) in cases {
            assert_eq!(filter.to_text().unwrap(), text);
            assert_eq!(Filter::parse(text), filter, "{text}");
        }
    }

    #[test]
    fn other_spellings_of_plex_tv_are_read() {
        let filter =
            Filter::parse("contentRating=G,PG&label=Kids%2CFamily&label=Kids%2CSchool&label!=&contentRating!=");

        assert_eq!(filter, Filter::ratings(["G", "PG"]).and_labels(["Kids", "Family", "School"]));
        assert_eq!(filter.shown_labels(), ["Kids", "Family", "School"]);
        assert_eq!((filter.hidden_labels(), filter.hidden_ratings()), (&[][..], &[][..]));
    }

    #[test]
    fn groups_that_are_not_known_survive_a_change() {
        let filter = Filter::parse("genre=Horror%2CWar|label=Kids|odd|label=%FF").and_labels(["Family"]);

        assert_eq!(filter.to_text().unwrap(), "label=Kids%2CFamily|genre=Horror%2CWar|odd|label=%FF");
        assert!(!filter.is_none() && Filter::parse("").is_none());
    }

    #[test]
    fn what_would_hide_nothing_or_cannot_be_written_is_refused() {
        let nothing: [&str; 0] = [];
        let bad = [
            Filter::ratings(nothing),
            Filter::labels(nothing),
            Filter::none().without_labels(nothing),
            Filter::ratings(["G"]).without_ratings(nothing),
            Filter::labels([""]),
            Filter::labels(["Kids", " "]),
            Filter::labels(["Kids, Family"]),
            Filter::labels(["Kids\n"]),
        ];

        for filter in bad {
            assert!(filter.to_text().unwrap_err().is_invalid_input(), "{filter:?}");
        }
        assert!(Filter::ratings(["G"]).to_music_text().unwrap_err().is_invalid_input());
        assert_eq!(Filter::labels(["Kids"]).to_music_text().unwrap(), "label=Kids");
    }
}
