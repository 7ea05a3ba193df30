//! From the file's words to an area, and every contradiction on the way.

use std::collections::BTreeMap;

use jiff::civil::{Time, Weekday};
use jiff::tz::{Offset, TimeZone};
use situation::area::{
    Area, Authority, DEFAULT_UNRESOLVED_AFTER, Feed, Lane, Pace, Scheme, Service, Station, Urgency,
};
use situation::calendar::{Days, Hours, WindowKind, WindowRule};
use situation::name::{LaneId, StationId, Trilingual, UrgencyCode, Word};

use super::Error;
use super::file::{
    AreaFile, FeedFile, HoursFile, LaneFile, Names, PaceFile, SchemeFile, Span, StationFile, WindowFile,
};

/// A feed of which nothing is said speaks every minute, like the county's own.
const DEFAULT_INTERVAL: std::time::Duration = std::time::Duration::from_secs(60);

type Checked<T> = Result<T, Error>;

fn wrong<T>(place: impl Into<String>, reason: impl Into<String>) -> Checked<T> {
    Err(Error::Meaning { place: place.into(), reason: reason.into() })
}

pub(super) fn area(file: &AreaFile) -> Checked<Area> {
    if file.id.is_empty()
        || !file.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    {
        return wrong("id", "use lower-case letters, digits and hyphens");
    }
    if file.stations.is_empty() {
        return wrong("stations", "an area needs at least one station");
    }
    let default_pace = file
        .freshness
        .as_ref()
        .map_or(Ok(Pace::of_interval(DEFAULT_INTERVAL)), |it| pace("freshness", it))?;
    let mut area = Area {
        id: file.id.clone(),
        name: names(&file.name),
        time_zone: zone(&file.time_zone)?,
        languages: words(&file.languages),
        roles: file.roles.iter().map(|(id, it)| (Word::new(id), names(&it.name))).collect(),
        organisations: file
            .organisations
            .iter()
            .map(|(id, it)| (id.as_str().into(), names(&it.name)))
            .collect(),
        schemes: BTreeMap::new(),
        windows: Vec::new(),
        stations: BTreeMap::new(),
        feeds: BTreeMap::new(),
        default_pace,
        attribution: file.attribution.clone(),
    };
    for (id, it) in &file.schemes {
        area.schemes.insert(id.as_str().into(), scheme(id, it)?);
    }
    for (at, it) in file.windows.iter().enumerate() {
        area.windows.push(window(&format!("windows[{at}]"), it)?);
    }
    for (id, it) in &file.feeds {
        let feed = feed(&format!("feeds.{id:?}"), it, &area)?;
        area.feeds.insert(id.as_str().into(), feed);
    }
    let none = StationFile::default();
    let defaults = file.station_defaults.as_ref().unwrap_or(&none);
    for (id, it) in &file.stations {
        let station = station(id, it, defaults, &area)?;
        area.stations.insert(id.as_str().into(), station);
    }
    for (id, it) in &area.stations {
        if let Some(unknown) = it.travel_minutes.keys().find(|other| !area.stations.contains_key(*other)) {
            return wrong(format!("stations.{id}.travel_minutes"), format!("there is no station {unknown}"));
        }
    }
    Ok(area)
}

fn names(names: &Names) -> Trilingual {
    Trilingual { fi: names.fi.clone(), sv: names.sv.clone(), en: names.en.clone() }
}

fn words(words: &[String]) -> Vec<Word> {
    words.iter().map(Word::new).collect()
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

fn pace(place: &str, file: &PaceFile) -> Checked<Pace> {
    let usual = Pace::of_interval(file.interval.0);
    let or = |set: Option<Span>, usual| set.map_or(usual, |span| span.0);
    let pace = Pace {
        interval: file.interval.0,
        ageing_after: or(file.ageing_after, usual.ageing_after),
        stale_after: or(file.stale_after, usual.stale_after),
        lost_after: or(file.lost_after, usual.lost_after),
    };
    if pace.interval.is_zero() || pace.ageing_after > pace.stale_after || pace.stale_after > pace.lost_after {
        return wrong(
            place,
            "a feed goes from ageing to stale to lost: set the spans in that order, none of them zero",
        );
    }
    Ok(pace)
}

fn scheme(id: &str, file: &SchemeFile) -> Checked<Scheme> {
    let mut urgencies: Vec<Urgency> = Vec::new();
    for it in &file.urgencies {
        let code = UrgencyCode::new(&it.code);
        if code.is_untriaged() || it.code.is_empty() || urgencies.iter().any(|known| known.code == code) {
            return wrong(
                format!("schemes.{id}"),
                format!("urgency {:?} is empty, untriaged or there twice", it.code),
            );
        }
        let plain = || Trilingual { fi: it.code.clone(), sv: it.code.clone(), en: it.code.clone() };
        let name = it.name.as_ref().map_or_else(plain, names);
        urgencies.push(Urgency { code, name, target: it.target.map(|span| span.0) });
    }
    Ok(Scheme { urgencies, untriaged_target: file.untriaged_target.map(|span| span.0) })
}

fn window(place: &str, file: &WindowFile) -> Checked<WindowRule> {
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
    Ok(WindowRule {
        kind,
        name: names(&file.name),
        days: days(place, &file.days)?,
        from: time(place, &file.from)?,
        to: time(place, &file.to)?,
        to_day: file.to_day.as_deref().map(|day| weekday(place, day)).transpose()?,
    })
}

fn feed(place: &str, file: &FeedFile, area: &Area) -> Checked<Feed> {
    if !crate::subject::Family::ALL.iter().any(|family| family.as_str() == file.family) {
        return wrong(place, format!("family {:?}: use queue, staffing or capacity", file.family));
    }
    if let Some(id) = file.organisation.as_deref().filter(|id| !area.organisations.contains_key(*id)) {
        return wrong(place, format!("there is no organisation {id:?}"));
    }
    Ok(Feed {
        organisation: file.organisation.as_deref().map(Into::into),
        family: Word::new(&file.family),
        pace: file.freshness.as_ref().map_or(Ok(area.default_pace), |it| pace(place, it))?,
        copies_plan: file.copies_plan,
    })
}

/// Kinds of station to which nobody comes to be seen.
const NOT_COUNTED: [&str; 7] = [
    "home_hospital",
    "mobile_unit",
    "remote_reception",
    "phone_line",
    "crisis_desk",
    "dental_on_call",
    "partner",
];

fn station(id: &str, file: &StationFile, defaults: &StationFile, area: &Area) -> Checked<Station> {
    let place = format!("stations.{id}");
    // Ids stand in addresses, subjects and hashes: in ASCII the order of their bytes is canonical.
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')) {
        return wrong(place, "use letters A-Z a-z, digits, dot, underscore and hyphen for the id");
    }
    let or = |own: &Option<String>, default: &Option<String>| own.clone().or_else(|| default.clone());
    let organisation = or(&file.organisation, &defaults.organisation);
    if let Some(unknown) = organisation.as_deref().filter(|id| !area.organisations.contains_key(*id)) {
        return wrong(place, format!("there is no organisation {unknown:?}"));
    }
    let Some(name) = file.name.as_ref() else { return wrong(place, "name is missing: give fi, sv and en") };
    let feeds = if file.feeds.is_empty() { &defaults.feeds } else { &file.feeds };
    if let Some(unknown) = feeds.iter().find(|id| !area.feeds.contains_key(id.as_str())) {
        return wrong(place, format!("feed {unknown:?} is not listed under [feeds]"));
    }
    if file.always_open && !file.hours.is_empty() {
        return wrong(place, "always_open and hours contradict each other: leave one out");
    }
    let hours = if file.hours.is_empty() { &defaults.hours } else { &file.hours };
    let mut lanes = BTreeMap::new();
    for (lane_id, it) in defaults.lanes.iter().chain(&file.lanes) {
        lanes.insert(LaneId::new(lane_id), lane(&format!("{place}.lanes.{lane_id}"), it, area)?);
    }
    let languages = if file.languages.is_empty() { &defaults.languages } else { &file.languages };
    let services = file
        .services
        .iter()
        .map(|(id, it)| (Word::new(id), Service { age_from: it.age_from, age_below: it.age_below }));
    let kind = or(&file.kind, &defaults.kind).unwrap_or_default();
    Ok(Station {
        rank: file.rank,
        name: names(name),
        counted: file.counted.or(defaults.counted).unwrap_or(!NOT_COUNTED.contains(&kind.as_str())),
        kind: Word::new(kind),
        organisation: organisation.as_deref().map(Into::into),
        always_open: file.always_open || (defaults.always_open && file.hours.is_empty()),
        hours: hours.iter().map(|it| self::hours(&place, it)).collect::<Checked<_>>()?,
        lanes,
        feeds: feeds.iter().map(|id| id.as_str().into()).collect(),
        services: services.collect(),
        languages: words(languages),
        travel_minutes: file.travel_minutes.iter().map(|(id, min)| (StationId::new(id), *min)).collect(),
        required: defaults
            .required
            .iter()
            .chain(&file.required)
            .map(|(role, n)| (Word::new(role), *n))
            .collect(),
    })
}

fn lane(place: &str, file: &LaneFile, area: &Area) -> Checked<Lane> {
    let authority = match file.authority.as_str() {
        "tickets" => Authority::Tickets,
        "counts" => Authority::Counts,
        other => return wrong(place, format!("authority {other:?}: use tickets or counts")),
    };
    if let Some(unknown) = file.scheme.as_deref().filter(|id| !area.schemes.contains_key(*id)) {
        return wrong(place, format!("there is no scheme {unknown:?}"));
    }
    if file.unresolved_after.is_some_and(|span| span.0.is_zero()) {
        return wrong(place, "unresolved_after is zero: nobody would ever be counted");
    }
    Ok(Lane {
        rank: file.rank,
        name: names(&file.name),
        scheme: file.scheme.as_deref().map(Word::new),
        authority,
        unresolved_after: file.unresolved_after.map_or(DEFAULT_UNRESOLVED_AFTER, |span| span.0),
    })
}

fn hours(place: &str, file: &HoursFile) -> Checked<Hours> {
    let doors_until = time(place, &file.doors_until)?;
    let hours = Hours {
        days: days(place, &file.days)?,
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

fn days(place: &str, tokens: &[String]) -> Checked<Days> {
    let mut days = Days::default();
    for token in tokens {
        match token.as_str() {
            "every" => days = Days::ALL,
            "weekdays" => {
                for day in [
                    Weekday::Monday,
                    Weekday::Tuesday,
                    Weekday::Wednesday,
                    Weekday::Thursday,
                    Weekday::Friday,
                ] {
                    days = days.with(day);
                }
            }
            day => days = days.with(weekday(place, day)?),
        }
    }
    if days == Days::default() { wrong(place, "days is empty") } else { Ok(days) }
}

fn weekday(place: &str, text: &str) -> Checked<Weekday> {
    match text {
        "mon" => Ok(Weekday::Monday),
        "tue" => Ok(Weekday::Tuesday),
        "wed" => Ok(Weekday::Wednesday),
        "thu" => Ok(Weekday::Thursday),
        "fri" => Ok(Weekday::Friday),
        "sat" => Ok(Weekday::Saturday),
        "sun" => Ok(Weekday::Sunday),
        other => {
            wrong(place, format!("day {other:?}: use mon, tue, wed, thu, fri, sat, sun, weekdays or every"))
        }
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

fn time(place: &str, text: &str) -> Checked<Time> {
    let parsed = || {
        let (hour, minute) = clock(text)?;
        // 24:00 is the midnight that ends the day; as an end at or before its beginning it is the next day's.
        Time::new(if (hour, minute) == (24, 0) { 0 } else { hour }, minute, 0, 0).ok()
    };
    parsed().map_or_else(|| wrong(place, format!("{text:?} is not a local time: write HH:MM")), Ok)
}
