//! How many were present in each hour, both ways; and with it what else version 7 adds to a situation.

use std::sync::Arc;

use ::situation::fold::state::{PresentHour, SituationState};
use ::situation::name::StationId;

use super::history::{Day, Shared, hourly, nothing, word_back, word_out};
use super::{Error, places, signed, v5, v7};

/// Days on their way out.
#[derive(Default)]
pub(super) struct DaysOut(Shared<PresentHour>);

/// Days on their way back, each shared by all situations that have it.
#[derive(Clone)]
pub(super) struct DaysBack(Arc<[Day<PresentHour>]>);

impl DaysOut {
    pub fn situation<'a>(&mut self, state: &'a SituationState) -> v7::Situation<'a> {
        let mut present = Vec::new();
        for (station, place) in state.stations.values().zip(0..) {
            for (id, lane) in station.lanes.iter().filter(|(_, lane)| !lane.present_by_hour.is_empty()) {
                let days = self.0.of(&lane.present_by_hour);
                present.push(v5::Lane { place, lane: id.as_str(), days });
            }
        }
        v7::Situation { present, signed: signed::out(state) }
    }

    pub fn into_list(self) -> v7::Days {
        self.0.rows(|hour| {
            let PresentHour { counted, told } = hour;
            v7::PresentHour { counted: *counted, told: word_out(told) }
        })
    }
}

impl DaysBack {
    pub fn of(days: v7::Days) -> Self {
        let hour = |(hour, row): (u8, v7::PresentHour)| {
            let v7::PresentHour { counted, told } = row;
            (hour, PresentHour { counted, told: word_back(told) })
        };
        Self(days.into_iter().map(|rows| Arc::new(rows.into_iter().map(hour).collect())).collect())
    }

    /// Puts what is known of the hours, and who signed, into a situation. `ids` are its stations in their order.
    pub fn situation(
        &self,
        more: v7::Situation<'_>,
        ids: &[StationId],
        state: &mut SituationState,
    ) -> Result<(), Error> {
        for v5::Lane { place, lane, days } in more.present {
            let station = places::station_at(place, ids, state)?;
            let known = station.lanes.get_mut(lane).ok_or_else(|| nothing(lane))?;
            known.present_by_hour = hourly(days, &self.0)?;
        }
        signed::back(more.signed, state);
        Ok(())
    }
}
