//! What an event may say of this area.

mod handover;

use std::fmt;
use std::time::Duration;

pub use self::handover::Unsignable;
use crate::area::{Area, Station};
use crate::decide::MAX_AHEAD;
use crate::event::{Amendment, Event, Said, Step};
use crate::fold::{
    Corrected, Lack, MAX_NAMES_PER_STATION, MAX_NOTES, MAX_NOTICES, MAX_OPEN_TASKS_PER_STATION, Situation,
};
use crate::name::{AlarmId, EventId, LaneId, StationId, TicketId, UrgencyCode};
use crate::time::Instant;

/// An alarm may be shelved until the next day's desk at the most: what is to stay away for longer is a wrong rule.
pub const MAX_SHELVED: Duration = Duration::from_secs(24 * 3600);
/// A note holds for a month at the most: what is to hold longer is a notice or an instruction.
pub const MAX_NOTED: Duration = Duration::from_secs(31 * 24 * 3600);

/// Why an event is not recorded. The sentence says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No area is configured yet.
    NoArea,
    /// The subject is missing.
    NoStation,
    /// A heartbeat for a whole feed that the area does not list.
    UnlistedFeed,
    /// The area has no such station.
    UnknownStation(StationId),
    /// The station has no such lane.
    UnknownLane(StationId, LaneId),
    /// The lane's scheme has no such code.
    UnknownUrgency(LaneId, UrgencyCode, String),
    /// No lane of the station has such a code.
    UnknownUrgencyAtStation(StationId, UrgencyCode),
    /// Too far ahead.
    Future {
        /// The event's time.
        time: Instant,
    },
    /// More events are waiting for their time than are held.
    TooManyAhead,
    /// Older than what is remembered of its source.
    TooOld {
        /// The source's forgotten mark.
        mark: Instant,
    },
    /// The name is taken by another event.
    DifferentContent {
        /// The fact that has it.
        sequence: u64,
    },
    /// No scheme of the area has such a code.
    UnknownUrgencyInArea(UrgencyCode),
    /// The memory for names is full.
    TooManyNames(StationId),
    /// More tasks are open than are kept.
    TooManyTasks(StationId),
    /// More notices hold than are kept; of the area where no station is named.
    TooManyNotices(Option<StationId>),
    /// More notes hold than are kept.
    TooManyNotes,
    /// No rule of the area's could raise such an alarm.
    UnknownAlarm(AlarmId),
    /// What is said of people at the desk names a station as its subject.
    OfNoStation,
    /// What a person wants ends before it begins, or too late.
    NotSoLong {
        /// When it would end.
        until: Instant,
        /// How many hours it may last.
        hours: u64,
    },
    /// What a correction names is no event about that ticket.
    OfNoTicket {
        /// Whose life it would be about.
        ticket: TicketId,
        /// What it names.
        corrects: EventId,
    },
    /// What a correction names is somebody else's word.
    OthersWord {
        /// Whose life it is about.
        ticket: TicketId,
        /// What it names.
        corrects: EventId,
    },
    /// Others have written to the stream meanwhile, or it never came as far.
    OtherVersion {
        /// Whose stream.
        station: StationId,
        /// Where the sender believes it to stand.
        expected: u64,
        /// Where it stands.
        stands: u64,
    },
    /// A version is expected of no stream.
    VersionOfNothing,
    /// A shift's report cannot be signed like this.
    Handover(Unsignable),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoArea => f.write_str("no area is configured yet: send again once the service is ready"),
            Self::NoStation => f.write_str("subject is missing: name the station that the event is about"),
            Self::UnlistedFeed => f.write_str(
                "subject is missing and the area file does not list this source: list it, or name the station",
            ),
            Self::UnknownStation(id) => {
                write!(f, "unknown station {:?}: add it to the area file or correct the subject", id.as_str())
            }
            Self::UnknownLane(station, lane) => {
                write!(f, "unknown lane {:?}: station {:?} has no such lane", lane.as_str(), station.as_str())
            }
            Self::UnknownUrgency(lane, code, known) => write!(
                f,
                "unknown urgency {:?}: lane {:?} has {known} and untriaged",
                code.as_str(),
                lane.as_str()
            ),
            Self::UnknownUrgencyAtStation(station, code) => write!(
                f,
                "unknown urgency {:?}: no lane of station {:?} has it in its scheme",
                code.as_str(),
                station.as_str()
            ),
            Self::UnknownUrgencyInArea(code) => {
                write!(f, "unknown urgency {:?}: no scheme of the area has it", code.as_str())
            }
            Self::Future { time } => write!(
                f,
                "time {time} is more than {} min ahead of the intake's clock: check the source's clock",
                MAX_AHEAD.as_secs() / 60
            ),
            Self::TooManyAhead => f.write_str(
                "too many events lie ahead of the intake's clock: check the sources' clocks and send this again later",
            ),
            Self::TooOld { mark } => write!(
                f,
                "too_old: not newer than {mark}, up to which this source's events are no longer remembered, \
                 so it cannot be told from a repetition"
            ),
            Self::DifferentContent { sequence } => write!(
                f,
                "this source used this id before, for an event with different content (fact {sequence}): \
                 give the new event an id of its own"
            ),
            Self::TooManyNames(station) => write!(
                f,
                "station {:?} has {MAX_NAMES_PER_STATION} different names of this kind already, or the area too many: reuse one",
                station.as_str()
            ),
            Self::TooManyTasks(station) => write!(
                f,
                "station {:?} has {MAX_OPEN_TASKS_PER_STATION} open tasks already: close those that are done and send again",
                station.as_str()
            ),
            Self::TooManyNotices(Some(station)) => write!(
                f,
                "station {:?} has {MAX_NOTICES} notices already: withdraw one that is not needed and send again",
                station.as_str()
            ),
            Self::TooManyNotices(None) => write!(
                f,
                "the area has {MAX_NOTICES} notices already: withdraw one that is not needed and send again"
            ),
            Self::TooManyNotes => write!(
                f,
                "{MAX_NOTES} notes hold already: remove one that is not needed and send again"
            ),
            Self::UnknownAlarm(id) => write!(
                f,
                "unknown alarm {:?}: name it as it stands under alarms on a board",
                id.as_str()
            ),
            Self::OfNoStation => {
                f.write_str("subject is given: what people at the desk say is the area's, leave it out")
            }
            Self::NotSoLong { until, hours } => write!(
                f,
                "until {until} is not within {hours} h from now: name a moment that is to come, and not too far"
            ),
            Self::OfNoTicket { ticket, corrects } => write!(
                f,
                "event {:?} is known and is not about ticket {:?} of this station: name the ticket that it is about; \
                 what is no ticket's is told again instead",
                corrects.as_str(),
                ticket.as_str()
            ),
            Self::OthersWord { ticket, corrects } => write!(
                f,
                "event {:?} about ticket {:?} is another source's: only the source that sent it may correct it",
                corrects.as_str(),
                ticket.as_str()
            ),
            Self::OtherVersion { station, expected, stands } if stands > expected => write!(
                f,
                "expected version {expected}, but {station} stands at {stands}: read its facts after {expected} and send again"
            ),
            Self::OtherVersion { station, expected, stands } => write!(
                f,
                "expected version {expected}, but {station} stands at {stands}: take the version from this log's facts and send again"
            ),
            Self::Handover(why) => why.fmt(f),
            Self::VersionOfNothing => {
                f.write_str("expectedversion is a station's: name the station in subject, or leave it out")
            }
        }
    }
}

/// Whether the area knows what the event speaks of. `recorded`: what it corrects has been recorded and folded,
/// whatever it was.
pub(super) fn check(
    area: &Area,
    situation: &Situation,
    event: &Event,
    recorded: bool,
) -> Result<(), Refusal> {
    let Some(id) = &event.station else { return check_for_all(area, situation, event) };
    let Some(station) = area.stations.get(id) else {
        return Err(Refusal::UnknownStation(id.clone()));
    };
    match situation.lacks_room_for(event) {
        None => {}
        Some(Lack::Names) => return Err(Refusal::TooManyNames(id.clone())),
        Some(Lack::Tasks) => return Err(Refusal::TooManyTasks(id.clone())),
        Some(Lack::Notices) => return Err(Refusal::TooManyNotices(Some(id.clone()))),
        Some(Lack::Notes) => return Err(Refusal::TooManyNotes),
    }
    let place = Place { area, id, station };
    match &event.said {
        Said::QueueObserved(observed) => {
            place.lane(observed.lane.as_ref())?;
            if let (Some(lane), crate::event::Told::Value(counts)) =
                (&observed.lane, &observed.waiting_by_urgency)
            {
                counts.keys().try_for_each(|code| place.urgency_in(lane, code))?;
            }
            Ok(())
        }
        Said::Ticket(_, step) => place.step(step),
        Said::Corrected(correction) => {
            place.amendment(&correction.set)?;
            let (ticket, corrects) = (correction.ticket.clone(), correction.corrects.clone());
            match situation.corrected(event, correction) {
                Corrected::Own => Ok(()),
                Corrected::Others => Err(Refusal::OthersWord { ticket, corrects }),
                // It may be yet to come.
                Corrected::Unknown if !recorded => Ok(()),
                Corrected::Unknown => Err(Refusal::OfNoTicket { ticket, corrects }),
            }
        }
        Said::StaffingObserved(observed) => place.lane(observed.lane.as_ref()),
        Said::StaffingPlanned(plan) => place.lane(plan.lane.as_ref()),
        Said::Task(_, step) => step.urgency.as_ref().map_or(Ok(()), |code| place.urgency_of_task(code)),
        Said::OnCall(_)
        | Said::CapacityObserved(_)
        | Said::Slots(_)
        | Said::StationStatus(_)
        | Said::ContactObserved(_)
        | Said::UnitStatus(_)
        | Said::NoticePosted(..)
        | Said::NoticeWithdrawn(_)
        | Said::Heartbeat { .. } => Ok(()),
        Said::AlarmAcknowledged(..)
        | Said::AlarmShelved(..)
        | Said::NoteAdded(..)
        | Said::NoteRemoved(..)
        | Said::HandoverSigned(_) => Err(Refusal::OfNoStation),
    }
}

/// What may be said without naming a station.
fn check_for_all(area: &Area, situation: &Situation, event: &Event) -> Result<(), Refusal> {
    match &event.said {
        Said::Heartbeat { .. } if area.feeds.contains_key(&event.source) => Ok(()),
        Said::Heartbeat { .. } => Err(Refusal::UnlistedFeed),
        Said::NoticePosted(..) | Said::NoticeWithdrawn(_) => match situation.lacks_room_for(event) {
            Some(_) => Err(Refusal::TooManyNotices(None)),
            None => Ok(()),
        },
        Said::AlarmAcknowledged(alarm, _) => known_alarm(area, alarm),
        Said::AlarmShelved(alarm, shelving) => {
            known_alarm(area, alarm)?;
            within(event.time, shelving.until, MAX_SHELVED)
        }
        Said::NoteAdded(_, note) => {
            if let Some(unknown) = note.station.as_ref().filter(|id| !area.stations.contains_key(*id)) {
                return Err(Refusal::UnknownStation(unknown.clone()));
            }
            within(event.time, note.until, MAX_NOTED)?;
            situation.lacks_room_for(event).map_or(Ok(()), |_| Err(Refusal::TooManyNotes))
        }
        Said::HandoverSigned(signing) => handover::check(area, situation, signing, event.time),
        Said::NoteRemoved(..) => {
            situation.lacks_room_for(event).map_or(Ok(()), |_| Err(Refusal::TooManyNotes))
        }
        Said::QueueObserved(_)
        | Said::Ticket(..)
        | Said::Corrected(_)
        | Said::StaffingObserved(_)
        | Said::StaffingPlanned(_)
        | Said::OnCall(_)
        | Said::CapacityObserved(_)
        | Said::Slots(_)
        | Said::StationStatus(_)
        | Said::ContactObserved(_)
        | Said::Task(..)
        | Said::UnitStatus(_) => Err(Refusal::NoStation),
    }
}

fn known_alarm(area: &Area, alarm: &AlarmId) -> Result<(), Refusal> {
    let has_station = |id: &str| area.stations.contains_key(id);
    if area.alarms.could_raise(alarm, has_station) {
        return Ok(());
    }
    Err(Refusal::UnknownAlarm(alarm.clone()))
}

/// What somebody wants until a moment must end, and within a time after which nobody remembers it.
fn within(from: Instant, until: Instant, longest: Duration) -> Result<(), Refusal> {
    if until > from && until <= from.plus(longest) {
        return Ok(());
    }
    Err(Refusal::NotSoLong { until, hours: longest.as_secs() / 3600 })
}

struct Place<'a> {
    area: &'a Area,
    id: &'a StationId,
    station: &'a Station,
}

impl Place<'_> {
    fn step(&self, step: &Step) -> Result<(), Refusal> {
        match step {
            Step::Joined { lane, urgency, channel: _ } => {
                self.lane(Some(lane))?;
                urgency.as_ref().map_or(Ok(()), |code| self.urgency_in(lane, code))
            }
            Step::Triaged { urgency } => self.urgency(urgency),
            Step::Moved { lane } => self.lane(Some(lane)),
            Step::WaitingFor { .. } | Step::CareStarted | Step::Left { .. } => Ok(()),
        }
    }

    fn amendment(&self, set: &Amendment) -> Result<(), Refusal> {
        self.lane(set.lane.as_ref())?;
        set.urgency.as_ref().map_or(Ok(()), |code| self.urgency(code))
    }

    fn lane(&self, lane: Option<&LaneId>) -> Result<(), Refusal> {
        match lane {
            Some(lane) if !self.station.lanes.contains_key(lane) => {
                Err(Refusal::UnknownLane(self.id.clone(), lane.clone()))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn urgency_in(&self, lane: &LaneId, code: &UrgencyCode) -> Result<(), Refusal> {
        let Some(known) = self.station.lanes.get(lane) else { return Ok(()) };
        if self.area.knows_urgency(known, code) {
            return Ok(());
        }
        let codes: Vec<_> = self.area.urgencies(known).iter().map(|urgency| urgency.code.as_str()).collect();
        Err(Refusal::UnknownUrgency(lane.clone(), code.clone(), codes.join(", ")))
    }

    /// A ticket's lane may not be known yet when its triage comes in, so any lane's code will do: the
    /// answer must not depend on which of the two was faster.
    fn urgency(&self, code: &UrgencyCode) -> Result<(), Refusal> {
        if self.station.lanes.values().any(|lane| self.area.knows_urgency(lane, code)) {
            return Ok(());
        }
        Err(Refusal::UnknownUrgencyAtStation(self.id.clone(), code.clone()))
    }

    /// A task is of no lane: dispatchers have a scheme of their own, whatever the station's lanes have.
    fn urgency_of_task(&self, code: &UrgencyCode) -> Result<(), Refusal> {
        let mut known = self.area.schemes.values().flat_map(|scheme| &scheme.urgencies);
        if code.is_untriaged() || known.any(|urgency| urgency.code == *code) {
            return Ok(());
        }
        Err(Refusal::UnknownUrgencyInArea(code.clone()))
    }
}
