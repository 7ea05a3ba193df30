//! Some days in the county as a recorder would have written them down, late and corrected words among them, and the
//! boards that people saw.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use proto::board::{Board, draw_station};
use proto::fact::{StoredBody, StoredFact};
use proto::time::Moment;
use serde_json::{Value, json};
use situation::board::{Boards, View};
use situation::event::Said;
use situation::fact::{Body, Fact};
use situation::fold::Situation;
use situation::handover::{Chronicle, Span};
use situation::name::StationId;
use situation::time::Instant;
use sources::demo::Demo;

use super::dice::Dice;

const AREA_FILE: &str = include_str!("../../../../config/areas/itauusimaa.toml");
/// A Wednesday: the days reach into the weekend.
const BEGINS_US: i64 = 1_795_633_200_000_000;
const SEED: u64 = 7;
/// So often something is said of somebody whom something was said of earlier, however long ago.
const LATE_EVERY: u64 = 37;
const CORRECTED_EVERY: u64 = 53;
const HANDLED_EVERY: u64 = 211;
/// How far ahead of its time an event may come.
const AHEAD_US: i64 = 200_000_000;

/// What somebody saw.
pub struct Look {
    pub view: &'static str,
    pub sequence: u64,
    pub hash: String,
}

/// What was.
pub struct Was {
    pub view: &'static str,
    pub at: Instant,
    pub hash: String,
}

const VIEWS: [&str; 4] = ["situation", "evening", "weekend", "station:porvoo-paivystys"];

#[derive(Default)]
pub struct Days {
    facts: Vec<StoredFact>,
    boards: Boards,
    dice: Dice,
    /// What was said of tickets: whom and what a late word may be about.
    told: Vec<Value>,
    said: u64,
}

impl Days {
    pub fn simulated(facts: usize) -> Self {
        let (area, document) = proto::area::from_toml(AREA_FILE).unwrap();
        let zone = area.calendar.zone.clone();
        let mut days = Self::default();
        days.put(StoredBody::LogBegun { epoch: "00c0ffee00c0ffee".to_owned(), simulated: true }, BEGINS_US);
        days.put(StoredBody::AreaConfigured { document }, BEGINS_US);
        let items = Demo::new(SEED, BEGINS_US, zone).skip_while(|item| item.due_us < BEGINS_US);
        for item in items {
            if days.facts.len() >= facts {
                return days;
            }
            days.hear(item.event, item.due_us);
        }
        days
    }

    fn hear(&mut self, mut event: Value, received_us: i64) {
        while let Some(due) = self.boards.next_due().filter(|due| due.as_micros() <= received_us) {
            self.put(StoredBody::ClockReached { due: due.into() }, received_us);
        }
        if event["data"]["ticket"].is_string() {
            self.told.push(event.clone());
            if self.dice.below(90) == 0 {
                event["time"] = json!(text(received_us + AHEAD_US));
            }
        }
        self.say(&event, received_us);
        self.said += 1;
        if self.said.is_multiple_of(LATE_EVERY) {
            self.say_late(received_us);
        }
        if self.said.is_multiple_of(CORRECTED_EVERY) {
            self.correct(received_us);
        }
        if self.said.is_multiple_of(HANDLED_EVERY) {
            self.handle_an_alarm(received_us);
        }
    }

    fn any_told(&mut self) -> Option<Value> {
        (!self.told.is_empty()).then(|| {
            let at = self.dice.below(self.told.len());
            self.told[at].clone()
        })
    }

    fn say_late(&mut self, received_us: i64) {
        let Some(mut event) = self.any_told() else { return };
        let kinds = ["queue.left", "queue.care_started"];
        event["type"] = json!(format!("fi.tilanne.{}.v1", kinds[self.dice.below(kinds.len())]));
        event["id"] = json!(format!("late-{}", self.said));
        event["data"] = json!({"ticket": event["data"]["ticket"]});
        if event["type"].as_str().unwrap().contains("left") {
            event["data"]["outcome"] = json!("treated");
        }
        self.say(&event, received_us);
    }

    fn correct(&mut self, received_us: i64) {
        let Some(mut event) = self.any_told() else { return };
        let (ticket, corrects) = (event["data"]["ticket"].clone(), event["id"].clone());
        event["type"] = json!("fi.tilanne.queue.corrected.v1");
        event["id"] = json!(format!("corrected-{}", self.said));
        event["time"] = json!(text(received_us));
        event["data"] = json!({"ticket": ticket, "corrects": corrects, "void": true});
        self.say(&event, received_us);
    }

    fn handle_an_alarm(&mut self, received_us: i64) {
        let alarms: Vec<String> = self.boards.alarms().keys().map(|id| id.as_str().to_owned()).collect();
        if alarms.is_empty() {
            return;
        }
        let alarm = &alarms[self.dice.below(alarms.len())];
        let event = json!({
            "specversion": "1.0", "id": format!("handled-{}", self.said), "source": "/desk",
            "type": "fi.tilanne.alarm.acknowledged.v1", "time": text(received_us),
            "data": {"alarm": alarm, "actor": "testaaja", "role": "koordinaattori"},
        });
        self.say(&event, received_us);
    }

    fn say(&mut self, event: &Value, received_us: i64) {
        let decoded = proto::event::decode(event.to_string().as_bytes());
        let decoded = decoded.unwrap_or_else(|why| panic!("{}: {event}", why.reason));
        self.put(StoredBody::Event(decoded.stored), received_us);
    }

    fn put(&mut self, body: StoredBody, received_us: i64) {
        let fact = StoredFact { sequence: self.last() + 1, received: Moment(received_us), body };
        self.boards.apply(&fact.clone().into_fact().unwrap());
        self.facts.push(fact);
    }

    pub fn facts(&self) -> &[StoredFact] {
        &self.facts
    }

    pub fn last(&self) -> u64 {
        self.facts.len() as u64
    }

    pub fn received(&self, sequence: u64) -> Moment {
        self.facts[usize::try_from(sequence).unwrap() - 1].received
    }

    /// The report of a span that is over, folded from the first fact.
    pub fn report(&self, from: Moment, to: Moment) -> Value {
        let mut boards = Boards::default();
        let facts = || self.facts.iter().take_while(|fact| fact.received < to);
        let fold = |boards: &mut Boards, fact: &StoredFact| {
            let fact = fact.clone().into_fact().unwrap();
            boards.apply(&fact);
            fact
        };
        for fact in facts().take_while(|fact| fact.received < from) {
            fold(&mut boards, fact);
        }
        let area = Arc::clone(self.boards.area().unwrap());
        let span = Span::between(&area, from.into(), to.into()).unwrap();
        let mut chronicle = Chronicle::begin(span, &boards);
        for fact in facts().skip_while(|fact| fact.received < from) {
            let fact = fold(&mut boards, fact);
            chronicle.pass(&fact, &boards);
        }
        proto::handover::draw(&chronicle.report(&boards, true).unwrap(), boards.epoch().unwrap())
    }

    /// What people saw at so many facts.
    pub fn looks(&self, count: usize) -> Vec<Look> {
        let mut dice = Dice::of(11);
        let mut sequences: Vec<u64> =
            (0..count).map(|_| 3 + dice.below(self.facts.len() - 3) as u64).chain([self.last()]).collect();
        sequences.sort_unstable();
        let each = sequences.into_iter().flat_map(|sequence| VIEWS.map(|view| (sequence, view)));
        self.seen(each)
    }

    /// Moments all over the days.
    pub fn moments(&self, count: usize) -> Vec<Instant> {
        let (begun, ended) = (self.received(3).0, self.received(self.last()).0);
        let mut dice = Dice::of(13);
        let anywhere = (0..count).map(|_| begun + (ended - begun) / 1_000 * dice.below(1_000) as i64);
        anywhere.chain([ended]).map(Instant::from_micros).collect()
    }

    /// Somebody else has come whenever this one did, as turns out now, at the end: the moments, a while after each.
    pub fn turns_out(&mut self, count: usize) -> Vec<Instant> {
        let joined = |event: &&Value| event["type"] == "fi.tilanne.queue.joined.v1";
        let visits: Vec<Value> = self.told.iter().filter(joined).cloned().collect();
        let received = self.received(self.last()).0;
        let mut moments = Vec::new();
        for (number, mut event) in (0..count).zip(visits.into_iter().step_by(3)) {
            event["id"] = json!(format!("turned-out-{number}"));
            event["data"]["ticket"] = json!(format!("turned-out-{number}"));
            self.say(&event, received);
            let at = proto::time::parse(event["time"].as_str().unwrap()).unwrap();
            moments.push(at.plus(Duration::from_secs(60)));
        }
        assert_eq!(moments.len(), count, "so many came");
        moments
    }

    /// What was at so many moments.
    pub fn was(&self, count: usize) -> Vec<Was> {
        self.was_at(self.moments(count))
    }

    /// What was at moments: of each, all that is said of the time up to it, in the order of that time, with what is corrected
    /// of it.
    pub fn was_at(&self, moments: Vec<Instant>) -> Vec<Was> {
        let facts: Vec<Fact> = self.facts.iter().map(|fact| fact.clone().into_fact().unwrap()).collect();
        let events = facts.iter().filter_map(|fact| match &fact.body {
            Body::Event(event) => Some((event, fact.sequence, fact.received)),
            _ => None,
        });
        let (corrections, mut said): (Vec<_>, Vec<_>) =
            events.partition(|(event, ..)| matches!(event.said, Said::Corrected(_)));
        said.sort_by_key(|(event, sequence, _)| (event.time, *sequence));
        let area = self.boards.area().unwrap();
        let was = |at: Instant| {
            let (mut situation, mut newest) = (Situation::default(), 0);
            let mut tickets = HashSet::new();
            for (event, sequence, received) in said.iter().take_while(|(event, ..)| event.time <= at) {
                situation.absorb(event, *sequence, *received);
                newest = newest.max(*sequence);
                if let Said::Ticket(ticket, _) = &event.said {
                    tickets.insert((event.station.clone(), ticket.clone()));
                }
            }
            for (event, sequence, received) in &corrections {
                let Said::Corrected(correction) = &event.said else { continue };
                if tickets.contains(&(event.station.clone(), correction.ticket.clone())) {
                    situation.absorb(event, *sequence, *received);
                    newest = newest.max(*sequence);
                }
            }
            Boards::of_moment(&self.boards.stem(), Arc::clone(area), situation, at, newest)
        };
        let each = moments.into_iter().flat_map(|at| {
            let boards = was(at);
            VIEWS.map(|view| Was { view, at, hash: hash(&boards, view) })
        });
        each.collect()
    }

    /// What people saw of views at facts, which are sorted: folded from the first fact, and drawn from nothing.
    pub fn seen(&self, wanted: impl IntoIterator<Item = (u64, &'static str)>) -> Vec<Look> {
        let mut boards = Boards::default();
        let mut wanted = wanted.into_iter().peekable();
        let mut looks = Vec::new();
        for fact in &self.facts {
            boards.apply(&fact.clone().into_fact().unwrap());
            while let Some((sequence, view)) = wanted.next_if(|(sequence, _)| *sequence == boards.sequence())
            {
                looks.push(Look { view, sequence, hash: hash(&boards, view) });
            }
        }
        assert!(wanted.next().is_none(), "all of them are facts");
        looks
    }
}

fn hash(boards: &Boards, view: &str) -> String {
    let area = boards.area().unwrap();
    let station =
        |id: &StationId| Some(Arc::new(draw_station(area, area.stations.get(id)?, boards.look(id)?.0)));
    Board::draw(boards, &View::parse(view).unwrap(), station).unwrap().hash
}

fn text(us: i64) -> String {
    proto::time::format(Instant::from_micros(us))
}
