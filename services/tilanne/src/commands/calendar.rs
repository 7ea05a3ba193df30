//! `tilanne calendar`: days, windows, shifts and openings of an area.

use jiff::civil::Date;
use serde_json::{Map, Value, json};
use situation::area::Area;
use situation::calendar::{
    DayKind, OpeningSpan, openings_between, service_openings_between, shifts_between, windows_between,
};
use situation::name::{StationId, Trilingual, Word};
use situation::time::Instant;

use crate::Error;
use crate::cli::Calendar;
use crate::config;
use crate::output::say;

/// Days of one call: a century, so that a slip of the year does not print for ever.
const MAX_DAYS: usize = 36_600;

pub fn calendar(asked: &Calendar) -> Result<(), Error> {
    let settings = config::load(&asked.settings)?.values;
    let area = config::area(settings.server.area.as_deref())?.area;
    let (from, to) = (date("--from", &asked.from)?, date("--to", &asked.to)?);
    if to < from {
        return Err(Error::Usage("--to is before --from".to_owned()));
    }
    for date in from.series(jiff::Span::new().days(1)).take_while(|date| *date <= to).take(MAX_DAYS) {
        say(&if asked.json { day_json(&area, date).to_string() } else { day_text(&area, date) })?;
        for row in rows(&area, date, asked.stations) {
            say(&if asked.json { row.json(&area).to_string() } else { row.text(&area) })?;
        }
    }
    Ok(())
}

fn date(flag: &str, text: &str) -> Result<Date, Error> {
    text.parse().map_err(|_| Error::Usage(format!("{flag}: {text:?} is not a date: write YYYY-MM-DD")))
}

/// Something that begins on a date.
struct Row<'a> {
    kind: &'static str,
    of: Option<(&'a StationId, Option<&'a Word>)>,
    name: Option<Trilingual>,
    from: Instant,
    to: Instant,
    intake_until: Option<Instant>,
    last_care_until: Option<Instant>,
}

/// What begins on a local date, so that everything is printed once: windows, shifts, openings.
fn rows(area: &Area, date: Date, stations: bool) -> Vec<Row<'_>> {
    let midnight =
        |date: Date| date.to_zoned(area.calendar.zone.clone()).ok().map(|it| Instant::from(it.timestamp()));
    let (Some(from), Some(to)) = (midnight(date), date.tomorrow().ok().and_then(midnight)) else {
        return Vec::new();
    };
    let span = |kind, name, from, to| Row {
        kind,
        of: None,
        name: Some(name),
        from,
        to,
        intake_until: None,
        last_care_until: None,
    };
    let windows = windows_between(&area.windows, &area.calendar, from, to);
    let shifts = shifts_between(&area.shifts, &area.calendar, from, to);
    let mut rows: Vec<_> = windows
        .into_iter()
        .map(|it| span(it.kind.as_str(), it.name, it.from, it.to))
        .chain(shifts.into_iter().map(|it| span("shift", it.name, it.from, it.to)))
        .collect();
    if stations {
        rows.extend(openings(area, from, to));
    }
    rows.retain(|row| row.from >= from);
    rows
}

fn openings(area: &Area, from: Instant, to: Instant) -> impl Iterator<Item = Row<'_>> {
    area.stations.iter().flat_map(move |(id, station)| {
        let own = openings_between(station, &area.calendar, from, to).into_iter().map(move |it| {
            let reason = it.exception.and_then(|index| station.exceptions.get(index)?.reason.clone());
            opening((id, None), reason, it)
        });
        let services = station.services.iter().flat_map(move |(name, service)| {
            let given = service_openings_between(station, service, &area.calendar, from, to);
            given.into_iter().map(move |it| {
                let reason = it.exception.and_then(|index| service.exceptions.get(index)?.reason.clone());
                opening((id, Some(name)), reason, it)
            })
        });
        own.chain(services)
    })
}

fn opening<'a>(
    of: (&'a StationId, Option<&'a Word>),
    reason: Option<Trilingual>,
    span: OpeningSpan,
) -> Row<'a> {
    Row {
        kind: "opening",
        of: Some(of),
        name: reason,
        from: span.opens,
        to: span.doors_until,
        intake_until: Some(span.intake_until),
        last_care_until: span.last_care_until,
    }
}

impl Row<'_> {
    fn json(&self, area: &Area) -> Value {
        let mut line = Map::new();
        let mut put = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                line.insert(key.to_owned(), value);
            }
        };
        let moment = |at: Instant| Value::from(local(area, at));
        put("kind", Some(self.kind.into()));
        put("station", self.of.map(|(station, _)| station.as_str().into()));
        put("service", self.of.and_then(|(_, service)| service).map(|service| service.as_str().into()));
        put("from", Some(moment(self.from)));
        put("intake_until", self.intake_until.map(moment));
        put("last_care_until", self.last_care_until.map(moment));
        put("to", Some(moment(self.to)));
        put(if self.of.is_some() { "reason" } else { "name" }, self.name.as_ref().map(names));
        Value::Object(line)
    }

    fn text(&self, area: &Area) -> String {
        let mut what = Vec::new();
        if let Some((station, service)) = self.of {
            what.push(station.to_string());
            what.extend(service.map(ToString::to_string));
        }
        what.extend(self.name.as_ref().map(|name| in_first_language(area, name).to_owned()));
        if let Some(until) = self.intake_until.filter(|until| *until != self.to) {
            what.push(format!("intake until {}", clock(area, until)));
        }
        let (from, to) = (minute(area, self.from), minute(area, self.to));
        format!("    {:<8} {from} … {to}  {:>4}  {}", self.kind, hours(self.from, self.to), what.join(", "))
    }
}

/// An area that keeps no holidays knows of none: not known, which is not the same as no.
fn day_json(area: &Area, date: Date) -> Value {
    let found = area.calendar.day(date);
    let is = |kind| area.calendar.holidays.map(|_| found.kind == Some(kind));
    let mut line = json!({
        "kind": "day",
        "date": date.to_string(),
        "public_holiday": is(DayKind::PublicHoliday),
        "customary_closed": is(DayKind::CustomaryClosed),
    });
    if let (Some(name), Some(line)) = (found.name, line.as_object_mut()) {
        line.insert("name".into(), names(&name));
    }
    line
}

fn day_text(area: &Area, date: Date) -> String {
    let found = area.calendar.day(date);
    let kind = match found.kind {
        Some(DayKind::PublicHoliday) => "public holiday",
        Some(DayKind::CustomaryClosed) => "customary closed day",
        Some(DayKind::Eve) => "eve",
        None => "",
    };
    let name = found.name.as_ref().map_or("", |name| in_first_language(area, name));
    format!("{date}  {:<9}  {kind:<20}  {name}", format!("{:?}", date.weekday())).trim_end().to_owned()
}

fn names(name: &Trilingual) -> Value {
    json!({"fi": name.fi, "sv": name.sv, "en": name.en})
}

fn in_first_language<'a>(area: &Area, name: &'a Trilingual) -> &'a str {
    match area.languages.first().map(Word::as_str) {
        Some("sv") => &name.sv,
        Some("en") => &name.en,
        Some(_) | None => &name.fi,
    }
}

/// RFC 3339 with the area's own offset at that moment.
fn local(area: &Area, at: Instant) -> String {
    shown(area, at, "%Y-%m-%dT%H:%M:%S%:z")
}

/// The same for people, by whole minutes: no timetable has seconds.
fn minute(area: &Area, at: Instant) -> String {
    shown(area, at, "%Y-%m-%d %H:%M")
}

fn clock(area: &Area, at: Instant) -> String {
    shown(area, at, "%H:%M")
}

fn shown(area: &Area, at: Instant, form: &str) -> String {
    at.timestamp().map_or_else(
        || at.to_string(),
        |timestamp| timestamp.to_zoned(area.calendar.zone.clone()).strftime(form).to_string(),
    )
}

/// Hours as they pass, clock changes counted: `9h`, `7:30`.
fn hours(from: Instant, to: Instant) -> String {
    let minutes = (to.as_micros() - from.as_micros()) / 60_000_000;
    match minutes % 60 {
        0 => format!("{}h", minutes / 60),
        _ => format!("{}:{:02}", minutes / 60, minutes % 60),
    }
}

#[cfg(test)]
#[path = "calendar_tests.rs"]
mod tests;
