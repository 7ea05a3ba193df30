//! Services that meet each other over NATS, each in a process of its own or several in one.
//!
//! A process answers its operators at once and everybody else once it is connected. What is missing (a server, the
//! stream, the other services) is waited for, said once in the log and all the time by `/readyz`: so the order in which
//! processes start does not matter.

mod line;
mod services;

use std::sync::Arc;

use proto::subject::Family;
use runtime::health::Health;
use runtime::metrics::Metrics;
use runtime::serve;
use tokio::net::TcpListener;

use self::services::Site;
use super::{Footing, House, address};
use crate::Error;
use crate::config::{Config, Described};

/// What a process may do among others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Takes events of one family, over HTTP and from feeds that it polls.
    Source(Family),
    /// Takes events of every family.
    Sources,
    /// Records.
    Recorder,
    /// Draws boards.
    Projector,
    /// Shows them.
    Gateway,
}

impl Service {
    /// By its name on the command line.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let family = Family::ALL.into_iter().find(|family| family.as_str() == name);
        match name {
            "recorder" => Some(Self::Recorder),
            "projector" => Some(Self::Projector),
            "gateway" => Some(Self::Gateway),
            _ => family.map(Self::Source),
        }
    }

    /// Whether it listens for everybody.
    const fn is_public(self) -> bool {
        matches!(self, Self::Source(_) | Self::Sources | Self::Gateway)
    }
}

impl House {
    /// Opens a house with some services. Returns once its operators can ask how it fares.
    ///
    /// # Errors
    /// Configuration and addresses. That nobody is there yet is none.
    pub async fn open_over_nats(
        config: Config,
        described: Described,
        services: &[Service],
        metrics: Metrics,
        footing: Footing,
    ) -> Result<Self, Error> {
        let admin = serve::bind(config.server.admin).await?;
        let public = if services.iter().any(|service| service.is_public()) {
            serve::require_loopback(config.server.listen)?;
            Some(serve::bind(config.server.listen).await?)
        } else {
            None
        };
        let listens = address(public.as_ref().unwrap_or(&admin))?;
        let mut house = Self::at(listens, address(&admin)?, config.server.drain.into());
        let health = Health::new();
        let operators = runtime::admin::router(metrics.clone(), health.clone());
        house.listen("admin listener", admin, operators, config.server.limits());
        let options = config.nats.options(&config.recorder)?;
        config.nats.check_files()?;
        if services.contains(&Service::Recorder) {
            config.recorder.check_membership().map_err(Error::Usage)?;
        }
        let site = Site { config: Arc::new(config), options, described, metrics, health };
        house.begin(&site, services, public, footing)?;
        Ok(house)
    }

    /// Begins the services inside, and the listener in front of those that have one.
    fn begin(
        &mut self,
        site: &Site,
        services: &[Service],
        public: Option<TcpListener>,
        footing: Footing,
    ) -> Result<(), Error> {
        let mut footing = Some(footing);
        for service in services {
            match service {
                Service::Recorder => {
                    let footing = footing.take().unwrap_or_default();
                    let work = site.recorder(footing, self)?;
                    self.inside("recorder", work);
                }
                Service::Projector => {
                    let work = site.projector(self)?;
                    self.inside("projector", work);
                }
                Service::Source(_) | Service::Sources | Service::Gateway => {}
            }
        }
        let Some(public) = public else { return Ok(()) };
        let named = site.config.sources.families()?;
        let source = services.iter().find_map(|service| match service {
            Service::Source(_) if !named.is_empty() => Some(named.clone()),
            Service::Source(family) => Some(vec![*family]),
            Service::Sources => Some(Family::ALL.to_vec()),
            Service::Recorder | Service::Projector | Service::Gateway => None,
        });
        // Where boards are drawn too, "boards" is what the projector says of them.
        let check = if services.contains(&Service::Projector) { "heartbeat" } else { "boards" };
        let shows = services.contains(&Service::Gateway).then(|| site.health.check(check));
        let front = site.front(self, shows, source, public)?;
        self.outside("public listener", front);
        Ok(())
    }
}
