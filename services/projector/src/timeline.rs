//! The facts by event time: what was, at any moment.
//!
//! Only times and sequences are kept; the facts stay in the journal. Along the way situations are kept
//! as they were, so that no moment is far from one. A late fact makes those after it untrue: they go,
//! and are folded again when somebody asks.

mod kept;

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

pub(crate) use kept::{Kept, Stored};

/// Facts between two kept situations: about ten milliseconds of reading and folding.
pub(crate) const SPACING: usize = 4_096;
/// Situations kept at the most; beyond, every other one goes. Those of seventeen million facts.
const MAX_KEPT: usize = 4_096;
/// Bytes of those that are packed; beyond, every other one goes.
const MAX_KEPT_BYTES: usize = 128 * 1024 * 1024;
/// Facts of the end of the timeline that are folded ahead in one go: what is kept of them waits until then.
const STRIDE: usize = 32 * SPACING;

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
}

/// All facts in event order.
#[derive(Default)]
pub(crate) struct Timeline {
    places: BTreeSet<Place>,
    areas: Vec<Described>,
    corrections: Arc<HashMap<(StationId, TicketId), Vec<Recorded>>>,
    kept: BTreeMap<Place, Stored>,
    /// Routes being folded, and the earliest fact that came in since each was planned: what is folded
    /// on it is untrue from there on.
    travelled: BTreeMap<u64, Instant>,
    planned: u64,
}

/// What a moment is folded from.
pub(crate) struct Route {
    pub from: Option<Stored>,
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
        kept: BTreeMap<Place, Stored>,
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

    /// The newest description of the area.
    pub fn described(&self) -> Option<&Described> {
        self.areas.last()
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
            from: start.map(|(_, kept)| kept.clone()),
            places: self.places.range((after, Included(end))).copied().collect(),
            corrections: Arc::clone(&self.corrections),
            area: self.area_at(at),
            number: self.planned,
        }
    }

    /// The end of a route: keeps what was folded on it, as far as that is still true.
    pub fn arrive(&mut self, number: u64, folded: Vec<(Place, Stored)>) {
        let Some(earliest) = self.travelled.remove(&number) else { return };
        self.kept.extend(folded.into_iter().filter(|((at, _), _)| *at < earliest));
        let bytes: usize = self.kept.values().map(Stored::bytes).sum();
        if self.kept.len() > MAX_KEPT || bytes > MAX_KEPT_BYTES {
            let mut odd = false;
            self.kept.retain(|_, _| {
                odd = !odd;
                odd
            });
        }
    }

    /// Where many facts follow the last kept situation a moment near the end is far from it: a moment to fold ahead to,
    /// and the place from which that is.
    pub fn ahead(&self) -> Option<(Instant, Option<Place>)> {
        let last = self.kept.last_key_value().map(|(place, _)| *place);
        let mut tail = self.places.range((last.map_or(Unbounded, Excluded), Unbounded));
        let (long, _) = tail.nth(2 * SPACING)?;
        let to = tail.nth(STRIDE).or_else(|| self.places.last()).map_or(*long, |(at, _)| *at);
        Some((to, last))
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
