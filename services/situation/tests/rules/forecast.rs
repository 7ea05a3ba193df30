//! How many will be there in the next hours, where that was told well before.

use std::sync::Arc;

use situation::board::{Boards, ForecastFigures};
use situation::event::{Event, Said, Step, Told};
use situation::fact::{Body, Fact};
use situation::time::Instant;

use super::story::*;

/// How many there are at each hour of a day like any other.
const USUAL: [u32; 24] = [4, 3, 2, 2, 2, 3, 5, 8, 12, 15, 17, 18, 18, 17, 16, 15, 14, 13, 12, 11, 9, 8, 6, 5];
/// The days before Thursday the 26th, with how many more there were on each than there are least.
const DAYS: [(&str, u32); 10] = [
    ("2026-11-16", 0),
    ("2026-11-17", 6),
    ("2026-11-18", 2),
    ("2026-11-19", 8),
    ("2026-11-20", 4),
    ("2026-11-21", 10),
    ("2026-11-22", 1),
    ("2026-11-23", 7),
    ("2026-11-24", 3),
    ("2026-11-25", 9),
];
const MORE_TODAY: u32 = 5;

fn moment(date: &str, hour: usize, minute: u32) -> Instant {
    on(&format!("{date}T{hour:02}:{minute:02}:00+02:00"))
}

/// A feed's word on the door's queue.
fn word_of(date: &str, hour: usize, waiting: u32) -> Event {
    let word = counted("00:00", |it| {
        it.waiting = Told::Value(waiting);
        it.present = Told::Value(2 * waiting);
    });
    Event { time: moment(date, hour, 0), ..word }.named(&format!("{date}-{hour}"))
}

/// Words of every hour of these days, each as `waiting` says, and of the 26th until noon.
fn words(days: &[(&str, u32)], mut waiting: impl FnMut(usize, u32) -> u32) -> Vec<Event> {
    let today = (0..12).map(|hour| ("2026-11-26", MORE_TODAY, hour));
    let before = days.iter().flat_map(|(date, more)| (0..24).map(|hour| (*date, *more, hour)));
    before.chain(today).map(|(date, more, hour)| word_of(date, hour, waiting(hour, more))).collect()
}

fn told(words: impl IntoIterator<Item = Event>) -> Log {
    let mut log = Log::of(area());
    words.into_iter().for_each(|word| log.hear_at(word, at("11:59")));
    log
}

fn by_the_hour(days: &[(&str, u32)]) -> Vec<Event> {
    words(days, |hour, more| USUAL[hour] + more)
}

fn noon(log: &mut Log) {
    log.hear(word_of("2026-11-26", 12, USUAL[12] + MORE_TODAY));
}

fn shown(log: &Log) -> Vec<ForecastFigures> {
    let forecast = &log.lane("ovi").forecast;
    forecast.waiting.values().chain(forecast.present.values()).copied().collect()
}

#[test]
fn a_queue_that_goes_by_the_hour_is_foretold_with_how_well_it_was_before() {
    let mut log = told(by_the_hour(&DAYS));
    noon(&mut log);
    let forecast = &log.lane("ovi").forecast;
    let of = |ahead: u32| (forecast.waiting[&ahead], forecast.present[&ahead]);
    for (ahead, clock, hour) in [(1, "13:00", 13), (3, "15:00", 15)] {
        let (waiting, present) = of(ahead);
        let will_be = USUAL[hour] + MORE_TODAY;
        assert_eq!((waiting.at, present.at), (at(clock), at(clock)));
        assert!(waiting.count.abs_diff(will_be) <= 1, "{waiting:?} and {will_be} will be");
        assert!(present.count.abs_diff(2 * will_be) <= 2, "{present:?} and {will_be} will wait");
    }
    for figures in shown(&log) {
        let best_guess = figures.error_of_staying.min(figures.error_of_same_hour);
        assert!(figures.error * 100 <= best_guess * 95, "{figures:?}");
        // Two of ten days say what is usual before the others can be foretold, and each of those but for its end.
        assert!((150..=9 * 23).contains(&figures.of), "{figures:?}");
    }
}

#[test]
fn of_three_days_nothing_is_foretold() {
    let mut log = told(by_the_hour(&DAYS[7..]));
    noon(&mut log);
    assert_eq!(shown(&log), []);
    let mut log = told(by_the_hour(&DAYS[5..]));
    noon(&mut log);
    assert_eq!(shown(&log).len(), 4, "and of five days it is");
}

#[test]
fn where_no_hour_tells_of_the_next_nothing_is_foretold() {
    let mut seed = 26_u32;
    let mut chance = move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed >> 16
    };
    let mut log = told(words(&DAYS, |_, _| chance() % 20));
    noon(&mut log);
    assert_eq!(shown(&log), []);
    // A queue that drifts is best told by saying that it stays.
    let mut queue = 40;
    let mut log = told(words(&DAYS, |_, _| {
        queue = (queue + chance() % 5).saturating_sub(2);
        queue
    }));
    log.hear(word_of("2026-11-26", 12, 40));
    assert_eq!(shown(&log), []);
}

#[test]
fn a_feed_that_is_silent_foretells_nothing() {
    let mut log = told(by_the_hour(&DAYS));
    noon(&mut log);
    assert_eq!(shown(&log).len(), 4);
    log.reach(at("12:10"));
    assert_eq!(log.lane("ovi").waiting, Some(USUAL[12] + MORE_TODAY), "the number stays");
    assert_eq!(shown(&log), []);
}

#[test]
fn what_a_person_counted_is_not_foretold_from() {
    let mut log = told(by_the_hour(&DAYS));
    noon(&mut log);
    let by_hand = counted("12:01", |it| {
        it.waiting = Told::Value(3);
        it.by = Some(word("vastaava"));
    });
    log.hear(by_hand);
    let forecast = &log.lane("ovi").forecast;
    assert_eq!((forecast.waiting.len(), forecast.present.len()), (0, 2));
}

#[test]
fn a_closed_station_foretells_nothing() {
    let mut log = told(by_the_hour(&DAYS));
    log.hear(says("12:00", |it| it.open = Told::Value(false)));
    noon(&mut log);
    assert_eq!(shown(&log), []);
}

#[test]
fn what_comes_in_late_is_learned_from_like_the_rest() {
    let all = by_the_hour(&DAYS);
    let mut in_order = told(all.clone());
    noon(&mut in_order);
    for late in [0, 30, 100, 239] {
        let mut log =
            told(all.iter().enumerate().filter(|(at, _)| *at != late).map(|(_, word)| word.clone()));
        noon(&mut log);
        assert_ne!(shown(&log), shown(&in_order), "without word {late}");
        log.hear_at(all[late].clone(), at("12:00:10"));
        assert_eq!(log.porvoo().lanes, in_order.porvoo().lanes, "word {late}");
    }
}

#[test]
fn day_by_day_is_learned_what_is_learned_at_once() {
    let mut boards = Boards::default();
    let mut take = |body, received| {
        boards.apply(&Fact { sequence: boards.sequence() + 1, received, body });
        boards.look(&"porvoo".into()).map(|(look, _)| look.figures.lanes["ovi"].forecast.clone())
    };
    let first = moment(DAYS[0].0, 0, 0);
    take(Body::LogBegun { epoch: "e".into(), simulated: false }, first);
    take(Body::AreaConfigured { document: "{}".into(), area: Arc::new(area()) }, first);
    let mut all = by_the_hour(&DAYS);
    all.push(word_of("2026-11-26", 12, USUAL[12] + MORE_TODAY));
    let told_each_hour: Vec<_> = all
        .into_iter()
        .map(|word| (word.time, take(Body::Event(Box::new(word.clone())), word.time)))
        .collect();
    let days_with_any =
        told_each_hour.iter().filter(|(_, it)| it.as_ref().is_some_and(|it| !it.waiting.is_empty()));
    assert!(days_with_any.count() > 24, "it was learned on the way");
    let mut at_once = told(by_the_hour(&DAYS));
    noon(&mut at_once);
    let (_, last) = told_each_hour.last().unwrap();
    assert_eq!(last.as_ref(), Some(&at_once.lane("ovi").forecast));
}

/// So many come at five past each hour of a day and leave an hour and a half later.
fn visits(date: &str, hours: std::ops::Range<usize>, more: u32) -> Vec<Event> {
    let visit = |(hour, number): (usize, u32)| {
        let ticket = format!("{date}-{hour}-{number}");
        let joined = Step::Joined { lane: "kiire".into(), urgency: None, channel: None };
        let left = Step::Left { outcome: None };
        let begins = moment(date, hour, 5);
        [(begins, joined), (begins.plus(minutes(90)), left)]
            .map(|(time, step)| event(time, Said::Ticket(ticket.as_str().into(), step)))
    };
    let count = |hour: usize| USUAL[hour] / 2 + more;
    hours.flat_map(|hour| (0..count(hour)).map(move |number| (hour, number))).flat_map(visit).collect()
}

#[test]
fn tickets_are_foretold_by_the_quarter_of_an_hour() {
    let mut log = Log::of(area());
    let noon = at("12:00");
    let before = DAYS.iter().flat_map(|(date, more)| visits(date, 0..24, *more));
    for event in before.chain(visits("2026-11-26", 0..12, MORE_TODAY)).filter(|event| event.time < noon) {
        log.hear_at(event, at("11:59"));
    }
    log.hear(heartbeat(at("12:14"), minutes(2)));
    log.hear(heartbeat(at("12:16"), minutes(2)));
    let forecast = log.lane("kiire").forecast.clone();
    assert_eq!(forecast.waiting[&1].at, at("13:15"));
    // Nobody was taken in: whoever waits is who is there.
    assert_eq!(forecast.waiting[&1].count, forecast.present[&1].count);
    assert!(log.boards.next_due().is_some_and(|due| due <= at("12:30")));
    log.hear(heartbeat(at("12:29"), minutes(2)));
    log.reach(at("12:30"));
    assert_eq!(log.lane("kiire").forecast.waiting[&1].at, at("13:30"));
}
