//! The windows of a crowd: one live stream per person, all read by one thread.

use super::crowd::Person;
use shared::api::live;
use shared::kernel::ids::CaseId;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

/// Streams that stay open until they are dropped.
pub struct Streams {
    _runtime: Runtime,
    heard: Arc<AtomicU64>,
}

impl Streams {
    /// Opens the stream of every person, each from where their request stands, and waits for its first bytes.
    pub fn open(host: &str, people: &[Person]) -> Streams {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_io().build().expect("a runtime");
        let heard = Arc::new(AtomicU64::new(0));
        runtime.block_on(async {
            for person in people {
                let stream = connect(host, person).await.unwrap_or_else(|error| panic!("a stream: {error}"));
                tokio::spawn(listen(stream, Arc::clone(&heard)));
            }
        });
        Streams { _runtime: runtime, heard }
    }

    /// Changes heard by all of them.
    pub fn heard(&self) -> u64 {
        self.heard.load(Ordering::Relaxed)
    }
}

/// Asks for the stream and waits for the head of the reply.
async fn connect(host: &str, person: &Person) -> std::io::Result<TcpStream> {
    // One operation filled the request in.
    let path = live::path("", Some((&CaseId::new(person.request.as_str()), 1)));
    let stream = TcpStream::connect(host).await?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {}\r\n\r\n", person.cookie);
    let mut sent = 0;
    while sent < request.len() {
        stream.writable().await?;
        sent += written(stream.try_write(&request.as_bytes()[sent..]))?;
    }
    let mut head = Vec::new();
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        let mut bytes = [0; 4_096];
        stream.readable().await?;
        let read = written(stream.try_read(&mut bytes))?;
        head.extend_from_slice(&bytes[..read]);
    }
    assert!(head.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&head));
    Ok(stream)
}

/// Counts the events until the stream ends.
async fn listen(stream: TcpStream, heard: Arc<AtomicU64>) {
    let mut bytes = vec![0; 16_384];
    while stream.readable().await.is_ok() {
        match stream.try_read(&mut bytes) {
            Ok(0) => return,
            Ok(read) => {
                let events = bytes[..read].windows(6).filter(|six| six == b"\ndata:").count();
                heard.fetch_add(u64::try_from(events).unwrap_or(0), Ordering::Relaxed);
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return,
        }
    }
}

/// How much was sent or read; nothing when it would have to wait.
fn written(result: std::io::Result<usize>) -> std::io::Result<usize> {
    match result {
        Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => Ok(0),
        other => other,
    }
}
