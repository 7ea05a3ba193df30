//! A NATS server of the bench's own.

use std::net::Ipv4Addr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bus::NatsOptions;
use bus::nats::ServerFacts;
use tempfile::TempDir;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use super::directory;
use crate::Error;

/// Longest wait for a server that begins. It takes some 50 ms.
const BEGINNING: Duration = Duration::from_secs(20);

/// A running server on a directory that goes away with it. Ends when dropped.
pub(super) struct Server {
    process: Child,
    directory: TempDir,
    url: String,
}

impl Server {
    /// Starts the `nats-server` of the path with JetStream, `sync` being a line of its configuration.
    pub async fn start(sync: &str) -> Result<Self, Error> {
        let directory = directory()?;
        let at = directory.path().canonicalize().map_err(|source| Error::Path {
            doing: "finding",
            path: directory.path().to_owned(),
            source,
        })?;
        let config = format!(
            "server_name: bench\nmax_payload: {}\njetstream {{\n  store_dir: {:?}\n  {sync}\n}}\n",
            ServerFacts::MAX_PAYLOAD,
            at.display().to_string(),
        );
        let file = at.join("server.conf");
        let unwritten = |source| Error::Path { doing: "writing", path: file.clone(), source };
        std::fs::write(&file, config).map_err(unwritten)?;
        let port = free_port().await?;
        let process = Command::new("nats-server")
            .args(["--addr", "127.0.0.1", "--port", &port.to_string(), "--config"])
            .arg(&file)
            .arg("--log")
            .arg(at.join("server.log"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| {
                Error::Failed(format!(
                    "nats-server can't be started ({error}): put one of 2.10 or newer on the PATH"
                ))
            })?;
        let server = Self { process, directory, url: format!("nats://127.0.0.1:{port}") };
        let begun = Instant::now();
        while !greets(port).await {
            if begun.elapsed() > BEGINNING {
                let log = std::fs::read_to_string(server.directory.path().join("server.log"));
                let log = log.unwrap_or_default();
                return Err(Error::Failed(format!("the NATS server does not begin: {log}")));
            }
            sleep(Duration::from_millis(10)).await;
        }
        Ok(server)
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How to reach it, one receipt being enough.
    pub fn options(&self, name: &str) -> NatsOptions {
        NatsOptions { receipts: 1, ..NatsOptions::new(&self.url, name) }
    }
}

impl Drop for Server {
    /// Waits for its end, so that it writes nothing more where its directory was.
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

async fn free_port() -> Result<u16, Error> {
    let io = |source| Error::Io { doing: "looking for a free port", source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(io)?;
    Ok(listener.local_addr().map_err(io)?.port())
}

async fn greets(port: u16) -> bool {
    let greeted = async {
        let mut word = [0; 4];
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
        stream.read_exact(&mut word).await.map(|_| &word == b"INFO")
    };
    timeout(Duration::from_secs(1), greeted).await.is_ok_and(|greeted| greeted.unwrap_or(false))
}
