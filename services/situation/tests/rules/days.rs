//! Holidays, closed days and eves, and what hours, windows and shifts make of them.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, time};
use situation::area::Station;
use situation::calendar::{
    Before, Begins, Calendar, DayKind, Days, HoursAs, Over, Run, When, WindowKind, WindowRule, opening,
    openings_between, shifts_between, window_at, windows_between,
};
use situation::time::Instant;

use super::almanac::*;
use super::story::*;

/// The holidays of Finland as another calendar has them: see `tests/data/README.md`.
const TABLE: &str = include_str!("../../../../tests/data/finland-holidays.csv");
const CUSTOMARY: [&str; 2] = ["juhannusaatto", "jouluaatto"];

fn table() -> BTreeMap<Date, String> {
    let rows = TABLE.lines().skip(1).map(|line| line.split_once(',').unwrap());
    rows.map(|(date, name)| (date.parse().unwrap(), name.to_lowercase())).collect()
}

#[test]
fn every_holiday_from_2000_to_2060_is_the_other_calendars() {
    let (table, calendar) = (table(), finland());
    let (first, last) = (date("2000-01-01"), date("2060-12-31"));
    let mut found = (0, 0);
    for date in first.series(1.day()).take_while(|date| *date <= last) {
        let day = calendar.day(date);
        match (day.kind, table.get(&date)) {
            (Some(DayKind::PublicHoliday), Some(name)) => {
                found.0 += 1;
                let ours = day.name.unwrap().fi;
                assert!(name.split("; ").any(|name| name == ours), "{date}: {ours:?}, not {name:?}");
            }
            (Some(DayKind::CustomaryClosed), Some(name)) => {
                found.1 += 1;
                // The other calendar counts these two among the holidays; by law they are none.
                assert!(CUSTOMARY.contains(&name.as_str()), "{date} is {name}, and no closed day by custom");
                assert_eq!(&day.name.unwrap().fi, name, "{date}");
            }
            (None | Some(DayKind::Eve), None) => {}
            (kind, other) => panic!("{date}: {kind:?} here, {other:?} there"),
        }
    }
    assert_eq!(found, (table.len() - 2 * 61, 2 * 61), "none of either is missing");
}

#[test]
fn an_eve_is_kept_where_the_area_names_it_and_is_a_day_off_only_where_it_says_so() {
    let calendar = finland();
    let kind = |text| calendar.day(date(text)).kind;
    assert_eq!(kind("2026-12-31"), Some(DayKind::Eve));
    assert_eq!(kind("2028-12-31"), None, "a Sunday stays a Sunday");
    assert_eq!(calendar.day(date("2028-12-31")).name.unwrap().fi, "uudenvuodenaatto");
    assert_eq!(kind("2027-01-05"), None, "nobody named Epiphany Eve");
    assert_eq!(kind("2026-12-24"), Some(DayKind::CustomaryClosed), "Christmas Eve needs no naming");
    assert!(calendar.is_day_off(date("2027-03-25")), "Maundy Thursday, closed");
    assert!(!calendar.is_day_off(date("2026-12-31")), "New Year's Eve, as a Friday");
    let mut any = finland();
    any.eves[0].before = Before::Any;
    assert_eq!(any.day(date("2027-05-05")).kind, Some(DayKind::Eve), "before Ascension Day");
    assert_eq!(any.day(date("2027-03-27")).kind, None, "Holy Saturday has the name only");
    assert_eq!(any.day(date("2026-12-25")).kind, Some(DayKind::PublicHoliday), "and before Boxing Day too");
}

/// Open 8 to 16 on weekdays and 10 to 14 on Saturdays, on Fridays until 12.
fn health_station() -> Station {
    let mut station = area().stations.remove("porvoo").unwrap();
    let row =
        |days, opens, until| hours(days, time(opens, 0, 0, 0), time(until, 0, 0, 0), time(until, 0, 0, 0));
    let four = days(&[Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday]);
    station.hours =
        vec![row(four, 8, 16), row(days(&[Weekday::Friday]), 8, 12), row(days(&[Weekday::Saturday]), 10, 14)];
    station
}

/// The openings of a date, as hours of local time.
fn open_on(station: &Station, calendar: &Calendar, text: &str) -> Vec<(i8, i8)> {
    let midnight = |date: Date| Instant::from(date.to_zoned(helsinki()).unwrap().timestamp());
    let (from, to) = (midnight(date(text)), midnight(date(text).tomorrow().unwrap()));
    let hour = |at: Instant| helsinki().to_datetime(at.timestamp().unwrap()).hour();
    openings_between(station, calendar, from, to)
        .into_iter()
        .filter(|span| span.opens >= from)
        .map(|span| (hour(span.opens), hour(span.doors_until)))
        .collect()
}

#[test]
fn a_timetable_of_weekdays_rests_on_days_off() {
    let (mut station, calendar) = (health_station(), finland());
    for (date, expected) in [
        ("2026-12-23", vec![(8, 16)]),
        ("2026-12-24", vec![]),
        ("2026-12-25", vec![]),
        ("2026-12-26", vec![(10, 14)]),
        ("2026-12-31", vec![(8, 12)]),
        ("2027-01-01", vec![]),
        ("2027-03-25", vec![]),
        ("2027-04-30", vec![(8, 12)]),
    ] {
        assert_eq!(open_on(&station, &calendar, date), expected, "{date}");
    }
    // Whoever is open every day is open on these too.
    station.hours = vec![hours(Days::ALL, time(7, 0, 0, 0), time(20, 0, 0, 0), time(22, 0, 0, 0))];
    assert_eq!(open_on(&station, &calendar, "2026-12-25"), [(7, 22)]);
    // An area that keeps no holidays has weeks only, as before there were any in area files.
    let plain = Calendar::of_zone(helsinki());
    assert_eq!(open_on(&health_station(), &plain, "2026-12-25"), [(8, 12)]);
}

#[test]
fn hours_that_name_a_kind_of_day_hold_on_it_alone() {
    let (mut station, calendar) = (health_station(), finland());
    let row =
        |days, opens, until| hours(days, time(opens, 0, 0, 0), time(until, 0, 0, 0), time(until, 0, 0, 0));
    station.hours.push(row(Days::default().with_kind(DayKind::PublicHoliday), 11, 13));
    station.hours.push(row(Days::default().with_kind(DayKind::CustomaryClosed), 9, 10));
    assert_eq!(open_on(&station, &calendar, "2026-12-26"), [(11, 13)], "not as on a Saturday");
    assert_eq!(open_on(&station, &calendar, "2026-12-24"), [(9, 10)]);
    assert_eq!(open_on(&station, &calendar, "2027-03-25"), [(9, 10)], "an eve that is closed likewise");
    assert_eq!(open_on(&station, &calendar, "2026-12-31"), [(8, 12)], "an eve that is as a Friday is not");
    station.hours.push(row(Days::default().with_kind(DayKind::Eve), 8, 9));
    for eve in ["2026-12-31", "2027-03-25", "2027-04-30"] {
        assert_eq!(open_on(&station, &calendar, eve), [(8, 9)], "{eve}");
    }
    assert_eq!(open_on(&station, &calendar, "2026-12-30"), [(8, 16)]);
}

/// Weekends and holidays from 16 to 8, on the other days office 8-16; evenings 16-22 always.
fn windows() -> Vec<WindowRule> {
    let on_days = |kind, days, from, to| WindowRule {
        kind,
        name: named("x"),
        when: When::On { days, to_day: None },
        from: time(from, 0, 0, 0),
        to: time(to, 0, 0, 0),
    };
    let weekdays = days(&[Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday]);
    vec![
        over(WindowKind::Weekend, Run::Weekend, 16, 8, Begins::DayBefore),
        over(WindowKind::Holiday, Run::Holiday, 16, 8, Begins::DayBefore),
        on_days(WindowKind::Evening, Days::ALL, 16, 22),
        on_days(WindowKind::Office, weekdays.with(Weekday::Friday), 8, 16),
    ]
}

#[test]
fn windows_reach_over_all_days_off_that_follow_each_other() {
    let calendar = finland();
    let (weekend, holiday) = (WindowKind::Weekend, WindowKind::Holiday);
    for (moment, kind, from, to) in [
        // Independence Day on a Sunday is a weekend like others.
        ("2026-12-06T12:00:00+02:00", weekend, "2026-12-04T16:00:00+02:00", "2026-12-07T08:00:00+02:00"),
        // Christmas Eve on a Thursday.
        ("2026-12-24T12:00:00+02:00", weekend, "2026-12-23T16:00:00+02:00", "2026-12-28T08:00:00+02:00"),
        // Epiphany on a Wednesday, Ascension Day on a Thursday: the Friday after it is a working day.
        ("2027-01-06T12:00:00+02:00", holiday, "2027-01-05T16:00:00+02:00", "2027-01-07T08:00:00+02:00"),
        ("2027-05-06T12:00:00+03:00", holiday, "2027-05-05T16:00:00+03:00", "2027-05-07T08:00:00+03:00"),
        // Midsummer Eve is always a Friday.
        ("2027-06-25T12:00:00+03:00", weekend, "2027-06-24T16:00:00+03:00", "2027-06-28T08:00:00+03:00"),
    ] {
        let window = window_at(&windows(), &calendar, on(moment)).unwrap();
        assert_eq!((window.kind, window.from, window.to), (kind, on(from), on(to)), "{moment}");
    }
}

#[test]
fn a_holiday_window_may_begin_on_the_day_itself_and_count_bridges() {
    let calendar = finland();
    let rule = |begins, bridges| WindowRule {
        when: When::Over(Over { run: Run::Holiday, begins, bridges }),
        ..over(WindowKind::Holiday, Run::Holiday, 8, 8, begins)
    };
    let ascension = on("2027-05-06T12:00:00+03:00");
    let window = window_at(&[rule(Begins::FirstDay, false)], &calendar, ascension).unwrap();
    assert_eq!((window.from, window.to), (on("2027-05-06T08:00:00+03:00"), on("2027-05-07T08:00:00+03:00")));
    // The Friday between it and the weekend, as a bridge: then the run has a weekend in it.
    assert_eq!(window_at(&[rule(Begins::FirstDay, true)], &calendar, ascension), None);
    let weekend = WindowRule {
        when: When::Over(Over { run: Run::Weekend, begins: Begins::DayBefore, bridges: true }),
        ..over(WindowKind::Weekend, Run::Weekend, 16, 8, Begins::DayBefore)
    };
    let window = window_at(&[weekend], &calendar, ascension).unwrap();
    assert_eq!((window.from, window.to), (on("2027-05-05T16:00:00+03:00"), on("2027-05-10T08:00:00+03:00")));
}

#[test]
fn office_hours_are_not_on_days_off_and_evenings_are() {
    let calendar = finland();
    let of = |text: &str| -> Vec<WindowKind> {
        let from = on(text);
        let found = windows_between(&windows(), &calendar, from, from.plus(24 * HOUR));
        found.into_iter().filter(|window| window.from >= from).map(|window| window.kind).collect()
    };
    assert_eq!(of("2027-03-26T00:00:00+02:00"), [WindowKind::Evening], "Good Friday");
    assert_eq!(of("2027-03-30T00:00:00+03:00"), [WindowKind::Office, WindowKind::Evening]);
    assert_eq!(of("2026-12-24T00:00:00+02:00"), [WindowKind::Evening]);
}

/// Maundy Thursday is a working day here, as in most years' rosters: Easter is from Thursday 16 to Tuesday 8,
/// and on Sunday the clocks go forward.
#[test]
fn easter_2027_and_its_day_of_twenty_three_hours() {
    let mut calendar = finland();
    calendar.eves[1].hours_as = Some(HoursAs::Weekday(Weekday::Friday));
    let saturday = on("2027-03-27T12:00:00+02:00");
    let window = window_at(&windows(), &calendar, saturday).unwrap();
    let (thursday, tuesday) = (on("2027-03-25T16:00:00+02:00"), on("2027-03-30T08:00:00+03:00"));
    assert_eq!((window.kind, window.from, window.to), (WindowKind::Weekend, thursday, tuesday));
    assert_eq!(tuesday, thursday.plus((4 * 24 + 16 - 1) * HOUR), "one hour less than the clock faces say");

    // The two days of the weekend, as shifts: 24 hours and 23.
    let rules =
        [shift("päivä", Days::ALL, 8, 16), shift("ilta", Days::ALL, 16, 22), shift("yö", Days::ALL, 22, 8)];
    let (from, to) = (on("2027-03-27T08:00:00+02:00"), on("2027-03-29T08:00:00+03:00"));
    let hours: Vec<i64> = shifts_between(&rules, &calendar, from, to)
        .iter()
        .map(|shift| (shift.to.as_micros() - shift.from.as_micros()) / 3_600_000_000)
        .collect();
    assert_eq!(hours, [8, 6, 9, 8, 6, 10], "the night from 22 to 8 has nine hours");

    // A reception of the night, and a station of weekdays.
    let mut night = health_station();
    night.hours = vec![self::hours(Days::ALL, time(20, 0, 0, 0), time(3, 30, 0, 0), time(4, 45, 0, 0))];
    let found = opening(&night, &calendar, on("2027-03-28T00:30:00+02:00"));
    assert_eq!(found.since, Some(on("2027-03-27T20:00:00+02:00")));
    assert_eq!(
        found.intake_until,
        Some(on("2027-03-28T03:30:00+02:00")),
        "03:30 does not exist: an hour later"
    );
    assert_eq!(found.doors_until, Some(on("2027-03-28T04:45:00+03:00")));
    let station = health_station();
    let closed = opening(&station, &calendar, saturday.plus(3 * HOUR));
    assert_eq!((closed.open, closed.opens_next), (Some(false), Some(tuesday)));
    assert_eq!(open_on(&station, &calendar, "2027-03-25"), [(8, 12)], "as on a Friday");
    assert_eq!(open_on(&station, &calendar, "2027-03-27"), [(10, 14)], "Holy Saturday is a Saturday");
}
