//! Filters for what a person sees of a shared library.

use std::{borrow::Cow, collections::BTreeMap};

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::Error;

/// Characters with a special meaning in a filter text. Existing clients send all others as they
/// are.
const SPECIAL: &AsciiSet = &CONTROLS.add(b'%').add(b'|').add(b'&').add(b'=').add(b'+').add(b'#').add(b',');

/// Selects which items of shared libraries a person sees, by content rating and by label.
///
/// An item is shown when it has one of the shown ratings, one of the shown labels, and none of the
/// hidden ones. A list that is not given does not restrict anything.
///
/// An empty list would hide nothing, so it is never sent: a call that takes such a filter fails
/// with `is_invalid_input`. To hide nothing on purpose, use [`Filter::none`].
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
    /// A key without values is a mistake of the caller.
    lists: BTreeMap<Key, Vec<String>>,
    /// Groups with unknown keys, kept unchanged.
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
    /// A filter that hides nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// Shows only items with one of these content ratings, such as `G` or `TV-PG`.
    pub fn ratings(ratings: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::none().and_ratings(ratings)
    }

    /// Shows only items with one of these labels.
    pub fn labels(labels: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::none().and_labels(labels)
    }

    /// Further restricts the shown items to those with one of these content ratings. A second list
    /// is added to the first.
    pub fn and_ratings(self, ratings: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.with(Key::Ratings, ratings)
    }

    /// Further restricts the shown items to those with one of these labels. A second list is added
    /// to the first.
    pub fn and_labels(self, labels: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.with(Key::Labels, labels)
    }

    /// Hides items with one of these content ratings.
    pub fn without_ratings(self, ratings: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.with(Key::HiddenRatings, ratings)
    }

    /// Hides items with one of these labels.
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

    /// Removes a value. The list is removed with its last value.
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

    /// The content ratings that are shown. Empty when ratings do not restrict what is shown.
    pub fn shown_ratings(&self) -> &[String] {
        self.values(Key::Ratings)
    }

    /// The labels that are shown. Empty when labels do not restrict what is shown.
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

    /// Whether nothing is hidden.
    pub fn is_none(&self) -> bool {
        self.lists.is_empty() && self.others.is_empty()
    }

    /// Parses a filter text from plex.tv: groups separated by `|` or `&`, each with a key and its
    /// values, which are separated by `%2C` or `,`. Unknown groups are kept as they are. Some
    /// clients do not encode values: an `&` that no key follows belongs to a value, as in
    /// `label=R&B`.
    pub fn parse(text: &str) -> Self {
        let groups = text.split('|').flat_map(split_at_keys).filter(|group| !group.is_empty());
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

    /// Returns the filter text for plex.tv.
    ///
    /// # Errors
    /// `is_invalid_input` when a list is empty, or when a value is empty or contains a comma or a
    /// control character, which the text cannot express.
    pub fn to_text(&self) -> Result<String, Error> {
        let mut groups = Vec::new();
        for (key, values) in &self.lists {
            let values: Vec<Cow<'_, str>> = values.iter().map(|value| encoded(value)).collect::<Result<_, _>>()?;
            if values.is_empty() {
                let message = "a list of the filter is empty and would hide nothing; give at least one value, or use \
                               `Filter::none()`";
                return Err(Error::invalid_input(message));
            }
            groups.push(format!("{}={}", key.name(), values.join("%2C")));
        }
        groups.extend_from_slice(&self.others);
        Ok(groups.join("|"))
    }

    /// The same for music, for which plex.tv only supports labels.
    pub(super) fn to_music_text(&self) -> Result<String, Error> {
        if self.lists.contains_key(&Key::Ratings) || self.lists.contains_key(&Key::HiddenRatings) {
            return Err(Error::invalid_input("music has no content ratings; filter it by labels"));
        }
        self.to_text()
    }
}

/// Splits a text at each `&` that a key follows, or nothing.
fn split_at_keys(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let ends = text.match_indices('&').map(|(at, _)| at);
        let end = ends.into_iter().find(|at| {
            let next = text.get(at + 1..).and_then(|after| after.split('&').next()).unwrap_or_default();
            next.is_empty() || next.contains('=')
        });
        let (group, after) = end.map_or((text, None), |at| (text.get(..at).unwrap_or_default(), text.get(at + 1..)));
        rest = after;
        Some(group)
    })
}

fn encoded(value: &str) -> Result<Cow<'_, str>, Error> {
    let refuse = |why| Err(Error::invalid_input(format!("a rating or label of the filter {why}")));
    match value {
        value if value.trim().is_empty() => refuse("is empty"),
        value if value.contains(',') => refuse("contains a comma, which separates values in a filter"),
        value if value.contains(char::is_control) => refuse("contains a control character"),
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
    fn other_spellings_from_plex_tv_are_parsed() {
        let filter =
            Filter::parse("contentRating=G,PG&label=Kids%2CFamily&label=Kids%2CSchool&label!=&contentRating!=");

        assert_eq!(filter, Filter::ratings(["G", "PG"]).and_labels(["Kids", "Family", "School"]));
        assert_eq!(filter.shown_labels(), ["Kids", "Family", "School"]);
        for (text, labels) in [
            ("label=R&B", vec!["R&B"]),
            ("label=R&B,D&D&contentRating=G", vec!["R&B", "D&D"]),
            ("contentRating=G&label=100%", vec!["100%"]),
            ("label=Kids&&&", vec!["Kids"]),
            ("&label=Kids&|&|label=C++", vec!["Kids", "C++"]),
        ] {
            let filter = Filter::parse(text);
            assert_eq!(filter.shown_labels(), labels, "{text}");
            assert_eq!(Filter::parse(&filter.to_text().unwrap()), filter, "{text}");
            assert!(filter.others.is_empty(), "{text}");
        }
        assert_eq!((filter.hidden_labels(), filter.hidden_ratings()), (&[][..], &[][..]));
    }

    #[test]
    fn unknown_groups_survive_a_change() {
        let filter = Filter::parse("genre=Horror%2CWar|label=Kids|odd|label=%FF").and_labels(["Family"]);

        assert_eq!(filter.to_text().unwrap(), "label=Kids%2CFamily|genre=Horror%2CWar|odd|label=%FF");
        assert!(!filter.is_none() && Filter::parse("").is_none());
    }

    #[test]
    fn empty_lists_and_values_that_cannot_be_written_are_refused() {
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
