//! The made-up films, shows and people that the providers serve. Every field is computed from the
//! number of the item.

use serde_json::{Value, json};

/// An item of the catalogue: a film or a show, numbered from 1, or a part of a show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Item {
    Movie(u16),
    Show(u16),
    Season(u16, u8),
    Episode(u16, u8, u8),
}

pub(crate) const SIZE: u16 = 300;
const SEASONS: u8 = 2;
const EPISODES: u8 = 3;

/// All films and shows, in order. Every tenth item is a show.
pub(crate) fn titles() -> impl Iterator<Item = Item> {
    (1..=SIZE).map(|number| if number % 10 == 5 { Item::Show(number) } else { Item::Movie(number) })
}

impl Item {
    /// Returns the item with this `ratingKey`.
    pub(crate) fn by_key(key: &str) -> Option<Self> {
        // `get` returns `None` where a slice would cut a character in two.
        let digits = |from: usize, to: usize| key.get(from..to).and_then(|part| u64::from_str_radix(part, 16).ok());
        let found = titles().find(|item| item.number() == digits(6, 14).unwrap_or_default())?;
        let season = u8::try_from(digits(14, 19)?).ok()?;
        let episode = u8::try_from(digits(19, 24)?).ok()?;
        let item = match (found, season, episode) {
            (found, 0, 0) => found,
            (Self::Show(show), 1..=SEASONS, 0) => Self::Season(show, season),
            (Self::Show(show), 1..=SEASONS, 1..=EPISODES) => Self::Episode(show, season, episode),
            _ => return None,
        };
        (item.key() == key).then_some(item)
    }

    /// Returns the item with this `plex://`, `imdb://`, `tmdb://` or `tvdb://` id.
    pub(crate) fn by_guid(guid: &str) -> Option<Self> {
        if guid.starts_with("plex://") {
            return Self::by_key(guid.rsplit('/').next()?);
        }
        titles().find(|item| item.guids().iter().any(|known| known == guid))
    }

    fn number(self) -> u64 {
        let (Self::Movie(number) | Self::Show(number) | Self::Season(number, _) | Self::Episode(number, ..)) = self;
        u64::from(number)
    }

    fn place(self) -> (u8, u8) {
        match self {
            Self::Movie(_) | Self::Show(_) => (0, 0),
            Self::Season(_, season) => (season, 0),
            Self::Episode(_, season, episode) => (season, episode),
        }
    }

    pub(crate) fn key(self) -> String {
        let (season, episode) = self.place();
        format!("5d7760{:08x}{season:05x}{episode:05x}", self.number())
    }

    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Movie(_) => "movie",
            Self::Show(_) => "show",
            Self::Season(..) => "season",
            Self::Episode(..) => "episode",
        }
    }

    pub(crate) fn guid(self) -> String {
        format!("plex://{}/{}", self.kind(), self.key())
    }

    pub(crate) fn title(self) -> String {
        match self {
            Self::Movie(number) => format!("Example Movie {number}"),
            Self::Show(number) => format!("Example Show {number}"),
            Self::Season(_, season) => format!("Season {season}"),
            Self::Episode(_, _, episode) => format!("Episode {episode}"),
        }
    }

    /// A year from 1970 to 2019. Neighbours never share one.
    pub(crate) fn year(self) -> u64 {
        1970 + self.number() * 7 % 50
    }

    /// The release date, as `2019-04-11`. The last ten items of the catalogue are not released yet.
    pub(crate) fn released_on(self) -> String {
        let number = self.number();
        let year = if number > u64::from(SIZE) - 10 { 2190 } else { self.year() };
        format!("{year}-{:02}-{:02}", number % 12 + 1, number % 28 + 1)
    }

    /// The critic rating times ten.
    pub(crate) fn rating_tenths(self) -> u64 {
        30 + self.number() * 13 % 69
    }

    /// Whether any service streams it.
    pub(crate) fn is_available(self) -> bool {
        !self.number().is_multiple_of(3)
    }

    fn guids(self) -> [String; 3] {
        let number = self.number();
        [format!("imdb://tt{number:07}"), format!("tmdb://{}", 600 + number), format!("tvdb://{}", 70_000 + number)]
    }

    pub(crate) fn children(self) -> Vec<Self> {
        match self {
            Self::Show(show) => (1..=SEASONS).map(|season| Self::Season(show, season)).collect(),
            Self::Season(show, season) => (1..=EPISODES).map(|episode| Self::Episode(show, season, episode)).collect(),
            Self::Movie(_) | Self::Episode(..) => Vec::new(),
        }
    }

    fn parent(self) -> Option<Self> {
        match self {
            Self::Movie(_) | Self::Show(_) => None,
            Self::Season(show, _) => Some(Self::Show(show)),
            Self::Episode(show, season, _) => Some(Self::Season(show, season)),
        }
    }

    /// Whether it is a season or an episode of the other.
    pub(crate) fn is_within(self, other: Self) -> bool {
        self.parent().is_some_and(|parent| parent == other || parent.is_within(other))
    }

    /// The item as a row of a list.
    pub(crate) fn to_value(self) -> Value {
        let key = self.key();
        let mut row = json!({
            "ratingKey": key,
            "key": format!("/library/metadata/{key}"),
            "guid": self.guid(),
            "type": self.kind(),
            "title": self.title(),
            "slug": format!("{}-{key}", self.title().to_lowercase().replace(' ', "-")),
            "year": self.year(),
            "originallyAvailableAt": self.released_on(),
            "rating": self.rating_tenths() as f64 / 10.0,
            "contentRating": if self.number().is_multiple_of(2) { "PG" } else { "R" },
            "addedAt": 1_700_000_000 + self.number(),
        });
        if !matches!(self, Self::Show(_) | Self::Season(..)) {
            row["duration"] = json!(60_000 * (80 + self.number() % 60));
        }
        if let Self::Season(_, index) | Self::Episode(_, _, index) = self {
            row["index"] = json!(index);
        }
        if let Self::Show(_) = self {
            row["childCount"] = json!(SEASONS);
            row["leafCount"] = json!(SEASONS * EPISODES);
        }
        if let Self::Season(..) = self {
            row["leafCount"] = json!(EPISODES);
        }
        for (prefix, ancestor) in [("parent", self.parent()), ("grandparent", self.parent().and_then(Self::parent))] {
            if let Some(ancestor) = ancestor {
                row[format!("{prefix}RatingKey")] = json!(ancestor.key());
                row[format!("{prefix}Guid")] = json!(ancestor.guid());
                row[format!("{prefix}Title")] = json!(ancestor.title());
            }
        }
        if let Self::Episode(_, season, _) = self {
            row["parentIndex"] = json!(season);
        }
        row
    }

    pub(crate) fn guid_rows(self) -> Value {
        self.guids().iter().map(|id| json!({"id": id})).collect()
    }

    /// The item with all its details.
    pub(crate) fn details(self) -> Value {
        let mut row = self.to_value();
        row["summary"] = json!(format!("What happens in {}.", self.title()));
        row["tagline"] = json!("Nothing here is real.");
        row["Genre"] = json!([{"tag": "Comedy", "slug": "comedy"}]);
        row["Rating"] = json!([{"type": "critic", "image": "sandbox://image.rating", "value": row["rating"]}]);
        row["Role"] = PEOPLE.iter().take(2).enumerate().map(|(order, person)| person.role(order)).collect();
        row["Director"] = json!([{"tag": PEOPLE[2].name}]);
        row
    }
}

/// A person who is credited on every item.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) key: &'static str,
    pub(crate) name: &'static str,
    pub(crate) department: &'static str,
}

pub(crate) const PEOPLE: [Person; 3] = [
    Person { key: "5d7761000000000000000001", name: "First Example Actor", department: "actor" },
    Person { key: "5d7761000000000000000002", name: "Second Example Actor", department: "actor" },
    Person { key: "5d7761000000000000000003", name: "Example Director", department: "director" },
];

impl Person {
    fn role(&self, order: usize) -> Value {
        json!({"tag": self.name, "role": format!("Part {}", order + 1), "order": order, "tagKey": self.key})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_leads_back_to_its_item() {
        let parts = titles().flat_map(|item| item.children()).collect::<Vec<_>>();
        let leaves = parts.iter().flat_map(|item| item.children());
        let all: Vec<Item> = titles().chain(parts.iter().copied()).chain(leaves).collect();

        for item in &all {
            assert_eq!(item.key().len(), 24);
            assert_eq!(Item::by_key(&item.key()), Some(*item));
            assert_eq!(Item::by_guid(&item.guid()), Some(*item));
        }
        assert_eq!(all.len(), 300 + 30 * 2 + 30 * 6);
    }

    #[test]
    fn an_invalid_key_matches_no_item() {
        let movie = Item::Movie(1).key();
        let keys = ["", "1", "5d7760", &movie[1..], &movie.to_uppercase(), &format!("{movie}0"), &"ä".repeat(12)];

        for key in keys {
            assert_eq!(Item::by_key(key), None, "{key}");
        }
        assert_eq!(Item::by_key(&Item::Season(5, 3).key()), None);
        assert_eq!(Item::by_key(&Item::Season(1, 1).key()), None, "a film has no seasons");
        assert_eq!(Item::by_guid("imdb://tt9999999"), None);
    }
}
