//! Compares the numbers in `SECURITY.md` with the code.

use std::{fs, path::Path};

/// A file of the SDK, the line of a constant in it, and what `SECURITY.md` says about it.
const NUMBERS: &[(&str, &str, &str)] = &[
    ("runtime/transport/settings.rs", "body: 16 * 1024 * 1024,", "16 MiB by default (`ClientBuilder::body_limit`)"),
    ("runtime/wire/read.rs", "const MAX_DEPTH: u32 = 128;", "a reply: depth | 128"),
    ("runtime/wire/read.rs", "const MEMORY_PER_BYTE: usize = 8;", "8 bytes of memory for each byte of the size limit"),
    ("runtime/wire/read.rs", "const MOST_REJECTED: usize = 1000;", "a reply: rows that are set aside | 1,000"),
    ("runtime/wire/read.rs", "const MAX_NAME: usize = 80;", "a reply: names in a JSON path | 80 characters each"),
    ("runtime/transport/reply.rs", "const TREE_PER_BYTE: usize = 8;", "another 8 bytes of memory"),
    ("runtime/transport/redirect.rs", "const LIMIT: usize = 3;", "a call: redirects | 3 within the origin"),
    ("runtime/pages.rs", "const MOST_PAGES: usize = 10_000;", "a paged list: pages | 10,000"),
    (
        "runtime/pages.rs",
        "const MOST_ITEMS: usize = 100_000;",
        "100,000 by default (`Pages::item_limit`, `Items::item_limit`)",
    ),
    ("runtime/pages.rs", "const PAGE_SIZE: i64 = 100;", "100 by default (`Pages::size`)"),
    ("runtime/wire/read.rs", "const MOST_REJECTED: usize = 1000;", "1,000 over all pages"),
    (
        "runtime/error/plex.rs",
        "const MOST_ENTRIES: usize = 32;",
        "a refusal: entries of `Error::plex_errors()` | the first 32",
    ),
    ("runtime/error/plex.rs", "const MOST_VALUES: usize = 4096;", "the first 4,096, to a depth of 8"),
    ("runtime/error/plex.rs", "const MAX_DEPTH: usize = 8;", "the first 4,096, to a depth of 8"),
    ("runtime/error/plex.rs", "const MOST_TEXT: usize = 4096;", "the first 4 KiB each"),
    (
        "runtime/error/redact.rs",
        "const KEPT: usize = 8 * 1024;",
        "the first 8 KiB, written anew from at most 8,192 values",
    ),
    ("runtime/error/mod.rs", "const MOST_PATH: usize = 256;", "256 bytes of a JSON path or a host"),
    ("runtime/xml.rs", "const MAX_DEPTH: usize = 64;", "XML: depth | 64 open elements"),
    ("servers/connect.rs", "const MOST_CONNECTIONS: usize = 32;", "the best 32, at the same time"),
    ("servers/connect.rs", "const PATIENCE: Duration = Duration::from_secs(5);", "for five seconds each"),
    ("servers/connect.rs", "const BODY_LIMIT: usize = 64 * 1024;", "a server: its identity | 64 KiB"),
    ("runtime/secret.rs", "const MAX_LENGTH: usize = 8 * 1024;", "a token or JWT: size | 8 KiB"),
    ("runtime/transport/retry.rs", "attempts: 3,", "a call: attempts | 3 by default"),
    ("runtime/transport/retry.rs", "longest_retry_after: Duration::from_secs(60),", "a minute by default"),
    ("runtime/transport/settings.rs", "timeout: Duration::from_secs(30),", "30 seconds for each attempt by default"),
    (
        "auth/store/file.rs",
        "const LOCK_WAIT: Duration = Duration::from_secs(5);",
        "the wait for its lock | five seconds",
    ),
    ("auth/store/private_file.rs", "const LARGEST: usize = 16 * 1024 * 1024;", "a store: its file | 16 MiB"),
    ("auth/poll.rs", "const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60);", "plex.tv asks for | 60 seconds"),
    (
        "auth/jwt_verifier.rs",
        "const SHORTEST_REFETCH: Duration = Duration::from_secs(60);",
        "once a minute at most, failed",
    ),
    (
        "auth/keeper.rs",
        "const SHORTEST_RENEWAL: Duration = Duration::from_secs(60);",
        "once a minute at most, whatever",
    ),
    ("auth/keeper.rs", "const LONGEST_PAUSE: Duration = Duration::from_secs(3600);", "rests for an hour at most"),
    ("auth/keeper.rs", "const MOST_KEYS: usize = 8;", "a renewal: device keys that are tried | 8"),
    ("auth/owner.rs", "const MOST_SPARES: usize = 3;", "a store: spare device keys | 3"),
    ("runtime/pages.rs", "const MOST_ITEMS: usize = 100_000;", "`Items::item_limit`"),
    ("community/pages.rs", "const PAGE_SIZE: usize = 100;", "pages of 100 items"),
    ("runtime/pages.rs", "const MOST_PAGES: usize = 10_000;", "10,000 of them"),
    ("runtime/wire/read.rs", "const MOST_REJECTED: usize = 1000;", "and 1,000 rows that are set aside"),
    ("webhooks/receive/event.rs", "const MOST_BODY: usize = 16 * 1024 * 1024;", "16 MiB of body"),
    ("webhooks/receive/event.rs", "const MOST_PAYLOAD: usize = 1024 * 1024;", "1 MiB of payload"),
    ("webhooks/receive/event.rs", "const MOST_THUMB: usize = 8 * 1024 * 1024;", "8 MiB of picture"),
    ("webhooks/receive/multipart.rs", "const MOST_PARTS: usize = 16;", "in 16 parts"),
    ("client.rs", "const LONGEST_LANGUAGE: usize = 35;", "a language tag | 35 bytes"),
    ("identity.rs", "const MAX_LENGTH: usize = 255;", "a value of the identity | 255 bytes"),
];

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    // Sentences may span several lines.
    fs::read_to_string(&path).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn each_number_of_the_security_page_matches_the_code() {
    let security = read("SECURITY.md");
    let mut faults = Vec::new();
    for (file, line, said) in NUMBERS {
        if !read(&format!("plex-tv-sdk/src/{file}")).contains(line) {
            faults.push(format!("{file} has no `{line}`: check whether `{said}` in SECURITY.md is still true"));
        }
        if !security.contains(said) {
            faults.push(format!("SECURITY.md does not say `{said}`, but {file} has `{line}`"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
