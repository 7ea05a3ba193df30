//! Each service as it lives among others.

use std::sync::Arc;
use std::time::Duration;

use bus::nats::intake::IntakeEnd;
use bus::nats::{IntakeStream, NatsAdmin};
use bus::{Bus, Limits, NatsOptions};
use gateway::Gateway;
use projector::Projector;
use proto::subject::Family;
use recorder::{Books, Checks, Founding, Replica};
use runtime::Clock;
use runtime::health::{Check, Health};
use runtime::metrics::Metrics;
use runtime::serve::{self, Ending};
use runtime::snapshots::{Keeper, Shelf};
use sources::door;
use sources::intake::Intake;
use tokio::net::TcpListener;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::super::feeds::Pollers;
use super::super::footing::open_journal_on;
use super::super::inside::SNAPSHOTS;
use super::super::{Footing, House, address};
use super::line;
use crate::Error;
use crate::config::{Config, Described};

/// How often it is compared whether the intake stream is still as it is configured: nobody alters it by the minute.
const COMPARE: Duration = Duration::from_secs(60);

/// How often while it is not: whoever mends it waits for the word.
const COMPARE_AGAIN: Duration = Duration::from_secs(5);

/// What every service of a process shares.
pub(super) struct Site {
    pub config: Arc<Config>,
    pub options: NatsOptions,
    pub described: Described,
    pub metrics: Metrics,
    pub health: Health,
}

impl Site {
    fn area(&self) -> String {
        self.described.area.id.clone()
    }

    fn keeper(&self, name: &'static str, every: u64) -> Result<Keeper, Error> {
        let directory = self.config.server.data.join(SNAPSHOTS);
        Ok(Keeper::new(Shelf::new(&directory, name, &self.metrics)?, every))
    }

    /// The bus, as soon as there is one.
    fn bus(&self, stop: &CancellationToken) -> impl Future<Output = Option<Bus>> + Send + 'static {
        let (options, check, stop) = (self.options.clone(), self.health.check("nats"), stop.clone());
        async move {
            let bus = line::connected(&check, &stop, || Bus::nats(&options, Limits::default())).await?;
            if let Some(connected) = bus.connected() {
                tokio::spawn(line::watched(connected, check, stop));
            }
            Some(bus)
        }
    }

    /// Records, beside the other recorders.
    pub fn recorder(
        &self,
        footing: Footing,
        house: &House,
    ) -> Result<impl Future<Output = Result<(), Error>> + Send + 'static, Error> {
        let checks = Checks {
            journal: self.health.check("journal"),
            intake: self.health.check("intake"),
            receipts: self.health.check("receipts"),
            clock: self.health.check("clock"),
        };
        let (config, area) = (Arc::clone(&self.config), self.area());
        let Described { area: described, document } = self.described.clone();
        let founding = Founding { area: described, document, simulated: false };
        let keeper = self.keeper("recorder", config.recorder.snapshot_facts)?;
        let meters = recorder::Meters::new(&self.metrics)?;
        let (back, late, slot) = (house.back.clone(), house.late.clone(), Arc::clone(&house.journal));
        let (bus, stream_check) = (self.bus(&house.back), self.health.check("stream"));
        let (line_check, options) = (self.health.check("nats"), self.options.clone());
        Ok(async move {
            checks.journal.starting("opening");
            let journal = open_journal_on(&config.server.data, footing).await?;
            let _empty = slot.set(Arc::clone(&journal));
            let Some(bus) = bus.await else { return Ok(()) };
            let end = line::connected(&line_check, &back, || IntakeEnd::open(&options, &area)).await;
            let Some(end) = end else { return Ok(()) };
            let wanted = config.nats.intake_stream(&area);
            tokio::spawn(compare(options, wanted, stream_check, back.clone()));
            let books = Books { journal, keeper };
            let replica = Replica::open(
                config.recorder.clone(),
                founding,
                books,
                (bus, end),
                Clock::system(),
                meters,
                checks,
            );
            Ok(replica.await?.run(back, late).await?)
        })
    }

    /// Draws boards.
    pub fn projector(
        &self,
        house: &House,
    ) -> Result<impl Future<Output = Result<(), Error>> + Send + 'static, Error> {
        let (config, area, check) = (self.config.projector.clone(), self.area(), self.health.check("boards"));
        let keeper = self.keeper("projector", config.snapshot_facts)?;
        let meters = projector::Meters::new(&self.metrics)?;
        let (back, late, bus) = (house.back.clone(), house.late.clone(), self.bus(&house.back));
        Ok(async move {
            let Some(bus) = bus.await else { return Ok(()) };
            let projector = Projector::new(config, &area, bus, Clock::system(), meters, check, keeper);
            Ok(projector.run(back, late).await?)
        })
    }

    /// Listens for everybody: shows boards, takes events, or both. The check of who `shows` them is the gateway's.
    pub fn front(
        &self,
        house: &House,
        shows: Option<Check>,
        source: Option<Vec<Family>>,
        public: TcpListener,
    ) -> Result<impl Future<Output = Result<(), Error>> + Send + 'static, Error> {
        let (config, area, metrics) = (Arc::clone(&self.config), self.area(), self.metrics.clone());
        let meters = source.as_ref().map(|_| door::Meters::new(&metrics)).transpose()?;
        let (bus, stop, check) = (self.bus(&house.front), house.front.clone(), self.health.check("listener"));
        let receipts = source.as_ref().map(|_| self.health.check("recording"));
        let files = if source.is_some() { config.sources.feeds.clone() } else { Vec::new() };
        let pollers = Pollers::read(&files, &metrics)?;
        Ok(async move {
            check.starting("waiting for the NATS servers");
            let Some(bus) = bus.await else { return Ok(()) };
            let mut tasks = tokio::task::JoinSet::new();
            let mut router = axum::Router::new();
            if let Some(check) = shows {
                let (routes, gateway) =
                    Gateway::new(config.gateway.clone(), bus.clone(), &area, metrics.registry())?;
                router = router.merge(routes);
                let stop = stop.clone();
                let gateway = gateway.checked(check);
                tasks.spawn(async move { Ok::<(), Error>(gateway.run(stop).await?) });
            }
            if let (Some(families), Some(meters)) = (source, meters) {
                let intake =
                    Intake::of(bus, &area, config.intake.receipt_timeout.into(), families).reading_first();
                if let Some(receipts) = receipts {
                    let told = intake.receiving().tell(receipts, stop.clone());
                    tasks.spawn(async move {
                        told.await;
                        Ok(())
                    });
                }
                router = router.merge(door::router(config.intake.clone(), intake.clone(), meters));
                pollers.start(&intake, &stop, |_, task| drop(tasks.spawn(task)))?;
            }
            check.ok(format!("accepting on {}", address(&public)?));
            let served = serve::serve(public, router, config.server.limits(), stop);
            tasks.spawn(async move {
                if let Ending::Cut { connections } = served.await {
                    tracing::warn!(connections, "connections were cut at the end of the drain");
                }
                Ok(())
            });
            while let Some(ended) = tasks.join_next().await {
                ended??;
            }
            Ok(())
        })
    }
}

/// Says by a check where the stream is not as it is configured, until told to stop. The log is told of drift only: that
/// there is no stream, or no way to it, stops the recorder, which says so itself.
async fn compare(options: NatsOptions, wanted: IntakeStream, check: Check, stop: CancellationToken) {
    let mut said = String::new();
    loop {
        let found = async {
            let drift = NatsAdmin::connect(&options).await?.drift(&wanted).await?;
            Ok::<_, bus::nats::Error>(drift)
        };
        let pause = match found.await {
            Ok(Some(drifts)) if drifts.is_empty() => {
                check.ok("as it is configured");
                said.clear();
                COMPARE
            }
            Ok(Some(drifts)) => {
                let each: Vec<String> = drifts.iter().map(ToString::to_string).collect();
                let told = format!("the intake stream is not as it is configured: {}", each.join(", "));
                check.failed(told.as_str());
                if told != said {
                    tracing::error!("{told}; nothing is altered: see `tilanne nats check`");
                    said = told;
                }
                COMPARE_AGAIN
            }
            Ok(None) => {
                check.failed(format!("{} is missing: make it with `tilanne nats init`", wanted.name()));
                COMPARE_AGAIN
            }
            Err(error) => {
                check.failed(format!("the intake stream can't be compared with what is configured: {error}"));
                COMPARE_AGAIN
            }
        };
        tokio::select! {
            () = sleep(pause) => {}
            () = stop.cancelled() => return,
        }
    }
}
