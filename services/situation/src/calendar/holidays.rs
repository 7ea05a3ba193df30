//! Finnish public holidays and the customary closed days, kept apart: Midsummer Eve and Christmas Eve
//! are days off by custom and agreement, not by law.
//!
//! Rules as in force since 1992 (Epiphany and Ascension Day back on their own dates).

use jiff::civil::{Date, Weekday};

use super::days_after;
use crate::name::Trilingual;

/// What kind of day a local date is.
#[derive(Debug, Clone, PartialEq)]
pub struct Day {
    /// The date.
    pub date: Date,
    /// A public holiday by law (also when it falls on a Sunday).
    pub public_holiday: bool,
    /// Closed by custom.
    pub customary_closed: bool,
    /// Its name, where it has one.
    pub name: Option<Trilingual>,
}

/// Looks a date up.
#[must_use]
pub fn day(date: Date) -> Day {
    let holiday = public_holiday(date);
    let custom = if holiday.is_none() { customary_closed(date) } else { None };
    Day {
        date,
        public_holiday: holiday.is_some(),
        customary_closed: custom.is_some(),
        name: holiday.or(custom).map(|(fi, sv, en)| Trilingual {
            fi: fi.into(),
            sv: sv.into(),
            en: en.into(),
        }),
    }
}

type Names = (&'static str, &'static str, &'static str);

fn public_holiday(date: Date) -> Option<Names> {
    let fixed = match (date.month(), date.day()) {
        (1, 1) => Some(("uudenvuodenpäivä", "nyårsdagen", "New Year's Day")),
        (1, 6) => Some(("loppiainen", "trettondagen", "Epiphany")),
        (5, 1) => Some(("vappu", "första maj", "May Day")),
        (12, 6) => Some(("itsenäisyyspäivä", "självständighetsdagen", "Independence Day")),
        (12, 25) => Some(("joulupäivä", "juldagen", "Christmas Day")),
        (12, 26) => Some(("tapaninpäivä", "annandag jul", "Boxing Day")),
        (6, 20..=26) if date.weekday() == Weekday::Saturday => {
            Some(("juhannuspäivä", "midsommardagen", "Midsummer Day"))
        }
        (10, 31) | (11, 1..=6) if date.weekday() == Weekday::Saturday => {
            Some(("pyhäinpäivä", "alla helgons dag", "All Saints' Day"))
        }
        (_, _) => None,
    };
    if fixed.is_some() {
        return fixed;
    }
    let easter = easter_sunday(date.year())?;
    [
        (-2, ("pitkäperjantai", "långfredagen", "Good Friday")),
        (0, ("pääsiäispäivä", "påskdagen", "Easter Sunday")),
        (1, ("toinen pääsiäispäivä", "annandag påsk", "Easter Monday")),
        (39, ("helatorstai", "Kristi himmelsfärdsdag", "Ascension Day")),
        (49, ("helluntaipäivä", "pingstdagen", "Whit Sunday")),
    ]
    .into_iter()
    .find(|(offset, _)| days_after(easter, *offset) == Some(date))
    .map(|(_, names)| names)
}

fn customary_closed(date: Date) -> Option<Names> {
    match (date.month(), date.day()) {
        (12, 24) => Some(("jouluaatto", "julafton", "Christmas Eve")),
        (6, 19..=25) if date.weekday() == Weekday::Friday => {
            Some(("juhannusaatto", "midsommarafton", "Midsummer Eve"))
        }
        (_, _) => None,
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

    fn english(year: i16, month: i8, date: i8) -> Option<String> {
        day(Date::new(year, month, date).unwrap()).name.map(|name| name.en)
    }

    #[test]
    fn easter_and_what_hangs_on_it() {
        for (year, month, date) in
            [(2000, 4, 23), (2008, 3, 23), (2011, 4, 24), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25)]
        {
            assert_eq!(easter_sunday(year), Date::new(year, month, date).ok(), "{year}");
        }
        assert_eq!(english(2026, 5, 14).as_deref(), Some("Ascension Day"));
        assert_eq!(english(2026, 5, 24).as_deref(), Some("Whit Sunday"));
    }

    #[test]
    fn eves_are_customs_and_no_holidays() {
        let midsummer_eve = day(Date::new(2026, 6, 19).unwrap());
        assert!(midsummer_eve.customary_closed && !midsummer_eve.public_holiday);
        assert!(day(Date::new(2026, 6, 20).unwrap()).public_holiday);
        assert!(day(Date::new(2026, 12, 24).unwrap()).customary_closed);
        assert_eq!(english(2026, 10, 31).as_deref(), Some("All Saints' Day"));
        assert_eq!(english(2026, 11, 26), None);
    }
}
