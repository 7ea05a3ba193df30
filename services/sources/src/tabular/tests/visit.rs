use serde_json::json;

use super::{events, feed, read};
use crate::tabular::Detail;

const VISITS: &str = include_str!("../../../../../config/feeds/skane.toml");
const HEADER: &str =
    "visit_id,arrived_at,triage_at,physician_at,left_at,unit,priority,ambulance,discharged_to\n";

fn body(rows: &str) -> Vec<u8> {
    format!("{HEADER}{rows}").into_bytes()
}

#[test]
fn a_visit_becomes_the_events_of_a_tickets_life() {
    let row =
        "7,2017-03-26T01:50:00,2017-03-26T02:10:30,2017-03-26T02:40:00,2017-03-26T04:00:00,C,2,1,Avdelning\n";
    let events = events(read(VISITS, &body(row)).unwrap());
    let seen: Vec<_> =
        events.iter().map(|e| (e["type"].clone(), e["time"].clone(), e["data"].clone())).collect();
    let expect =
        |kind: &str, time: &str, data| (json!(format!("fi.tilanne.queue.{kind}.v1")), json!(time), data);
    assert_eq!(
        seen,
        [
            expect(
                "joined",
                "2017-03-26T00:50:00Z",
                json!({"lane": "main", "urgency": "untriaged", "ticket": "c-7", "channel": "ambulance"})
            ),
            expect("triaged", "2017-03-26T01:10:30Z", json!({"ticket": "c-7", "urgency": "2"})),
            expect("care_started", "2017-03-26T01:40:00Z", json!({"ticket": "c-7"})),
            expect("left", "2017-03-26T03:00:00Z", json!({"ticket": "c-7", "outcome": "admitted"})),
        ]
    );
    assert_eq!(events[0]["id"], json!("c-7-joined"));
    assert!(events.iter().all(|event| event["subject"] == json!("c")));
}

#[test]
fn an_absent_stamp_is_skipped() {
    let reading = read(VISITS, &body("7,2017-01-01T00:00:00, ,,2017-01-01T02:00:00,E,3,0,Hemmet\n")).unwrap();
    let ids: Vec<_> = reading.rows[0].events.iter().map(|event| event.id.as_str()).collect();
    assert_eq!(ids, ["e-7-joined", "e-7-left"]);
}

#[test]
fn events_come_by_time_over_the_whole_body_and_by_life_at_one_instant() {
    let rows = "1,2017-01-01T00:10:00,2017-01-01T00:20:00,2017-01-01T00:20:00,2017-01-01T05:00:00,C,3,0,Hemmet\n\
                2,2017-01-01T00:05:00,2017-01-01T00:20:00,2017-01-01T00:30:00,2017-01-01T00:20:00,E,3,0,Hemmet\n\
                3,2017-01-01T00:20:00,,,,C,3,0,Hemmet\n";
    let reading = feed(VISITS).read(&body(rows), Detail::Events).unwrap();
    let ids: Vec<_> = reading.into_events().into_iter().map(|event| event.id).collect();
    assert_eq!(
        ids,
        [
            "e-2-joined",
            "c-1-joined",
            "c-3-joined",
            "c-1-triaged",
            "e-2-triaged",
            "c-1-care_started",
            "e-2-left",
            "e-2-care_started",
            "c-1-left"
        ]
    );
}

#[test]
fn rows_that_are_no_visit_are_left_out_aloud() {
    let stamps = "2017-01-01T00:10:00,2017-01-01T00:20:00,2017-01-01T00:20:00,2017-01-01T05:00:00";
    let rows = format!(
        "1,{stamps},C,3,0,Hemmet\n\
         2,{stamps},D,3,0,Hemmet\n\
         3,{stamps},C,6,0,Hemmet\n\
         4,{stamps},C,3,yes,Hemmet\n\
         5,{stamps},C,3,0,Nowhere\n\
         6,,,,,C,3,0,Hemmet\n\
         ,{stamps},C,3,0,Hemmet\n\
         1,{stamps},C,3,0,Hemmet\n\
         9,{stamps},,3,0,Hemmet\n"
    );
    let reading = read(VISITS, &body(&rows)).unwrap();
    let complaints: Vec<_> = reading.complaints.iter().map(|c| (c.line, c.sentence.as_str())).collect();
    assert_eq!(
        complaints,
        [
            (3, "column unit: `D` is not in [station.map]"),
            (4, "column priority: `6` is not in the feed's map"),
            (5, "column ambulance: `yes` is not in the feed's map"),
            (6, "column discharged_to: `Nowhere` is not in the feed's map"),
            (7, "no time column of the visit is filled"),
            (8, "column visit_id is blank, and an id needs it"),
            (9, "its id c-1-joined was already given by an earlier row of this body"),
            (10, "column unit is blank: whose row is it?"),
        ]
    );
    assert_eq!(reading.rows.len(), 1);
}

#[test]
fn a_table_without_visits_today_is_sound() {
    let reading = read(VISITS, &body("")).unwrap();
    assert_eq!((reading.rows.len(), reading.refused_rows), (0, 0));
}

#[test]
fn station_ids_can_be_made_lower_case() {
    let lower = VISITS.replace("map = { \"C\" = \"c\", \"E\" = \"e\" }", "lower_case = true");
    let reading = read(&lower, &body("7,2017-01-01T00:00:00,,,,Ä,3,0,Hemmet\n")).unwrap();
    assert_eq!(&*reading.rows[0].station, "ä");
}

#[test]
fn in_the_hour_that_exists_twice_a_visit_goes_forward() {
    let local = VISITS.replace("\"+01:00\"", "\"Europe/Stockholm\"\nambiguous = \"earlier\"");
    let mut adapter = feed(&local);
    let stamps = "2017-10-29T02:50:00,2017-10-29T02:50:00,2017-10-29T02:10:00,2017-10-29T02:20:00";
    for number in [1, 2] {
        // A second body that tells of the same night is no sign of the second time round: it has old visits
        // too.
        let reading =
            adapter.read(&body(&format!("{number},{stamps},C,3,0,Hemmet\n")), Detail::Events).unwrap();
        let times: Vec<_> = reading.rows[0].events.iter().map(|event| event.time.to_string()).collect();
        let expected =
            ["00:50:00", "00:50:00", "01:10:00", "01:20:00"].map(|time| format!("2017-10-29T{time}Z"));
        assert_eq!(times, expected);
    }
}
