//! The whole of it as a dozen processes that meet over NATS, made and mended by `ops/cluster-local`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Instant;

use crate::door::Door;
use crate::program;
use crate::server::{LOOK, PATIENCE};

/// Ports that one cluster takes.
const PORTS: u16 = 100;
/// Where the clusters' ports begin, below those that the system gives away.
const FIRST_PORT: u16 = 10_000;
/// How many clusters have ports of their own.
const PLACES: u16 = 200;

/// Processes that belong together. Stopped when it goes out of scope; the ends of their logs are shown if the test
/// failed.
#[derive(Debug)]
pub struct Cluster {
    place: tempfile::TempDir,
    program: String,
    area: String,
    port: u16,
    sync: &'static str,
}

impl Cluster {
    /// Starts everything for an area of `config/areas` and waits until it is ready. `None`, aloud, where there is no
    /// nats-server.
    #[must_use]
    pub fn up(program: &str, area: &str) -> Option<Self> {
        Self::synced(program, area, "always")
    }

    /// The same, with the NATS servers writing to their disks when `sync` says so, such as `2m`.
    #[must_use]
    pub fn synced(program: &str, area: &str, sync: &'static str) -> Option<Self> {
        let cluster = Self::planned(program, area, sync)?;
        let up = cluster.run(&["up"]);
        assert!(up.status.success(), "{}", String::from_utf8_lossy(&up.stderr));
        Some(cluster)
    }

    /// One that is not started yet.
    fn planned(program: &str, area: &str, sync: &'static str) -> Option<Self> {
        static NEXT: AtomicU16 = AtomicU16::new(0);
        let found = Command::new("nats-server").arg("--version").output();
        if !found.is_ok_and(|found| found.status.success()) {
            eprintln!("skipped: the cluster: there is no nats-server on the path");
            return None;
        }
        let place =
            tempfile::Builder::new().prefix("tilanne-cluster-").tempdir().expect("a temporary directory");
        // Tests of several processes may run at once.
        let own = u16::try_from(std::process::id() % u32::from(PLACES)).expect("small");
        let at = (own * 7 + NEXT.fetch_add(1, Ordering::Relaxed)) % PLACES;
        let area = program::root().join(format!("config/areas/{area}.toml")).display().to_string();
        Some(Self { place, program: program.to_owned(), area, port: FIRST_PORT + at * PORTS, sync })
    }

    /// Runs `ops/cluster-local`.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let script = program::root().join("ops/cluster-local").display().to_string();
        // Without what the tests are told, such as to take their long form: the program would take it for a setting.
        program::command(&script)
            .args(arguments)
            .env("CLUSTER_DIR", self.place.path())
            .env("CLUSTER_PORT", self.port.to_string())
            .env("CLUSTER_AREA", &self.area)
            .env("CLUSTER_SYNC", self.sync)
            .env("CLUSTER_PROGRAM", &self.program)
            .output()
            .expect("bash")
    }

    /// Does something to one process: `start`, `stop` or `kill`.
    pub fn act(&self, action: &str, name: &str) {
        let done = self.run(&[action, name]);
        assert!(done.status.success(), "{action} {name}: {}", String::from_utf8_lossy(&done.stderr));
    }

    /// Sends a process a signal, such as `STOP`.
    pub fn signal(&self, name: &str, signal: &str) {
        let pid = std::fs::read_to_string(self.place.path().join(format!("{name}.pid"))).expect("a pid");
        let sent = Command::new("kill").args([format!("-{signal}"), pid.trim().to_owned()]).status();
        assert!(sent.expect("kill").success(), "{signal} {name}");
    }

    /// Where a process keeps its data.
    #[must_use]
    pub fn data(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    /// Where everything lies.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.place.path()
    }

    /// An address of `nats-1`.
    #[must_use]
    pub fn nats(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port + 1)
    }

    /// Where events of every family go in.
    #[must_use]
    pub fn feeds(&self, area: &str) -> Door {
        Door::new(&format!("http://127.0.0.1:{}", self.port + 64), area)
    }

    /// Where boards are shown; gateways count from 1.
    #[must_use]
    pub fn gateway(&self, number: u16, area: &str) -> Door {
        Door::new(&format!("http://{}", self.boards(number)), area)
    }

    /// The address of a gateway.
    #[must_use]
    pub fn boards(&self, number: u16) -> String {
        format!("127.0.0.1:{}", self.port + 50 + number)
    }

    /// Where a process tells its operators how it fares.
    #[must_use]
    pub fn admin(&self, name: &str) -> String {
        let (kind, number) = name.split_once('-').expect("a name and a number");
        let number: u16 = number.parse().expect("a number");
        let after = match kind {
            "nats" => 20 + number,
            "recorder" => 30 + number,
            "projector" => 40 + number,
            "gateway" => 55 + number,
            "queue" => 66,
            "staffing" => 67,
            "capacity" => 68,
            _ => 69,
        };
        format!("http://127.0.0.1:{}", self.port + after)
    }

    /// Waits until a process says that it is ready.
    pub async fn ready(&self, name: &str) {
        let (door, begun) = (Door::new(&self.admin(name), ""), Instant::now());
        loop {
            let answer = door.try_get("/readyz").await;
            if answer.as_ref().is_ok_and(|answer| answer.status == 200) {
                return;
            }
            assert!(begun.elapsed() < 2 * PATIENCE, "{name} is not ready: {answer:?}");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// A metric of a process.
    pub async fn metric(&self, name: &str, metric: &str) -> Option<f64> {
        let page = Door::new(&self.admin(name), "").try_get("/metrics").await.ok()?.body;
        let line = page.lines().find(|line| line.split(' ').next() == Some(metric))?;
        line.rsplit(' ').next()?.parse().ok()
    }

    /// Waits until all recorders stand at the same fact, at `least` or beyond. Answers with it.
    pub async fn level(&self, least: u64) -> u64 {
        let begun = Instant::now();
        loop {
            let mut stand = Vec::new();
            for recorder in ["recorder-1", "recorder-2", "recorder-3"] {
                stand.push(self.metric(recorder, "tilanne_recorder_sequence").await.unwrap_or(-1.0));
            }
            #[expect(clippy::cast_precision_loss, reason = "a test has few facts")]
            if stand.iter().all(|it| *it >= least as f64 && *it == stand[0]) {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a small count"
                )]
                return stand[0] as u64;
            }
            assert!(begun.elapsed() < 2 * PATIENCE, "the recorders stand at {stand:?}, not all at {least}");
            tokio::time::sleep(LOOK).await;
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.show_logs();
        }
        drop(self.run(&["down"]));
    }
}

impl Cluster {
    fn show_logs(&self) {
        let Ok(files) = std::fs::read_dir(self.place.path()) else { return };
        for file in files.flatten().map(|file| file.path()) {
            if file.extension().is_some_and(|it| it == "log") {
                let text = std::fs::read_to_string(&file).unwrap_or_default();
                let lines: Vec<&str> = text.lines().collect();
                let end = lines.get(lines.len().saturating_sub(12)..).unwrap_or_default();
                eprintln!("== {}\n{}", file.display(), end.join("\n"));
            }
        }
    }
}
