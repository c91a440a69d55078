//! Drives every operation of the small hosts against a mock server: Live TV, Watch Together, push
//! messages.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]
// Clippy does not recognise the helpers of tests as test code.

mod live_tv;
mod notifications;
mod watch_together;

use plex_tv_sdk::{Client, RejectedRow, Rows, Token};
use plex_tv_tests::{Recorder, Reply, TOKEN, example, harness, identity};

/// Returns the messages of the rejected rows.
pub(crate) fn rejections<T>(rows: &Rows<T>) -> Vec<String> {
    rows.rejected().iter().map(RejectedRow::to_string).collect()
}

#[tokio::test]
async fn each_host_can_be_overridden_alone_and_with_a_path() {
    let (_, server) = harness().await;
    let recorder = Recorder::mount(&server, &Reply::json(200, &example("listWatchTogetherRooms", 200))).await;
    let at = |path: &str| format!("{}{path}", server.base_url());
    let builder = Client::builder(identity())
        .base_url("http://127.0.0.1:1")
        .host_url("https://epg.provider.plex.tv", at("/epg"))
        .host_url("https://together.plex.tv", at("/together/"));
    let client = builder.token(Token::new(TOKEN).unwrap()).build().unwrap();

    let rooms = client.together().list_watch_together_rooms().send().await.unwrap();
    let provider = client.epg().get_live_tv_provider().send().await.unwrap();

    assert_eq!(rooms.rooms.len(), 1);
    assert!(provider.media_provider.is_none());
    let targets: Vec<_> = recorder.requests().into_iter().map(|sent| sent.target).collect();
    assert_eq!(targets, ["/together/rooms", "/epg/"]);
}
