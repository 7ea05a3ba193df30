//! Whatever comes, in whatever order: the same figures.

use std::sync::Arc;

use proptest::prelude::*;
use situation::area::Area;
use situation::board::Boards;
use situation::calendar;
use situation::event::Event;
use situation::fact::{Body, Fact};
use situation::fold::{Situation, look};
use situation::time::Instant;

use super::story::*;
use super::streams::{events, minute};

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
            let timetable = calendar::timetable(&area, station, clock);
            let now = look(&area, id, station, &situation, &timetable, clock);
            let Some(due) = now.next_due else { continue };
            prop_assert!(due > clock);
            let almost = due.minus(std::time::Duration::from_micros(1));
            let timetable = calendar::timetable(&area, station, almost);
            let then = look(&area, id, station, &situation, &timetable, almost);
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
            let timetable = calendar::timetable(&area, station, clock);
            drop(look(&area, id, station, &situation, &timetable, clock));
        }
        drop(live(&events, Instant::from_micros(clock), Instant::from_micros(clock)));
    }
}

fn is_correction(event: &Event) -> bool {
    matches!(event.said, situation::event::Said::Corrected(_))
}
