//! How many will be in the queues in the next hours, where that was told well before.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Look;
use crate::area::{Area, Authority, Station};
use crate::board::{ForecastFigures, ForecastsFigures, Freshness, LaneFigures};
use crate::fold::Situation;
use crate::fold::heard_in::HeardIn;
use crate::fold::hourly::LastWord;
use crate::fold::lessons::{Known, LaneLessons, Lessons};
use crate::fold::local_hours::local_hour;
use crate::fold::station::LaneState;
use crate::fold::told::Register;
use crate::forecast::{AHEAD, Lesson, ONE, Place};
use crate::name::StationId;
use crate::time::{Hour, Instant};

/// The steps in which a queue of tickets moves among the hours: its board does not change with every second.
const STEP: i64 = 15 * 60 * 1_000_000;
const STEPS_AN_HOUR: i64 = 4;

/// What is to be expected of a lane, told on boards or not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// Of the people waiting.
    pub waiting: Vec<(ForecastFigures, bool)>,
    /// Of the people present.
    pub present: Vec<(ForecastFigures, bool)>,
}

/// Adds to a look what is to be expected of the next hours. `lessons` are those of the same station from the last time, or none:
/// what is new is learned, of queues that are spoken of now. So a backlog, however long, is learned from once, when it is over.
pub fn expect(
    found: &mut Look,
    area: &Area,
    id: &StationId,
    station: &Station,
    situation: &Situation,
    lessons: &mut Lessons,
    clock: Instant,
) {
    let Some(state) = situation.station(id).filter(|_| found.figures.open != Some(false)) else { return };
    let heard = HeardIn::of(area, state, &situation.beats);
    for (id, told) in &state.lanes {
        let Some(lane) = station.lanes.get(id) else { continue };
        let Some(figures) = found.figures.lanes.get(id).filter(|figures| is_fresh(found, figures)) else {
            continue;
        };
        let lessons =
            lessons.keep_up(id, Known { area, authority: lane.authority, told, heard: &heard, clock });
        // Who tells how many are present tells how many wait. What falls due hangs on those alone: they are known for longer than
        // the others, to whoever went on from what was put away before there were forecasts.
        if !lessons.waiting.is_begun() {
            continue;
        }
        let (expected, due) = match lane.authority {
            Authority::Counts => of_counts(area, told, lessons, clock),
            Authority::Tickets => of_tickets(area, figures, lessons, clock),
        };
        found.due(due.into_iter().filter(|due| *due > clock).min());
        let shown = |of: &[(ForecastFigures, bool)]| -> BTreeMap<u32, ForecastFigures> {
            of.iter()
                .filter(|(_, is_better)| *is_better)
                .map(|(figures, _)| (figures.ahead, *figures))
                .collect()
        };
        let forecast =
            ForecastsFigures { waiting: shown(&expected.waiting), present: shown(&expected.present) };
        if let Some(figures) = found.figures.lanes.get_mut(id) {
            figures.forecast = forecast;
        }
        found.expected.insert(id.clone(), expected);
    }
}

/// From the last word on each figure, if a feed said it.
fn of_counts(
    area: &Area,
    told: &LaneState,
    lessons: &LaneLessons,
    clock: Instant,
) -> (Expected, Vec<Instant>) {
    let mut due = Vec::new();
    let mut of = |lesson: &Lesson, register: &Register<u32>, before: &dyn Fn(Hour) -> Option<LastWord>| {
        let (now, stamp) = register.at(clock).filter(|(_, stamp)| stamp.by.is_none())?;
        let since = before(Hour::of(stamp.time).before()).and_then(LastWord::at);
        // A feed that tells once an hour tells at the place of its hour; what it told in between is between two.
        let steps = since.map_or(STEPS_AN_HOUR, |since| {
            let micros = stamp.time.as_micros().saturating_sub(since.as_micros());
            (micros.saturating_add(STEP / 2) / STEP).min(STEPS_AN_HOUR)
        });
        let place = place(area, Hour::of(stamp.time), steps)?;
        due.extend(AHEAD.map(|ahead| later(stamp.time, ahead)));
        let told = figures(lesson, place, *now, stamp.time);
        Some(told.into_iter().filter(|(figures, _)| figures.at > clock).collect())
    };
    let hour = |hour| told.by_hour.get(hour).map(|hour| hour.told);
    let waiting = of(&lessons.waiting, &told.waiting, &hour).unwrap_or_default();
    let hour = |hour| told.present_by_hour.get(hour).map(|hour| hour.told);
    let present = of(&lessons.present, &told.present, &hour).unwrap_or_default();
    (Expected { waiting, present }, due)
}

/// From the quarter of an hour that has begun.
fn of_tickets(
    area: &Area,
    now: &LaneFigures,
    lessons: &LaneLessons,
    clock: Instant,
) -> (Expected, Vec<Instant>) {
    let begun = Instant::from_micros(clock.as_micros() - clock.as_micros().rem_euclid(STEP));
    let steps = (begun.as_micros() - Hour::of(begun).start().as_micros()) / STEP;
    let of = |lesson: &Lesson, now: Option<u32>| {
        let place = place(area, Hour::of(begun).next(), steps)?;
        Some(figures(lesson, place, now?, begun))
    };
    let expected = Expected {
        waiting: of(&lessons.waiting, now.waiting).unwrap_or_default(),
        present: of(&lessons.present, now.present).unwrap_or_default(),
    };
    (expected, vec![Instant::from_micros(begun.as_micros().saturating_add(STEP))])
}

fn place(area: &Area, hour: Hour, steps: i64) -> Option<Place> {
    Some(Place { hour: local_hour(&area.calendar.zone, hour)?, quarters: u8::try_from(steps).ok()? })
}

fn figures(lesson: &Lesson, place: Place, now: u32, from: Instant) -> Vec<(ForecastFigures, bool)> {
    let of = lesson.expect(place, now).map(|expected| {
        let figures = ForecastFigures {
            ahead: expected.ahead,
            at: later(from, expected.ahead),
            count: u32::try_from((expected.thousandths + ONE / 2) / ONE).unwrap_or(u32::MAX),
            error: expected.error,
            error_of_staying: expected.error_of_staying,
            error_of_same_hour: expected.error_of_same_hour,
            of: expected.of,
        };
        (figures, expected.is_better)
    });
    of.collect()
}

fn later(from: Instant, hours: u32) -> Instant {
    from.plus(Duration::from_secs(u64::from(hours) * 3_600))
}

/// Whether the lane's feed speaks of now.
fn is_fresh(found: &Look, figures: &LaneFigures) -> bool {
    let feed = figures.feed.as_ref().and_then(|feed| found.figures.feeds.get(feed));
    feed.is_some_and(|feed| feed.state == Freshness::Fresh)
}
