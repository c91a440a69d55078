//! Scalars that accept what plex.tv sends.
//!
//! plex.tv sends numbers as text, booleans as 0 and 1, and times in three forms, and it changes
//! between JSON and XML. A scalar accepts any value that converts to it. Any other value is an
//! error, and no default is made up. Messages name kinds and never values, because a value may be a
//! misplaced secret.

use jiff::{Timestamp, civil};
use serde::{Deserialize, Deserializer};

use super::read::{self, Found};
use crate::runtime::secret::Secret;

/// A type that is read from any scalar that converts.
pub(crate) trait Scalar: Sized {
    /// The type's name in a message.
    const EXPECTED: &'static str;
    /// Whether an empty text is a value. Otherwise it counts as missing.
    const EMPTY_IS_A_VALUE: bool = false;

    /// Returns the value that is used before one is read.
    fn blank() -> Self;
    /// Converts a JSON boolean.
    fn from_bool(value: bool) -> Option<Self>;
    /// Converts a JSON integer.
    fn from_integer(value: i128) -> Option<Self>;
    /// Converts any other JSON number.
    fn from_float(value: f64) -> Option<Self>;
    /// Converts text.
    fn from_text(value: &str) -> Option<Self>;
}

/// Makes a scalar a slot. One `impl` for all scalars would overlap with that for boxes.
macro_rules! scalar_slot {
    ($type:ty) => {
        impl $crate::runtime::wire::read::Slot for $type {
            fn begin() -> Self {
                <Self as $crate::runtime::wire::Scalar>::blank()
            }

            fn take(&mut self, found: $crate::runtime::wire::read::Found<'_>) -> bool {
                let value = Self::taken(found);
                let fits = value.is_some();
                if let Some(value) = value {
                    *self = value;
                }
                fits
            }

            #[inline]
            fn taken(found: $crate::runtime::wire::read::Found<'_>) -> ::std::option::Option<Self> {
                $crate::runtime::wire::scalar::taken(found)
            }

            fn expected(&self) -> &'static str {
                <Self as $crate::runtime::wire::Scalar>::EXPECTED
            }

            fn blank_is_none() -> bool {
                !<Self as $crate::runtime::wire::Scalar>::EMPTY_IS_A_VALUE
            }
        }
    };
}

pub(crate) use scalar_slot;

/// Converts a scalar that was found, if possible.
#[inline]
pub(crate) fn taken<T: Scalar>(found: Found<'_>) -> Option<T> {
    match found {
        Found::Null => None,
        Found::Bool(value) => T::from_bool(value),
        Found::Integer(value) => T::from_integer(value.into()),
        Found::Large(value) => T::from_integer(value.into()),
        Found::Float(value) => T::from_float(value),
        Found::Text(value) => T::from_text(value),
    }
}

/// Converts a float that is exactly a whole number.
fn whole(value: f64) -> Option<i128> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (value.fract() == 0.0 && value.abs() <= EXACT).then_some(value as i128)
}

macro_rules! integers {
    ($($type:ty),*) => { $(
        impl Scalar for $type {
            const EXPECTED: &'static str = "integer";

            fn blank() -> Self {
                0
            }

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

scalar_slot!(i8);
scalar_slot!(i16);
scalar_slot!(i32);
scalar_slot!(i64);
scalar_slot!(u32);
scalar_slot!(u64);
scalar_slot!(f32);
scalar_slot!(f64);
scalar_slot!(bool);
scalar_slot!(String);
scalar_slot!(Secret);
scalar_slot!(Timestamp);

impl Scalar for f64 {
    const EXPECTED: &'static str = "number";

    fn blank() -> Self {
        0.0
    }

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

    fn blank() -> Self {
        0.0
    }

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

    fn blank() -> Self {
        false
    }

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

    fn blank() -> Self {
        Self::new()
    }

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
}

impl Scalar for Secret {
    const EXPECTED: &'static str = "text";
    const EMPTY_IS_A_VALUE: bool = true;

    fn blank() -> Self {
        Self::default()
    }

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
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read::deserialize(deserializer)
    }
}

impl Scalar for Timestamp {
    const EXPECTED: &'static str = "time (epoch seconds, RFC 3339, or YYYY-MM-DD HH:MM:SS UTC)";

    fn blank() -> Self {
        Self::UNIX_EPOCH
    }

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
    use std::collections::BTreeMap;

    use super::*;
    use crate::runtime::wire::read::{self, Reading, Slot};

    fn read<T: Slot>(json: &str) -> Result<T, String> {
        let reading = Reading { strict_rows: false, body_limit: 1024 };
        read::read(json.as_bytes(), reading).map(|(value, _)| value).map_err(|misfit| misfit.to_string())
    }

    fn read_option<T: Slot>(json: &str) -> Result<Option<T>, String> {
        read(json)
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
        let read = read::<Vec<String>>;

        assert_eq!(read("null").unwrap(), Vec::<String>::new());
        assert_eq!(read(r#"["a", null, 1, ""]"#).unwrap(), ["a", "1", ""]);
    }

    #[test]
    fn an_empty_text_is_not_an_item_of_a_list_of_numbers() {
        let read = read::<Vec<i64>>;

        assert_eq!(read(r#"[1, "", " ", "2"]"#).unwrap(), [1, 2]);
        assert!(read(r#"[1, "two"]"#).is_err());
    }

    #[test]
    fn a_single_item_is_read_as_a_list_of_one() {
        assert_eq!(read::<Vec<String>>(r#""""#).unwrap(), Vec::<String>::new());
        assert_eq!(read::<Vec<String>>("7").unwrap(), ["7"]);
        assert_eq!(read::<Vec<i64>>(r#"{"type":"integer","$text":"7"}"#).unwrap(), [7]);
    }

    #[test]
    fn nulls_in_lists_and_maps_are_skipped() {
        assert_eq!(read::<Vec<i64>>("[null, 7]").unwrap(), [7]);
        let entries = read::<BTreeMap<String, i64>>(r#"{"a": null, "b": 7}"#);
        assert_eq!(entries.unwrap(), BTreeMap::from([("b".to_owned(), 7)]));
    }

    #[test]
    fn an_error_names_kinds_and_never_the_value() {
        let error = read::<i64>(r#""CANARY""#).unwrap_err();

        assert_eq!(error, "invalid type: text, expected integer");
    }
}
