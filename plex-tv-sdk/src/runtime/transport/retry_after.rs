//! Reads the header `Retry-After`.

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822};
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

/// Returns the pause that a server asks for, in seconds or as an HTTP date. Anything else is
/// ignored, and so is a date in the past.
///
/// A date is compared with the server's own `Date`, so that a wrong local clock does no harm.
pub(crate) fn retry_after(headers: &HeaderMap, now: impl FnOnce() -> Timestamp) -> Option<Duration> {
    let value = text(headers, &RETRY_AFTER)?;
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let then = date(value)?;
    let now = text(headers, &DATE).and_then(date).unwrap_or_else(now);
    Duration::try_from(then.duration_since(now)).ok().filter(|wait| !wait.is_zero())
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn date(text: &str) -> Option<Timestamp> {
    Some(rfc2822::parse(text).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn read(value: &str, date: Option<&str>) -> Option<Duration> {
        let now = || "1994-11-06T08:49:30Z".parse().unwrap();
        let mut headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_str(value).unwrap())]);
        if let Some(date) = date {
            headers.insert(DATE, HeaderValue::from_str(date).unwrap());
        }
        retry_after(&headers, now)
    }

    #[test]
    fn it_is_seconds_or_a_future_date() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";

        assert_eq!(read("2", None), Some(Duration::from_secs(2)));
        assert_eq!(read(" 0 ", None), Some(Duration::ZERO));
        assert_eq!(read("1000000000000", None), Some(Duration::from_secs(1_000_000_000_000)));
        assert_eq!(read(date, None), Some(Duration::from_secs(7)));
        assert_eq!(read(date, Some("Sun, 06 Nov 1994 08:49:35 GMT")), Some(Duration::from_secs(2)));
        assert_eq!(read(date, Some("nonsense")), Some(Duration::from_secs(7)));
        for nothing in ["Sun, 06 Nov 1994 08:49:00 GMT", "-1", "1.5", "soon", "", "1e9", "18446744073709551616"] {
            assert_eq!(read(nothing, None), None, "{nothing}");
        }
    }
}
