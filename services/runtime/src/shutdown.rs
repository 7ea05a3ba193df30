//! The end of a process: everyone is asked once, finishes what is begun, and a deadline bounds it.

use std::future::Future;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::{Error, exit};

/// Asks for the end and keeps count of who is still at work. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// How the end came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Every task finished.
    Drained,
    /// The deadline passed, and so many tasks were still at work.
    Abandoned {
        /// How many.
        tasks: usize,
    },
}

impl Shutdown {
    /// One that only [`Shutdown::begin`] sets off: for tests and short commands.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One that SIGINT or SIGTERM sets off. A second signal ends the process at once with
    /// [`exit::FAILED`], for somebody is tired of waiting.
    ///
    /// # Errors
    /// [`Error::Signals`].
    pub fn on_signals() -> Result<Self, Error> {
        let shutdown = Self::new();
        let stop = shutdown.stop.clone();
        let mut interrupt = signal(SignalKind::interrupt()).map_err(Error::Signals)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(Error::Signals)?;
        tokio::spawn(async move {
            loop {
                let name = tokio::select! {
                    _ = interrupt.recv() => "SIGINT",
                    _ = terminate.recv() => "SIGTERM",
                };
                if stop.is_cancelled() {
                    tracing::warn!(
                        signal = name,
                        "stopping at once; what was not yet recorded has no receipt"
                    );
                    std::process::exit(i32::from(exit::FAILED));
                }
                tracing::info!(signal = name, "stopping; a second signal stops at once");
                stop.cancel();
            }
        });
        Ok(shutdown)
    }

    /// What tasks listen to.
    #[must_use]
    pub fn token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Asks everybody to finish, as a signal does. A service that cannot go on calls it too.
    pub fn begin(&self) {
        self.stop.cancel();
    }

    /// Runs a task that the end waits for. It must come to its end once [`Shutdown::token`] is cancelled.
    pub fn spawn<T: Send + 'static>(&self, task: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        self.tasks.spawn(task)
    }

    /// Waits until the end is asked for, then for every task, `drain` at the most.
    pub async fn finish(&self, drain: Duration) -> Ending {
        self.stop.cancelled().await;
        self.tasks.close();
        if tokio::time::timeout(drain, self.tasks.wait()).await.is_ok() {
            tracing::info!("stopped; everything begun was finished");
            return Ending::Drained;
        }
        let tasks = self.tasks.len();
        tracing::warn!(tasks, ?drain, "stopped by the deadline; some tasks were still at work");
        Ending::Abandoned { tasks }
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Child, Command, Stdio};

    use super::*;

    const LONG: Duration = Duration::from_secs(5);

    #[tokio::test(start_paused = true)]
    async fn the_end_waits_for_tasks_that_finish_their_work() {
        let shutdown = Shutdown::new();
        let stop = shutdown.token();
        let worker = shutdown.spawn(async move {
            stop.cancelled().await;
            tokio::time::sleep(LONG / 2).await;
            "flushed"
        });
        shutdown.begin();
        assert_eq!(shutdown.finish(LONG).await, Ending::Drained);
        assert_eq!(worker.await.unwrap(), "flushed");
    }

    #[tokio::test(start_paused = true)]
    async fn the_deadline_bounds_tasks_that_do_not() {
        let shutdown = Shutdown::new();
        for _ in 0..2 {
            shutdown.spawn(std::future::pending::<()>());
        }
        shutdown.begin();
        assert_eq!(shutdown.finish(LONG).await, Ending::Abandoned { tasks: 2 });
    }

    #[test]
    fn one_signal_drains_and_a_second_ends_at_once() {
        for name in ["TERM", "INT"] {
            let mut polite = spawn_process("drains");
            send(&polite, name);
            assert_eq!(polite.wait().unwrap().code(), Some(0), "{name}");
        }
        let mut stubborn = spawn_process("hangs");
        send(&stubborn, "TERM");
        // Signals of one kind that are not yet delivered fold into one, so the second is of another kind.
        send(&stubborn, "INT");
        assert_eq!(stubborn.wait().unwrap().code(), Some(i32::from(exit::FAILED)));
    }

    /// Not a test of its own: the process that the test above sends signals to.
    #[tokio::test]
    async fn a_process_that_waits_for_signals() {
        if std::env::var_os("CHILD").is_none() {
            return;
        }
        let shutdown = Shutdown::on_signals().unwrap();
        if std::env::var("CHILD").is_ok_and(|way| way == "hangs") {
            shutdown.spawn(std::future::pending::<()>());
        }
        eprintln!("listening");
        let ending = shutdown.finish(Duration::from_secs(3600)).await;
        assert_eq!(ending, Ending::Drained);
    }

    fn spawn_process(way: &str) -> Child {
        use std::io::BufRead;
        let name = "shutdown::tests::a_process_that_waits_for_signals";
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([name, "--exact", "--nocapture"])
            .env("CHILD", way)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = std::io::BufReader::new(child.stderr.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap() == "listening"));
        child
    }

    fn send(child: &Child, signal: &str) {
        let kill = format!("kill -{signal} {}", child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }
}
