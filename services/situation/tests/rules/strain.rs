//! Levels of strain: reasons that are known, up at once, down late, and never calm for want of word.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use situation::area::Area;
use situation::board::Boards;
use situation::event::{Event, Told};
use situation::strain::{
    AreaRule, Lack, Level, Measure, MeasureRule, StationRule, StrainFigures, StrainRules, UndefinedFor,
};

use super::story::*;

use Level::{Loaded, Normal, Overloaded, Strained};

fn measure(measure: Measure, from: [i64; 3], margin: i64) -> MeasureRule {
    MeasureRule { measure, from, margin, shown_only: false }
}

/// Full from 10 of 10 places on.
fn occupancy() -> (&'static str, MeasureRule) {
    ("occupancy_room", measure(Measure::Occupancy { places: word("room") }, [80, 90, 100], 5))
}

fn boarders() -> (&'static str, MeasureRule) {
    ("boarders", measure(Measure::Boarders { places: word("room") }, [2, 3, 4], 1))
}

fn edwin() -> (&'static str, MeasureRule) {
    let roles = BTreeSet::from([word("laakari")]);
    ("edwin", measure(Measure::Edwin { roles, places: word("room") }, [100, 150, 200], 0))
}

fn gap() -> (&'static str, MeasureRule) {
    ("staffing_gap", measure(Measure::StaffingGap { roles: BTreeSet::new() }, [10, 50, 100], 0))
}

fn rule<const N: usize>(needs: usize, measures: [(&'static str, MeasureRule); N]) -> StationRule {
    let measures = measures.into_iter().map(|(name, rule)| (word(name), rule)).collect();
    StationRule { measures, needs, dwell: minutes(10), cards: BTreeMap::new() }
}

/// Porvoo has this rule, the others none.
fn with(rule: StationRule) -> Area {
    let rules = StrainRules {
        stations: BTreeMap::from([("porvoo".into(), Arc::new(rule))]),
        kinds: BTreeMap::new(),
        area: None,
        cards: BTreeMap::new(),
    };
    Area { strain: Some(rules), ..area() }
}

fn ruled(rule: StationRule) -> Log {
    Log::of(with(rule))
}

/// Ten staffed rooms, so many in use, so many of these by boarders.
fn rooms(clock: &str, occupied: u32, boarding: u32) -> Event {
    places(clock, "room", |it| {
        it.staffed = Told::Value(10);
        it.occupied = Told::Value(occupied);
        it.boarding = Told::Value(boarding);
    })
}

fn strain(log: &Log) -> &StrainFigures {
    log.porvoo().strain.as_ref().unwrap()
}

fn level(log: &Log) -> Option<Level> {
    strain(log).level
}

fn missing(log: &Log, measure: &str) -> Vec<(String, Lack)> {
    strain(log).readings[measure].missing.clone().into_iter().collect()
}

fn past(log: &Log, clock: &str) -> Option<(Level, situation::time::Instant)> {
    let boards = &log.boards;
    let (area, situation) = (boards.area().unwrap().clone(), boards.situation().clone());
    let past = Boards::of_moment(boards, area, situation, at(clock), boards.sequence());
    let strain = past.look(&"porvoo".into()).unwrap().0.figures.strain.clone()?;
    strain.level.zip(strain.since)
}

#[test]
fn so_many_measures_as_are_needed_make_the_level() {
    let mut log = ruled(rule(2, [occupancy(), boarders()]));
    log.hear(rooms("16:00", 10, 0));
    assert_eq!(level(&log), Some(Normal), "one full measure is not two");
    log.hear(rooms("16:01", 10, 2));
    assert_eq!(level(&log), Some(Strained), "the second goes no further");
    log.hear(rooms("16:02", 9, 4));
    assert_eq!(level(&log), Some(Loaded));
    let readings = &strain(&log).readings;
    assert_eq!((readings["occupancy_room"].value, readings["boarders"].value), (Some(90), Some(4)));
}

#[test]
fn a_level_rises_at_once_and_goes_down_when_it_has_stood_for_long_enough() {
    let mut log = ruled(rule(1, [boarders()]));
    log.hear(rooms("16:00", 5, 0));
    log.hear(rooms("16:01", 5, 4));
    assert_eq!((level(&log), strain(&log).since), (Some(Overloaded), Some(at("16:01"))));
    log.hear(rooms("16:05", 5, 0));
    log.hear(heartbeat(at("16:05"), minutes(60)));
    assert_eq!(level(&log), Some(Overloaded), "it stands since 16:01");
    assert_eq!(log.boards.next_due(), Some(at("16:11")), "and that ends by itself");
    log.reach(at("16:11"));
    assert_eq!((level(&log), strain(&log).since), (Some(Normal), Some(at("16:11"))));
    log.hear(rooms("16:12", 5, 2));
    assert_eq!(level(&log), Some(Strained), "up again at once");
}

#[test]
fn a_level_is_left_only_by_the_margin() {
    let mut log = ruled(rule(1, [occupancy()]));
    log.hear(rooms("16:00", 10, 0));
    // 20 minutes later the time it has to stand is over: what holds it is the margin, of half a room in ten.
    log.hear(places("16:20", "room", |it| {
        it.staffed = Told::Value(20);
        it.occupied = Told::Value(19);
    }));
    assert_eq!(level(&log), Some(Overloaded), "95 of 100 per cent");
    log.hear(places("16:21", "room", |it| it.occupied = Told::Value(18)));
    assert_eq!(level(&log), Some(Loaded), "90 per cent");
    log.hear(places("16:22", "room", |it| it.occupied = Told::Value(19)));
    assert_eq!(level(&log), Some(Loaded), "95 per cent make no level 4 on the way up");
}

#[test]
fn what_nobody_told_or_tells_any_more_is_not_calm() {
    let mut log = ruled(rule(1, [occupancy(), gap()]));
    log.reach(at("15:00"));
    assert_eq!(level(&log), None);
    assert_eq!(
        missing(&log, "occupancy_room"),
        [
            ("capacity.room.occupied".to_owned(), Lack::Absent),
            ("capacity.room.staffed".to_owned(), Lack::Absent)
        ]
    );
    log.hear(on_duty("16:00", "laakari", 2));
    log.hear(rooms("16:00", 1, 0));
    assert_eq!(level(&log), Some(Normal));
    // A feed that speaks every minute is stale after five.
    log.reach(at("16:05"));
    assert_eq!((level(&log), strain(&log).since), (None, Some(at("16:05"))));
    assert_eq!(missing(&log, "staffing_gap"), [("staff.laakari.on_duty".to_owned(), Lack::Stale)]);
    log.hear(heartbeat(at("16:06"), minutes(1)));
    assert_eq!(level(&log), Some(Normal));
}

#[test]
fn what_is_known_decides_where_nothing_that_is_missing_could_change_it() {
    let mut log = ruled(rule(1, [occupancy(), gap()]));
    log.hear(rooms("16:00", 8, 0));
    assert_eq!((level(&log), strain(&log).at_least()), (None, Some(Strained)), "the gap might be worse");
    log.hear(rooms("16:01", 10, 0));
    assert_eq!((level(&log), strain(&log).at_least()), (Some(Overloaded), None), "it could not");
    // Two are needed, and of two one is not known: it has no more than the other.
    let mut both = ruled(rule(2, [occupancy(), gap()]));
    both.hear(rooms("16:00", 1, 0));
    assert_eq!(level(&both), Some(Normal));
}

#[test]
fn a_measure_that_is_only_shown_makes_no_level() {
    let (name, shown) = occupancy();
    let mut log = ruled(rule(1, [(name, MeasureRule { shown_only: true, ..shown }), boarders()]));
    log.hear(rooms("16:00", 10, 0));
    assert_eq!(level(&log), Some(Normal));
    assert_eq!(strain(&log).readings["occupancy_room"].value, Some(100));
}

#[test]
fn edwin_weighs_everybody_present_and_says_when_it_has_no_value() {
    let mut log = ruled(rule(1, [edwin()]));
    let closed_lanes = [counted("16:00", |it| it.present = Told::Value(0)), moved("16:00", "x", "hammas")];
    log.hear(joined("16:00", "x", "hammas", None));
    closed_lanes.into_iter().for_each(|event| log.hear(event));
    log.hear(left("16:00", "x"));
    log.hear(joined("16:00", "a", "kiire", Some("A")));
    log.hear(joined("16:00", "b", "kiire", Some("C")));
    log.hear(joined("16:00", "u", "kiire", None));
    log.hear(care_started("16:01", "a"));
    assert_eq!(strain(&log).readings["edwin"].value, None, "no physician was told of");
    log.hear(on_duty("16:02", "laakari", 1));
    log.hear(rooms("16:02", 1, 7));
    // A weighs 3 of three, C 1, nobody knows 2; of ten bays seven are taken by boarders.
    assert_eq!(strain(&log).readings["edwin"].value, Some(200));
    assert_eq!(level(&log), Some(Overloaded));
    log.hear(on_duty("16:03", "laakari", 0));
    let undefined = strain(&log).readings["edwin"].undefined.unwrap();
    assert_eq!((undefined.by, undefined.is_anybody_there), (UndefinedFor::NoStaff, true));
    assert_eq!(level(&log), Some(Overloaded), "people, and no physician");
    log.hear(on_duty("16:04", "laakari", 1));
    log.hear(rooms("16:04", 10, 10));
    let undefined = strain(&log).readings["edwin"].undefined.unwrap();
    assert_eq!((undefined.by, level(&log)), (UndefinedFor::NoPlaces, Some(Overloaded)));
    for ticket in ["a", "b", "u"] {
        log.hear(left("16:05", ticket));
    }
    log.hear(rooms("16:20", 10, 10));
    assert!(!strain(&log).readings["edwin"].undefined.unwrap().is_anybody_there);
    assert_eq!(level(&log), Some(Normal), "nobody is there");
}

#[test]
fn edwin_is_at_least_what_the_known_lanes_make() {
    let mut log = ruled(rule(1, [edwin()]));
    log.hear(joined("16:00", "a", "kiire", Some("A")));
    log.hear(on_duty("16:00", "laakari", 1));
    log.hear(rooms("16:00", 1, 8));
    let reading = &strain(&log).readings["edwin"];
    assert_eq!((reading.value, reading.at_least), (None, Some(150)));
    assert_eq!((level(&log), strain(&log).at_least()), (None, Some(Loaded)));
    let lacks: Vec<_> = missing(&log, "edwin").into_iter().map(|(input, _)| input).collect();
    assert_eq!(lacks, ["lanes.hammas.present", "lanes.ovi.present"]);
}

#[test]
fn nedocs_is_a_score_that_there_is_at_the_least() {
    let places = Measure::Nedocs { places: word("room"), beds: word("bed") };
    let mut log = ruled(rule(1, [("nedocs", measure(places, [20, 60, 100], 0))]));
    log.hear(counted("16:00", |it| it.present = Told::Value(6)));
    log.hear(rooms("16:00", 6, 2));
    log.hear(super::story::places("16:00", "bed", |it| it.total = Told::Value(40)));
    let reading = &strain(&log).readings["nedocs"];
    // 85.8 × 6 / 10 + 600 × 2 / 40 − 20, in lanes that were told of.
    assert_eq!((reading.value, reading.at_least), (None, Some(61)));
    let not_carried: Vec<_> =
        missing(&log, "nedocs").into_iter().filter(|(_, why)| *why == Lack::NotCarried).collect();
    assert_eq!(not_carried.len(), 3);
    assert_eq!((level(&log), strain(&log).at_least()), (None, Some(Loaded)));
}

#[test]
fn a_closed_station_has_no_level() {
    let mut log = ruled(rule(1, [boarders()]));
    log.hear(rooms("16:00", 5, 4));
    log.hear(says("16:05", |it| it.open = Told::Value(false)));
    assert_eq!(log.porvoo().strain, None);
    log.hear(rooms("16:06", 5, 0));
    log.hear(says("16:07", |it| it.open = Told::Value(true)));
    assert_eq!(level(&log), Some(Normal), "what stood before it closed holds nothing up");
}

#[test]
fn a_flicker_of_a_feed_does_not_make_a_level_young_and_a_long_silence_forgets_it() {
    let mut log = ruled(rule(1, [occupancy()]));
    log.hear(rooms("16:00", 10, 0));
    log.reach(at("16:05"));
    assert_eq!(level(&log), None);
    log.hear(rooms("16:07", 9, 0));
    assert_eq!(level(&log), Some(Overloaded), "it stood seven minutes ago");
    log.hear(rooms("16:10", 9, 0));
    assert_eq!((level(&log), strain(&log).since), (Some(Loaded), Some(at("16:10"))));
    log.reach(at("16:15"));
    log.hear(places("16:30", "room", |it| {
        it.staffed = Told::Value(20);
        it.occupied = Told::Value(17);
    }));
    assert_eq!(level(&log), Some(Strained), "85 per cent would have been enough to stay");
}

#[test]
fn a_board_of_a_past_moment_shows_the_level_that_stood_then() {
    let mut log = ruled(rule(1, [boarders()]));
    log.hear(rooms("16:00", 5, 0));
    log.hear(rooms("16:10", 5, 4));
    log.hear(rooms("16:30", 5, 0));
    // What comes in late changes what was, not what people were told.
    log.hear_at(rooms("16:20", 5, 2), at("16:31"));
    assert_eq!(past(&log, "16:05"), Some((Normal, at("16:00"))));
    assert_eq!(past(&log, "16:20"), Some((Overloaded, at("16:10"))));
    assert_eq!(past(&log, "16:30"), Some((Normal, at("16:30"))));
    assert_eq!(past(&log, "15:59"), None);
}

#[test]
fn an_area_has_what_enough_of_its_open_stations_have() {
    let boarding = Arc::new(rule(1, [boarders()]));
    let stations = ["porvoo", "loviisa", "kallo"].map(|id| (id.into(), Arc::clone(&boarding)));
    let area_rule =
        AreaRule { needs: 2, weights: BTreeMap::from([("porvoo".into(), 2)]), dwell: minutes(10) };
    let rules = StrainRules {
        stations: BTreeMap::from(stations),
        kinds: BTreeMap::new(),
        area: Some(area_rule),
        cards: BTreeMap::new(),
    };
    let mut log = Log::of(Area { strain: Some(rules), ..area() });
    let of_area = |log: &Log| log.boards.strain().map(|it| (it.level, it.at_least())).unwrap();
    assert_eq!(of_area(&log), (None, None), "nobody has said anything");
    let quiet = |clock: &str, id: &str| rooms(clock, 1, 0).about(id);
    log.hear(quiet("16:00", "porvoo"));
    log.hear(quiet("16:00", "loviisa"));
    assert_eq!(of_area(&log), (Some(Normal), None), "one station more could not change it");
    log.hear(rooms("16:01", 9, 3).about("loviisa"));
    assert_eq!(of_area(&log), (None, None), "two together could: Kallo is not known");
    log.hear(quiet("16:02", "kallo"));
    assert_eq!(of_area(&log), (Some(Normal), None));
    log.hear(rooms("16:03", 9, 4).named("more"));
    assert_eq!(of_area(&log), (Some(Overloaded), None), "Porvoo alone weighs enough");
    let tally = log.boards.strain().unwrap().tally;
    assert_eq!((tally.stations, tally.unknown), ([1, 0, 1, 1], 0));
}

#[test]
fn another_description_of_the_area_takes_levels_with_it() {
    let mut log = ruled(rule(1, [boarders()]));
    log.hear(rooms("16:00", 5, 4));
    log.reconfigure(area(), at("16:01"));
    assert_eq!((log.porvoo().strain.clone(), log.boards.strain().is_none()), (None, true));
    assert_eq!(log.boards.state().strain.stations.len(), 0);
    assert_eq!(log.boards.state().strain.ended.len(), 1, "but that it stood is remembered");
}

#[test]
fn boards_that_were_put_away_stand_where_they_stood() {
    let mut log = ruled(rule(1, [boarders()]));
    log.hear(rooms("16:00", 5, 4));
    log.hear(rooms("16:05", 5, 0));
    let again = Boards::of(log.boards.state());
    assert_eq!(again.next_due(), log.boards.next_due());
    let look = |boards: &Boards| boards.look(&"porvoo".into()).unwrap().0.figures.clone();
    assert_eq!(look(&again), look(&log.boards));
}

#[test]
fn a_level_can_be_an_alarm_that_nobody_s_silence_ends() {
    use situation::alarm::{AlarmRules, AlarmState, Rule, Watch};
    use situation::name::Trilingual;
    let rule_of = |at_least| Rule {
        watch: Watch::Level { at_least },
        stations: None,
        rank: None,
        text: Trilingual::default(),
        hold: minutes(0),
        escalation: None,
    };
    let rules = BTreeMap::from([(word("full"), rule_of(Overloaded)), (word("loaded"), rule_of(Loaded))]);
    let alarms = AlarmRules { rules, ..AlarmRules::default() };
    let mut log = Log::of(Area { alarms, ..with(rule(1, [occupancy()])) });
    let state = |log: &Log, id: &str| log.boards.alarms().get(id).map(|alarm| alarm.state);
    log.hear(rooms("16:00", 9, 0));
    assert_eq!((level(&log), state(&log, "full:porvoo")), (Some(Loaded), None));
    assert_eq!(state(&log, "loaded:porvoo"), Some(AlarmState::Unacknowledged));
    log.hear(rooms("16:01", 10, 0));
    assert_eq!(state(&log, "full:porvoo"), Some(AlarmState::Unacknowledged));
    assert_eq!(log.boards.alarms()["full:porvoo"].cause.since, Some(at("16:01")));
    // The feed falls silent: how strained it is nobody knows, and that is not the end of it.
    log.reach(at("17:00"));
    assert_eq!((level(&log), state(&log, "full:porvoo")), (None, Some(AlarmState::Unacknowledged)));
    log.hear(rooms("17:01", 5, 0));
    assert_eq!(state(&log, "full:porvoo"), Some(AlarmState::ClearedUnacknowledged));
    // What it is at least is enough.
    let mut log = Log::of(Area {
        alarms: log.boards.area().unwrap().alarms.clone(),
        ..with(rule(1, [occupancy(), gap()]))
    });
    log.hear(rooms("16:00", 9, 0));
    assert_eq!((level(&log), strain(&log).at_least()), (None, Some(Loaded)), "who is at work nobody told");
    assert_eq!(state(&log, "loaded:porvoo"), Some(AlarmState::Unacknowledged));
    assert_eq!(state(&log, "full:porvoo"), None);
}

#[test]
fn a_moment_of_which_nobody_knows_enough_has_no_level_whatever_stood_last() {
    let mut log = ruled(rule(1, [boarders()]));
    log.hear(rooms("16:00", 5, 4));
    log.hear(heartbeat(at("16:01"), minutes(1)));
    assert_eq!(past(&log, "16:01").map(|(level, _)| level), Some(Overloaded));
    assert_eq!(past(&log, "21:30"), None, "by then the feed has long been silent, as far as is known");
}
