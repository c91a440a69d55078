//! Cases 21 and 22: PINs that have expired.

use httpmock::MockServer;
use plex_tv_sdk::Client;
use serde_json::{Value, json};

use crate::harness::{anonymous, answer, answer_json};

/// A server that creates a PIN with this `expiresIn`, and a client of that server.
async fn pin_with(expires_in: Value) -> (MockServer, Client) {
    let server = MockServer::start_async().await;
    let pin = json!({"id": 7, "code": "EXAMPLE-CODE", "expiresIn": expires_in, "authToken": null});
    answer_json(&server, "/api/v2/pins", 201, &pin).await;
    let client = anonymous(&server.base_url());
    (server, client)
}

#[tokio::test]
async fn case_21_a_404_on_a_pin_is_an_expired_pin() {
    let (server, client) = pin_with(json!(1800)).await;
    answer(&server, "/api/v2/pins/7", 404, "text/html", "Not found").await;
    let flow = client.pin_login().strong().start().await.unwrap();

    let error = flow.wait().await.unwrap_err();

    assert!(error.is_pin_expired(), "{error:?}");
    assert_eq!(error.status().unwrap().as_u16(), 404);
}

#[tokio::test]
async fn case_22_a_pin_with_no_time_left_is_expired() {
    for expires_in in [json!(0), json!("0")] {
        let (_server, client) = pin_with(expires_in).await;
        let flow = client.pin_login().strong().start().await.unwrap();

        let error = flow.wait().await.unwrap_err();

        assert!(error.is_pin_expired(), "{error:?}");
    }
}

#[tokio::test]
async fn case_22_a_pin_without_a_valid_lifetime_gets_the_shorter_usual_one() {
    for expires_in in [json!(null), json!(-5)] {
        let (_server, client) = pin_with(expires_in).await;

        let flow = client.pin_login().strong().start().await.unwrap();

        let left = flow.expires_in().as_secs();
        assert!((890..=900).contains(&left), "{left}");
    }
}
