//! Two days of a department, made up, and what is proposed of them.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use serde_json::json;
use situation::fact::{Body, Fact};

use super::history::History;
use super::proposal::lines;

const AREA: &str = r#"
id = "testi"
name = { fi = "Testi", sv = "Test", en = "Test" }
time_zone = "Europe/Helsinki"

[freshness]
interval = "10m"

[stations.porvoo]
name = { fi = "Porvoo", sv = "Borgå", en = "Porvoo" }
kind = "joint_ed"
always_open = true
[stations.porvoo.lanes.kiire]
name = { fi = "Kiire", sv = "Brådskande", en = "Urgent" }
authority = "tickets"

[stations.loviisa]
name = { fi = "Loviisa", sv = "Lovisa", en = "Loviisa" }
kind = "joint_ed"
hours = [{ days = ["sun"], opens = "03:00", doors_until = "04:00" }]

[strain]
doctors = ["laakari"]
[strain.cards]
level_4 = { fi = "Soita", sv = "Ring", en = "Call" }
[strain.kinds.joint_ed]
needs = 2
dwell = "5m"
[strain.kinds.joint_ed.measures]
occupancy_room = { from = [80, 90, 100], margin = 5 }
boarders = { from = [2, 3, 4], margin = 1 }
edwin = { from = [100, 150, 200], margin = 20 }
"#;

/// Six rooms of ten in use, seven in the second half of each day, and once all of them; nobody boards. A word every ten
/// minutes from Thursday 26 November 2026, 00:00 in Helsinki on, all received in the same second.
fn history(dates: (Option<Date>, Option<Date>)) -> History {
    let (area, document) = proto::area::from_toml(AREA).unwrap();
    let begun = proto::time::parse("2026-11-25T22:00:00Z").unwrap();
    let received = proto::time::parse("2027-01-01T00:00:00Z").unwrap();
    let mut history = History::new(None, Duration::from_secs(900), dates);
    let configured = Body::AreaConfigured { document: document.into(), area: Arc::new(area) };
    history.take(Fact { sequence: 1, received, body: configured });
    for n in 0..288_u64 {
        let occupied = if n == 100 { 10 } else { 6 + (n / 72) % 2 };
        let time = begun.plus(Duration::from_secs(600 * n));
        let said = json!({
            "specversion": "1.0", "id": n.to_string(), "source": "/feeds/porvoo", "subject": "porvoo",
            "type": "fi.tilanne.capacity.observed.v1", "time": proto::time::format(time),
            "data": {"resource": "room", "staffed": 10, "occupied": occupied, "boarding": 0},
        });
        let event = proto::event::decode(said.to_string().as_bytes()).map_err(|it| it.reason).unwrap().event;
        history.take(Fact { sequence: n + 2, received, body: Body::Event(Box::new(event)) });
    }
    history
}

fn proposed(dates: (Option<Date>, Option<Date>)) -> Vec<String> {
    let (area, samples) = history(dates).end();
    let area = area.unwrap();
    lines(&area, area.strain.as_ref().unwrap(), &samples, 15)
}

#[test]
fn thresholds_are_proposed_of_what_was_seen_and_kept_where_too_little_was() {
    let lines = proposed((None, None));
    let has = |line: &str| assert!(lines.iter().any(|it| it == line), "{line} is not in {lines:#?}");
    has("[strain.stations.\"porvoo\"]");
    // Of 191 quarters of an hour one was full.
    has("\"occupancy_room\" = { from = [70, 70, 70], margin = 5 } # n = 191 of 191");
    has("\"boarders\" = { from = [1, 1, 1], places = \"room\" } # n = 191 of 191");
    has(
        "\"edwin\" = { from = [100, 150, 200], margin = 20, roles = [\"laakari\"], places = \"room\" } # not enough data, so as \
         it was: n = 0 of 191, 96 are needed",
    );
    has("# loviisa: not enough data, it was never seen open");
}

#[test]
fn an_area_file_takes_what_is_proposed() {
    let text = format!("{AREA}\n{}\n", proposed((None, None)).join("\n"));
    let (area, _) = proto::area::from_toml(&text).unwrap();
    let rules = area.strain.unwrap();
    let rule = &rules.stations["porvoo"];
    assert_eq!((rule.needs, rule.dwell.as_secs()), (2, 300));
    assert_eq!(rule.measures["occupancy_room"].from, [70, 70, 70]);
    assert_eq!(rule.cards[&4].en, "Call", "the cards stay");
}

#[test]
fn only_looks_of_the_dates_asked_for_count() {
    let thursday: Date = "2026-11-26".parse().unwrap();
    let lines = proposed((Some(thursday), Some(thursday)));
    let rooms = lines.iter().find(|line| line.starts_with("\"occupancy_room\"")).unwrap();
    assert!(rooms.ends_with("not enough data, so as it was: n = 95 of 95, 96 are needed"), "{rooms}");
    let friday = "2026-11-27".parse().ok();
    let lines = proposed((friday, None));
    assert!(lines.iter().any(|line| line.ends_with("# n = 96 of 96")), "{lines:#?}");
}
