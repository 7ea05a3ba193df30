//! Opening hours of stations and services, and their exceptions.

use jiff::civil::{Date, Time};
use situation::calendar::{Calendar, Days, Exception, Hours};

use super::super::file::{ExceptionFile, HoursFile};
use super::days::{date, days, time};
use super::{Checked, names, wrong};

pub(super) fn hours(place: &str, rows: &[HoursFile], calendar: &Calendar) -> Checked<Vec<Hours>> {
    let rows = rows.iter().enumerate();
    rows.map(|(at, it)| {
        let place = format!("{place}.hours[{at}]");
        row(&place, it, days(&place, &it.days, calendar)?)
    })
    .collect()
}

pub(super) fn exceptions(
    place: &str,
    files: &[ExceptionFile],
    calendar: &Calendar,
) -> Checked<Vec<Exception>> {
    let files = files.iter().enumerate();
    files.map(|(at, it)| exception(&format!("{place}.exceptions[{at}]"), it, calendar)).collect()
}

fn exception(place: &str, file: &ExceptionFile, calendar: &Calendar) -> Checked<Exception> {
    let (from, to) = dates(place, file)?;
    if file.closed != file.hours.is_empty() {
        return wrong(place, "say either closed = true or the hours of these dates");
    }
    let hours = if file.date.is_some() {
        hours_of_a_date(place, &file.hours)?
    } else {
        hours(place, &file.hours, calendar)?
    };
    Ok(Exception { from, to, hours, reason: file.reason.as_ref().map(names) })
}

fn dates(place: &str, file: &ExceptionFile) -> Checked<(Date, Date)> {
    match (&file.date, &file.from, &file.to) {
        (Some(only), None, None) => date(place, only).map(|date| (date, date)),
        (None, Some(from), Some(to)) => {
            let (from, to) = (date(place, from)?, date(place, to)?);
            if to < from {
                return wrong(place, "to is before from: write the first date, then the last");
            }
            Ok((from, to))
        }
        _ => wrong(place, "give either date, or from and to (the first and the last date)"),
    }
}

/// The hours of a single date hold on it, whatever day it is.
fn hours_of_a_date(place: &str, rows: &[HoursFile]) -> Checked<Vec<Hours>> {
    let rows = rows.iter().enumerate();
    rows.map(|(at, it)| {
        let place = format!("{place}.hours[{at}]");
        if it.days.is_empty() {
            row(&place, it, Days::ALL)
        } else {
            wrong(place, "the hours of one date need no days: leave days out")
        }
    })
    .collect()
}

fn row(place: &str, file: &HoursFile, days: Days) -> Checked<Hours> {
    let doors_until = time(place, &file.doors_until)?;
    let hours = Hours {
        days,
        opens: time(place, &file.opens)?,
        intake_until: file.intake_until.as_deref().map_or(Ok(doors_until), |text| time(place, text))?,
        last_care_until: file.last_care_until.as_deref().map(|text| time(place, text)).transpose()?,
        doors_until,
    };
    // How long after opening: at or before it means the next day.
    let after = |time: Time| {
        let minutes = |time: Time| i32::from(time.hour()) * 60 + i32::from(time.minute());
        (minutes(time) - minutes(hours.opens) - 1).rem_euclid(24 * 60)
    };
    let inside = |time: Time| after(time) <= after(doors_until);
    if !inside(hours.intake_until) || !hours.last_care_until.is_none_or(inside) {
        return wrong(place, "intake_until and last_care_until lie between opens and doors_until");
    }
    Ok(hours)
}
