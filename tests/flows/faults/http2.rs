//! Servers that reject requests without processing them, which only HTTP/2 can express. These
//! requests count as never sent.
//!
//! By itself, reqwest would retry them up to two times for each attempt, outside the retry budget,
//! so the client turns that off.

use bytes::Bytes;
use h2::{Reason, server::SendResponse};
use http::Response;
use plex_tv_sdk::{Client, RetryPolicy};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
};

use super::{persistent, user};
use crate::clock::TestClock;

/// What a server does with a request.
#[derive(Clone, Copy)]
enum Turn {
    Refuse,
    /// Closes the connection gracefully, like a server that is about to restart.
    Leave,
    Answer,
}

/// Starts a server that takes these turns and refuses all later requests. Returns its URL and the
/// number of requests that it has seen.
async fn server<const N: usize>(turns: [Turn; N]) -> (String, watch::Receiver<usize>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (seen, count) = watch::channel(0);
    let mut turns = turns.into_iter().peekable();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if turns.next_if(|turn| matches!(turn, Turn::Leave)).is_some() {
                seen.send_modify(|count| *count += 1);
                leave(stream).await;
                continue;
            }
            let mut connection = h2::server::handshake(stream).await.unwrap();
            while let Some(Ok((_, respond))) = connection.accept().await {
                seen.send_modify(|count| *count += 1);
                match turns.next() {
                    Some(Turn::Answer) => answer(respond),
                    _ => refuse(respond),
                }
            }
        }
    });
    (url, count)
}

fn refuse(mut respond: SendResponse<Bytes>) {
    respond.send_reset(Reason::REFUSED_STREAM);
}

fn answer(mut respond: SendResponse<Bytes>) {
    let head = Response::builder().header("content-type", "application/json").body(()).unwrap();
    let mut body = respond.send_response(head, false).unwrap();
    body.send_data(Bytes::from_static(br#"{"id":7,"code":"x"}"#), true).unwrap();
}

/// Waits for a request, sends a GOAWAY that no request was processed, and hangs up when the client
/// does.
async fn leave(mut stream: TcpStream) {
    const HEADERS: u8 = 1;
    const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    const GO_AWAY: [u8; 17] = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    stream.write_all(&SETTINGS).await.unwrap();
    let mut preface = [0; 24];
    stream.read_exact(&mut preface).await.unwrap();
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await.unwrap();
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        stream.read_exact(&mut vec![0; length]).await.unwrap();
        if head[3] == HEADERS {
            break;
        }
    }
    stream.write_all(&GO_AWAY).await.unwrap();
    stream.read_to_end(&mut Vec::new()).await.ok();
}

fn client(url: &str, clock: &TestClock, policy: RetryPolicy) -> Client {
    persistent(url, clock).retry(policy).http(|http| http.http2_prior_knowledge()).build().unwrap()
}

#[tokio::test]
async fn a_request_that_was_rejected_unprocessed_is_sent_again_whatever_its_method() {
    for turn in [Turn::Refuse, Turn::Leave] {
        let ((url, seen), clock) = (server([turn, Turn::Answer]).await, TestClock::default());
        let client = client(&url, &clock, RetryPolicy::default());

        let pin = client.v2().get_pin().send().await.unwrap();

        assert_eq!((pin.id, *seen.borrow(), clock.pauses().len()), (7, 2, 1));
    }
}

#[tokio::test]
async fn a_rejected_request_is_sent_only_as_often_as_the_policy_says() {
    for (policy, requests) in [(RetryPolicy::off(), 1), (RetryPolicy::default(), 3)] {
        let ((url, seen), clock) = (server([]).await, TestClock::default());

        let error = user(&client(&url, &clock, policy)).await.unwrap_err();

        assert!(error.is_connect() && error.is_retryable(), "{error:?}");
        assert_eq!(*seen.borrow(), requests);
    }
}
