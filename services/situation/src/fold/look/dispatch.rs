//! Open tasks and units.

use super::Look;
use crate::board::UnitFigures;
use crate::fold::station::StationState;
use crate::time::Instant;

pub(super) fn tasks(found: &mut Look, state: &StationState) {
    found.figures.tasks.clone_from(&state.open_tasks);
}

pub(super) fn units(found: &mut Look, state: &StationState, clock: Instant) {
    for (id, told) in &state.units {
        // Whose word the unit's figures are is known also when its state is not known any more.
        let newest =
            [&told.state.stamp, &told.zone.stamp, &told.competence.stamp].into_iter().flatten().max();
        let (unit_state, zone) = (told.state.at(clock), told.zone.at(clock));
        let figures = UnitFigures {
            feed: newest.map(|stamp| stamp.source.clone()),
            state: unit_state.map(|(it, _)| *it),
            since: unit_state.map(|(_, stamp)| stamp.time),
            zone: zone.map(|(zone, _)| zone.clone()),
            competence: told.competence.told().cloned(),
            until: unit_state.and_then(|(_, stamp)| stamp.valid_until),
        };
        found.due(told.state.lapses_after(clock));
        found.due(told.zone.lapses_after(clock));
        found.figures.units.insert(id.clone(), figures);
    }
}
