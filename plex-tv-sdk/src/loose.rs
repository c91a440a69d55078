//! Readers of replies that take what plex.tv sends.
//!
//! plex.tv sends numbers as text, booleans as 0 and 1, and times in three forms, and changes its mind between JSON and XML.
//! Every scalar of a generated type is read here: what converts is taken, what does not is an error, and nothing is invented.
//! Error texts name kinds, never values: a value may be a secret in the wrong place.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use jiff::{Timestamp, civil};
use serde::{
    Deserialize, Deserializer,
    de::{self, IgnoredAny, IntoDeserializer as _, MapAccess, SeqAccess, Unexpected, Visitor},
};

use crate::Secret;

/// A type that is read from any scalar that converts.
pub(crate) trait Scalar: Sized {
    /// The type's name in an error text.
    const EXPECTED: &'static str;
    /// Does an empty text stand for a value, or for none?
    const EMPTY_IS_A_VALUE: bool = false;

    /// From a JSON boolean.
    fn from_bool(value: bool) -> Option<Self>;
    /// From a JSON integer.
    fn from_integer(value: i128) -> Option<Self>;
    /// From any other JSON number.
    fn from_float(value: f64) -> Option<Self>;
    /// From text.
    fn from_text(value: &str) -> Option<Self>;
    /// From text that may be kept.
    fn from_owned_text(value: String) -> Option<Self> {
        Self::from_text(&value)
    }
}

/// Reads a member that must be there.
pub(crate) fn scalar<'de, D: Deserializer<'de>, T: Scalar>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_any(One(PhantomData))
}

/// Reads a member that may be null; an empty text is no number, no boolean and no time, so it is none as well.
pub(crate) fn option<'de, D: Deserializer<'de>, T: Scalar>(deserializer: D) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_any(Maybe(PhantomData))
}

/// Reads a list of scalars: see [`items`].
pub(crate) fn list<'de, D: Deserializer<'de>, T: Scalar>(deserializer: D) -> Result<Vec<T>, D::Error> {
    /// One visit for each item, where an option of a scalar would take two: lists of text are long.
    struct Item<T>(Option<T>);

    impl<'de, T: Scalar> Deserialize<'de> for Item<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            option(deserializer).map(Self)
        }
    }

    impl<T> From<Item<T>> for Option<T> {
        fn from(item: Item<T>) -> Self {
            item.0
        }
    }

    deserializer.deserialize_any(Items(PhantomData::<(Item<T>, Item<T>, T)>))
}

/// Reads a list. Null is the empty list, a null in it says nothing, and a single item stands for a list of one: XML has no
/// lists, only children.
pub(crate) fn items<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    deserializer.deserialize_any(Items(PhantomData::<(Option<T>, T, T)>))
}

/// Reads `I` in a list, or `S` alone, and makes a `T` or nothing of each.
struct Items<I, S, T>(PhantomData<(I, S, T)>);

impl<'de, I, S: Deserialize<'de> + Into<Option<T>>, T> Items<I, S, T> {
    fn one<D: Deserializer<'de>>(item: D) -> Result<Vec<T>, D::Error> {
        S::deserialize(item).map(|item| item.into().into_iter().collect())
    }
}

impl<'de, I, S, T> Visitor<'de> for Items<I, S, T>
where
    I: Deserialize<'de> + Into<Option<T>>,
    S: Deserialize<'de> + Into<Option<T>>,
{
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
        let mut items = Vec::with_capacity(list.size_hint().unwrap_or_default().min(1024));
        while let Some(item) = list.next_element::<I>()? {
            if let Some(item) = item.into() {
                items.push(item);
            }
        }
        Ok(items)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_none<E: de::Error>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Vec<T>, A::Error> {
        Self::one(de::value::MapAccessDeserializer::new(members))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Vec<T>, E> {
        if value.trim().is_empty() { Ok(Vec::new()) } else { Self::one(value.into_deserializer()) }
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Vec<T>, E> {
        Self::one(value.into_deserializer())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Vec<T>, E> {
        Self::one(value.into_deserializer())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Vec<T>, E> {
        Self::one(value.into_deserializer())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Vec<T>, E> {
        Self::one(value.into_deserializer())
    }
}

/// Reads a map; null is the empty map, and an entry that is null is left out.
pub(crate) fn map<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, T>, D::Error> {
    let entries: Option<BTreeMap<String, Option<T>>> = Option::deserialize(deserializer)?;
    Ok(entries.unwrap_or_default().into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
}

struct One<T>(PhantomData<T>);

impl<T: Scalar> One<T> {
    fn take<E: de::Error>(found: &'static str, value: Option<T>) -> Result<T, E> {
        value.ok_or_else(|| E::invalid_type(Unexpected::Other(found), &T::EXPECTED))
    }
}

impl<'de, T: Scalar> Visitor<'de> for One<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<T, E> {
        Self::take("boolean", T::from_bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
        Self::take("integer", T::from_integer(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<T, E> {
        Self::take("integer", T::from_integer(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<T, E> {
        Self::take("number", T::from_float(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<T, E> {
        Self::take("text", T::from_text(value))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<T, E> {
        Self::take("text", T::from_owned_text(value))
    }

    fn visit_unit<E: de::Error>(self) -> Result<T, E> {
        Self::take("null", None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<T, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Self::take("list", None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<T, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Self::take("object", None)
    }
}

struct Maybe<T>(PhantomData<T>);

impl<T: Scalar> Maybe<T> {
    fn is_none(text: &str) -> bool {
        !T::EMPTY_IS_A_VALUE && text.trim().is_empty()
    }
}

impl<'de, T: Scalar> Visitor<'de> for Maybe<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} or null", T::EXPECTED)
    }

    fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
        One(PhantomData).visit_bool(value).map(Some)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
        One(PhantomData).visit_i64(value).map(Some)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
        One(PhantomData).visit_u64(value).map(Some)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
        One(PhantomData).visit_f64(value).map(Some)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Self::Value, E> {
        if Self::is_none(value) { Ok(None) } else { One(PhantomData).visit_str(value).map(Some) }
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Self::Value, E> {
        if Self::is_none(&value) { Ok(None) } else { One(PhantomData).visit_string(value).map(Some) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
        One(PhantomData).visit_seq(items).map(Some)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        One(PhantomData).visit_map(members).map(Some)
    }
}

/// A float that is a whole number, exactly.
fn whole(value: f64) -> Option<i128> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (value.fract() == 0.0 && value.abs() <= EXACT).then_some(value as i128)
}

macro_rules! integers {
    ($($type:ty),*) => { $(
        impl Scalar for $type {
            const EXPECTED: &'static str = "integer";

            fn from_bool(value: bool) -> Option<Self> {
                Some(value.into())
            }

            fn from_integer(value: i128) -> Option<Self> {
                value.try_into().ok()
            }

            fn from_float(value: f64) -> Option<Self> {
                whole(value).and_then(Self::from_integer)
            }

            fn from_text(value: &str) -> Option<Self> {
                let value = value.trim();
                value.parse().ok().or_else(|| value.parse().ok().and_then(Self::from_float))
            }
        }
    )* };
}

integers!(i8, i16, i32, i64, u32, u64);

impl Scalar for f64 {
    const EXPECTED: &'static str = "number";

    fn from_bool(_: bool) -> Option<Self> {
        None
    }

    fn from_integer(value: i128) -> Option<Self> {
        Some(value as Self)
    }

    fn from_float(value: f64) -> Option<Self> {
        Some(value)
    }

    fn from_text(value: &str) -> Option<Self> {
        value.trim().parse().ok().filter(|number: &Self| number.is_finite())
    }
}

impl Scalar for f32 {
    const EXPECTED: &'static str = "number";

    fn from_bool(_: bool) -> Option<Self> {
        None
    }

    fn from_integer(value: i128) -> Option<Self> {
        Some(value as Self)
    }

    fn from_float(value: f64) -> Option<Self> {
        Some(value as Self).filter(|number| number.is_finite())
    }

    fn from_text(value: &str) -> Option<Self> {
        f64::from_text(value).and_then(Self::from_float)
    }
}

impl Scalar for bool {
    const EXPECTED: &'static str = "boolean";

    fn from_bool(value: bool) -> Option<Self> {
        Some(value)
    }

    fn from_integer(value: i128) -> Option<Self> {
        match value {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn from_float(value: f64) -> Option<Self> {
        whole(value).and_then(Self::from_integer)
    }

    fn from_text(value: &str) -> Option<Self> {
        match value.trim() {
            "1" => Some(true),
            "0" => Some(false),
            text if text.eq_ignore_ascii_case("true") => Some(true),
            text if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }
}

impl Scalar for String {
    const EXPECTED: &'static str = "text";
    const EMPTY_IS_A_VALUE: bool = true;

    fn from_bool(value: bool) -> Option<Self> {
        Some(value.to_string())
    }

    fn from_integer(value: i128) -> Option<Self> {
        Some(value.to_string())
    }

    fn from_float(value: f64) -> Option<Self> {
        Some(value.to_string())
    }

    #[inline]
    fn from_text(value: &str) -> Option<Self> {
        Some(value.to_owned())
    }

    #[inline]
    fn from_owned_text(value: String) -> Option<Self> {
        Some(value)
    }
}

impl Scalar for Secret {
    const EXPECTED: &'static str = "text";
    const EMPTY_IS_A_VALUE: bool = true;

    fn from_bool(value: bool) -> Option<Self> {
        String::from_bool(value).map(Self::from)
    }

    fn from_integer(value: i128) -> Option<Self> {
        String::from_integer(value).map(Self::from)
    }

    fn from_float(value: f64) -> Option<Self> {
        String::from_float(value).map(Self::from)
    }

    #[inline]
    fn from_text(value: &str) -> Option<Self> {
        Some(Self::from(value))
    }

    #[inline]
    fn from_owned_text(value: String) -> Option<Self> {
        Some(Self::from(value))
    }
}

impl Scalar for Timestamp {
    const EXPECTED: &'static str = "time (epoch seconds, RFC 3339, or YYYY-MM-DD HH:MM:SS UTC)";

    fn from_bool(_: bool) -> Option<Self> {
        None
    }

    fn from_integer(value: i128) -> Option<Self> {
        Self::from_second(value.try_into().ok()?).ok()
    }

    fn from_float(value: f64) -> Option<Self> {
        whole(value).and_then(Self::from_integer)
    }

    fn from_text(value: &str) -> Option<Self> {
        let value = value.trim();
        if let Ok(time) = value.parse::<Self>() {
            return Some(time);
        }
        if let Some(time) = value.strip_suffix(" UTC") {
            let time: civil::DateTime = time.parse().ok()?;
            return time.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
        }
        i64::from_text(value).and_then(|seconds| Self::from_integer(seconds.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: Scalar>(json: &str) -> Result<T, String> {
        scalar(&mut serde_json::Deserializer::from_str(json)).map_err(|error| error.to_string())
    }

    fn read_option<T: Scalar>(json: &str) -> Result<Option<T>, String> {
        option(&mut serde_json::Deserializer::from_str(json)).map_err(|error| error.to_string())
    }

    #[test]
    fn integers_come_as_numbers_text_booleans_and_whole_floats() {
        let all = ["32400", r#""32400""#, "32400.0", r#"" 32400 ""#, r#""32400.0""#].map(read::<i64>);

        assert_eq!(all, [Ok(32400), Ok(32400), Ok(32400), Ok(32400), Ok(32400)]);
        assert_eq!(read::<i64>("true"), Ok(1));
        assert_eq!(read::<i64>("8386072425077913282"), Ok(8386072425077913282));
    }

    #[test]
    fn integers_never_wrap_and_never_round() {
        for bad in ["9223372036854775808", "1e400", "1.5", r#""abc""#, "[]", "{}", "null"] {
            assert!(read::<i64>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn booleans_come_as_flags_and_text() {
        let all = ["true", "1", r#""1""#, r#""True""#, "1.0"].map(read::<bool>);

        assert_eq!(all, [Ok(true), Ok(true), Ok(true), Ok(true), Ok(true)]);
        assert_eq!(read::<bool>(r#""0""#), Ok(false));
        assert!(read::<bool>("2").is_err());
        assert!(read::<bool>(r#""Unknown""#).is_err());
    }

    #[test]
    fn text_comes_as_any_scalar() {
        let all = ["42", "true", "1.5", r#""""#, r#""a\nb""#].map(read::<String>);

        assert_eq!(all, [Ok("42".into()), Ok("true".into()), Ok("1.5".into()), Ok(String::new()), Ok("a\nb".into())]);
    }

    #[test]
    fn times_come_in_three_forms() {
        let all = [
            "1679616000",
            r#""1679616000""#,
            r#""2023-03-24T00:00:00Z""#,
            r#""2023-03-24T01:00:00+01:00""#,
            r#""2023-03-24 00:00:00 UTC""#,
        ];

        let wanted = Timestamp::from_second(1_679_616_000).unwrap();
        for form in all {
            assert_eq!(read::<Timestamp>(form), Ok(wanted), "{form}");
        }
        assert!(read::<Timestamp>(r#""yesterday""#).is_err());
    }

    #[test]
    fn an_option_is_none_for_null_and_for_empty_text_that_cannot_be_a_value() {
        assert_eq!(read_option::<i64>("null"), Ok(None));
        assert_eq!(read_option::<bool>(r#""""#), Ok(None));
        assert_eq!(read_option::<Timestamp>(r#"" ""#), Ok(None));
        assert_eq!(read_option::<String>(r#""""#), Ok(Some(String::new())));
        assert_eq!(read_option::<i64>(r#""7""#), Ok(Some(7)));
    }

    #[test]
    fn lists_read_null_as_empty_and_scalars_as_they_come() {
        let read = |json: &str| list::<_, String>(&mut serde_json::Deserializer::from_str(json));

        assert_eq!(read("null").unwrap(), Vec::<String>::new());
        assert_eq!(read(r#"["a", null, 1, ""]"#).unwrap(), ["a", "1", ""]);
    }

    #[test]
    fn an_empty_text_is_no_item_of_a_list_of_numbers() {
        let read = |json: &str| list::<_, i64>(&mut serde_json::Deserializer::from_str(json));

        assert_eq!(read(r#"[1, "", " ", "2"]"#).unwrap(), [1, 2]);
        assert!(read(r#"[1, "two"]"#).is_err());
    }

    #[test]
    fn one_item_stands_for_a_list_of_one() {
        #[derive(Debug, PartialEq, Deserialize)]
        struct Row {
            id: u8,
        }
        let read = |json: &str| items::<_, Row>(&mut serde_json::Deserializer::from_str(json)).unwrap();

        assert_eq!(read(r#"{"id": 7}"#), [Row { id: 7 }]);
        assert_eq!(read(r#""""#), []);
        assert_eq!(list::<_, String>(&mut serde_json::Deserializer::from_str("7")).unwrap(), ["7"]);
    }

    #[test]
    fn nulls_in_lists_and_maps_say_nothing() {
        let mut nulls = serde_json::Deserializer::from_str("[null, 7]");
        let mut entries = serde_json::Deserializer::from_str(r#"{"a": null, "b": 7}"#);

        assert_eq!(items::<_, u8>(&mut nulls).unwrap(), [7]);
        assert_eq!(map::<_, u8>(&mut entries).unwrap(), BTreeMap::from([("b".to_owned(), 7)]));
    }

    #[test]
    fn an_error_names_kinds_and_never_the_value() {
        let error = read::<i64>(r#""CANARY""#).unwrap_err();

        assert_eq!(error, "invalid type: text, expected integer at line 1 column 8");
    }
}
