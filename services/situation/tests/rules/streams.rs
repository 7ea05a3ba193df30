//! Streams of one evening, made up: tickets and their corrections, counts, places, people, signs of life, contacts,
//! tasks, units, notices.

use proptest::collection::vec;
use proptest::prelude::*;
use situation::event::{Amendment, Event, TaskKind, TaskStage, Told, UnitState};

use super::sayings::*;
use super::story::*;

/// Some minute of the evening; few of them, so that ties are common.
pub fn minute() -> impl Strategy<Value = String> {
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
                let set = Amendment { urgency: Some(code.into()), ..Amendment::default() };
                events.push(corrected(&clock, ticket.as_str(), &wrong, void.or(Some(true)), set));
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

fn task_events() -> impl Strategy<Value = Event> {
    let stages = [TaskStage::Received, TaskStage::Assigned, TaskStage::OnScene, TaskStage::Closed];
    let stage = proptest::sample::select(stages.to_vec());
    let code = prop::option::of(one_of(&["A", "B"]));
    (minute(), one_of(&["d", "e"]), stage, prop::option::of(one_of(&["mu-1", "mu-2"])), code).prop_map(
        |(clock, id, stage, unit, code)| {
            task(&clock, id, stage, |it| {
                it.kind = code.map(|_| TaskKind::Dispatch);
                it.urgency = code.map(Into::into);
                it.unit = unit.map(Into::into);
            })
        },
    )
}

fn unit_events() -> impl Strategy<Value = Event> {
    let states = proptest::sample::select(vec![UnitState::Free, UnitState::OnScene, UnitState::Off]);
    let zone = prop_oneof![Just(Told::Unsaid), Just(Told::Withdrawn), Just(Told::Value(word("loviisa")))];
    (minute(), one_of(&["mu-1", "mu-2"]), states, zone, prop::option::of(minute())).prop_map(
        |(clock, id, state, zone, until)| {
            unit(&clock, id, state, |it| {
                it.competence = zone.clone();
                it.zone = zone;
                it.until = until.map(|until| at(&until));
            })
        },
    )
}

fn notice_events() -> impl Strategy<Value = Event> {
    let times = (prop::option::of(minute()), prop::option::of(minute()));
    (minute(), one_of(&["n", "m"]), times, any::<bool>(), any::<bool>()).prop_map(
        |(clock, id, (from, until), gone, to_all)| {
            let said = match gone {
                true => withdrawn(&clock, id),
                false => posted(&clock, id, |it| {
                    it.from = from.map(|from| at(&from));
                    // The door refuses the others.
                    it.until = until
                        .map(|until| at(&until))
                        .filter(|until| it.from.is_none_or(|from| from < *until));
                }),
            };
            if to_all { for_all(said) } else { said }
        },
    )
}

fn contact_events() -> impl Strategy<Value = Event> {
    let language = prop::option::of(one_of(&["fi", "sv"]));
    (minute(), language, told(), told(), prop::option::of(minute())).prop_map(
        |(clock, language, waiting, agents, until)| {
            called(&clock, |it| {
                it.language = language.map(word);
                it.callbacks_waiting = waiting;
                it.oldest_callback = Told::Value(at(&clock));
                it.agents = agents;
                it.by = until.as_ref().map(|_| word("koordinaattori"));
                it.valid_until = until.map(|until| at(&until));
            })
        },
    )
}

/// What came with the Valvomo's views.
fn valvomo_events() -> impl Strategy<Value = Vec<Event>> {
    let feed = one_of(&[FEED, "/feeds/x"]);
    let event =
        prop_oneof![3 => task_events(), 1 => unit_events(), 2 => notice_events(), 1 => contact_events()];
    vec((event, feed).prop_map(|(event, feed)| event.by_feed(feed)), 0..12)
}

pub fn events() -> impl Strategy<Value = Vec<Event>> {
    (ticket_events(), other_events(), valvomo_events()).prop_map(|(mut tickets, others, valvomo)| {
        tickets.extend(others);
        tickets.extend(valvomo);
        tickets.sort_by_key(|event| event.key);
        tickets.dedup_by(|a, b| a.key == b.key);
        tickets
    })
}
