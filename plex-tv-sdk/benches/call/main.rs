//! Compares the cost of a call with that of a client written by hand with reqwest and serde.
//!
//! Both talk to one server on the loopback interface over connections that are kept alive, send the
//! same headers, and decode the same members. `cargo bench -p plex-tv-sdk --bench call` measures
//! each with criterion, and then both in turns. The ratios at the end come from those turns: on a
//! busy machine, only measurements taken one right after the other can be compared.
#![recursion_limit = "256"]
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints, and panics if its setup fails")]
#![allow(missing_docs, reason = "criterion's macros")]

mod by_hand;
mod server;

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use criterion::{BenchmarkId, Criterion, Throughput};
use plex_tv_sdk::{Client, ClientIdentity, Rows, Token, v2::types};
use serde::de::DeserializeOwned;
use tokio::{runtime::Runtime, task::JoinSet};

use by_hand::ByHand;

const IDENTIFIER: &str = "c0ffee-desk-01";
const PRODUCT: &str = "Example App";
const VERSION: &str = "1.2.3";
const TOKEN: &str = "EXAMPLE-ACCOUNT-TOKEN";

/// The number of turns for each ratio.
const TURNS: usize = 41;
/// The number of calls in each turn.
const CALLS: usize = 256;

#[derive(Clone, Copy, Debug)]
enum What {
    User,
    Resources,
}

#[derive(Clone)]
enum Caller {
    Sdk(Client),
    ByHand(ByHand),
}

impl Caller {
    fn name(&self) -> &'static str {
        match self {
            Self::Sdk(_) => "sdk",
            Self::ByHand(_) => "by hand",
        }
    }

    async fn call(&self, what: What) {
        match (self, what) {
            (Self::Sdk(client), What::User) => {
                black_box(client.v2().get_user_details().send().await.unwrap());
            }
            (Self::Sdk(client), What::Resources) => {
                let rows = client.v2().get_devices().include_https(true).include_relay(true).send().await.unwrap();
                assert_eq!((rows.len(), rows.rejected().len()), (server::SERVERS, 0));
                black_box(rows);
            }
            (Self::ByHand(client), What::User) => {
                black_box(client.user().await.unwrap());
            }
            (Self::ByHand(client), What::Resources) => {
                let rows = client.resources().await.unwrap();
                assert_eq!(rows.len(), server::SERVERS);
                black_box(rows);
            }
        }
    }

    /// Makes `count` calls, `at_once` of them concurrently.
    async fn calls(&self, what: What, count: usize, at_once: usize) {
        if at_once == 1 {
            for _ in 0..count {
                self.call(what).await;
            }
            return;
        }
        let mut tasks = JoinSet::new();
        for _ in 0..at_once {
            let caller = self.clone();
            tasks.spawn(async move {
                for _ in 0..count / at_once {
                    caller.call(what).await;
                }
            });
        }
        while let Some(outcome) = tasks.join_next().await {
            outcome.unwrap();
        }
    }
}

fn callers(url: &str) -> [Caller; 2] {
    let identity = ClientIdentity::new(IDENTIFIER, PRODUCT, VERSION).unwrap();
    let client = Client::builder(identity)
        .base_url(url)
        .token(Token::new(TOKEN).unwrap())
        .http(|http| http.no_proxy().tls_certs_only([]))
        .build()
        .unwrap();
    [Caller::Sdk(client), Caller::ByHand(ByHand::new(url))]
}

fn measure(criterion: &mut Criterion, runtime: &Runtime, callers: &[Caller; 2]) {
    for what in [What::User, What::Resources] {
        let mut group = criterion.benchmark_group(format!("{what:?}"));
        for at_once in [1, 32] {
            group.throughput(Throughput::Elements(at_once as u64));
            for caller in callers {
                group.bench_function(BenchmarkId::new(caller.name(), at_once), |bencher| {
                    bencher.iter_custom(|iterations| {
                        let count = usize::try_from(iterations).unwrap() * at_once;
                        let start = Instant::now();
                        runtime.block_on(caller.calls(what, count, at_once));
                        start.elapsed()
                    });
                });
            }
        }
        group.finish();
    }
}

/// Returns the median over all turns of the SDK's time divided by that of the client written by
/// hand, and the time per call of the latter.
fn ratio(runtime: &Runtime, callers: &[Caller; 2], what: What, at_once: usize) -> (f64, Duration) {
    let time = |caller: &Caller| {
        let start = Instant::now();
        runtime.block_on(caller.calls(what, CALLS, at_once));
        start.elapsed()
    };
    let mut turns: Vec<(f64, Duration)> = (0..TURNS)
        .map(|turn| {
            // The callers also take turns at going first.
            let (sdk, by_hand) = if turn % 2 == 0 {
                let sdk = time(&callers[0]);
                (sdk, time(&callers[1]))
            } else {
                let by_hand = time(&callers[1]);
                (time(&callers[0]), by_hand)
            };
            (sdk.as_secs_f64() / by_hand.as_secs_f64(), by_hand)
        })
        .collect();
    turns.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (ratio, by_hand) = turns[TURNS / 2];
    (ratio, by_hand / u32::try_from(CALLS).unwrap())
}

/// Returns the same ratios for decoding alone, done as each client does it. A list is read row by
/// row only if one of its rows is bad.
fn decode_ratios() -> [(&'static str, f64); 3] {
    let (user, resources) = (server::user().to_string(), server::resources().to_string());
    [
        ("user", decode_ratio::<types::User, by_hand::User>(&user)),
        ("resources", decode_ratio::<Vec<types::Resource>, Vec<by_hand::Resource>>(&resources)),
        ("row by row", decode_ratio::<Rows<types::Resource>, Vec<by_hand::Resource>>(&resources)),
    ]
}

fn decode_ratio<Sdk: DeserializeOwned, ByHand: DeserializeOwned>(body: &str) -> f64 {
    fn time<T>(body: &[u8], decode: impl Fn(&[u8]) -> T) -> f64 {
        let start = Instant::now();
        for _ in 0..CALLS {
            black_box(decode(black_box(body)));
        }
        start.elapsed().as_secs_f64()
    }
    let sdk = |body: &[u8]| serde_json::from_str::<Sdk>(std::str::from_utf8(body).unwrap()).unwrap();
    let by_hand = |body: &[u8]| serde_json::from_slice::<ByHand>(body).unwrap();
    let body = body.as_bytes();
    let mut turns: Vec<f64> = (0..TURNS).map(|_| time(body, sdk) / time(body, by_hand)).collect();
    turns.sort_by(f64::total_cmp);
    turns[TURNS / 2]
}

fn main() {
    let url = server::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let callers = callers(&url);
    for caller in &callers {
        for what in [What::User, What::Resources] {
            runtime.block_on(caller.calls(what, CALLS, 32));
        }
    }

    let mut criterion = Criterion::default()
        .measurement_time(Duration::from_secs(2))
        .warm_up_time(Duration::from_millis(500))
        .sample_size(20)
        .configure_from_args();
    measure(&mut criterion, &runtime, &callers);
    criterion.final_summary();

    println!("ratio of the SDK to a client written by hand, median of {TURNS} turns of {CALLS} calls:");
    for what in [What::User, What::Resources] {
        for at_once in [1, 32] {
            let (ratio, by_hand) = ratio(&runtime, &callers, what, at_once);
            println!(
                "  {:<10} {at_once:>2} at once   {ratio:.3}x   (by hand {by_hand:.1?} a call)",
                format!("{what:?}")
            );
        }
    }
    println!("the same for decoding alone:");
    for (what, ratio) in decode_ratios() {
        println!("  {what:<10}   {ratio:.3}x");
    }
}
