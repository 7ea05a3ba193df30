//! A log that is kept by a recorder and a projector, and put away and taken out again at will.

use std::collections::BTreeMap;
use std::sync::Arc;

use proto::board::{Board, draw_station};
use proto::snapshot::{Kept, Projection, Stand};
use situation::area::Area;
use situation::board::{Boards, View};
use situation::decide::{Decider, Decision, Intake};
use situation::event::{Event, Said};
use situation::fact::{Body, Fact};
use situation::time::Instant;

use super::story::at;

/// The stations of the rules' own tests, as an area file has them.
const AREA: &str = r#"
id = "testi"
name = { fi = "Testi", sv = "Test", en = "Test" }
time_zone = "Europe/Helsinki"
languages = ["fi", "sv"]

[schemes.abc]
untriaged_target = "10m"
urgencies = [{ code = "A", target = "0s" }, { code = "B", target = "30m" }, { code = "C" }]

[schemes.hammas]
urgencies = [{ code = "särky" }]

[[windows]]
kind = "evening"
name = { fi = "ilta", sv = "kväll", en = "evening" }
days = ["every"]
from = "17:00"
to = "22:00"

[feeds."/feeds/porvoo"]
family = "queue"
freshness = { interval = "1m" }

[stations.porvoo]
name = { fi = "Porvoo", sv = "Borgå", en = "Porvoo" }
kind = "joint_ed"
feeds = ["/feeds/porvoo"]
hours = [{ days = ["every"], opens = "08:00", intake_until = "20:00", doors_until = "22:00" }]
required = { laakari = 2 }
[stations.porvoo.lanes.kiire]
name = { fi = "Kiire", sv = "Brådskande", en = "Urgent" }
scheme = "abc"
authority = "tickets"
[stations.porvoo.lanes.hammas]
name = { fi = "Hammas", sv = "Tand", en = "Dental" }
scheme = "hammas"
authority = "tickets"
[stations.porvoo.lanes.ovi]
name = { fi = "Ovi", sv = "Dörr", en = "Door" }
scheme = "abc"
authority = "counts"

[stations.kallo]
name = { fi = "Kallo", sv = "Kallo", en = "Kallo" }
always_open = true
[stations.kallo.lanes.ovi]
name = { fi = "Ovi", sv = "Dörr", en = "Door" }
authority = "counts"
"#;

/// The area and the document that is recorded of it.
pub fn area() -> (Area, String) {
    proto::area::from_toml(AREA).unwrap()
}

/// The same with rules for alarms.
pub fn area_with_alarms() -> (Area, String) {
    let rules = r#"
[alarms.rules.late]
kind = "overdue"
text = { fi = "Odottaa liian kauan", sv = "Väntar för länge", en = "Waits too long" }
[alarms.rules.gap]
kind = "staffing_gap"
text = { fi = "Vaje", sv = "Brist", en = "Gap" }
"#;
    proto::area::from_toml(&format!("{AREA}{rules}")).unwrap()
}

/// The same with a rule for levels of Porvoo and the area.
pub fn area_with_levels() -> (Area, String) {
    let rules = r#"
[strain.area]
needs = 1
[strain.stations.porvoo.measures]
boarders = { from = [2, 3, 4], margin = 1 }
"#;
    proto::area::from_toml(&format!("{AREA}{rules}")).unwrap()
}

/// What both services hold, and every fact.
#[derive(Clone, Default)]
pub struct Log {
    pub decider: Decider,
    pub boards: Boards,
    pub projection: Projection,
    pub facts: Vec<Fact>,
}

impl Log {
    pub fn begun() -> Self {
        let mut log = Self::default();
        let (area, document) = area();
        log.take(Intake::Begin { epoch: "00c0ffee00c0ffee".into(), simulated: false }, at("00:00"));
        log.take(Intake::Area { document: document.into(), area: Arc::new(area) }, at("00:00"));
        log
    }

    /// Decides and folds what is recorded.
    pub fn take(&mut self, intake: Intake, now: Instant) -> Decision {
        let received = self.decider.stamp(now);
        let decision = self.decider.decide(intake, received);
        if let Decision::Record(body) = decision.clone() {
            self.fold(Fact { sequence: self.decider.sequence() + 1, received, body });
        }
        decision
    }

    pub fn hear(&mut self, event: Event, now: Instant) -> Decision {
        self.take(Intake::Event(Box::new(event)), now)
    }

    /// What falls due until a moment is recorded as the recorder does it.
    pub fn reach(&mut self, now: Instant) {
        while let Some(due) = self.decider.next_due().filter(|due| *due <= now) {
            self.take(Intake::Clock { due }, due);
        }
    }

    pub fn fold(&mut self, fact: Fact) {
        self.decider.evolve(&fact);
        self.boards.apply(&fact);
        match &fact.body {
            Body::AreaConfigured { area, document } => {
                self.projection.areas.push((fact.received, Arc::clone(document), Arc::clone(area)));
            }
            Body::Event(event) if matches!(event.said, Said::Corrected(_)) => {
                let correction = (fact.sequence, fact.received, Arc::new((**event).clone()));
                self.projection.corrections.push(correction);
            }
            Body::Event(event) => {
                self.projection.places.push((event.time, fact.sequence));
                self.projection.places.sort_unstable();
            }
            Body::LogBegun { .. }
            | Body::ClockReached { .. }
            | Body::LogRestored { .. }
            | Body::StreamChanged { .. } => {}
        }
        self.facts.push(fact);
    }

    pub fn head(&self) -> [u8; 32] {
        [u8::try_from(self.decider.sequence() % 251).unwrap(); 32]
    }

    pub fn projection(&self) -> Projection {
        Projection { boards: self.boards.state(), ..self.projection.clone() }
    }

    /// Both files, one past situation kept along.
    pub fn put_away(&self) -> (Vec<u8>, Vec<u8>) {
        let mut projection = self.projection();
        let place = projection.places.last().copied().unwrap_or_default();
        let situation = self.boards.situation().clone();
        projection.kept.push(Kept { place, newest: self.boards.sequence(), situation });
        let decisions = proto::snapshot::write_decisions(&self.decider.state(), &self.head()).unwrap();
        (decisions, proto::snapshot::write_boards(&projection, &self.head()).unwrap())
    }

    /// The log of two files, without the facts before them.
    pub fn taken_out((decisions, boards): &(Vec<u8>, Vec<u8>)) -> (Stand, Self) {
        let (stand, decider) = proto::snapshot::read_decisions(decisions).unwrap();
        let (other, mut projection) = proto::snapshot::read_boards(boards).unwrap();
        assert_eq!(stand, other);
        assert_eq!(projection.kept.len(), 1);
        projection.kept.clear();
        let boards = Boards::of(std::mem::take(&mut projection.boards));
        (stand, Self { decider: Decider::of(decider), boards, projection, facts: Vec::new() })
    }

    /// The hashes of both states.
    pub fn state_hashes(&self) -> [[u8; 32]; 2] {
        [
            proto::snapshot::decisions_hash(&self.decider.state()).unwrap(),
            proto::snapshot::boards_hash(&self.projection()).unwrap(),
        ]
    }

    /// Every view's revision, sequence and hash.
    pub fn boards_shown(&self) -> BTreeMap<String, (u64, u64, String)> {
        let area = self.boards.area().unwrap();
        let stations = area.stations.keys().cloned().map(View::Station);
        let shown = View::OF_THE_AREA.into_iter().chain(stations).map(|view| {
            let board = Board::draw(&self.boards, &view, |id| {
                Some(Arc::new(draw_station(area, &area.stations[id], self.boards.look(id)?.0)))
            });
            let board = board.unwrap();
            (view.to_string(), (board.revision, board.sequence, board.hash))
        });
        shown.collect()
    }
}
