//! Signatures: who handed a shift over, who took it, and which shifts nobody did.

use situation::board::View;
use situation::calendar::{Days, ShiftRule};
use situation::decide::{Refusal, Unsignable};
use situation::event::{Event, Part, Said, Signing};
use situation::fold::MAX_SIGNED;
use situation::handover::TOLD_FOR;
use situation::name::Trilingual;
use situation::time::Instant;

use super::sayings::*;
use super::story::*;

const DAY: (&str, &str) = ("08:00", "16:00");
const EVENING: (&str, &str) = ("16:00", "22:00");

/// A log that began at midnight, of an area with a shift of the day and one of the evening.
fn log() -> Log {
    let mut area = area();
    let rule = |fi: &str, from: i8, to: i8| ShiftRule {
        name: Trilingual { fi: fi.into(), ..Trilingual::default() },
        days: Days::ALL,
        from: jiff::civil::time(from, 0, 0, 0),
        to: jiff::civil::time(to, 0, 0, 0),
    };
    area.shifts = vec![rule("päivä", 8, 16), rule("ilta", 16, 22)];
    Log::of(area)
}

fn signed(clock: &str, span: (&str, &str), part: Part, actor: &str) -> Event {
    by_desk(clock, Said::HandoverSigned(signing(span, part, actor)))
}

fn refused(log: &Log, clock: &str, span: (&str, &str), part: Part, actor: &str) -> Unsignable {
    match log.refusal(signed(clock, span, part, actor), at(clock)) {
        Refusal::Handover(why) => why,
        other => panic!("{other:?}"),
    }
}

/// What the weekend's board says of unsigned shifts: their names, and whether they were handed over.
fn told(log: &Log) -> Vec<(String, bool)> {
    let unsigned = log.boards.frame(&View::Weekend).unwrap().unsigned.values();
    unsigned.map(|shift| (shift.name.fi.clone(), shift.given)).collect()
}

fn named(shifts: &[(&str, bool)]) -> Vec<(String, bool)> {
    shifts.iter().map(|(name, given)| ((*name).to_owned(), *given)).collect()
}

#[test]
fn a_shift_is_handed_over_by_one_and_received_by_another() {
    let mut log = log();
    log.reach(at("16:00"));
    assert_eq!(refused(&log, "16:05", DAY, Part::Received, "b"), Unsignable::NotGiven);
    log.hear(signed("16:05", DAY, Part::Given, "a"));
    assert_eq!(refused(&log, "16:06", DAY, Part::Received, "a"), Unsignable::FromOneself);
    assert_eq!(
        refused(&log, "16:06", DAY, Part::Received, " A"),
        Unsignable::FromOneself,
        "neither is another way to write it"
    );
    log.hear(signed("16:10", DAY, Part::Received, "b"));
    let signatures = log.boards.situation().signed().of(at(DAY.0), at(DAY.1)).unwrap();
    let who = [&signatures.given, &signatures.received].map(|it| it.as_ref().unwrap());
    assert_eq!(who.map(|it| (it.by.actor.as_str(), it.at)), [("a", at("16:05")), ("b", at("16:10"))]);
    for part in [Part::Given, Part::Received] {
        let why = refused(&log, "16:20", DAY, part, "c");
        assert!(matches!(why, Unsignable::Signed { .. }), "{why}");
    }
}

#[test]
fn what_is_received_is_what_was_handed_over() {
    let mut log = log();
    log.reach(at("16:00"));
    log.hear(signed("16:05", DAY, Part::Given, "a"));
    for change in
        [|it: &mut Signing| it.sequence = 8, |it: &mut Signing| it.hash = "1".repeat(64).as_str().into()]
    {
        let mut other = signing(DAY, Part::Received, "b");
        change(&mut other);
        let why = log.refusal(by_desk("16:10", Said::HandoverSigned(other)), at("16:10"));
        assert_eq!(why, Refusal::Handover(Unsignable::OtherReport { sequence: 7 }));
        assert!(why.to_string().contains("sequence=7"), "{why}");
    }
}

#[test]
fn only_a_shift_of_the_area_that_has_ended_can_be_signed() {
    let mut log = log();
    log.reach(at("21:00"));
    assert_eq!(refused(&log, "21:00", EVENING, Part::Given, "a"), Unsignable::GoesOn { to: at("22:00") });
    assert_eq!(refused(&log, "21:00", ("16:00", "21:00"), Part::Given, "a"), Unsignable::NoShift);
    assert_eq!(refused(&log, "21:00", ("16:00", "16:00"), Part::Given, "a"), Unsignable::NoShift);
}

#[test]
fn the_weekend_tells_of_shifts_that_nobody_took_over_until_somebody_does() {
    let mut log = log();
    log.reach(at("15:59"));
    assert_eq!(told(&log), []);
    let due = log.decider.next_due().unwrap();
    assert_eq!(due, at("16:00"), "the end of a shift is known beforehand");
    log.reach(due);
    assert_eq!(told(&log), named(&[("päivä", false)]));
    log.hear(signed("16:05", DAY, Part::Given, "a"));
    assert_eq!(told(&log), named(&[("päivä", true)]), "nobody has received it");
    log.hear(signed("16:10", DAY, Part::Received, "b"));
    assert_eq!(told(&log), []);
    let revision = log.revision(&View::Weekend);
    assert_eq!(revision, log.sequence, "the signature changed the board");
    assert!(log.revision(&View::Evening) < revision, "and no other");
}

#[test]
fn what_ended_before_the_log_began_or_days_ago_is_not_told_of() {
    let mut log = log();
    log.reach(at("00:01"));
    assert_eq!(told(&log), [], "the evening before belongs to no log");
    log.reach(at("16:00"));
    let gone = at("16:00").plus(TOLD_FOR);
    let days_later = |log: &mut Log, until: Instant| {
        while let Some(due) = log.decider.next_due().filter(|due| *due <= until) {
            log.reach(due);
        }
    };
    days_later(&mut log, gone.minus(secs(1)));
    assert_eq!(told(&log).first(), named(&[("päivä", false)]).first());
    let before = told(&log).len();
    days_later(&mut log, gone);
    // It goes at the moment at which another day's ends.
    assert_eq!(told(&log).len(), before);
    assert_eq!(log.boards.frame(&View::Weekend).unwrap().unsigned.keys().next(), Some(&at("16:00")));
}

#[test]
fn more_signatures_than_are_remembered_push_the_oldest_out() {
    let mut situation = situation::fold::Situation::default();
    let span = |day: usize| {
        let from = at("08:00").plus(HOUR * 24 * u32::try_from(day).unwrap());
        (from, from.plus(8 * HOUR))
    };
    for day in 0..=MAX_SIGNED {
        let (from, to) = span(day);
        let signing = Signing { from, to, ..signing(DAY, Part::Given, "a") };
        situation.absorb(&by_desk("16:00", Said::HandoverSigned(signing)), day as u64, at("16:00"));
    }
    let known = |day| situation.signed().of(span(day).0, span(day).1).is_some();
    assert!(!known(0) && known(1) && known(MAX_SIGNED));
}
