//! `Debug` of the hand-written types, and the traits that `Secret` and `Token` must not have.

use std::{fmt::Debug, fs, path::Path};

use plex_tv_sdk::{
    Client, Credentials, DeviceKey, Extra, Flag, Libraries, Page, Pages, PinStatus, PlexDirect, Rows, Secret,
    SystemClock, Token, TokenCheck, v2, v2::types::Resource,
};
use serde_json::json;

use super::{ACCESS_TOKEN, PIN_CODE, TOKEN, UNKNOWN, assert_clean, printed};
use crate::{
    harness::{builder, identity},
    wire::{Reply, Wire},
};

#[track_caller]
fn assert_debug_is_clean(what: &str, value: &dyn Debug) {
    assert_clean(what, &format!("{value:?}\n{value:#?}"));
}

/// A plex.tv with a secret in every reply.
async fn plex() -> (Wire, Client) {
    let plex = Wire::start(|path| match path.split('?').next().unwrap() {
        "/api/v2/pins" => {
            Reply::json(&json!({"id": 7, "code": PIN_CODE, "qr": PIN_CODE, "newToken": UNKNOWN}).to_string())
        }
        "/api/v2/pins/7" => Reply::json(&json!({"id": 7, "code": PIN_CODE, "authToken": TOKEN}).to_string()),
        "/api/v2/user" => Reply::json(&json!({"id": 7, "authToken": TOKEN, "newToken": UNKNOWN}).to_string()),
        "/api/v2/resources" => Reply::json(
            &json!([
                {"clientIdentifier": "a", "provides": "server", "accessToken": ACCESS_TOKEN, "newToken": UNKNOWN},
                {"accessToken": ACCESS_TOKEN},
            ])
            .to_string(),
        ),
        _ => Reply::http("401 Unauthorized", &[], json!({"authToken": TOKEN}).to_string()),
    })
    .await;
    let client = builder(&plex.url).token(Token::new(TOKEN).unwrap()).build().unwrap();
    (plex, client)
}

#[test]
fn secrets_and_tokens_are_printed_as_redacted() {
    assert_eq!(format!("{:?}", Secret::from(TOKEN)), "Secret([redacted])");
    assert_eq!(format!("{:#?}", Token::new(TOKEN).unwrap()), "Token([redacted])");
}

#[tokio::test]
async fn clients_and_their_builders_show_no_secret() {
    let (_plex, client) = plex().await;
    let builder = builder(&format!("https://{UNKNOWN}:{TOKEN}@plex.tv?X-Plex-Token={TOKEN}"))
        .app_url(format!("https://{UNKNOWN}@plex.tv"))
        .token(Token::new(TOKEN).unwrap());

    assert_debug_is_clean("ClientBuilder", &builder);
    assert_debug_is_clean("Client", &client);
    assert_debug_is_clean("Client of another user", &client.with_token(Token::new(ACCESS_TOKEN).unwrap()));
    assert_debug_is_clean("v2::Api", client.v2());
    assert_debug_is_clean("ClientIdentity", client.identity());
    assert_debug_is_clean("SystemClock", &SystemClock);
    assert_debug_is_clean("Operation", &v2::OPERATIONS);
    let shown = format!("{:?}", identity("desk"));
    assert!(shown.contains("desk"), "{shown}");
}

#[tokio::test]
async fn sign_ins_with_a_pin_show_no_secret() {
    let (_plex, client) = plex().await;
    let login = client.pin_login().forward_url("https://example.com/done");

    assert_debug_is_clean("PinLogin", &login);
    let flow = login.start().await.unwrap();
    assert_debug_is_clean("PinFlow", &flow);
    assert_debug_is_clean("its code", flow.code());
    assert_debug_is_clean("PinWait", &flow.wait());
    assert_debug_is_clean("PinStatus::Pending", &PinStatus::Pending);
    let approved = flow.check_once().await.unwrap();
    assert!(matches!(approved, PinStatus::Approved(_)));
    assert_debug_is_clean("PinStatus::Approved", &approved);
}

#[tokio::test]
async fn a_forward_url_with_a_secret_in_its_query_is_not_shown() {
    let (_plex, client) = plex().await;

    let login = client.pin_login().forward_url(format!("https://example.com/?state={UNKNOWN}"));

    assert_debug_is_clean("PinLogin", &login);
}

#[tokio::test]
async fn token_checks_show_no_secret() {
    let (_plex, client) = plex().await;
    let refused = Wire::always(Reply::http("401 Unauthorized", &[], json!({"token": TOKEN}).to_string())).await;
    let broken = Wire::always(Reply::json(&json!({"id": UNKNOWN}).to_string())).await;
    let client_of = |url: &str| builder(url).token(Token::new(TOKEN).unwrap()).build().unwrap();

    let valid = client.verify_token().await;
    let rejected = client_of(&refused.url).verify_token().await;
    let unknown = client_of(&broken.url).verify_token().await;

    assert!(matches!(valid, TokenCheck::Valid(_)));
    assert!(matches!(rejected, TokenCheck::Rejected(_)));
    assert!(matches!(unknown, TokenCheck::Unknown(_)));
    for check in [valid, rejected, unknown] {
        assert_debug_is_clean("TokenCheck", &check);
    }
}

#[tokio::test]
async fn servers_and_rows_show_no_secret() {
    let (_plex, client) = plex().await;

    let servers = client.servers().await.unwrap();
    let rows: Rows<Resource> = client.v2().get_devices().send().await.unwrap();

    assert_eq!((servers.len(), rows.len(), rows.rejected().len()), (1, 1, 1));
    assert_debug_is_clean("Server", &servers);
    assert_debug_is_clean("its token", &servers[0].access_token().unwrap());
    assert_debug_is_clean("Rows", &rows);
    assert_debug_is_clean("RejectedRow", &rows.rejected()[0]);
}

#[tokio::test]
async fn accounts_devices_shares_and_members_show_no_secret() {
    let share = json!({
        "id": 5, "machineIdentifier": "a", "invitedId": 8, "inviteToken": TOKEN, "allLibraries": true,
        "newToken": UNKNOWN, "invited": {"id": 8, "title": "Friend", "newToken": UNKNOWN}, "name": "Shelf",
    });
    let plex = Wire::start(move |path| match path.split('?').next().unwrap() {
        "/api/v2/resources" => Reply::json(
            &json!([{"clientIdentifier": "a", "provides": "server", "owned": true, "accessToken": ACCESS_TOKEN}])
                .to_string(),
        ),
        "/api/v2/devices" => Reply::json(
            &json!([{"id": 1, "clientIdentifier": "flows-desk-01", "token": TOKEN, "newToken": UNKNOWN}]).to_string(),
        ),
        "/api/v2/home" => {
            Reply::json(&json!({"id": 1, "users": [{"id": 8, "pin": PIN_CODE, "restricted": true}]}).to_string())
        }
        "/api/v2/home/users/restricted" => Reply::json(&json!({"id": 9, "pin": PIN_CODE}).to_string()),
        "/api/claim/token.json" => Reply::json(&json!({"token": TOKEN}).to_string()),
        "/api/v2/shared_servers" => Reply::json(&share.to_string()),
        "/api/v2/sharing_settings" => Reply::json(r#"{"allowSync": true}"#),
        "/api/v2/shared_servers/owned/accepted" => Reply::json(&json!([share]).to_string()),
        "/api/v2/shared_servers/invites/received/pending" => {
            Reply::json(&json!([{"owner": {"id": 8, "newToken": UNKNOWN}, "sharedServers": [share]}]).to_string())
        }
        "/api/v2/user" => Reply::json(&json!({"id": 7, "authToken": TOKEN, "newToken": UNKNOWN}).to_string()),
        _ => Reply::json("[]"),
    })
    .await;
    let client = builder(&plex.url).token(Token::new(TOKEN).unwrap()).build().unwrap();

    assert_debug_is_clean("Account", &client.account().await.unwrap());
    assert_debug_is_clean("Device", &client.devices().await.unwrap());
    assert_debug_is_clean("the claim token", &client.claim_token().await.unwrap());
    assert_debug_is_clean("the older token", &client.older_token().await.unwrap().unwrap());
    let members = client.home_users().await.unwrap();
    assert_debug_is_clean("HomeMember", &members);
    assert_debug_is_clean("ManagedUserChange", &client.update_managed_user(&members[0]).pin(PIN_CODE));
    let refused = client.update_managed_user(&members[0]).pin(PIN_CODE).send().await.unwrap_err();
    assert_clean("a refused PIN", &printed(&refused));
    assert_debug_is_clean("NewManagedUser", &client.create_managed_user("Kid"));
    assert_debug_is_clean("a new member", &client.create_managed_user("Kid").send().await.unwrap());
    let server = client.servers().await.unwrap().remove(0);
    assert_debug_is_clean("Connect", &server.connect());
    assert_debug_is_clean("ShareWith", &server.share_with("friend@example.com", Libraries::All));
    let share = server.share_with("friend@example.com", Libraries::All).send().await.unwrap();
    assert_debug_is_clean("Share", &share);
    assert_debug_is_clean("ChangeSettings", &share.change_settings().allow_sync(true));
    assert_debug_is_clean("ReceivedShare", &client.received_invites().await.unwrap());
    let backup = server.back_up_shares().await.unwrap();
    assert_debug_is_clean("ShareBackup", &backup);
    assert_clean("a stored backup", &serde_json::to_string(&backup).unwrap());
}

/// Values of verbs contain a client, and whole replies. A person who debugs wants neither.
#[tokio::test]
async fn the_values_of_verbs_are_short_in_debug_output() {
    let sandbox = plex_tv_sandbox::Sandbox::start().await.unwrap();
    let client = builder(sandbox.url()).token(Token::new(sandbox.token()).unwrap()).build().unwrap();
    let server = client.servers().await.unwrap().remove(0);
    let call = server.share_with("friend@example.com", Libraries::titled(["Movies"])).allow_sync(true);
    let share = call.clone().send().await.unwrap();
    let friend = client.with_token(Token::new(sandbox.token_of("friend@example.com").unwrap()).unwrap());
    let received = friend.received_invites().await.unwrap().remove(0);
    let members = client.home_users().await.unwrap();
    let kid = client.create_managed_user("Kid").allow_sync(true);
    let backup = server.back_up_shares().await.unwrap();

    let values: [(&str, &dyn Debug); 21] = [
        ("Client", &client),
        ("Account", &client.account().await.unwrap()),
        ("Device", &client.devices().await.unwrap()[0]),
        ("Server", &server),
        ("Connect", &server.connect()),
        ("ServerConnection", &server.connect().await.unwrap()),
        ("ShareWith", &call),
        ("ChangeSettings", &share.change_settings().allow_sync(true)),
        ("Share", &share),
        ("ReceivedShare", &received),
        ("Person", &client.people().await.unwrap()[0]),
        ("ShareOutcome", &server.restore_shares(&backup).await.unwrap()[0]),
        ("HomeMember", &members[1]),
        ("NewManagedUser", &kid),
        ("ManagedUserChange", &client.update_managed_user(&members[1]).pin("1357")),
        ("Webhooks", &client.webhooks()),
        ("Watchlist", &client.watchlist()),
        ("Search", &client.search("example")),
        ("Community", &client.community()),
        ("ActivityFeed", &client.community().activities()),
        ("Items", &client.community().activities().items()),
    ];

    for (name, value) in values {
        let shown = format!("{value:?}");
        assert!(shown.starts_with(name), "{name}: {shown}");
        assert!(shown.len() <= 1000, "{name} has {} characters: {shown}", shown.len());
        assert!(!shown.contains(sandbox.token()) && !shown.contains("1357"), "{name}: {shown}");
    }
    assert!(format!("{share:?}").contains(r#"person: "examplefriend""#), "{share:?}");
}

#[tokio::test]
async fn verbs_put_no_secret_into_the_log() {
    const WEBHOOK: &str = "https://example.com/plex?key=CANARY";
    let sandbox = plex_tv_sandbox::Sandbox::start().await.unwrap();
    let client = builder(sandbox.url()).token(Token::new(sandbox.token()).unwrap()).build().unwrap();
    let log = crate::log::Log::default();

    let recording = log.record();
    client.webhooks().add(WEBHOOK).await.unwrap();
    client.webhooks().remove(WEBHOOK).await.unwrap();
    let claim = client.claim_token().await.unwrap();
    let kid = client.create_managed_user("Kid").send().await.unwrap();
    client.update_managed_user(&kid).pin("1357").send().await.unwrap();
    client.switch_home_user(&kid, Some("8642")).await.unwrap_err();
    let theirs = client.switch_home_user(&kid, Some("1357")).await.unwrap();
    let server = client.servers().await.unwrap().remove(0);
    let share = server.share_with(&kid, Libraries::All).send().await.unwrap();
    share.revoke().await.unwrap();
    let connection = server.connect().await.unwrap();
    client.community().friends().await.unwrap();
    drop(recording);

    let log = log.text();
    assert!(log.contains("switchHomeUser") && log.contains("setUserWebhooks"), "{log}");
    let tokens = [theirs.token().unwrap(), connection.access_token().clone()];
    let secrets = [sandbox.token(), claim.expose(), tokens[0].expose(), tokens[1].expose(), "CANARY"];
    for secret in secrets {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
    for pin in ["pin=1357", "pin=8642", "\"1357\"", "\"8642\""] {
        assert!(!log.contains(pin), "{pin}: {log}");
    }
}

#[tokio::test]
async fn pages_and_their_errors_show_no_secret() {
    let page = json!({"MediaContainer": {
        "newToken": UNKNOWN,
        "Metadata": [{"ratingKey": "1", "newToken": UNKNOWN}, {"newToken": UNKNOWN}],
    }});
    let refusal = Reply::http("401 Unauthorized", &[], json!({"authToken": TOKEN, "newToken": UNKNOWN}).to_string());
    let plex = Wire::script([Reply::json(&page.to_string()), Reply::json(&page.to_string()), refusal]).await;
    let client = builder(&plex.url).token(Token::new(TOKEN).unwrap()).build().unwrap();
    let list = || client.discover().get_watchlist("all").send_with_response();
    let mut pages = Pages::new(|_, _| list());

    let first = pages.next_page().await.unwrap().unwrap();
    let repeated = pages.next_page().await.unwrap_err();
    let refused = pages.next_page().await.unwrap_err();

    assert_eq!((first.len(), first.rejected().len()), (1, 1));
    assert!(repeated.is_decode() && refused.is_auth());
    assert_debug_is_clean("Pages", &pages);
    assert_debug_is_clean("Page", &Page::new(first.clone()));
    assert_debug_is_clean("its rows", &first);
    assert_clean("a repeated page", &printed(&repeated));
    assert_clean("a refused page", &printed(&refused));
}

#[test]
fn an_invalid_plex_direct_name_is_not_shown() {
    let error = format!("192-0-2-10.{TOKEN}.plex.direct").parse::<PlexDirect>().unwrap_err();
    let hash = PlexDirect::new([192, 0, 2, 10].into(), TOKEN).unwrap_err();

    assert_clean("PlexDirect", &printed(&error));
    assert_clean("its hash", &printed(&hash));
}

#[test]
fn unknown_members_are_shown_by_name_only() {
    let extra: Extra = serde_json::from_value(json!({"newToken": UNKNOWN, "deep": {"token": [TOKEN]}})).unwrap();

    assert_debug_is_clean("Extra", &extra);
    assert!(format!("{extra:?}").contains("newToken"));
    assert_debug_is_clean("Flag", &Flag(true));
}

/// Compiles only if the type lacks the trait. Otherwise the type inference would be ambiguous.
macro_rules! assert_lacks {
    ($type:ty: $($trait:tt)+) => {{
        trait Answer<A> {
            fn is_lacking() {}
        }
        impl<T: ?Sized> Answer<()> for T {}
        #[allow(dead_code)]
        struct Present;
        impl<T: ?Sized + $($trait)+> Answer<Present> for T {}
        <$type as Answer<_>>::is_lacking();
    }};
}

#[test]
fn secrets_and_tokens_turn_into_text_only_through_expose() {
    assert_lacks!(Secret: std::fmt::Display);
    assert_lacks!(Secret: AsRef<str>);
    assert_lacks!(Secret: std::ops::Deref);
    assert_lacks!(Secret: Into<String>);
    assert_lacks!(Token: std::fmt::Display);
    assert_lacks!(Token: AsRef<str>);
    assert_lacks!(Token: std::ops::Deref);
    assert_lacks!(Token: Into<String>);
    assert_lacks!(Token: serde::Serialize);
    assert_lacks!(DeviceKey: std::fmt::Display);
    assert_lacks!(DeviceKey: serde::Serialize);
    assert_lacks!(Credentials: std::fmt::Display);
    assert_lacks!(Credentials: serde::Serialize);
}

fn rust_files(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
    files
}

#[test]
fn no_source_file_implements_display_for_secrets_or_tokens() {
    let files = rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../plex-tv-sdk/src"));

    assert!(files.iter().any(|(name, _)| name.ends_with("secret.rs")));
    for (name, text) in files {
        let words: Vec<&str> = text.split_whitespace().collect();
        for three in words.windows(3) {
            let is_display = three[0].ends_with("Display") && three[1] == "for";
            let of_secret = ["Secret", "Token"].iter().any(|secret| three[2].trim_end_matches('{').ends_with(secret));
            assert!(!(is_display && of_secret), "{name}: {}", three.join(" "));
        }
        assert!(!name.contains("secret") || !text.contains("derive(Debug"), "{name} derives Debug");
    }
}
