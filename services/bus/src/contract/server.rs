//! A NATS server of a test's own.

use std::io::Read;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Longest wait for a server that begins. It takes some 50 ms.
const BEGINNING: Duration = Duration::from_secs(20);

/// How often a server is begun anew, since its port may have been taken in between.
const TRIES: u32 = 5;

/// The room that this bus needs, as in the shipped configuration: the largest payload and its headers.
const MAX_PAYLOAD: usize = crate::MAX_PAYLOAD + 64 * 1024;

/// A running server with a directory of its own. Ends when dropped.
pub struct NatsServer {
    program: PathBuf,
    process: Child,
    directory: TempDir,
    port: u16,
}

impl NatsServer {
    /// The server's program: what `TILANNE_NATS_SERVER` names, or `nats-server` on the path. Where there is
    /// none, this says what is skipped.
    #[must_use]
    pub fn program(what: &str) -> Option<PathBuf> {
        let named =
            std::env::var_os("TILANNE_NATS_SERVER").filter(|name| !name.is_empty()).map(PathBuf::from);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let found = || std::env::split_paths(&path).map(|directory| directory.join("nats-server"));
        let program = named.or_else(|| found().find(|program| program.is_file()));
        if program.is_none() {
            eprintln!(
                "skipped: {what}: there is no nats-server (set TILANNE_NATS_SERVER to one of 2.10 or newer)"
            );
        }
        program
    }

    /// Starts a server without users, with JetStream, on a free port of this machine.
    #[must_use]
    pub fn start(program: &Path) -> Self {
        let config = format!(
            "server_name: test\nmax_payload: {MAX_PAYLOAD}\n\
             jetstream {{ store_dir: \"{{directory}}\", sync_interval: always }}\n"
        );
        Self::start_in(program, Self::directory_for_one(), &config)
    }

    /// A directory for [`NatsServer::start_in`], to be filled with what the configuration names.
    #[must_use]
    pub fn directory_for_one() -> TempDir {
        tempfile::Builder::new().prefix("nats").tempdir().unwrap()
    }

    /// Starts a server in a directory, which is its working directory and ends with it. `{directory}` in the
    /// configuration becomes its path; the address is always a free port of the loopback.
    #[must_use]
    pub fn start_in(program: &Path, directory: TempDir, config: &str) -> Self {
        let config = config.replace("{directory}", &directory.path().display().to_string());
        std::fs::write(directory.path().join("server.conf"), config).unwrap();
        for _ in 0..TRIES {
            let port = free_port();
            if let Some(process) = begin(program, directory.path(), port) {
                return Self { program: program.to_owned(), process, directory, port };
            }
        }
        let log = std::fs::read_to_string(directory.path().join("server.log")).unwrap_or_default();
        panic!("the NATS server does not begin: {log}");
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Its port on the loopback.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its directory, in which it keeps its streams too.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Ends it at once, as a crash would.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Lets it stand still, as a machine does that swaps or is moved, or go on.
    pub fn stand_still(&self, still: bool) {
        let signal = if still { "-STOP" } else { "-CONT" };
        let told = Command::new("kill").args([signal, &self.process.id().to_string()]).status();
        assert!(told.unwrap().success());
    }

    /// Begins it again after [`NatsServer::kill`], on the same port and with what it kept.
    pub fn begin_again(&mut self) {
        self.process = begin(&self.program, self.directory.path(), self.port).unwrap();
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// Starts the program and waits until it greets. None if it ended before it did.
fn begin(program: &Path, directory: &Path, port: u16) -> Option<Child> {
    let mut process = Command::new(program)
        .args(["--addr", "127.0.0.1", "--port", &port.to_string(), "--config"])
        .arg(directory.join("server.conf"))
        .arg("--log")
        .arg(directory.join("server.log"))
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while begun.elapsed() < BEGINNING {
        if greets(port) {
            return Some(process);
        }
        if process.try_wait().unwrap().is_some() {
            return None;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    drop(process.kill());
    drop(process.wait());
    None
}

fn greets(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let Ok(mut stream) = TcpStream::connect_timeout(&address, Duration::from_secs(1)) else { return false };
    let mut word = [0; 4];
    stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    stream.read_exact(&mut word).is_ok() && &word == b"INFO"
}
