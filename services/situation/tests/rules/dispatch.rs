//! Tasks and the units that are sent.

use std::collections::BTreeMap;

use situation::board::TaskFigures;
use situation::decide::{Decision, Refusal};
use situation::event::{Event, TaskKind, TaskStage, Told, UnitState};
use situation::fold::{MAX_OPEN_TASKS_PER_STATION, MEMORY_FACTS};
use situation::name::TaskId;

use super::sayings::*;
use super::story::*;
use super::tickets::orders;

/// In whichever order these arrive, Porvoo's tasks look the same at 20:00.
fn always(events: &[Event]) -> BTreeMap<TaskId, TaskFigures> {
    let mut seen: Option<BTreeMap<TaskId, TaskFigures>> = None;
    for order in orders(events) {
        let now = figures_of(fold(&order), at("20:00"))["porvoo"].tasks.clone();
        let mut live = Log::given([]);
        order.iter().for_each(|event| live.hear_at(event.clone(), at("20:00")));
        assert_eq!(now, live.porvoo().tasks, "live and past differ after {order:?}");
        if let Some(before) = &seen {
            assert_eq!(before, &now, "another order gave other figures: {order:?}");
        }
        seen = Some(now);
    }
    seen.unwrap()
}

#[test]
fn a_fall_in_lapinjarvi_from_its_call_to_its_end() {
    let call = task("18:45", "d-1", TaskStage::Received, |it| {
        it.kind = Some(TaskKind::Dispatch);
        it.urgency = Some("C".into());
        it.zone = Some(word("lapinjarvi"));
    });
    let ambulance = assigned("18:46", "d-1", "epo-121");
    let nurse = assigned("18:55", "d-1", "mu-1");
    let there = on_scene("19:25", "d-1");
    let tasks = always(&[call.clone(), ambulance.clone(), nurse.clone(), there.clone()]);
    let expected = TaskFigures {
        feed: FEED.into(),
        kind: Some(TaskKind::Dispatch),
        urgency: Some("C".into()),
        zone: Some(word("lapinjarvi")),
        unit: Some("mu-1".into()),
        state: TaskStage::OnScene,
        since: at("19:25"),
        received_at: at("18:45"),
        assigned_at: Some(at("18:55")),
        on_scene_at: Some(at("19:25")),
    };
    assert_eq!(tasks["d-1"], expected);
    let done = closed("19:50", "d-1");
    assert!(always(&[call, nurse, there, done]).is_empty(), "a closed task leaves the board");
    assert_eq!(
        Log::given([ambulance]).porvoo().feeds[FEED].last_event_time,
        Some(at("18:46")),
        "a sign of life"
    );
}

#[test]
fn a_task_counts_once_its_receipt_is_known() {
    assert!(always(&[assigned("18:46", "d", "mu-1")]).is_empty());
    // A second system stamped the assignment a moment early: it is kept for the task that is yet to come.
    let early = always(&[assigned("18:44", "d", "mu-1"), received("18:45", "d")]);
    assert_eq!((early["d"].state, early["d"].since), (TaskStage::Assigned, at("18:44")));
    assert_eq!(early["d"].unit, Some("mu-1".into()));
    let told_again = [received("18:45", "d"), assigned("18:46", "d", "mu-1"), received("18:50", "d")];
    let task = &always(&told_again)["d"];
    assert_eq!((task.state, task.received_at), (TaskStage::Assigned, at("18:45")), "no step back");
}

#[test]
fn steps_of_one_moment_follow_the_order_of_life() {
    let moment = [received("18:45", "d"), assigned("18:45", "d", "mu-1"), on_scene("18:45", "d")];
    assert_eq!(always(&moment)["d"].state, TaskStage::OnScene);
    assert!(always(&[&moment[..], &[closed("18:45", "d")]].concat()).is_empty());
}

#[test]
fn a_closed_task_may_be_received_again_with_nothing_of_before() {
    let story = [
        received("18:00", "d"),
        assigned("18:05", "d", "mu-1"),
        closed("18:30", "d"),
        received("19:00", "d"),
    ];
    let task = &always(&story)["d"];
    assert_eq!((task.state, task.received_at, task.unit.clone()), (TaskStage::Received, at("19:00"), None));
    // A late word of what is over opens nothing.
    assert!(always(&[&story[..3], &[on_scene("18:40", "d")]].concat()).is_empty());
}

#[test]
fn somebody_else_who_goes_is_not_on_the_scene_yet() {
    let story = [
        received("18:00", "d"),
        assigned("18:05", "d", "a"),
        on_scene("18:10", "d"),
        assigned("18:20", "d", "b"),
    ];
    let task = &always(&story)["d"];
    assert_eq!(
        (task.state, task.on_scene_at, task.assigned_at),
        (TaskStage::Assigned, None, Some(at("18:20")))
    );
}

#[test]
fn a_tasks_urgency_is_of_any_scheme_of_the_area() {
    let log = Log::given([]);
    let urgent = |code: &'static str| {
        task("18:00", "d", TaskStage::Received, move |it| it.urgency = Some(code.into()))
    };
    for known in ["A", "särky", "untriaged"] {
        assert!(matches!(log.offer(urgent(known), at("18:00")), Decision::Record(_)), "{known}");
    }
    let refusal = log.refusal(urgent("Z"), at("18:00")).to_string();
    assert_eq!(refusal, "unknown urgency \"Z\": no scheme of the area has it");
}

#[test]
fn closed_tasks_are_forgotten_and_open_ones_are_not() {
    let mut log = Log::given([received("17:00", "open"), received("17:00", "done"), closed("17:10", "done")]);
    log.sequence += MEMORY_FACTS + 1;
    log.hear(received("17:20", "new"));
    assert_eq!(log.porvoo().tasks.len(), 2);
    log.hear_at(received("17:05", "done").by_feed("/feeds/other"), at("17:21"));
    assert_eq!(log.porvoo().tasks.len(), 3, "nothing is remembered of its end");
    log.sequence += MEMORY_FACTS + 1;
    let month_later = on("2026-12-27T12:00:00Z");
    log.hear(Event { time: month_later, ..received("17:00", "newer") }.sealed());
    assert_eq!(log.porvoo().tasks.keys().map(TaskId::as_str).collect::<Vec<_>>(), ["newer"]);
}

#[test]
fn tasks_that_nobody_closes_do_not_fill_the_board() {
    let mut log = Log::given([]);
    for n in 0..MAX_OPEN_TASKS_PER_STATION {
        log.hear(received("17:00", &n.to_string()));
    }
    let refusal = log.refusal(received("17:01", "one-more"), at("17:01"));
    assert!(matches!(refusal, Refusal::TooManyTasks(_)), "{refusal}");
    log.hear(closed("17:01", "7"));
    log.hear(received("17:02", "one-more"));
    assert_eq!(log.porvoo().tasks.len(), MAX_OPEN_TASKS_PER_STATION);
}

#[test]
fn a_units_state_is_known_until_it_lapses() {
    let mut log = Log::given([unit("17:00", "mu-1", UnitState::Free, |it| {
        it.zone = Told::Value(word("loviisa"));
        it.competence = Told::Value(word("sairaanhoitaja"));
        it.until = Some(at("20:00"));
    })]);
    let free = log.porvoo().units["mu-1"].clone();
    assert_eq!((free.state, free.since), (Some(UnitState::Free), Some(at("17:00"))));
    assert_eq!((free.zone, free.until), (Some(word("loviisa")), Some(at("20:00"))));
    log.reach(at("19:59:59"));
    assert_eq!(log.porvoo().units["mu-1"].state, Some(UnitState::Free));
    log.reach(at("20:00"));
    let lapsed = &log.porvoo().units["mu-1"];
    assert_eq!((lapsed.state, &lapsed.zone, lapsed.since), (None, &None, None), "not known, and not gone");
    assert_eq!(lapsed.competence, Some(word("sairaanhoitaja")));
    log.hear(unit("20:05", "mu-1", UnitState::OnScene, |_| {}));
    assert_eq!(log.porvoo().units["mu-1"].state, Some(UnitState::OnScene));
    assert_eq!(log.porvoo().units["mu-1"].until, None);
}

#[test]
fn a_units_newest_word_wins_in_any_order() {
    let words = [
        unit("18:55", "mu-1", UnitState::Assigned, |_| {}),
        unit("19:00", "mu-1", UnitState::Travelling, |it| it.zone = Told::Value(word("lapinjarvi"))),
        unit("19:25", "mu-1", UnitState::OnScene, |it| it.zone = Told::Withdrawn),
    ];
    for order in orders(&words) {
        let unit = &figures_of(fold(&order), at("20:00"))["porvoo"].units["mu-1"];
        assert_eq!((unit.state, &unit.zone), (Some(UnitState::OnScene), &None));
    }
}
