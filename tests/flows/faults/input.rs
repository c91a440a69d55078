//! Cases 37 to 39: input of an app that cannot be sent.

use plex_tv_sdk::{Client, ClientIdentity, Token};

use super::user;
use crate::{
    harness::{anonymous, builder, identity, signed_in},
    wire::{Reply, Wire},
};

#[test]
fn case_37_tokens_that_no_header_can_carry_are_refused_without_being_shown() {
    let long = "long-token".repeat(1000);
    for bad in ["bad\ntoken", "bad\r\nX-Evil: 1", "bäd-token", "bad token", long.as_str()] {
        let error = Token::new(bad).unwrap_err();

        assert!(error.is_invalid_input());
        let text = format!("{error} {error:?}");
        assert!(text.contains("the token") && !text.contains(bad), "{text}");
    }
}

#[test]
fn case_37_identities_that_no_header_can_carry_are_refused_with_the_name_of_the_field() {
    let long = "x".repeat(8192);
    for bad in ["bad\nvalue", "bad\r\nX-Evil: 1", "bad\u{0}value", long.as_str()] {
        let product = ClientIdentity::new("desk", bad, "1").unwrap_err();
        let identifier = ClientIdentity::new(bad, "App", "1").unwrap_err();
        let identity = identity("desk").device_name(bad);
        let name = Client::new(identity).unwrap_err();

        for (error, field) in [(product, "product"), (identifier, "client identifier"), (name, "device name")] {
            assert!(error.is_invalid_input(), "{error:?}");
            let text = format!("{error} {error:?}");
            assert!(text.contains(field) && !text.contains(bad), "{text}");
        }
    }
}

#[tokio::test]
async fn case_38_a_path_parameter_stays_one_encoded_segment() {
    let plex = Wire::always(Reply::http("200 OK", &["content-type: image/png"], "x")).await;
    let client = anonymous(&plex.url);
    let cases = [
        ("a/b", "a%2Fb"),
        ("../user", "..%2Fuser"),
        ("50%", "50%25"),
        ("a?b=c#d", "a%3Fb%3Dc%23d"),
        ("😀", "%F0%9F%98%80"),
        ("%2e%2e", "%252e%252e"),
    ];

    for (code, _) in cases {
        client.v2().get_pin_qr_code(code).send().await.unwrap();
    }

    for (request, (code, encoded)) in plex.seen.requests().iter().zip(cases) {
        let path = request.split(' ').nth(1).unwrap();
        let segment = path.strip_prefix("/api/v2/pins/qr/").unwrap();
        assert!(!segment.contains(['/', '?', '#', '\\']), "{segment}");
        let encoded = encoded.replace("%3D", "=");
        assert_eq!(segment.replace("%3D", "="), encoded, "{code}");
    }
}

/// URL parsers read a backslash as a slash.
#[tokio::test]
async fn case_38_a_backslash_does_not_reach_another_path() {
    let plex = Wire::always(Reply::http("200 OK", &["content-type: image/png"], "x")).await;
    let client = anonymous(&plex.url);

    for code in ["a\\b", "..\\..\\user"] {
        client.v2().get_pin_qr_code(code).send().await.unwrap();
    }

    for request in plex.seen.requests() {
        let path = request.split(' ').nth(1).unwrap();
        let segment = path.strip_prefix("/api/v2/pins/qr/").unwrap_or_else(|| panic!("{path}"));
        assert!(!segment.contains(['/', '\\']), "{path}");
    }
}

#[tokio::test]
async fn case_38_a_path_parameter_that_would_reach_another_path_is_refused_before_sending() {
    let plex = Wire::always(Reply::json("{}")).await;
    let client = anonymous(&plex.url);

    for bad in ["", ".", ".."] {
        let outcome = client.v2().get_pin_qr_code(bad).send().await;

        let error = outcome.map(|_| ()).unwrap_err();
        assert!(error.is_invalid_input(), "{error:?}");
        assert_eq!(error.operation(), Some("getPinQrCode"));
    }
    assert_eq!(plex.seen.connections(), 0);
}

#[tokio::test]
async fn case_39_base_urls_keep_their_prefix_and_lose_trailing_slashes() {
    let plex = Wire::always(Reply::json(r#"{"id":7}"#)).await;

    for suffix in ["", "/", "//", "/prefix", "/prefix/"] {
        user(&signed_in(&format!("{}{suffix}", plex.url))).await.unwrap();
    }

    let requests = plex.seen.requests();
    let paths: Vec<&str> = requests.iter().map(|request| request.split(' ').nth(1).unwrap()).collect();
    let (plain, prefixed) = ("/api/v2/user", "/prefix/api/v2/user");
    assert_eq!(paths, [plain, plain, plain, prefixed, prefixed]);
    assert!(requests.iter().all(|request| request.contains("x-plex-token: ")));
}

#[test]
fn case_39_an_invalid_base_url_is_refused_without_being_shown() {
    for bad in [
        "plex.tv",
        "",
        "/api",
        "ftp://plex.tv",
        "https://user:EXAMPLE-PASSWORD@plex.tv",
        "https://EXAMPLE-USER@plex.tv",
        "https://plex.tv?X-Plex-Token=EXAMPLE-QUERY",
        "https://plex.tv#x",
        "http://[::1",
        "https://",
    ] {
        for builder in [builder(bad), builder("https://plex.tv").app_url(bad)] {
            let shown = format!("{builder:?}");
            let error = builder.build().unwrap_err();

            assert!(error.is_invalid_input(), "{bad}: {error:?}");
            let text = format!("{shown} {error} {error:?}");
            assert!(!text.contains("EXAMPLE-"), "{text}");
        }
    }
    assert!(builder("http://[::1]:8080").build().is_ok());
}
