//! The facts by event time: what was, at any moment.
//!
//! Only times and sequences are kept; the facts stay in the journal. Along the way situations are kept
//! as they were, so that no moment is far from one. A late fact makes those after it untrue: they go,
//! and are folded again when somebody asks.

mod files;
mod kept;
mod room;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound::{Excluded, Included, Unbounded};
use std::sync::Arc;

use situation::area::Area;
use situation::board::Boards;
use situation::event::{Event, Said};
use situation::fact::{Body, Fact};
use situation::fold::MEMORY_FACTS;
use situation::name::{StationId, TicketId};
use situation::time::Instant;

pub(crate) use files::{Files, Unopened};
pub(crate) use kept::{Kept, Known, Stored};
pub(crate) use room::MAX_PACKED;

/// Facts between two kept situations: some ten milliseconds of reading and folding.
pub(crate) const SPACING: usize = 2_048;
/// Situations that are kept in one go ahead at the end of the timeline: nobody has them before all are folded.
const STRIDE: usize = 64;

/// A fact's place in event order.
pub(crate) type Place = (Instant, u64);
/// A correction as it was recorded: its sequence, its receiving time, itself.
pub(crate) type Recorded = (u64, Instant, Arc<Event>);

/// A description of the area: since when it holds, as it was recorded, what it means.
pub(crate) type Described = (Instant, Arc<str>, Arc<Area>);

/// What [`Timeline`] shares with whoever puts it away.
pub(crate) struct Share {
    pub areas: Vec<Described>,
    pub corrections: Arc<HashMap<(StationId, TicketId), Vec<Recorded>>>,
    pub kept: BTreeMap<Place, Stored>,
    pub spacing: usize,
}

/// All facts in event order.
pub(crate) struct Timeline {
    places: BTreeSet<Place>,
    areas: Vec<Described>,
    corrections: Arc<HashMap<(StationId, TicketId), Vec<Recorded>>>,
    kept: BTreeMap<Place, Stored>,
    /// Facts between two of them; twice as many whenever there is no room for so many.
    spacing: usize,
    /// Those that were kept: untrue by what came in since, or too many.
    gone: Vec<(Place, Stored)>,
    /// So many were ever kept.
    made: u64,
    /// Routes being folded, and the earliest fact that came in since each was planned: what is folded
    /// on it is untrue from there on.
    travelled: BTreeMap<u64, Instant>,
    planned: u64,
}

/// What a moment is folded from.
pub(crate) struct Route {
    pub places: Vec<Place>,
    pub corrections: Arc<HashMap<(StationId, TicketId), Vec<Recorded>>>,
    pub area: Option<Arc<Area>>,
    /// What is known when it is planned.
    pub known: Known,
    /// After how many facts a situation is worth keeping.
    pub spacing: usize,
    /// What [`Timeline::arrive`] knows it by.
    pub number: u64,
}

impl Default for Timeline {
    fn default() -> Self {
        Self {
            places: BTreeSet::new(),
            areas: Vec::new(),
            corrections: Arc::default(),
            kept: BTreeMap::new(),
            spacing: SPACING,
            gone: Vec::new(),
            made: 0,
            travelled: BTreeMap::new(),
            planned: 0,
        }
    }
}

impl Timeline {
    /// A timeline that was put away. `corrections` are in the order of their sequences; `spacing` is that of what
    /// is kept.
    pub fn of(
        places: impl IntoIterator<Item = Place>,
        areas: Vec<Described>,
        corrections: impl IntoIterator<Item = Recorded>,
        (spacing, kept): (usize, BTreeMap<Place, Stored>),
    ) -> Self {
        let mut by_ticket: HashMap<_, Vec<Recorded>> = HashMap::new();
        for recorded in corrections {
            if let Some(ticket) = corrected(&recorded.2) {
                by_ticket.entry(ticket).or_default().push(recorded);
            }
        }
        let corrections = Arc::new(by_ticket);
        let (places, spacing) = (places.into_iter().collect(), spacing.max(SPACING));
        Self { places, areas, corrections, kept, spacing, ..Self::default() }
    }

    /// All but the places: of what is kept, where it is.
    pub fn share(&self) -> Share {
        Share {
            areas: self.areas.clone(),
            corrections: Arc::clone(&self.corrections),
            kept: self.kept.clone(),
            spacing: self.spacing,
        }
    }

    /// The first places after one, as many as asked for.
    pub fn places_after(&self, after: Option<Place>, count: usize) -> Vec<Place> {
        let after = after.map_or(Unbounded, Excluded);
        self.places.range((after, Unbounded)).take(count).copied().collect()
    }

    /// The newest description of the area.
    pub fn described(&self) -> Option<&Described> {
        self.areas.last()
    }

    /// The past situations that are kept.
    pub const fn kept(&self) -> &BTreeMap<Place, Stored> {
        &self.kept
    }

    /// How many past situations were ever kept here.
    pub const fn made(&self) -> u64 {
        self.made
    }

    /// Takes a fact in. `boards` have folded it already.
    pub fn insert(&mut self, fact: &Fact, boards: &Boards) {
        match &fact.body {
            Body::AreaConfigured { area, document } => {
                self.areas.push((fact.received, Arc::clone(document), Arc::clone(area)));
            }
            Body::Event(event) => match corrected(event) {
                Some(key) => {
                    let recorded = (fact.sequence, fact.received, Arc::new((**event).clone()));
                    Arc::make_mut(&mut self.corrections).entry(key).or_default().push(recorded);
                    match boards.situation().takes_effect_at(event) {
                        Some(from) => self.forget_from(from),
                        // What it corrects is not known any more, and may be anywhere.
                        None if fact.sequence > MEMORY_FACTS => self.forget_from(Instant::MIN),
                        // What it corrects has not come: nothing changes before that.
                        None => {}
                    }
                }
                None => {
                    self.forget_from(event.time);
                    self.places.insert((event.time, fact.sequence));
                }
            },
            Body::LogBegun { .. }
            | Body::ClockReached { .. }
            | Body::LogRestored { .. }
            | Body::StreamChanged { .. } => {}
        }
    }

    /// The kept situation that is nearest before a moment.
    pub fn nearest(&self, at: Instant) -> Option<(Place, Stored)> {
        let (place, stored) = self.kept.range(..=(at, u64::MAX)).next_back()?;
        Some((*place, stored.clone()))
    }

    /// How to fold the situation of a moment from one that is kept; `None` if that is not kept any more. Whoever asks must
    /// [`Timeline::arrive`], found or not.
    pub fn route(&mut self, at: Instant, from: Option<&(Place, Stored)>, known: Known) -> Option<Route> {
        let after = match from {
            Some((place, stored)) if self.kept.get(place) == Some(stored) => Excluded(*place),
            Some(_) => return None,
            None => Unbounded,
        };
        self.planned += 1;
        self.travelled.insert(self.planned, Instant::MAX);
        Some(Route {
            places: self.places.range((after, Included((at, u64::MAX)))).copied().collect(),
            corrections: Arc::clone(&self.corrections),
            area: self.area_at(at),
            known,
            spacing: self.spacing,
            number: self.planned,
        })
    }

    /// Where many facts follow the last kept situation a moment near the end is far from it: a moment to fold ahead to,
    /// and the place from which that is.
    pub fn ahead(&self) -> Option<(Instant, Option<Place>)> {
        let last = self.kept.last_key_value().map(|(place, _)| *place);
        let mut tail = self.places.range((last.map_or(Unbounded, Excluded), Unbounded));
        let (long, _) = tail.nth(self.spacing.saturating_mul(2))?;
        let to = tail
            .nth(self.spacing.saturating_mul(STRIDE))
            .or_else(|| self.places.last())
            .map_or(*long, |(at, _)| *at);
        Some((to, last))
    }

    /// The area in force at a moment. Before the first one was configured none was, and the newest
    /// description is the best that is known.
    fn area_at(&self, at: Instant) -> Option<Arc<Area>> {
        let in_force = self.areas.iter().rev().find(|(since, ..)| *since <= at).or(self.areas.last());
        in_force.map(|(_, _, area)| Arc::clone(area))
    }
}

/// The ticket that an event corrects, if it corrects one.
fn corrected(event: &Event) -> Option<(StationId, TicketId)> {
    let Said::Corrected(correction) = &event.said else { return None };
    Some((event.station.clone()?, correction.ticket.clone()))
}

#[cfg(test)]
mod tests;
