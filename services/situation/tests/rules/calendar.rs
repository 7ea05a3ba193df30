//! Local time: windows and hours across clock changes and midnights.

use jiff::civil::{Weekday, time};
use situation::calendar::{
    Begins, Calendar, Days, Hours, Run, When, WindowKind, WindowRule, next_shift_edge, next_window_edge,
    opening, openings_between, serves_between, shifts_between, window_at, window_of_kinds, windows_between,
};

use super::almanac::*;
use super::story::*;

fn plain() -> Calendar {
    Calendar::of_zone(helsinki())
}

/// A night every day of the week.
fn nights() -> Vec<WindowRule> {
    let mut rules: Vec<_> = week().into_iter().filter(|rule| rule.kind == WindowKind::Night).collect();
    rules[0].when = When::On { days: Days::ALL, to_day: None };
    rules
}

#[test]
fn a_night_is_eight_nine_or_ten_hours_long() {
    for (moment, from, to, length) in [
        ("2026-03-29T01:00:00Z", "2026-03-28T22:00:00+02:00", "2026-03-29T07:00:00+03:00", 8),
        ("2026-11-26T01:00:00Z", "2026-11-25T22:00:00+02:00", "2026-11-26T07:00:00+02:00", 9),
        ("2026-10-25T01:00:00Z", "2026-10-24T22:00:00+03:00", "2026-10-25T07:00:00+02:00", 10),
    ] {
        let window = window_at(&nights(), &plain(), on(moment)).unwrap();
        assert_eq!((window.from, window.to), (on(from), on(to)), "{moment}");
        assert_eq!(window.to, window.from.plus(length * HOUR), "{moment}");
    }
}

#[test]
fn the_night_shift_is_eight_nine_or_ten_hours_long() {
    let rules = [shift("yö", Days::ALL, 22, 7)];
    let shifts = |evening: &str| {
        let within = on(&format!("{evening}T23:00:00+02:00"));
        shifts_between(&rules, &plain(), within, within.plus(HOUR))
    };
    for (evening, morning, length) in [
        ("2027-03-27", "2027-03-28T07:00:00+03:00", 8),
        ("2026-11-25", "2026-11-26T07:00:00+02:00", 9),
        ("2027-10-30", "2027-10-31T07:00:00+02:00", 10),
    ] {
        let [night] = shifts(evening).try_into().unwrap();
        assert_eq!(night.to, on(morning), "{evening}");
        assert_eq!(night.to, night.from.plus(length * HOUR), "{evening}");
    }
}

#[test]
fn shifts_follow_each_other_and_each_edge_is_announced() {
    let every = |name, from, to| shift(name, Days::ALL, from, to);
    let rules = [every("aamu", 7, 15), every("ilta", 15, 22), every("yö", 22, 7)];
    let (from, to) = (on("2027-03-26T10:00:00Z"), on("2027-03-30T10:00:00Z"));
    let found = shifts_between(&rules, &plain(), from, to);
    assert_eq!(found.len(), 13, "three a day, and the one that holds at the beginning");
    let mut edge = found[0].from;
    for shift in found {
        assert_eq!(shift.from, edge);
        edge = shift.to;
        let before = shift.from.max(from);
        assert_eq!(next_shift_edge(&rules, &plain(), before), Some(shift.to));
    }
    assert_eq!(next_shift_edge(&[], &plain(), from), None);
}

#[test]
fn a_window_that_is_months_away_is_announced() {
    let rules = [over(WindowKind::Holiday, Run::Holiday, 0, 0, Begins::FirstDay)];
    // Of the holidays after Ascension Day 2026 all but this one lie on or beside a weekend.
    let may = on("2026-05-16T12:00:00+03:00");
    let epiphany = on("2027-01-06T00:00:00+02:00");
    assert_eq!(next_window_edge(&rules, &finland(), may), Some(epiphany));
    let found = window_of_kinds(&rules, &finland(), &[WindowKind::Holiday], may).unwrap();
    assert_eq!((found.from, found.to), (epiphany, epiphany.plus(24 * HOUR)));
    assert_eq!(next_window_edge(&rules, &plain(), may), None, "without holidays there is none");
}

#[test]
fn every_moment_of_the_week_has_one_window() {
    let (from, to) = (on("2026-11-22T22:00:00Z"), on("2026-12-06T22:00:00Z"));
    let mut at = from;
    while at < to {
        let window = window_at(&week(), &plain(), at).unwrap_or_else(|| panic!("no window at {at}"));
        assert!(window.from <= at && at < window.to, "{at}");
        let holding = windows_between(&week(), &plain(), at, at.plus(secs(1)));
        assert_eq!(holding, [window], "{at}");
        at = at.plus(minutes(30));
    }
}

#[test]
fn a_weekend_reaches_from_friday_to_monday() {
    let saturday = on("2026-11-28T12:00:00Z");
    let window = window_at(&week(), &plain(), saturday).unwrap();
    assert_eq!((window.from, window.to), (on("2026-11-27T15:00:00Z"), on("2026-11-30T05:00:00Z")));
    let evening = window_of_kinds(&week(), &plain(), &[WindowKind::Evening], saturday).unwrap();
    assert_eq!(evening.from, on("2026-11-30T15:00:00Z"), "the next one");
    assert_eq!(window_of_kinds(&week(), &plain(), &[WindowKind::Holiday], saturday), None);
}

#[test]
fn where_two_windows_hold_the_earlier_rule_names_the_moment() {
    let mut rules = week();
    let mut always = nights().remove(0);
    always.kind = WindowKind::Holiday;
    (always.from, always.to) = (time(0, 0, 0, 0), time(0, 0, 0, 0));
    rules.insert(0, always);
    assert_eq!(window_at(&rules, &plain(), at("12:00")).unwrap().kind, WindowKind::Holiday);
    rules.rotate_left(1);
    assert_eq!(window_at(&rules, &plain(), at("12:00")).unwrap().kind, WindowKind::Office);
}

#[test]
fn a_local_time_that_a_clock_change_skips_is_an_hour_later() {
    let mut rules = nights();
    (rules[0].from, rules[0].to) = (time(3, 30, 0, 0), time(5, 0, 0, 0));
    let window = window_at(&rules, &plain(), on("2026-03-29T01:40:00Z")).unwrap();
    assert_eq!((window.from, window.to), (on("2026-03-29T01:30:00Z"), on("2026-03-29T02:00:00Z")));
}

#[test]
fn hours_past_midnight_belong_to_the_day_on_which_they_began() {
    let mut station = area().stations.remove("porvoo").unwrap();
    let friday = days(&[Weekday::Friday]);
    station.hours = vec![Hours {
        last_care_until: Some(time(1, 30, 0, 0)),
        ..hours(friday, time(16, 0, 0, 0), time(23, 0, 0, 0), time(2, 0, 0, 0))
    }];
    let saturday = on("2026-11-28T01:00:00+02:00");
    let found = opening(&station, &plain(), saturday);
    assert_eq!(found.open, Some(true));
    assert_eq!(found.since, Some(on("2026-11-27T16:00:00+02:00")));
    assert_eq!(found.intake_until, Some(on("2026-11-27T23:00:00+02:00")));
    assert_eq!(found.last_care_until, Some(on("2026-11-28T01:30:00+02:00")));
    assert_eq!(found.holds_until, Some(on("2026-11-28T02:00:00+02:00")));
    let after = opening(&station, &plain(), on("2026-11-28T02:00:00+02:00"));
    assert_eq!((after.open, after.holds_until), (Some(false), Some(on("2026-12-04T16:00:00+02:00"))));
    assert!(serves_between(&station, &plain(), saturday, saturday.plus(HOUR)));
    assert!(!serves_between(&station, &plain(), saturday.plus(HOUR), saturday.plus(24 * HOUR)));
    let fridays = openings_between(&station, &plain(), saturday, saturday.plus(7 * 24 * HOUR));
    assert_eq!(fridays.len(), 2, "{fridays:?}");
    assert_eq!(
        (fridays[0].opens, fridays[0].doors_until),
        (found.since.unwrap(), found.holds_until.unwrap())
    );
}

#[test]
fn open_round_the_clock_by_hours_never_closes_at_midnight() {
    let mut station = area().stations.remove("porvoo").unwrap();
    station.hours = vec![hours(Days::ALL, time(0, 0, 0, 0), time(0, 0, 0, 0), time(0, 0, 0, 0))];
    let midnight = at("00:00");
    for moment in [midnight.minus(secs(1)), midnight, midnight.plus(secs(1))] {
        assert_eq!(opening(&station, &plain(), moment).open, Some(true), "{moment}");
    }
}
