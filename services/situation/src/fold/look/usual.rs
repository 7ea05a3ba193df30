//! What is usual for this hour: of those who come, of those who wait, of those who want to be called back.

use std::collections::BTreeMap;

use super::Look;
use crate::area::{Area, Authority, Station};
use crate::board::{ArrivalFigures, HourFigures, LaneFigures, Usual};
use crate::calendar::LikeHours;
use crate::fold::feed::FeedState;
use crate::fold::heard_in::HeardIn;
use crate::fold::hourly::{Hourly, LaneHour, LastWord};
use crate::fold::station::StationState;
use crate::name::FeedId;
use crate::time::{Hour, Instant};

/// Of fewer hours nobody can say what is usual: a month of such days.
const LEAST: usize = 4;

/// Callbacks are held beside those of so many days before.
const DAYS_BEFORE: usize = 4;

pub(super) fn look(
    found: &mut Look,
    area: &Area,
    station: &Station,
    state: &StationState,
    beats: &BTreeMap<FeedId, FeedState>,
    like: &LikeHours,
) {
    let heard = HeardIn::of(area, state, beats);
    for (id, told) in &state.lanes {
        let Some(figures) = found.figures.lanes.get_mut(id) else { continue };
        match station.lanes.get(id).map(|lane| lane.authority) {
            Some(Authority::Tickets) => tickets(figures, &told.by_hour, like, &heard),
            Some(Authority::Counts) => {
                let last = |hour: &Hour| told.by_hour.get(hour.before())?.told.value();
                figures.usual_waiting = usual(like.past.iter().filter_map(last));
            }
            None => {}
        }
        // It is another hour then, also where nobody says anything.
        if figures.arrivals.is_some() || figures.usual_waiting.is_some() {
            found.next_due = crate::time::earlier(found.next_due, Some(like.this.next().start()));
        }
    }
}

/// How many waited to be called back at the beginning of the hours that this one is like.
pub(super) fn callbacks(by_hour: &Hourly<LastWord>, like: &LikeHours) -> BTreeMap<u32, (Instant, u32)> {
    let days = like.past.iter().take(DAYS_BEFORE).zip(1..);
    let known = |(hour, rank): (&Hour, u32)| {
        let value = by_hour.get(hour.before())?.value()?;
        Some((rank, (hour.start(), value)))
    };
    days.filter_map(known).collect()
}

fn tickets(figures: &mut LaneFigures, by_hour: &Hourly<LaneHour>, like: &LikeHours, heard: &HeardIn<'_>) {
    // Nothing was ever said of it.
    if figures.waiting.is_none() {
        return;
    }
    let count = |value: i32| u32::try_from(value).unwrap_or(0);
    let of = |hour: Hour| by_hour.get(hour).copied().unwrap_or_default();
    let arrived = |hour: Hour| {
        let arrived = count(of(hour).arrived);
        (arrived > 0 || heard.anything_in(hour)).then_some(arrived)
    };
    let hour = |this: Hour, past: &mut dyn Iterator<Item = Hour>| HourFigures {
        from: this.start(),
        count: arrived(this),
        usual: usual(past.filter_map(arrived)),
    };
    figures.arrivals = Some(ArrivalFigures {
        this_hour: hour(like.this, &mut like.past.iter().copied()),
        last_hour: hour(like.this.before(), &mut like.past.iter().map(|hour| hour.before())),
    });
    let waited = |hour: &Hour| heard.anything_in(hour.before()).then(|| count(of(*hour).waiting));
    figures.usual_waiting = usual(like.past.iter().filter_map(waited));
}

fn usual(known: impl Iterator<Item = u32>) -> Option<Usual> {
    let mut known: Vec<u32> = known.collect();
    if known.len() < LEAST {
        return None;
    }
    known.sort_unstable();
    let last = known.len() - 1;
    let at = |place: usize| known.get(place).copied();
    Some(Usual {
        median: at(last / 2)?,
        low: at(last / 10)?,
        high: at(last - last / 10)?,
        of: u32::try_from(known.len()).unwrap_or(u32::MAX),
    })
}
