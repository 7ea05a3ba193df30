//! What happened, with its times: alarms, silent feeds, gaps, doors; and what is open.

use serde_json::Value;

use super::{Section, in_order, most, stations::left};
use crate::handover::cells::{Cells, UNKNOWN, get, members, number, path};

/// Those first of which nobody took notice, then those that stand, then in order of time.
pub(super) fn alarms(cells: &Cells, report: &Value) -> Section {
    let mut rows: Vec<_> = members(get(report, "alarms"))
        .map(|(key, alarm)| {
            let is_handled = ["acknowledged", "shelved"].iter().any(|how| !get(alarm, how).is_null());
            ((is_handled, !get(alarm, "cleared_at").is_null(), key), self::alarm(cells, alarm))
        })
        .collect();
    rows.sort_by_key(|(order, _)| *order);
    let rows = rows.into_iter().map(|(_, row)| row).collect();
    Section::new(cells, "alarms", &["alarm", "where", "stood", "handling"], rows, most::ALARMS)
}

fn alarm(cells: &Cells, alarm: &Value) -> Vec<String> {
    let names = ["station_name", "lane_name", "role_name"].into_iter();
    let mut place: Vec<_> = names.filter_map(|part| cells.name(get(alarm, part))).collect();
    place.extend(get(alarm, "urgency").as_str().map(|code| cells.word(code)));
    let text = cells.name(get(alarm, "text")).unwrap_or_else(|| UNKNOWN.to_owned());
    let handled = |how: &str| {
        let done = get(alarm, how);
        let actor = get(done, "actor").as_str()?;
        let reason = get(done, "reason").as_str().map(|reason| format!(": {reason}")).unwrap_or_default();
        Some(format!("{} {actor}{reason}", cells.time(get(done, "at"))))
    };
    let handling: Vec<_> = ["acknowledged", "shelved"].into_iter().filter_map(handled).collect();
    let handling = if handling.is_empty() { cells.word("unacknowledged") } else { handling.join("; ") };
    vec![text, place.join(", "), cells.span(get(alarm, "raised_at"), get(alarm, "cleared_at")), handling]
}

/// A row for each silence.
pub(super) fn silences(cells: &Cells, report: &Value) -> Section {
    let mut rows = Vec::new();
    for (feed, told) in members(get(report, "silences")) {
        for (from, silence) in members(get(told, "times")) {
            let names: Vec<_> =
                members(get(silence, "stations")).filter_map(|(_, name)| cells.name(name)).collect();
            let from = if from == "never" { Value::Null } else { Value::from(from) };
            let worst = get(silence, "worst").as_str().unwrap_or(UNKNOWN);
            rows.push(vec![
                feed.to_owned(),
                names.join(", "),
                cells.span(&from, get(silence, "to")),
                cells.word(worst),
            ]);
        }
    }
    Section::new(cells, "silences", &["feed", "where", "time", "worst"], rows, most::SILENCES)
}

/// A row for each time in which fewer were at work than required.
pub(super) fn gaps(cells: &Cells, report: &Value) -> Section {
    let mut rows = Vec::new();
    for (name, station) in in_order(cells, report) {
        for (post, told) in members(get(station, "gaps")) {
            let role = cells.name(get(told, "name")).unwrap_or_else(|| post.to_owned());
            for (from, gap) in members(get(told, "times")) {
                rows.push(vec![
                    name.clone(),
                    role.clone(),
                    cells.span(&Value::from(from), get(gap, "to")),
                    number(get(gap, "missing")),
                    format!("{} / {}", number(get(gap, "on_duty")), number(get(gap, "required"))),
                ]);
            }
        }
    }
    Section::new(cells, "gaps", &["station", "role", "time", "missing", "on_duty"], rows, most::GAPS)
}

/// Stations that closed, and those whose hours became others.
pub(super) fn closings(cells: &Cells, report: &Value) -> Section {
    let mut rows = Vec::new();
    for (name, station) in in_order(cells, report) {
        for (at, closing) in members(get(station, "closings")) {
            let mut what = vec![left(cells, get(closing, "left"))];
            let empty = get(closing, "empty_at");
            if !empty.is_null() && get(closing, "inside").as_u64() != Some(0) {
                what.push(cells.with("empty", "{time}", &cells.time(empty)));
            }
            let still = get(closing, "still").as_u64();
            what.extend(still.map(|still| cells.with("still", "{count}", &still.to_string())));
            what.retain(|text| !text.is_empty());
            let told = if what.is_empty() { String::new() } else { format!(": {}", what.join(", ")) };
            rows.push(vec![
                name.clone(),
                format!("{} {}{told}", cells.word("closed"), cells.time(&Value::from(at))),
                number(get(closing, "inside")),
                number(get(closing, "unseen")),
            ]);
        }
        if let Some(changed) = hours_changed(cells, station) {
            rows.push(vec![name, changed, String::new(), String::new()]);
        }
    }
    Section::new(
        cells,
        "closings",
        &["station", "stood", "inside", "unseen_at_closing"],
        rows,
        most::CLOSINGS,
    )
}

/// Of a station that was open at both ends: by when it closes, if that is another time now.
fn hours_changed(cells: &Cells, station: &Value) -> Option<String> {
    let is_open = |when: &str| path(station, &[when, "open"]).as_bool() == Some(true);
    if !is_open("start") || !is_open("end") {
        return None;
    }
    let moved = |part: &str| {
        let (start, end) = (path(station, &["start", part]), path(station, &["end", part]));
        (start != end).then(|| format!("{} → {}", cells.time(start), cells.time(end)))
    };
    let intake = moved("intake_until").map(|moved| format!("{} {moved}", cells.word("intake")));
    let doors = moved("doors_until").map(|moved| format!("{} {moved}", cells.word("doors")));
    let moved: Vec<_> = [intake, doors].into_iter().flatten().collect();
    (!moved.is_empty()).then(|| format!("{}: {}", cells.word("hours_changed"), moved.join(", ")))
}

/// What the next shift has to read: notes, then notices.
pub(super) fn notes(cells: &Cells, report: &Value) -> Section {
    let mut rows = Vec::new();
    for (_, note) in members(get(report, "notes")) {
        let place = cells.name(get(note, "station_name")).unwrap_or_default();
        let by = get(note, "actor").as_str().unwrap_or_default();
        let text = get(note, "text").as_str().unwrap_or_default();
        let span = cells.span(get(note, "at"), get(note, "until"));
        rows.push(vec![text.to_owned(), place, by.to_owned(), span]);
    }
    let mut notices = |place: &str, told: &Value| {
        for (_, notice) in members(told) {
            let text = cells.name(get(notice, "text")).unwrap_or_default();
            let span = cells.span(get(notice, "from"), get(notice, "until"));
            rows.push(vec![text, place.to_owned(), String::new(), span]);
        }
    };
    notices("", get(report, "notices"));
    for (name, station) in in_order(cells, report) {
        notices(&name, get(station, "notices"));
    }
    Section::new(cells, "notes", &["note", "where", "by", "stood"], rows, most::NOTES)
}
