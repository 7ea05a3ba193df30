//! What was on the boards through the evening, played once for all tests.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value;

use super::on;
use crate::play::Play;
use crate::script::Script;

pub const AREA: &str = include_str!("../../../../config/areas/itauusimaa.toml");
const SETTINGS: &str = include_str!("../../../../tests/scenarios/evening/scenario.toml");
const FILES: [(&str, &str); 5] = [
    ("at-five.txt", include_str!("../../../../tests/scenarios/evening/at-five.txt")),
    ("story.txt", include_str!("../../../../tests/scenarios/evening/story.txt")),
    ("porvoo.txt", include_str!("../../../../tests/scenarios/evening/porvoo.txt")),
    ("desk.txt", include_str!("../../../../tests/scenarios/evening/desk.txt")),
    ("around.txt", include_str!("../../../../tests/scenarios/evening/around.txt")),
];

/// Where the boards are compared with files.
pub const CHECKPOINTS: [&str; 8] = ["17:12", "17:36", "18:01", "18:32", "19:31", "20:10", "20:40", "22:45"];
/// Where they are looked at besides.
const OTHERS: [&str; 7] = ["17:00", "17:40", "17:51", "17:56", "18:07", "20:24", "20:30"];
const VIEWS: [&str; 3] = ["situation", "evening", "station:sipoo-sote"];

/// Boards by local time and view, and some figures of every minute.
pub struct Seen {
    pub shown: BTreeMap<(&'static str, &'static str), Value>,
    /// With all that was known at the end of the evening.
    pub was: BTreeMap<(&'static str, &'static str), Value>,
    pub minutes: BTreeMap<String, Minute>,
    /// The report of the evening shift, as the night shift gets it.
    pub report: Value,
}

pub struct Minute {
    pub waiting_in_loviisa: Value,
    pub missing_gps: Value,
    pub sipoos_feed: Value,
}

pub fn script() -> Script {
    Script::read(SETTINGS, &FILES).unwrap()
}

pub fn seen() -> &'static Seen {
    static SEEN: OnceLock<Seen> = OnceLock::new();
    SEEN.get_or_init(|| {
        let mut play = Play::begin(AREA, script());
        let (shown, was, minutes) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut seen = Seen { shown, was, minutes, report: Value::Null };
        let times = || CHECKPOINTS.into_iter().chain(OTHERS);
        for minute in 17 * 60..=22 * 60 + 45 {
            let time = format!("{:02}:{:02}", minute / 60, minute % 60);
            play.until(&format!("2026-11-26T{time}"));
            if let Some(time) = times().find(|it| *it == time) {
                seen.shown.extend(VIEWS.map(|view| ((time, view), play.shown(view))));
            }
            let [loviisa, porvoo, sipoo] =
                ["loviisa-iltavastaanotto", "porvoo-paivystys", "sipoo-sote"].map(|id| play.station(id));
            let minute = Minute {
                waiting_in_loviisa: on(&loviisa, "lanes kiire waiting"),
                missing_gps: on(&porvoo, "staff laakari gap"),
                sipoos_feed: on(&sipoo, "feeds /feeds/sipoo state"),
            };
            seen.minutes.insert(time, minute);
        }
        let [from, to] = ["16:00", "22:00"].map(|time| play.moment(&format!("2026-11-26T{time}")));
        seen.report = proto::handover::draw(&play.report(from, to), "0123456789abcdef");
        for time in times() {
            let at = play.moment(&format!("2026-11-26T{time}"));
            seen.was.extend(VIEWS.map(|view| ((time, view), play.was(at, view))));
        }
        seen
    })
}
