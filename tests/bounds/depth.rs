//! Reads deeply nested replies on a stack half the size of that of a tokio worker.

use plex_tv_sdk::{discover, redacted_body, reread_error, v1, v2, xml_as_json};

const STACK: usize = 1024 * 1024;

/// A reader, and the text that opens and closes one level of its input.
struct Nest {
    name: &'static str,
    read: fn(&[u8]),
    start: &'static str,
    open: &'static str,
    close: &'static str,
    end: &'static str,
}

fn shares(body: &[u8]) {
    for strict_rows in [false, true] {
        let _ = v2::reread_reply("listReceivedInvites", body, strict_rows).unwrap();
        let _ = v2::reread_reply("listOwnedSharedServers", body, strict_rows).unwrap();
    }
}

const NESTS: &[Nest] = &[
    Nest {
        name: "shares within shares",
        read: shares,
        start: "[",
        open: r#"{"id":1,"sharedServers":[{"id":1,"owner":"#,
        close: "}]}",
        end: "]",
    },
    Nest {
        name: "shares that cannot be read within shares",
        read: shares,
        start: "[",
        open: r#"{"id":"x","sharedServers":[{"id":"x","owner":"#,
        close: "}]}",
        end: "]",
    },
    Nest { name: "lists in place of rows", read: shares, start: "", open: "[", close: "]", end: "" },
    Nest {
        name: "items within items",
        read: |body| drop(discover::reread_reply("getWatchlist", body, false).unwrap()),
        start: r#"{"MediaContainer":{"Metadata":["#,
        open: r#"{"ratingKey":"1","Metadata":[{"ratingKey":"1","x":["#,
        close: "]}]}",
        end: "]}}",
    },
    Nest {
        name: "unknown members",
        read: |body| drop(v2::reread_reply("getUserDetails", body, false).unwrap()),
        start: r#"{"id":1,"uuid":"a","x":"#,
        open: r#"{"x":["#,
        close: "]}",
        end: "}",
    },
    Nest {
        name: "errors in place of a value",
        read: |body| drop(v2::reread_reply("getUserDetails", body, false).unwrap()),
        start: "",
        open: r#"{"error":["#,
        close: "]}",
        end: "",
    },
    Nest {
        name: "elements",
        read: |body| {
            let _ = v1::reread_reply("getLegacyUsers", body, false).unwrap();
            let _ = xml_as_json(body);
        },
        start: "<MediaContainer>",
        open: "<User id='1'>",
        close: "</User>",
        end: "</MediaContainer>",
    },
    Nest {
        name: "JSON in place of XML",
        read: |body| drop(v1::reread_reply("getLegacyUsers", body, false).unwrap()),
        start: r#"{"MediaContainer":"#,
        open: r#"{"User":["#,
        close: "]}",
        end: "}",
    },
    Nest {
        name: "a refusal in JSON",
        read: |body| drop((reread_error(body), redacted_body(body, &[]))),
        start: "",
        open: r#"{"errors":[{"a":"#,
        close: "}]}",
        end: "",
    },
    Nest {
        name: "a refusal in XML",
        read: |body| drop((reread_error(body), redacted_body(body, &[]))),
        start: "",
        open: "<errors><error>",
        close: "</error></errors>",
        end: "",
    },
];

#[test]
fn readers_return_at_any_depth() {
    for nest in NESTS {
        for levels in [1, 20, 31, 32, 41, 42, 62, 63, 64, 65, 126, 127, 128, 129, 1_000, 100_000] {
            for is_closed in [true, false] {
                let closing = if is_closed { nest.close.repeat(levels) + nest.end } else { String::new() };
                let body = [nest.start, &nest.open.repeat(levels), "null", &closing].concat();
                let read = nest.read;
                let thread = std::thread::Builder::new().stack_size(STACK);
                // A stack overflow ends the process, so the name is printed first.
                println!("{} at {levels}", nest.name);
                thread.spawn(move || read(body.as_bytes())).unwrap().join().unwrap();
            }
        }
    }
}
