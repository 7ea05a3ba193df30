//! A process with services in it: all of them, joined by the bus inside the process (`whole`), or some, which meet
//! the others over NATS (`apart`).
//!
//! ```text
//!   listeners ──► door, gateway ──► bus ──► recorder ──► journal
//!                     ▲                         │
//!                     └──── bus ◄── projector ◄─┘
//! ```
//!
//! They stop from the listeners inward, so that whoever was let in gets an answer.

mod apart;
mod feeds;
mod footing;
mod inside;
mod simulated;
mod whole;

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use journal::Journal;
pub use journal::{Disk, Options, SystemDisk};
use runtime::serve::{self, Limits};
use tokio::net::TcpListener;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

pub use self::apart::Service;
pub use self::footing::{Footing, JOURNAL, open_journal};

use crate::Error;

/// Beyond the listeners' own drain, everybody gets this long to say a last word, and the services inside
/// as long again to finish the group at hand.
const INNER_DRAIN: Duration = Duration::from_millis(500);

/// From the order to stop, the last snapshots may be written until then: the process promises to be gone
/// within 5 s, the journal binds its tail after them, and what is not finished only makes the next start longer.
const SNAPSHOTS_WITHIN: Duration = Duration::from_secs(2);

/// From the order to stop, the journal may bind its tail until then: what is not bound is bound after the
/// next start, and nothing that was acknowledged rests on it.
const BOUND_WITHIN: Duration = Duration::from_millis(4_600);

type Ended = (&'static str, Result<(), Error>);

/// A running house.
pub struct House {
    /// Where it is listening for everybody.
    pub public: SocketAddr,
    /// Where it is listening for its operators.
    pub admin: SocketAddr,
    /// Stops the listeners and the sources of our own.
    front: CancellationToken,
    /// Stops the services inside.
    back: CancellationToken,
    /// Tells the services inside that the stop cannot wait for their snapshots any longer.
    late: CancellationToken,
    outer: JoinSet<Ended>,
    inner: JoinSet<Ended>,
    drain: Duration,
    /// Held to the end, so that no service waits for its closing. Empty where nobody has opened one.
    journal: Arc<OnceLock<Arc<dyn Journal>>>,
}

impl House {
    /// With its listeners' addresses; nobody works in it yet.
    fn at(public: SocketAddr, admin: SocketAddr, drain: Duration) -> Self {
        Self {
            public,
            admin,
            front: CancellationToken::new(),
            back: CancellationToken::new(),
            late: CancellationToken::new(),
            outer: JoinSet::new(),
            inner: JoinSet::new(),
            drain,
            journal: Arc::default(),
        }
    }

    /// Waits until told to stop or a service fails; then stops everything in order.
    ///
    /// # Errors
    /// The first failure.
    pub async fn run(mut self, stop: CancellationToken) -> Result<(), Error> {
        let failed = tokio::select! {
            () = stop.cancelled() => Ok(()),
            Some(ended) = self.inner.join_next() => Err(early(ended)),
            Some(ended) = self.outer.join_next() => Err(early(ended)),
        };
        if let Err(error) = &failed {
            tracing::error!(%error, "stopping everything");
        }
        failed.and(self.close().await)
    }

    /// Stops in order: listeners first, then the services inside.
    ///
    /// # Errors
    /// The first failure of a service.
    pub async fn close(self) -> Result<(), Error> {
        let order = tokio::time::Instant::now();
        self.front.cancel();
        let outer = finish(self.outer, self.drain).await;
        self.back.cancel();
        let left = SNAPSHOTS_WITHIN.saturating_sub(order.elapsed());
        let late = self.late;
        tokio::spawn(async move {
            tokio::time::sleep(left).await;
            late.cancel();
        });
        let inner = finish(self.inner, left).await;
        let left = BOUND_WITHIN.saturating_sub(order.elapsed());
        let journal = self.journal;
        let closing = tokio::task::spawn_blocking(move || drop(journal));
        if tokio::time::timeout(left, closing).await.is_err() {
            tracing::info!("the journal's tail is left as it is: the next start binds it");
        }
        tracing::info!("stopped");
        outer.and(inner)
    }

    fn inside(&mut self, name: &'static str, work: impl Future<Output = Result<(), Error>> + Send + 'static) {
        self.inner.spawn(async move { (name, work.await) });
    }

    fn outside(
        &mut self,
        name: &'static str,
        work: impl Future<Output = Result<(), Error>> + Send + 'static,
    ) {
        self.outer.spawn(async move { (name, work.await) });
    }

    fn listen(&mut self, name: &'static str, listener: TcpListener, router: axum::Router, limits: Limits) {
        let stop = self.front.clone();
        self.outside(name, async move {
            if let serve::Ending::Cut { connections } = serve::serve(listener, router, limits, stop).await {
                tracing::warn!(listener = name, connections, "connections were cut at the end of the drain");
            }
            Ok(())
        });
    }
}

fn address(listener: &TcpListener) -> Result<SocketAddr, Error> {
    listener.local_addr().map_err(|source| Error::Io { doing: "asking for the listener's address", source })
}

/// What it means that a service ended although nobody told it to.
fn early(ended: Result<Ended, JoinError>) -> Error {
    match ended {
        Ok((_, Err(error))) => error,
        Ok((name, Ok(()))) => Error::Server(format!("the {name} ended by itself")),
        Err(error) => error.into(),
    }
}

/// Waits for tasks to end; answers with the first failure. What does not end in time is cut off.
async fn finish(mut tasks: JoinSet<Ended>, within: Duration) -> Result<(), Error> {
    let deadline = tokio::time::Instant::now() + within + INNER_DRAIN;
    let mut result = Ok(());
    loop {
        match tokio::time::timeout_at(deadline, tasks.join_next()).await {
            Ok(None) => return result,
            Ok(Some(Ok((_, Ok(()))))) => {}
            Ok(Some(Ok((name, Err(error))))) => {
                tracing::error!(service = name, %error, "failed");
                result = result.and(Err(error));
            }
            Ok(Some(Err(error))) => result = result.and(Err(error.into())),
            Err(_) => {
                let left = tasks.len();
                tasks.abort_all();
                let late = Error::Server(format!("{left} services did not stop in time and were cut off"));
                return result.and(Err(late));
            }
        }
    }
}
