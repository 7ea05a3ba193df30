//! Windows and shifts.

use situation::calendar::{Begins, Calendar, Over, Run, ShiftRule, When, WindowKind, WindowRule};

use super::super::file::{ShiftFile, WindowFile};
use super::days::{days, time, weekday};
use super::{Checked, names, wrong};

pub(super) fn window(place: &str, file: &WindowFile, calendar: &Calendar) -> Checked<WindowRule> {
    let kind = match file.kind.as_str() {
        "office" => WindowKind::Office,
        "evening" => WindowKind::Evening,
        "night" => WindowKind::Night,
        "weekend" => WindowKind::Weekend,
        "holiday" => WindowKind::Holiday,
        other => {
            return wrong(place, format!("kind {other:?}: use office, evening, night, weekend or holiday"));
        }
    };
    let when = match file.over.as_deref() {
        Some(run) => over(place, run, file, calendar)?,
        None => on_days(place, file, calendar)?,
    };
    Ok(WindowRule {
        kind,
        name: names(&file.name),
        when,
        from: time(place, &file.from)?,
        to: time(place, &file.to)?,
    })
}

fn on_days(place: &str, file: &WindowFile, calendar: &Calendar) -> Checked<When> {
    if file.begins.is_some() || file.bridges {
        return wrong(place, "begins and bridges are for windows with over, and this one has days");
    }
    let to_day = match file.to_day.as_deref() {
        None => None,
        Some(day) => match weekday(day) {
            Some(day) => Some(day),
            None => {
                return wrong(place, format!("to_day {day:?}: use mon, tue, wed, thu, fri, sat or sun"));
            }
        },
    };
    Ok(When::On { days: days(place, &file.days, calendar)?, to_day })
}

fn over(place: &str, run: &str, file: &WindowFile, calendar: &Calendar) -> Checked<When> {
    if !file.days.is_empty() || file.to_day.is_some() {
        return wrong(
            place,
            "over contradicts days and to_day: it begins before days off and ends after them",
        );
    }
    let run = match run {
        "weekend" => Run::Weekend,
        "holiday" if calendar.holidays.is_none() => {
            return wrong(place, "over = \"holiday\" never holds: set holidays = \"finland\" as well");
        }
        "holiday" => Run::Holiday,
        other => return wrong(place, format!("over {other:?}: use weekend or holiday")),
    };
    let begins = match file.begins.as_deref() {
        None | Some("day_before") => Begins::DayBefore,
        Some("first_day") => Begins::FirstDay,
        Some(other) => return wrong(place, format!("begins {other:?}: use day_before or first_day")),
    };
    Ok(When::Over(Over { run, begins, bridges: file.bridges }))
}

pub(super) fn shift(place: &str, file: &ShiftFile, calendar: &Calendar) -> Checked<ShiftRule> {
    Ok(ShiftRule {
        name: names(&file.name),
        days: days(place, &file.days, calendar)?,
        from: time(place, &file.from)?,
        to: time(place, &file.to)?,
    })
}
