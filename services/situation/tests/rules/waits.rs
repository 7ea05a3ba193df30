//! What somebody who comes now may expect, from how long others waited.

use std::time::Duration;

use proptest::prelude::*;
use situation::board::{ExpectedFigures, LaneFigures, WaitFigures, WithinFigures};
use situation::event::{Amendment, Event, Said, Step};
use situation::fold::{JUDGED, LEAST, LONGEST, MEMORY};
use situation::name::UrgencyCode;
use situation::time::Instant;

use super::story::*;

fn says(ticket: &str, at: Instant, step: Step) -> Event {
    event(at, Said::Ticket(ticket.into(), step))
}

fn comes(ticket: &str, at: Instant, code: &str) -> Event {
    let urgency = Some(UrgencyCode::new(code));
    says(ticket, at, Step::Joined { lane: "kiire".into(), urgency, channel: None })
}

/// Somebody who comes and is seen after a wait.
fn seen(ticket: &str, came: Instant, wait: Duration, code: &str) -> [Event; 2] {
    [comes(ticket, came, code), says(ticket, came.plus(wait), Step::CareStarted)]
}

/// So many people from 9 on, a minute apart; the first waits a minute, the next two, and so on.
fn morning(people: usize) -> Vec<Event> {
    let waits = (1..).take(people).map(minutes);
    let visits = waits.enumerate().map(|(number, wait)| {
        seen(&format!("m{number}"), at("09:00").plus(minutes(number as u64)), wait, "C")
    });
    visits.flatten().collect()
}

/// What the lane shows at 12:00, by a log that heard all this in the order in which it happened.
fn at_noon(events: &[Event]) -> LaneFigures {
    let mut events = events.to_vec();
    events.push(heartbeat(at("12:00"), minutes(1)));
    events.sort_by_key(|event| event.time);
    Log::given(events).lane("kiire").clone()
}

fn of_c(lane: &LaneFigures) -> Option<ExpectedFigures> {
    lane.expected_by_urgency.get("C").copied()
}

#[test]
fn too_few_waits_are_told_as_too_few_and_guess_nothing() {
    let few = at_noon(&morning(LEAST - 1));
    let known = u32::try_from(LEAST - 1).unwrap();
    assert_eq!(of_c(&few), Some(ExpectedFigures { wait: None, known, ahead: 0 }));
    assert_eq!(few.expected, of_c(&few));
    assert_eq!(few.waits_within, None);
    assert!(of_c(&at_noon(&morning(LEAST))).unwrap().wait.is_some());
    assert_eq!(few.expected_by_urgency.len(), 1, "nobody ever waited as an A");
}

#[test]
fn half_and_nine_of_ten_waited_at_most_so_long() {
    let mut events = morning(39);
    // Seconds are told as the minute that they are in.
    events.extend(seen("late", at("09:50"), secs(39 * 60 + 1), "C"));
    let wait = of_c(&at_noon(&events)).unwrap().wait;
    assert_eq!(wait, Some(WaitFigures { p50_s: 21 * 60, p90_s: 37 * 60, of: 40 }));
    // Of ten times three, and one more who is to come, nine times three and a bit are the 28th.
    let wait = of_c(&at_noon(&morning(30))).unwrap().wait;
    assert_eq!(wait, Some(WaitFigures { p50_s: 16 * 60, p90_s: 28 * 60, of: 30 }));
}

#[test]
fn a_lane_of_counts_tells_nothing_of_waits() {
    let log = Log::given([counted("12:00", |it| it.waiting = situation::event::Told::Value(7))]);
    assert_eq!((log.lane("ovi").expected, log.lane("ovi").waits_within), (None, None));
}

#[test]
fn a_silent_feed_or_a_closed_station_promises_nothing() {
    let mut log = Log::given(morning(70));
    log.hear(heartbeat(at("12:00"), minutes(1)));
    assert!(log.lane("kiire").expected.is_some());
    log.reach(at("12:04"));
    assert!(log.lane("kiire").expected.is_some(), "late is not silent");
    log.reach(at("12:05"));
    assert_eq!((log.lane("kiire").expected, of_c(log.lane("kiire"))), (None, None));
    assert_eq!(log.lane("kiire").waits_within, None);
    log.hear(heartbeat(at("12:06"), minutes(1)));
    assert!(log.lane("kiire").expected.is_some());
    log.hear(heartbeat(at("22:00"), minutes(1)));
    assert_eq!(log.lane("kiire").expected, None, "the doors are closed");
    assert!(log.lane("kiire").waits_within.is_some(), "how it went is still so");
}

#[test]
fn who_leaves_unseen_stood_in_the_queue_and_is_no_wait() {
    let mut events = morning(40);
    events.push(comes("gone", at("11:00"), "C"));
    let waiting = of_c(&at_noon(&events)).unwrap();
    assert_eq!((waiting.known, waiting.ahead), (40, 1));
    events.push(says("gone", at("11:50"), Step::Left { outcome: None }));
    let gone = of_c(&at_noon(&events)).unwrap();
    assert_eq!((gone.known, gone.ahead), (40, 0));
}

#[test]
fn a_wait_is_in_the_lane_in_which_it_ended_from_coming_into_it() {
    let mut events = morning(29);
    for number in 0..3 {
        let ticket = format!("d{number}");
        let joined = Step::Joined { lane: "hammas".into(), urgency: None, channel: None };
        events.push(says(&ticket, at("09:00"), joined));
        events.push(says(&ticket, at("11:00"), Step::Moved { lane: "kiire".into() }));
        events.push(says(&ticket, at("11:00:10"), Step::Triaged { urgency: "C".into() }));
        events.push(says(&ticket, at("11:00:30"), Step::CareStarted));
    }
    let figures = at_noon(&events);
    assert_eq!(of_c(&figures).unwrap().known, 32);
    let wait = figures.expected.unwrap().wait.unwrap();
    assert_eq!((wait.p50_s, wait.p90_s), (14 * 60, 27 * 60), "none of them waited for two hours here");
}

#[test]
fn who_was_booked_for_tomorrow_did_not_wait_until_then() {
    let mut log = Log::given(seen("long", at("09:00"), LONGEST, "C"));
    log.hear(comes("longer", log.boards.clock(), "C"));
    let later = log.boards.clock().plus(LONGEST).plus(secs(1));
    log.hear(says("longer", later, Step::CareStarted));
    log.hear(heartbeat(later, minutes(1)));
    assert_eq!(of_c(log.lane("kiire")).unwrap().known, 1);
}

#[test]
fn somebody_who_waits_for_more_than_a_day_is_in_no_queue() {
    let mut log = Log::given([comes("t", at("09:00"), "C"), heartbeat(at("09:00"), HOUR)]);
    log.hear(heartbeat(at("10:00"), 12 * HOUR));
    assert_eq!(log.lane("kiire").expected.unwrap().ahead, 1);
    let tomorrow = at("09:00").plus(LONGEST);
    log.hear(says(
        "u",
        tomorrow.minus(secs(1)),
        Step::Joined { lane: "kiire".into(), urgency: None, channel: None },
    ));
    assert_eq!(log.lane("kiire").expected.unwrap().ahead, 2);
    assert!(log.boards.next_due().unwrap() <= tomorrow);
    log.reach(tomorrow);
    assert_eq!(log.lane("kiire").expected.unwrap().ahead, 1);
}

#[test]
fn what_never_happened_is_taken_out() {
    let mut events = morning(30);
    assert!(of_c(&at_noon(&events)).unwrap().wait.is_some());
    let care =
        events.iter().find(|event| matches!(event.said, Said::Ticket(_, Step::CareStarted))).unwrap().clone();
    events.push(corrected("11:30", "m0", &care, Some(true), Amendment::default()));
    let figures = of_c(&at_noon(&events)).unwrap();
    assert_eq!(figures, ExpectedFigures { wait: None, known: 29, ahead: 1 });
    // And a wait that was of another urgency is that one's.
    let came =
        events.iter().find(|event| matches!(event.said, Said::Ticket(_, Step::Joined { .. }))).unwrap();
    let set = Amendment { urgency: Some("B".into()), ..Amendment::default() };
    let events = [morning(30), vec![corrected("11:31", "m0", came, None, set)]].concat();
    let figures = at_noon(&events);
    assert_eq!((of_c(&figures).unwrap().known, figures.expected_by_urgency["B"].known), (29, 1));
    assert_eq!(figures.expected.unwrap().known, 30);
}

/// In every other hour six come together, in the others one comes alone. Each who stands there before makes it five minutes
/// longer.
fn crowded_and_quiet() -> Vec<Event> {
    let mut events = Vec::new();
    for hour in 0..80_u64 {
        let start = at("09:00").minus(minutes(60 * (80 - hour)));
        let crowd = if hour % 2 == 0 { 6 } else { 1 };
        for number in 0..crowd {
            let came = start.plus(secs(number));
            events.extend(seen(&format!("h{hour}-{number}"), came, minutes(5 + 5 * number), "C"));
        }
    }
    events
}

#[test]
fn a_long_queue_is_expected_to_take_longer_than_a_short_one() {
    let mut log = Log::given([]);
    let mut past = crowded_and_quiet();
    past.sort_by_key(|event| event.time);
    past.into_iter().for_each(|event| log.hear(event));
    log.hear(heartbeat(at("09:00"), minutes(1)));
    let alone = of_c(log.lane("kiire")).unwrap();
    assert_eq!(alone.ahead, 0);
    for number in 0..5 {
        log.hear(comes(&format!("n{number}"), at("09:01").plus(secs(number)), "C"));
    }
    let behind = of_c(log.lane("kiire")).unwrap();
    assert_eq!(behind.ahead, 5);
    let (alone, behind) = (alone.wait.unwrap(), behind.wait.unwrap());
    assert!(alone.p90_s <= 10 * 60 && behind.p50_s >= 25 * 60, "{alone:?} {behind:?}");
}

#[test]
fn how_many_waits_stayed_within_what_was_said_is_counted() {
    let mut events = morning(30);
    // Behind nobody. The half is 16 minutes then, and nine of ten 28.
    for (ticket, clock, wait) in [("a", "10:10", 16), ("b", "10:40", 28), ("c", "11:10", 29)] {
        events.extend(seen(ticket, at(clock), minutes(wait), "C"));
    }
    let within = at_noon(&events).waits_within.unwrap();
    assert_eq!(within, WithinFigures { p50: 1, p90: 2, of: 3 });
}

#[test]
fn a_lane_remembers_no_more_than_it_looks_at() {
    let mut log = Log::given([]);
    for number in 0..6_000_u64 {
        let came = at("09:00").minus(minutes(10 * (6_000 - number)));
        seen(&format!("t{number}"), came, minutes(5), "C").into_iter().for_each(|event| log.hear(event));
    }
    log.hear(heartbeat(at("09:00"), minutes(1)));
    let kept: usize =
        log.boards.situation().state().stations["porvoo"].waits["kiire"].days().map(|day| day.len()).sum();
    assert!((MEMORY + JUDGED..4 * (MEMORY + JUDGED)).contains(&kept), "{kept} are kept");
    let figures = log.lane("kiire");
    assert_eq!(figures.waits_within.unwrap().of as usize, JUDGED);
    assert_eq!(figures.expected.unwrap().known as usize, MEMORY);
}

/// Visits of one day: when each came, how long they waited, and how that ended.
fn visits() -> impl Strategy<Value = Vec<Event>> {
    let visit = (0..140_u64, 0..90_u64, 0..8_u8, proptest::sample::select(vec!["A", "B", "C"]));
    proptest::collection::vec(visit, 40..70).prop_map(|visits| {
        let mut events = Vec::new();
        for ((came, wait, end, code), number) in visits.into_iter().zip(0..) {
            let (ticket, came) = (format!("v{number}"), at("08:00").plus(minutes(came)));
            let ended = came.plus(minutes(wait));
            let [joined, started] = seen(&ticket, came, minutes(wait), code);
            let kept = started.clone();
            events.push(joined);
            match end {
                0 => events.push(says(&ticket, ended, Step::Left { outcome: None })),
                1 => {}
                2 => events.push(says(
                    &ticket,
                    came.plus(minutes(wait / 2)),
                    Step::Moved { lane: "hammas".into() },
                )),
                _ => events.push(kept),
            }
            if end == 3 {
                let fix = corrected("12:00", &ticket, &started, Some(true), Amendment::default());
                events.push(fix);
            }
        }
        events
    })
}

/// A lane that has learnt for days: of one that is young each wait tells at once.
#[test]
fn a_grown_lane_tells_the_same_in_whichever_order() {
    let mut events = Vec::new();
    for number in 0..700_u64 {
        let came = at("11:00").minus(minutes(7 * (700 - number)));
        let code = ["A", "B", "C"][number as usize % 3];
        events.extend(seen(&format!("g{number}"), came, minutes(number * 37 % 90), code));
    }
    let (clock, beat) = (at("12:30"), heartbeat(at("12:30"), minutes(1)));
    let expected = figures_of(fold(events.iter().chain([&beat])), clock);
    let lane = &expected["porvoo"].lanes["kiire"];
    assert!(lane.expected.unwrap().wait.is_some() && lane.waits_within.unwrap().of as usize == JUDGED);
    assert!(lane.expected.unwrap().known < 700, "of today nothing is known yet");
    events.sort_by_key(|event| event.time);
    let late: Vec<_> = (0..events.len()).map(|at| events[at * 919 % events.len()].clone()).collect();
    for order in [events, late] {
        // Looked at after every fact.
        let mut live = Log::given([]);
        for event in order {
            let received = event.time;
            live.hear_at(event, received);
        }
        live.hear_at(beat.clone(), clock);
        assert_eq!(&expected["porvoo"].lanes, &live.porvoo().lanes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn waits_are_the_same_in_whichever_order_they_are_told(
        (events, shuffled) in visits().prop_flat_map(|it| (Just(it.clone()), Just(it).prop_shuffle())),
    ) {
        let clock = at("12:00");
        let beat = heartbeat(clock, minutes(1));
        let expected = figures_of(fold(events.iter().chain([&beat])), clock);
        prop_assert!(expected["porvoo"].lanes["kiire"].expected.is_some());
        prop_assert_eq!(&expected, &figures_of(fold(shuffled.iter().chain([&beat])), clock));
        // Boards that are looked at after each fact work out on the way what is put right later.
        let mut live = Log::given([]);
        for event in &shuffled {
            live.hear_at(event.clone(), clock);
        }
        live.hear_at(beat, clock);
        prop_assert_eq!(&expected["porvoo"].lanes, &live.porvoo().lanes);
    }

    #[test]
    fn leaving_out_who_has_left_keeps_what_their_waits_tell(events in visits(), cut in 0..200_u64) {
        let (clock, cut) = (at("12:00"), at("08:00").plus(minutes(cut)));
        let beat = heartbeat(clock, minutes(1));
        let all = fold(&events);
        let effect = |event: &Event| all.takes_effect_at(event);
        let mut events = events;
        events.sort_by_key(|event| (effect(event), matches!(event.said, Said::Corrected(_))));
        let (before, after): (Vec<_>, Vec<_>) = events.iter().partition(|event| effect(event) < Some(cut));
        let mut pruned = fold(before);
        pruned.drop_ended();
        for (event, sequence) in after.into_iter().chain([&beat]).zip(1000..) {
            pruned.absorb(event, sequence, at("00:00"));
        }
        prop_assert_eq!(figures_of(fold(events.iter().chain([&beat])), clock), figures_of(pruned, clock));
    }
}
