//! Which alarms stand and stood, and what people did about them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::cause::{Cause, Watched};
use super::rule::{AlarmRules, SUMMARY};
use crate::event::{Acknowledgement, Person, Shelving};
use crate::name::{AlarmId, StationId};
use crate::time::Instant;
use crate::trail::Trail;

/// Alarms that are over and still remembered, for boards of past moments: those of some months, at fifty a day.
pub const MAX_ENDED: usize = 4_096;

/// One alarm, from when it was raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    /// Why, as it stood last.
    pub cause: Cause,
    /// Since when the cause says so.
    pub told: Instant,
    /// When it was raised.
    pub raised: Instant,
    /// Since when its cause is not seen, while it is held.
    pub gone: Option<Instant>,
    /// When it was over, if it is.
    pub cleared: Option<Instant>,
    /// Who took notice first.
    pub acknowledged: Option<Acknowledged>,
    /// Until when nobody wants to hear of it.
    pub shelved: Option<Shelved>,
    /// When its cause came again before anybody took notice, or nobody could any more: from then on it is not told of.
    pub superseded: Option<Instant>,
    /// It came when there were too many, and is told of as one of them.
    pub in_summary: bool,
}

/// That somebody took notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// When.
    pub at: Instant,
    /// Who.
    pub by: Person,
    /// Why, or what is being done.
    pub reason: Option<String>,
}

/// That nobody wants to hear of it for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelved {
    /// Since when.
    pub at: Instant,
    /// Until when.
    pub until: Instant,
    /// Who.
    pub by: Person,
    /// Why.
    pub reason: String,
}

/// The alarms of an area.
#[derive(Debug, Clone, Default)]
pub struct AlarmLog {
    /// Those that stand, and those that are over and nobody acknowledged: one a cause.
    pub standing: BTreeMap<AlarmId, Alarm>,
    /// Those that are over, in the order in which they ended; the newest [`MAX_ENDED`].
    pub ended: Trail<(AlarmId, Arc<Alarm>)>,
    /// When those were raised that count as new.
    pub new: VecDeque<Instant>,
}

impl AlarmLog {
    /// Whether looking at a station again could change anything.
    #[must_use]
    pub fn is_touched_by(&self, station: &StationId, watched: &Watched) -> bool {
        let as_before = |id: &AlarmId, cause: &Cause| {
            let stands = |alarm: &Alarm| alarm.cleared.is_none() && alarm.gone.is_none();
            self.standing.get(id).is_some_and(|alarm| alarm.cause == *cause && stands(alarm))
        };
        let is_here = |alarm: &Alarm| alarm.cause.station.as_ref() == Some(station);
        let is_gone = |id: &AlarmId, alarm: &Alarm| {
            is_here(alarm) && alarm.cleared.is_none() && !watched.causes.contains_key(id)
        };
        !watched.causes.iter().all(|(id, cause)| as_before(id, cause))
            || self.standing.iter().any(|(id, alarm)| is_gone(id, alarm))
    }

    /// Takes in what was found at a station: raises what is new, clears what is gone.
    pub fn hear(&mut self, rules: &AlarmRules, station: &StationId, watched: &Watched, clock: Instant) {
        let mut superseded = Vec::new();
        for (id, alarm) in &mut self.standing {
            if alarm.cause.station.as_ref() != Some(station) {
                continue;
            }
            // What is found of a doubtful one is another that lies ahead, and does not tell of this one.
            let is_doubtful = alarm.cleared.is_none() && alarm.is_doubtful(rules, watched);
            if let Some(cause) = watched.causes.get(id).filter(|_| !is_doubtful) {
                if alarm.cleared.is_some() || alarm.has_come_true(rules, cause) {
                    let again = alarm.again(cause, clock);
                    superseded.push((id.clone(), std::mem::replace(alarm, again)));
                } else if alarm.cause != *cause {
                    (alarm.cause, alarm.told) = (cause.clone(), clock);
                }
                alarm.gone = None;
            } else if is_doubtful {
                // It stands, but of how many nobody knows any more.
                if alarm.cause.count.is_some() {
                    (alarm.cause.count, alarm.cause.until, alarm.told) = (None, None, clock);
                }
            } else if alarm.cleared.is_none() {
                alarm.gone.get_or_insert(clock);
            }
        }
        self.settle(rules, clock);
        for (id, alarm) in superseded {
            self.keep(id, Alarm { superseded: Some(clock), ..alarm });
        }
        for (id, cause) in &watched.causes {
            if !self.standing.contains_key(id) {
                self.raise(rules, id, cause, clock);
            }
        }
    }

    /// Clears what has been gone for as long as its rule holds it.
    pub fn settle(&mut self, rules: &AlarmRules, clock: Instant) {
        let (mut over, mut momentary) = (Vec::new(), Vec::new());
        for (id, alarm) in &mut self.standing {
            if alarm.cleared.is_none() && alarm.is_over_at(rules).is_some_and(|at| at <= clock) {
                alarm.cleared = Some(clock);
                if alarm.was_catching_up(rules) {
                    alarm.superseded = Some(clock);
                    momentary.push((alarm.raised, alarm.in_summary));
                }
            }
            if alarm.is_done_with(clock) {
                over.push(id.clone());
            }
        }
        over.iter().for_each(|id| self.end(id));
        self.make_room(rules, &momentary);
    }

    /// What was there for a moment only does not count among those that are new: others that were put into the summary because of
    /// it are told of by themselves, the first first.
    fn make_room(&mut self, rules: &AlarmRules, momentary: &[(Instant, bool)]) {
        for (raised, _) in momentary.iter().filter(|(_, in_summary)| !in_summary) {
            if let Some(place) = self.new.iter().position(|new| new == raised) {
                self.new.remove(place);
            }
        }
        while !momentary.is_empty() && self.new.len() < rules.most_new as usize {
            let waiting = self.standing.values_mut().filter(|alarm| alarm.in_summary);
            let Some(first) = waiting.min_by_key(|alarm| alarm.raised) else { return };
            first.in_summary = false;
            let place = self.new.partition_point(|new| *new <= first.raised);
            self.new.insert(place, first.raised);
        }
    }

    /// Somebody took notice: of one, or of all that the summary tells of.
    pub fn acknowledge(&mut self, id: &AlarmId, said: &Acknowledgement, clock: Instant) {
        let Acknowledgement { by, reason, raised } = said;
        for id in self.meant(id) {
            let Some(alarm) = self.standing.get_mut(&id) else { continue };
            if raised.is_some_and(|raised| raised != alarm.raised) {
                continue;
            }
            let first = || Acknowledged { at: clock, by: by.clone(), reason: reason.clone() };
            alarm.acknowledged.get_or_insert_with(first);
            if alarm.cleared.is_some() {
                self.end(&id);
            }
        }
    }

    /// Somebody wants to hear nothing of it for a while.
    pub fn shelve(&mut self, id: &AlarmId, said: &Shelving, clock: Instant) {
        let Shelving { by, reason, until } = said;
        for id in self.meant(id) {
            let Some(alarm) = self.standing.get_mut(&id) else { continue };
            let (by, reason) = (by.clone(), reason.clone());
            alarm.shelved = Some(Shelved { at: clock, until: *until, by, reason });
        }
    }

    /// Those that somebody speaks of.
    fn meant(&self, id: &AlarmId) -> Vec<AlarmId> {
        if id.as_str() != SUMMARY {
            return vec![id.clone()];
        }
        self.standing.iter().filter(|(_, alarm)| alarm.in_summary).map(|(id, _)| id.clone()).collect()
    }

    /// Whether there are any whose rule or station the area no longer has.
    #[must_use]
    pub fn has_any_beyond(&self, rules: &AlarmRules, has_station: impl Fn(&StationId) -> bool) -> bool {
        self.standing.values().any(|alarm| !alarm.is_of(rules, &has_station))
    }

    /// Ends those whose rule or station the area no longer has.
    pub fn keep_those_of(
        &mut self,
        rules: &AlarmRules,
        has_station: impl Fn(&StationId) -> bool,
        clock: Instant,
    ) {
        let gone: Vec<_> = self
            .standing
            .iter_mut()
            .filter(|(_, alarm)| !alarm.is_of(rules, &has_station))
            .map(|(id, alarm)| {
                alarm.cleared.get_or_insert(clock);
                // Nobody can take notice of it any more.
                alarm.superseded = Some(clock);
                id.clone()
            })
            .collect();
        gone.iter().for_each(|id| self.end(id));
    }

    fn raise(&mut self, rules: &AlarmRules, id: &AlarmId, cause: &Cause, clock: Instant) {
        let since = clock.minus(rules.within);
        while self.new.front().is_some_and(|raised| *raised <= since) {
            self.new.pop_front();
        }
        let in_summary = self.new.len() >= rules.most_new as usize;
        if !in_summary {
            self.new.push_back(clock);
        }
        self.standing.insert(id.clone(), Alarm::raised(cause, clock, in_summary));
    }

    fn end(&mut self, id: &AlarmId) {
        if let Some(alarm) = self.standing.remove(id) {
            self.keep(id.clone(), alarm);
        }
    }

    fn keep(&mut self, id: AlarmId, alarm: Alarm) {
        self.ended.push((id, Arc::new(alarm)));
        if self.ended.len() > MAX_ENDED {
            self.ended.pop();
        }
    }
}
