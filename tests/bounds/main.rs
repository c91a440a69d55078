//! Limits the work and memory per byte of hostile replies of growing size. Both are counted by the
//! allocator, not timed.
//!
//! Work that does not allocate is not counted. If it grew faster than its input, the test would not
//! end.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a failed unwrap is the message of its test"
)]

mod depth;
mod security;
mod server;

use allocation_counter::AllocationInfo;
use plex_tv_sdk::{Client, ClientIdentity, Error, Method, Operation, RetryPolicy, Token};
use serde_json::Value;

use server::Server;

const KIB: usize = 1024;
/// The body limits to test, in bytes, each with a body that fills it.
const LIMITS: [usize; 2] = [128 * KIB, 512 * KIB];

/// The most bytes of memory per byte of the limit: the body and a copy of it as text, the tree of
/// an XML body (8), the same as JSON, the value (8), and the doubling of lists that grow.
const MEMORY: u64 = 24;
/// The most allocations per byte of the body. A byte makes at most one text, list or map.
const ALLOCATIONS: u64 = 2;
/// Bytes that any call may take: the connection, the request, headers, and the error, which reads
/// 8,192 values. Each of them may be a map with one member, which takes about 700 bytes.
const ANY_CALL: u64 = 8192 * 700 + 512 * 1024;
/// Allocations that any call may make: an error makes some for each of its values.
const ANY_ALLOCATIONS: u64 = 8192 * 20;

/// A call and the bodies that it receives.
struct Case {
    name: &'static str,
    status: u16,
    content_type: &'static str,
    /// The text before and after the pieces.
    around: [&'static str; 2],
    pieces: &'static [&'static str],
    call: fn(&Client, &tokio::runtime::Runtime) -> Result<(), Error>,
}

const JSON: &str = "application/json";
const XML: &str = "application/xml";

/// Small pieces that become large values.
const VALUES: [&str; 9] = [
    "{},",
    "[],",
    "null,",
    "\"\",",
    "[[[[]]]],",
    r#"{"a":0},"#,
    r#"{"a":{"b":{"c":0}}},"#,
    r#"[{"a":[{}]}],"#,
    r#"{"a":"\u0000","b":1e400},"#,
];

/// Each level has an invalid id.
const NESTED: &str = concat!(
    r#"{"id":"x","sharedServers":[{"id":"x","owner":{"id":"x","sharedServers":[{"id":"x","owner":{"id":"x","sharedServers":["#,
    r#"{"id":"x","owner":{"id":"x","sharedServers":[{"id":"x","owner":{"id":"x","sharedServers":[{"id":"x","owner":"#,
    r#"{"id":"x","sharedServers":[{"id":"x","owner":{"id":"x"}}]}}]}}]}}]}}]}}]},"#
);

const ELEMENTS: [&str; 8] = [
    "<User/>",
    "<User id='1'/>",
    "<User id=''><Server id=''/></User>",
    "<a b=''/>",
    "<a><b/></a>",
    "<a>&lt;</a>",
    "text",
    "<User id='1'>text<a/>text</User>",
];

const CASES: &[Case] = &[
    Case {
        name: "rows",
        status: 200,
        content_type: JSON,
        around: ["[", "null]"],
        pieces: &VALUES,
        call: |client, runtime| runtime.block_on(client.v2().get_devices().send()).map(drop),
    },
    Case {
        name: "good rows",
        status: 200,
        content_type: JSON,
        around: ["[", "null]"],
        pieces: &[
            r#"{"clientIdentifier":"a","name":"b","provides":"c","product":"d"},"#,
            r#"{"clientIdentifier":"a","name":"b","connections":[{},{"uri":""},{"uri":"a"}]},"#,
        ],
        call: |client, runtime| runtime.block_on(client.v2().get_devices().send()).map(drop),
    },
    Case {
        name: "items with unknown members",
        status: 200,
        content_type: JSON,
        around: [r#"{"MediaContainer":{"Metadata":["#, "null]}}"],
        pieces: &[
            r#"{"ratingKey":"1"},"#,
            r#"{"ratingKey":"1","x":0},"#,
            r#"{"ratingKey":"1","x":[[],[],[],"",{}]},"#,
            r#"{"ratingKey":"1","x":[{"a":0},{"a":0},{"a":0}]},"#,
            r#"{"ratingKey":"1","x":{"a":{"b":{"c":[0]}}}},"#,
            r#"{"ratingKey":"1","Guid":[{"id":"a"}],"Genre":[{"tag":"a"}]},"#,
        ],
        call: |client, runtime| runtime.block_on(client.discover().get_watchlist("all").send()).map(drop),
    },
    Case {
        name: "errors in place of a value",
        status: 200,
        content_type: JSON,
        around: [r#"{"error":["#, "null]}"],
        pieces: &VALUES,
        call: |client, runtime| runtime.block_on(client.v2().get_user_details().send()).map(drop),
    },
    Case {
        name: "nested rows that cannot be read",
        status: 200,
        content_type: JSON,
        around: ["[", "null]"],
        pieces: &[NESTED],
        call: |client, runtime| runtime.block_on(client.v2().list_received_invites("pending").send()).map(drop),
    },
    Case {
        name: "elements",
        status: 200,
        content_type: XML,
        around: ["<MediaContainer>", "</MediaContainer>"],
        pieces: &ELEMENTS,
        call: |client, runtime| runtime.block_on(client.v1().get_legacy_users().send()).map(drop),
    },
    Case {
        name: "JSON in place of XML",
        status: 200,
        content_type: JSON,
        around: [r#"{"MediaContainer":{"User":["#, "null]}}"],
        pieces: &VALUES,
        call: |client, runtime| runtime.block_on(client.v1().get_legacy_users().send()).map(drop),
    },
    Case {
        name: "a type of the caller",
        status: 200,
        content_type: JSON,
        around: ["[", "null]"],
        pieces: &VALUES,
        call: |client, runtime| {
            let operation = Operation::new("new", Method::Get, "/new");
            runtime.block_on(client.v2().call(operation).send::<Value>()).map(drop)
        },
    },
    Case {
        name: "a refusal in JSON",
        status: 400,
        content_type: JSON,
        around: [r#"{"errors":["#, "null]}"],
        pieces: &VALUES,
        call: |client, runtime| runtime.block_on(client.v2().get_user_details().send()).map(drop),
    },
    Case {
        name: "a refusal with texts",
        status: 400,
        content_type: JSON,
        around: [r#"{"errors":["#, "null]}"],
        pieces: &[r#"{"code":1001,"message":"a"},"#, r#""https://a.example/%25?b=c","#, r#"{"email":["a","b"]},"#],
        call: |client, runtime| runtime.block_on(client.v2().get_user_details().send()).map(drop),
    },
    Case {
        name: "a refusal in XML",
        status: 422,
        content_type: XML,
        around: ["<errors>", "</errors>"],
        pieces: &["<error code='1001'/>", "<error>a</error>", "<a b='' c=''/>", "<error ", "&amp;", "<![CDATA[a]]>"],
        call: |client, runtime| runtime.block_on(client.v2().get_user_details().send()).map(drop),
    },
    Case {
        name: "a refusal that is never closed",
        status: 500,
        content_type: XML,
        around: ["", ""],
        pieces: &["<error>", "<error a='", "[", r#"{"errors":"#, "<!--", "&lt;", "\\\"", "\u{feff}"],
        call: |client, runtime| runtime.block_on(client.v2().get_user_details().send()).map(drop),
    },
    Case {
        name: "many broken texts",
        status: 200,
        content_type: JSON,
        around: ["[", "null]"],
        pieces: &["{\"name\":\"\u{1}\"},", "\"\u{2}\",", "1e999,", "{\"\u{3}\":1},"],
        call: |client, runtime| runtime.block_on(client.v2().get_devices().send()).map(drop),
    },
];

fn client(url: &str, body_limit: usize) -> Client {
    let identity = ClientIdentity::new("bounds-desk-01", "Example App", "1.0.0").unwrap();
    let builder = Client::builder(identity).base_url(url).retry(RetryPolicy::off()).body_limit(body_limit);
    let builder = builder.token(Token::new("EXAMPLE-ACCOUNT-TOKEN").unwrap());
    builder.http(|http| http.no_proxy().tls_certs_only([])).build().unwrap()
}

impl Case {
    /// A body that is a little shorter than a limit.
    fn body(&self, piece: &str, limit: usize) -> Vec<u8> {
        let [before, behind] = self.around;
        let count = (limit - before.len() - behind.len()) / piece.len();
        [before, &piece.repeat(count), behind].concat().into_bytes()
    }

    fn measure(&self, server: &Server, piece: &str, limit: usize) -> AllocationInfo {
        // Other threads, such as the one that resolves a name, are not counted.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let client = client(&server.url, limit);
        server.answer(self.status, self.content_type, self.body(piece, limit));
        allocation_counter::measure(|| {
            // A value and an error are both fine here.
            let _ = (self.call)(&client, &runtime);
        })
    }
}

#[test]
fn work_and_memory_of_a_call_are_linear_in_the_limit_of_its_body() {
    let server = Server::start();
    let mut faults = Vec::new();
    for case in CASES {
        for piece in case.pieces {
            for limit in LIMITS {
                let AllocationInfo { count_total, bytes_max, .. } = case.measure(&server, piece, limit);
                let bytes = limit as u64;
                println!(
                    "{}: {piece:?} {limit}: {} per byte, {} allocations",
                    case.name,
                    bytes_max / bytes,
                    count_total
                );
                if bytes_max > MEMORY * bytes + ANY_CALL {
                    faults.push(format!("{} of {piece:?}, {limit}: {bytes_max} bytes at once", case.name));
                }
                if count_total > ALLOCATIONS * bytes + ANY_ALLOCATIONS {
                    faults.push(format!("{} of {piece:?}, {limit}: {count_total} allocations", case.name));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
