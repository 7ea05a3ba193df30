//! The facts by event time: what was, at any moment.
//!
//! Only times and sequences are kept; the facts stay in the journal. Along the way situations are kept
//! as they were, so that no moment is far from one. A late fact makes those after it untrue: they go,
//! and are folded again when somebody asks.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound::{Excluded, Included, Unbounded};
use std::sync::Arc;

use situation::area::Area;
use situation::board::Boards;
use situation::event::{Event, Said};
use situation::fact::{Body, Fact};
use situation::fold::{MEMORY_FACTS, Situation};
use situation::name::{StationId, TicketId};
use situation::time::Instant;

/// Facts between two kept situations: about five milliseconds of folding.
pub(crate) const SPACING: usize = 2_048;
/// Situations kept at the most; beyond, every other one goes. A situation holds only those present.
const MAX_KEPT: usize = 512;

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
    pub kept: BTreeMap<Place, Arc<Kept>>,
}

/// All facts in event order.
#[derive(Default)]
pub(crate) struct Timeline {
    places: BTreeSet<Place>,
    areas: Vec<Described>,
    corrections: Arc<HashMap<(StationId, TicketId), Vec<Recorded>>>,
    kept: BTreeMap<Place, Arc<Kept>>,
    /// Routes being folded, and the earliest fact that came in since each was planned: what is folded
    /// on it is untrue from there on.
    travelled: BTreeMap<u64, Instant>,
    planned: u64,
}

/// A situation as it was after the fact at its place, with nobody in it who had left.
#[derive(Clone, Default)]
pub(crate) struct Kept {
    pub situation: Situation,
    /// The newest fact in it.
    pub newest: u64,
}

/// What a moment is folded from.
pub(crate) struct Route {
    pub from: Arc<Kept>,
    pub places: Vec<Place>,
    pub corrections: Arc<HashMap<(StationId, TicketId), Vec<Recorded>>>,
    pub area: Option<Arc<Area>>,
    /// What [`Timeline::arrive`] knows it by.
    pub number: u64,
}

impl Timeline {
    /// A timeline that was put away. `corrections` are in the order of their sequences.
    pub fn of(
        places: impl IntoIterator<Item = Place>,
        areas: Vec<Described>,
        corrections: impl IntoIterator<Item = Recorded>,
        kept: BTreeMap<Place, Arc<Kept>>,
    ) -> Self {
        let mut by_ticket: HashMap<_, Vec<Recorded>> = HashMap::new();
        for recorded in corrections {
            if let Some(ticket) = corrected(&recorded.2) {
                by_ticket.entry(ticket).or_default().push(recorded);
            }
        }
        let corrections = Arc::new(by_ticket);
        Self { places: places.into_iter().collect(), areas, corrections, kept, ..Self::default() }
    }

    /// All but the places, at no cost.
    pub fn share(&self) -> Share {
        Share {
            areas: self.areas.clone(),
            corrections: Arc::clone(&self.corrections),
            kept: self.kept.clone(),
        }
    }

    /// The first places after one, as many as asked for.
    pub fn places_after(&self, after: Option<Place>, count: usize) -> Vec<Place> {
        let after = after.map_or(Unbounded, Excluded);
        self.places.range((after, Unbounded)).take(count).copied().collect()
    }

    /// How many past situations are kept.
    pub fn kept(&self) -> usize {
        self.kept.len()
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

    /// How to fold the situation of a moment. Whoever asks must [`Timeline::arrive`], found or not.
    pub fn route(&mut self, at: Instant) -> Route {
        self.planned += 1;
        self.travelled.insert(self.planned, Instant::MAX);
        let end = (at, u64::MAX);
        let start = self.kept.range(..=end).next_back();
        let after = start.map_or(Unbounded, |(place, _)| Excluded(*place));
        Route {
            from: start.map(|(_, kept)| Arc::clone(kept)).unwrap_or_default(),
            places: self.places.range((after, Included(end))).copied().collect(),
            corrections: Arc::clone(&self.corrections),
            area: self.area_at(at),
            number: self.planned,
        }
    }

    /// The end of a route: keeps what was folded on it, as far as that is still true.
    pub fn arrive(&mut self, number: u64, folded: Vec<(Place, Arc<Kept>)>) {
        let Some(earliest) = self.travelled.remove(&number) else { return };
        self.kept.extend(folded.into_iter().filter(|((at, _), _)| *at < earliest));
        if self.kept.len() > MAX_KEPT {
            let mut odd = false;
            self.kept.retain(|_, _| {
                odd = !odd;
                odd
            });
        }
    }

    /// The facts after the last kept situation: with many, a moment near the end is far from it.
    pub fn tail_is_long(&self) -> bool {
        let after = self.kept.last_key_value().map_or(Unbounded, |(place, _)| Excluded(*place));
        self.places.range((after, Unbounded)).nth(2 * SPACING).is_some()
    }

    /// The moment of the last fact.
    pub fn end(&self) -> Option<Instant> {
        self.places.last().map(|(at, _)| *at)
    }

    /// The area in force at a moment. Before the first one was configured none was, and the newest
    /// description is the best that is known.
    fn area_at(&self, at: Instant) -> Option<Arc<Area>> {
        let in_force = self.areas.iter().rev().find(|(since, ..)| *since <= at).or(self.areas.last());
        in_force.map(|(_, _, area)| Arc::clone(area))
    }

    /// A kept situation at or after `from` lacks what has just come in.
    fn forget_from(&mut self, from: Instant) {
        for earliest in self.travelled.values_mut() {
            *earliest = from.min(*earliest);
        }
        if self.kept.last_key_value().is_some_and(|((at, _), _)| *at >= from) {
            self.kept.retain(|(at, _), _| *at < from);
        }
    }
}

/// The ticket that an event corrects, if it corrects one.
fn corrected(event: &Event) -> Option<(StationId, TicketId)> {
    let Said::Corrected(correction) = &event.said else { return None };
    Some((event.station.clone()?, correction.ticket.clone()))
}
