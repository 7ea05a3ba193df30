//! Putting the door together.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use axum::Router;
use axum::middleware::map_response;
use axum::routing::{any, get, post};
use bus::Bus;
use prometheus::Registry;
use runtime::health::Check;
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::ms;
use crate::live::{Doorstep, Entrance, Hub, Stage, live};
use crate::metrics::Metrics;
use crate::projector::{Projector, Recorder, Whom};
use crate::web::{
    COMMANDS_AT_ONCE, Desk, Library, Page, Shelf, Shifts, areas, board, command, definitions, facts, guard,
    handover, handover_html, handover_json, handover_markdown, page,
};
use crate::{Config, Error};

/// The task behind the routes: keeps the boards that people look at. Without it running, the routes
/// answer 503.
pub struct Gateway {
    hub: Hub,
    drain: CancellationToken,
    tracker: TaskTracker,
    config: Arc<Config>,
}

impl Gateway {
    /// Makes the door of `area`: the routes to serve and the task to run beside them.
    ///
    /// The routes are `/`, `/board/*`, `/favicon.ico`, `GET /v1/areas`, `GET /v1/areas/{area}/boards/{view}`,
    /// `GET /v1/definitions`,
    /// `GET /v1/areas/{area}/facts`, `GET /v1/areas/{area}/handover` (also with `.json`, `.html` and `.md`), `POST /v1/areas/{area}/commands` and the WebSocket `/v1/live`; merge others in beside them.
    ///
    /// # Errors
    /// [`Error::Setting`] for a limit of 0, [`Error::Metrics`] if `registry` has a gateway already.
    pub fn new(config: Config, bus: Bus, area: &str, registry: &Registry) -> Result<(Router, Self), Error> {
        config.check()?;
        let config = Arc::new(config);
        let area: Arc<str> = Arc::from(area);
        let metrics = Metrics::new(registry)?;
        let drain = CancellationToken::new();
        let tracker = TaskTracker::new();
        let (whom, asked) = watch::channel(Whom::default());
        let projector = Projector::new(bus.clone(), Arc::clone(&area), Arc::clone(&config), asked);
        let recorder = Recorder::new(bus.clone(), &area, Arc::clone(&config));
        let of_hub = (projector.clone(), whom);
        let (hub, handle) =
            Hub::new(Arc::clone(&area), Arc::clone(&config), bus.clone(), of_hub, metrics.clone());
        let desk = Desk {
            area: Arc::clone(&area),
            hub: handle.clone(),
            bus,
            projector: projector.clone(),
            deadline: ms(config.answer_ms),
            room: Arc::new(Semaphore::new(COMMANDS_AT_ONCE)),
        };
        let stage = Stage {
            area: Arc::clone(&area),
            projector: projector.clone(),
            seats: Arc::new(Semaphore::new(config.replays)),
            metrics: metrics.clone(),
        };
        let shifts = Shifts { area: Arc::clone(&area), projector: projector.clone() };
        let shelf = Shelf { area: Arc::clone(&area), hub: handle.clone(), projector };
        let library = Library {
            area: Arc::clone(&area),
            config: Arc::clone(&config),
            recorder,
            readers: Arc::new(Semaphore::new(config.facts_readers)),
        };
        let entrance = Entrance {
            door: Doorstep {
                area,
                config: Arc::clone(&config),
                hub: handle,
                metrics,
                stage,
                drain: drain.clone(),
            },
            seats: Arc::new(Semaphore::new(config.connections)),
            visitors: Arc::new(AtomicU64::new(0)),
            tracker: tracker.clone(),
        };
        let router = Router::new()
            .route("/v1/areas", get(areas))
            .route("/v1/definitions", get(definitions))
            .route("/v1/areas/{area}/boards/{view}", get(board))
            .with_state(shelf)
            .merge(reports(shifts))
            .merge(Router::new().route("/v1/areas/{area}/facts", get(facts)).with_state(library))
            .merge(Router::new().route("/v1/areas/{area}/commands", post(command)).with_state(desk))
            .merge(Router::new().route("/v1/live", any(live)).with_state(entrance))
            .merge(page(Page {
                directory: config.board_dir.clone().filter(|dir| !dir.as_os_str().is_empty()),
            }))
            .layer(map_response(guard));
        Ok((router, Self { hub, drain, tracker, config }))
    }

    /// From now on `check` tells whether a projector is heard. In a process that has one of its own, that one's
    /// check says it already.
    #[must_use]
    pub fn checked(mut self, check: Check) -> Self {
        self.hub.checked(check);
        self
    }

    /// Runs until `drain`, then says goodbye to every live connection and waits for them to end (at most
    /// `drain_ms`). Serve the routes until this has returned.
    ///
    /// # Errors
    /// [`Error::Listen`] or [`Error::BusClosed`] if the bus is gone.
    pub async fn run(self, drain: CancellationToken) -> Result<(), Error> {
        let ended = self.hub.run(drain).await;
        self.drain.cancel();
        self.tracker.close();
        if timeout(ms(self.config.drain_ms), self.tracker.wait()).await.is_err() {
            tracing::warn!(left = self.tracker.len(), "some live connections did not take their goodbye");
        }
        ended
    }
}

/// Shifts' reports: in the form that the client takes, or in the one that it names.
fn reports(shifts: Shifts) -> Router {
    Router::new()
        .route("/v1/areas/{area}/handover", get(handover))
        .route("/v1/areas/{area}/handover.json", get(handover_json))
        .route("/v1/areas/{area}/handover.html", get(handover_html))
        .route("/v1/areas/{area}/handover.md", get(handover_markdown))
        .with_state(shifts)
}
