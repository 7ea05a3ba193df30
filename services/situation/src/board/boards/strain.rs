//! Levels on boards: weighed as stations are looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Boards;
use crate::area::{Area, Station};
use crate::fold::Look;
use crate::name::StationId;
use crate::strain::{AreaStrain, Standing, StrainFigures, StrainLog, Tally, read};
use crate::time::{Instant, earlier};

/// What stands at each station and in the area, and when it goes down by itself.
#[derive(Debug, Clone, Default)]
pub(super) struct StrainBook {
    log: Arc<StrainLog>,
    /// What each station adds to the area's.
    added: BTreeMap<StationId, Tally>,
    tally: Tally,
    area: Option<AreaStrain>,
    due: BTreeSet<(Instant, StationId)>,
    due_of: BTreeMap<StationId, Instant>,
    area_due: Option<Instant>,
}

impl Boards {
    /// Which levels stand and stood.
    #[must_use]
    pub fn strain_log(&self) -> &StrainLog {
        &self.strain.log
    }

    /// How strained the area is; `None` where it has no rule for that, or no station that counts is open.
    #[must_use]
    pub const fn strain(&self) -> Option<&AreaStrain> {
        self.strain.area.as_ref()
    }

    /// Shows the levels that stood at this moment in the log of `like`: a level is what people were told, and no fold in
    /// another order may tell another. The measures beside it are those of the moment as it is known now: where these leave it open,
    /// as at a moment that is yet to come, no level is shown.
    pub(super) fn show_strain_of(&mut self, like: &Self) {
        let told = like.strain.log.told_at(self.clock);
        let Some(area) = self.area.clone() else { return };
        for (id, shown) in &mut self.stations {
            let Some(strain) = &mut shown.look.figures.strain else { continue };
            let stood = told.get(&Some(id.clone())).filter(|_| strain.found.known().is_some());
            (strain.level, strain.since) = (stood.map(|it| it.0), stood.map(|it| it.1));
            let tally = tally_of(&area, id, strain);
            self.strain.add(id, tally);
        }
        let (tally, stood) = (self.strain.tally, told.get(&None));
        let rule = area.strain.as_ref().and_then(|rules| rules.area.as_ref());
        let found = rule.and_then(|rule| tally.weigh(rule.needs));
        self.strain.area = found.map(|found| {
            let stood = stood.filter(|_| found.known().is_some());
            AreaStrain { level: stood.map(|it| it.0), since: stood.map(|it| it.1), found, tally }
        });
        self.strain.log = Arc::clone(&like.strain.log);
    }
}

impl StrainBook {
    pub fn of(log: Arc<StrainLog>) -> Self {
        Self { log, ..Self::default() }
    }

    /// What boards of a past moment need to know of it.
    pub fn stem(&self) -> Self {
        Self::of(self.log())
    }

    pub fn log(&self) -> Arc<StrainLog> {
        Arc::clone(&self.log)
    }

    /// When the first level goes down although nobody says anything.
    pub fn next_due(&self) -> Option<Instant> {
        earlier(self.due.first().map(|(at, _)| *at), self.area_due)
    }

    /// The stations whose levels may go down by now.
    pub fn take_due(&mut self, clock: Instant) -> Vec<StationId> {
        let mut due = Vec::new();
        while self.due.first().is_some_and(|(at, _)| *at <= clock) {
            due.extend(self.due.pop_first().map(|(_, id)| id));
        }
        due
    }

    /// Ends what stands at stations that the area no longer has.
    pub fn keep_those_of(&mut self, area: &Area, clock: Instant) {
        let gone = self.log.stations.keys().filter(|id| !area.stations.contains_key(*id));
        let gone: Vec<_> =
            gone.chain(self.added.keys().filter(|id| !area.stations.contains_key(*id))).collect();
        for id in gone.into_iter().cloned().collect::<BTreeSet<_>>() {
            self.leave(&id, clock);
        }
    }

    /// Weighs a station that looks like this, and puts what stands there among its figures.
    pub fn weigh(&mut self, area: &Area, id: &StationId, station: &Station, look: &mut Look, clock: Instant) {
        let rule = area.strain.as_ref().and_then(|rules| rules.of(id, station));
        let Some(rule) = rule.filter(|_| look.figures.open != Some(false)) else {
            return self.leave(id, clock);
        };
        let readings = read(rule, area, station, look);
        let before = self.log.stations.get(id).copied();
        let found = rule.weigh(&readings, before.and_then(|it| it.holds(rule.dwell, clock)));
        let (next, due) = Standing::next(before.as_ref(), found, rule.dwell, clock);
        if before != Some(next) {
            Arc::make_mut(&mut self.log).stand(Some(id), Some(next), clock);
        }
        let (level, since) = (next.level, Some(next.since));
        let strain = StrainFigures { rule: Arc::clone(rule), level, since, found, readings };
        let tally = tally_of(area, id, &strain);
        self.add(id, tally);
        self.fall_due(id, due);
        look.figures.strain = Some(strain);
    }

    /// Weighs the area by its stations. Answers whether it is another than before.
    pub fn weigh_area(&mut self, area: &Area, clock: Instant) -> bool {
        let rule = area.strain.as_ref().and_then(|rules| rules.area.as_ref());
        let found = rule.and_then(|rule| Some((rule, self.tally.weigh(rule.needs)?)));
        let before = self.log.area;
        let stands = found.map(|(rule, found)| Standing::next(before.as_ref(), found, rule.dwell, clock));
        let next = stands.map(|(next, _)| next);
        self.area_due = stands.and_then(|(_, due)| due);
        if before != next {
            Arc::make_mut(&mut self.log).stand(None, next, clock);
        }
        let shown = found.zip(next).map(|((_, found), next)| AreaStrain {
            level: next.level,
            since: Some(next.since),
            found,
            tally: self.tally,
        });
        let is_another = shown != self.area;
        self.area = shown;
        is_another
    }

    fn leave(&mut self, id: &StationId, clock: Instant) {
        if self.log.stations.contains_key(id) {
            Arc::make_mut(&mut self.log).stand(Some(id), None, clock);
        }
        if let Some(added) = self.added.remove(id) {
            self.tally.take_away(&added);
        }
        self.fall_due(id, None);
    }

    fn add(&mut self, id: &StationId, tally: Tally) {
        let before = match self.added.get_mut(id) {
            Some(known) if *known == tally => return,
            Some(known) => std::mem::replace(known, tally),
            None => self.added.insert(id.clone(), tally).unwrap_or_default(),
        };
        self.tally.take_away(&before);
        self.tally.add(&tally);
    }

    fn fall_due(&mut self, id: &StationId, due: Option<Instant>) {
        let before = self.due_of.get(id).copied();
        if let Some(before) = before {
            self.due.remove(&(before, id.clone()));
        }
        match due {
            Some(due) => {
                self.due.insert((due, id.clone()));
                self.due_of.insert(id.clone(), due);
            }
            None if before.is_some() => {
                self.due_of.remove(id);
            }
            None => {}
        }
    }
}

/// What a station adds to its area: nothing if people do not come to it.
fn tally_of(area: &Area, id: &StationId, strain: &StrainFigures) -> Tally {
    let rule = area.strain.as_ref().and_then(|rules| rules.area.as_ref());
    let counts = area.stations.get(id).is_some_and(|station| station.counted);
    let Some(rule) = rule.filter(|_| counts) else { return Tally::default() };
    Tally::of(strain.bounds(), rule.weights.get(id).copied().unwrap_or(1))
}
