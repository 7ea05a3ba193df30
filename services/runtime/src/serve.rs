//! HTTP/1.1 on a listener, with limits, a guard against foreign host names, and an orderly end.

mod connection;
mod host;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::Error;

/// Pause after the system refuses to accept, as it does without free file descriptors: the next try would
/// fail as well, and trying at once would take a whole core.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How much one listener takes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most connections at once, upgraded ones included. More wait in the system's backlog.
    pub max_connections: usize,
    /// For a request's whole head, and for the next request to begin on a connection kept alive.
    pub header_timeout: Duration,
    /// For a peer to take any byte of what waits for it, upgraded or not. Without it a peer whose cable was
    /// pulled would keep its place for as long as the system tries again.
    pub write_timeout: Duration,
    /// For what is in flight when the end is asked for; after it, connections are cut.
    pub drain: Duration,
}

/// How serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Every connection came to its own end.
    Drained,
    /// The deadline passed, and so many connections were cut.
    Cut {
        /// How many.
        connections: usize,
    },
}

/// Listens on `address`; port 0 takes any free port.
///
/// # Errors
/// [`Error::Bind`].
pub async fn bind(address: SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(address).await.map_err(|cause| Error::Bind { address, cause })
}

/// Whether a public listener may use `address` while nobody can sign in: loopback only.
///
/// # Errors
/// [`Error::NotLoopback`].
pub fn require_loopback(address: SocketAddr) -> Result<(), Error> {
    // An IPv4 loopback address may come in IPv6's clothes.
    if address.ip().to_canonical().is_loopback() { Ok(()) } else { Err(Error::NotLoopback { address }) }
}

/// Serves `router` on `listener` until `stop`, then lets what is in flight finish within `limits.drain`.
///
/// On a loopback listener only requests for a loopback host name pass; others get 403, so that no web page
/// can reach this machine's services by a name that resolves to it (DNS rebinding). Upgraded connections
/// (WebSockets) count as connections until they close; their handlers must listen to `stop` themselves.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) -> Ending {
    let loopback = listener.local_addr().is_ok_and(|address| require_loopback(address).is_ok());
    let router = if loopback { router.layer(middleware::from_fn(host::only_loopback)) } else { router };
    let server = Server {
        router,
        limits,
        stop: stop.clone(),
        cut: CancellationToken::new(),
        connections: TaskTracker::new(),
    };
    let room = Arc::new(Semaphore::new(limits.max_connections.clamp(1, Semaphore::MAX_PERMITS)));
    tokio::select! {
        () = stop.cancelled() => {}
        () = server.accept(&listener, &room) => {}
    }
    // From here on new connections are refused rather than left waiting.
    drop(listener);
    server.connections.close();
    if tokio::time::timeout(limits.drain, server.connections.wait()).await.is_ok() {
        return Ending::Drained;
    }
    let connections = server.connections.len();
    server.cut.cancel();
    Ending::Cut { connections }
}

/// What every connection of a listener shares.
#[derive(Clone)]
struct Server {
    router: Router,
    limits: Limits,
    stop: CancellationToken,
    /// Fails whatever is still open after the drain.
    cut: CancellationToken,
    connections: TaskTracker,
}

impl Server {
    async fn accept(&self, listener: &TcpListener, room: &Arc<Semaphore>) {
        loop {
            let Ok(permit) = Arc::clone(room).acquire_owned().await else { return };
            match listener.accept().await {
                Ok((stream, _peer)) => self.begin(stream, permit),
                Err(error) if is_the_peers(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "cannot accept connections; raise the limit of open files");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn begin(&self, stream: TcpStream, permit: OwnedSemaphorePermit) {
        // Board changes are small and wanted at once; a socket that refuses the option still works.
        let _ = stream.set_nodelay(true);
        let counted = connection::Counted::new(stream, self, permit);
        let server = self.clone();
        tokio::spawn(async move { connection::run(counted, server).await });
    }
}

/// The peer gave up between its knock and our answer: nothing is wrong here.
fn is_the_peers(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    [ConnectionAborted, ConnectionRefused, ConnectionReset].contains(&error.kind())
}

#[cfg(test)]
mod tests;
