//! The queue, staffing and capacity services: each hands the events of its family to the recorder and
//! waits for receipts. Nothing is taken for recorded before its receipt.

use std::time::Duration;

use bus::Bus;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use proto::event::{Unreadable, decode, family_of, may_come_as};
use proto::receipt::{Receipt, Status, Unavailable};
use proto::subject::{Family, Subject};
use serde::Deserialize;

use crate::receiving::Receiving;

/// Events of one body under way to the recorder at once: as many as it decides and flushes together.
const IN_FLIGHT: usize = 1_024;

/// The three intake services of one area.
#[derive(Clone)]
pub struct Intake {
    bus: Bus,
    /// What this one hands in, under which name.
    subjects: Vec<(Family, Subject)>,
    deadline: Duration,
    /// The families whose events are taken.
    families: Vec<Family>,
    /// Whether what nobody could read is refused here.
    reads_first: bool,
    receiving: Receiving,
}

/// Why there are no receipts, although some events may have been recorded. Sending all of them again
/// is always right: what was recorded will answer as a duplicate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// Nobody takes events.
    #[error("the recorder is not running: send everything again later")]
    Closed,
    /// Over NATS: there is nothing to publish into, and has not been since this process connected.
    #[error(
        "there is no intake stream (`tilanne nats init` makes it), or its servers have not chosen a leader yet; send \
         everything again later"
    )]
    NoStream,
    /// Over NATS: the stream took events, and takes none at the moment.
    #[error(
        "the intake stream takes nothing at the moment: its servers are choosing a leader, too few of them run, or it was removed or \
         altered (`tilanne nats check` says which); send everything again in a few seconds"
    )]
    NoLeader,
    /// Over NATS: no server is reached.
    #[error("no NATS server is reached: send everything again later")]
    Unconnected,
    /// The recorder has more to do than its queue, or over NATS the stream, holds.
    #[error("what waits for the recorder has no more room: send everything again later")]
    Full,
    /// The recorder runs and can record nothing; its sentence says why.
    #[error("{0}; send everything again later")]
    NotRecording(String),
    /// No answer in time.
    #[error("no receipt came in time and the outcome is unknown: send everything again")]
    Unknown,
}

#[derive(Deserialize)]
struct Kind {
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl Intake {
    /// Services that wait for a receipt no longer than `deadline`.
    #[must_use]
    pub fn new(bus: Bus, area: &str, deadline: Duration) -> Self {
        Self::of(bus, area, deadline, Family::ALL.to_vec())
    }

    /// The services of some families, which refuse the others' events.
    #[must_use]
    pub fn of(bus: Bus, area: &str, deadline: Duration, families: Vec<Family>) -> Self {
        let subjects = families.iter().map(|family| (*family, Subject::intake(area, *family))).collect();
        Self { bus, subjects, deadline, families, reads_first: false, receiving: Receiving::default() }
    }

    /// The same, where what is handed in is kept on disks on its way: what the recorder would refuse for its content, an
    /// identity code above all, must not lie there.
    #[must_use]
    pub fn reading_first(self) -> Self {
        Self { reads_first: true, ..self }
    }

    /// Whether receipts come for what is handed in here.
    #[must_use]
    pub fn receiving(&self) -> Receiving {
        self.receiving.clone()
    }

    /// The same with what people at the desk say: for a simulation, which plays them too.
    #[must_use]
    pub fn with_desk(mut self, area: &str) -> Self {
        self.families.push(Family::Desk);
        self.subjects.push((Family::Desk, Subject::intake(area, Family::Desk)));
        self
    }

    /// Hands events over in order, one JSON document each, and returns their receipts (JSON too) in the
    /// same order, once all of them are durable.
    ///
    /// # Errors
    /// [`Unanswered`]; the events before and after the unanswered one may have been recorded.
    pub async fn submit(&self, events: Vec<Bytes>) -> Result<Vec<Bytes>, Unanswered> {
        let mut answers =
            stream::iter(events.into_iter().map(|event| self.hand_over(event))).buffered(IN_FLIGHT);
        let mut receipts = Vec::new();
        while let Some(receipt) = answers.next().await {
            receipts.push(receipt?);
        }
        Ok(receipts)
    }

    async fn hand_over(&self, event: Bytes) -> Result<Bytes, Unanswered> {
        let kind = serde_json::from_slice::<Kind>(&event).ok().and_then(|event| event.kind);
        let kind = kind.unwrap_or_default();
        let Some(family) = self.family_for(&kind) else { return Ok(self.not_here(&event, &kind)) };
        let subject = self.subjects.iter().find(|(known, _)| *known == family);
        let Some((_, subject)) = subject else { return Err(Unanswered::Closed) };
        if self.reads_first
            && let Err(Unreadable { id, source, reason }) = decode(&event)
        {
            return Ok(rejection(id, source, reason));
        }
        let answer = self.bus.hand_in(subject, event, self.deadline).await;
        match &answer {
            // What a recorder says that records nothing is no receipt.
            Ok(answer) if Unavailable::read(answer).is_none() => self.receiving.received(),
            // What was given up here says nothing of those who answer.
            Err(
                bus::Error::Closed | bus::Error::Dropped | bus::Error::Full | bus::Error::TooLarge { .. },
            ) => {}
            Ok(_) | Err(_) => self.receiving.unanswered(),
        }
        let answer = answer.map_err(|error| match error {
            bus::Error::NoResponder | bus::Error::Closed => Unanswered::Closed,
            bus::Error::NoStream => Unanswered::NoStream,
            bus::Error::NoLeader => Unanswered::NoLeader,
            bus::Error::Unconnected => Unanswered::Unconnected,
            bus::Error::Full => Unanswered::Full,
            bus::Error::Deadline | bus::Error::Dropped | bus::Error::TooLarge { .. } => Unanswered::Unknown,
        })?;
        match Unavailable::read(&answer) {
            Some(Unavailable { unavailable }) => Err(Unanswered::NotRecording(unavailable)),
            None => Ok(answer),
        }
    }

    /// The family under whose name an event is handed in: its own, or for one that may come as any, and for what no
    /// service knows, the first. The recorder refuses the latter with a sentence.
    fn family_for(&self, kind: &str) -> Option<Family> {
        let own = family_of(kind).filter(|own| self.families.contains(own));
        own.or_else(|| self.families.iter().copied().find(|family| may_come_as(kind, *family)))
    }

    /// The answer to an event that belongs to another service.
    fn not_here(&self, event: &[u8], kind: &str) -> Bytes {
        #[derive(Deserialize)]
        struct Name {
            id: Option<String>,
            source: Option<String>,
        }
        let Name { id, source } = serde_json::from_slice(event).unwrap_or(Name { id: None, source: None });
        if family_of(kind) == Some(Family::Desk) {
            let reason =
                format!("{kind} is said by people: send it as a command to /v1/areas/{{area}}/commands");
            return rejection(id, source, reason);
        }
        let names: Vec<&str> = self.families.iter().map(|family| family.as_str()).collect();
        let other = family_of(kind).map_or("another", |family| family.as_str());
        let here = names.join(" and ");
        let reason =
            format!("{kind} is not taken here, where {here} events are: send it to the {other} service");
        rejection(id, source, reason)
    }
}

fn rejection(id: Option<String>, source: Option<String>, reason: String) -> Bytes {
    let receipt = Receipt { id, source, status: Status::Rejected, position: None, reason: Some(reason) };
    Bytes::from(serde_json::to_vec(&receipt).unwrap_or_default())
}
