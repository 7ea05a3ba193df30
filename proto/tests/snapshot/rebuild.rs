//! However the journal is cut, a snapshot of the first part and a fold of the second are the whole.

use proptest::prelude::*;
use situation::board::Boards;
use situation::decide::{Decision, Intake};
use situation::event::Event;
use situation::fact::{Body, Fact};
use situation::fold::MEMORY_FACTS;
use situation::time::Instant;

use super::log::Log;
use super::story::*;
use super::streams::events;

/// A stream as a recorder gets it: some events before their time, some twice, the clock in between.
fn record(events: &[Event]) -> Log {
    let mut log = Log::begun();
    for (event, number) in events.iter().zip(0_u64..) {
        // Up to four minutes before it happens, or after; the recorder's own clock never goes back.
        let early = minutes(number % 5);
        let now = event.time.minus(early);
        log.reach(now);
        log.hear(event.clone(), now);
        if number % 3 == 0 {
            log.hear(event.clone(), now);
        }
    }
    log
}

/// What the recorder would answer to all this.
fn answers(log: &Log, events: &[Event], now: Instant) -> Vec<String> {
    let version = |event: &Event| event.station.as_ref().map_or(0, |id| log.decider.version(id));
    let answer = |event: &Event| {
        let mut other = event.clone();
        other.digest[0] ^= 1;
        let new = Event { time: event.time, ..event.clone() }.named("another");
        let intakes = [
            Intake::Event(Box::new(event.clone())),
            Intake::Event(Box::new(other)),
            Intake::Event(Box::new(new.clone())),
            Intake::Expecting(Box::new(new.clone()), version(event)),
            Intake::Expecting(Box::new(new), version(event) + 1),
        ];
        intakes.map(|intake| match log.decider.decide(intake, now) {
            Decision::Record(_) => "recorded".to_owned(),
            Decision::Known(sequence) => format!("known as {sequence}"),
            Decision::Refuse(refusal) => refusal.to_string(),
            Decision::Nothing => "nothing".to_owned(),
        })
    };
    events.iter().flat_map(answer).collect()
}

/// Puts the log away after `cut` facts, takes it out and folds the rest.
fn rebuilt(facts: &[Fact], cut: usize) -> Log {
    let mut log = Log::default();
    facts[..cut].iter().for_each(|fact| log.fold(fact.clone()));
    let (stand, mut log) = Log::taken_out(&log.put_away());
    assert_eq!(stand.sequence, facts[..cut].last().map_or(0, |fact| fact.sequence));
    facts[cut..].iter().for_each(|fact| log.fold(fact.clone()));
    log
}

fn assert_alike(whole: &mut Log, rebuilt: &mut Log, events: &[Event], cut: usize) {
    assert_eq!(whole.boards_shown(), rebuilt.boards_shown(), "boards, cut after {cut}");
    assert_eq!(whole.decider.next_due(), rebuilt.decider.next_due(), "what falls due, cut after {cut}");
    assert_eq!(whole.boards.next_due(), rebuilt.boards.next_due(), "what falls due, cut after {cut}");
    assert_eq!(whole.state_hashes(), rebuilt.state_hashes(), "states, cut after {cut}");
    let now = at("17:40");
    assert_eq!(answers(whole, events, now), answers(rebuilt, events, now), "answers, cut after {cut}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_snapshot_anywhere_and_the_tail_are_the_whole_journal(events in events().prop_shuffle()) {
        let mut whole = record(&events);
        let facts = whole.facts.clone();
        for cut in 2..=facts.len() {
            let mut rebuilt = rebuilt(&facts, cut);
            assert_alike(&mut whole, &mut rebuilt, &events, cut);
            // And they go on alike: whatever falls due, and one more event.
            let mut go_on = whole.clone();
            for log in [&mut go_on, &mut rebuilt] {
                log.hear(on_duty("17:41", "laakari", 3), at("17:41"));
                log.reach(at("23:30"));
            }
            prop_assert_eq!(go_on.boards_shown(), rebuilt.boards_shown());
            prop_assert_eq!(go_on.state_hashes(), rebuilt.state_hashes());
        }
    }

    #[test]
    fn what_was_forgotten_stays_forgotten(events in events().prop_shuffle(), cut in any::<prop::sample::Index>()) {
        let mut facts = record(&events).facts;
        let cut = 2 + cut.index(facts.len() - 1);
        // As if others had filled the memory between the second half and the first.
        let half = facts.len() / 2;
        for (fact, place) in facts[half..].iter_mut().zip(0..) {
            fact.sequence += MEMORY_FACTS - half as u64 / 2 + place;
        }
        let mut whole = Log::default();
        facts.iter().for_each(|fact| whole.fold(fact.clone()));
        let mut rebuilt = rebuilt(&facts, cut.min(facts.len()));
        assert_alike(&mut whole, &mut rebuilt, &events, cut);
    }
}

#[test]
fn a_changed_area_and_an_empty_log_are_put_away_too() {
    let empty = Log::default();
    assert_eq!(Log::taken_out(&empty.put_away()).0.sequence, 0);
    let mut log = record(&[joined("17:00", "t", "kiire", Some("A")), joined("17:01", "u", "hammas", None)]);
    let (area, document) = super::log::area();
    let without = document.replace(r#""hammas":{"authority""#, r#""hampaat":{"authority""#);
    assert_ne!(document, without, "the lane has another name");
    let other = proto::area::from_document(&without).unwrap();
    log.take(Intake::Area { document: without.into(), area: other.into() }, at("17:05"));
    log.take(Intake::Area { document: document.into(), area: area.into() }, at("17:10"));
    let facts = log.facts.clone();
    for cut in 2..=facts.len() {
        assert_alike(&mut log, &mut rebuilt(&facts, cut), &[left("17:11", "t")], cut);
    }
}

#[test]
fn levels_stand_as_they_stood_wherever_the_log_is_cut() {
    let mut whole = Log::begun();
    let (area, document) = super::log::area_with_levels();
    whole.take(Intake::Area { document: document.into(), area: area.into() }, at("15:59"));
    let boarding =
        |clock: &str, count| places(clock, "room", |it| it.boarding = situation::event::Told::Value(count));
    // Up, held by time and by the margin, not known for a while, and down.
    for (clock, count) in [("16:00", 0), ("16:01", 4), ("16:04", 3), ("16:09", 0), ("16:20", 1), ("16:40", 0)]
    {
        whole.reach(at(clock));
        whole.hear(boarding(clock, count), at(clock));
    }
    let facts = whole.facts.clone();
    assert!(whole.boards.state().strain.ended.len() >= 4, "{:?}", whole.boards.state().strain);
    for cut in 2..=facts.len() {
        let rebuilt = rebuilt(&facts, cut);
        assert_eq!(whole.boards_shown(), rebuilt.boards_shown(), "cut after {cut}");
        assert_eq!(whole.boards.next_due(), rebuilt.boards.next_due(), "cut after {cut}");
        assert_eq!(whole.state_hashes()[1], rebuilt.state_hashes()[1], "cut after {cut}");
    }
}

#[test]
fn a_past_situation_comes_back_as_it_was() {
    let log = record(&[joined("17:00", "t", "kiire", Some("A")), on_duty("17:01", "laakari", 2)]);
    let (_, projection) = proto::snapshot::read_boards(&log.put_away().1).unwrap();
    let kept = &projection.kept[0];
    let area = std::sync::Arc::clone(log.boards.area().unwrap());
    let of =
        |situation| Boards::of_moment(&log.boards, std::sync::Arc::clone(&area), situation, at("17:02"), 4);
    let (past, now) = (of(kept.situation.clone()), of(log.boards.situation().clone()));
    assert_eq!(past.look(&"porvoo".into()).unwrap().0.figures, now.look(&"porvoo".into()).unwrap().0.figures);
    assert_eq!(past.look(&"porvoo".into()).unwrap().0.figures.lanes["kiire"].waiting, Some(1));
}

#[test]
fn copies_taken_for_a_snapshot_do_not_change_with_the_log() {
    let mut log = record(&[joined("17:00", "t", "kiire", None)]);
    let (before, state) = (log.state_hashes(), (log.decider.state(), log.projection()));
    log.hear(left("17:05", "t"), at("17:05"));
    assert!(matches!(log.facts.last().map(|fact| &fact.body), Some(Body::Event(_))));
    assert_ne!(log.state_hashes(), before);
    let after =
        [proto::snapshot::decisions_hash(&state.0).unwrap(), proto::snapshot::boards_hash(&state.1).unwrap()];
    assert_eq!(after, before);
}
