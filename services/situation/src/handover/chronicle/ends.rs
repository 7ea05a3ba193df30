//! What only the logs and the last board of a span tell.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::report::{Hours, LevelReport};
use super::super::span::Span;
use super::AtEnd;
use crate::alarm::{Alarm, AlarmLog};
use crate::board::{Boards, StationFigures};
use crate::name::{AlarmId, StationId};
use crate::strain::{Level, Stood, StrainLog};
use crate::time::Instant;

/// Levels by station; the area's without one.
#[derive(Debug, Clone, Default)]
pub(super) struct Levels(BTreeMap<Option<StationId>, Vec<LevelReport>>);

/// Levels that are over: where, from when, until when, which.
pub(super) type Over = BTreeMap<(Option<StationId>, Instant, Instant), Level>;

/// Takes over the levels of a log that ended within a span or after it.
pub(super) fn gather_levels(known: &mut Over, log: &StrainLog, span: &Span) {
    for (place, Stood { level, from, to }) in log.ended.iter().filter(|(_, stood)| stood.to > span.from) {
        known.insert((place.clone(), *from, *to), *level);
    }
}

impl Levels {
    /// Those that stood within a span: what is over, and what the log says that stands.
    fn within(over: &Over, log: &StrainLog, span: &Span, until: Instant) -> Self {
        let mut levels = Self::default();
        for ((place, from, to), level) in over.iter().filter(|((_, from, _), _)| *from < until) {
            let (from, to) = ((*from).max(span.from), Some(*to).filter(|to| *to < until));
            levels.add(place.clone(), LevelReport { level: *level, from, to });
        }
        let of_stations = log.stations.iter().map(|(id, standing)| (Some(id.clone()), standing));
        for (place, standing) in of_stations.chain(log.area.iter().map(|standing| (None, standing))) {
            if let Some(level) = standing.level {
                levels.add(place, LevelReport { level, from: standing.since.max(span.from), to: None });
            }
        }
        levels
    }

    fn add(&mut self, place: Option<StationId>, level: LevelReport) {
        let told = self.0.entry(place).or_default();
        // What stood for no time at all was nobody's level.
        if level.to.is_none_or(|to| to > level.from) {
            told.push(level);
        }
    }

    pub fn of(&self, place: Option<&StationId>) -> Vec<LevelReport> {
        let mut levels = self.0.get(&place.cloned()).cloned().unwrap_or_default();
        levels.sort_by_key(|level| level.from);
        levels
    }
}

/// Takes over the alarms that stood at some time of a span. Those of which nobody can have taken notice, because they were gone
/// with what was told late, are left out, as on boards.
pub(super) fn gather_alarms(
    known: &mut BTreeMap<(Instant, AlarmId), Arc<Alarm>>,
    log: &AlarmLog,
    span: &Span,
) {
    let stood = |alarm: &Alarm| {
        let momentary =
            alarm.superseded.is_some() && alarm.superseded == alarm.cleared && alarm.acknowledged.is_none();
        // One that was ahead when somebody took notice of it ends when it has come true, without ever being cleared.
        let over = alarm.cleared.or(alarm.superseded);
        alarm.raised < span.to && over.is_none_or(|over| over > span.from) && !momentary
    };
    for (id, alarm) in log.ended.iter().filter(|(_, alarm)| stood(alarm)) {
        known.insert((alarm.raised, id.clone()), Arc::clone(alarm));
    }
    // One that turned out to have been there for a moment only was perhaps taken over while it stood.
    for (id, alarm) in log.ended.iter().filter(|(_, alarm)| !stood(alarm)) {
        known.remove(&(alarm.raised, id.clone()));
    }
    for (id, alarm) in log.standing.iter().filter(|(_, alarm)| stood(alarm)) {
        known.insert((alarm.raised, id.clone()), Arc::new(alarm.clone()));
    }
}

/// How boards stand at the end of a span.
pub(super) fn at_end(span: &Span, boards: &Boards, over: &Over, ended: bool) -> AtEnd {
    let until = if ended { span.to } else { boards.clock().clamp(span.from, span.to) };
    let stations = boards.area().into_iter().flat_map(|area| area.stations.keys());
    let hours = stations.filter_map(|id| {
        let (look, _) = boards.look(id)?;
        let mut notices = look.figures.notices.clone();
        notices.retain(|_, notice| notice.until.is_none_or(|end| end > until));
        Some((id.clone(), (Hours::of(&look.figures), notices)))
    });
    AtEnd {
        ended,
        until,
        levels: Levels::within(over, boards.strain_log(), span, until),
        hours: hours.collect(),
        notes: boards.situation().notes(until).0,
        notices: boards.situation().notices(until).0,
    }
}

/// People inside, where both are known of every lane.
pub(super) fn inside(figures: &StationFigures) -> Option<u32> {
    let mut sum = None;
    for lane in figures.lanes.values() {
        match lane.present.or_else(|| Some(lane.waiting?.saturating_add(lane.in_care?))) {
            Some(people) => sum = Some(people.saturating_add(sum.unwrap_or(0))),
            None if lane.waiting.is_some() || lane.in_care.is_some() => return None,
            None => {}
        }
    }
    sum
}
