//! A server that sends exactly the bytes that a test gives it.

use std::{
    future::pending,
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpListener,
};

/// What a server does with one request. It closes the connection afterwards.
#[derive(Clone)]
pub(crate) enum Reply {
    /// Sends these bytes.
    Bytes(Vec<u8>),
    /// Sends these bytes, then keeps the connection open and sends nothing more.
    Stall(Vec<u8>),
    /// Sends the head, then the piece this many times.
    Stream { head: Vec<u8>, piece: Vec<u8>, times: usize },
}

impl Reply {
    /// A complete HTTP reply. `headers` are whole lines.
    pub(crate) fn http(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Self {
        let mut bytes = head(status, headers, Some(body.as_ref().len()));
        bytes.extend_from_slice(body.as_ref());
        Self::Bytes(bytes)
    }

    pub(crate) fn json(body: &str) -> Self {
        Self::http("200 OK", &["content-type: application/json"], body)
    }

    pub(crate) fn redirect(status: &str, location: &str) -> Self {
        Self::http(status, &[&format!("location: {location}")], "")
    }
}

/// The head of a reply, including the empty line at its end.
pub(crate) fn head(status: &str, headers: &[&str], length: Option<usize>) -> Vec<u8> {
    let mut lines = vec![format!("HTTP/1.1 {status}")];
    lines.extend(headers.iter().map(|&line| line.to_owned()));
    lines.extend(length.map(|length| format!("content-length: {length}")));
    lines.push("connection: close\r\n\r\n".to_owned());
    lines.join("\r\n").into_bytes()
}

/// A record of the connections and requests of a server.
#[derive(Clone, Default)]
pub(crate) struct Seen(Arc<Mutex<Log>>);

#[derive(Default)]
struct Log {
    connections: usize,
    requests: Vec<String>,
    sent: usize,
}

impl Seen {
    /// The number of connections, with or without a request.
    pub(crate) fn connections(&self) -> usize {
        self.0.lock().unwrap().connections
    }

    /// The requests as text, with the headers in lower case.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.0.lock().unwrap().requests.clone()
    }

    /// Waits until `count` requests have arrived.
    pub(crate) async fn wait_for_requests(&self, count: usize) {
        while self.0.lock().unwrap().requests.len() < count {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// The number of bytes of [`Reply::Stream`] that were written to the client.
    pub(crate) fn sent(&self) -> usize {
        self.0.lock().unwrap().sent
    }

    pub(crate) fn connected(&self) {
        self.0.lock().unwrap().connections += 1;
    }
}

pub(crate) struct Wire {
    pub(crate) url: String,
    pub(crate) seen: Seen,
}

impl Wire {
    /// Starts a server. `reply` gets the path of the request, with its query.
    pub(crate) async fn start(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (seen, reply) = (Seen::default(), Arc::new(reply));
        let log = seen.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                log.connected();
                let (log, reply) = (log.clone(), Arc::clone(&reply));
                // Some tests close the connection early.
                tokio::spawn(async move { serve(stream, &log, reply.as_ref()).await.ok() });
            }
        });
        Self { url, seen }
    }

    /// Starts a server that gives every request the same reply.
    pub(crate) async fn always(reply: Reply) -> Self {
        Self::start(move |_| reply.clone()).await
    }

    /// Starts a server that gives these replies in turn, and then repeats the last one.
    pub(crate) async fn script(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies: Vec<Reply> = replies.into_iter().collect();
        let next = AtomicUsize::new(0);
        Self::start(move |_| {
            let number = next.fetch_add(1, Ordering::Relaxed).min(replies.len() - 1);
            replies[number].clone()
        })
        .await
    }

    pub(crate) fn port(&self) -> &str {
        self.url.rsplit(':').next().unwrap()
    }
}

/// Reads one request and answers it.
pub(crate) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    seen: &Seen,
    reply: &(dyn Fn(&str) -> Reply + Send + Sync),
) -> io::Result<()> {
    let request = read_request(&mut stream).await?;
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    seen.0.lock().unwrap().requests.push(request);
    match reply(&path) {
        Reply::Bytes(bytes) => stream.write_all(&bytes).await?,
        Reply::Stall(bytes) => {
            stream.write_all(&bytes).await?;
            stream.flush().await?;
            pending::<()>().await;
        }
        Reply::Stream { head, piece, times } => {
            stream.write_all(&head).await?;
            for _ in 0..times {
                stream.write_all(&piece).await?;
                seen.0.lock().unwrap().sent += piece.len();
            }
        }
    }
    stream.shutdown().await
}

async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let (first, headers) = head.split_once("\r\n").unwrap_or((head, ""));
            let headers = headers.to_ascii_lowercase();
            let length = headers.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return Ok(format!("{first}\r\n{headers}\r\n\r\n{body}"));
            }
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => bytes.extend_from_slice(&chunk[..read]),
        }
    }
}
