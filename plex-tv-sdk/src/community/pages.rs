//! Lists that the GraphQL service pages by cursors.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    vec,
};

use super::types::Connection;
use crate::{
    Error, ErrorKind,
    runtime::{
        clock::{BoxFuture, MaybeSend},
        items::Walk,
        pages::MOST_PAGES,
        wire::MOST_REJECTED,
    },
};

/// The number of items per page. The service does not return more at once.
pub(super) const PAGE_SIZE: usize = 100;

/// The call for one page.
pub(super) type Fetching<C> = BoxFuture<'static, Result<C, Error>>;

/// Walks a list to its end. A callback fetches the page after a cursor, or the first one.
pub(super) struct Cursors<F, C: Connection> {
    fetch: F,
    after: Option<String>,
    has_ended: bool,
    /// Whether more items follow, but plex.tv gave no cursor for them.
    is_cut: bool,
    /// Hashes of the cursors so far.
    seen: HashSet<u64>,
    rejected: usize,
    /// Items of the current page that have not been returned yet.
    rest: vec::IntoIter<C::Item>,
}

impl<C: Connection, F: FnMut(Option<String>) -> Fetching<C>> Cursors<F, C> {
    pub(super) fn new(fetch: F) -> Self {
        let (seen, rest) = (HashSet::new(), Vec::new().into_iter());
        Self { fetch, after: None, has_ended: false, is_cut: false, seen, rejected: 0, rest }
    }

    /// Fetches the next page. After an error, calling again retries the same page.
    async fn turn(&mut self) -> Result<(), Error> {
        let (rows, info) = (self.fetch)(self.after.clone()).await?.into_parts();
        let count = rows.len() + rows.rejected().len();
        if count > PAGE_SIZE {
            let message = format!("{PAGE_SIZE} items were requested, but {count} arrived");
            return Err(Error::new(ErrorKind::TooLarge, message));
        }
        let rejected = self.rejected + rows.rejected().len();
        if rejected > MOST_REJECTED {
            return Err(stuck(format!("more than {MOST_REJECTED} rows of the list cannot be read")));
        }
        let goes_on = info.has_next_page == Some(true);
        let next = info.end_cursor.filter(|cursor| goes_on && !cursor.is_empty());
        if let Some(cursor) = &next {
            let mut hasher = DefaultHasher::new();
            cursor.hash(&mut hasher);
            if self.seen.len() == MOST_PAGES {
                return Err(stuck(format!("the list did not end after {MOST_PAGES} pages")));
            }
            if !self.seen.insert(hasher.finish()) {
                return Err(stuck("the list makes no progress: a cursor was repeated".to_owned()));
            }
        }
        // An empty page without a cursor is the end, whatever it says.
        self.is_cut = goes_on && next.is_none() && count > 0;
        self.rejected = rejected;
        self.has_ended = next.is_none();
        self.after = next;
        self.rest = rows.into_vec().into_iter();
        Ok(())
    }
}

fn stuck(message: String) -> Error {
    Error::new(ErrorKind::Decode, message)
}

impl<F, C> Walk<C::Item> for Cursors<F, C>
where
    C: Connection,
    C::Item: MaybeSend,
    F: FnMut(Option<String>) -> Fetching<C> + MaybeSend,
{
    fn next(&mut self) -> BoxFuture<'_, Result<Option<C::Item>, Error>> {
        Box::pin(async {
            loop {
                if let Some(item) = self.rest.next() {
                    return Ok(Some(item));
                }
                if self.is_cut {
                    return Err(stuck("the list goes on, but plex.tv gave no cursor for the next page".to_owned()));
                }
                if self.has_ended {
                    return Ok(None);
                }
                self.turn().await?;
            }
        })
    }
}
