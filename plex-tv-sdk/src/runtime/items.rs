//! Streams of the items of a list.

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::{
    Stream,
    stream::{self, StreamExt as _},
};

use super::{
    clock::{BoxFuture, MaybeSend},
    error::{Error, ErrorKind},
    pages::MOST_ITEMS,
};

/// A list that is read item by item.
pub(crate) trait Walk<T> {
    /// The next item, or `None` after the last. After an error, calling again retries.
    fn next(&mut self) -> BoxFuture<'_, Result<Option<T>, Error>>;
}

#[cfg(not(target_arch = "wasm32"))]
type Boxed<T> = Pin<Box<dyn Stream<Item = Result<T, Error>> + Send>>;
#[cfg(target_arch = "wasm32")]
type Boxed<T> = Pin<Box<dyn Stream<Item = Result<T, Error>>>>;

/// The items of a list as they arrive. Pages are fetched when they are needed.
///
/// It is a [`Stream`]. [`Items::next_item`] and [`Items::collect`] read it without the stream
/// traits.
///
/// A retryable error ([`Error::is_retryable`]) does not end the stream: reading on requests the
/// same page again, and no item is lost. Any other error ends it.
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
/// use plex_tv_sdk::printable;
///
/// let mut items = client.watchlist().items();
/// while let Some(item) = items.next_item().await? {
///     println!("{}", printable(item.title.as_deref().unwrap_or_default()));
/// }
///
/// let all = client.watchlist().items().collect().await?;
/// # assert_eq!(all.len(), 250);
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is requested before it is read"]
pub struct Items<T> {
    stream: Boxed<T>,
    limit: usize,
}

impl<T: 'static> Items<T> {
    /// Creates a stream of the items of a walk.
    pub(crate) fn new(walk: impl Walk<T> + MaybeSend + 'static) -> Self {
        Self { stream: Box::pin(stream_of(walk)), limit: MOST_ITEMS }
    }
}

/// Returns a stream that ends after the last item, and after an error that is not retryable.
fn stream_of<T, W: Walk<T>>(walk: W) -> impl Stream<Item = Result<T, Error>> {
    let steps = stream::unfold(Some(walk), |walk| async move {
        let mut walk = walk?;
        let next = walk.next().await;
        match next {
            Ok(item) => item.map(|item| (Ok(item), Some(walk))),
            Err(error) => {
                let goes_on = error.is_retryable();
                Some((Err(error), goes_on.then_some(walk)))
            }
        }
    });
    steps.fuse()
}

impl<T> Items<T> {
    /// Sets the most items that [`Items::collect`] returns. The default is 100,000. A list with
    /// more is an error.
    pub fn item_limit(self, items: usize) -> Self {
        Self { limit: items, ..self }
    }

    /// The next item, or `None` after the last. Rows that could not be read are skipped.
    ///
    /// # Errors
    /// The errors of the call that fetches the page. `is_decode` when the list makes no progress.
    pub async fn next_item(&mut self) -> Result<Option<T>, Error> {
        self.stream.next().await.transpose()
    }

    /// Collects all remaining items. Rows that could not be read are skipped.
    ///
    /// # Errors
    /// Those of [`Items::next_item`], and `is_too_large` when there are more items than
    /// [`Items::item_limit`]. The items that had already arrived are then lost.
    pub async fn collect(mut self) -> Result<Vec<T>, Error> {
        let mut items = Vec::new();
        while let Some(item) = self.next_item().await? {
            if items.len() == self.limit {
                let limit = self.limit;
                let message = format!("the list has more than {limit} items; allow more with `Items::item_limit`");
                return Err(Error::new(ErrorKind::TooLarge, message));
            }
            items.push(item);
        }
        Ok(items)
    }
}

impl<T> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.stream.as_mut().poll_next(context)
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("limit", &self.limit).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;

    /// Returns these results one after the other, and panics when called after the last.
    struct Script(Vec<Result<Option<u32>, ErrorKind>>);

    impl Walk<u32> for Script {
        fn next(&mut self) -> BoxFuture<'_, Result<Option<u32>, Error>> {
            let next = if self.0.is_empty() { panic!("called after the end") } else { self.0.remove(0) };
            Box::pin(ready(next.map_err(|kind| Error::new(kind, "scripted"))))
        }
    }

    #[tokio::test]
    async fn a_retryable_error_loses_no_item() {
        let mut items = Items::new(Script(vec![Ok(Some(1)), Err(ErrorKind::Timeout), Ok(Some(2)), Ok(None)]));

        assert_eq!(items.next_item().await.unwrap(), Some(1));
        assert!(items.next_item().await.unwrap_err().is_timeout());
        assert_eq!(items.next_item().await.unwrap(), Some(2));
        assert_eq!(items.next_item().await.unwrap(), None);
        assert_eq!(items.next_item().await.unwrap(), None, "the stream stays ended");
    }

    #[tokio::test]
    async fn any_other_error_ends_the_stream() {
        let mut items = Items::new(Script(vec![Err(ErrorKind::Decode)]));

        assert!(items.next_item().await.unwrap_err().is_decode());
        assert_eq!(items.next_item().await.unwrap(), None);
    }

    #[tokio::test]
    async fn no_more_than_the_limit_is_collected() {
        let three = || Items::new(Script(vec![Ok(Some(1)), Ok(Some(2)), Ok(Some(3)), Ok(None)]));

        assert_eq!(three().item_limit(3).collect().await.unwrap(), [1, 2, 3]);
        for limit in [0, 2] {
            assert!(three().item_limit(limit).collect().await.unwrap_err().is_too_large(), "{limit}");
        }
    }
}
