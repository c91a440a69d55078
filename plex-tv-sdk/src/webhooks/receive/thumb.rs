//! The picture of an event.

use std::fmt;

/// The picture of an event. `Debug` shows its size only.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Thumb {
    /// The media type as it was sent, such as `image/jpeg`. It is not checked.
    pub content_type: Option<String>,
    /// The bytes of the picture.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Thumb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { content_type, bytes } = self;
        f.debug_struct("Thumb").field("content_type", content_type).field("bytes", &bytes.len()).finish()
    }
}
