//! The keys about time: eves, windows, shifts, hours and their exceptions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Names;

table! {
    /// The day before a public holiday. One that falls on a Saturday or Sunday has its name only.
    EveFile {
        /// Before which: `new_years_day`, `epiphany`, `good_friday`, `easter_sunday`, `may_day`,
        /// `ascension_day`, `whit_sunday`, `all_saints_day`, `independence_day`, or any `public_holiday`.
        before: String,
        /// Its name.
        name: Names,
        /// The hours of stations that do not name `eve` themselves: those of a day of the week (`fri`), or
        /// those of a customary closed day (`closed`: the day is a day off). Unset: the day's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hours_as: Option<String>,
    }
}

table! {
    /// A window of the week (`days`), or over days off that follow each other (`over`).
    WindowFile {
        /// `office`, `evening`, `night`, `weekend` or `holiday`.
        kind: String,
        /// Its name.
        name: Names,
        /// Days on which it begins: `mon` … `sun`, `weekdays`, `every`, `public_holiday`,
        /// `customary_closed`, `eve`. Office hours of `mon` … `fri` are not on days off.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        days: Vec<String>,
        /// Instead of `days`: over every `weekend` with the days off that adjoin it, or over every `holiday`
        /// (or several days off) that adjoins none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        over: Option<String>,
        /// With `over`, the day on which it begins: `day_before`, the last working day before (if unset), or
        /// `first_day`, the first day off.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        begins: Option<String>,
        /// With `over`: a single working day between two days off counts as one of them.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        bridges: bool,
        /// Begins, local time `HH:MM`.
        from: String,
        /// Ends, local time: the next day when at or before `from`; with `over`, on the next working day.
        to: String,
        /// Ends on this day of the week instead.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to_day: Option<String>,
    }
}

table! {
    /// A shift.
    ShiftFile {
        /// Its name.
        name: Names,
        /// Days on which it begins, as of hours. A day of a kind (`public_holiday` …) takes the shifts that
        /// name its kind, alone.
        days: Vec<String>,
        /// Begins, local time `HH:MM`.
        from: String,
        /// Ends, local time; the next day when at or before `from`.
        to: String,
    }
}

table! {
    /// Opening hours on some days; a time at or before `opens` is of the next day.
    HoursFile {
        /// `mon` … `sun`, `weekdays`, `every`, and where `holidays` are kept `public_holiday`,
        /// `customary_closed`, `eve`. A day of these kinds takes the rows that name its kind, alone; without
        /// such rows those of `mon` … `fri` do not hold on public holidays and customary closed days, and
        /// those of `every`, `sat` and `sun` do. Unset only in an exception of one `date`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        days: Vec<String>,
        /// The doors open.
        opens: String,
        /// Nobody is taken in after this; `doors_until` where unset.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        intake_until: Option<String>,
        /// The last care ends.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last_care_until: Option<String>,
        /// The doors close.
        doors_until: String,
    }
}

table! {
    /// Dates on which hours are not the usual ones: `date`, or `from` and `to`; `closed = true`, or `hours`.
    ExceptionFile {
        /// One local date, `YYYY-MM-DD`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        date: Option<String>,
        /// The first of several dates.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<String>,
        /// The last of several dates.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<String>,
        /// Closed.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        closed: bool,
        /// The hours in place of the usual ones.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        hours: Vec<HoursFile>,
        /// Why, as screens show it on these dates.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Names>,
    }
}
