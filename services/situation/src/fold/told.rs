//! A value and who told it: the newest telling wins, whichever came in first.

use std::sync::Arc;

use crate::event::{Event, Said, Told};
use crate::name::{EventId, FeedId, Word};
use crate::time::Instant;

/// When and by whom something was told. Ordered as the fold orders observations: by time, then
/// source, then id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp {
    /// The event's time.
    pub time: Instant,
    /// Its feed.
    pub source: FeedId,
    /// Its id.
    pub id: EventId,
    /// The role of the person who said it, if a person did.
    pub by: Option<Word>,
    /// The word holds until then.
    pub valid_until: Option<Instant>,
}

impl Stamp {
    /// The stamp of an event.
    pub fn of(event: &Event) -> Self {
        let (by, valid_until) = match &event.said {
            Said::QueueObserved(observed) => (observed.by.clone(), observed.valid_until),
            Said::StaffingObserved(observed) => (observed.by.clone(), observed.valid_until),
            Said::CapacityObserved(observed) => (observed.by.clone(), observed.valid_until),
            Said::ContactObserved(observed) => (observed.by.clone(), observed.valid_until),
            Said::StationStatus(status) => (None, status.until),
            Said::UnitStatus(status) => (None, status.until),
            Said::Ticket(..)
            | Said::Corrected(_)
            | Said::StaffingPlanned(_)
            | Said::OnCall(_)
            | Said::Slots(_)
            | Said::Task(..)
            | Said::NoticePosted(..)
            | Said::NoticeWithdrawn(_)
            | Said::AlarmAcknowledged(..)
            | Said::AlarmShelved(..)
            | Said::NoteAdded(..)
            | Said::NoteRemoved(..)
            | Said::HandoverSigned(_)
            | Said::Heartbeat { .. } => (None, None),
        };
        Self { time: event.time, source: event.source.clone(), id: event.id.clone(), by, valid_until }
    }
}

/// One member of what is observed.
#[derive(Debug, Clone)]
pub struct Register<T> {
    /// The newest telling, if there was any.
    pub stamp: Option<Arc<Stamp>>,
    /// What it told; `None` if that is not known any more.
    pub value: Option<T>,
}

impl<T> Default for Register<T> {
    fn default() -> Self {
        Self { stamp: None, value: None }
    }
}

impl<T: Clone> Register<T> {
    /// Takes in what an event says of this member.
    pub fn hear(&mut self, stamp: &Arc<Stamp>, told: &Told<T>) {
        let value = match told {
            Told::Unsaid => return,
            Told::Withdrawn => None,
            Told::Value(value) => Some(value),
        };
        if self.stamp.as_ref().is_none_or(|known| known < stamp) {
            self.stamp = Some(Arc::clone(stamp));
            self.value = value.cloned();
        }
    }

    /// The value, whether or not it still holds.
    pub const fn told(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// The value at a moment and its stamp: nothing once a time limit on it has passed.
    pub fn at(&self, clock: Instant) -> Option<(&T, &Arc<Stamp>)> {
        let (value, stamp) = (self.value.as_ref()?, self.stamp.as_ref()?);
        stamp.valid_until.is_none_or(|until| clock < until).then_some((value, stamp))
    }

    /// The next moment after `clock` at which the value goes by itself.
    pub fn lapses_after(&self, clock: Instant) -> Option<Instant> {
        self.value.as_ref()?;
        self.stamp.as_ref()?.valid_until.filter(|until| *until > clock)
    }
}
