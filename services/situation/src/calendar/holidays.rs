//! Finnish public holidays and the customary closed days, kept apart: Midsummer Eve and Christmas Eve
//! are days off by custom and agreement, not by law.
//!
//! Rules as in force since 1992 (Epiphany and Ascension Day back on their own dates).

use jiff::civil::{Date, Weekday};

use super::days_after;

/// Whose public holidays an area keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holidays {
    /// Those of Finland.
    Finland,
}

/// A public holiday of Finland.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the calendar's own words")]
pub enum Holiday {
    NewYearsDay,
    Epiphany,
    GoodFriday,
    EasterSunday,
    EasterMonday,
    MayDay,
    AscensionDay,
    WhitSunday,
    MidsummerDay,
    AllSaintsDay,
    IndependenceDay,
    ChristmasDay,
    BoxingDay,
}

/// Days that are closed by custom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClosedDay {
    ChristmasEve,
    MidsummerEve,
}

/// Suomi, svenska, English.
pub(super) type Names = (&'static str, &'static str, &'static str);

impl Holiday {
    /// All of them, in the order of the year.
    pub const ALL: [Self; 13] = [
        Self::NewYearsDay,
        Self::Epiphany,
        Self::GoodFriday,
        Self::EasterSunday,
        Self::EasterMonday,
        Self::MayDay,
        Self::AscensionDay,
        Self::WhitSunday,
        Self::MidsummerDay,
        Self::AllSaintsDay,
        Self::IndependenceDay,
        Self::ChristmasDay,
        Self::BoxingDay,
    ];

    /// The word used in area files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NewYearsDay => "new_years_day",
            Self::Epiphany => "epiphany",
            Self::GoodFriday => "good_friday",
            Self::EasterSunday => "easter_sunday",
            Self::EasterMonday => "easter_monday",
            Self::MayDay => "may_day",
            Self::AscensionDay => "ascension_day",
            Self::WhitSunday => "whit_sunday",
            Self::MidsummerDay => "midsummer_day",
            Self::AllSaintsDay => "all_saints_day",
            Self::IndependenceDay => "independence_day",
            Self::ChristmasDay => "christmas_day",
            Self::BoxingDay => "boxing_day",
        }
    }

    /// The holiday of a date. Where two fall together (May Day and Ascension Day in 2008), the one on a
    /// fixed date.
    #[must_use]
    pub fn on(date: Date) -> Option<Self> {
        let saturday = date.weekday() == Weekday::Saturday;
        match (date.month(), date.day()) {
            (1, 1) => return Some(Self::NewYearsDay),
            (1, 6) => return Some(Self::Epiphany),
            (5, 1) => return Some(Self::MayDay),
            (12, 6) => return Some(Self::IndependenceDay),
            (12, 25) => return Some(Self::ChristmasDay),
            (12, 26) => return Some(Self::BoxingDay),
            (6, 20..=26) if saturday => return Some(Self::MidsummerDay),
            (10, 31) | (11, 1..=6) if saturday => return Some(Self::AllSaintsDay),
            // Easter is from 22 March to 25 April: what hangs on it lies between 20 March and 13 June.
            (3..=6, _) => {}
            (_, _) => return None,
        }
        let easter = easter_sunday(date.year())?;
        [
            (-2, Self::GoodFriday),
            (0, Self::EasterSunday),
            (1, Self::EasterMonday),
            (39, Self::AscensionDay),
            (49, Self::WhitSunday),
        ]
        .into_iter()
        .find(|(offset, _)| days_after(easter, *offset) == Some(date))
        .map(|(_, holiday)| holiday)
    }

    pub(super) const fn names(self) -> Names {
        match self {
            Self::NewYearsDay => ("uudenvuodenpäivä", "nyårsdagen", "New Year's Day"),
            Self::Epiphany => ("loppiainen", "trettondagen", "Epiphany"),
            Self::GoodFriday => ("pitkäperjantai", "långfredagen", "Good Friday"),
            Self::EasterSunday => ("pääsiäispäivä", "påskdagen", "Easter Sunday"),
            Self::EasterMonday => ("toinen pääsiäispäivä", "annandag påsk", "Easter Monday"),
            Self::MayDay => ("vappu", "första maj", "May Day"),
            Self::AscensionDay => ("helatorstai", "Kristi himmelsfärdsdag", "Ascension Day"),
            Self::WhitSunday => ("helluntaipäivä", "pingstdagen", "Whit Sunday"),
            Self::MidsummerDay => ("juhannuspäivä", "midsommardagen", "Midsummer Day"),
            Self::AllSaintsDay => ("pyhäinpäivä", "alla helgons dag", "All Saints' Day"),
            Self::IndependenceDay => ("itsenäisyyspäivä", "självständighetsdagen", "Independence Day"),
            Self::ChristmasDay => ("joulupäivä", "juldagen", "Christmas Day"),
            Self::BoxingDay => ("tapaninpäivä", "annandag jul", "Boxing Day"),
        }
    }
}

impl ClosedDay {
    pub fn on(date: Date) -> Option<Self> {
        match (date.month(), date.day()) {
            (12, 24) => Some(Self::ChristmasEve),
            (6, 19..=25) if date.weekday() == Weekday::Friday => Some(Self::MidsummerEve),
            (_, _) => None,
        }
    }

    pub const fn names(self) -> Names {
        match self {
            Self::ChristmasEve => ("jouluaatto", "julafton", "Christmas Eve"),
            Self::MidsummerEve => ("juhannusaatto", "midsommarafton", "Midsummer Eve"),
        }
    }
}

/// Easter Sunday of the Gregorian calendar, by Gauss's rule in Lichtenberg's form.
fn easter_sunday(year: i16) -> Option<Date> {
    let x = i32::from(year);
    let k = x / 100;
    let m = 15 + (3 * k + 3) / 4 - (8 * k + 13) / 25;
    let s = 2 - (3 * k + 3) / 4;
    let a = x % 19;
    let d = (19 * a + m) % 30;
    let r = (d + a / 11) / 29;
    let og = 21 + d - r;
    let sz = 7 - (x + x / 4 + s) % 7;
    let oe = 7 - (og - sz) % 7;
    days_after(Date::new(year, 3, 1).ok()?, og + oe - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn easter_sundays() {
        for (year, month, date) in
            [(2000, 4, 23), (2008, 3, 23), (2011, 4, 24), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25)]
        {
            assert_eq!(easter_sunday(year), Date::new(year, month, date).ok(), "{year}");
        }
    }
}
