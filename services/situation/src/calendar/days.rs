//! What kind of day a local date is, and which rows of a table hold on it.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

use super::holidays::{ClosedDay, Names};
use super::{FAR_AHEAD, Holiday, Holidays, days_after, local_date, moment};
use crate::name::Trilingual;
use crate::time::Instant;

/// Local time and the days that an area keeps.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    /// Local time of hours, windows and screens, from the bundled zone table.
    pub zone: TimeZone,
    /// Whose public holidays and customary closed days are kept; `None`: nobody here knows of any.
    pub holidays: Option<Holidays>,
    /// The eves that are kept. The first that fits a date is its.
    pub eves: Vec<Eve>,
}

/// The day before a public holiday, where an area keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Eve {
    /// Before which holiday.
    pub before: Before,
    /// Its name.
    pub name: Trilingual,
    /// How stations open on it where they do not say; `None`: as on any day of its weekday.
    pub hours_as: Option<HoursAs>,
}

/// Which holiday an eve is before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// This one.
    Holiday(Holiday),
    /// Any public holiday.
    Any,
}

/// As which other day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoursAs {
    /// As on this day of the week.
    Weekday(Weekday),
    /// As on a customary closed day.
    Closed,
}

/// What makes a day special.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind {
    /// A public holiday by law (also when it falls on a Sunday).
    PublicHoliday,
    /// Closed by custom.
    CustomaryClosed,
    /// An eve that the area keeps, and otherwise a working day: an eve on a Saturday or Sunday has its name
    /// only.
    Eve,
}

impl DayKind {
    /// The word used in area files and on boards.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PublicHoliday => "public_holiday",
            Self::CustomaryClosed => "customary_closed",
            Self::Eve => "eve",
        }
    }
}

/// What a calendar says of a local date.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    /// The date.
    pub date: Date,
    /// What makes it special, if anything does.
    pub kind: Option<DayKind>,
    /// Its name, where it has one.
    pub name: Option<Trilingual>,
}

/// Days as a set: of the week, and by their kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Days(u16);

const EVERY: u16 = 1 << 7;

impl Days {
    /// Every day, days off among them.
    pub const ALL: Self = Self(0b111_1111 | EVERY);

    /// Adds a day of the week.
    #[must_use]
    pub fn with(self, day: Weekday) -> Self {
        Self(self.0 | 1 << day.to_monday_zero_offset())
    }

    /// Adds the days of a kind.
    #[must_use]
    pub const fn with_kind(self, kind: DayKind) -> Self {
        Self(self.0 | Self::bit(kind))
    }

    /// Adds another set.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the day of the week is in the set.
    #[must_use]
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & (1 << day.to_monday_zero_offset()) != 0
    }

    /// Whether the set names the days of a kind.
    #[must_use]
    pub const fn names(self, kind: DayKind) -> bool {
        self.0 & Self::bit(kind) != 0
    }

    const fn is_every(self) -> bool {
        self.0 & EVERY != 0
    }

    const fn bit(kind: DayKind) -> u16 {
        match kind {
            DayKind::PublicHoliday => 1 << 8,
            DayKind::CustomaryClosed => 1 << 9,
            DayKind::Eve => 1 << 10,
        }
    }
}

/// Saturday or Sunday.
pub(super) fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

enum Special<'a> {
    Holiday(Holiday),
    Closed(ClosedDay),
    Eve(&'a Eve),
}

impl Calendar {
    /// A calendar without holidays.
    #[must_use]
    pub const fn of_zone(zone: TimeZone) -> Self {
        Self { zone, holidays: None, eves: Vec::new() }
    }

    /// Looks a date up.
    #[must_use]
    pub fn day(&self, date: Date) -> Day {
        let special = self.special(date);
        let given = |(fi, sv, en): Names| Trilingual { fi: fi.into(), sv: sv.into(), en: en.into() };
        let (kind, name) = match special {
            None => (None, None),
            Some(Special::Holiday(holiday)) => (Some(DayKind::PublicHoliday), Some(given(holiday.names()))),
            Some(Special::Closed(day)) => (Some(DayKind::CustomaryClosed), Some(given(day.names()))),
            Some(Special::Eve(eve)) => ((!is_weekend(date)).then_some(DayKind::Eve), Some(eve.name.clone())),
        };
        Day { date, kind, name }
    }

    /// What makes a date special, if anything does.
    pub(super) fn kind_of(&self, date: Date) -> Option<DayKind> {
        match self.special(date)? {
            Special::Holiday(_) => Some(DayKind::PublicHoliday),
            Special::Closed(_) => Some(DayKind::CustomaryClosed),
            Special::Eve(_) => (!is_weekend(date)).then_some(DayKind::Eve),
        }
    }

    /// Looks the local date of a moment up. `None` only beyond the calendar's years.
    #[must_use]
    pub fn day_at(&self, at: Instant) -> Option<Day> {
        Some(self.day(local_date(&self.zone, at)?))
    }

    /// The next midnight after `at` at which a day begins or ends that has a name or a kind.
    #[must_use]
    pub fn next_day_edge(&self, at: Instant) -> Option<Instant> {
        self.holidays?;
        let today = local_date(&self.zone, at)?;
        let plain = |date| self.special(date).is_none();
        let next = (1..=FAR_AHEAD)
            .filter_map(|ahead| Some((days_after(today, ahead - 1)?, days_after(today, ahead)?)))
            .find(|(before, date)| !plain(*before) || !plain(*date));
        moment(&self.zone, next?.1, Time::midnight())
    }

    /// Whether nobody works on a date who works on working days only: weekends, public holidays,
    /// customary closed days, and eves whose hours are those of a closed day.
    #[must_use]
    pub fn is_day_off(&self, date: Date) -> bool {
        is_weekend(date)
            || match self.special(date) {
                None => false,
                Some(Special::Holiday(_) | Special::Closed(_)) => true,
                Some(Special::Eve(eve)) => eve.hours_as == Some(HoursAs::Closed),
            }
    }

    fn special(&self, date: Date) -> Option<Special<'_>> {
        match self.holidays? {
            Holidays::Finland => {}
        }
        if let Some(holiday) = Holiday::on(date) {
            return Some(Special::Holiday(holiday));
        }
        if let Some(day) = ClosedDay::on(date) {
            return Some(Special::Closed(day));
        }
        let next = Holiday::on(days_after(date, 1)?)?;
        let fits = |eve: &&Eve| match eve.before {
            Before::Any => true,
            Before::Holiday(holiday) => holiday == next,
        };
        self.eves.iter().find(fits).map(Special::Eve)
    }

    /// How a table of shifts or windows is read on a date.
    pub(super) fn reading(&self, date: Date) -> Reading {
        let special = self.special(date).filter(|special| match special {
            Special::Holiday(_) | Special::Closed(_) => true,
            Special::Eve(_) => !is_weekend(date),
        });
        let (kinds, hours_as): (&'static [DayKind], _) = match special {
            None => (&[], None),
            Some(Special::Holiday(_)) => (&[DayKind::PublicHoliday], Some(HoursAs::Closed)),
            Some(Special::Closed(_)) => (&[DayKind::CustomaryClosed], Some(HoursAs::Closed)),
            Some(Special::Eve(eve)) => match eve.hours_as {
                Some(HoursAs::Closed) => (&[DayKind::Eve, DayKind::CustomaryClosed], eve.hours_as),
                hours_as => (&[DayKind::Eve], hours_as),
            },
        };
        Reading { kinds, weekday: date.weekday(), hours_as, closing: false }
    }
}

/// How the rows of a table are read on one date.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    kinds: &'static [DayKind],
    weekday: Weekday,
    hours_as: Option<HoursAs>,
    closing: bool,
}

impl Reading {
    /// The same for what is a matter of working days: rows of Monday to Friday do not hold on days off.
    pub const fn of_work(self) -> Self {
        Self { closing: true, ..self }
    }

    /// The same for opening hours: as for work, and on an eve the rows of the day whose hours it has.
    pub fn of_hours(self) -> Self {
        let weekday = match self.hours_as {
            Some(HoursAs::Weekday(day)) => day,
            Some(HoursAs::Closed) | None => self.weekday,
        };
        Self { weekday, closing: true, ..self }
    }

    /// The kind of this day that some of these rows name, if any does: those hold then, and no others.
    pub fn named(self, rows: impl Iterator<Item = Days> + Clone) -> Option<DayKind> {
        self.kinds.iter().copied().find(|kind| rows.clone().any(|days| days.names(*kind)))
    }

    /// Whether a row for `days` holds; `named` is what [`Reading::named`] says of its table.
    pub fn takes(self, named: Option<DayKind>, days: Days) -> bool {
        if let Some(kind) = named {
            return days.names(kind);
        }
        let off = self.closing && self.hours_as == Some(HoursAs::Closed);
        let weekend = matches!(self.weekday, Weekday::Saturday | Weekday::Sunday);
        days.contains(self.weekday) && (!off || weekend || days.is_every())
    }
}
