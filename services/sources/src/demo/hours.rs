//! Local time of day, opening hours, and the feed that is silent at a set hour.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// Minutes of a day.
pub(super) type Minute = u16;

/// How far ahead an opening is looked for: every weekly timetable has one within a week.
const DAYS_AHEAD: i64 = 8;

/// Reads local time.
#[derive(Debug, Clone)]
pub(super) struct Local(TimeZone);

impl Local {
    pub const fn new(zone: TimeZone) -> Self {
        Self(zone)
    }

    fn civil(&self, at: i64) -> DateTime {
        self.0.to_datetime(Timestamp::from_microsecond(at).unwrap_or_default())
    }

    pub fn date(&self, at: i64) -> Date {
        self.civil(at).date()
    }

    pub fn hour(&self, at: i64) -> usize {
        usize::try_from(self.civil(at).hour()).unwrap_or(0)
    }

    /// The moment of a local time; a time that the spring clock change skips is the one an hour later.
    pub fn moment(&self, date: Date, minute: Minute) -> i64 {
        let (hour, minute) = (minute / 60, minute % 60);
        let time = match (i8::try_from(hour), i8::try_from(minute)) {
            (Ok(hour), Ok(minute)) => Time::new(hour, minute, 0, 0).unwrap_or_default(),
            _ => Time::default(),
        };
        let civil = date.to_datetime(time);
        self.0.to_timestamp(civil).unwrap_or_default().as_microsecond()
    }

    /// The date some days later.
    pub fn days_after(&self, date: Date, days: i64) -> Date {
        date.saturating_add(Span::new().days(days))
    }
}

/// Days of the week.
#[derive(Debug, Clone, Copy)]
pub(super) enum Days {
    Every,
    Weekdays,
    MonToThu,
    Fri,
}

impl Days {
    fn contains(self, date: Date) -> bool {
        let day = date.weekday().to_monday_one_offset();
        match self {
            Self::Every => true,
            Self::Weekdays => day <= 5,
            Self::MonToThu => day <= 4,
            Self::Fri => day == 5,
        }
    }
}

/// Opening hours on some days, within one day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hours {
    pub days: Days,
    pub opens: Minute,
    pub intake_until: Minute,
    pub doors_until: Minute,
}

/// One opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opening {
    pub opens: i64,
    pub intake_until: i64,
    pub doors_until: i64,
}

/// The opening that holds at a moment, or else the next one.
pub(super) fn opening(hours: &[Hours], local: &Local, at: i64) -> Option<Opening> {
    let today = local.date(at);
    (0..DAYS_AHEAD)
        .map(|ahead| local.days_after(today, ahead))
        .flat_map(|date| {
            hours.iter().filter(move |hours| hours.days.contains(date)).map(move |it| (date, it))
        })
        .map(|(date, it)| Opening {
            opens: local.moment(date, it.opens),
            intake_until: local.moment(date, it.intake_until),
            doors_until: local.moment(date, it.doors_until),
        })
        .find(|opening| at < opening.doors_until)
}

/// A feed that says nothing at a set time of some days.
#[derive(Debug)]
pub(super) struct Silence {
    pub feed: &'static str,
    pub days: Days,
    pub from: Minute,
    pub to: Minute,
}

impl Silence {
    /// When the feed returns, if it is silent at a moment.
    pub fn returns(&self, local: &Local, feed: &str, at: i64) -> Option<i64> {
        if feed != self.feed {
            return None;
        }
        let date = local.date(at);
        let (from, to) = (local.moment(date, self.from), local.moment(date, self.to));
        (self.days.contains(date) && from <= at && at < to).then_some(to)
    }
}
