//! Alarms: one a cause, raised by rules, handled by people, never in a flood.

use std::collections::{BTreeMap, BTreeSet};

use situation::alarm::{AlarmFigures, AlarmRules, AlarmState, Escalation, Rule, SUMMARY, Watch};
use situation::area::Area;
use situation::board::{Boards, View};
use situation::decide::Refusal;
use situation::event::Told;
use situation::name::{AlarmId, Trilingual};

use super::sayings::*;
use super::story::*;

const LATE: &str = "late:porvoo:kiire:A";

pub fn rule(watch: Watch) -> Rule {
    let text = Trilingual { fi: "hälytys".into(), sv: "larm".into(), en: "alarm".into() };
    Rule { watch, stations: None, rank: None, text, hold: minutes(0), escalation: None }
}

/// Everybody of urgency A is overdue at once, and those of whom nobody knows after ten minutes.
fn late() -> Rule {
    rule(Watch::Overdue { urgencies: BTreeSet::from(["A".into(), "untriaged".into()]), after: minutes(0) })
}

pub fn with(rules: impl IntoIterator<Item = (&'static str, Rule)>) -> Area {
    let rules = rules.into_iter().map(|(id, rule)| (word(id), rule)).collect();
    Area { alarms: AlarmRules { rules, ..AlarmRules::default() }, ..area() }
}

fn log(rules: impl IntoIterator<Item = (&'static str, Rule)>) -> Log {
    Log::of(with(rules))
}

fn shown(log: &Log) -> BTreeMap<AlarmId, AlarmFigures> {
    log.boards.alarms().clone()
}

/// What a board of a past moment shows.
fn past(log: &Log, clock: &str) -> BTreeMap<AlarmId, AlarmFigures> {
    let boards = &log.boards;
    let (area, situation) = (boards.area().unwrap().clone(), boards.situation().clone());
    Boards::of_moment(boards, area, situation, at(clock), boards.sequence()).alarms().clone()
}

fn past_states(log: &Log, id: &str, clocks: &[&str]) -> Vec<Option<AlarmState>> {
    clocks.iter().map(|clock| past(log, clock).get(id).map(|alarm| alarm.state)).collect()
}

fn state(log: &Log, id: &str) -> Option<AlarmState> {
    log.boards.alarms().get(id).map(|alarm| alarm.state)
}

/// The feed says that it lives, at every moment at which something falls due until then.
fn alive(log: &mut Log, clock: &str) {
    log.reach(at(clock));
    log.hear(heartbeat(at(clock), minutes(1)));
}

#[test]
fn there_is_one_alarm_a_cause_and_it_counts() {
    let mut log = log([("late", late())]);
    log.hear(joined("16:00", "a", "kiire", Some("A")));
    log.hear(joined("16:01", "b", "kiire", Some("A")));
    let alarms = shown(&log);
    assert_eq!(alarms.keys().map(AlarmId::as_str).collect::<Vec<_>>(), [LATE]);
    let alarm = &alarms[LATE];
    assert_eq!((alarm.state, alarm.cause.count), (AlarmState::Unacknowledged, Some(2)));
    assert_eq!((alarm.raised, alarm.cause.since), (at("16:00"), Some(at("16:00"))));
    // Nobody says anything, and at ten past the third is overdue, too: another cause.
    log.hear(joined("16:02", "c", "kiire", None));
    alive(&mut log, "16:11");
    assert_eq!(shown(&log).len(), 1);
    log.reach(at("16:12"));
    assert_eq!(state(&log, "late:porvoo:kiire:untriaged"), Some(AlarmState::Unacknowledged));
}

#[test]
fn an_alarm_goes_when_its_cause_is_gone_and_somebody_has_taken_notice_in_whichever_order() {
    let mut log = log([("late", late())]);
    log.hear(joined("16:00", "a", "kiire", Some("A")));
    log.hear(acknowledged("16:01", LATE));
    assert_eq!(state(&log, LATE), Some(AlarmState::Acknowledged));
    let who = shown(&log)[LATE].acknowledged.clone().unwrap();
    assert_eq!((who.at, who.by, who.reason.as_deref()), (at("16:01"), person(), Some("soitettu")));
    log.hear(care_started("16:02", "a"));
    assert_eq!(state(&log, LATE), None);
    // The other way round.
    log.hear(joined("16:03", "b", "kiire", Some("A")));
    log.hear(care_started("16:04", "b"));
    assert_eq!(state(&log, LATE), Some(AlarmState::ClearedUnacknowledged));
    assert_eq!(shown(&log)[LATE].cleared, Some(at("16:04")));
    log.hear(acknowledged("16:05", LATE));
    assert_eq!(state(&log, LATE), None);
    // What nobody noticed before it came again is told of by one alarm, the last.
    log.hear(joined("16:06", "c", "kiire", Some("A")));
    log.hear(care_started("16:07", "c"));
    log.hear(joined("16:08", "d", "kiire", Some("A")));
    assert_eq!(state(&log, LATE), Some(AlarmState::Unacknowledged));
    assert_eq!((shown(&log)[LATE].raised, shown(&log)[LATE].cleared), (at("16:08"), None));
    let past = past_states(&log, LATE, &["16:06", "16:07", "16:08"]);
    use AlarmState::{ClearedUnacknowledged, Unacknowledged};
    assert_eq!(past, [Some(Unacknowledged), Some(ClearedUnacknowledged), Some(Unacknowledged)]);
}

#[test]
fn taking_notice_of_another_than_the_one_that_stands_does_nothing() {
    let mut log = log([("late", late())]);
    log.hear(joined("16:00", "a", "kiire", Some("A")));
    let mut stale = acknowledged("16:01", LATE);
    if let situation::event::Said::AlarmAcknowledged(_, said) = &mut stale.said {
        said.raised = Some(at("15:00"));
    }
    log.hear(stale.sealed());
    assert_eq!(state(&log, LATE), Some(AlarmState::Unacknowledged));
}

#[test]
fn who_wants_to_hear_nothing_hears_it_again_when_the_time_is_over() {
    let mut log = log([("late", late())]);
    log.hear(joined("16:00", "a", "kiire", Some("A")));
    log.hear(shelved("16:01", LATE, "16:30"));
    assert_eq!(state(&log, LATE), Some(AlarmState::Shelved));
    log.reach(at("16:30"));
    assert_eq!(state(&log, LATE), Some(AlarmState::Unacknowledged));
    // What goes while nobody wants to hear of it is not told afterwards.
    log.hear(shelved("16:31", LATE, "16:40"));
    log.hear(care_started("16:32", "a"));
    assert_eq!(state(&log, LATE), None);
    log.reach(at("16:41"));
    assert_eq!(state(&log, LATE), None);
}

#[test]
fn what_comes_and_goes_is_one_alarm_while_its_rule_holds_it() {
    let mut log = log([("late", Rule { hold: minutes(5), ..late() })]);
    log.hear(joined("16:00", "a", "kiire", Some("A")));
    log.hear(acknowledged("16:01", LATE));
    log.hear(left("16:02", "a"));
    assert_eq!(state(&log, LATE), Some(AlarmState::Acknowledged));
    log.hear(joined("16:04", "b", "kiire", Some("A")));
    log.reach(at("16:08"));
    assert_eq!((state(&log, LATE), shown(&log)[LATE].raised), (Some(AlarmState::Acknowledged), at("16:00")));
    log.hear(left("16:09", "b"));
    log.reach(at("16:13"));
    assert_eq!(state(&log, LATE), Some(AlarmState::Acknowledged));
    log.reach(at("16:14"));
    assert_eq!(state(&log, LATE), None);
}

#[test]
fn somebody_else_is_told_when_nobody_takes_notice() {
    let to = Trilingual { fi: "takapäivystäjä".into(), ..Trilingual::default() };
    let escalation = Some(Escalation { after: minutes(10), to });
    let mut log = log([("late", Rule { escalation, ..late() })]);
    log.hear(joined("16:00", "a", "kiire", Some("A")));
    log.reach(at("16:09"));
    assert_eq!(shown(&log)[LATE].escalated, None);
    log.reach(at("16:10"));
    let (since, to) = shown(&log)[LATE].escalated.clone().unwrap();
    assert_eq!((since, to.fi.as_str()), (at("16:10"), "takapäivystäjä"));
    log.hear(acknowledged("16:11", LATE));
    assert_eq!(shown(&log)[LATE].escalated, None);
}

#[test]
fn nobody_reads_the_eleventh_so_it_comes_with_the_others_as_one() {
    let mut few = with([("late", rule(Watch::Overdue { urgencies: BTreeSet::new(), after: minutes(0) }))]);
    few.alarms.most_new = 2;
    let mut log = Log::of(few);
    log.hear(joined("16:00", "a", "kiire", Some("A")));
    log.hear(joined("16:00", "b", "kiire", Some("B")));
    log.hear(joined("16:00", "u", "kiire", None));
    alive(&mut log, "16:09");
    alive(&mut log, "16:29");
    log.reach(at("16:30"));
    // A at once, the untriaged after ten minutes (the first ten are over), B after thirty.
    assert_eq!(
        shown(&log).keys().map(AlarmId::as_str).collect::<Vec<_>>(),
        [LATE, "late:porvoo:kiire:B", "late:porvoo:kiire:untriaged",]
    );
    let mut flood = with([("late", rule(Watch::Overdue { urgencies: BTreeSet::new(), after: minutes(0) }))]);
    flood.alarms.most_new = 1;
    flood.alarms.within = minutes(60);
    let mut log = Log::of(flood);
    log.hear(joined("16:00", "a", "kiire", Some("A")));
    log.hear(joined("16:00", "b", "kiire", Some("B")));
    log.hear(joined("16:00", "u", "kiire", None));
    alive(&mut log, "16:10");
    alive(&mut log, "16:29");
    log.reach(at("16:30"));
    let alarms = shown(&log);
    assert_eq!(alarms.keys().map(AlarmId::as_str).collect::<Vec<_>>(), [LATE, SUMMARY]);
    let told_of: Vec<_> = alarms[SUMMARY].told_of.keys().map(AlarmId::as_str).collect();
    assert_eq!(told_of, ["late:porvoo:kiire:B", "late:porvoo:kiire:untriaged"]);
    assert_eq!(alarms[SUMMARY].raised, at("16:10"));
    // Who takes notice of the summary takes notice of all of them.
    log.hear(acknowledged("16:31", SUMMARY));
    assert_eq!(state(&log, SUMMARY), Some(AlarmState::Acknowledged));
    log.hear(left("16:32", "b"));
    log.hear(left("16:32", "u"));
    assert_eq!(state(&log, SUMMARY), None);
    assert_eq!(state(&log, LATE), Some(AlarmState::Unacknowledged));
}

#[test]
fn a_silent_feed_neither_clears_an_alarm_nor_raises_one_of_its_lanes_but_its_own() {
    let lost = rule(Watch::FeedLost { families: BTreeSet::new() });
    let mut log = log([("late", late()), ("lost", lost)]);
    log.hear(joined("16:00", "a", "kiire", Some("A")));
    log.hear(joined("16:00", "u", "kiire", None));
    // Stale after five minutes: at ten past nobody knows whether the untriaged one still waits.
    log.reach(at("16:14"));
    assert_eq!(shown(&log).keys().map(AlarmId::as_str).collect::<Vec<_>>(), [LATE]);
    assert_eq!(shown(&log)[LATE].cause.count, None, "how many wait now is not known");
    log.reach(at("16:15"));
    let lost = format!("lost:porvoo:{FEED}");
    assert_eq!(shown(&log)[lost.as_str()].cause.since, Some(at("16:00")));
    assert_eq!(state(&log, LATE), Some(AlarmState::Unacknowledged), "nobody said that it is over");
    // A closed station may be silent.
    log.reach(at("22:00"));
    assert_eq!(state(&log, &lost), Some(AlarmState::ClearedUnacknowledged));
}

#[test]
fn a_feed_that_is_back_within_a_minute_was_only_catching_up() {
    let mut log = log([("lost", rule(Watch::FeedLost { families: BTreeSet::new() }))]);
    let lost = format!("lost:porvoo:{FEED}");
    // The first that is ever heard is old, and what follows is not: nobody has to take notice of that.
    log.hear_at(joined("16:00", "a", "kiire", Some("C")), at("16:30"));
    assert_eq!(state(&log, &lost), Some(AlarmState::Unacknowledged));
    log.hear_at(joined("16:29", "b", "kiire", Some("C")), at("16:30:01"));
    assert_eq!((state(&log, &lost), past_states(&log, &lost, &["16:31"])), (None, vec![None]));
    // One that goes on telling of long ago is lost, however often it speaks.
    log.reach(at("16:44"));
    for minute in 45..50 {
        let (told, heard) = (format!("16:{:02}", minute - 40), at(&format!("16:{minute}")));
        log.hear_at(joined(&told, &told, "kiire", Some("C")), heard);
        assert_eq!(state(&log, &lost), Some(AlarmState::Unacknowledged), "{told}");
    }
    log.hear_at(joined("17:00", "e", "kiire", Some("C")), at("17:00:01"));
    assert_eq!(state(&log, &lost), Some(AlarmState::ClearedUnacknowledged));
}

#[test]
fn a_story_that_is_told_late_in_one_go_leaves_no_trace_of_what_is_over() {
    let mut area = with([("late", rule(Watch::Overdue { urgencies: BTreeSet::new(), after: minutes(0) }))]);
    area.alarms.most_new = 1;
    let mut log = Log::of(area);
    log.hear(heartbeat(at("17:00"), minutes(1)));
    // A backlog: one who waited too long and was seen long ago, and one who still waits.
    log.hear_at(joined("16:00", "a", "kiire", Some("A")), at("17:00"));
    log.hear_at(joined("16:00", "b", "kiire", Some("B")), at("17:00"));
    assert_eq!(shown(&log).keys().map(AlarmId::as_str).collect::<Vec<_>>(), [LATE, SUMMARY]);
    log.hear_at(care_started("16:10", "a"), at("17:00:01"));
    // Nobody has to take notice of the first, and the second does not come as one of many.
    assert_eq!(shown(&log).keys().map(AlarmId::as_str).collect::<Vec<_>>(), ["late:porvoo:kiire:B"]);
    // Nor is it one of those that are new: there is room for one only, and that is taken.
    log.hear_at(joined("17:00", "c", "kiire", Some("A")), at("17:00:02"));
    assert!(state(&log, SUMMARY).is_some() && state(&log, LATE).is_none());
    // What stood for longer was seen by somebody, perhaps.
    log.hear_at(care_started("17:00:01", "b"), at("17:00:06"));
    assert_eq!(state(&log, "late:porvoo:kiire:B"), Some(AlarmState::ClearedUnacknowledged));
}

#[test]
fn a_feed_that_was_silent_overnight_is_not_lost_when_the_doors_open() {
    let mut log = log([("lost", rule(Watch::FeedLost { families: BTreeSet::new() }))]);
    let lost = format!("lost:porvoo:{FEED}");
    log.hear(joined("21:59", "a", "kiire", Some("C")));
    log.reach(on("2026-11-27T08:14:59+02:00"));
    assert_eq!(state(&log, &lost), None);
    log.reach(on("2026-11-27T08:15:00+02:00"));
    assert_eq!(state(&log, &lost), Some(AlarmState::Unacknowledged));
}

#[test]
fn a_shelf_holds_also_for_what_comes_again_while_it_lasts() {
    let mut log = log([("late", late())]);
    log.hear(joined("16:00", "a", "kiire", Some("A")));
    log.hear(shelved("16:01", LATE, "17:00"));
    log.hear(left("16:02", "a"));
    assert_eq!(state(&log, LATE), None);
    log.hear(joined("16:05", "b", "kiire", Some("A")));
    assert_eq!(state(&log, LATE), Some(AlarmState::Shelved));
    log.hear(left("16:10", "b"));
    log.reach(at("17:00"));
    assert_eq!(state(&log, LATE), None, "it went while nobody wanted to hear of it");
}

#[test]
fn what_nobody_knows_of_any_more_is_not_over() {
    let gap = rule(Watch::StaffingGap { roles: BTreeSet::new(), ahead: minutes(0) });
    let mut log = log([("gap", gap), ("inside", rule(Watch::ClosedInside))]);
    let mut by_phone = on_duty("16:00", "laakari", 1);
    if let situation::event::Said::StaffingObserved(said) = &mut by_phone.said {
        (said.by, said.valid_until) = (Some(word("koordinaattori")), Some(at("16:30")));
    }
    log.hear(by_phone.sealed());
    assert_eq!(state(&log, "gap:porvoo:laakari"), Some(AlarmState::Unacknowledged));
    log.reach(at("16:31"));
    assert_eq!(state(&log, "gap:porvoo:laakari"), Some(AlarmState::Unacknowledged));
    log.hear(heartbeat(at("16:31"), minutes(1)));
    log.hear(on_duty("16:32", "laakari", 2));
    assert_eq!(state(&log, "gap:porvoo:laakari"), Some(AlarmState::ClearedUnacknowledged));
    // Nobody has told of the queues for hours when it closes: who is inside is not known.
    log.hear(joined("16:33", "a", "kiire", Some("C")));
    log.reach(at("22:30"));
    assert_eq!(state(&log, "inside:porvoo"), None);
}

#[test]
fn a_gap_is_told_as_far_ahead_as_its_rule_looks() {
    use situation::event::{Event, Said, StaffingPlanned};
    let planned = |from: &str, to: &str, planned: u32| -> Event {
        let (from, to, required, planned) = (at(from), at(to), Some(2), Some(planned));
        let plan = StaffingPlanned { role: word("laakari"), lane: None, from, to, required, planned };
        event(at("12:00"), Said::StaffingPlanned(plan))
    };
    let gap = rule(Watch::StaffingGap { roles: BTreeSet::new(), ahead: 4 * HOUR });
    let mut log = log([("gap", gap)]);
    log.hear(planned("19:00", "23:00", 1));
    log.hear(on_duty("12:00", "laakari", 2));
    log.reach(at("14:59"));
    assert_eq!(shown(&log).len(), 0);
    log.reach(at("15:00"));
    let alarm = shown(&log)["gap:porvoo:laakari"].clone();
    assert_eq!(
        (alarm.cause.since, alarm.cause.until, alarm.cause.count),
        (Some(at("19:00")), Some(at("23:00")), Some(1))
    );
    // Somebody is found.
    let better = planned("19:00", "23:00", 2);
    log.hear(Event { time: at("15:10"), ..better }.named("found"));
    assert_eq!(state(&log, "gap:porvoo:laakari"), Some(AlarmState::ClearedUnacknowledged));
}

#[test]
fn who_took_notice_of_a_gap_to_come_is_called_again_when_it_has_come() {
    use situation::event::{Said, StaffingPlanned};
    let (from, to, required, planned) = (at("19:00"), at("23:00"), Some(2), Some(1));
    let plan = StaffingPlanned { role: word("laakari"), lane: None, from, to, required, planned };
    let gap = rule(Watch::StaffingGap { roles: BTreeSet::new(), ahead: 4 * HOUR });
    let mut log = log([("gap", Rule { hold: minutes(5), ..gap })]);
    let id = "gap:porvoo:laakari";
    log.hear(event(at("17:10"), Said::StaffingPlanned(plan)));
    log.hear(on_duty("17:10", "laakari", 2));
    log.hear(acknowledged("17:12", id));
    assert_eq!(state(&log, id), Some(AlarmState::Acknowledged));
    // The plan's hour has come, and the word on who is there comes a minute later.
    alive(&mut log, "19:00");
    assert_eq!(state(&log, id), Some(AlarmState::Acknowledged));
    log.hear(on_duty("19:01", "laakari", 1));
    assert_eq!(state(&log, id), Some(AlarmState::Unacknowledged));
    assert_eq!((shown(&log)[id].raised, shown(&log)[id].cause.since), (at("19:01"), None));
    // Noticed once more it is not called a third time, and the first notice is still to be seen.
    log.hear(acknowledged("19:05", id));
    log.hear(heartbeat(at("19:06"), minutes(1)));
    assert_eq!(state(&log, id), Some(AlarmState::Acknowledged));
    let past = past_states(&log, id, &["17:11", "17:12", "19:01", "19:05"]);
    use AlarmState::{Acknowledged, Unacknowledged};
    assert_eq!(past, [Unacknowledged, Acknowledged, Unacknowledged, Acknowledged].map(Some));
}

#[test]
fn a_feed_that_flickers_does_not_raise_a_gap_again_because_another_lies_ahead() {
    use situation::event::{Said, StaffingPlanned};
    let planned = |from: &str, to: &str, planned: u32| {
        let (from, to, required, planned) = (at(from), at(to), Some(2), Some(planned));
        let plan = StaffingPlanned { role: word("laakari"), lane: None, from, to, required, planned };
        event(at("12:00"), Said::StaffingPlanned(plan)).named(&format!("plan-{from:?}"))
    };
    let gap = rule(Watch::StaffingGap { roles: BTreeSet::new(), ahead: 4 * HOUR });
    let mut log = log([("gap", gap)]);
    let id = "gap:porvoo:laakari";
    log.hear(planned("12:00", "16:00", 2));
    log.hear(planned("17:00", "19:00", 1));
    log.hear(on_duty("14:00", "laakari", 1));
    log.hear(acknowledged("14:01", id));
    log.reach(at("15:00"));
    assert_eq!(shown(&log)[id].cause.since, None, "the one ahead does not take its place");
    log.hear(on_duty("15:01", "laakari", 1));
    assert_eq!(state(&log, id), Some(AlarmState::Acknowledged));
}

#[test]
fn a_closed_station_with_somebody_inside_is_an_alarm_and_five_closed_ones_are_none() {
    let mut log = log([("inside", rule(Watch::ClosedInside))]);
    log.reach(at("22:30"));
    assert_eq!(shown(&log).len(), 0);
    log.hear(joined("22:31", "a", "kiire", Some("A")));
    assert_eq!(shown(&log)["inside:porvoo"].cause.count, Some(1));
    // Of another queue it is told that two wait, and not how many are in care: of how many nobody knows, and it is not over.
    log.hear(counted("22:32", |it| it.waiting = Told::Value(2)));
    assert_eq!(shown(&log)["inside:porvoo"].cause.count, None);
}

#[test]
fn what_stood_at_a_past_moment_is_told_of_that_moment() {
    let mut log = log([("late", late())]);
    log.hear(joined("16:00", "a", "kiire", Some("A")));
    log.hear(joined("16:02", "b", "kiire", Some("A")));
    log.hear(acknowledged("16:05", LATE));
    log.hear(left("16:10", "a"));
    assert_eq!(shown(&log)[LATE].cause.count, Some(1));
    log.hear(left("16:11", "b"));
    let of = |clock: &str| past(&log, clock).get(LATE).map(|alarm| (alarm.state, alarm.cause.count));
    assert_eq!(of("15:59"), None);
    // How many there were then is in no log: it is not told rather than told wrongly.
    assert_eq!(of("16:01"), Some((AlarmState::Unacknowledged, None)));
    assert_eq!(of("16:06"), Some((AlarmState::Acknowledged, None)));
    assert_eq!(of("16:10"), Some((AlarmState::Acknowledged, Some(1))));
    assert_eq!(of("16:11"), None);
}

#[test]
fn boards_taken_from_their_pieces_have_the_same_alarms() {
    let mut log = log([("late", late())]);
    log.hear(joined("16:00", "a", "kiire", Some("A")));
    log.hear(care_started("16:02", "a"));
    log.hear(joined("16:03", "b", "kiire", None));
    log.reach(at("16:13"));
    let again = Boards::of(log.boards.state());
    assert_eq!(again.alarms(), log.boards.alarms());
    assert_eq!(again.next_due(), log.boards.next_due());
}

#[test]
fn an_alarm_changes_the_boards_that_show_it_and_no_other_station() {
    let mut log = log([("late", late())]);
    log.hear(joined("16:00", "a", "kiire", Some("A")));
    let other = log.revision(&View::Station("loviisa".into()));
    let before = log.revision(&View::Station("porvoo".into()));
    log.hear(acknowledged("16:01", LATE));
    assert!(log.revision(&View::Station("porvoo".into())) > before);
    assert_eq!(log.revision(&View::Station("porvoo".into())), log.revision(&View::Evening));
    assert_eq!(log.revision(&View::Station("loviisa".into())), other);
}

#[test]
fn what_the_area_no_longer_watches_is_over() {
    let mut log = log([("late", late())]);
    log.hear(joined("16:00", "a", "kiire", Some("A")));
    log.reconfigure(area(), at("16:05"));
    assert_eq!(shown(&log).len(), 0);
}

#[test]
fn the_door_refuses_what_is_of_no_alarm_and_what_is_to_last_too_long() {
    let mut log = log([("late", late())]);
    let refused = |log: &mut Log, event| log.refusal(event, at("16:00"));
    let unknown = refused(&mut log, acknowledged("16:00", "late:nowhere:kiire"));
    assert!(matches!(unknown, Refusal::UnknownAlarm(_)), "{unknown}");
    let unknown = refused(&mut log, acknowledged("16:00", "other:porvoo"));
    assert!(unknown.to_string().contains("name it as it stands under alarms"), "{unknown}");
    let over = refused(&mut log, shelved("16:00", LATE, "15:00"));
    assert!(matches!(over, Refusal::NotSoLong { hours: 24, .. }), "{over}");
    let subject = refused(&mut log, acknowledged("16:00", LATE).about("porvoo"));
    assert_eq!(subject, Refusal::OfNoStation);
    log.hear(joined("16:00", "a", "kiire", Some("A")));
    log.hear(counted("16:00", |it| it.waiting = Told::Value(1)));
    assert_eq!(state(&log, LATE), Some(AlarmState::Unacknowledged));
}
