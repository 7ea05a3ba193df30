//! Which services a station gives.

use super::Look;
use crate::board::ServiceTimes;
use crate::calendar::Timetable;
use crate::event::ServiceState;
use crate::fold::station::StationState;
use crate::time::Instant;

/// Services by the station's own word while that holds, else by their timetables.
///
/// A service within its hours is available. Outside them there is no word for it: "suspended" would say that
/// something is wrong. So it has no state then, and the moment from which it is given again says why.
pub(super) fn look(found: &mut Look, timetable: &Timetable, state: &StationState, clock: Instant) {
    for (service, told) in &state.status.services {
        found.due(told.lapses_after(clock));
        if let Some((service_state, _)) = told.at(clock) {
            found.figures.services.insert(service.clone(), *service_state);
        }
    }
    let figures = &mut found.figures;
    for (service, opening) in &timetable.services {
        if figures.services.contains_key(service) {
            continue;
        }
        let mut times = ServiceTimes { until: None, from: opening.opens_next };
        // A closed station gives nothing, whatever a service's timetable says.
        if opening.open == Some(true) && figures.open != Some(false) {
            figures.services.insert(service.clone(), ServiceState::Available);
            times.until = opening.doors_until;
        }
        if times != ServiceTimes::default() {
            figures.service_times.insert(service.clone(), times);
        }
    }
}
