//! Sign-in with a PIN, with a clock that the test moves.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use httpmock::MockServer;
use plex_tv_sandbox::{Builder, Fault, Sandbox};
use plex_tv_sdk::{Client, ClientIdentity, Error, PinFlow, PinStatus, Token, reqwest::Url};
use serde_json::json;
use tokio::sync::Notify;

use crate::{
    clock::TestClock,
    harness::{IDENTIFIER, answer_json, builder, identity},
    wire::{Reply, Wire},
};

/// An app at the start of a sign-in.
struct Login {
    sandbox: Arc<Sandbox>,
    clock: TestClock,
    client: Client,
}

impl Login {
    async fn new() -> Self {
        Self::over(Sandbox::builder()).await
    }

    async fn over(sandbox: Builder) -> Self {
        let sandbox = Arc::new(sandbox.start().await.unwrap());
        let clock = TestClock::default();
        let client = builder(sandbox.url()).clock(clock.clone()).build().unwrap();
        Self { sandbox, clock, client }
    }

    async fn flow(&self) -> PinFlow {
        self.client.pin_login().strong().start().await.unwrap()
    }

    /// Approves the PIN during the pause with this number.
    fn approve_in_pause(&self, flow: &PinFlow, number: usize) {
        let (sandbox, id) = (Arc::clone(&self.sandbox), pin_id(flow));
        self.clock.on_sleep(move |sleep| {
            if sleep == number {
                sandbox.approve(id);
            }
        });
    }

    fn next_polls(&self, faults: impl IntoIterator<Item = Fault>) {
        for fault in faults {
            self.sandbox.next("getToken", fault).unwrap();
        }
    }

    fn polls(&self) -> usize {
        let requests = self.sandbox.requests();
        requests.iter().filter(|request| request.operation == Some("getToken")).count()
    }
}

fn pin_id(flow: &PinFlow) -> u64 {
    flow.id().try_into().unwrap()
}

/// The parameters that the approval page reads from its fragment.
fn fragment_of(auth_url: &str) -> HashMap<String, String> {
    let fragment = Url::parse(auth_url).unwrap().fragment().unwrap().to_owned();
    let query = fragment.strip_prefix('?').unwrap();
    let readable = Url::parse(&format!("http://localhost/?{query}")).unwrap();
    readable.query_pairs().into_owned().collect()
}

#[tokio::test]
async fn a_strong_pin_has_an_auth_url_at_the_app_url() {
    let login = Login::new().await;

    let flow = login.flow().await;

    let url = Url::parse(&flow.auth_url()).unwrap();
    assert_eq!(url.origin().ascii_serialization(), "https://app.plex.tv");
    assert_eq!((url.path(), url.query()), ("/auth", None));
    assert!(flow.code().expose().len() > 20);
    let pairs = fragment_of(&flow.auth_url());
    assert_eq!(pairs["clientID"], IDENTIFIER);
    assert_eq!(pairs["code"], flow.code().expose());
    assert_eq!(pairs["context[device][product]"], "Example App");
    assert_eq!(pairs.get("forwardUrl"), None);
}

#[tokio::test]
async fn another_app_url_keeps_its_path() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = builder(sandbox.url()).app_url("https://app.example.com/web/").build().unwrap();

    let flow = client.pin_login().strong().start().await.unwrap();

    let start = "https://app.example.com/web/auth#?clientID=";
    assert!(flow.auth_url().starts_with(start), "{}", flow.auth_url());
}

#[tokio::test]
async fn the_auth_url_is_percent_encoded_and_nothing_breaks_out_of_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let (product, name) = ("Bücher & Söhne #1?", "50% + more/less=x");
    let identity = ClientIdentity::new("id&code=x#y", product, "1").unwrap().device_name(name);
    let client = Client::builder(identity).base_url(sandbox.url()).http(|http| http.no_proxy()).build().unwrap();

    let flow = client.pin_login().strong().start().await.unwrap();

    let url = flow.auth_url();
    let fragment = url.split_once('#').unwrap().1;
    assert!(fragment.is_ascii() && !fragment.contains(['#', ' ', '[', ']', '"', '<']), "{url}");
    assert!(fragment.contains("context%5Bdevice%5D%5Bproduct%5D="));
    let pairs = fragment_of(&url);
    assert_eq!(pairs["clientID"], "id&code=x#y");
    assert_eq!(pairs["code"], flow.code().expose());
    assert_eq!(pairs["context[device][product]"], product);
    assert_eq!(pairs["context[device][deviceName]"], name);
}

/// Not every parser reads a plus sign in a fragment as a space, but all of them read `%20`.
#[tokio::test]
async fn spaces_in_the_auth_url_are_percent_encoded_too() {
    let login = Login::new().await;

    let url = login.flow().await.auth_url();

    assert!(url.contains("Example%20App"), "{url}");
}

#[tokio::test]
async fn the_auth_url_carries_the_forward_url() {
    let login = Login::new().await;
    let forward = "https://example.com/done?state=a%26b&x=1#end";

    let flow = login.client.pin_login().strong().forward_url(forward).start().await.unwrap();

    assert_eq!(fragment_of(&flow.auth_url())["forwardUrl"], forward);
}

#[tokio::test]
async fn a_forward_url_that_is_not_http_is_refused_before_anything_is_sent() {
    let login = Login::new().await;

    for bad in ["exampleapp://done", "javascript:alert(1)", "ftp://example.com", "/done", ""] {
        let outcome = login.client.pin_login().forward_url(bad).start().await;

        assert!(outcome.unwrap_err().is_invalid_input(), "{bad}");
    }
    assert_eq!(login.sandbox.requests(), []);
}

#[tokio::test]
async fn a_link_pin_has_four_characters_and_a_link_url() {
    let login = Login::new().await;

    let flow = login.client.pin_login().start().await.unwrap();

    let code = flow.code().expose();
    assert_eq!(code.len(), 4);
    assert_eq!(flow.link_url(), format!("{}/link/?pin={code}", login.sandbox.url()));
    assert!(!login.sandbox.pins()[0].strong);
}

#[tokio::test]
async fn checking_once_says_pending_and_then_approved() {
    let login = Login::new().await;
    let flow = login.flow().await;

    let before = flow.check_once().await.unwrap();
    login.sandbox.approve(pin_id(&flow));
    let after = flow.check_once().await.unwrap();

    assert!(matches!(before, PinStatus::Pending));
    let PinStatus::Approved(client) = after else {
        panic!("{after:?}");
    };
    assert!(client.token().is_some());
    assert!(login.client.token().is_none());
    assert!(login.clock.pauses().is_empty());
}

#[tokio::test]
async fn waiting_gives_a_client_that_is_signed_in_as_the_user() {
    let login = Login::new().await;
    let flow = login.flow().await;
    login.approve_in_pause(&flow, 2);

    let client = flow.wait().await.unwrap();

    let user = client.v2().get_user_details().send().await.unwrap();
    assert_eq!(user.username.as_deref(), Some("exampleuser"));
    assert_eq!(login.clock.seconds(), [2, 2]);
    assert_eq!(login.polls(), 3);
}

#[tokio::test]
async fn polls_are_never_less_than_a_second_apart() {
    let login = Login::new().await;
    let flow = login.flow().await;
    login.approve_in_pause(&flow, 3);

    flow.wait().poll_every(Duration::from_millis(10)).await.unwrap();

    assert_eq!(login.clock.pauses(), [Duration::from_secs(1); 3]);
}

#[tokio::test]
async fn a_longer_poll_interval_is_kept() {
    let login = Login::new().await;
    let flow = login.flow().await;
    login.approve_in_pause(&flow, 2);

    flow.wait().poll_every(Duration::from_secs(45)).await.unwrap();

    assert_eq!(login.clock.seconds(), [45, 45]);
}

#[tokio::test]
async fn the_deadline_ends_the_wait_without_a_pause_beyond_it() {
    let login = Login::new().await;
    let flow = login.flow().await;

    let error = flow.wait().deadline(Duration::from_millis(4500)).await.unwrap_err();

    assert!(error.is_deadline() && !error.is_pin_expired(), "{error}");
    assert_eq!(login.clock.pauses(), [2000, 2000, 500].map(Duration::from_millis));
    assert_eq!(login.polls(), 3);
}

#[tokio::test]
async fn a_long_retry_after_is_cut_at_the_deadline() {
    let login = Login::new().await;
    let flow = login.flow().await;
    login.next_polls([Fault::RateLimited { retry_after: Some(20) }]);

    let error = flow.wait().deadline(Duration::from_secs(5)).await.unwrap_err();

    assert!(error.is_deadline(), "{error}");
    assert_eq!(login.clock.seconds(), [5]);
    assert_eq!(login.polls(), 1);
}

#[tokio::test]
async fn with_an_expired_deadline_nothing_is_sent() {
    let login = Login::new().await;
    let flow = login.flow().await;

    let error = flow.wait().deadline(Duration::ZERO).await.unwrap_err();

    assert!(error.is_deadline());
    assert_eq!(login.polls(), 0);
}

#[tokio::test]
async fn a_pin_that_is_denied_or_expires_at_plex_tv_ends_the_wait() {
    let ways: [fn(&Sandbox, u64) -> bool; 2] = [Sandbox::expire, Sandbox::deny];
    for end in ways {
        let login = Login::new().await;
        let flow = login.flow().await;
        let (sandbox, id) = (Arc::clone(&login.sandbox), pin_id(&flow));
        login.clock.on_sleep(move |sleep| {
            if sleep == 2 {
                assert!(end(&sandbox, id));
            }
        });

        let error = flow.wait().await.unwrap_err();

        assert!(error.is_pin_expired() && !error.is_deadline(), "{error}");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(404));
        assert_eq!(error.plex_code(), Some(1020));
        assert_eq!(login.polls(), 3);
    }
}

#[tokio::test]
async fn a_pin_that_expires_by_the_local_clock_ends_the_wait_without_another_poll() {
    let login = Login::over(Sandbox::builder().pin_lifetime(Duration::from_secs(5))).await;
    let flow = login.flow().await;

    let error = flow.wait().await.unwrap_err();

    assert!(error.is_pin_expired(), "{error}");
    assert_eq!(error.status(), None);
    assert_eq!(login.clock.seconds(), [2, 2, 1]);
    assert_eq!(login.polls(), 3);
}

#[tokio::test]
async fn checking_an_expired_pin_sends_nothing() {
    let login = Login::new().await;
    let flow = login.flow().await;
    login.clock.advance(flow.expires_in());

    let error = flow.check_once().await.unwrap_err();

    assert!(error.is_pin_expired());
    assert_eq!(flow.expires_in(), Duration::ZERO);
    assert_eq!(login.polls(), 0);
}

#[tokio::test]
async fn a_429_with_retry_after_sets_the_pause() {
    let login = Login::new().await;
    let flow = login.flow().await;
    login.next_polls([Fault::RateLimited { retry_after: Some(7) }]);
    login.approve_in_pause(&flow, 3);

    flow.wait().await.unwrap();

    assert_eq!(login.clock.seconds(), [7, 2, 2]);
}

#[tokio::test]
async fn a_429_without_retry_after_doubles_the_pause_up_to_30_seconds_and_a_good_poll_resets_it() {
    let login = Login::new().await;
    let flow = login.flow().await;
    login.next_polls(vec![Fault::RateLimited { retry_after: None }; 6]);
    login.approve_in_pause(&flow, 8);

    flow.wait().await.unwrap();

    assert_eq!(login.clock.seconds(), [4, 8, 16, 30, 30, 30, 2, 2]);
}

#[tokio::test]
async fn a_retry_after_of_0_does_not_speed_polling_up() {
    let login = Login::new().await;
    let flow = login.flow().await;
    login.next_polls([Fault::RateLimited { retry_after: Some(0) }]);
    login.approve_in_pause(&flow, 1);

    flow.wait().await.unwrap();

    assert_eq!(login.clock.seconds(), [2]);
}

#[tokio::test]
async fn network_and_gateway_failures_do_not_end_the_wait() {
    let login = Login::new().await;
    let flow = login.flow().await;
    let faults = [Fault::Status(500), Fault::Hangup, Fault::Html, Fault::Status(503), Fault::Hangup];
    login.next_polls(faults);
    login.approve_in_pause(&flow, 6);

    let client = flow.wait().await.unwrap();

    assert!(client.token().is_some());
    // After a hang-up, the request may be repeated at once on a new connection, so only the pauses
    // are counted.
    assert!(login.clock.pauses().len() >= 6);
}

#[tokio::test]
async fn a_huge_poll_interval_and_a_failure_do_not_panic() {
    let login = Login::new().await;
    let flow = login.flow().await;
    login.next_polls([Fault::Status(503)]);

    let error = flow.wait().poll_every(Duration::MAX).await.unwrap_err();

    assert!(error.is_pin_expired(), "{error}");
}

#[tokio::test]
async fn the_last_failure_is_the_source_of_the_deadline_error() {
    let login = Login::new().await;
    let flow = login.flow().await;
    login.next_polls(vec![Fault::Status(503); 9]);

    let error = flow.wait().deadline(Duration::from_secs(9)).await.unwrap_err();

    assert!(error.is_deadline());
    let source = std::error::Error::source(&error).unwrap();
    let source = source.downcast_ref::<Error>().unwrap();
    assert_eq!(source.status().map(|status| status.as_u16()), Some(503));
}

#[tokio::test]
async fn a_permanent_refusal_ends_the_wait() {
    for status in [400, 401, 403] {
        let login = Login::new().await;
        let flow = login.flow().await;
        login.next_polls([Fault::Status(status)]);

        let error = flow.wait().await.unwrap_err();

        assert_eq!(error.status().map(|found| found.as_u16()), Some(status));
        assert!(!error.is_pin_expired() && !error.is_deadline(), "{error}");
        assert_eq!(login.polls(), 1);
    }
}

#[tokio::test]
async fn a_token_that_no_header_can_carry_ends_the_wait_without_being_shown() {
    let server = MockServer::start_async().await;
    let pin = json!({"id": 7, "code": "EXAMPLE-CODE", "expiresIn": 900, "authToken": "EXAMPLE TOKEN"});
    answer_json(&server, "/api/v2/pins", 201, &pin).await;
    answer_json(&server, "/api/v2/pins/7", 200, &pin).await;
    let client = builder(&server.base_url()).clock(TestClock::default()).build().unwrap();
    let flow = client.pin_login().strong().start().await.unwrap();

    let error = flow.wait().await.unwrap_err();

    assert!(error.is_invalid_input(), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("EXAMPLE"), "{error:?}");
}

#[tokio::test]
async fn dropping_the_wait_between_polls_ends_polling() {
    let login = Login::new().await;
    let flow = login.flow().await;
    let asleep = Arc::new(Notify::new());
    let wake = Arc::clone(&asleep);
    login.clock.on_sleep(move |sleep| {
        if sleep == 3 {
            wake.notify_one();
        }
    });
    login.clock.never_wake_from(3);
    let wait = tokio::spawn(async move { flow.wait().await });
    asleep.notified().await;

    wait.abort();

    assert!(wait.await.unwrap_err().is_cancelled());
    let polls = login.polls();
    login.client.v2().get_geo_data().send().await.unwrap();
    assert_eq!((polls, login.polls()), (3, 3));
}

#[tokio::test]
async fn dropping_the_wait_during_a_poll_ends_polling() {
    let polled = Arc::new(Notify::new());
    let arrived = Arc::clone(&polled);
    let plex = Wire::start(move |path| {
        if path != "/api/v2/pins/7" {
            return Reply::json(r#"{"id":7,"code":"EXAMPLE-CODE"}"#);
        }
        arrived.notify_one();
        Reply::Stall(Vec::new())
    })
    .await;
    let client = builder(&plex.url).clock(TestClock::default()).build().unwrap();
    let flow = client.pin_login().strong().start().await.unwrap();
    let wait = tokio::spawn(async move { flow.wait().await });
    polled.notified().await;

    wait.abort();

    assert!(wait.await.unwrap_err().is_cancelled());
    client.v2().get_pin().send().await.unwrap();
    let requests = plex.seen.requests();
    assert_eq!(requests.iter().filter(|request| request.starts_with("GET /api/v2/pins/7 ")).count(), 1);
}

#[tokio::test]
async fn another_client_identifier_cannot_poll_the_pin() {
    let login = Login::new().await;
    let flow = login.flow().await;
    let other = Client::builder(identity("somebody-else"))
        .base_url(login.sandbox.url())
        .http(|http| http.no_proxy())
        .build()
        .unwrap();

    let poll = other.v2().get_token(flow.id()).send().await;

    let error = poll.unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert_eq!(error.plex_code(), Some(1020));
    assert!(matches!(flow.check_once().await.unwrap(), PinStatus::Pending));
}

/// Uses real time, because the HTTP client itself must give up.
#[tokio::test]
async fn a_server_that_never_answers_cannot_hold_the_wait_beyond_its_deadline() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = builder(sandbox.url()).build().unwrap();
    let flow = client.pin_login().strong().start().await.unwrap();
    sandbox.next("getToken", Fault::Delay(Duration::from_secs(3600))).unwrap();
    let start = Instant::now();

    let error = flow.wait().deadline(Duration::from_millis(300)).await.unwrap_err();

    assert!(error.is_deadline(), "{error}");
    assert!(start.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn a_web_app_can_resume_with_only_the_id_of_the_pin() {
    let login = Login::new().await;
    let id = login.flow().await.id();
    let resumed = login.client.pin_login().resume(id);

    let before = resumed.check_once().await.unwrap();
    login.sandbox.approve(id);
    let after = resumed.wait().await.unwrap();

    assert!(matches!(before, PinStatus::Pending), "{before:?}");
    assert!(after.token().is_some());
    assert_eq!(resumed.id(), id);
}

#[tokio::test]
async fn a_resumed_pin_that_was_denied_or_does_not_exist_is_expired() {
    let login = Login::new().await;
    let flow = login.flow().await;
    login.sandbox.deny(pin_id(&flow));

    for id in [flow.id(), 404] {
        let error = login.client.pin_login().resume(id).check_once().await.unwrap_err();

        assert!(error.is_pin_expired(), "{error}");
    }
}

#[tokio::test]
async fn another_client_identifier_cannot_resume_a_pin() {
    let login = Login::new().await;
    let flow = login.flow().await;
    login.sandbox.approve(pin_id(&flow));
    let other = Client::builder(identity("other-desk-01")).base_url(login.sandbox.url()).build().unwrap();

    let error = other.pin_login().resume(flow.id()).check_once().await.unwrap_err();

    assert!(error.is_pin_expired(), "{error}");
}

#[tokio::test]
async fn progress_is_reported_after_each_poll() {
    let login = Login::new().await;
    let flow = login.flow().await;
    login.next_polls([Fault::RateLimited { retry_after: Some(7) }]);
    login.approve_in_pause(&flow, 2);
    let mut seen = Vec::new();

    let wait = flow.wait().on_poll(|progress| {
        let limited = progress.failure.is_some_and(Error::is_rate_limited);
        seen.push((progress.polls, progress.pause.as_secs(), limited));
    });
    wait.await.unwrap();

    assert_eq!(seen, [(1, 7, true), (2, 2, false)]);
}

#[tokio::test]
async fn a_signed_in_client_approves_the_code_of_another_device() {
    let login = Login::new().await;
    let television = login.client.pin_login().start().await.unwrap();
    let phone = login.client.with_token(Token::new(login.sandbox.token()).unwrap());

    phone.link_device(format!(" {}\n", television.code().expose())).await.unwrap();

    assert!(television.wait().await.unwrap().token().is_some());
    let sent = login.sandbox.requests();
    assert!(sent.iter().any(|request| request.operation == Some("linkPin")), "{sent:?}");
}

#[tokio::test]
async fn unknown_and_empty_codes_are_distinguished() {
    let login = Login::new().await;
    let phone = login.client.with_token(Token::new(login.sandbox.token()).unwrap());

    let unknown = phone.link_device("0000").await.unwrap_err();
    let empty = phone.link_device(" ").await.unwrap_err();

    assert!(unknown.is_pin_expired() && unknown.plex_code() == Some(1020), "{unknown}");
    assert!(empty.is_invalid_input(), "{empty}");
}

#[tokio::test]
async fn the_address_of_the_qr_image_is_secret() {
    let login = Login::new().await;

    let flow = login.client.pin_login().start().await.unwrap();

    let url = flow.qr_url().unwrap();
    assert!(url.expose().contains(flow.code().expose()));
    assert!(!format!("{flow:?} {url:?}").contains(flow.code().expose()));
}

#[tokio::test]
async fn the_qr_text_holds_the_address_and_does_not_show_the_code() {
    let login = Login::new().await;

    for flow in [login.flow().await, login.client.pin_login().start().await.unwrap()] {
        let text = flow.qr_text().unwrap();

        let widths: Vec<_> = text.lines().map(|line| line.chars().count()).collect();
        assert!(widths.len() > 15 && widths.iter().all(|width| width / 2 <= widths.len()), "{text}");
        assert!(text.chars().all(|character| " ▀▄█\n".contains(character)), "{text}");
    }
}
