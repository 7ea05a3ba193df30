//! Something that greets as an old NATS server does.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use acceptance::server::{LOOK, PATIENCE};
use serde_json::json;
use tokio::time::sleep;

/// Listens until the test's process ends.
pub struct OldServer {
    port: u16,
    greeted: Arc<AtomicUsize>,
}

impl OldServer {
    /// One of a version.
    pub fn begin(version: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let greeted = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&greeted);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::Relaxed);
                std::thread::spawn(move || greet(stream, port, version));
            }
        });
        Self { port, greeted }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Waits until it has greeted so often.
    pub async fn greeted(&self, times: usize) {
        let begun = Instant::now();
        while self.greeted.load(Ordering::Relaxed) < times {
            assert!(begun.elapsed() < PATIENCE, "it is not tried again");
            sleep(LOOK).await;
        }
    }
}

/// Says who it is and answers pings, until the other side goes.
fn greet(mut stream: TcpStream, port: u16, version: &str) -> Option<()> {
    let info = json!({
        "server_id": "OLD", "server_name": "old", "version": version, "proto": 1, "go": "go1.20",
        "host": "127.0.0.1", "port": port, "headers": true, "max_payload": 8_454_144, "client_id": 1,
    });
    stream.write_all(format!("INFO {info}\r\n").as_bytes()).ok()?;
    let lines = BufReader::new(stream.try_clone().ok()?).lines();
    for line in lines.map_while(Result::ok) {
        if line.trim() == "PING" {
            stream.write_all(b"PONG\r\n").ok()?;
        }
    }
    Some(())
}
