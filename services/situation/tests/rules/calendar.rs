//! Local time: windows and hours across clock changes and midnights.

use jiff::civil::{Weekday, time};
use jiff::tz::TimeZone;
use situation::calendar::{
    Days, Hours, WindowKind, opening, serves_between, window_at, window_of_kind, windows_between,
};

use super::story::*;

fn helsinki() -> TimeZone {
    TimeZone::get("Europe/Helsinki").unwrap()
}

/// A night every day of the week.
fn nights() -> Vec<situation::calendar::WindowRule> {
    let mut rules: Vec<_> = week().into_iter().filter(|rule| rule.kind == WindowKind::Night).collect();
    rules[0].days = Days::ALL;
    rules
}

#[test]
fn a_night_is_eight_nine_or_ten_hours_long() {
    for (moment, from, to, length) in [
        ("2026-03-29T01:00:00Z", "2026-03-28T22:00:00+02:00", "2026-03-29T07:00:00+03:00", 8),
        ("2026-11-26T01:00:00Z", "2026-11-25T22:00:00+02:00", "2026-11-26T07:00:00+02:00", 9),
        ("2026-10-25T01:00:00Z", "2026-10-24T22:00:00+03:00", "2026-10-25T07:00:00+02:00", 10),
    ] {
        let window = window_at(&nights(), &helsinki(), on(moment)).unwrap();
        assert_eq!((window.from, window.to), (on(from), on(to)), "{moment}");
        assert_eq!(window.to, window.from.plus(length * HOUR), "{moment}");
    }
}

#[test]
fn every_moment_of_the_week_has_one_window() {
    let (from, to) = (on("2026-11-22T22:00:00Z"), on("2026-12-06T22:00:00Z"));
    let mut at = from;
    while at < to {
        let window = window_at(&week(), &helsinki(), at).unwrap_or_else(|| panic!("no window at {at}"));
        assert!(window.from <= at && at < window.to, "{at}");
        let holding = windows_between(&week(), &helsinki(), at, at.plus(secs(1)));
        assert_eq!(holding, [window], "{at}");
        at = at.plus(minutes(30));
    }
}

#[test]
fn a_weekend_reaches_from_friday_to_monday() {
    let saturday = on("2026-11-28T12:00:00Z");
    let window = window_at(&week(), &helsinki(), saturday).unwrap();
    assert_eq!((window.from, window.to), (on("2026-11-27T15:00:00Z"), on("2026-11-30T05:00:00Z")));
    let evening = window_of_kind(&week(), &helsinki(), WindowKind::Evening, saturday).unwrap();
    assert_eq!(evening.from, on("2026-11-30T15:00:00Z"), "the next one");
    assert_eq!(window_of_kind(&week(), &helsinki(), WindowKind::Holiday, saturday), None);
}

#[test]
fn where_two_windows_hold_the_earlier_rule_names_the_moment() {
    let mut rules = week();
    let mut always = nights().remove(0);
    always.kind = WindowKind::Holiday;
    (always.from, always.to) = (time(0, 0, 0, 0), time(0, 0, 0, 0));
    rules.insert(0, always);
    assert_eq!(window_at(&rules, &helsinki(), at("12:00")).unwrap().kind, WindowKind::Holiday);
    rules.rotate_left(1);
    assert_eq!(window_at(&rules, &helsinki(), at("12:00")).unwrap().kind, WindowKind::Office);
}

#[test]
fn a_local_time_that_a_clock_change_skips_is_the_first_after_the_gap() {
    let mut rules = nights();
    (rules[0].from, rules[0].to) = (time(3, 30, 0, 0), time(5, 0, 0, 0));
    let window = window_at(&rules, &helsinki(), on("2026-03-29T01:40:00Z")).unwrap();
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
    let found = opening(&station, &helsinki(), saturday);
    assert_eq!(found.open, Some(true));
    assert_eq!(found.since, Some(on("2026-11-27T16:00:00+02:00")));
    assert_eq!(found.intake_until, Some(on("2026-11-27T23:00:00+02:00")));
    assert_eq!(found.last_care_until, Some(on("2026-11-28T01:30:00+02:00")));
    assert_eq!(found.holds_until, Some(on("2026-11-28T02:00:00+02:00")));
    let after = opening(&station, &helsinki(), on("2026-11-28T02:00:00+02:00"));
    assert_eq!((after.open, after.holds_until), (Some(false), Some(on("2026-12-04T16:00:00+02:00"))));
    assert!(serves_between(&station, &helsinki(), saturday, saturday.plus(HOUR)));
    assert!(!serves_between(&station, &helsinki(), saturday.plus(HOUR), saturday.plus(24 * HOUR)));
}

#[test]
fn open_round_the_clock_by_hours_never_closes_at_midnight() {
    let mut station = area().stations.remove("porvoo").unwrap();
    station.hours = vec![hours(Days::ALL, time(0, 0, 0, 0), time(0, 0, 0, 0), time(0, 0, 0, 0))];
    let midnight = at("00:00");
    for moment in [midnight.minus(secs(1)), midnight, midnight.plus(secs(1))] {
        assert_eq!(opening(&station, &helsinki(), moment).open, Some(true), "{moment}");
    }
}
