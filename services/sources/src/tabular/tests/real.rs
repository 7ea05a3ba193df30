//! On the real files, where they are present: `../shared/data` beside the workspace, or `TILANNE_DATA`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::{events, feed};
use crate::tabular::{Adapter, Detail, Event, Outcome, Reading};

const QUEBEC: &str = include_str!("../../../../../config/feeds/quebec.toml");
const WEEK: &str = include_str!("../../../../../config/feeds/quebec-week.toml");
const SKANE: &str = include_str!("../../../../../config/feeds/skane.toml");

/// A real file's bytes, or nothing, said aloud, where the data is absent.
fn file(name: &str) -> Option<Vec<u8>> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data"));
    let path = std::env::var_os("TILANNE_DATA").map_or_else(beside, PathBuf::from).join(name);
    let bytes = std::fs::read(&path).ok();
    if bytes.is_none() {
        eprintln!("skipped: {} is not here", path.display());
    }
    bytes
}

fn sample(name: &str) -> Option<Vec<u8>> {
    file(&format!("quebec_ed_hourly/raw_samples/{name}"))
}

fn unpacked(bytes: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text
}

fn read(adapter: &mut Adapter, bytes: &[u8]) -> Reading {
    let reading = adapter.read(bytes, Detail::Cells).unwrap();
    assert_eq!(reading.outcome, Outcome::Rows);
    assert!(reading.complaints.is_empty(), "{:?}", reading.complaints);
    reading
}

/// The column of a row kept, by station.
fn column(reading: &Reading, name: &str) -> BTreeMap<String, Option<String>> {
    reading.rows.iter().map(|row| (row.station.to_string(), row.cells[name].clone())).collect()
}

#[test]
fn the_raw_samples_are_read_with_their_totals_left_out() {
    let mut adapter = feed(QUEBEC);
    for (name, stations, instant) in [
        ("2023-02-01T1346_first_130lines.csv", 113, "2023-02-01T18:46:00Z"),
        ("2023-11-05T0145_dst_fall_back.csv", 115, "2023-11-05T05:45:00Z"),
        ("2024-03-10T0345_after_spring_forward.csv", 115, "2024-03-10T07:45:00Z"),
        ("2025-01-07T1345_typical_winter.csv", 115, "2025-01-07T18:45:00Z"),
    ] {
        let Some(bytes) = sample(name) else { return };
        let reading = read(&mut adapter, &bytes);
        assert_eq!((reading.rows.len(), reading.left_out), (stations, 16), "{name}");
        assert!(reading.rows.iter().all(|row| row.time.to_string() == instant), "{name}");
        assert!(reading.rows.iter().all(|row| row.events.len() == 2), "{name}");
    }
}

#[test]
fn names_come_out_right() {
    let Some(bytes) = sample("2023-02-01T1346_first_130lines.csv") else { return };
    let reading = read(&mut feed(QUEBEC), &bytes);
    let names = column(&reading, "Nom_installation");
    assert!(names.values().flatten().any(|name| name == "HÔPITAL DU SACRÉ-CŒUR DE MONTRÉAL"));
    assert_eq!(names["51229193"].as_deref(), Some("HÔPITAL HONORÉ-MERCIER"));
    for closed_since in ["12431656", "12599213", "12685608", "12745725"] {
        assert!(names.contains_key(closed_since), "{closed_since} is for the recorder to reject");
    }
}

#[test]
fn a_silent_hospital_is_null_in_every_member() {
    let Some(bytes) = sample("2025-01-07T1345_typical_winter.csv") else { return };
    let all = events(read(&mut feed(QUEBEC), &bytes));
    let silent: Vec<&Value> =
        all.iter().filter(|event| event["subject"] == "51229193").map(|event| &event["data"]).collect();
    assert_eq!(
        silent,
        [
            &json!({"lane": "main", "present": null, "waiting": null}),
            &json!({"resource": "stretcher", "occupied": null, "total": null})
        ]
    );
}

#[test]
fn the_second_quarter_to_two_of_an_autumn_night_is_an_hour_later() {
    let Some(bytes) = sample("2023-11-05T0145_dst_fall_back.csv") else { return };
    let mut adapter = feed(QUEBEC);
    assert_eq!(read(&mut adapter, &bytes).rows[0].time.to_string(), "2023-11-05T05:45:00Z");
    assert_eq!(adapter.read(&bytes, Detail::Cells).unwrap().outcome, Outcome::Unchanged);
    // The first station's stretchers, 9 of them, become 8.
    let mut later = bytes.clone();
    let at = bytes.windows(12).position(|found| found == b"51218352,9,5").unwrap();
    later[at + 9] = b'8';
    assert_eq!(read(&mut adapter, &later).rows[0].time.to_string(), "2023-11-05T06:45:00Z");
}

#[test]
fn no_beginning_of_a_real_body_passes_for_a_whole_one() {
    let Some(bytes) = sample("2025-01-07T1345_typical_winter.csv") else { return };
    let adapter = feed(QUEBEC);
    for length in (1..bytes.len() - 1).step_by(61) {
        assert!(adapter.clone().read(&bytes[..length], Detail::Events).is_err(), "{length} bytes were taken");
    }
}

#[test]
fn every_cell_of_the_week_stands_in_an_event_and_blank_is_null() {
    let Some(bytes) = file("quebec_ed_hourly/replay_week_2025-01-06.csv.gz") else { return };
    let reading = read(&mut feed(WEEK), &bytes);
    assert_eq!((reading.rows.len(), reading.left_out), (18_400, 0));
    let instants: BTreeSet<_> = reading.rows.iter().map(|row| row.time).collect();
    assert_eq!(instants.len(), 160);

    let mut silent = 0;
    let number = |cell: &str| if cell.is_empty() { Value::Null } else { json!(cell.parse::<u32>().unwrap()) };
    for (line, row) in unpacked(&bytes).lines().skip(1).zip(&reading.rows) {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!((&*row.station, row.time.to_string().as_str()), (cells[3], cells[0]));
        let expected = [
            json!({"lane": "main", "present": number(cells[8]), "waiting": number(cells[9])}),
            json!({"resource": "stretcher", "total": number(cells[4]), "occupied": number(cells[5])}),
        ];
        let data: Vec<Value> = row.events.iter().map(|event| event.to_value()["data"].clone()).collect();
        assert_eq!(data, expected, "line {}", row.line);
        silent += usize::from(cells[8].is_empty());
    }
    assert_eq!(silent, 27);
}

#[test]
fn the_raw_table_and_the_week_tell_one_hour_in_the_same_events() {
    let Some(raw) = sample("2025-01-07T1345_typical_winter.csv") else { return };
    let Some(week) = file("quebec_ed_hourly/replay_week_2025-01-06.csv.gz") else { return };
    let by_id = |reading: Reading| -> BTreeMap<String, Value> {
        reading.into_events().iter().map(|event| (event.id.clone(), event.to_value())).collect()
    };
    let raw = by_id(read(&mut feed(QUEBEC), &raw));
    let week = by_id(read(&mut feed(WEEK), &week));
    assert_eq!(raw.len(), 230);
    for (id, event) in &raw {
        assert_eq!(week.get(id), Some(event));
    }
}

#[test]
fn every_visit_of_the_year_becomes_its_four_events_in_order() {
    let Some(bytes) = file("skane_ed_synthetic/skane_two_eds_2017.csv.gz") else { return };
    let started = std::time::Instant::now();
    let reading = feed(SKANE).read(&bytes, Detail::Events).unwrap();
    assert!(reading.complaints.is_empty(), "{:?}", reading.complaints.first());
    assert_eq!((reading.rows.len(), reading.left_out), (53_265, 0));
    let stations = |wanted: &str| reading.rows.iter().filter(|row| &*row.station == wanted).count();
    assert_eq!((stations("c"), stations("e")), (32_912, 20_353));

    let events = reading.into_events();
    eprintln!("read and sorted {} events in {:?}", events.len(), started.elapsed());
    assert_eq!(events.len(), 213_060);
    assert!(events.is_sorted_by_key(|event| (event.time, event.rank)));
    let ids: BTreeSet<&str> = events.iter().map(|event| event.id.as_str()).collect();
    assert_eq!(ids.len(), events.len());
    let with = |member: &str, code: &str| {
        let holds =
            |event: &&Event| event.data.iter().any(|(name, value)| &**name == member && value == code);
        events.iter().filter(holds).count()
    };
    assert_eq!(
        (with("channel", "ambulance"), with("urgency", "1"), with("urgency", "5")),
        (14_843, 3_075, 60)
    );
    assert_eq!((with("outcome", "admitted"), with("outcome", "died")), (17_615, 30));
    assert_eq!(with("urgency", "untriaged"), 53_265);
}
