//! A board that is kept is at any time the board that is drawn from nothing: its text, its hash and its patches.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use proto::board::{Board, Drawn, KeptBoard, draw_station};
use serde_json::{Value, json};
use situation::board::{Boards, View};
use situation::fact::{Body, Fact, Restored};
use situation::name::StationId;
use situation::time::Instant;

use super::area::SMALL;
use super::boards::at;
use super::samples::read;

/// More than a tree of four chunks has room for, and fewer.
const STATIONS: [usize; 3] = [70, 24, 40];

/// What happens next: what, at which station, with which figure, after so many minutes.
type Step = (u8, usize, u32, u32);

fn step() -> impl Strategy<Value = Step> {
    // Mostly minutes, so that feeds age; hours now and then, for windows, doors and days.
    let later = prop_oneof![6 => 0..3_u32, 2 => 3..30_u32, 1 => 60..900_u32];
    (0..14_u8, 0..70_usize, 0..4_u32, later)
}

fn area(which: usize) -> Body {
    let mut text = SMALL.to_owned();
    if which == 1 {
        text = text.replace("# top", "attribution = \"Somebody \\\"else\\\"\"");
    }
    text.push_str("\n[feeds.\"/feeds/kunta\"]\nfamily = \"queue\"\n");
    for rule in ["overdue", "feed_lost", "closed_inside"] {
        text.push_str(&format!(
            "[alarms.rules.{}]\nkind = \"{rule}\"\ntext = {{ fi = \"f\", sv = \"s\", en = \"{rule}\" }}\n",
            rule.replace('_', "-")
        ));
    }
    // One area has no levels, the others another rule each.
    if which != 2 {
        text.push_str(&format!(
            "[strain]\ndoctors = [\"laakari\"]\n[strain.area]\nneeds = {}\ndwell = \"5m\"\n[strain.kinds.joint_ed.measures]\n\
             waiting_per_staff = {{ from = [50, 100, 200], margin = 10 }}\noverdue_share = {{ from = [1, 50, 100] }}\n",
            which + 1,
        ));
    }
    for station in 0..STATIONS[which % STATIONS.len()] {
        let name = format!("Asema {station}{}", if station % 9 == which { " (uusi)" } else { "" });
        let hours = [
            "always_open = true",
            "",
            "hours = [{ days = [\"every\"], opens = \"08:00\", doors_until = \"20:00\" }]",
        ];
        text.push_str(&format!(
            "[stations.s{station}]\nname = {{ fi = \"{name}\", sv = \"S\", en = \"S\" }}\nkind = \"joint_ed\"\n{}\nfeeds = [\"/feeds/{}\"]\n\
             [stations.s{station}.lanes.kiire]\nname = {{ fi = \"K\", sv = \"B\", en = \"U\" }}\nscheme = \"abc\"\nauthority = \"tickets\"\n",
            hours[station % 3],
            if station % 2 == 0 { "kunta" } else { "porvoo" },
        ));
    }
    let (area, document) = proto::area::from_toml(&text).unwrap();
    Body::AreaConfigured { document: document.into(), area: Arc::new(area) }
}

/// Boards and all that is kept of them.
struct Wall {
    boards: Boards,
    clock: Instant,
    drawings: RefCell<BTreeMap<StationId, (u64, Arc<Drawn>)>>,
    kept: BTreeMap<View, (KeptBoard, Board)>,
}

impl Wall {
    fn new() -> Self {
        let clock = at("2026-11-26T14:30:00Z");
        let (boards, drawings) = (Boards::default(), RefCell::default());
        let mut wall = Self { boards, clock, drawings, kept: BTreeMap::new() };
        wall.fold(Body::LogBegun { epoch: "00c0ffee00c0ffee".into(), simulated: false });
        wall.fold(area(0));
        wall
    }

    fn fold(&mut self, body: Body) {
        let fact = Fact { sequence: self.boards.sequence() + 1, received: self.clock, body };
        self.boards.apply(&fact);
    }

    fn hear(&mut self, kind: &str, subject: Option<&str>, source: &str, data: Value) {
        let event = json!({
            "specversion": "1.0", "id": self.boards.sequence().to_string(), "source": source, "data": data,
            "type": format!("fi.tilanne.{kind}.v1"), "subject": subject, "time": proto::time::format(self.clock),
        });
        self.fold(Body::Event(Box::new(read(&event).event)));
    }

    fn take(&mut self, (what, station, figure, minutes): Step) {
        self.clock = self.clock.plus(std::time::Duration::from_secs(u64::from(minutes) * 60));
        let id = format!("s{station}");
        let (id, source) =
            (Some(id.as_str()), if station % 2 == 0 { "/feeds/kunta" } else { "/feeds/porvoo" });
        let ticket = format!("t{figure}");
        match what {
            0..3 => {
                let urgency = ["A", "B", "untriaged", "A"][figure as usize % 4];
                self.hear(
                    "queue.joined",
                    id,
                    source,
                    json!({"lane": "kiire", "ticket": ticket, "urgency": urgency}),
                );
            }
            3 => self.hear("queue.care_started", id, source, json!({"ticket": ticket})),
            4 => self.hear("queue.left", id, source, json!({"ticket": ticket})),
            5 => self.hear(
                "staffing.observed",
                id,
                "/feeds/other",
                json!({"role": "laakari", "on_duty": figure}),
            ),
            6 => self.hear("station.status", id, source, json!({"open": figure > 1})),
            7 => self.hear("feed.heartbeat", None, source, json!({"interval_s": 60})),
            8 => self.hear("feed.heartbeat", None, "/feeds/other", json!({"interval_s": 60})),
            9 if figure == 0 => self.fold(area(station % 3)),
            10 if figure == 0 => {
                let text = json!({"fi": "x".repeat(1 + station)});
                self.hear(
                    "notice.posted",
                    None,
                    source,
                    json!({"notice": "n", "kind": "other", "text": text}),
                );
            }
            11 if figure == 0 => {
                let restored = Restored { to: self.clock, at: self.clock };
                self.fold(Body::LogRestored {
                    epoch: "0123456789abcdef".into(),
                    simulated: station > 40,
                    restored,
                });
            }
            _ => self.fold(Body::ClockReached { due: self.clock }),
        }
    }

    fn station(&self, id: &StationId) -> Option<Arc<Drawn>> {
        let (area, (look, changed)) = (self.boards.area()?, self.boards.look(id)?);
        let mut drawings = self.drawings.borrow_mut();
        if let Some((_, drawn)) = drawings.get(id).filter(|(at, _)| *at == changed.sequence) {
            return Some(Arc::clone(drawn));
        }
        let drawn = Arc::new(draw_station(area, area.stations.get(id)?, look));
        drawings.insert(id.clone(), (changed.sequence, Arc::clone(&drawn)));
        Some(drawn)
    }

    /// Brings every view up to now, and holds it against one that is drawn from nothing.
    fn check(&mut self) {
        let views = ["situation", "evening", "weekend", "station:s3", "station:s30", "station:porvoo"];
        for view in views.map(|view| View::parse(view).unwrap()) {
            let Some(fresh) = Board::draw(&self.boards, &view, |id| self.station(id)) else {
                self.kept.remove(&view);
                continue;
            };
            let mut kept = match self.kept.remove(&view) {
                Some((mut kept, before)) => {
                    let patch = kept.follow(&self.boards, |id| self.station(id));
                    assert_eq!(patch, fresh.patch_from(&before), "{view}");
                    kept
                }
                None => KeptBoard::draw(&self.boards, &view, |id| self.station(id)).unwrap(),
            };
            assert_eq!(kept.board().to_text(), fresh.to_text(), "{view}");
            assert_eq!(kept.board(), &fresh, "{view}");
            assert_eq!(
                kept.follow(&self.boards, |id| self.station(id)),
                None,
                "nothing has changed since: {view}"
            );
            self.kept.insert(view, (kept, fresh));
        }
    }

    /// The views are told that have another revision than before.
    fn check_changes(&self, since: u64) {
        let area = self.boards.area().unwrap();
        let stations = area.stations.keys().cloned().map(View::Station);
        let is_changed = |view: &View| self.boards.changed(view).unwrap().sequence > since;
        let expected: BTreeSet<View> =
            View::OF_THE_AREA.into_iter().chain(stations).filter(is_changed).collect();
        let told = self.boards.views_changed_after(since);
        assert_eq!(told.len(), expected.len(), "each once");
        assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn is_always_what_is_drawn_from_nothing(steps in prop::collection::vec((step(), any::<bool>()), 1..60)) {
        let mut wall = Wall::new();
        wall.check();
        let mut since = wall.boards.sequence();
        for (step, looks) in steps {
            wall.take(step);
            // Several facts may come before anybody looks.
            if looks {
                wall.check();
                wall.check_changes(since);
                since = wall.boards.sequence();
            }
        }
        wall.check();
        wall.check_changes(since);
    }
}
