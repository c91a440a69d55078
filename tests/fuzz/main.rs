//! Runs the targets of `fuzz/` on stable Rust, each with at least ten thousand inputs. Most of
//! these are replies and descriptions of this workspace with a few bytes changed.
//!
//! `cargo +nightly fuzz run TARGET` searches further. Add each crash that it finds to
//! `found_crashes_stay_fixed`.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a target reports by panicking")]

#[path = "../../fuzz/src/targets.rs"]
#[allow(unreachable_pub, reason = "the crate in `fuzz/` shares it")]
mod targets;

use std::{
    fs,
    path::{Path, PathBuf},
};

use proptest::{
    prelude::*,
    sample::Index,
    test_runner::{Config, TestRunner},
};
use targets::TARGETS;

const CASES: u32 = 10_000;

/// Texts that are hard for readers of JSON, XML and YAML.
const ODD: [&str; 34] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "\\",
    "null",
    "true",
    "1e400",
    "-0",
    "1.0",
    "9223372036854775808",
    "\\ud800",
    "\\u0000",
    "\u{feff}",
    "\u{202e}",
    "é",
    "<",
    ">",
    "</",
    "/>",
    "&amp;",
    "&x;",
    "<![CDATA[",
    "<!DOCTYPE a>",
    "=",
    "'",
    "\r\n",
    "\n  - ",
    ": &a *a",
    "token",
    "[redacted]",
];

/// One change of an input.
#[derive(Clone, Debug)]
enum Change {
    Cut(Index),
    Drop(Index, usize),
    Double(Index, usize),
    Set(Index, u8),
    Insert(Index, &'static str),
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let at = |index: &Index| index.index(bytes.len() + 1);
        match self {
            Self::Cut(index) => bytes.truncate(at(index)),
            Self::Drop(index, length) => {
                let start = at(index);
                bytes.drain(start..bytes.len().min(start + length));
            }
            Self::Double(index, length) => {
                let start = at(index);
                let part = bytes[start..bytes.len().min(start + length)].to_vec();
                bytes.splice(start..start, part);
            }
            Self::Set(index, byte) => {
                let at = at(index);
                if let Some(old) = bytes.get_mut(at) {
                    *old = *byte;
                }
            }
            Self::Insert(index, text) => {
                let at = at(index);
                bytes.splice(at..at, text.bytes());
            }
        }
    }
}

fn change() -> impl Strategy<Value = Change> {
    let odd = proptest::sample::select(&ODD[..]);
    prop_oneof![
        1 => any::<Index>().prop_map(Change::Cut),
        3 => (any::<Index>(), 1..40_usize).prop_map(|(at, length)| Change::Drop(at, length)),
        3 => (any::<Index>(), 1..200_usize).prop_map(|(at, length)| Change::Double(at, length)),
        3 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        6 => (any::<Index>(), odd).prop_map(|(at, text)| Change::Insert(at, text)),
    ]
}

fn input(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let changed =
        (proptest::sample::select(seeds), prop::collection::vec(change(), 0..6)).prop_map(|(mut bytes, changes)| {
            changes.iter().for_each(|change| change.apply(&mut bytes));
            bytes
        });
    let odd =
        prop::collection::vec(proptest::sample::select(&ODD[..]), 0..24).prop_map(|parts| parts.concat().into_bytes());
    prop_oneof![6 => changed, 1 => odd, 1 => prop::collection::vec(any::<u8>(), 0..256)]
}

/// Reads the files of the workspace that a target starts from.
fn seeds(places: &[&str]) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let files = places.iter().flat_map(|place| {
        let place = root.join(place);
        if place.is_dir() {
            fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path()).collect()
        } else {
            vec![place]
        }
    });
    let mut files: Vec<PathBuf> = files.collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// Runs a target with the same inputs every time. The fuzzer looks for new ones.
fn search(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).unwrap();
    let seeds = seeds(target.seeds);
    seeds.iter().for_each(|seed| (target.run)(seed));
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let rng = proptest::test_runner::TestRng::deterministic_rng(config.rng_algorithm);
    let outcome = TestRunner::new_with_rng(config, rng).run(&input(seeds), |bytes| {
        (target.run)(&bytes);
        Ok(())
    });
    outcome.unwrap_or_else(|found| panic!("{name}: {found}"));
}

macro_rules! searches {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                search(stringify!($name));
            }
        )*

        #[test]
        fn every_target_is_searched() {
            let searched = [$(stringify!($name)),*];

            assert_eq!(TARGETS.iter().map(|target| target.name).collect::<Vec<_>>(), searched);
        }
    };
}

/// Runs inputs that the fuzzer found, minimized.
#[test]
fn found_crashes_stay_fixed() {
    let found: [(&str, &[u8]); 2] = [
        ("redaction", b"secret\n<nonce nonce=\"a<b\"?>text<x>"),
        ("xml_to_json", b"{\"a\":[9999999900000000000000000000001882685160]}"),
    ];

    for (name, input) in found {
        (TARGETS.iter().find(|target| target.name == name).unwrap().run)(input);
    }
}

searches! {
    decode_user
    decode_resources
    decode_pin
    decode_home
    decode_shared_servers
    decode_legacy_users
    decode_watchlist
    parse_plex_error_json_or_xml
    xml_to_json
    redaction
    retry_after_header
    pin_auth_url
    plex_direct_host
    pagination_headers
    webhook_delivery
    generator_view_and_lint
    pointer_to_line
    diff_two_documents
}
