//! What became of each station: queues, waits, places.

use serde_json::Value;

use super::{Section, in_order, most};
use crate::handover::cells::{Cells, UNKNOWN, get, members, number, path};

/// A row for the area, then one for each station at which there is anything to tell.
pub(super) fn stations(cells: &Cells, report: &Value) -> Section {
    let nothing = String::new;
    let mut rows = Vec::new();
    if get(report, "levels").is_object() {
        let levels = levels(cells, get(report, "levels"));
        rows.push(vec![
            cells.word("area"),
            nothing(),
            levels,
            nothing(),
            nothing(),
            nothing(),
            nothing(),
            nothing(),
        ]);
    }
    for (name, station) in in_order(cells, report) {
        if is_quiet(station) {
            continue;
        }
        rows.push(vec![
            name,
            changed(&open(cells, station, "start"), &open(cells, station, "end")),
            levels(cells, get(station, "levels")),
            changed(
                &number(path(station, &["start", "waiting"])),
                &number(path(station, &["end", "waiting"])),
            ),
            cells.peak(get(station, "most_waiting")),
            cells.peak(get(station, "most_present")),
            number(get(station, "arrived")),
            left(cells, get(station, "left")),
        ]);
    }
    let columns = ["station", "open", "level", "queue", "most_waiting", "most_present", "arrived", "left"];
    Section::new(cells, "stations", &columns, rows, most::STATIONS)
}

/// Whether there is nothing to tell: nobody came, and it was closed from beginning to end or nothing is known of it.
fn is_quiet(station: &Value) -> bool {
    let was_there = get(get(station, "most_present"), "count").as_u64().is_some_and(|count| count > 0);
    let opened = ["start", "end"].iter().any(|when| path(station, &[when, "open"]).as_bool() != Some(false));
    let told_of = ["most_waiting", "most_present", "levels"].iter().any(|part| !get(station, part).is_null());
    !(was_there || opened && told_of)
}

fn open(cells: &Cells, station: &Value, when: &str) -> String {
    match path(station, &[when, "open"]).as_bool() {
        Some(true) => cells.word("yes"),
        Some(false) => cells.word("no"),
        None => UNKNOWN.to_owned(),
    }
}

/// So many times of a level fit into a cell.
const MOST_SPANS: usize = 3;

fn changed(start: &str, end: &str) -> String {
    if start == end { end.to_owned() } else { format!("{start} → {end}") }
}

/// How bad it was, with all its times, and how it stands: the whole course is in the JSON.
fn levels(cells: &Cells, levels: &Value) -> String {
    let stays: Vec<_> =
        members(levels).map(|(from, stood)| (from, get(stood, "level"), get(stood, "to"))).collect();
    let worst = stays.iter().filter_map(|(_, level, _)| level.as_u64()).max();
    let (Some(worst), Some((last_from, last, last_to))) = (worst, stays.last()) else {
        return UNKNOWN.to_owned();
    };
    // What ends where it begins again went on.
    let mut spans: Vec<(&str, &Value)> = Vec::new();
    for (from, _, to) in stays.iter().filter(|(_, level, _)| level.as_u64() == Some(worst)) {
        match spans.last_mut().filter(|(_, ended)| ended.as_str() == Some(from)) {
            Some((_, ended)) => *ended = to,
            None => spans.push((from, to)),
        }
    }
    let span = |from: &str, to: &Value| cells.span(&Value::from(from), to);
    let times: Vec<_> = spans.iter().take(MOST_SPANS).map(|(from, to)| span(from, to)).collect();
    let more =
        if spans.len() > MOST_SPANS { format!(", +{}", spans.len() - MOST_SPANS) } else { String::new() };
    let told = format!("{worst} ({}{more})", times.join(", "));
    if last.as_u64() == Some(worst) {
        return told;
    }
    format!("{told}, {} ({})", number(last), span(last_from, last_to))
}

/// How many left, by how.
pub(super) fn left(cells: &Cells, left: &Value) -> String {
    let told = members(left).map(|(how, count)| format!("{} {}", number(count), cells.word(how)));
    told.collect::<Vec<_>>().join(", ")
}

/// A row for each urgency of each lane, those first whose targets were missed most.
pub(super) fn waits(cells: &Cells, report: &Value) -> Section {
    let mut rows = Vec::new();
    for (station, told) in in_order(cells, report) {
        for (id, lane) in members(get(told, "lanes")) {
            let name = cells.name(get(lane, "name")).unwrap_or_else(|| id.to_owned());
            for (code, waits) in members(get(lane, "waits")) {
                let row = wait(cells, format!("{station}, {name}"), code, waits);
                rows.push((missed(waits), get(waits, "rank").as_u64().unwrap_or(u64::MAX), row));
            }
        }
    }
    rows.sort_by_key(|(missed, rank, _)| (std::cmp::Reverse(*missed), *rank));
    let rows = rows.into_iter().map(|(_, _, row)| row).collect();
    Section::new(
        cells,
        "waits",
        &["where", "urgency", "target", "within", "longest", "waiting"],
        rows,
        most::WAITS,
    )
}

fn missed(waits: &Value) -> u64 {
    let count = |name: &str| get(waits, name).as_u64().unwrap_or_default();
    let late = get(waits, "within").as_u64().map_or(0, |within| count("seen").saturating_sub(within));
    late + count("overdue")
}

fn wait(cells: &Cells, place: String, code: &str, waits: &Value) -> Vec<String> {
    let seen = number(get(waits, "seen"));
    let within = match get(waits, "within").as_u64() {
        Some(within) => format!("{within} / {seen}"),
        None => format!("{UNKNOWN} / {seen}"),
    };
    vec![
        place,
        cells.word(code),
        cells.lasted(get(waits, "target_s")),
        within,
        cells.lasted(get(waits, "longest_s")),
        still(cells, waits),
    ]
}

/// Who still waits, how many of them too long, and the longest of them: whom the next desk must look after first.
fn still(cells: &Cells, waits: &Value) -> String {
    let waiting = number(get(waits, "waiting"));
    let overdue = get(waits, "overdue").as_u64().filter(|overdue| *overdue > 0);
    let longest = Some(get(waits, "waiting_longest_s")).filter(|longest| !longest.is_null());
    let told = [
        overdue.map(|overdue| cells.with("overdue", "{count}", &overdue.to_string())),
        longest.map(|longest| cells.with("longest_yet", "{time}", &cells.lasted(longest))),
    ];
    let told: Vec<_> = told.into_iter().flatten().collect();
    if told.is_empty() { waiting } else { format!("{waiting} ({})", told.join(", ")) }
}

/// The worst of places and callbacks.
pub(super) fn places(cells: &Cells, report: &Value) -> Section {
    let mut rows = Vec::new();
    for (name, station) in in_order(cells, report) {
        for (kind, places) in members(get(station, "places")) {
            let word = cells.word(if kind == "remote" { "remote_place" } else { kind });
            let least = get(places, "least_free");
            let mut told = Vec::new();
            if !least.is_null() {
                let at = cells.time(get(least, "at"));
                told.push(format!("{} {} ({at})", cells.word("least_free"), number(get(least, "free"))));
            }
            let boarding = get(places, "most_boarding");
            if get(boarding, "count").as_u64().is_some_and(|count| count > 0) {
                told.push(format!("{} {}", cells.word("most_boarding"), cells.peak(boarding)));
            }
            if !told.is_empty() {
                rows.push(vec![format!("{name}, {word}"), told.join("; ")]);
            }
        }
        for (line, most) in members(get(station, "callbacks")) {
            rows.push(vec![
                format!("{name}, {line}"),
                format!("{} {}", cells.word("callbacks"), cells.peak(most)),
            ]);
        }
    }
    Section::new(cells, "places", &["where", "worst"], rows, most::PLACES)
}
