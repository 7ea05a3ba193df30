//! The program as a server process on ports and a directory of its own.

mod admin;

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use crate::door::Door;
use crate::program;

/// Longer than anything waited for takes on a busy machine, shorter than a person waits.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// How often a condition is looked at.
pub const LOOK: Duration = Duration::from_millis(20);

/// What to start.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// The program.
    pub program: String,
    /// One service over NATS, such as `recorder`, and its configuration; without, the whole of it in one process.
    pub service: Option<(String, String)>,
    /// Further arguments, such as `--demo` or `--area F`.
    pub arguments: Vec<String>,
    /// Settings, as `TILANNE_SECTION__KEY`.
    pub settings: Vec<(String, String)>,
    /// A program that runs it and takes its name and arguments after its own, such as a tracer. It must leave
    /// the program under the process id that it was started with.
    pub wrapper: Vec<String>,
    /// Where its data lie, if not in a temporary directory of its own.
    pub data: Option<PathBuf>,
}

impl Plan {
    /// The program with an area file of `config/areas`.
    #[must_use]
    pub fn area(program: &str, area: &str) -> Self {
        let file = program::root().join(format!("config/areas/{area}.toml"));
        let arguments = vec!["--area".to_owned(), file.display().to_string()];
        Self { program: program.to_owned(), arguments, ..Self::default() }
    }

    /// The simulated evening.
    #[must_use]
    pub fn demo(program: &str) -> Self {
        Self { program: program.to_owned(), arguments: vec!["--demo".to_owned()], ..Self::default() }
    }

    /// One service, with a configuration file of this text.
    #[must_use]
    pub fn service(program: &str, service: &str, configuration: &str) -> Self {
        let service = Some((service.to_owned(), configuration.to_owned()));
        Self { program: program.to_owned(), service, ..Self::default() }
    }

    /// With a setting besides.
    #[must_use]
    pub fn with(mut self, setting: &str, value: &str) -> Self {
        self.settings.push((setting.to_owned(), value.to_owned()));
        self
    }

    /// Run by another program.
    #[must_use]
    pub fn under(mut self, wrapper: &[&str]) -> Self {
        self.wrapper = wrapper.iter().map(|&part| part.to_owned()).collect();
        self
    }

    /// On a data directory of the test's own.
    #[must_use]
    pub fn on(mut self, data: &Path) -> Self {
        self.data = Some(data.to_owned());
        self
    }
}

/// A running server. Killed when it goes out of scope; its log is shown if the test failed.
#[derive(Debug)]
pub struct Server {
    plan: Plan,
    child: Option<Child>,
    place: tempfile::TempDir,
    /// `127.0.0.1:port` of the boards.
    pub public: String,
    /// `127.0.0.1:port` of the metrics.
    pub admin: String,
    /// From the start of the process to its being ready.
    pub ready_after: Duration,
}

impl Server {
    /// Starts on an empty directory and waits until it is ready.
    pub async fn start(plan: Plan) -> Self {
        let mut server = Self::planned(plan);
        server.again().await;
        server
    }

    /// One that is not started yet.
    #[must_use]
    pub fn planned(plan: Plan) -> Self {
        let place = tempfile::Builder::new().prefix("tilanne-it-").tempdir().expect("a temporary directory");
        let (public, admin) = (free_address(), free_address());
        Self { plan, child: None, place, public, admin, ready_after: Duration::ZERO }
    }

    /// Sets a setting for its next lives, or with `None` takes it away.
    pub fn set(&mut self, setting: &str, value: Option<&str>) {
        self.plan.settings.retain(|(name, _)| name != setting);
        self.plan.settings.extend(value.map(|value| (setting.to_owned(), value.to_owned())));
    }

    /// Its process id, while it runs.
    #[must_use]
    pub fn process(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Starts again on the same data and addresses and waits until it is ready.
    pub async fn again(&mut self) {
        self.spawn();
        self.ready().await;
    }

    /// Starts the process without waiting for anything.
    pub fn spawn(&mut self) {
        assert!(self.child.is_none(), "it is running");
        let log = File::options().create(true).append(true).open(self.log_file()).expect("a log file");
        let mut command = self.command(&self.data());
        self.child = Some(command.stderr(log).spawn().expect("the program starts"));
    }

    /// Waits for `/readyz`.
    pub async fn ready(&mut self) {
        let begun = Instant::now();
        let url = format!("http://{}/readyz", self.admin);
        let http = crate::door::http();
        loop {
            if let Ok(answer) = http.get(&url).send().await
                && answer.status() == 200
            {
                break;
            }
            let ended = self.child.as_mut().and_then(|child| child.try_wait().expect("a state"));
            assert!(ended.is_none(), "ended with {ended:?} before it was ready:\n{}", self.log());
            assert!(begun.elapsed() < PATIENCE, "not ready in time:\n{}", self.log());
            tokio::time::sleep(LOOK).await;
        }
        self.ready_after = begun.elapsed();
    }

    /// The command that this server is, on a data directory.
    #[must_use]
    pub fn command(&self, data: &Path) -> Command {
        let mut command = match self.plan.wrapper.split_first() {
            None => program::command(&self.plan.program),
            Some((wrapper, arguments)) => {
                let mut command = program::command(wrapper);
                command.args(arguments).arg(&self.plan.program);
                command
            }
        };
        if let Some((service, configuration)) = &self.plan.service {
            let file = self.scratch("tilanne.toml");
            std::fs::write(&file, configuration).expect("a configuration");
            command.args(["run", service, "--config"]).arg(file).args(&self.plan.arguments);
            command.env("TILANNE_SERVER__DATA", data);
            command.env("TILANNE_SERVER__LISTEN", &self.public).env("TILANNE_SERVER__ADMIN", &self.admin);
        } else {
            command.arg("up").args(&self.plan.arguments).arg("--data").arg(data);
            command.args(["--listen", &self.public, "--admin", &self.admin]);
        }
        command.envs(self.plan.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("killed");
            child.wait().expect("reaped");
        }
    }

    /// Ctrl-C. Answers with how it ended, and after how long.
    pub async fn interrupt(&mut self) -> (ExitStatus, Duration) {
        let mut child = self.child.take().expect("it is running");
        let begun = Instant::now();
        let asked = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
        assert!(asked.success());
        loop {
            if let Some(status) = child.try_wait().expect("a state") {
                return (status, begun.elapsed());
            }
            if begun.elapsed() > PATIENCE {
                child.kill().expect("killed");
                panic!("Ctrl-C did not end it:\n{}", self.log());
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// How it ended, once it has; it can be started again then.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        let status = self.child.as_mut()?.try_wait().expect("a state");
        if status.is_some() {
            self.child = None;
        }
        status
    }

    /// Waits until it ends by itself.
    pub async fn ends(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.ended() {
                return status;
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end:\n{}", self.log());
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Whether the process is running.
    pub fn alive(&mut self) -> bool {
        self.child.as_mut().is_some_and(|child| child.try_wait().expect("a state").is_none())
    }

    /// The data directory.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.plan.data.clone().unwrap_or_else(|| self.place.path().join("data"))
    }

    /// A path for a file of the test's own, gone with the server.
    #[must_use]
    pub fn scratch(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    /// Everything it has logged, over all its lives.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read(self.log_file())
            .map(|log| String::from_utf8_lossy(&log).into_owned())
            .unwrap_or_default()
    }

    /// Its HTTP side, for an area.
    #[must_use]
    pub fn door(&self, area: &str) -> Door {
        Door::new(&format!("http://{}", self.public), area)
    }

    fn log_file(&self) -> PathBuf {
        self.place.path().join("log")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = self.child.as_mut() {
            drop(child.kill());
            drop(child.wait());
        }
        if std::thread::panicking() {
            let log = self.log();
            let tail: Vec<_> = log.lines().rev().take(30).collect();
            for line in tail.iter().rev() {
                eprintln!("    {line}");
            }
        }
    }
}

/// An address that nobody listens on. Below the range from which the system itself takes ports for
/// outgoing connections, so that it is still free after a restart.
fn free_address() -> String {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let begin = u16::try_from(std::process::id() % 19_000).expect("below 19,000");
    loop {
        let port = 10_000 + (begin + NEXT.fetch_add(1, Ordering::Relaxed)) % 20_000;
        let address = format!("127.0.0.1:{port}");
        if TcpListener::bind(&address).is_ok() {
            return address;
        }
    }
}
