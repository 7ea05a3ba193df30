//! `tilanne nats`: the intake stream, and whether all is such that events get their receipts.

mod check;
mod monitor;
mod users;

use bus::NatsOptions;
use bus::nats::{IntakeStream, NatsAdmin};

use crate::Error;
use crate::cli::{NatsAction, Settings};
use crate::config::{self, Nats};
use crate::output::say;

pub async fn nats(action: NatsAction) -> Result<(), Error> {
    match action {
        NatsAction::Init { settings } => init(&settings).await,
        NatsAction::Check { settings } => check::check(&settings).await,
        NatsAction::Users(users) => users::users(&users),
    }
}

/// What the configuration says of the servers and of what is wanted of them.
struct Asked {
    nats: Nats,
    options: NatsOptions,
    stream: IntakeStream,
    /// The recorders' names.
    recorders: Vec<String>,
}

impl Asked {
    fn with(settings: &Settings) -> Result<Self, Error> {
        let values = config::load(settings)?.values;
        let area = config::area(values.server.area.as_deref())?.area;
        let stream = values.nats.intake_stream(area.id.as_str());
        let options = values.nats.options(&values.recorder)?;
        let recorder::Config { name, all, .. } = values.recorder;
        let recorders = if all.is_empty() { vec![name] } else { all };
        Ok(Self { nats: values.nats, options, stream, recorders })
    }
}

async fn init(settings: &Settings) -> Result<(), Error> {
    let Asked { options, stream: wanted, .. } = Asked::with(settings)?;
    let admin = NatsAdmin::connect(&options).await?;
    let name = wanted.name();
    match admin.drift(&wanted).await? {
        None => {
            admin.create(&wanted).await?;
            say(&format!("made: stream {name}"))
        }
        Some(drifts) if drifts.is_empty() => say(&format!("already there: stream {name}")),
        Some(drifts) => {
            for drift in &drifts {
                say(&format!("{name}: {drift}"))?;
            }
            Err(Error::Bad(format!(
                "the stream {name} is there and differs; nothing was changed. Correct [nats.intake], or alter the \
                 stream with `nats stream edit {name}` while you know what it keeps"
            )))
        }
    }
}
