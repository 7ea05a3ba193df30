//! From the file's words to an area, and every contradiction on the way.

mod alarms;
mod days;
mod hours;
mod strain;
mod windows;

use std::collections::BTreeMap;

use situation::alarm::AlarmRules;
use situation::area::{
    Area, Authority, DEFAULT_UNRESOLVED_AFTER, Feed, Lane, Pace, Scheme, Service, Station, Urgency,
};
use situation::calendar::Calendar;
use situation::name::{LaneId, StationId, Trilingual, UrgencyCode, Word};

use super::Error;
use super::file::{
    AreaFile, FeedFile, LaneFile, Names, PaceFile, SchemeFile, ServiceFile, Span, StationFile,
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
        calendar: days::calendar(file)?,
        languages: words(&file.languages),
        roles: file.roles.iter().map(|(id, it)| (Word::new(id), names(&it.name))).collect(),
        words: file.words.iter().map(|(id, it)| (Word::new(id), names(it))).collect(),
        organisations: file
            .organisations
            .iter()
            .map(|(id, it)| (id.as_str().into(), names(&it.name)))
            .collect(),
        schemes: BTreeMap::new(),
        windows: Vec::new(),
        shifts: Vec::new(),
        stations: BTreeMap::new(),
        feeds: BTreeMap::new(),
        alarms: AlarmRules::default(),
        strain: None,
        default_pace,
        attribution: file.attribution.clone(),
    };
    for (id, it) in &file.schemes {
        area.schemes.insert(id.as_str().into(), scheme(id, it)?);
    }
    for (at, it) in file.windows.iter().enumerate() {
        area.windows.push(windows::window(&format!("windows[{at}]"), it, &area.calendar)?);
    }
    for (at, it) in file.shifts.iter().enumerate() {
        area.shifts.push(windows::shift(&format!("shifts[{at}]"), it, &area.calendar)?);
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
    if let Some(file) = &file.strain {
        area.strain = Some(strain::strain(file, &area)?);
    }
    if let Some(file) = &file.alarms {
        area.alarms = alarms::alarms(file, &area)?;
    }
    Ok(area)
}

fn names(names: &Names) -> Trilingual {
    Trilingual { fi: names.fi.clone(), sv: names.sv.clone(), en: names.en.clone() }
}

fn words(words: &[String]) -> Vec<Word> {
    words.iter().map(Word::new).collect()
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

/// The house's kinds of station. An area may have others.
const KINDS: [&str; 12] = [
    "joint_ed",
    "urgent_reception",
    "evening_reception",
    "health_station",
    "nurse_led",
    "home_hospital",
    "mobile_unit",
    "remote_reception",
    "phone_line",
    "crisis_desk",
    "dental_on_call",
    "partner",
];

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
    let (hours_place, hours) = if file.hours.is_empty() {
        ("station_defaults", &defaults.hours)
    } else {
        (place.as_str(), &file.hours)
    };
    let hours = hours::hours(hours_place, hours, &area.calendar)?;
    let always_open = file.always_open || (defaults.always_open && file.hours.is_empty());
    if (always_open || hours.is_empty()) && !file.exceptions.is_empty() {
        return wrong(
            place,
            "exceptions are from hours: give the usual hours too (always: every, 00:00 to 24:00)",
        );
    }
    let mut exceptions = hours::exceptions(&place, &file.exceptions, &area.calendar)?;
    exceptions.extend(hours::exceptions("station_defaults", &defaults.exceptions, &area.calendar)?);
    let mut lanes = BTreeMap::new();
    for (lane_id, it) in defaults.lanes.iter().chain(&file.lanes) {
        lanes.insert(LaneId::new(lane_id), lane(&format!("{place}.lanes.{lane_id}"), it, area)?);
    }
    let languages = if file.languages.is_empty() { &defaults.languages } else { &file.languages };
    let kind = or(&file.kind, &defaults.kind).unwrap_or_default();
    let mut services = BTreeMap::new();
    for (service_id, it) in &file.services {
        let place = format!("{place}.services.{service_id}");
        services.insert(Word::new(service_id), service(&place, it, &area.calendar)?);
    }
    Ok(Station {
        rank: file.rank,
        name: names(name),
        counted: file.counted.or(defaults.counted).unwrap_or(!NOT_COUNTED.contains(&kind.as_str())),
        kind: Word::new(kind),
        organisation: organisation.as_deref().map(Into::into),
        always_open,
        hours,
        exceptions,
        lanes,
        feeds: feeds.iter().map(|id| id.as_str().into()).collect(),
        services,
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

fn service(place: &str, file: &ServiceFile, calendar: &Calendar) -> Checked<Service> {
    if file.hours.is_empty() && !file.exceptions.is_empty() {
        return wrong(place, "exceptions are from hours: give the service's usual hours too");
    }
    Ok(Service {
        age_from: file.age_from,
        age_below: file.age_below,
        hours: hours::hours(place, &file.hours, calendar)?,
        exceptions: hours::exceptions(place, &file.exceptions, calendar)?,
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
