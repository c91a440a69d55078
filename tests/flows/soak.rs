//! A hundred thousand calls to a server that fails every fifth one.
//!
//! `cargo test --release -p plex-tv-tests --test flows -- --ignored --nocapture soak` runs it and
//! prints its figures. Pauses use the test clock; only replies that stall take real time.
#![allow(clippy::print_stdout, reason = "the test is run for its figures")]

use std::{
    collections::BTreeMap,
    fs,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use plex_tv_sdk::{Client, Error, RetryPolicy, Token};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use crate::{
    clock::TestClock,
    harness::builder,
    wire::{Reply, head},
};

const CALLS: usize = 100_000;
const AT_ONCE: usize = 64;
/// Longer than the whole test takes on two cores.
const LIMIT: Duration = Duration::from_secs(300);

/// The faults that replace every fifth reply, in turn.
fn faults() -> Vec<Reply> {
    let json = "content-type: application/json";
    let status = |line: &str| Reply::http(line, &[], r#"{"errors":[{"code":1007,"message":"Oops"}]}"#);
    let mut half = head("200 OK", &[json], Some(100));
    half.extend_from_slice(br#"{"id":"#);
    vec![
        status("500 Internal Server Error"),
        status("502 Bad Gateway"),
        status("503 Service Unavailable"),
        status("504 Gateway Timeout"),
        Reply::http("429 Too Many Requests", &["retry-after: 2"], ""),
        Reply::http("429 Too Many Requests", &["retry-after: 3600"], ""),
        status("401 Unauthorized"),
        status("404 Not Found"),
        Reply::Bytes(Vec::new()),
        Reply::Bytes(b"220 mail.example.com ESMTP\r\n".to_vec()),
        Reply::Bytes(half.clone()),
        Reply::Stall(half),
        Reply::http("200 OK", &[json], ""),
        Reply::http("200 OK", &[json], r#"{"id":"seven"}"#),
        Reply::http("200 OK", &[json, "content-encoding: gzip"], "no gzip"),
        Reply::http("200 OK", &["content-type: text/html"], "<html>Captive portal</html>"),
        Reply::redirect("302 Found", "https://example.com/elsewhere"),
        Reply::redirect("302 Found", "/api/v2/user"),
    ]
}

/// Starts the server. Unlike the other test servers, it keeps connections open until a fault ends
/// one.
async fn start(requests: Arc<AtomicUsize>) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let faults: Arc<[Reply]> = faults().into();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, Arc::clone(&requests), Arc::clone(&faults)));
        }
    });
    url
}

async fn serve(mut stream: TcpStream, requests: Arc<AtomicUsize>, faults: Arc<[Reply]>) {
    const GOOD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 8\r\n\r\n{\"id\":7}";
    let mut request = Vec::new();
    let mut chunk = [0; 2048];
    while let Ok(read @ 1..) = stream.read(&mut chunk).await {
        request.extend_from_slice(&chunk[..read]);
        if !request.ends_with(b"\r\n\r\n") {
            continue;
        }
        request.clear();
        let number = requests.fetch_add(1, Ordering::Relaxed);
        if !number.is_multiple_of(5) {
            if stream.write_all(GOOD).await.is_err() {
                return;
            }
            continue;
        }
        match &faults[number / 5 % faults.len()] {
            Reply::Stall(bytes) => {
                stream.write_all(bytes).await.ok();
                // Stalls until the client closes the connection.
                while let Ok(1..) = stream.read(&mut chunk).await {}
            }
            Reply::Bytes(bytes) => {
                stream.write_all(bytes).await.ok();
            }
            Reply::Stream { .. } => unreachable!("no fault is a stream"),
        }
        return;
    }
}

/// Returns the resident memory of this process in KiB, or `None` where `/proc` does not report it.
fn memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok())
}

#[derive(Default)]
struct Outcomes {
    good: AtomicUsize,
    errors: std::sync::Mutex<BTreeMap<String, usize>>,
    slowest_ms: AtomicU64,
}

impl Outcomes {
    fn note(&self, outcome: Result<i64, Error>, took: Duration) {
        self.slowest_ms.fetch_max(took.as_millis().try_into().unwrap(), Ordering::Relaxed);
        match outcome {
            Ok(id) => {
                assert_eq!(id, 7);
                self.good.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => {
                let status = error.status().map(|status| format!(" {}", status.as_u16())).unwrap_or_default();
                *self.errors.lock().unwrap().entry(format!("{:?}{status}", error.kind())).or_default() += 1;
            }
        }
    }
}

async fn calls(client: &Client, count: usize, outcomes: &Arc<Outcomes>) {
    let mut tasks = JoinSet::new();
    for number in 0..AT_ONCE {
        let client = client.with_token(Token::new(format!("EXAMPLE-{number}")).unwrap());
        let outcomes = Arc::clone(outcomes);
        tasks.spawn(async move {
            for _ in 0..count / AT_ONCE {
                let start = Instant::now();
                let outcome = client.v2().get_user_details().send().await;
                outcomes.note(outcome.map(|user| user.id), start.elapsed());
            }
        });
    }
    while let Some(outcome) = tasks.join_next().await {
        outcome.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes a minute; run it by name"]
async fn soak_a_hundred_thousand_calls_end_in_a_value_or_a_typed_error() {
    let (requests, clock, outcomes) = (Arc::<AtomicUsize>::default(), TestClock::default(), Arc::<Outcomes>::default());
    let url = start(Arc::clone(&requests)).await;
    let client = builder(&url)
        .clock(clock.clone())
        .retry(RetryPolicy::default())
        .timeout(Duration::from_millis(500))
        .build()
        .unwrap();
    let start = Instant::now();

    let all = async {
        calls(&client, CALLS / 5, &outcomes).await;
        let warm = memory();
        calls(&client, CALLS - CALLS / 5, &outcomes).await;
        warm
    };
    let warm = tokio::time::timeout(LIMIT, all).await.expect("all calls should end within the limit");

    let made = AT_ONCE * (CALLS / 5 / AT_ONCE) + AT_ONCE * ((CALLS - CALLS / 5) / AT_ONCE);
    let (good, errors) = (outcomes.good.load(Ordering::Relaxed), outcomes.errors.lock().unwrap());
    let (sent, repeats) = (requests.load(Ordering::Relaxed), clock.pauses().len());
    println!(
        "{made} calls in {:.1?}, the slowest in {} ms",
        start.elapsed(),
        outcomes.slowest_ms.load(Ordering::Relaxed)
    );
    println!("{good} values and {} errors: {errors:?}", errors.values().sum::<usize>());
    println!("{sent} requests, {repeats} of them repeats: {:.2} % of the calls", 100.0 * repeats as f64 / made as f64);
    println!("memory after a fifth {warm:?} KiB, at the end {:?} KiB", memory());

    assert_eq!(good + errors.values().sum::<usize>(), made);
    // A success gives back 1 of a budget of 100. A retry costs 10, or 5 after a rate limit.
    assert!(repeats * 5 <= 100 + good, "{repeats} repeats for {good} values");
    if let (Some(warm), Some(end)) = (warm, memory()) {
        // The test clock keeps all pauses, 16 bytes each.
        assert!(end <= warm + warm / 5 + 8 * 1024, "{warm} KiB grew to {end} KiB");
    }
}
