//! The boards of an area, kept up fact by fact.

mod alarms;
mod changes;
mod listeners;
mod looking;
mod refresh;
mod state;
mod strain;

pub use state::BoardsState;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use changes::Changes;
use listeners::Listeners;
use strain::StrainBook;

use super::{Totals, View, ViewFrame};
use crate::alarm::{AlarmFigures, AlarmLog};
use crate::area::Area;
use crate::calendar::Timetable;
use crate::event::{Event, Said};
use crate::fact::{Body, Fact, Restored};
use crate::fold::{Lessons, Look, Situation, Touched};
use crate::name::{AlarmId, StationId};
use crate::time::{Instant, earlier};

/// Every board of an area as the facts folded so far leave it.
///
/// The clock of the boards is the receiving time of the newest fact: it moves only with facts, so
/// that every fold of the same facts shows the same. An event whose own time lies ahead of that clock
/// is held back until the clock reaches it.
#[derive(Debug, Clone, Default)]
pub struct Boards {
    epoch: Option<Arc<str>>,
    simulated: bool,
    restored: Option<Restored>,
    /// When the log began, if that is known.
    begun: Option<Instant>,
    area: Option<Arc<Area>>,
    situation: Situation,
    clock: Instant,
    sequence: u64,
    held: BTreeMap<(Instant, u64), (Box<Event>, Instant)>,
    stations: BTreeMap<StationId, Shown>,
    frames: BTreeMap<View, (ViewFrame, Changed)>,
    /// Which stations were changed last.
    changes: Changes,
    /// Which stations a whole feed's word may touch.
    listeners: Listeners,
    touched: BTreeSet<StationId>,
    /// Stations that the newest area describes otherwise than the one before.
    redescribed: BTreeSet<StationId>,
    /// What every board shows of the area or the log is not what it was.
    area_redescribed: bool,
    frames_stale: bool,
    frames_due: Option<Instant>,
    /// The fact that last changed what a station's board shows besides the station.
    window_changed: Changed,
    /// The sums over the stations as they were last looked at.
    totals: Totals,
    due: BTreeSet<(Instant, StationId)>,
    /// Which alarms stand and stood: the stations' figures alone don't tell.
    alarms: Arc<AlarmLog>,
    /// What is shown of them.
    alarms_shown: Arc<BTreeMap<AlarmId, AlarmFigures>>,
    alarms_stale: bool,
    alarms_due: Option<Instant>,
    /// Which levels stand and stood.
    strain: StrainBook,
}

/// The fact that last changed something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Changed {
    /// Its sequence: the revision of what it changed.
    pub sequence: u64,
    /// When what it tells happened.
    pub event_time: Instant,
    /// When it was received.
    pub received: Instant,
}

#[derive(Debug, Clone, Default)]
struct Shown {
    look: Look,
    changed: Changed,
    timetable: Timetable,
    timetable_from: Option<Instant>,
    /// What was learned of its queues.
    lessons: Lessons,
    /// What it contributes to the sums.
    totals: Totals,
    /// When it is to be looked at again.
    due: Option<Instant>,
}

impl Boards {
    /// Folds the next fact in and looks again at what it touched.
    pub fn apply(&mut self, fact: &Fact) {
        self.fold(fact);
        self.refresh(Changed {
            sequence: fact.sequence,
            event_time: fact.event_time(),
            received: fact.received,
        });
    }

    /// Folds the next fact in without looking: for those who look only now and then, such as the
    /// recorder, which needs no figures but [`Boards::next_due`]. Call [`Boards::refresh`] before
    /// reading anything else.
    pub fn fold(&mut self, fact: &Fact) {
        self.sequence = fact.sequence;
        self.clock = self.clock.max(fact.received);
        match &fact.body {
            Body::LogBegun { epoch, simulated } => {
                self.epoch = Some(Arc::clone(epoch));
                self.simulated = *simulated;
                self.begun = Some(fact.received);
            }
            Body::LogRestored { epoch, simulated, restored } => {
                self.epoch = Some(Arc::clone(epoch));
                self.simulated = *simulated;
                self.restored = Some(*restored);
                // Every board says so, those of single stations too.
                self.area_redescribed = true;
                self.frames_stale = true;
            }
            Body::AreaConfigured { area, document: _ } => self.configure(area),
            Body::ClockReached { due } => self.clock = self.clock.max(*due),
            Body::StreamChanged { identity: _ } => {}
            Body::Event(event) if self.handle_alarm(event) => {}
            Body::Event(event) => {
                // A correction takes effect at the time of what it corrects: there is nothing to wait for.
                if event.time > self.clock && !matches!(event.said, Said::Corrected(_)) {
                    self.held.insert((event.time, fact.sequence), (event.clone(), fact.received));
                } else {
                    self.absorb(event, fact.sequence, fact.received);
                }
            }
        }
        self.release();
    }

    /// The boards of a moment, of a situation that was folded in event order: what was.
    #[must_use]
    pub fn of_moment(
        like: &Self,
        area: Arc<Area>,
        situation: Situation,
        clock: Instant,
        newest: u64,
    ) -> Self {
        let mut boards = Self {
            epoch: like.epoch.clone(),
            simulated: like.simulated,
            restored: like.restored,
            begun: like.begun,
            situation,
            clock,
            sequence: like.sequence,
            ..Self::default()
        };
        boards.configure(&area);
        boards.refresh(Changed { sequence: newest, event_time: clock, received: clock });
        boards.show_alarms_of(like);
        boards.show_strain_of(like);
        boards
    }

    /// The log's epoch, once it has begun.
    #[must_use]
    pub fn epoch(&self) -> Option<&Arc<str>> {
        self.epoch.as_ref()
    }

    /// Whether the simulator invented all of this.
    #[must_use]
    pub const fn simulated(&self) -> bool {
        self.simulated
    }

    /// To which moment this log was restored, if it ever was.
    #[must_use]
    pub const fn restored(&self) -> Option<Restored> {
        self.restored
    }

    /// The area in force.
    #[must_use]
    pub fn area(&self) -> Option<&Arc<Area>> {
        self.area.as_ref()
    }

    /// What is going on.
    #[must_use]
    pub const fn situation(&self) -> &Situation {
        &self.situation
    }

    /// The boards' clock.
    #[must_use]
    pub const fn clock(&self) -> Instant {
        self.clock
    }

    /// The newest fact folded.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// What a station looks like, and which fact last changed it.
    #[must_use]
    pub fn look(&self, id: &StationId) -> Option<(&Look, Changed)> {
        self.stations.get(id).map(|shown| (&shown.look, shown.changed))
    }

    /// The frame of a view, and which fact last changed the view: its frame or a station on it.
    #[must_use]
    pub fn view(&self, view: &View) -> Option<(ViewFrame, Changed)> {
        if let View::Station(id) = view {
            let (_, changed) = self.look(id)?;
            let (situation, _) = self.frames.get(&View::Situation)?;
            let members = Arc::new(BTreeSet::from([id.clone()]));
            let frame = ViewFrame { members, ..situation.clone() };
            return Some((frame, changed.max(self.window_changed)));
        }
        self.frames.get(view).cloned()
    }

    /// The same without a copy, but with the members of the situation's view for a station's.
    #[must_use]
    pub fn frame(&self, view: &View) -> Option<&ViewFrame> {
        let view = if matches!(view, View::Station(_)) { &View::Situation } else { view };
        self.frames.get(view).map(|(frame, _)| frame)
    }

    /// The fact that last changed a view; `None` if there is no such view.
    #[must_use]
    pub fn changed(&self, view: &View) -> Option<Changed> {
        match view {
            View::Station(id) => Some(self.look(id)?.1.max(self.window_changed)),
            View::Situation | View::Evening | View::Weekend => {
                self.frames.get(view).map(|(_, changed)| *changed)
            }
        }
    }

    /// The stations that facts after this one changed, the last changed first. It costs what they are.
    pub fn stations_changed_after(&self, sequence: u64) -> impl Iterator<Item = &StationId> {
        self.changes.after(sequence)
    }

    /// The views that facts after this one changed: those of the area, then those of stations. It costs what they are.
    #[must_use]
    pub fn views_changed_after(&self, sequence: u64) -> Vec<View> {
        let is_changed = |view: &View| self.changed(view).is_some_and(|changed| changed.sequence > sequence);
        let of_the_area = View::OF_THE_AREA.into_iter().filter(is_changed);
        // What all boards show has changed, or some of the stations.
        let (all, some) = if self.window_changed.sequence > sequence {
            (Some(self.stations.keys()), None)
        } else {
            (None, Some(self.stations_changed_after(sequence)))
        };
        let stations = all.into_iter().flatten().chain(some.into_iter().flatten());
        of_the_area.chain(stations.cloned().map(View::Station)).collect()
    }

    /// The sums over the stations that people come to.
    #[must_use]
    pub const fn totals(&self) -> &Totals {
        &self.totals
    }

    /// These boards' names, their alarms and levels without the rest: what [`Boards::of_moment`] needs to know of them.
    #[must_use]
    pub fn stem(&self) -> Self {
        Self {
            epoch: self.epoch.clone(),
            simulated: self.simulated,
            restored: self.restored,
            begun: self.begun,
            sequence: self.sequence,
            alarms: Arc::clone(&self.alarms),
            strain: self.strain.stem(),
            ..Self::default()
        }
    }

    /// Events that are held back until their time.
    #[must_use]
    pub fn held(&self) -> usize {
        self.held.len()
    }

    /// Whether the event of a fact is one of those.
    #[must_use]
    pub fn holds(&self, sequence: u64) -> bool {
        self.held.keys().any(|(_, held)| *held == sequence)
    }

    /// Those events.
    pub fn held_back(&self) -> impl Iterator<Item = &Event> {
        self.held.values().map(|(event, _)| event.as_ref())
    }

    /// The next moment at which some board changes although nobody says anything.
    #[must_use]
    pub fn next_due(&self) -> Option<Instant> {
        earlier(self.next_due_of_figures(), earlier(self.alarms_due, self.strain.next_due()))
    }

    /// The same without what becomes of alarms and levels by itself: a recorder that was started anew does not know since
    /// when one stands, so that nobody can hold it to that.
    #[must_use]
    pub fn next_due_of_figures(&self) -> Option<Instant> {
        let held = self.held.keys().next().map(|(at, _)| *at);
        let station = self.due.first().map(|(at, _)| *at);
        earlier(earlier(held, station), self.frames_due)
    }

    fn configure(&mut self, area: &Arc<Area>) {
        let before = self.area.replace(Arc::clone(area));
        if let Some(before) = before {
            self.area_redescribed |= (&before.name, &before.attribution, &before.calendar.zone)
                != (&area.name, &area.attribution, &area.calendar.zone);
            let otherwise = area.stations.iter().filter(|(id, station)| {
                (&before.schemes, &before.roles, &before.strain) != (&area.schemes, &area.roles, &area.strain)
                    || before.stations.get(*id) != Some(station)
            });
            self.redescribed.extend(otherwise.map(|(id, _)| id.clone()));
        }
        self.listeners = Listeners::of(area, &self.situation);
        let (totals, changes) = (&mut self.totals, &mut self.changes);
        self.stations.retain(|id, shown| {
            let stays = area.stations.contains_key(id);
            if !stays {
                totals.take_away(&shown.totals);
                changes.remove(id, shown.changed);
            }
            stays
        });
        self.due.retain(|(_, id)| area.stations.contains_key(id));
        self.strain.keep_those_of(area, self.clock);
        for shown in self.stations.values_mut() {
            shown.timetable_from = None;
            shown.lessons = Lessons::default();
        }
        self.touched.extend(area.stations.keys().cloned());
        self.frames_stale = true;
        self.alarms_stale = true;
        // Alarms bring the names of their places to every board.
        self.area_redescribed |= !self.redescribed.is_empty() && !self.alarms_shown.is_empty();
    }

    fn absorb(&mut self, event: &Event, sequence: u64, received: Instant) {
        match self.situation.absorb(event, sequence, received) {
            Touched::Station(id) => {
                self.listeners.add(&event.source, &id);
                self.touched.insert(id);
            }
            Touched::Feed(feed) => {
                let Some(area) = &self.area else { return };
                let listens = |id: &&StationId| {
                    let expects = area.stations.get(*id).map(|station| station.feeds.contains(&feed));
                    expects.is_some_and(|expects| expects || self.situation.listens(id, &feed))
                };
                self.touched.extend(self.listeners.of_feed(&feed).filter(listens).cloned());
            }
            Touched::Area => self.frames_stale = true,
            Touched::Nothing => {}
        }
    }

    fn release(&mut self) {
        while self.held.first_key_value().is_some_and(|((at, _), _)| *at <= self.clock) {
            let Some(((_, sequence), (event, received))) = self.held.pop_first() else { return };
            self.absorb(&event, sequence, received);
        }
    }
}
