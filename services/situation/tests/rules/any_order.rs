//! Whatever comes, in whatever order: the same figures.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use situation::area::Area;
use situation::board::Boards;
use situation::calendar::opening;
use situation::event::{Amendment, Event, Told};
use situation::fact::{Body, Fact};
use situation::fold::{Situation, look};
use situation::time::Instant;

use super::story::*;

/// Some minute of the evening; few of them, so that ties are common.
fn minute() -> impl Strategy<Value = String> {
    (0..30_u32).prop_map(|minute| format!("17:{minute:02}"))
}

fn one_of(words: &'static [&'static str]) -> impl Strategy<Value = &'static str> + Clone {
    proptest::sample::select(words)
}

fn told() -> impl Strategy<Value = Told<u32>> {
    prop_oneof![Just(Told::Unsaid), Just(Told::Withdrawn), (0..9_u32).prop_map(Told::Value)]
}

/// Events that were made up beforehand and corrections of them, so that corrections find what they name.
fn ticket_events() -> impl Strategy<Value = Vec<Event>> {
    let ticket = one_of(&["t", "u"]);
    let lane = one_of(&["kiire", "hammas"]);
    let code = one_of(&["A", "B", "untriaged"]);
    let step = (minute(), ticket, lane.clone(), code.clone(), 0..6_u8).prop_map(
        |(clock, ticket, lane, code, kind)| match kind {
            0 => joined(&clock, ticket, lane, None),
            1 => joined(&clock, ticket, "kiire", Some(code)),
            2 => triaged(&clock, ticket, code),
            3 => moved(&clock, ticket, lane),
            4 => care_started(&clock, ticket),
            _ => left(&clock, ticket),
        },
    );
    let fix = (minute(), any::<prop::sample::Index>(), prop::option::of(any::<bool>()), lane, code);
    (vec(step, 1..12), vec(fix, 0..6)).prop_map(|(mut events, fixes)| {
        for (clock, which, void, lane, code) in fixes {
            let wrong = events[which.index(events.len())].clone();
            let situation::event::Said::Ticket(ticket, _) = &wrong.said else {
                let situation::event::Said::Corrected(earlier) = &wrong.said else { continue };
                let ticket = earlier.ticket.clone();
                events.push(corrected(&clock, ticket.as_str(), &wrong, Some(true), Amendment::default()));
                continue;
            };
            let set =
                Amendment { lane: Some(lane.into()), urgency: Some(code.into()), ..Amendment::default() };
            events.push(corrected(&clock, ticket.as_str(), &wrong, void, set));
        }
        events
    })
}

fn other_events() -> impl Strategy<Value = Vec<Event>> {
    let counts = (minute(), told(), told(), prop::option::of(minute())).prop_map(
        |(clock, waiting, present, until)| {
            counted(&clock, |it| {
                it.waiting = waiting;
                it.present = present;
                it.by = until.as_ref().map(|_| word("vastaava"));
                it.valid_until = until.map(|until| at(&until));
            })
        },
    );
    let beds = (minute(), told(), told()).prop_map(|(clock, total, occupied)| {
        places(&clock, "bed", |it| {
            it.total = total;
            it.occupied = occupied;
        })
    });
    let status = (minute(), any::<bool>(), minute()).prop_map(|(clock, open, doors)| {
        says(&clock, |it| {
            it.open = Told::Value(open);
            it.doors_until = Told::Value(at(&doors));
        })
    });
    let beat = (minute(), 1..20_u64).prop_map(|(clock, every)| heartbeat(at(&clock), minutes(every)));
    let whole =
        (minute(), 1..20_u64).prop_map(|(clock, every)| whole_heartbeat(at(&clock), minutes(every))).boxed();
    let staff = (minute(), 0..5_u32).prop_map(|(clock, count)| on_duty(&clock, "laakari", count));
    let feed = one_of(&[FEED, "/feeds/x"]);
    vec((prop_oneof![counts, beds, status, beat, staff], feed), 0..12).prop_flat_map(move |events| {
        let events: Vec<_> = events.into_iter().map(|(event, feed)| event.by_feed(feed)).collect();
        vec(whole.clone(), 0..2).prop_map(move |whole| [events.clone(), whole].concat())
    })
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    (ticket_events(), other_events()).prop_map(|(mut tickets, others)| {
        tickets.extend(others);
        tickets.sort_by_key(|event| event.key);
        tickets.dedup_by(|a, b| a.key == b.key);
        tickets
    })
}

/// The live boards after these facts and the clock's last word.
fn live(events: &[Event], received: Instant, clock: Instant) -> Boards {
    let mut boards = Boards::default();
    let area = Arc::new(area());
    let mut bodies = vec![Body::AreaConfigured { document: "".into(), area }];
    bodies.extend(events.iter().map(|event| Body::Event(Box::new(event.clone()))));
    for (body, sequence) in bodies.into_iter().zip(1..) {
        boards.apply(&Fact { sequence, received, body });
    }
    boards.apply(&Fact { sequence: 99_999, received: clock, body: Body::ClockReached { due: clock } });
    boards
}

/// When an event takes its place in the order of what happened.
fn effect(event: &Event, all: &Situation) -> Option<Instant> {
    all.takes_effect_at(event)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_arrival_gives_equal_figures(
        (events, shuffled) in events().prop_flat_map(|it| (Just(it.clone()), Just(it).prop_shuffle())),
        clock in minute(),
    ) {
        let clock = at(&clock);
        let expected = figures_of(fold(&events), at("18:00"));
        prop_assert_eq!(&expected, &figures_of(fold(&shuffled), at("18:00")));
        // Live boards that received it all at 17:00 hold back what lies ahead, and end in the same.
        for order in [&events, &shuffled] {
            prop_assert_eq!(&expected, &all_figures(&live(order, at("17:00"), at("18:00"))));
        }
        let known: Vec<_> = events.iter().filter(|it| it.time <= clock || is_correction(it)).cloned().collect();
        prop_assert_eq!(
            all_figures(&live(&events, at("17:00"), clock)),
            figures_of(fold(&known), clock)
        );
    }

    #[test]
    fn hearing_everything_twice_changes_nothing(events in events()) {
        let twice: Vec<_> = events.iter().chain(&events).cloned().collect();
        prop_assert_eq!(figures_of(fold(&events), at("18:00")), figures_of(fold(&twice), at("18:00")));
        let mut log = Log::given([]);
        for event in &events {
            log.hear_at(event.clone(), at("17:30"));
        }
        for event in events {
            let again = log.offer(event, at("17:30"));
            prop_assert!(matches!(again, situation::decide::Decision::Known(_)), "{:?}", again);
        }
    }

    #[test]
    fn leaving_out_ended_visits_at_a_cut_changes_nothing_later(
        events in events(), clock in minute(), cut in any::<prop::sample::Index>(),
    ) {
        let (mut events, clock) = (events, at(&clock));
        let all = fold(&events);
        // A correction stands right behind what it corrects.
        events.sort_by_key(|event| (effect(event, &all), is_correction(event)));
        let known: Vec<_> = events
            .into_iter()
            .filter(|event| effect(event, &all).is_some_and(|at| at <= clock))
            .collect();
        let cut_at = known.get(cut.index(known.len().max(1))).and_then(|event| effect(event, &all));
        let (before, after): (Vec<_>, Vec<_>) =
            known.iter().partition(|event| effect(event, &all) < cut_at);
        let mut pruned = fold(before);
        pruned.drop_ended();
        for (event, sequence) in after.into_iter().zip(1000..) {
            pruned.absorb(event, sequence, at("00:00"));
        }
        prop_assert_eq!(figures_of(fold(&known), clock), figures_of(pruned, clock));
    }

    #[test]
    fn nothing_changes_between_a_look_and_what_it_announces(events in events(), clock in minute()) {
        let (area, situation): (Area, _) = (area(), fold(&events));
        let clock = at(&clock);
        for (id, station) in &area.stations {
            let timetable = opening(station, &area.time_zone, clock);
            let now = look(&area, id, station, &situation, timetable, clock);
            let Some(due) = now.next_due else { continue };
            prop_assert!(due > clock);
            let almost = due.minus(std::time::Duration::from_micros(1));
            let timetable = opening(station, &area.time_zone, almost);
            let then = look(&area, id, station, &situation, timetable, almost);
            prop_assert_eq!(&now.figures, &then.figures);
        }
    }

    #[test]
    fn a_look_answers_at_any_moment(events in events(), clock in any::<i64>(), time in any::<i64>()) {
        let mut events = events;
        for event in events.iter_mut().step_by(2) {
            event.time = Instant::from_micros(time);
        }
        let area = area();
        let situation = fold(&events);
        for (id, station) in &area.stations {
            let clock = Instant::from_micros(clock);
            let timetable = opening(station, &area.time_zone, clock);
            drop(look(&area, id, station, &situation, timetable, clock));
        }
        drop(live(&events, Instant::from_micros(clock), Instant::from_micros(clock)));
    }
}

fn is_correction(event: &Event) -> bool {
    matches!(event.said, situation::event::Said::Corrected(_))
}
