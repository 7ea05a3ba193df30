//! A real winter week of 115 emergency departments, and the feed as it is published.

mod raw;

use std::collections::BTreeMap;

use acceptance::dice::Dice;
use acceptance::door::Door;
use acceptance::outline;
use acceptance::program::Said;
use acceptance::recorded::{self, Row};
use acceptance::server::{Plan, Server};
use serde_json::Value;

use crate::{PROGRAM, reference};

pub const AREA: &str = "quebec";
pub const WEEK: &str = "quebec_ed_hourly/replay_week_2025-01-06.csv.gz";
/// Earlier snapshots that are looked at.
const EARLIER: usize = 20;
/// Where each column of the table stands on a station of the board.
const CELLS: [(&str, &str); 4] = [
    ("patients_present", "/lanes/main/present"),
    ("waiting_first_assessment", "/lanes/main/waiting"),
    ("stretchers_functional", "/capacity/stretcher/total"),
    ("stretchers_occupied", "/capacity/stretcher/occupied"),
];

#[tokio::test]
async fn every_cell_of_the_week_is_on_the_board_of_its_hour() {
    let Some(week) = recorded::find(WEEK) else { return };
    let server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let door = server.door(AREA);
    let file = week.display().to_string();
    let told =
        ["replay", &file, "--feed", "config/feeds/quebec-week.toml", "--to", &door.url, "--speed", "max"];
    let told = Said::by(PROGRAM, &told).with_code(0);
    assert!(told.out.starts_with("36800 recorded, 0 duplicates, 0 rejected"), "{told:?}");
    door.settled().await;

    let mut snapshots: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in recorded::rows(&recorded::unzipped(&week)) {
        snapshots.entry(row["observed_utc"].clone()).or_default().push(row);
    }
    let times: Vec<&String> = snapshots.keys().collect();
    let (last, earlier) = times.split_last().expect("snapshots");
    let now = door.board("situation", "").await;
    outline::check(&now);
    let mut cells = compare(&now, &snapshots[*last]);
    cells += compare(&door.board("situation", &format!("at={last}")).await, &snapshots[*last]);
    let mut dice = Dice::thrown("québec's snapshots");
    for _ in 0..EARLIER {
        let time = earlier[dice.index(earlier.len())];
        cells += compare(&then(&door, time).await, &snapshots[time]);
    }
    eprintln!("québec: {cells} cells of {} snapshots agree", EARLIER + 1);

    for time in &times {
        sums(&door.board("situation", &format!("at={time}")).await);
    }
    eprintln!("québec: the sums of all {} hours are those of the stations that report", times.len());

    let moments = reference::moments(&mut dice, times[0], last);
    reference::agrees(&door, &[], &moments).await;
}

/// The area's sums are those of the open stations that report, and say how many these are and what they lack.
fn sums(board: &Value) {
    let counted = || outline::members(&board["stations"]).filter(|(_, it)| it["counted"] != false);
    let open = counted().filter(|(_, it)| it["open"] == true).count();
    let reports = || counted().filter(|(_, it)| it["reporting"] == true);
    let reporting = &board["reporting"];
    let expected = [("counted", counted().count()), ("open", open), ("reporting", reports().count())];
    for (name, count) in expected {
        assert_eq!(reporting[name].as_u64(), Some(count as u64), "{name} of {reporting}");
    }
    for name in ["waiting", "in_care", "present"] {
        let of_station = |station: &Value| -> Vec<Option<u64>> {
            outline::members(&station["lanes"]).map(|(_, lane)| lane[name].as_u64()).collect()
        };
        let lanes: Vec<_> = reports().map(|(_, station)| of_station(station)).collect();
        let known = lanes.iter().filter(|lanes| lanes.iter().any(Option::is_some)).count();
        let missing = lanes.iter().flatten().filter(|lane| lane.is_none()).count();
        let value: u64 = lanes.iter().flatten().flatten().sum();
        let sum = &board["sums"][name];
        assert_eq!(sum["value"].as_u64(), (known > 0).then_some(value), "{name}: {sum}");
        assert_eq!(sum["stations"].as_u64(), Some(known as u64), "{name}: {sum}");
        assert_eq!(sum["lanes_missing"].as_u64(), Some(missing as u64), "{name}: {sum}");
    }
}

async fn then(door: &Door, time: &str) -> Value {
    let board = door.board("situation", &format!("at={time}")).await;
    assert_eq!(board["as_of"].as_str(), Some(time));
    outline::check(&board);
    board
}

/// Holds a board against the rows of a snapshot; the number of cells that were looked at.
pub fn compare(board: &Value, rows: &[Row]) -> usize {
    assert_eq!((rows.len(), outline::members(&board["stations"]).count()), (115, 115));
    for row in rows {
        let station = &board["stations"][&row["station_id"]];
        assert!(station.is_object(), "{}", row["station_id"]);
        for (column, place) in CELLS {
            let shown = station.pointer(place).and_then(Value::as_u64);
            assert_eq!(shown, row[column].parse().ok(), "{column} of {row:?} on {station}");
        }
    }
    rows.len() * CELLS.len()
}
