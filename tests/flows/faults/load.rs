//! Case 40: dropped calls, many calls at once, and clocks that misbehave.

use std::{
    pin::Pin,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use plex_tv_sdk::{Clock, RetryPolicy, v2::types::PinInfo};

use super::{LIMIT, USER, limits::endless, status, user};
use crate::{
    harness::{anonymous, builder, signed_in},
    wire::{Reply, Wire},
};

#[tokio::test]
async fn case_40_a_cancelled_call_leaves_the_client_usable() {
    let plex = Wire::start(|path| match path {
        USER => Reply::Stall(Vec::new()),
        _ => Reply::json(r#"{"pong":true}"#),
    })
    .await;
    let client = signed_in(&plex.url);

    let cancelled = tokio::time::timeout(Duration::from_millis(50), user(&client)).await;

    assert!(cancelled.is_err());
    client.v2().ping().send().await.unwrap();
}

#[tokio::test]
async fn case_40_a_client_dropped_in_the_middle_of_a_call_does_not_end_the_call() {
    let plex = Wire::always(Reply::json(r#"{"id":7}"#)).await;
    let client = signed_in(&plex.url);
    let copy = client.clone();

    let call = tokio::spawn(async move { user(&copy).await });
    drop(client);

    assert_eq!(call.await.unwrap().unwrap().id, 7);
}

#[tokio::test]
async fn case_40_a_stream_dropped_halfway_stops_the_transfer() {
    let plex = Wire::always(endless(&["content-type: image/png"], None)).await;
    let client = anonymous(&plex.url);

    let stream = client.v2().get_pin_qr_code("7RQZ").send().await;
    drop(stream.unwrap());

    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(plex.seen.sent() < 3 * LIMIT, "{}", plex.seen.sent());
}

/// Waits until no more than this number of tasks are alive.
async fn wait_for_tasks(wanted: usize) {
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    for _ in 0..500 {
        if tasks() <= wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{} tasks are alive, more than {wanted}", tasks());
}

#[tokio::test]
async fn case_40_cancelled_calls_leave_no_task_behind() {
    let plex = Wire::always(Reply::Stall(Vec::new())).await;
    let client = signed_in(&plex.url);
    let before = tokio::runtime::Handle::current().metrics().num_alive_tasks();

    let calls: Vec<_> = (0..50)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { user(&client).await })
        })
        .collect();
    plex.seen.wait_for_requests(50).await;
    calls.iter().for_each(tokio::task::JoinHandle::abort);
    drop(client);

    // The server keeps its fifty stalled connections.
    wait_for_tasks(before + 50).await;
}

#[tokio::test]
async fn case_40_a_thousand_calls_at_once_all_end_with_their_own_reply() {
    const CALLS: i64 = 1000;
    let plex = Wire::start(|path| {
        let id = path.rsplit('/').next().unwrap();
        Reply::json(&format!(r#"{{"id":{id},"code":"EXAMPLE-CODE"}}"#))
    })
    .await;
    // A busy machine needs some time for a thousand connections.
    let patience = Duration::from_secs(120);
    let settings = builder(&plex.url).connect_timeout(patience).timeout(patience).retry(RetryPolicy::default());
    let client = settings.build().unwrap();

    let calls: Vec<_> = (0..CALLS)
        .map(|id| {
            let client = client.clone();
            tokio::spawn(async move { client.v2().get_token(id).send().await })
        })
        .collect();

    for (wanted, call) in (0..CALLS).zip(calls) {
        let pin: PinInfo = call.await.unwrap().unwrap();
        assert_eq!(pin.id, wanted);
    }
    assert!(plex.seen.requests().len() >= 1000);
}

/// A clock that starts at one week and goes back a minute whenever it is read.
#[derive(Debug)]
struct Backwards(AtomicU64);

impl Clock for Backwards {
    fn now(&self) -> Duration {
        Duration::from_secs(self.0.fetch_sub(60, Ordering::Relaxed))
    }

    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(std::future::ready(()))
    }
}

#[tokio::test]
async fn case_40_a_clock_that_jumps_back_neither_blocks_nor_prolongs_a_call() {
    let plex = Wire::always(status("503 Service Unavailable")).await;
    let client = builder(&plex.url)
        .retry(RetryPolicy::default())
        .clock(Backwards(AtomicU64::new(604_800)))
        .overall_timeout(Duration::from_secs(30))
        .spacing(Duration::from_secs(1))
        .build()
        .unwrap();

    let error = user(&client).await.unwrap_err();

    assert!(error.is_timeout() || error.status().is_some_and(|status| status.as_u16() == 503), "{error:?}");
    assert!(plex.seen.requests().len() <= 3);
}
