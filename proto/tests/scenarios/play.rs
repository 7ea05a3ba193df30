//! Plays a script: the recorder's rules, the fold and the drawing, without a journal and without waiting.

use std::collections::BTreeMap;
use std::sync::Arc;

use proto::board::{Board, draw_station};
use serde_json::Value;
use situation::board::{Boards, View};
use situation::decide::{Decider, Decision, Intake};
use situation::event::Event;
use situation::fact::{Body, Fact};
use situation::fold::Situation;
use situation::handover::{Chronicle, Report, Span};
use situation::time::Instant;

use crate::paper::readable;
use crate::script::Script;

/// A recorder and a projector in one room.
pub struct Play {
    script: Script,
    decider: Decider,
    boards: Boards,
    /// Everything recorded, by when it happened: what was.
    facts: BTreeMap<(Instant, u64), (Event, Instant)>,
    /// The same and our own, in the order of the log.
    log: Vec<Fact>,
    played: usize,
}

impl Play {
    pub fn begin(area: &str, script: Script) -> Self {
        let begins = Instant::from_micros(script.begins_us);
        assert!(script.items.iter().all(|item| item.due_us < script.ends_us), "told after the end");
        let (area, document) = proto::area::from_toml(area).unwrap();
        let mut play = Self {
            script,
            decider: Decider::default(),
            boards: Boards::default(),
            facts: BTreeMap::new(),
            log: Vec::new(),
            played: 0,
        };
        play.take(Intake::Begin { epoch: "0123456789abcdef".into(), simulated: true }, begins);
        play.take(Intake::Area { document: document.into(), area: Arc::new(area) }, begins);
        play
    }

    /// Delivers what is due until a local time of the form `2026-11-26T17:12`, and records the moments between.
    pub fn until(&mut self, local: &str) -> Instant {
        let now = self.moment(local);
        let begins = self.script.begins_us;
        while let Some(item) =
            self.script.items.get(self.played).filter(|item| item.due_us <= now.as_micros())
        {
            let received = Instant::from_micros(item.due_us.max(begins));
            let decoded = proto::event::decode(item.event.to_string().as_bytes())
                .unwrap_or_else(|unreadable| panic!("{}: {}", item.event, unreadable.reason));
            self.played += 1;
            self.reach(received);
            self.take(Intake::Event(Box::new(decoded.event)), received);
        }
        self.reach(now);
        now
    }

    pub fn moment(&self, local: &str) -> Instant {
        let local: jiff::civil::DateTime = local.parse().unwrap();
        Instant::from(self.script.zone.to_timestamp(local).unwrap())
    }

    fn reach(&mut self, now: Instant) {
        while let Some(due) = self.boards.next_due().filter(|due| *due <= now) {
            self.take(Intake::Clock { due }, due);
        }
    }

    fn take(&mut self, intake: Intake, now: Instant) {
        let received = self.decider.stamp(now);
        let said = format!("{intake:?}");
        let body = match self.decider.decide(intake, received) {
            Decision::Record(body) => body,
            Decision::Refuse(refusal) => panic!("{said}: {refusal}"),
            Decision::Known(_) | Decision::Nothing => panic!("nothing to record: {said}"),
        };
        let fact = Fact { sequence: self.decider.sequence() + 1, received, body };
        self.decider.evolve(&fact);
        self.boards.apply(&fact);
        self.log.push(fact.clone());
        if let Body::Event(event) = fact.body {
            self.facts.insert((event.time, fact.sequence), (*event, received));
        }
    }

    /// The report of a span that is over, of what was known when it ended.
    pub fn report(&self, from: Instant, to: Instant) -> Report {
        let mut boards = Boards::default();
        let (before, within) = self.log.split_at(self.log.partition_point(|fact| fact.received < from));
        before.iter().for_each(|fact| boards.apply(fact));
        let span = Span::between(self.boards.area().unwrap(), from, to).unwrap();
        let mut chronicle = Chronicle::begin(span, &boards);
        for fact in within.iter().take_while(|fact| fact.received < to) {
            boards.apply(fact);
            chronicle.pass(fact, &boards);
        }
        chronicle.report(&boards, true).unwrap()
    }

    /// What people see now.
    pub fn shown(&self, view: &str) -> Value {
        draw(&self.boards, view)
    }

    /// One station as people see it now.
    pub fn station(&self, id: &str) -> Value {
        let area = self.boards.area().unwrap();
        let (look, _) = self.boards.look(&id.into()).unwrap();
        draw_station(area, &area.stations[id], look).value
    }

    /// What was, as far as it is known by now: everything that had happened by then, in that order. A scenario has no
    /// corrections, which would take effect where the mistake was.
    pub fn was(&self, at: Instant, view: &str) -> Value {
        let mut situation = Situation::default();
        for ((_, sequence), (event, received)) in self.facts.range(..=(at, u64::MAX)) {
            situation.absorb(event, *sequence, *received);
        }
        let area = Arc::clone(self.boards.area().unwrap());
        draw(&Boards::of_moment(&self.boards.stem(), area, situation, at, self.boards.sequence()), view)
    }
}

fn draw(boards: &Boards, view: &str) -> Value {
    let area = boards.area().unwrap();
    let board = Board::draw(boards, &View::parse(view).unwrap(), |id| {
        Some(Arc::new(draw_station(area, &area.stations[id], boards.look(id)?.0)))
    });
    readable(serde_json::from_str(&board.unwrap().to_text()).unwrap())
}
