use serde_json::{Value, json};

use super::{COUNTS, HEADER, body, events, feed, gzip, read, windows_1252};
use crate::tabular::{Detail, Outcome};

#[test]
fn a_row_becomes_one_event_for_each_description() {
    let reading = read(COUNTS, &body("Here;51;12;3;0;2024-03-10T3:45\n")).unwrap();
    let expected = json!([
        {"specversion": "1.0", "id": "51-20240310T074500Z-main", "source": "/feeds/test",
         "type": "fi.tilanne.queue.observed.v1", "subject": "51", "time": "2024-03-10T07:45:00Z",
         "data": {"lane": "main", "present": 12, "waiting": 3}},
        {"specversion": "1.0", "id": "51-20240310T074500Z-stretcher", "source": "/feeds/test",
         "type": "fi.tilanne.capacity.observed.v1", "subject": "51", "time": "2024-03-10T07:45:00Z",
         "data": {"resource": "stretcher", "occupied": 0}},
    ]);
    let serialized = serde_json::to_value(&reading.rows[0].events).unwrap();
    assert_eq!(serialized, expected, "the serialized form");
    assert_eq!(Value::Array(events(reading)), expected, "the value form");
}

#[test]
fn totals_are_left_out_and_counted() {
    let rows = "Total one;;9;9;9;2024-03-10T3:45\nHere;51;12;3;0;2024-03-10T3:45\n";
    let reading = read(COUNTS, &body(rows)).unwrap();
    assert_eq!((reading.rows.len(), reading.left_out, reading.refused_rows), (1, 2, 0));
}

#[test]
fn what_was_not_reported_is_null_and_never_zero() {
    let reading = read(COUNTS, &body("Here;51;pas d'information disponible; ;0;2024-03-10T3:45\n")).unwrap();
    assert_eq!(reading.rows[0].cells["Present"], None);
    let events = events(reading);
    assert_eq!(events[0]["data"], json!({"lane": "main", "present": null, "waiting": null}));
    assert_eq!(events[1]["data"]["occupied"], json!(0), "a reported zero stays a zero");
}

#[test]
fn a_blank_cell_follows_its_rule() {
    let rows = body("Here;51;12;;0;2024-03-10T3:45\nThere;52;1;1;1;2024-03-10T3:45\n");
    let with = |rule: &str| COUNTS.replace("[cells]", &format!("[cells]\nblank = \"{rule}\""));
    let absent = read(&with("absent"), &rows).unwrap();
    assert_eq!(events(absent)[0]["data"], json!({"lane": "main", "present": 12}));
    let refused = read(&with("refuse"), &rows).unwrap();
    assert_eq!(refused.complaints[0].sentence, "column Waiting now: it is blank");
    assert_eq!(refused.rows.len(), 1);
}

#[test]
fn a_number_that_is_not_plain_digits_leaves_its_row_out_aloud() {
    for wrong in ["12a", "-1", "+1", "1.0", "1 234", "4294967296", "0x1", "١"] {
        let toml = COUNTS.replace("windows-1252", "utf-8");
        let text =
            format!("{HEADER}A;51;{wrong};3;0;2024-03-10T3:45\nB;52;1;1;1;2024-03-10T3:45\nAll of it;;;;;\n");
        let reading = read(&toml, text.as_bytes()).unwrap();
        assert_eq!(reading.complaints.len(), 1, "{wrong}");
        assert_eq!(reading.complaints[0].line, 2);
        let sentence = format!("column Present: `{wrong}` is not a whole number from 0 up");
        assert_eq!(reading.complaints[0].sentence, sentence);
        assert_eq!(&*reading.rows[0].station, "52", "the sound row is kept");
    }
}

#[test]
fn stray_white_space_in_the_header_is_tolerated_and_columns_may_move() {
    let text = "\tUpdated ; Present\t\t; Waiting \t now;Occupied;Station;Name\n\
                2024-03-10T3:45;12;3;0;51;Here\n;;;;;All of it\n";
    let reading = read(COUNTS, text.as_bytes()).unwrap();
    assert_eq!(events(reading)[0]["data"], json!({"lane": "main", "present": 12, "waiting": 3}));
}

#[test]
fn windows_1252_is_decoded_as_such() {
    let mut bytes = HEADER.as_bytes().to_vec();
    bytes.extend(b"SACR\xc9-C\x8cUR;51;1;1;1;2024-03-10T3:45\nAll of it;;;;;\n");
    let reading = read(COUNTS, &bytes).unwrap();
    assert_eq!(reading.rows[0].cells["Name"].as_deref(), Some("SACRÉ-CŒUR"));
}

#[test]
fn cells_are_kept_only_when_asked_for() {
    let reading = feed(COUNTS).read(&body("Here;51;1;1;1;2024-03-10T3:45\n"), Detail::Events).unwrap();
    assert!(reading.rows[0].cells.is_empty());
}

#[test]
fn a_row_is_shown_as_json_with_decoded_cells() {
    let reading = read(COUNTS, &body("Hôpital;51;;1;1;2024-03-10T3:45\n")).unwrap();
    let row = serde_json::to_value(&reading.rows[0]).unwrap();
    assert_eq!(row["line"], json!(2));
    assert_eq!(row["station"], json!("51"));
    assert_eq!(row["time"], json!("2024-03-10T07:45:00Z"));
    assert_eq!(row["cells"]["Name"], json!("Hôpital"));
    assert_eq!(row["cells"]["Present"], Value::Null);
    assert_eq!(row["events"].as_array().unwrap().len(), 2);
}

#[test]
fn the_same_body_again_brings_nothing_even_when_packed() {
    let mut adapter = feed(COUNTS);
    let plain = body("Here;51;1;1;1;2024-03-10T3:45\n");
    assert_eq!(adapter.read(&plain, Detail::Events).unwrap().outcome, Outcome::Rows);
    for again in [plain.clone(), gzip(&plain)] {
        let reading = adapter.read(&again, Detail::Events).unwrap();
        assert_eq!((reading.outcome, reading.rows.len()), (Outcome::Unchanged, 0));
    }
}

#[test]
fn an_empty_body_brings_nothing_and_is_not_remembered() {
    let mut adapter = feed(COUNTS);
    let plain = body("Here;51;1;1;1;2024-03-10T3:45\n");
    adapter.read(&plain, Detail::Events).unwrap();
    for empty in [&b""[..], b" \r\n\t\n", &gzip(b"")] {
        assert_eq!(adapter.read(empty, Detail::Events).unwrap().outcome, Outcome::Empty);
    }
    assert_eq!(adapter.read(&plain, Detail::Events).unwrap().outcome, Outcome::Unchanged);
}

#[test]
fn a_row_that_repeats_an_id_is_left_out_aloud() {
    let rows = "Here;51;1;1;1;2024-03-10T3:45\nHere;51;2;1;1;2024-03-10T3:45\n";
    let reading = read(COUNTS, &body(rows)).unwrap();
    assert_eq!(reading.complaints[0].line, 3);
    assert!(reading.complaints[0].sentence.contains("51-20240310T074500Z-main"));
    assert_eq!(events(reading)[0]["data"]["present"], json!(1));
}

#[test]
fn a_row_of_another_length_inside_a_body_is_left_out_aloud() {
    let reading = read(COUNTS, &body("Here;51;1;1\nHere;52;1;1;1;2024-03-10T3:45\n")).unwrap();
    assert_eq!(reading.complaints[0].sentence, "expected 6 cells, found 4");
    assert_eq!(reading.rows.len(), 1);
}

#[test]
fn line_ends_of_both_kinds_and_quotes_are_read() {
    let text =
        format!("{HEADER}\"Here; there\";51;\"1\";1;1;2024-03-10T3:45\n\nB;52;x;1;1;\nAll of it;;;;;\n");
    for text in [text.clone(), text.replace('\n', "\r\n")] {
        let reading = read(COUNTS, &windows_1252(&text)).unwrap();
        assert_eq!(reading.rows[0].cells["Name"].as_deref(), Some("Here; there"));
        assert_eq!((reading.rows[0].line, reading.complaints[0].line), (2, 4), "blank lines count as lines");
    }
}
