//! The fold: from facts to what is going on.
//!
//! Every piece keeps what it was told together with when it happened, so the order in which facts
//! arrive does not matter: a late one finds its place. Two folds of the same facts are equal, whatever
//! way the facts took.

mod feed;
mod look;
pub mod state;
mod station;
mod ticket;
mod told;
mod words;

pub use look::{Look, look};
pub use station::{MAX_NAMES_PER_STATION, StationState};
pub use ticket::{MAX_STEPS_PER_TICKET, Visit};

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::event::{Event, Said};
use crate::name::{FeedId, StationId, TicketId};
use crate::time::Instant;
use crate::trail::Trail;
use feed::FeedState;
use told::Stamp;
use words::Words;

/// Closed tickets, like intakes, are remembered for this many facts: a step that comes late still
/// finds the visit that it belongs to.
pub const MEMORY_FACTS: u64 = 1_048_576;

/// Somebody who never left is remembered for this long after the last word of them, however many facts
/// others cause meanwhile. Far beyond every lane's limit, so that who comes back from *unresolved* does.
const OPEN_TICKET_MEMORY: Duration = Duration::from_secs(30 * 24 * 3600);

/// Names that tickets' stories may use together: sources, lanes, urgencies. A county has some hundred; a
/// source that invents others must not fill the memory.
const MAX_WORDS: usize = 65_536;

/// What is going on in an area, as far as the facts folded so far tell.
#[derive(Debug, Clone, Default)]
pub struct Situation {
    /// Shared with copies of the situation until something is said of the station.
    stations: BTreeMap<StationId, Arc<StationState>>,
    /// Heartbeats that speak for a whole feed.
    beats: BTreeMap<FeedId, FeedState>,
    words: Words,
    /// Tickets by the fact at which they were first named or last asked for: whom to forget next.
    remembered: Trail<(u64, StationId, TicketId)>,
}

/// Which stations' figures an event may have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touched {
    /// One station.
    Station(StationId),
    /// Every station that listens to this feed.
    Feed(FeedId),
}

impl Situation {
    /// Folds one recorded event in. `sequence` and `received` are its fact's.
    pub fn absorb(&mut self, event: &Event, sequence: u64, received: Instant) -> Touched {
        // The door refuses what has no room. What it let in ahead of its time may find the room taken.
        if !self.has_room_for(event) {
            return event
                .station
                .clone()
                .map_or_else(|| Touched::Feed(event.source.clone()), Touched::Station);
        }
        let Some(id) = &event.station else {
            if let Said::Heartbeat { interval } = event.said {
                let stamp = Arc::new(Stamp::of(event));
                self.beats.entry(event.source.clone()).or_default().beat(&stamp, interval, received);
            }
            return Touched::Feed(event.source.clone());
        };
        if !self.stations.contains_key(id) {
            self.stations.insert(id.clone(), Arc::default());
        }
        let station = self.stations.get_mut(id).map(Arc::make_mut);
        if let Some(ticket) = station.and_then(|it| it.absorb(event, sequence, received, &mut self.words)) {
            self.remembered.push((sequence, id.clone(), ticket));
        }
        self.forget(sequence, event.time);
        Touched::Station(id.clone())
    }

    /// Whether an event's names fit into the memory.
    #[must_use]
    pub fn has_room_for(&self, event: &Event) -> bool {
        let station = event.station.as_ref().and_then(|id| self.stations.get(id));
        let known = self.words.find(event.source.as_str()).is_some();
        (known || self.words.len() < MAX_WORDS) && station.is_none_or(|state| state.has_room_for(event))
    }

    /// The state of a station, if anything was ever said of it.
    #[must_use]
    pub fn station(&self, id: &StationId) -> Option<&StationState> {
        self.stations.get(id).map(Arc::as_ref)
    }

    /// Whether a station's figures hang on this feed's heartbeats.
    #[must_use]
    pub fn listens(&self, station: &StationId, feed: &FeedId) -> bool {
        self.stations.get(station).is_some_and(|state| state.hears(feed))
    }

    /// The time of the event that a correction changes: where in the past it takes effect. `None`
    /// while that event is not known.
    #[must_use]
    pub fn takes_effect_at(&self, event: &Event) -> Option<Instant> {
        let Said::Corrected(correction) = &event.said else { return Some(event.time) };
        self.stations.get(event.station.as_ref()?)?.time_of(correction, &event.source, &self.words)
    }

    /// Leaves out every visit that has ended. Only for folds in event order (a correction stands with the
    /// event it corrects), which never need them again: what comes later happened later.
    pub fn drop_ended(&mut self) {
        self.remembered = Trail::default();
        for station in self.stations.values_mut() {
            Arc::make_mut(station).drop_ended(&self.words);
        }
    }

    fn forget(&mut self, sequence: u64, now: Instant) {
        let horizon = sequence.saturating_sub(MEMORY_FACTS);
        let silent_since = now.minus(OPEN_TICKET_MEMORY);
        while self.remembered.first().is_some_and(|(first, _, _)| *first < horizon) {
            let Some((_, id, ticket)) = self.remembered.pop() else { return };
            let Some(station) = self.stations.get_mut(&id).map(Arc::make_mut) else { continue };
            if station.forget(&ticket, horizon, silent_since) {
                self.remembered.push((sequence, id, ticket));
            }
        }
    }
}
