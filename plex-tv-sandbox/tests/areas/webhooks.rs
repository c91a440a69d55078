use std::sync::Arc;

use plex_tv_sandbox::{Account, Event, HOME_USER, Sandbox};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use super::{column, refusal, refused};
use crate::support::{harness, over};

const WEBHOOKS: &str = "/api/v2/user/webhooks";

#[tokio::test]
async fn the_list_is_replaced_as_a_whole_and_can_be_cleared() {
    let plex = harness().await;
    let token = plex.sandbox.token();
    assert_eq!(plex.get(WEBHOOKS).await, (200, json!([])));

    let two = "urls[]=http%3A%2F%2F127.0.0.1%3A9%2Fa&urls[]=https%3A%2F%2Fexample.com%2Fb";
    let (status, list) = plex.form(token, Method::POST, WEBHOOKS, two).await;
    assert_eq!(
        (status, column(&list, "url")),
        (201, vec![json!("http://127.0.0.1:9/a"), json!("https://example.com/b")])
    );
    assert_eq!(plex.get(WEBHOOKS).await.1, list);
    plex.form(token, Method::POST, WEBHOOKS, "urls[]=http%3A%2F%2Flocalhost%2Fc").await;
    assert_eq!(column(&plex.get(WEBHOOKS).await.1, "url"), [json!("http://localhost/c")]);
    let xml = plex.xml(token, Method::GET, WEBHOOKS).await.1;
    assert!(xml.contains(r#"<webhooks><webhook url="http://localhost/c"/></webhooks>"#), "{xml}");

    for body in ["", "url=x", "urls=x"] {
        assert_eq!(refused(plex.form(token, Method::POST, WEBHOOKS, body).await), refusal(400, 1004), "{body}");
    }
    for body in ["urls[]=nonsense", "urls[]=ftp%3A%2F%2Fexample.com", "urls[]=http%3A%2F%2Fa.example.com&urls[]="] {
        assert_eq!(refused(plex.form(token, Method::POST, WEBHOOKS, body).await), refusal(422, 1071), "{body}");
    }
    assert_eq!(plex.get(WEBHOOKS).await.1.as_array().unwrap().len(), 1, "a refused list changes nothing");
    assert_eq!(plex.form(token, Method::POST, WEBHOOKS, "urls=").await, (201, json!([])));
    assert_eq!(plex.get(WEBHOOKS).await.1, json!([]));
}

#[tokio::test]
async fn they_need_a_plex_pass_and_an_account() {
    let sandbox = Sandbox::builder().account(Account::new("poor@example.com")).start().await.unwrap();
    let plex = over(sandbox);
    let poor = plex.sandbox.token_of("poor@example.com").unwrap();
    let kid = plex.switch(HOME_USER, "").await.1["authToken"].as_str().unwrap().to_owned();

    for (token, code) in [(&poor, 1043), (&kid, 1009)] {
        assert_eq!(refused(plex.call(token, Method::GET, WEBHOOKS).await), refusal(403, code));
        let set = plex.form(token, Method::POST, WEBHOOKS, "urls[]=http%3A%2F%2F127.0.0.1%3A9%2F").await;
        assert_eq!(refused(set), refusal(403, code));
    }
}

/// Starts a server that stores what is posted to it and answers with this status.
async fn receiver(status: u16) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let posted = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&posted);
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let mut bytes = Vec::new();
            let mut buffer = [0; 4096];
            // The last line of the form ends in two dashes.
            while !bytes.ends_with(b"--\r\n") {
                let count = connection.read(&mut buffer).await.unwrap();
                if count == 0 {
                    break;
                }
                bytes.extend_from_slice(&buffer[..count]);
            }
            keep.lock().await.push(String::from_utf8_lossy(&bytes).into_owned());
            let reply = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            connection.write_all(reply.as_bytes()).await.unwrap();
        }
    });
    (url, posted)
}

fn payload(request: &str) -> Value {
    let part = request.split("name=\"payload\"").nth(1).unwrap();
    let content = part.split("\r\n\r\n").nth(1).unwrap().split("\r\n--").next().unwrap();
    serde_json::from_str(content).unwrap()
}

#[tokio::test]
async fn events_are_delivered_only_to_loopback_addresses() {
    let plex = harness().await;
    let (good, posted) = receiver(200).await;
    let (bad, refused) = receiver(500).await;
    let gone = "http://127.0.0.1:1/nobody";
    let elsewhere = "https://example.com/hook";
    let urls =
        [&*good, &*bad, gone, elsewhere].map(|url| format!("urls[]={}", url.replace(':', "%3A").replace('/', "%2F")));
    assert_eq!(plex.form(plex.sandbox.token(), Method::POST, WEBHOOKS, &urls.join("&")).await.0, 201);

    let deliveries = plex.sandbox.deliver("media.play").await;

    let status = |url: &str| deliveries.iter().find(|delivery| delivery.url == url).unwrap().status;
    assert_eq!([status(&good), status(&bad), status(gone), status(elsewhere)], [Some(200), Some(500), None, None]);
    assert_eq!(refused.lock().await.len(), 1, "it is not retried");
    let requests = posted.lock().await;
    let [request] = requests.as_slice() else { panic!("{requests:?}") };
    assert!(request.starts_with("POST /hook HTTP/1.1\r\n"), "{request}");
    assert!(request.to_lowercase().contains("content-type: multipart/form-data; boundary="), "{request}");
    assert!(request.contains("name=\"thumb\"; filename=\"thumb.jpg\"\r\nContent-Type: image/jpeg"), "{request}");
    let payload = payload(request);
    assert_eq!((&payload["event"], &payload["Metadata"]["title"]), (&json!("media.play"), &json!("Example Movie 1")));
    assert!(payload["Player"].is_object() && payload["Account"]["id"].is_u64());
}

#[tokio::test]
async fn an_event_can_have_any_payload() {
    let plex = harness().await;
    let (url, posted) = receiver(204).await;
    let url = url.replace(':', "%3A").replace('/', "%2F");
    plex.form(plex.sandbox.token(), Method::POST, WEBHOOKS, &format!("urls[]={url}")).await;
    let mut event = Event::new("media.rate");
    event.payload["rating"] = json!(3);
    event.thumb = None;

    let deliveries = plex.sandbox.deliver(event).await;
    plex.sandbox.deliver("admin.database.backup").await;

    assert_eq!((deliveries.len(), deliveries[0].status), (1, Some(204)));
    let requests = posted.lock().await;
    assert_eq!(payload(&requests[0])["rating"], 3);
    assert!(!requests[0].contains("thumb.jpg"));
    let backup = payload(&requests[1]);
    assert!(backup.get("Player").is_none() && backup.get("Metadata").is_none(), "{backup}");
}

#[tokio::test]
async fn without_webhooks_nothing_is_delivered() {
    let plex = harness().await;

    assert_eq!(plex.sandbox.deliver("media.play").await, []);
}
