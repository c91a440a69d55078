//! Paged lists.

use std::{
    collections::HashSet,
    fmt,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    vec,
};

use reqwest::header::HeaderMap;
use serde::Serialize;

use super::{
    error::{Error, ErrorKind},
    wire::{MOST_REJECTED, Rows},
};

/// The default number of items per page. plex.tv returns no more at once.
const PAGE_SIZE: i64 = 100;

/// The most pages of a list. A list with more counts as endless.
pub(crate) const MOST_PAGES: usize = 10_000;

/// The default for the most items that are collected.
pub(crate) const MOST_ITEMS: usize = 100_000;

/// One page of a list, with its position in the list if the reply has it.
///
/// It lets you use your own calls with [`Pages`]:
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), plex_tv_sdk::Error> {
/// use plex_tv_sdk::{Page, Pages};
///
/// let letters: Vec<char> = ('a'..='z').collect();
/// let pages = Pages::new(async |start: i64, size: i64| {
///     let page = letters.iter().skip(start as usize).take(size as usize).copied().collect::<Vec<_>>();
///     Ok(Page::new(page).total(Some(26)))
/// });
///
/// assert_eq!(pages.size(10).collect().await?, letters);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Page<T> {
    rows: Rows<T>,
    offset: Option<u64>,
    total: Option<u64>,
}

impl<T> Page<T> {
    /// Creates a page with these rows and an unknown position.
    pub fn new(rows: impl Into<Rows<T>>) -> Self {
        Self { rows: rows.into(), offset: None, total: None }
    }

    /// Sets how many rows of the list come before this page. Negative numbers are ignored. The
    /// first value that is set wins.
    #[must_use]
    pub fn offset(self, offset: Option<i64>) -> Self {
        Self { offset: self.offset.or(offset.and_then(unsigned)), ..self }
    }

    /// Sets how many rows the list has. Negative numbers are ignored. The first value that is set
    /// wins.
    #[must_use]
    pub fn total(self, total: Option<i64>) -> Self {
        Self { total: self.total.or(total.and_then(unsigned)), ..self }
    }

    /// Sets both from the headers of the reply, `X-Plex-Container-Start` and
    /// `X-Plex-Container-Total-Size`. Values that are not numbers are ignored. The first value that
    /// is set wins.
    #[must_use]
    pub fn headers(self, headers: &HeaderMap) -> Self {
        let number = |name| headers.get(name)?.to_str().ok()?.trim().parse().ok();
        self.offset(number("x-plex-container-start")).total(number("x-plex-container-total-size"))
    }
}

fn unsigned(number: i64) -> Option<u64> {
    u64::try_from(number).ok()
}

/// A reply that is one page of a list, for [`Pages`].
///
/// Implemented for the replies of all generated calls that page. For other calls, make a [`Page`]
/// of the reply, or implement this trait.
pub trait Paged {
    /// The items of the list. Two pages that begin with equal items are the same page.
    type Item: Serialize;

    /// The rows, with their position in the list if the reply has it.
    fn into_page(self) -> Page<Self::Item>;
}

impl<T: Serialize> Paged for Page<T> {
    type Item = T;

    fn into_page(self) -> Self {
        self
    }
}

/// Walks a paged list to its end.
///
/// A callback makes the call for one page, given the index of its first item and the size of the
/// page. A page may be smaller than requested, so the next one starts after the items that arrived.
/// A page that is larger than requested is an error. The walk ends at the total that the server
/// reports, or with an empty page. A page is fetched when it is needed.
///
/// A server cannot make the walk endless, whatever total it reports: a list has at most 10,000
/// pages, and [`Pages::collect`] takes at most 100,000 items unless [`Pages::item_limit`] is set.
///
/// ```
/// # #[cfg(not(feature = "discover"))]
/// # fn main() {}
/// # #[cfg(feature = "discover")]
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let sandbox = plex_tv_sandbox::Sandbox::start().await?;
/// # let identity = plex_tv_sdk::ClientIdentity::new("c0ffee-desk-01", "Example App", "1.0.0")?;
/// # let client = plex_tv_sdk::Client::builder(identity).base_url(sandbox.url());
/// # let client = client.token(plex_tv_sdk::Token::new(sandbox.token())?).build()?;
/// use plex_tv_sdk::{Pages, printable};
///
/// let mut watchlist = Pages::new(|start, size| {
///     let call = client.discover().get_watchlist("all").sort("titleSort:asc");
///     call.container_start(start).container_size(size).send_with_response()
/// });
/// while let Some(item) = watchlist.next_item().await? {
///     println!("{}", printable(item.title.as_deref().unwrap_or_default()));
/// }
/// # assert_eq!(watchlist.total(), Some(250));
/// # Ok(())
/// # }
/// ```
///
/// After an error, calling again retries the same page; no item is lost.
#[must_use]
pub struct Pages<F, T> {
    fetch: F,
    size: i64,
    item_limit: usize,
    start: i64,
    total: Option<u64>,
    fetched: usize,
    /// Rows that were set aside so far.
    rejected: usize,
    ended: bool,
    /// Hashes of the first rows of all pages so far.
    beginnings: HashSet<u64>,
    /// Items of the current page that [`Pages::next_item`] has not returned yet.
    rest: vec::IntoIter<T>,
}

// Not `AsyncFnMut`: its future borrows from the closure and cannot be required to be `Send`.
impl<F, C, P> Pages<F, P::Item>
where
    F: FnMut(i64, i64) -> C,
    C: Future<Output = Result<P, Error>>,
    P: Paged,
{
    /// Creates a walk that fetches its pages with a callback. The callback gets the index of the
    /// first item, counted from 0, and the size of the page.
    pub fn new(fetch: F) -> Self {
        Self {
            fetch,
            size: PAGE_SIZE,
            item_limit: MOST_ITEMS,
            start: 0,
            total: None,
            fetched: 0,
            rejected: 0,
            ended: false,
            beginnings: HashSet::new(),
            rest: Vec::new().into_iter(),
        }
    }

    /// Sets how many items a page has at most. The default is 100, the most that plex.tv returns at
    /// once. A larger page is an error, so for a call that does not page, set the size of the whole
    /// list.
    pub fn size(self, size: i64) -> Self {
        Self { size: size.max(1), ..self }
    }

    /// Sets the most items that [`Pages::collect`] returns. The default is 100,000. A list with
    /// more is an error.
    pub fn item_limit(self, items: usize) -> Self {
        Self { item_limit: items, ..self }
    }

    /// How many items the list has, from the last reply that reported it.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// The next page, or `None` after the last. Rows that could not be read are set aside in it:
    /// see [`Rows`].
    ///
    /// If a list ends before its [`Pages::total`], it has shrunk in the meantime, or the server
    /// returns no more of it.
    ///
    /// After [`Pages::next_item`], the rest of the current page comes first.
    ///
    /// # Errors
    /// The errors of the call. `is_too_large` when a page has more items than requested.
    /// `is_decode` when the list makes no progress: a page starts elsewhere than requested, an
    /// earlier page is repeated, there are more than 10,000 pages, or more than 1,000 rows cannot
    /// be read.
    pub async fn next_page(&mut self) -> Result<Option<Rows<P::Item>>, Error> {
        if self.rest.len() > 0 {
            let rest = std::mem::take(&mut self.rest);
            return Ok(Some(rest.collect::<Vec<_>>().into()));
        }
        if self.ended {
            return Ok(None);
        }
        if self.fetched == MOST_PAGES {
            return Err(Error::new(ErrorKind::Decode, format!("the list did not end after {MOST_PAGES} pages")));
        }
        let Page { rows, offset, total } = (self.fetch)(self.start, self.size).await?.into_page();
        self.total = total.or(self.total);
        let count = rows.len() + rows.rejected().len();
        if count == 0 {
            self.ended = true;
            return Ok(None);
        }
        if i64::try_from(count).map_or(true, |count| count > self.size) {
            let (start, size) = (self.start, self.size);
            let message = format!(
                "{size} items from {start} on were requested, but {count} arrived; if the call does not page, the page must \
                 have the size of the whole list"
            );
            return Err(too_large(message));
        }
        let rejected = self.rejected.saturating_add(rows.rejected().len());
        if rejected > MOST_REJECTED {
            let message = format!("more than {MOST_REJECTED} rows of the list cannot be read");
            return Err(Error::new(ErrorKind::Decode, message));
        }
        let beginning = rows.first().and_then(hash);
        self.check_progress(offset, beginning)?;
        self.rejected = rejected;
        self.start = self.start.saturating_add(i64::try_from(count).unwrap_or(i64::MAX));
        // If more items arrived than the total, the total is wrong or the list has shrunk. Then an
        // empty page ends the list.
        self.ended = self.total == unsigned(self.start);
        self.fetched += 1;
        self.beginnings.extend(beginning);
        Ok(Some(rows))
    }

    /// Checks that the page is the one requested. Otherwise items would be lost, or repeated
    /// endlessly.
    fn check_progress(&self, offset: Option<u64>, beginning: Option<u64>) -> Result<(), Error> {
        let start = unsigned(self.start).unwrap_or_default();
        let why = match offset {
            Some(offset) if offset != start => format!("the reply begins at {offset}"),
            _ if beginning.is_some_and(|hash| self.beginnings.contains(&hash)) => {
                "an earlier page arrived again".to_owned()
            }
            _ => return Ok(()),
        };
        Err(Error::new(ErrorKind::Decode, format!("the items from {start} on were requested, but {why}")))
    }

    /// The next item, or `None` after the last. Rows that could not be read are skipped.
    ///
    /// # Errors
    /// Those of [`Pages::next_page`].
    pub async fn next_item(&mut self) -> Result<Option<P::Item>, Error> {
        loop {
            if let Some(item) = self.rest.next() {
                return Ok(Some(item));
            }
            match self.next_page().await? {
                Some(page) => self.rest = page.into_iter(),
                None => return Ok(None),
            }
        }
    }

    /// Collects all remaining items. Rows that could not be read are skipped.
    ///
    /// # Errors
    /// Those of [`Pages::next_page`], and `is_too_large` when the list has more items than
    /// [`Pages::item_limit`]. The items that had already arrived are then lost.
    pub async fn collect(mut self) -> Result<Vec<P::Item>, Error> {
        let mut items = Vec::new();
        while let Some(page) = self.next_page().await? {
            if page.len() > self.item_limit - items.len() {
                let limit = self.item_limit;
                let message = format!(
                    "the list has more than {limit} items; allow more with `Pages::item_limit`, or walk it page by page"
                );
                return Err(too_large(message));
            }
            items.extend(page);
        }
        Ok(items)
    }
}

fn too_large(message: String) -> Error {
    Error::new(ErrorKind::TooLarge, message)
}

fn hash(row: &impl Serialize) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    serde_json::to_vec(row).ok()?.hash(&mut hasher);
    Some(hasher.finish())
}

impl<F, T> fmt::Debug for Pages<F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("size", &self.size)
            .field("start", &self.start)
            .field("total", &self.total)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(start: &'static str, total: &'static str) -> HeaderMap {
        let named = [("x-plex-container-start", start), ("x-plex-container-total-size", total)];
        named
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .into_iter()
            .collect()
    }

    fn position(page: &Page<i64>) -> (Option<u64>, Option<u64>) {
        (page.offset, page.total)
    }

    #[test]
    fn members_win_over_headers_and_nonsense_is_ignored() {
        let page = || Page::<i64>::new(Vec::new());
        let good = headers(" 100 ", "250");

        assert_eq!(position(&page().headers(&good)), (Some(100), Some(250)));
        assert_eq!(position(&page().offset(Some(0)).total(Some(7)).headers(&good)), (Some(0), Some(7)));
        assert_eq!(position(&page().offset(Some(-1)).total(Some(i64::MIN)).headers(&good)), (Some(100), Some(250)));
        assert_eq!(position(&page().offset(Some(i64::MAX)).total(None)), (Some(9_223_372_036_854_775_807), None));
        for nonsense in ["", "-1", "1.0", "1e3", "many", "9223372036854775808", "0x10"] {
            assert_eq!(position(&page().headers(&headers(nonsense, nonsense))), (None, None), "{nonsense}");
        }
    }

    #[tokio::test]
    async fn a_list_that_does_not_end_is_an_error_and_is_not_asked_for_again() {
        let mut calls = 0;
        let mut pages = Pages::new(|start, _| {
            calls += 1;
            ready(Ok(Page::new(vec![start])))
        });
        let mut items = 0;

        let error = loop {
            match pages.next_item().await {
                Ok(item) => items += item.map_or(0, |_| 1),
                Err(error) => break error,
            }
        };

        assert!(error.is_decode() && !error.is_retryable(), "{error:?}");
        assert_eq!(error.to_string(), "the list did not end after 10000 pages");
        assert!(pages.next_item().await.unwrap_err().is_decode());
        assert_eq!((items, calls), (10_000, 10_000));
    }

    #[tokio::test]
    async fn pages_without_readable_rows_are_not_repetitions() {
        let mut pages = Pages::new(async |start, _| Ok(Page::new(if start < 3 { bad(1) } else { Rows::default() })));

        for _ in 0..3 {
            assert_eq!(pages.next_page().await.unwrap().unwrap().rejected().len(), 1);
        }
        assert_eq!(pages.next_page().await.unwrap(), None);
    }

    fn bad(rows: usize) -> Rows<i64> {
        serde_json::from_str(&format!("[{}]", vec![r#""bad""#; rows].join(","))).unwrap()
    }

    #[tokio::test]
    async fn a_page_larger_than_asked_for_is_an_error_whatever_the_total_says() {
        for (size, count) in [(1, 2), (10, 11), (10, 100_000), (100, 101), (100, 250)] {
            for total in [None, Some(0), Some(count), Some(900_000_000), Some(i64::MAX)] {
                let mut calls = 0;
                let mut pages = Pages::new(|start, _| {
                    calls += 1;
                    ready(Ok(Page::new((start..start + count).collect::<Vec<_>>()).offset(Some(start)).total(total)))
                })
                .size(size);

                let error = pages.next_page().await.unwrap_err();

                assert!(error.is_too_large() && !error.is_retryable(), "{error:?}");
                let message = format!("{size} items from 0 on were requested, but {count} arrived");
                assert!(error.to_string().starts_with(&message), "{error}");
                assert!(pages.collect().await.unwrap_err().is_too_large());
                assert_eq!(calls, 2);
            }
        }
    }

    #[tokio::test]
    async fn rows_that_cannot_be_read_count_for_the_size_of_a_page() {
        let error = Pages::new(async |_, _| Ok(Page::new(bad(11)))).size(10).collect().await.unwrap_err();

        assert!(error.is_too_large(), "{error:?}");
    }

    #[tokio::test]
    async fn a_list_of_rows_that_cannot_be_read_ends_like_a_reply_of_them() {
        let mut calls = 0;
        let pages = Pages::new(|_, size: i64| {
            calls += 1;
            ready(Ok(Page::new(bad(size.try_into().unwrap()))))
        });

        let error = pages.collect().await.unwrap_err();

        assert!(error.is_decode(), "{error:?}");
        assert_eq!((error.to_string().as_str(), calls), ("more than 1000 rows of the list cannot be read", 11));
    }

    type Answer = std::future::Ready<Result<Page<i64>, Error>>;

    /// Every page is full, is new, and starts where it should.
    fn endless() -> Pages<impl FnMut(i64, i64) -> Answer, i64> {
        Pages::new(|start, size: i64| {
            let rows: Vec<i64> = (start..start + size).collect();
            ready(Ok(Page::new(rows).offset(Some(start)).total(Some(900_000_000))))
        })
    }

    #[tokio::test]
    async fn a_list_without_an_end_is_collected_up_to_the_limit() {
        for (limit, shown) in
            [(None, 100_000), (Some(0), 0), (Some(250), 250), (Some(300), 300), (Some(999_999), 999_999)]
        {
            let pages = match limit {
                Some(limit) => endless().item_limit(limit),
                None => endless(),
            };

            let error = pages.collect().await.unwrap_err();

            assert!(error.is_too_large() && !error.is_retryable(), "{error:?}");
            assert!(error.to_string().starts_with(&format!("the list has more than {shown} items")), "{error}");
        }
    }

    #[tokio::test]
    async fn a_list_up_to_the_limit_is_collected_whole() {
        let list = || {
            Pages::new(async |start: i64, size: i64| {
                Ok(Page::new((start..(start + size).min(250)).collect::<Vec<_>>()).total(Some(250)))
            })
        };

        assert_eq!(list().item_limit(250).collect().await.unwrap().len(), 250);
        assert!(list().item_limit(249).collect().await.unwrap_err().is_too_large());
    }

    #[tokio::test]
    async fn a_page_has_room_for_one_row_at_least() {
        let mut asked = Vec::new();

        let pages = Pages::new(|_, size| {
            asked.push(size);
            ready(Ok(Page::<i64>::new(Vec::new())))
        });
        pages.size(0).collect().await.unwrap();

        assert_eq!(asked, [1]);
    }
}
