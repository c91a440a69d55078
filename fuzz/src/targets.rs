//! The fuzz targets. Each takes arbitrary bytes and panics when an invariant is broken.
//!
//! cargo-fuzz runs them through `fuzz_targets/`. `tests/fuzz` runs them on stable Rust.

use plex_tv_sdk::{v1, v2};
use std::{
    cell::{Cell, RefCell},
    fmt::Debug,
    io::{Read as _, Write as _},
    net::{IpAddr, Ipv4Addr, TcpListener},
    ops::Range,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use plex_tv_codegen::generator_view;
use plex_tv_diff::diff;
use plex_tv_openapi::{Document, lint};
use plex_tv_sdk::{
    Client, ClientIdentity, Error, Page, Pages, PlexDirect, Reread, Rows, discover, redacted_body,
    reqwest::{
        Url,
        header::{HeaderMap, HeaderName, HeaderValue},
    },
    reread_error, reread_retry_after, store_error,
    webhook::Event,
    xml_as_json,
};
use serde_json::Value;

/// A fuzz target, and the files and folders of the workspace that its inputs start from.
#[derive(Debug)]
pub struct Target {
    pub name: &'static str,
    pub run: fn(&[u8]),
    pub seeds: &'static [&'static str],
}

macro_rules! targets {
    ($($name:ident from $($seed:literal),+;)*) => {
        /// All targets.
        pub const TARGETS: &[Target] =
            &[$(Target { name: stringify!($name), run: $name, seeds: &[$($seed),+] },)*];
    };
}

targets! {
    decode_user from "tests/payloads/getUserDetails";
    decode_resources from "tests/payloads/getDevices";
    decode_pin from "tests/payloads/getPin", "tests/payloads/getToken";
    decode_home from "tests/payloads/getHomeData";
    decode_shared_servers from "tests/payloads/listOwnedSharedServers";
    decode_legacy_users from "tests/payloads/getLegacyUsers";
    decode_watchlist from "tests/payloads/getWatchlist";
    parse_plex_error_json_or_xml from
        "tests/payloads/getUserDetails", "tests/payloads/getToken", "tests/payloads/getLegacyUsers";
    xml_to_json from "tests/payloads/getLegacyUsers", "tests/payloads/getLegacyDevices";
    redaction from "tests/payloads/getUserDetails", "tests/payloads/getLegacyUsers";
    retry_after_header from "fuzz/seeds/retry_after_header";
    pin_auth_url from "fuzz/seeds/pin_auth_url";
    plex_direct_host from "fuzz/seeds/plex_direct_host";
    pagination_headers from "fuzz/seeds/pagination_headers";
    webhook_delivery from "fuzz/seeds/webhook_delivery";
    generator_view_and_lint from "tools/openapi/tests/lint/base.yaml";
    pointer_to_line from "tools/openapi/tests/lint/base.yaml";
    diff_two_documents from "tools/openapi/tests/lint/base.yaml";
}

/// Checks that a decoded value, encoded and decoded again, is the same. Input that does not decode
/// must give an error, never a panic.
fn reread(decode: impl Fn(&[u8]) -> Option<Result<Reread, Error>>, data: &[u8]) {
    match decode(data).expect("the operation has a reply") {
        Err(error) => show(&error),
        Ok(first) => {
            let text = first.value().to_string();
            let second = decode(text.as_bytes()).expect("the operation has a reply");
            let second = second.unwrap_or_else(|error| panic!("the encoded value does not decode: {error}: {text}"));
            assert_eq!(first.value(), second.value());
        }
    }
}

fn show(shown: &impl Debug) {
    assert!(!format!("{shown:?}").is_empty());
}

pub fn decode_user(data: &[u8]) {
    reread(|data| v2::reread_reply("getUserDetails", data, false), data);
}

pub fn decode_resources(data: &[u8]) {
    reread(|data| v2::reread_reply("getDevices", data, false), data);
}

pub fn decode_pin(data: &[u8]) {
    reread(|data| v2::reread_reply("getToken", data, false), data);
}

pub fn decode_home(data: &[u8]) {
    reread(|data| v2::reread_reply("getHomeData", data, false), data);
}

pub fn decode_shared_servers(data: &[u8]) {
    reread(|data| v2::reread_reply("listOwnedSharedServers", data, false), data);
}

pub fn decode_legacy_users(data: &[u8]) {
    reread(|data| v1::reread_reply("getLegacyUsers", data, false), data);
}

pub fn decode_watchlist(data: &[u8]) {
    reread(|data| discover::reread_reply("getWatchlist", data, false), data);
}

pub fn parse_plex_error_json_or_xml(data: &[u8]) {
    let errors = reread_error(data);
    assert!(errors.len() <= 32);
    for error in errors {
        show(&error);
        let is_bounded = |text: Option<&str>| text.is_none_or(|text| text.len() <= 4096);
        assert!(is_bounded(error.message()) && is_bounded(error.field()));
        assert!(error.code().or(error.status()).is_some() || error.message().or(error.field()).is_some());
    }
}

/// XML converts to JSON that parses to the same value, with at most one value for each byte of
/// input.
pub fn xml_to_json(data: &[u8]) {
    match xml_as_json(data) {
        Ok(value) => {
            let text = value.to_string();
            assert_eq!(serde_json::from_str::<Value>(&text).expect("it was just written"), value);
            assert!(values(&value) <= 1 + data.len());
        }
        Err(error) => show(&error),
    }
}

fn values(value: &Value) -> usize {
    match value {
        Value::Object(members) => 1 + members.values().map(values).sum::<usize>(),
        Value::Array(items) => 1 + items.iter().map(values).sum::<usize>(),
        _ => 1,
    }
}

/// The first line is a secret that was sent; the rest is the body. The result is a description, a
/// truncated body, or JSON or XML with nothing left to redact.
pub fn redaction(data: &[u8]) {
    let split = data.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let secret = String::from_utf8_lossy(&data[..split]).into_owned();
    let kept = redacted_body(&data[split..], std::slice::from_ref(&secret));
    // A secret that is short, or part of the `[redacted]` mark, can occur in any text.
    if secret.len() >= 8 && !"[redacted]".contains(&secret) && !secret.contains("redacted") {
        assert!(!kept.contains(&secret), "{secret:?} is in {kept:?}");
    }
    assert!(kept.len() <= 8 * 1024 && !kept.contains(char::is_control));
    let is_whole = !kept.ends_with("not shown>") && !kept.ends_with('…');
    assert!(!is_whole || redacted_body(kept.as_bytes(), &[]) == kept, "{kept:?}");
}

/// The first line is `Retry-After`, the second `Date`.
pub fn retry_after_header(data: &[u8]) {
    let mut lines = data.split(|byte| *byte == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let (retry_after, date) = (line(), line());
    if let Some(wait) = reread_retry_after(retry_after, date) {
        let digits = std::str::from_utf8(retry_after).is_ok_and(|text| text.trim().parse::<u64>().is_ok());
        // The year of a date has four digits.
        assert!(digits || wait < Duration::from_secs(10_000 * 366 * 86_400), "{wait:?}");
    }
}

/// The first line is the code, the second the device name, the third the forward URL.
///
/// No input may break out of the fragment, and the approval page must read the same code back.
pub fn pin_auth_url(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut lines = text.lines();
    let mut line = || lines.next().unwrap_or_default();
    let (code, name, forward) = (line(), line(), line());
    let Some(url) = Approval::get().auth_url(code, name, forward) else { return };
    let parsed = Url::parse(&url).expect("it is a URL");
    assert_eq!((parsed.host_str(), parsed.path(), parsed.query()), (Some("app.plex.tv"), "/auth", None));
    let fragment = parsed.fragment().expect("it has a fragment").strip_prefix('?').expect("it starts with `?`");
    assert!(fragment.is_ascii() && !fragment.contains(['#', ' ', '[', ']', '"', '<']), "{url}");
    let readable = Url::parse(&format!("http://localhost/?{fragment}")).expect("it is a query");
    let read: Vec<String> =
        readable.query_pairs().filter(|(name, _)| name == "code").map(|(_, value)| value.into_owned()).collect();
    assert_eq!(read, [code]);
}

/// A server that issues PINs with a chosen code, and a runtime to call it.
struct Approval {
    runtime: tokio::runtime::Runtime,
    code: Arc<Mutex<String>>,
    url: String,
}

impl Approval {
    fn get() -> &'static Self {
        static APPROVAL: OnceLock<Approval> = OnceLock::new();
        APPROVAL.get_or_init(Self::start)
    }

    fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it has an address"));
        let code = Arc::new(Mutex::new(String::new()));
        let given = Arc::clone(&code);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut head = [0; 4096];
                let mut read = 0;
                while !head[..read].ends_with(b"\r\n\r\n") {
                    match stream.read(&mut head[read..]) {
                        Ok(more @ 1..) => read += more,
                        _ => break,
                    }
                }
                let code = given.lock().expect("no thread panics with the lock").clone();
                let body = serde_json::json!({ "id": 7, "code": code, "expiresIn": 900 }).to_string();
                let length = body.len();
                let reply = format!(
                    "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
                     connection: close\r\n\r\n{body}"
                );
                stream.write_all(reply.as_bytes()).ok();
            }
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("the runtime starts");
        Self { runtime, code, url }
    }

    /// Returns `None` if the client or the login refuses the input.
    fn auth_url(&self, code: &str, name: &str, forward: &str) -> Option<String> {
        let mut identity = ClientIdentity::new("fuzz", "Example App", "1").expect("the identity is valid");
        if !name.is_empty() {
            identity = identity.device_name(name);
        }
        let builder = Client::builder(identity).base_url(&self.url);
        let client = builder.http(|http| http.no_proxy().tls_certs_only([])).build().ok()?;
        code.clone_into(&mut self.code.lock().expect("no thread panics with the lock"));
        let login = client.pin_login().strong();
        let login = if forward.is_empty() { login } else { login.forward_url(forward) };
        match self.runtime.block_on(login.start()) {
            Ok(flow) => Some(flow.auth_url()),
            Err(error) if error.is_invalid_input() => None,
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// The first line is a host name. The first bytes also serve as an address, and the last line as a
/// hash.
pub fn plex_direct_host(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let name = text.lines().next().unwrap_or_default();
    match name.parse::<PlexDirect>() {
        Ok(read) => {
            assert_eq!(read.as_str(), name);
            let built = PlexDirect::new(read.address(), read.hash()).expect("it was just read");
            assert_eq!((built.address(), built.hash()), (read.address(), read.hash()));
            read_back(&built);
        }
        Err(error) => show(&error),
    }

    let v4 = data.first_chunk::<4>().copied().map(Ipv4Addr::from);
    let mapped = v4.map(|v4| IpAddr::from(v4.to_ipv6_mapped()));
    let v6 = data.first_chunk::<16>().copied().map(IpAddr::from);
    let end = text.lines().next_back().unwrap_or_default();
    for address in [v4.map(IpAddr::from), mapped, v6].into_iter().flatten() {
        let built = PlexDirect::new(address, "0123456789abcdef").expect("the hash is valid");
        assert_eq!(built.address(), address.to_canonical());
        read_back(&built);
        match PlexDirect::new(address, end) {
            Ok(built) => {
                assert_eq!(built.hash(), end);
                read_back(&built);
            }
            Err(error) => show(&error),
        }
    }
}

/// Checks that a built name is a valid host name and parses back to the same value.
fn read_back(built: &PlexDirect) {
    let name = built.as_str();
    assert_eq!(name.parse::<PlexDirect>().expect("it was just built"), *built);
    let url = Url::parse(&format!("https://{name}:32400")).expect("it is a host");
    assert_eq!(url.host_str(), Some(name));
    for label in name.split('.') {
        assert!((1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-'), "{name}");
    }
}

/// The number of rows requested in one call. A reply has at most seven valid rows and any number of
/// invalid ones.
const PAGE_SIZE: i64 = 8;

/// Each line is a reply: see [`PageReply`]. Whatever the replies are, the list ends, never goes
/// back, and yields each row once and in order. No page is larger than the requested size. A page
/// that failed or was refused is requested again.
pub fn pagination_headers(data: &[u8]) {
    let replies: Vec<PageReply<'_>> = data.split(|byte| *byte == b'\n').map(PageReply::read).collect();
    let (calls, asked, sent) = (Cell::new(0), Cell::new(0), RefCell::new(0..0));
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("the runtime starts");
    runtime.block_on(async {
        let mut pages = Pages::new(async |start, _| {
            asked.set(start);
            let reply = replies.get(calls.replace(calls.get() + 1));
            reply.map_or_else(|| Ok(Page::new(Rows::default())), |reply| reply.page(&mut sent.borrow_mut()))
        })
        .size(PAGE_SIZE);
        let (mut start, mut newest) = (0, None);
        for _ in 0..=replies.len() {
            let before = calls.get();
            let page = match pages.next_page().await {
                Ok(Some(page)) => page,
                Ok(None) => {
                    let all = calls.get();
                    assert!(pages.next_page().await.is_ok_and(|page| page.is_none()) && calls.get() == all);
                    return;
                }
                Err(error) => {
                    show(&error);
                    continue;
                }
            };
            assert_eq!((calls.get(), asked.get()), (before + 1, start));
            assert_eq!(*page, sent.borrow().clone().collect::<Vec<u64>>());
            let count = (page.len() + page.rejected().len()) as i64;
            assert!(count <= PAGE_SIZE, "{count} rows in a page");
            start += count;
            for row in page {
                assert!(newest < Some(row), "{row} after {newest:?}");
                newest = Some(row);
            }
        }
        // Only the page limit ends a list before its replies are used up, and it stays ended.
        assert!(calls.get() < replies.len() && pages.next_page().await.is_err(), "{pages:?}");
    });
    runtime.block_on(collects(&replies));
}

/// Checks that, whatever the replies are, no more items are collected than the limit allows and no
/// more calls are made than there are pages.
async fn collects(replies: &[PageReply<'_>]) {
    for limit in [0, 1, 10, usize::MAX] {
        let (calls, sent) = (Cell::new(0), RefCell::new(0..0));
        let pages = Pages::new(async |_, _| {
            let reply = replies.get(calls.replace(calls.get() + 1));
            reply.map_or_else(|| Ok(Page::new(Rows::default())), |reply| reply.page(&mut sent.borrow_mut()))
        });
        match pages.size(PAGE_SIZE).item_limit(limit).collect().await {
            Ok(items) => assert!(items.len() <= limit && items.is_sorted(), "{} items", items.len()),
            Err(error) => show(&error),
        }
        assert!(calls.get() <= replies.len() + 1);
    }
}

/// Fields separated by `|`. The first describes the rows: a digit such as `3` for their number, `r`
/// to repeat those of the previous reply, `x` for each invalid row, `!` for a failure. The others
/// are start and total from the headers, then start and total from the body.
struct PageReply<'a>([&'a [u8]; 5]);

impl<'a> PageReply<'a> {
    fn read(line: &'a [u8]) -> Self {
        let mut fields = line.split(|byte| *byte == b'|');
        Self(std::array::from_fn(|_| fields.next().unwrap_or_default()))
    }

    /// Rows are numbered in the order they are sent. `sent` holds those of the previous reply.
    fn page(&self, sent: &mut Range<u64>) -> Result<Page<u64>, Error> {
        let Self([rows, start, total, offset, total_size]) = self;
        let is = |flag: u8| rows.contains(&flag);
        if is(b'!') {
            return Err(store_error("it failed"));
        }
        if !is(b'r') {
            let count = rows.first().map_or(0, |first| u64::from(first % 8));
            *sent = sent.end..sent.end + count;
        }
        let bad = rows.iter().filter(|byte| **byte == b'x').map(|_| Value::from("bad"));
        let rows: Value = sent.clone().map(Value::from).chain(bad).collect();
        let rows: Rows<u64> = serde_json::from_value(rows).expect("bad rows are set aside");
        let header = |name, value| Some((HeaderName::from_static(name), HeaderValue::from_bytes(value).ok()?));
        let headers = [header("x-plex-container-start", start), header("x-plex-container-total-size", total)];
        let headers: HeaderMap = headers.into_iter().flatten().collect();
        let member = |text| std::str::from_utf8(text).ok()?.parse().ok();
        Ok(Page::new(rows).offset(member(offset)).total(member(total_size)).headers(&headers))
    }
}

/// The first line is the content type, and the rest is the body.
///
/// A picture is copied from the body as it is, and every refusal has its predicate.
pub fn webhook_delivery(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (content_type, body) = data.split_at(end);
    let body = body.get(1..).unwrap_or_default();
    match Event::from_multipart(&String::from_utf8_lossy(content_type), body) {
        Ok(event) => {
            show(&event);
            let thumb = event.thumb.map(|thumb| thumb.bytes).filter(|thumb| !thumb.is_empty());
            assert!(thumb.is_none_or(|thumb| body.windows(thumb.len()).any(|bytes| bytes == thumb)));
        }
        Err(error) => {
            show(&error);
            assert!(error.is_unexpected_content_type() || error.is_decode() || error.is_too_large(), "{error}");
        }
    }
    if let Err(error) = Event::from_payload(data) {
        assert!(error.is_decode() || error.is_too_large(), "{error}");
    }
}

/// The lint and its findings do not panic, and the generator view is idempotent.
pub fn generator_view_and_lint(data: &[u8]) {
    let Some(document) = document(data) else { return };
    lint(&document).iter().for_each(show);
    let view = generator_view(document.value());
    assert_eq!(generator_view(&view), view);
}

/// Every pointer of a document, and any other text, maps to a line of the file.
pub fn pointer_to_line(data: &[u8]) {
    let Some(document) = document(data) else { return };
    let lines = lines(document.text());
    let mut pointers = vec![String::new(), "/none/0".to_owned(), String::from_utf8_lossy(data).into_owned()];
    collect(document.value(), "", &mut pointers);
    for pointer in pointers {
        let line = document.line(&pointer);
        assert!((1..=lines).contains(&line), "{pointer} is on line {line} of {lines}");
    }
}

fn document(data: &[u8]) -> Option<Document> {
    let text = std::str::from_utf8(data).ok()?;
    match Document::parse("fuzz.yaml", text) {
        Ok(document) => Some(document),
        Err(problem) => {
            show(&problem);
            assert!(problem.line().is_none_or(|line| line <= lines(text)), "{problem} is past the end");
            None
        }
    }
}

/// Counts the lines up to the last one that is not blank.
fn lines(text: &str) -> usize {
    text.trim_end_matches([' ', '\t', '\r', '\n']).replace("\r\n", "\n").split(['\n', '\r']).count()
}

fn collect(value: &Value, at: &str, pointers: &mut Vec<String>) {
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    let below: Vec<(String, &Value)> = match value {
        Value::Object(members) => {
            members.iter().map(|(key, value)| (format!("{at}/{}", escaped(key)), value)).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, value)| (format!("{at}/{index}"), value)).collect()
        }
        _ => Vec::new(),
    };
    for (pointer, value) in below {
        collect(value, &pointer, pointers);
        pointers.push(pointer);
    }
}

/// A document does not differ from itself. Two documents are compared in both directions or refused
/// in both.
pub fn diff_two_documents(data: &[u8]) {
    static BASE: OnceLock<Document> = OnceLock::new();

    let Ok(head) =
        std::str::from_utf8(data).map_err(drop).and_then(|text| Document::parse("head.yaml", text).map_err(drop))
    else {
        return;
    };
    let base = BASE.get_or_init(|| {
        let text = include_str!("../../tools/openapi/tests/lint/base.yaml");
        Document::parse("base.yaml", text).expect("the base document is valid")
    });
    match (diff(base, &head), diff(&head, base)) {
        (Ok(there), Ok(back)) => {
            assert!(diff(&head, &head).is_ok_and(|findings| findings.is_empty()));
            assert_eq!(there.is_empty(), back.is_empty(), "forward {there:?}, backward {back:?}");
        }
        (Err(_), Err(_)) => {}
        (there, back) => panic!("forward {there:?}, backward {back:?}"),
    }
}
