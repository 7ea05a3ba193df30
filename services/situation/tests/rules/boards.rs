//! The boards as a whole: what is held, what falls due, which fact changed what.

use situation::board::View;
use situation::event::{Event, Told};
use situation::fact::{Body, Restored};
use situation::time::Instant;

use super::story::*;

fn one(id: &str) -> View {
    View::Station(id.into())
}

#[test]
fn an_event_of_a_moment_ahead_is_held_until_the_clock_reaches_it() {
    let mut log = Log::given([joined("16:00", "t", "kiire", None)]);
    log.hear_at(left("17:03", "t"), at("17:00"));
    assert_eq!(log.lane("kiire").present, Some(1));
    assert_eq!(log.revision(&one("porvoo")), log.sequence, "the feed grew old meanwhile");
    let mut quiet = log.clone();
    quiet.reach(at("17:03"));
    assert_eq!(quiet.lane("kiire").present, Some(0));
    assert_eq!(quiet.revision(&one("porvoo")), quiet.sequence, "changed by the fact of the clock");
    // Any fact that moves the clock will do.
    log.hear_at(left("17:05", "x").about("kallo"), at("17:05"));
    assert_eq!(log.lane("kiire").present, Some(0));
}

#[test]
fn a_views_revision_is_the_fact_that_last_changed_it() {
    let mut log = Log::given([]);
    let configured = log.sequence;
    assert_eq!(log.revision(&one("loviisa")), configured);
    log.hear(heartbeat(at("16:30"), minutes(1)));
    log.hear(joined("17:00", "t", "kiire", None));
    let sequence = log.sequence;
    assert_eq!(log.revision(&one("porvoo")), sequence);
    assert_eq!(log.revision(&View::Situation), sequence);
    let before = log.revision(&one("loviisa"));
    log.hear(counted("17:00", |it| it.waiting = Told::Value(1)).about("kallo"));
    assert_eq!(log.revision(&one("porvoo")), sequence);
    assert_eq!(log.revision(&one("loviisa")), before);
    // A late word that is not the newest changes nothing that anybody sees.
    let shown = log.revision(&View::Situation);
    log.hear_at(triaged("16:00", "nobody", "A"), at("17:00:30"));
    assert_eq!(log.revision(&View::Situation), shown);
    // The clock changes boards too.
    log.reach(at("17:02"));
    assert_eq!(log.revision(&one("porvoo")), log.sequence);
}

#[test]
fn the_window_changes_every_view_that_shows_it_and_nothing_else_does() {
    let mut log = Log::given([]);
    log.reach(at("16:00"));
    log.reach(at("17:00"));
    let evening = log.sequence;
    for view in [View::Situation, one("loviisa"), View::Evening] {
        let revision = log.revision(&view);
        // The evening board showed this evening all along.
        assert_eq!(revision == evening, view != View::Evening, "{view}: {revision}");
    }
    assert_eq!(log.boards.view(&one("loviisa")).unwrap().0.window.unwrap().to, at("22:00"));
}

#[test]
fn a_new_description_changes_what_it_describes() {
    let mut log = Log::given([]);
    let before = log.revision(&one("kallo"));
    let mut renamed = area();
    renamed.stations.get_mut("porvoo").unwrap().name.sv = "Borgå sjukhus".into();
    log.reconfigure(renamed.clone(), at("10:00"));
    assert_eq!(log.revision(&one("porvoo")), log.sequence);
    assert_eq!(log.revision(&View::Situation), log.sequence);
    // The same moment also made it office hours for everybody; a second naming touches Porvoo only.
    assert!(log.revision(&one("kallo")) > before);
    let kallo = log.revision(&one("kallo"));
    renamed.stations.get_mut("porvoo").unwrap().name.sv = "Borgå".into();
    renamed.stations.remove("loviisa");
    log.reconfigure(renamed.clone(), at("10:00"));
    assert_eq!(log.revision(&one("porvoo")), log.sequence);
    assert_eq!(log.revision(&one("kallo")), kallo);
    assert!(log.boards.view(&one("loviisa")).is_none());
    assert!(!log.boards.view(&View::Situation).unwrap().0.members.contains("loviisa"));
    // The area's own name stands on every board.
    renamed.name.en = "Another".into();
    log.reconfigure(renamed, at("10:00"));
    for view in [View::Situation, View::Evening, View::Weekend, one("kallo")] {
        assert_eq!(log.revision(&view), log.sequence, "{view}");
    }
}

#[test]
fn a_station_that_comes_back_shows_what_was_said_of_it_meanwhile() {
    let mut log = Log::given([joined("12:00", "t", "kiire", None)]);
    let mut without = area();
    without.stations.remove("porvoo");
    log.reconfigure(without, at("12:01"));
    assert!(log.boards.look(&"porvoo".into()).is_none());
    log.reconfigure(area(), at("12:02"));
    assert_eq!(log.lane("kiire").present, Some(1));
    assert_eq!(log.revision(&one("porvoo")), log.sequence);
}

#[test]
fn an_area_without_windows_has_boards() {
    let mut bare = area();
    bare.windows.clear();
    let mut log = Log::of(bare);
    log.hear(joined("12:00", "t", "kiire", None));
    let (frame, changed) = log.boards.view(&View::Situation).unwrap();
    assert_eq!((frame.window, frame.members.len(), changed.sequence), (None, 3, log.sequence));
    assert!(log.boards.view(&View::Evening).unwrap().0.members.is_empty());
    assert!(log.boards.view(&one("porvoo")).is_some());
    assert!(log.boards.view(&one("sipoo")).is_none());
}

#[test]
fn the_evening_board_shows_who_serves_in_it_or_may() {
    let mut day_only = area();
    let porvoo = day_only.stations.get_mut("porvoo").unwrap();
    porvoo.hours[0].doors_until = jiff::civil::time(16, 0, 0, 0);
    porvoo.hours[0].intake_until = jiff::civil::time(15, 0, 0, 0);
    let mut log = Log::of(day_only);
    let members = |log: &Log, view: &View| -> Vec<String> {
        log.boards.view(view).unwrap().0.members.iter().map(ToString::to_string).collect()
    };
    assert_eq!(members(&log, &View::Evening), ["kallo", "loviisa"], "no timetable: nobody may conclude");
    log.reach(at("17:30"));
    log.hear(says("17:30", |it| {
        it.open = Told::Value(true);
        it.until = Some(at("19:00"));
    }));
    assert_eq!(members(&log, &View::Evening), ["kallo", "loviisa", "porvoo"], "open by its own word");
    assert_eq!(log.revision(&View::Evening), log.sequence);
    log.reach(at("19:00"));
    assert_eq!(members(&log, &View::Evening), ["kallo", "loviisa"]);
    assert_eq!(members(&log, &View::Weekend), ["kallo", "loviisa", "porvoo"], "Saturdays 8 to 16");
    assert_eq!(log.boards.view(&View::Weekend).unwrap().0.window.unwrap().from, on("2026-11-27T15:00:00Z"));
}

/// Walks from one announced moment to the next and looks a microsecond before each: nothing may have
/// changed that was not announced.
#[test]
fn nothing_changes_before_the_next_due_moment() {
    let mut log = Log::given([
        joined("12:00", "t", "kiire", Some("B")),
        joined("12:01", "u", "kiire", None),
        says("12:02", |it| {
            it.intake_until = Told::Value(at("18:00"));
            it.doors_until = Told::Value(at("23:00"));
        }),
        counted("12:03", |it| {
            it.waiting = Told::Value(3);
            it.by = Some(word("vastaava"));
            it.valid_until = Some(at("14:00"));
        }),
        whole_heartbeat(at("12:04"), minutes(1)),
    ]);
    log.hear_at(left("12:08", "u"), at("12:05"));
    let mut moments: Vec<Instant> = Vec::new();
    for _ in 0..40 {
        let due = log.boards.next_due().expect("a timetable always falls due");
        assert!(due > log.boards.clock());
        let before = (all_figures(&log.boards), log.boards.view(&View::Situation));
        let mut eve = log.clone();
        let almost = due.minus(std::time::Duration::from_micros(1));
        if almost > eve.boards.clock() {
            eve.record(Body::ClockReached { due: almost }, almost);
        }
        assert_eq!(before, (all_figures(&eve.boards), eve.boards.view(&View::Situation)), "before {due}");
        let past = figures_of(eve.boards.situation().clone(), almost);
        assert_eq!(past, all_figures(&eve.boards), "a look from nothing sees the same");
        log.reach(due);
        moments.push(due);
    }
    // Held until then, overdue, a person's word lapsed, a window, told hours.
    for expected in ["12:08", "12:30", "14:00", "17:00", "18:00", "23:00"] {
        assert!(moments.contains(&at(expected)), "{expected} was not announced");
    }
}

#[test]
fn the_clock_never_goes_back() {
    let mut log = Log::given([joined("17:00", "t", "kiire", None)]);
    log.hear_at(Event { time: at("15:00"), ..left("16:00", "x") }.sealed(), at("16:00"));
    assert_eq!(log.boards.clock(), at("17:00"));
}

#[test]
fn a_restored_log_has_a_new_epoch_and_every_board_changes_to_say_so() {
    let mut log = Log::given([joined("16:00", "t", "kiire", None)]);
    assert_eq!(log.boards.restored(), None);
    let restored = Restored { to: at("16:00"), at: at("16:30") };
    log.record(Body::LogRestored { epoch: "f".into(), simulated: false, restored }, at("16:30"));
    assert_eq!(log.boards.epoch().map(|epoch| &**epoch), Some("f"));
    assert_eq!(log.decider.epoch(), log.boards.epoch(), "receipts carry it too");
    assert_eq!(log.boards.restored(), Some(restored));
    for view in [View::Situation, View::Evening, View::Weekend, one("porvoo"), one("loviisa")] {
        assert_eq!(log.revision(&view), log.sequence, "{view}");
    }
    assert_eq!(log.lane("kiire").present, Some(1), "what was known still is");
    assert_eq!(log.boards.stem().restored(), Some(restored), "boards of past moments say it too");
}
