//! Waits of a situation, both ways.

use std::collections::HashMap;
use std::sync::Arc;

use ::situation::fold::state::{Past, SituationState, Symbol, Wait, Waits};
use ::situation::name::StationId;
use ::situation::time::Instant;

use super::{Error, body_error, held, places, v6};

/// Numbers days on the way out: one that several situations share is written once.
#[derive(Default)]
pub(super) struct Days {
    known: HashMap<*const Vec<Past>, u32>,
    list: Vec<v6::Day>,
}

impl Days {
    fn of(&mut self, day: &Arc<Vec<Past>>) -> u32 {
        let list = &mut self.list;
        *self.known.entry(Arc::as_ptr(day)).or_insert_with(|| {
            list.push(day_out(day));
            u32::try_from(list.len() - 1).unwrap_or(u32::MAX)
        })
    }

    pub fn into_list(self) -> Vec<v6::Day> {
        self.list
    }
}

pub(super) fn out<'a>(state: &'a SituationState, days: &mut Days) -> v6::Situation<'a> {
    let mut waits = Vec::new();
    for (station, place) in state.stations.values().zip(0..) {
        for (lane, of_lane) in &station.waits {
            let days = of_lane.days().map(|day| days.of(day)).collect();
            waits.push(v6::Waits { place, lane: lane.as_str(), days });
        }
    }
    v6::Situation { waits }
}

fn day_out(day: &[Past]) -> v6::Day {
    let mut columns =
        v6::Day { ended: Vec::new(), lasted: Vec::new(), seen: Vec::new(), urgency: Vec::new() };
    let mut before = 0;
    for Past { wait: Wait { ended, came, seen, urgency }, .. } in day {
        let (ended, came) = (ended.as_micros(), came.as_micros());
        columns.ended.push(ended.wrapping_sub(before));
        columns.lasted.push(ended.wrapping_sub(came));
        columns.seen.push(*seen);
        columns.urgency.push(urgency.map_or(0, |Symbol(number)| number.saturating_add(1)));
        before = ended;
    }
    columns
}

/// The days of a body that is read, each shared by all situations that have it.
#[derive(Clone)]
pub(super) struct DaysBack(Arc<[Arc<Vec<Past>>]>);

pub(super) fn days_back(days: Vec<v6::Day>) -> Result<DaysBack, Error> {
    let day_back = |day: v6::Day| {
        let v6::Day { ended, lasted, seen, urgency } = day;
        if [lasted.len(), seen.len(), urgency.len()] != [ended.len(); 3] {
            return Err(body_error("its columns of waits differ in length"));
        }
        let rows = held::summed(ended).zip(lasted).zip(seen).zip(urgency);
        let mut waits: Vec<Wait> = rows
            .map(|(((ended, lasted), seen), urgency)| Wait {
                ended: Instant::from_micros(ended),
                came: Instant::from_micros(ended.wrapping_sub(lasted)),
                seen,
                urgency: urgency.checked_sub(1).map(Symbol),
            })
            .collect();
        waits.sort_unstable();
        Ok(Waits::day(waits))
    };
    Ok(DaysBack(days.into_iter().map(day_back).collect::<Result<_, Error>>()?))
}

/// Puts them into a situation that was read of the versions before. `ids` are its stations in their order.
pub(super) fn back(
    more: v6::Situation<'_>,
    days: &DaysBack,
    ids: &[StationId],
    state: &mut SituationState,
) -> Result<(), Error> {
    let v6::Situation { waits } = more;
    for v6::Waits { place, lane, days: of_lane } in waits {
        let id = places::at_place(ids, place)?;
        let nobody = || body_error(format_args!("nothing was said of {id}"));
        let station = Arc::make_mut(state.stations.get_mut(id).ok_or_else(nobody)?);
        let day = |number: u32| {
            let day = days.0.get(number as usize).map(Arc::clone);
            day.ok_or_else(|| body_error(format_args!("there is no day {number}")))
        };
        let of_lane = of_lane.into_iter().map(day).collect::<Result<Vec<_>, Error>>()?;
        station.waits.insert(lane.into(), Waits::of(of_lane));
    }
    Ok(())
}
