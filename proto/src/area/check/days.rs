//! The zone, the holidays and eves that are kept, sets of days, dates and times of day.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::{Offset, TimeZone};
use situation::calendar::{Before, Calendar, DayKind, Days, Eve, Holiday, Holidays, HoursAs};

use super::super::file::{AreaFile, EveFile};
use super::{Checked, names, wrong};

pub(super) fn calendar(file: &AreaFile) -> Checked<Calendar> {
    let holidays = match file.holidays.as_deref() {
        None => None,
        Some("finland") => Some(Holidays::Finland),
        Some(other) => return wrong("holidays", format!("{other:?} is not known here: use finland")),
    };
    if holidays.is_none() && !file.eves.is_empty() {
        return wrong("eves", "eves are of holidays: set holidays = \"finland\" as well");
    }
    let eves = file.eves.iter().enumerate().map(|(at, it)| eve(&format!("eves[{at}]"), it));
    Ok(Calendar { zone: zone(&file.time_zone)?, holidays, eves: eves.collect::<Checked<_>>()? })
}

fn eve(place: &str, file: &EveFile) -> Checked<Eve> {
    let before = match Holiday::ALL.into_iter().find(|holiday| holiday.as_str() == file.before) {
        None if file.before == "public_holiday" => Before::Any,
        None => {
            let known = Holiday::ALL.map(Holiday::as_str).join(", ");
            return wrong(
                place,
                format!("before {:?}: use public_holiday (any of them) or one of {known}", file.before),
            );
        }
        Some(Holiday::ChristmasDay | Holiday::MidsummerDay) => {
            return wrong(place, format!("the day before {} is a customary closed day already", file.before));
        }
        Some(Holiday::BoxingDay | Holiday::EasterMonday) => {
            return wrong(place, format!("the day before {} is a public holiday already", file.before));
        }
        Some(holiday) => Before::Holiday(holiday),
    };
    let hours_as = match file.hours_as.as_deref() {
        None => None,
        Some("closed") => Some(HoursAs::Closed),
        Some(day) => match weekday(day) {
            Some(day) => Some(HoursAs::Weekday(day)),
            None => {
                return wrong(
                    place,
                    format!("hours_as {day:?}: use mon, tue, wed, thu, fri, sat, sun or closed"),
                );
            }
        },
    };
    Ok(Eve { before, name: names(&file.name), hours_as })
}

fn zone(text: &str) -> Checked<TimeZone> {
    if let Ok(zone) = TimeZone::get(text) {
        return Ok(zone);
    }
    let offset = || {
        let sign = match text.get(..1)? {
            "+" => 1,
            "-" => -1,
            _ => return None,
        };
        let (hours, minutes) = clock(text.get(1..)?)?;
        Offset::from_seconds(sign * (i32::from(hours) * 3_600 + i32::from(minutes) * 60)).ok()
    };
    match offset() {
        Some(offset) => Ok(TimeZone::fixed(offset)),
        None => wrong("time_zone", format!("{text:?} is neither an IANA zone nor an offset such as +01:00")),
    }
}

pub(super) fn days(place: &str, tokens: &[String], calendar: &Calendar) -> Checked<Days> {
    let mut days = Days::default();
    for token in tokens {
        days = match token.as_str() {
            "every" => days.and(Days::ALL),
            "weekdays" => {
                [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday]
                    .into_iter()
                    .fold(days, Days::with)
            }
            "public_holiday" => days.with_kind(kept(place, DayKind::PublicHoliday, calendar)?),
            "customary_closed" => days.with_kind(kept(place, DayKind::CustomaryClosed, calendar)?),
            "eve" => days.with_kind(kept(place, DayKind::Eve, calendar)?),
            day => match weekday(day) {
                Some(day) => days.with(day),
                None => {
                    return wrong(
                        place,
                        format!(
                            "day {day:?}: use mon, tue, wed, thu, fri, sat, sun, weekdays, every, \
                             public_holiday, customary_closed or eve"
                        ),
                    );
                }
            },
        };
    }
    if days == Days::default() { wrong(place, "days is empty") } else { Ok(days) }
}

/// A kind of day, if the area keeps any such days: a row for days that never come is a mistake.
fn kept(place: &str, kind: DayKind, calendar: &Calendar) -> Checked<DayKind> {
    if calendar.holidays.is_none() {
        let day = kind.as_str();
        return wrong(place, format!("day {day:?} never comes: set holidays = \"finland\" as well"));
    }
    if kind == DayKind::Eve && calendar.eves.is_empty() {
        return wrong(place, "day \"eve\" never comes: list the eves that are kept under [[eves]]");
    }
    Ok(kind)
}

pub(super) fn weekday(text: &str) -> Option<Weekday> {
    match text {
        "mon" => Some(Weekday::Monday),
        "tue" => Some(Weekday::Tuesday),
        "wed" => Some(Weekday::Wednesday),
        "thu" => Some(Weekday::Thursday),
        "fri" => Some(Weekday::Friday),
        "sat" => Some(Weekday::Saturday),
        "sun" => Some(Weekday::Sunday),
        _ => None,
    }
}

/// Hours and minutes of `HH:MM`, up to 24:00.
fn clock(text: &str) -> Option<(i8, i8)> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !(1..=2).contains(&hour.len()) || minute.len() != 2 || !digits(hour) || !digits(minute) {
        return None;
    }
    let (hour, minute) = (hour.parse().ok()?, minute.parse().ok()?);
    ((0..24).contains(&hour) && minute < 60 || (hour, minute) == (24, 0)).then_some((hour, minute))
}

pub(super) fn time(place: &str, text: &str) -> Checked<Time> {
    let parsed = || {
        let (hour, minute) = clock(text)?;
        // 24:00 is the midnight that ends the day; as an end at or before its beginning it is the next day's.
        Time::new(if (hour, minute) == (24, 0) { 0 } else { hour }, minute, 0, 0).ok()
    };
    parsed().map_or_else(|| wrong(place, format!("{text:?} is not a local time: write HH:MM")), Ok)
}

pub(super) fn date(place: &str, text: &str) -> Checked<Date> {
    // The calendar library reads more than a date as a date.
    let plain = text.len() == "YYYY-MM-DD".len();
    let parsed = plain.then(|| text.parse().ok()).flatten();
    parsed.map_or_else(|| wrong(place, format!("{text:?} is not a date: write YYYY-MM-DD")), Ok)
}
