//! How a recorder says where it stands.

use bus::Bus;
use bytes::Bytes;
use journal::Head;
use proto::live::{Cause, Recorded, StreamStand};
use proto::subject::Subject;

/// What a recorder says all the time.
#[derive(Clone)]
pub(crate) struct Voice {
    bus: Bus,
    subject: Subject,
    recorder: String,
    /// As in [`Recorded`].
    process: String,
    /// The log's epoch; empty before it has begun.
    pub epoch: String,
}

/// What it says at the moment.
#[derive(Default)]
pub(crate) struct Word {
    /// Whether boards may be drawn from its journal.
    pub lends: bool,
    /// Where it stands in the intake's stream, where there is one.
    pub stream: Option<StreamStand>,
    /// Why nothing is recorded, if that is so.
    pub degraded: Option<Cause>,
}

impl Word {
    /// Of a recorder at work that no stream feeds.
    pub const AT_WORK: Self = Self { lends: true, stream: None, degraded: None };
}

impl Voice {
    pub fn new(bus: Bus, area: &str, recorder: &str, epoch: String) -> Self {
        let (subject, process) = (Subject::recorded(area), String::new());
        Self { bus, subject, recorder: recorder.to_owned(), process, epoch }
    }

    /// The same of a recorder among others, which tell its processes apart by this.
    pub fn of_process(self, process: &str) -> Self {
        Self { process: process.to_owned(), ..self }
    }

    /// Says that the journal stands at `head`.
    pub async fn say(&self, head: Head, word: Word) -> Result<(), bus::Error> {
        let Word { lends, stream, degraded } = word;
        let recorded = Recorded {
            recorder: self.recorder.clone(),
            process: self.process.clone(),
            epoch: self.epoch.clone(),
            sequence: head.sequence,
            head: proto::fact::hex(&head.hash),
            lends,
            stream,
            degraded,
        };
        let payload = Bytes::from(serde_json::to_vec(&recorded).unwrap_or_default());
        self.bus.publish(&self.subject, payload).await
    }
}
