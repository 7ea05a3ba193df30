//! What was learned of a station's queues, kept until more is known.
//!
//! It follows from whole days (UTC) that are over, and costs too much to be worked out after every fact. So it is kept beside
//! the figures by whoever looks again and again, with the days that it was learned from: while these are the same pieces of
//! memory, it holds, and a new day goes on from it. What comes in late copies the day that it changes, and all is learned anew.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::heard_in::HeardIn;
use super::hourly::{Hourly, LaneHour, PresentHour};
use super::local_hours::{LocalDay, local_hour};
use super::station::LaneState;
use crate::area::{Area, Authority};
use crate::forecast::{DAYS, Lesson, Series};
use crate::name::LaneId;
use crate::time::{Hour, Instant};

/// All is learned anew once in so many days, without the oldest: in between each day costs only itself.
const ANEW: i64 = 7;

/// A day of tickets is learned from when it has been over for a day: by their tickets people are known to have been there only once
/// they have gone on, and each who does would have all learned anew.
const TICKETS_BEHIND: i64 = 1;

/// Of the lanes of a station.
#[derive(Debug, Clone, Default)]
pub struct Lessons(BTreeMap<LaneId, LaneLessons>);

/// Of a lane.
#[derive(Debug, Clone)]
pub struct LaneLessons {
    source: Source,
    /// Of the people waiting.
    pub waiting: Lesson,
    /// Of the people present.
    pub present: Lesson,
}

/// The days that something was learned from. Keeping them here keeps their places in memory from being others'.
#[derive(Debug, Clone)]
struct Source {
    days: Range<i64>,
    waiting: Pieces<LaneHour>,
    present: Pieces<PresentHour>,
    heard: Vec<Pieces<bool>>,
}

type Pieces<T> = Vec<(i64, Arc<BTreeMap<u8, T>>)>;

/// What is known of a lane's hours at a moment.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub area: &'a Area,
    pub authority: Authority,
    pub told: &'a LaneState,
    pub heard: &'a HeardIn<'a>,
    pub clock: Instant,
}

impl Lessons {
    /// What is known of a lane now, with what is new since the last time. An area that is described anew needs new lessons: its
    /// zone may be another.
    pub(super) fn keep_up(&mut self, id: &LaneId, known: Known<'_>) -> &LaneLessons {
        let lessons = self.0.entry(id.clone()).or_insert_with(|| LaneLessons::to_be(known));
        if !lessons.source.is_still(known) {
            *lessons = LaneLessons::to_be(known);
        }
        lessons.go_on(known);
        lessons
    }
}

impl LaneLessons {
    fn to_be(known: Known<'_>) -> Self {
        let heard = known.heard().iter().map(|_| Pieces::new()).collect();
        let days = known.since()..known.since();
        let source = Source { days, waiting: Pieces::new(), present: Pieces::new(), heard };
        Self { source, waiting: Lesson::default(), present: Lesson::default() }
    }

    fn go_on(&mut self, known: Known<'_>) {
        for day in self.source.days.end..known.end() {
            let bounds = [day, day + 1].map(|day| local_hour(&known.area.calendar.zone, Hour::on(day, 0)));
            let [Some(from), Some(to)] = bounds else { continue };
            let days = (day - 1).max(known.since())..day + 1;
            self.waiting.go_on(&known.waiting(&days), &(from..to));
            self.present.go_on(&known.present(&days), &(from..to));
        }
        self.source.go_on(known);
    }
}

impl Source {
    fn go_on(&mut self, known: Known<'_>) {
        let days = self.days.end..known.end().max(self.days.end);
        self.waiting.extend(pieces(&known.told.by_hour, &days));
        self.present.extend(pieces(&known.told.present_by_hour, &days));
        for (pieces_heard, hours) in self.heard.iter_mut().zip(known.heard()) {
            pieces_heard.extend(pieces(hours, &days));
        }
        self.days.end = days.end;
    }

    /// Whether all of it is as it was, and the beginning of what is to be learned.
    fn is_still(&self, known: Known<'_>) -> bool {
        let heard = known.heard();
        self.days.start == known.since()
            && self.days.end <= known.end()
            && are_still(&self.waiting, &known.told.by_hour, &self.days)
            && are_still(&self.present, &known.told.present_by_hour, &self.days)
            && self.heard.len() == heard.len()
            && self.heard.iter().zip(heard).all(|(was, hours)| are_still(was, hours, &self.days))
    }
}

impl<'a> Known<'a> {
    /// The day from which on anything is looked at.
    const fn since(self) -> i64 {
        let today = Hour::of(self.clock).day();
        today - today.rem_euclid(ANEW) - DAYS
    }

    /// The first day that is not learned from yet.
    const fn end(self) -> i64 {
        let today = Hour::of(self.clock).day();
        match self.authority {
            Authority::Tickets => today - TICKETS_BEHIND,
            Authority::Counts => today,
        }
    }

    /// When the feeds of the queues were heard. What a lane of counts was told says itself when it was.
    fn heard(self) -> &'a [&'a Hourly<bool>] {
        match self.authority {
            Authority::Tickets => &self.heard.0,
            Authority::Counts => &[],
        }
    }

    fn waiting(self, days: &Range<i64>) -> Series {
        match self.authority {
            Authority::Counts => self.series(values(&self.told.by_hour, days, |hour| hour.told.value())),
            Authority::Tickets => {
                self.counted(days, |hour| self.told.by_hour.get(hour).map(|hour| hour.waiting))
            }
        }
    }

    fn present(self, days: &Range<i64>) -> Series {
        match self.authority {
            Authority::Counts => {
                self.series(values(&self.told.present_by_hour, days, |hour| hour.told.value()))
            }
            Authority::Tickets => {
                self.counted(days, |hour| self.told.present_by_hour.get(hour).map(|hour| hour.counted))
            }
        }
    }

    /// Who was there when an hour began, if the feed was heard in the hour before, since anything was said of the lane.
    fn counted(self, days: &Range<i64>, of: impl Fn(Hour) -> Option<i32>) -> Series {
        let first = [
            self.told.by_hour.first_since(self.since()),
            self.told.present_by_hour.first_since(self.since()),
        ];
        let Some(first) = first.into_iter().flatten().min() else { return Series::new() };
        let heard = self.heard().iter().flat_map(|hours| values(hours, days, |spoke| spoke.then_some(0)));
        let begun = heard.map(|(hour, _)| hour.next());
        let begun = begun.filter(|hour| first <= *hour && hour.day() < days.end);
        self.series(
            begun.map(|hour| (hour, of(hour).and_then(|count| u32::try_from(count).ok()).unwrap_or(0))),
        )
    }

    fn series(self, hours: impl Iterator<Item = (Hour, u32)>) -> Series {
        let mut clocks = LocalDay::of(&self.area.calendar.zone);
        hours.filter_map(|(hour, value)| Some((clocks.hour(hour)?, value))).collect()
    }
}

fn pieces<'a, T>(
    hourly: &'a Hourly<T>,
    days: &Range<i64>,
) -> impl Iterator<Item = (i64, Arc<BTreeMap<u8, T>>)> + use<'a, T> {
    hourly.days_within(days.clone()).map(|(day, hours)| (day, Arc::clone(hours)))
}

fn are_still<T>(were: &Pieces<T>, hourly: &Hourly<T>, days: &Range<i64>) -> bool {
    let mut now = hourly.days_within(days.clone());
    let same = |(day, hours): &(i64, Arc<BTreeMap<u8, T>>)| {
        now.next().is_some_and(|(other, others)| other == *day && Arc::ptr_eq(hours, others))
    };
    were.iter().all(same) && now.next().is_none()
}

fn values<T>(
    hourly: &Hourly<T>,
    days: &Range<i64>,
    of: impl Fn(&T) -> Option<u32>,
) -> impl Iterator<Item = (Hour, u32)> {
    let hours = hourly.days_within(days.clone());
    let hours =
        hours.flat_map(|(day, hours)| hours.iter().map(move |(hour, value)| (Hour::on(day, *hour), value)));
    hours.filter_map(move |(hour, value)| Some((hour, of(value)?)))
}
