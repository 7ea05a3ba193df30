//! The feed byte for byte as it is published.

use std::path::{Path, PathBuf};

use acceptance::outline;
use acceptance::program::{Said, root};
use acceptance::recorded;
use acceptance::server::{Plan, Server};
use serde_json::Value;

use super::AREA;
use crate::PROGRAM;

const FEED: &str = "config/feeds/quebec.toml";
/// Departments of earlier years that the area file leaves out.
const GONE: [&str; 4] = ["12431656", "12599213", "12685608", "12745725"];

/// A sample, its stations and their instant.
const SAMPLES: [(&str, usize, &str); 4] = [
    ("2023-02-01T1346_first_130lines.csv", 113, "2023-02-01T18:46:00Z"),
    ("2023-11-05T0145_dst_fall_back.csv", 115, "2023-11-05T05:45:00Z"),
    ("2024-03-10T0345_after_spring_forward.csv", 115, "2024-03-10T07:45:00Z"),
    ("2025-01-07T1345_typical_winter.csv", 115, "2025-01-07T18:45:00Z"),
];

fn sample(name: &str) -> Option<PathBuf> {
    recorded::find(&format!("quebec_ed_hourly/raw_samples/{name}"))
}

/// The rows as they are read, and what was said besides.
fn read(files: &[&Path]) -> (Vec<Value>, String) {
    let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    let mut told = vec!["replay", "--feed", FEED, "--dry-run", "--json"];
    told.extend(files.iter().map(String::as_str));
    let said = Said::by(PROGRAM, &told).with_code(0);
    (said.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect(), said.err)
}

#[test]
fn the_samples_are_read_with_totals_left_out_and_times_in_order() {
    for (name, stations, instant) in SAMPLES {
        let Some(file) = sample(name) else { return };
        let (rows, besides) = read(&[&file]);
        assert!(besides.contains(&format!("{stations} rows, 16 left out by rule, 0 refused")), "{besides}");
        assert_eq!(rows.len(), stations, "{name}");
        assert!(rows.iter().all(|row| row["time"] == instant), "{name}");
        let ids: std::collections::BTreeSet<_> = rows.iter().map(|row| row["station"].to_string()).collect();
        assert_eq!(ids.len(), stations, "each station once in {name}");
    }
}

#[test]
fn names_are_decoded() {
    let Some(file) = sample(SAMPLES[0].0) else { return };
    let (rows, _) = read(&[&file]);
    let names: Vec<_> = rows.iter().filter_map(|row| row["cells"]["Nom_installation"].as_str()).collect();
    assert!(names.contains(&"HÔPITAL DU SACRÉ-CŒUR DE MONTRÉAL"), "{names:?}");
    assert!(!names.iter().any(|name| name.contains(['\u{fffd}', '\u{8c}'])), "{names:?}");
}

#[test]
fn every_cell_is_read_and_the_silent_are_null() {
    let (mut cells, mut silent) = (0, 0);
    for (name, ..) in SAMPLES {
        let Some(file) = sample(name) else { return };
        let (rows, _) = read(&[&file]);
        // The same bytes, decoded apart from the product.
        let bytes = std::fs::read(&file).expect("readable");
        let (text, _, _) = encoding_rs::WINDOWS_1252.decode(&bytes);
        for row in recorded::rows(&text) {
            let id = row["No_permis_installation"].as_str();
            let Some(read) = rows.iter().find(|read| read["station"] == id) else {
                assert!(
                    row["Nom_installation"].contains("Total") || row["Nom_installation"].contains("Ensemble")
                );
                continue;
            };
            for (column, member) in [
                ("Nombre_total_de_patients_presents_a_lurgence", &read["events"][0]["data"]["present"]),
                ("Nombre_total_de_patients_en_attente_de_PEC", &read["events"][0]["data"]["waiting"]),
                ("Nombre_de_civieres_fonctionnelles", &read["events"][1]["data"]["total"]),
                ("Nombre_de_civieres_occupees", &read["events"][1]["data"]["occupied"]),
            ] {
                assert_eq!(member.as_u64(), row[column].trim().parse().ok(), "{column} of {row:?}");
                cells += 1;
                silent += usize::from(member.is_null());
            }
        }
    }
    assert!(silent > 0, "some hospital is silent in the samples");
    eprintln!("québec: {cells} raw cells agree, {silent} of them not reported and null");
}

#[tokio::test]
async fn the_samples_are_recorded_but_for_stations_that_are_gone() {
    let files: Option<Vec<PathBuf>> = SAMPLES.iter().map(|(name, ..)| sample(name)).collect();
    let Some(files) = files else { return };
    let server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let door = server.door(AREA);
    let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    let mut told = vec!["replay", "--feed", FEED, "--to", &door.url, "--speed", "max"];
    told.extend(files.iter().map(String::as_str));
    let said = Said::by(PROGRAM, &told).with_code(0);
    // Two events a row: 113 and three times 115 rows, of which four rows' stations are gone.
    assert!(said.out.starts_with("908 recorded, 0 duplicates, 8 rejected"), "{said:?}");
    for gone in GONE {
        assert!(said.err.contains(&format!("unknown station \"{gone}\"")), "{gone}: {}", said.err);
    }
    let again = Said::by(PROGRAM, &told).with_code(0);
    assert!(again.out.starts_with("0 recorded, 908 duplicates, 8 rejected"), "{again:?}");
    let area = std::fs::read_to_string(root().join("config/areas/quebec.toml")).expect("the area file");
    let area: toml::Table = area.parse().expect("TOML");
    let board = door.board("situation", "").await;
    let mut accented = 0;
    for (id, station) in outline::members(&board["stations"]) {
        let name = area["stations"][id.as_str()]["name"]["fi"].as_str().expect("a name");
        assert_eq!(station["name"]["fi"], name, "the board shows the area file's names");
        accented += usize::from(name.contains(['É', 'Ô', 'È', 'Î']));
    }
    assert!(accented > 50, "{accented}");
}

#[tokio::test]
async fn the_hour_that_exists_twice_is_told_apart_by_a_different_body() {
    let Some(first) = sample(SAMPLES[1].0) else { return };
    let server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let door = server.door(AREA);
    let mut bytes = std::fs::read(&first).expect("readable");
    let (before, after) = (b"51218352,9,5", b"51218352,9,8");
    let at = bytes.windows(before.len()).position(|found| found == before).expect("the first station");
    bytes[at..at + after.len()].copy_from_slice(after);
    let second = server.scratch("later.csv");
    std::fs::write(&second, bytes).expect("written");

    let (rows, _) = read(&[&first, &second]);
    let times: Vec<_> = rows.iter().map(|row| row["time"].as_str().expect("a time")).collect();
    assert!(times[..115].iter().all(|time| *time == "2023-11-05T05:45:00Z"), "{times:?}");
    assert!(times[115..].iter().all(|time| *time == "2023-11-05T06:45:00Z"), "{times:?}");

    let (one, two) = (first.display().to_string(), second.display().to_string());
    let told = ["replay", &one, &two, "--feed", FEED, "--to", &door.url, "--speed", "max"];
    assert!(Said::by(PROGRAM, &told).with_code(0).out.starts_with("460 recorded, 0 duplicates, 0 rejected"));
    for (at, occupied) in [("05:45", 5), ("06:44", 5), ("06:45", 8)] {
        let board = door.board("station:51218352", &format!("at=2023-11-05T{at}:00Z")).await;
        let stretchers = &board["stations"]["51218352"]["capacity"]["stretcher"];
        assert_eq!((&stretchers["total"], &stretchers["occupied"]), (&9.into(), &occupied.into()), "at {at}");
    }
}
