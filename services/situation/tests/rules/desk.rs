//! What the desk reads first: who reports, sums that say what they leave out, who is overdue, what closes, who is missing.

use situation::board::{AheadFigures, Boards, ClosingFigures, ClosingPhase, OverdueFigures, Sum, Totals};
use situation::event::{Event, Said, StaffingPlanned, Told};
use situation::name::UrgencyCode;

use super::story::*;

fn totals(log: &Log) -> Totals {
    *log.boards.totals()
}

fn sum(value: u64, stations: u32, lanes_missing: u32) -> Sum {
    Sum { value, stations, lanes_missing }
}

fn planned(from: &str, to: &str, planned: u32) -> Event {
    let (role, lane) = (word("laakari"), None);
    let (from, to, required, planned) = (at(from), at(to), Some(2), Some(planned));
    event(at("12:00"), Said::StaffingPlanned(StaffingPlanned { role, lane, from, to, required, planned }))
}

#[test]
fn only_open_stations_whose_feed_can_be_trusted_are_in_the_sums() {
    let mut log = Log::given([
        joined("16:00", "t", "kiire", None),
        counted("16:00", |it| it.waiting = Told::Value(7)).about("kallo"),
    ]);
    let now = totals(&log);
    assert_eq!((now.counted, now.open, now.open_unknown, now.reporting), (3, 2, 1, 2));
    // Nobody has told of two lanes of Porvoo yet: they are not zero, they are missing.
    assert_eq!(now.waiting, sum(8, 2, 2));
    // Porvoo's feed is silent for five minutes: its people are still shown, and in no sum.
    log.hear(counted("16:05", |it| it.waiting = Told::Value(5)).about("kallo"));
    assert_eq!(log.porvoo().reporting, Some(false));
    assert_eq!(log.lane("kiire").waiting, Some(1));
    assert_eq!((totals(&log).open, totals(&log).reporting, totals(&log).waiting), (2, 1, sum(5, 1, 0)));
    // At ten it closes, and a closed station is not one that fails to report.
    log.reach(at("22:00"));
    assert_eq!((log.porvoo().open, log.porvoo().reporting), (Some(false), None));
    assert_eq!(totals(&log).open, 1);
}

#[test]
fn where_nobody_reports_there_is_no_sum() {
    let log = Log::given([]);
    assert_eq!(
        (totals(&log).open, totals(&log).reporting),
        (1, 0),
        "Kallo never closes and has never spoken"
    );
    assert_eq!(totals(&log).waiting, sum(0, 0, 0));
}

#[test]
fn sums_that_are_kept_up_are_those_that_are_worked_out_anew() {
    let mut log = Log::given([]);
    for minute in 0..60 {
        let clock = format!("16:{minute:02}");
        log.hear(joined(&clock, &format!("t{minute}"), "kiire", Some(["A", "B", "C"][minute % 3])));
        if minute % 3 == 0 {
            log.hear(left(&clock, &format!("t{}", minute / 2)));
        }
        if minute % 7 == 0 {
            log.hear(counted(&clock, |it| it.waiting = Told::Value(3)).about("loviisa"));
            log.hear(says(&clock, |it| it.open = Told::Value(minute % 2 == 0)).about("loviisa"));
        }
        assert_eq!(totals(&log), *Boards::of(log.boards.state()).totals(), "{clock}");
    }
    let mut fewer = area();
    fewer.stations.remove("kallo");
    log.reconfigure(fewer, at("17:00"));
    assert_eq!(totals(&log).counted, 2);
    assert_eq!(totals(&log), *Boards::of(log.boards.state()).totals());
}

#[test]
fn a_change_of_the_sums_changes_every_view_of_the_area_and_no_board_of_another_station() {
    let mut log = Log::given([counted("16:00", |it| it.waiting = Told::Value(7)).about("kallo")]);
    let before = log.revision(&situation::board::View::Station("loviisa".into()));
    log.hear(counted("16:01", |it| it.waiting = Told::Value(8)).about("kallo"));
    for view in situation::board::View::OF_THE_AREA {
        assert_eq!(log.revision(&view), log.sequence, "{view}");
    }
    assert_eq!(log.revision(&situation::board::View::Station("loviisa".into())), before);
}

#[test]
fn who_is_overdue_is_told_by_urgency_and_since_when() {
    let mut log = Log::given([
        joined("16:00", "b1", "kiire", Some("B")),
        joined("16:10", "b2", "kiire", Some("B")),
        joined("16:05", "nobody-judged", "kiire", None),
        joined("16:20", "c", "kiire", Some("C")),
    ]);
    log.reach(at("16:29"));
    let untriaged = (UrgencyCode::untriaged(), OverdueFigures { count: 1, since: at("16:15") });
    assert!(log.lane("kiire").overdue_by_urgency.clone().into_iter().eq([untriaged.clone()]));
    log.reach(at("16:40"));
    let b = (UrgencyCode::new("B"), OverdueFigures { count: 2, since: at("16:30") });
    assert!(log.lane("kiire").overdue_by_urgency.clone().into_iter().eq([b, untriaged]));
    assert_eq!(log.lane("kiire").overdue, Some(3));
    log.hear(care_started("16:41", "b1"));
    let b = log.lane("kiire").overdue_by_urgency[&UrgencyCode::new("B")];
    assert_eq!(b, OverdueFigures { count: 1, since: at("16:40") });
}

#[test]
fn a_station_closes_step_by_step_and_who_is_still_inside_stays_in_sight() {
    let mut log = Log::given([joined("18:00", "t", "kiire", Some("C"))]);
    let closing = |log: &Log| log.porvoo().closing.clone();
    assert_eq!(closing(&log), None);
    let phase = |phase, inside| {
        let (inside, inside_at_least) = (Some(inside), None);
        let (done_by, done_latest, pace_of) = (None, None, None);
        Some(ClosingFigures { phase, inside, inside_at_least, done_by, done_latest, pace_of })
    };
    // Intake ends at 20, doors close at 22.
    assert_eq!(log.boards.next_due(), Some(at("18:02")), "the feed ages first");
    log.reach(at("18:30"));
    assert_eq!(closing(&log), phase(ClosingPhase::Closing, 1));
    log.hear(joined("19:00", "u", "kiire", Some("C")));
    log.reach(at("20:00"));
    assert_eq!(closing(&log), phase(ClosingPhase::IntakeEnded, 2));
    log.hear(left("21:00", "t"));
    log.reach(at("22:00"));
    assert_eq!(closing(&log), phase(ClosingPhase::Closed, 1));
    log.hear(left("22:10", "u"));
    assert_eq!(closing(&log), None);
}

#[test]
fn a_lane_of_which_only_a_part_is_known_makes_the_number_inside_unknown() {
    let mut log = Log::given([
        joined("19:00", "t", "kiire", Some("C")),
        counted("19:00", |it| it.waiting = Told::Value(4)),
    ]);
    log.reach(at("20:00"));
    let inside = |log: &Log| log.porvoo().closing.as_ref().and_then(|closing| closing.inside);
    assert_eq!(inside(&log), None, "how many are in care behind the door is not known");
    let at_least = |log: &Log| log.porvoo().closing.as_ref().and_then(|closing| closing.inside_at_least);
    assert_eq!(at_least(&log), Some(5));
    log.hear(counted("20:01", |it| it.in_care = Told::Value(1)));
    assert_eq!((inside(&log), at_least(&log)), (Some(6), None));
}

#[test]
fn that_nobody_was_at_work_before_the_doors_opened_says_nothing_of_who_is_now() {
    let plan = || Event { time: at("06:00"), ..planned("08:00", "16:00", 2) }.named("plan");
    let mut log = Log::given([plan(), on_duty("07:10", "laakari", 0)]);
    let staff = |log: &Log| {
        let staff = log.porvoo().staff["laakari"].clone();
        (staff.on_duty, staff.gap)
    };
    log.reach(at("07:59"));
    assert_eq!(staff(&log).0, Some(0), "so it is while the doors are closed");
    log.reach(at("08:00"));
    assert_eq!(staff(&log), (None, None));
    log.hear(on_duty("08:05", "laakari", 0));
    assert_eq!(staff(&log), (Some(0), Some(2)), "now it is known that nobody is there");
    // Who came before the doors opened is there.
    let mut early = Log::given([plan(), on_duty("07:50", "laakari", 2)]);
    early.reach(at("08:00"));
    assert_eq!(staff(&early), (Some(2), None));
}

#[test]
fn a_gap_is_seen_now_and_a_day_ahead() {
    let mut log = Log::given([planned("19:00", "23:00", 1), on_duty("12:01", "laakari", 1)]);
    let staff = log.porvoo().staff["laakari"].clone();
    assert_eq!((staff.required, staff.on_duty, staff.gap), (Some(2), Some(1), Some(1)));
    let ahead = AheadFigures { to: at("23:00"), required: Some(2), planned: Some(1), gap: Some(1) };
    assert!(staff.ahead.into_iter().eq([(at("19:00"), ahead)]));
    log.hear(on_duty("12:02", "laakari", 3));
    assert_eq!(log.porvoo().staff["laakari"].gap, None);
    log.reach(at("19:00"));
    assert!(log.porvoo().staff["laakari"].ahead.is_empty(), "what has begun is not ahead any more");
}

#[test]
fn a_plan_comes_into_sight_a_day_before_without_any_word() {
    let tomorrow = Said::StaffingPlanned(StaffingPlanned {
        role: word("laakari"),
        lane: None,
        from: at("12:00").plus(30 * HOUR),
        to: at("20:00").plus(30 * HOUR),
        required: Some(2),
        planned: Some(2),
    });
    let mut log = Log::given([event(at("12:00"), tomorrow)]);
    let in_sight = |log: &Log| log.porvoo().staff["laakari"].ahead.len();
    assert_eq!(in_sight(&log), 0);
    let mut moments = 0;
    while let Some(due) = log.boards.next_due().filter(|due| *due <= at("12:00").plus(6 * HOUR)) {
        log.reach(due);
        moments += 1;
        assert!(moments < 100, "the clock stands still");
    }
    assert_eq!(in_sight(&log), 1);
}

#[test]
fn staff_that_was_only_copied_from_the_plan_is_not_known_to_be_there() {
    let mut area = area();
    area.feeds.get_mut(FEED).unwrap().copies_plan = true;
    let mut log = Log::of(area);
    log.hear(on_duty("12:00", "laakari", 2));
    let staff = &log.porvoo().staff["laakari"];
    assert_eq!((staff.on_duty, staff.gap, staff.required), (None, None, Some(2)));
    // Who was asked by telephone knows.
    let mut asked = on_duty("12:01", "laakari", 1);
    asked.source = "/people/koordinaattori".into();
    log.hear(asked);
    assert_eq!(log.porvoo().staff["laakari"].gap, Some(1));
}
