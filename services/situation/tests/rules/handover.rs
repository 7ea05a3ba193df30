//! Handover: what a shift leaves to the next one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use situation::alarm::Watch;
use situation::area::Area;
use situation::board::{Boards, Freshness};
use situation::calendar::{Days, ShiftRule};
use situation::event::{Amendment, Event, Outcome, Said, Step, Told};
use situation::handover::{Chronicle, Peak, Report, Span, StationReport, last_ended, shift_around};
use situation::name::Trilingual;
use situation::strain::{Level, Measure, MeasureRule, StationRule, StrainRules};
use situation::time::Instant;

use super::alarms;
use super::sayings::*;
use super::story::*;

/// The report of a span, of the facts of the log up to one of them.
fn report_up_to(log: &Log, (from, to): (&str, &str), sequence: u64) -> Report {
    let (from, to) = (at(from), at(to));
    let mut boards = Boards::default();
    let (before, rest) = log.facts.split_at(log.facts.partition_point(|fact| fact.received < from));
    before.iter().for_each(|fact| boards.apply(fact));
    let span = Span::between(log.boards.area().unwrap(), from, to).unwrap();
    let mut chronicle = Chronicle::begin(span, &boards);
    for fact in rest.iter().filter(|fact| fact.sequence <= sequence) {
        if !chronicle.holds(fact) {
            chronicle.end(&boards, true);
        }
        boards.apply(fact);
        chronicle.pass(fact, &boards);
    }
    chronicle.report(&boards, true).unwrap()
}

/// Of what was known when the span ended.
fn report(log: &Log, span: (&str, &str)) -> Report {
    let last = log.facts.iter().rfind(|fact| fact.received < at(span.1)).unwrap();
    report_up_to(log, span, last.sequence)
}

/// The same, going over after each fact to boards that know what people had been told, and nothing of what is over.
fn report_over_marks(log: &Log, (from, to): (&str, &str)) -> Report {
    let (from, to) = (at(from), at(to));
    let mut boards = Boards::default();
    let (before, rest) = log.facts.split_at(log.facts.partition_point(|fact| fact.received < from));
    before.iter().for_each(|fact| boards.apply(fact));
    let span = Span::between(log.boards.area().unwrap(), from, to).unwrap();
    let mut chronicle = Chronicle::begin(span, &boards);
    for fact in rest.iter().filter(|fact| fact.received < to) {
        boards.apply(fact);
        chronicle.pass(fact, &boards);
        chronicle.gather(&boards);
        boards = Boards::unseen(boards.state()).told(boards.mark());
        assert_eq!(boards.strain_log().ended.iter().count(), 0, "they forgot it");
    }
    chronicle.report(&boards, true).unwrap()
}

fn porvoo(report: &Report) -> &StationReport {
    &report.stations["porvoo"]
}

fn left_as(clock: &str, ticket: &str, outcome: Outcome) -> Event {
    step(clock, ticket, Step::Left { outcome: Some(outcome) })
}

fn peak(count: u32, clock: &str) -> Option<Peak> {
    Some(Peak { count, at: at(clock) })
}

#[test]
fn who_came_waited_and_left_is_counted_within_the_span_only() {
    let log = Log::given([
        joined("15:50", "early", "kiire", Some("B")),
        joined("16:10", "a", "kiire", Some("B")),
        care_started("16:15", "early"),
        care_started("16:50", "a"),
        left_as("17:00", "a", Outcome::Treated),
        left_as("17:30", "early", Outcome::Unseen),
        joined("21:50", "late", "kiire", Some("B")),
        joined("22:10", "beyond", "kiire", Some("B")),
    ]);
    let report = report(&log, ("16:00", "22:00"));
    let told = porvoo(&report);
    assert_eq!((told.waiting, told.arrived), ((Some(1), Some(1)), Some(2)));
    assert_eq!(told.left, [(Some(Outcome::Treated), 1), (Some(Outcome::Unseen), 1)].into());
    assert_eq!((told.most_waiting, told.most_present), (peak(2, "16:10"), peak(2, "16:10")));
    let waits = told.waits[&("kiire".into(), "B".into())];
    assert_eq!(
        (waits.target, waits.seen, waits.within),
        (Some(minutes(30)), 2, 1),
        "a waited for 40 minutes"
    );
    assert_eq!((waits.longest, waits.waiting, waits.overdue), (Some(minutes(40)), 1, 0));
}

#[test]
fn a_peak_is_of_when_people_were_there_and_not_of_when_it_was_told() {
    let mut log = Log::of(area());
    for event in [
        joined("17:20", "a", "kiire", None),
        joined("17:25", "b", "kiire", None),
        left("17:35", "a"),
        left("17:40", "b"),
        joined("17:50", "c", "kiire", None),
    ] {
        log.hear_at(event, at("17:58"));
    }
    assert_eq!(porvoo(&report(&log, ("16:00", "22:00"))).most_present, peak(2, "17:25"));
}

#[test]
fn a_correction_counts_and_what_never_happened_does_not() {
    let came = joined("16:10", "a", "kiire", Some("B"));
    let gone = left_as("16:20", "a", Outcome::Treated);
    let other = joined("16:30", "b", "kiire", Some("B"));
    let outcome = Amendment { outcome: Some(Outcome::Booked), ..Amendment::default() };
    let log = Log::given([
        came,
        gone.clone(),
        other.clone(),
        corrected("16:40", "a", &gone, None, outcome),
        corrected("16:50", "b", &other, Some(true), Amendment::default()),
    ]);
    let report = report(&log, ("16:00", "22:00"));
    assert_eq!(porvoo(&report).arrived, Some(1));
    assert_eq!(porvoo(&report).left, [(Some(Outcome::Booked), 1)].into());
}

#[test]
fn what_comes_in_after_the_span_changes_nothing_unless_it_is_asked_for() {
    let mut log = Log::given([joined("16:10", "a", "kiire", None), left("21:00", "a")]);
    let then = report(&log, ("16:00", "22:00"));
    log.hear_at(joined("17:00", "backlog", "kiire", None), at("22:30"));
    log.hear_at(on_duty("22:40", "laakari", 0), at("22:40"));
    let later = report(&log, ("16:00", "22:00"));
    assert_eq!(format!("{then:?}"), format!("{later:?}"), "made then or later");
    let with_late = report_up_to(&log, ("16:00", "22:00"), log.sequence);
    assert_eq!(porvoo(&with_late).arrived, Some(2), "who had come is known by now");
    assert_eq!(porvoo(&with_late).gaps, porvoo(&then).gaps, "what people were told is what they were told");
}

#[test]
fn a_gap_is_told_from_when_to_when_and_an_unknown_is_neither_end_nor_beginning() {
    let unknown = |clock: &str| {
        let Said::StaffingObserved(mut said) = on_duty(clock, "laakari", 1).said else { panic!() };
        said.on_duty = Told::Withdrawn;
        event(at(clock), Said::StaffingObserved(said))
    };
    let log = Log::given([
        on_duty("16:30", "laakari", 2),
        on_duty("19:00", "laakari", 1),
        unknown("19:10"),
        on_duty("19:20", "laakari", 1),
        on_duty("19:40", "laakari", 2),
    ]);
    let report = report(&log, ("16:00", "22:00"));
    let [gap] = porvoo(&report).gaps["laakari"].as_slice() else { panic!("{:?}", porvoo(&report).gaps) };
    assert_eq!((gap.from, gap.to), (at("19:00"), Some(at("19:40"))));
    assert_eq!((gap.missing, gap.required, gap.on_duty), (1, Some(2), Some(1)));
}

#[test]
fn a_feed_is_silent_from_its_last_word_until_it_is_heard_again() {
    let mut log = Log::of(area());
    let reach = |log: &mut Log, until: Instant| {
        while let Some(due) = log.decider.next_due().filter(|due| *due <= until) {
            log.reach(due);
        }
    };
    for minute in 0..=18 {
        let beat = at("17:00").plus(minutes(minute));
        reach(&mut log, beat);
        log.hear(heartbeat(beat, minutes(1)));
    }
    reach(&mut log, at("17:58"));
    log.hear(heartbeat(at("17:58"), minutes(1)));
    let report = report(&log, ("17:00", "17:59"));
    let [silence] = report.silences[FEED].as_slice() else { panic!("{:?}", report.silences) };
    assert_eq!((silence.from, silence.to), (Some(at("17:18")), Some(at("17:58"))));
    assert_eq!((silence.worst, silence.stations.as_slice()), (Freshness::Lost, &["porvoo".into()][..]));
}

#[test]
fn who_was_inside_at_closing_is_told_with_what_became_of_them() {
    let mut log = Log::given([
        joined("20:00", "a", "kiire", None),
        joined("20:10", "b", "kiire", None),
        joined("20:20", "gone", "kiire", None),
        left("21:00", "gone"),
    ]);
    log.reach(at("22:00"));
    log.hear(left_as("22:06", "a", Outcome::Treated));
    log.hear(left_as("22:07", "b", Outcome::Unseen));
    let report = report(&log, ("16:00", "23:00"));
    let closing = &porvoo(&report).closings[&at("22:00")];
    assert_eq!((closing.inside, closing.still), (Some(2), 0));
    assert_eq!(closing.went, [(Some(Outcome::Treated), 1), (Some(Outcome::Unseen), 1)].into());
}

#[test]
fn counts_have_their_peak_where_they_were_told_and_unknown_is_no_zero() {
    let waiting =
        |clock: &str, count: u32| counted(clock, |it| it.waiting = Told::Value(count)).about("loviisa");
    let log = Log::given([waiting("15:00", 3), waiting("17:00", 7), waiting("18:00", 2)]);
    let report = report(&log, ("16:00", "22:00"));
    let loviisa = &report.stations["loviisa"];
    assert_eq!((loviisa.waiting, loviisa.most_waiting), ((Some(3), Some(2)), peak(7, "17:00")));
    assert_eq!((loviisa.arrived, loviisa.most_present), (None, None), "counts tell of nobody's coming");
    assert_eq!(report.stations["kallo"].most_waiting, None);
}

#[test]
fn the_report_of_now_is_of_the_shift_that_ended_last() {
    let mut area = area();
    let rule = |fi: &str, from: i8, to: i8| ShiftRule {
        name: Trilingual { fi: fi.into(), ..Trilingual::default() },
        days: Days::ALL,
        from: jiff::civil::time(from, 0, 0, 0),
        to: jiff::civil::time(to, 0, 0, 0),
    };
    area.shifts = vec![rule("ilta", 16, 22), rule("yö", 22, 8)];
    let named = |span: Option<Span>| span.and_then(|it| it.name).map(|name| name.fi);
    assert_eq!(named(last_ended(&area, at("21:59:59"))).as_deref(), Some("yö"));
    assert_eq!(named(last_ended(&area, at("22:00"))).as_deref(), Some("ilta"), "at its end it has ended");
    assert_eq!(named(shift_around(&area, at("22:00"))).as_deref(), Some("yö"));
    assert_eq!(named(Span::between(&area, at("16:00"), at("22:00"))).as_deref(), Some("ilta"));
    assert_eq!(named(Span::between(&area, at("16:00"), at("21:00"))), None);
    assert!(Span::between(&area, at("16:00"), at("16:00")).is_none());
    let too_long = Span::between(&area, at("16:00"), at("16:00").plus(Duration::from_secs(73 * 3600)));
    assert!(too_long.is_none());
}

#[test]
fn levels_that_are_over_stay_in_a_report_that_goes_over_to_boards_which_forgot_them() {
    let from = [2, 3, 4];
    let boarders = MeasureRule {
        measure: Measure::Boarders { places: word("room") },
        from,
        margin: 1,
        shown_only: false,
    };
    let rule = StationRule {
        measures: [(word("boarders"), boarders)].into(),
        needs: 1,
        dwell: minutes(10),
        cards: BTreeMap::new(),
    };
    let stations = BTreeMap::from([("porvoo".into(), Arc::new(rule))]);
    let rules = StrainRules { stations, kinds: BTreeMap::new(), area: None, cards: BTreeMap::new() };
    let mut log = Log::of(Area { strain: Some(rules), ..area() });
    for (clock, boarding) in [("16:00", 0), ("16:10", 4), ("16:40", 2), ("17:10", 0), ("17:20", 0)] {
        log.hear(places(clock, "room", |it| it.boarding = Told::Value(boarding)));
    }
    let span = ("16:05", "17:30");
    let (plain, over) = (report(&log, span), report_over_marks(&log, span));
    let levels: Vec<_> = porvoo(&plain).levels.iter().map(|told| (told.level, told.from)).collect();
    let [calm, worst, less, last] = ["16:05", "16:10", "16:40", "17:10"].map(at);
    assert_eq!(
        levels,
        [(Level::Normal, calm), (Level::Overloaded, worst), (Level::Loaded, less), (Level::Normal, last)]
    );
    assert_eq!(porvoo(&over), porvoo(&plain));
}

#[test]
fn an_alarm_that_had_come_true_before_a_span_is_not_in_its_report() {
    use situation::event::StaffingPlanned;
    let (from, to, required, planned) = (at("17:00"), at("21:00"), Some(2), Some(1));
    let plan = StaffingPlanned { role: word("laakari"), lane: None, from, to, required, planned };
    let area =
        alarms::with([("gap", alarms::rule(Watch::StaffingGap { roles: BTreeSet::new(), ahead: 4 * HOUR }))]);
    let mut log = Log::of(area);
    log.hear(event(at("15:10"), Said::StaffingPlanned(plan)));
    log.hear(on_duty("15:10", "laakari", 2));
    log.hear(acknowledged("15:12", "gap:porvoo:laakari"));
    log.hear(on_duty("17:01", "laakari", 1));
    log.hear(on_duty("18:30", "laakari", 1));
    let raised = |span| -> Vec<_> { report(&log, span).alarms.keys().map(|(raised, _)| *raised).collect() };
    assert_eq!(raised(("15:00", "18:00")), [at("15:10"), at("17:01")], "both stood then");
    assert_eq!(
        raised(("18:00", "18:40")),
        [at("17:01")],
        "whatever the boards remember from which it is made"
    );
}
