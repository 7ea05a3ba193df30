//! The recorder's rules and the boards, fed with the simulation.

use std::sync::Arc;

use situation::board::{Boards, Freshness, StationFigures};
use situation::decide::{Decider, Decision, Intake};
use situation::fact::{Body, Fact};
use situation::time::Instant;

use super::{AREA, Item, MINUTE, at, begins, hours};

/// A recorder without a journal.
pub(super) struct Recorder {
    decider: Decider,
    pub boards: Boards,
}

impl Recorder {
    fn new(received: i64) -> Self {
        let (area, document) = proto::area::from_toml(AREA).unwrap();
        let mut recorder = Self { decider: Decider::default(), boards: Boards::default() };
        recorder.take(Intake::Begin { epoch: "0123456789abcdef".into(), simulated: true }, received);
        recorder.take(Intake::Area { document: document.into(), area: Arc::new(area) }, received);
        recorder
    }

    fn take(&mut self, intake: Intake, received: i64) {
        let received = Instant::from_micros(received);
        let body: Body = match self.decider.decide(intake, received) {
            Decision::Record(body) => body,
            Decision::Nothing => return,
            Decision::Known(sequence) => panic!("known as {sequence}"),
            Decision::Refuse(refusal) => panic!("refused: {refusal}"),
        };
        let fact =
            Fact { sequence: self.decider.sequence() + 1, received: self.decider.stamp(received), body };
        self.decider.evolve(&fact);
        self.boards.apply(&fact);
    }

    fn advance(&mut self, now: i64) {
        while let Some(due) = self.boards.next_due().filter(|due| due.as_micros() <= now) {
            self.take(Intake::Clock { due }, due.as_micros());
        }
    }

    pub fn figures(&self, station: &str) -> &StationFigures {
        &self.boards.look(&station.into()).unwrap().0.figures
    }

    pub fn waiting(&self, station: &str, lane: &str) -> u32 {
        self.figures(station).lanes[lane].waiting.unwrap()
    }
}

/// As many hours of the simulation.
fn run(length: i64, look: impl FnMut(i64, &Recorder)) -> Recorder {
    play(hours(length), begins(), look)
}

/// Everything goes in when it is delivered; `look` sees the boards after each minute.
pub(super) fn play(items: Vec<Item>, begins: i64, mut look: impl FnMut(i64, &Recorder)) -> Recorder {
    // What was before the beginning is delivered at the beginning.
    let mut recorder = Recorder::new(begins);
    let mut next_look = begins + MINUTE;
    for item in items {
        let received = item.due_us.max(begins);
        while next_look <= received {
            recorder.advance(next_look);
            look(next_look, &recorder);
            next_look += MINUTE;
        }
        recorder.advance(received);
        let decoded = proto::event::decode(item.event.to_string().as_bytes()).unwrap();
        recorder.take(Intake::Event(Box::new(decoded.event)), received);
    }
    recorder
}

#[test]
fn two_days_are_recorded_without_a_rejection_and_sipoo_is_lost_and_returns() {
    let sipoo = |recorder: &Recorder| recorder.figures("sipoo-sote").feeds["/feeds/sipoo"].state;
    let mut lost = 0;
    run(48, |now, recorder| {
        for (id, station) in &recorder.boards.area().unwrap().stations {
            let figures = recorder.figures(id.as_str());
            for lane in station.lanes.keys() {
                assert!(figures.lanes[lane].waiting.is_some(), "{id} {lane} is not known");
                assert_eq!(figures.lanes[lane].unresolved, None, "{id} {lane}");
            }
            for (feed, figures) in figures.feeds.iter().filter(|(feed, _)| feed.as_str() != "/feeds/sipoo") {
                assert_eq!(figures.state, Freshness::Fresh, "{feed}");
            }
        }
        lost += i32::from(sipoo(recorder) == Freshness::Lost);
        let expected = [
            ("2026-11-26T17:04:00+02:00", Freshness::Fresh),
            ("2026-11-26T17:10:00+02:00", Freshness::Stale),
            ("2026-11-26T17:23:00+02:00", Freshness::Lost),
            ("2026-11-26T17:26:00+02:00", Freshness::Fresh),
        ];
        for (time, state) in expected.into_iter().filter(|(time, _)| at(time) == now) {
            assert_eq!(sipoo(recorder), state, "{time}");
        }
    });
    assert!((2..=6).contains(&lost), "lost for {lost} minutes: on Thursday, not on Friday");
}

#[test]
fn at_five_people_wait_as_the_evening_has_it() {
    let recorder = run(0, |_, _| ());
    let by_urgency = |station: &str| {
        let lane = &recorder.figures(station).lanes["kiire"];
        ["A", "B", "C", "D", "E"]
            .map(|code| lane.waiting_by_urgency.as_ref().unwrap().get(code).copied().unwrap_or(0))
    };
    assert_eq!(
        (recorder.waiting("porvoo-paivystys", "kiire"), by_urgency("porvoo-paivystys")),
        (9, [0, 0, 2, 4, 3])
    );
    let loviisa = "loviisa-iltavastaanotto";
    assert_eq!((recorder.waiting(loviisa, "kiire"), by_urgency(loviisa)), (4, [0, 0, 1, 3, 0]));
    assert_eq!(recorder.waiting("sipoo-sote", "kiire"), 3);
    let phone = &recorder.figures("paivystysapu-116117").lanes["takaisinsoitot"];
    assert_eq!(
        (phone.waiting, phone.oldest_since),
        (Some(11), Some(Instant::from_micros(at("2026-11-26T16:38:00+02:00"))))
    );
    let porvoo = recorder.figures("porvoo-paivystys");
    let room = &porvoo.capacity["room"];
    assert_eq!((room.staffed, room.occupied, room.free), (Some(12), Some(11), Some(1)));
    assert_eq!((porvoo.staff["laakari"].on_duty, porvoo.staff["laakari"].required), (Some(2), Some(2)));
    assert_eq!(porvoo.staff["sairaanhoitaja"].on_duty, Some(7));
    let in_care: u32 = porvoo.lanes.values().filter_map(|lane| lane.in_care).sum();
    assert_eq!(in_care, 11);
    let open = |station: &str| recorder.figures(station).open;
    for station in ["porvoo-sote", "askola-sote", "lapinjarvi-sote", "myrskyla-sote", "pukkila-sote"] {
        assert_eq!(open(station), Some(false), "{station}");
    }
    assert_eq!((open("sipoo-sote"), open(loviisa)), (Some(true), Some(true)));
}

#[test]
fn stations_close_in_the_evening_and_loviisa_is_empty_when_it_does() {
    let mut closed_at = None;
    run(5, |now, recorder| {
        let loviisa = recorder.figures("loviisa-iltavastaanotto");
        if loviisa.open == Some(false) && closed_at.is_none() {
            closed_at = Some(now);
            assert_eq!(loviisa.lanes["kiire"].present, Some(0));
        }
        if now > at("2026-11-26T18:00:00+02:00") {
            assert_eq!(recorder.figures("sipoo-sote").open, Some(false));
        }
    });
    let (doors, extended) = (at("2026-11-26T20:00:00+02:00"), at("2026-11-26T20:30:00+02:00"));
    assert!(closed_at == Some(doors) || closed_at == Some(extended), "{closed_at:?}");
}
