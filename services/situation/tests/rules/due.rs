//! Boards change at the minute of a boundary without any event: whatever changes by the clock is announced.

use std::sync::Arc;

use jiff::civil::{Date, Time, Weekday};
use proptest::prelude::*;
use situation::area::{Area, Service};
use situation::board::Boards;
use situation::calendar::{
    Before, Begins, Calendar, Day, DayKind, Days, Eve, Exception, Holiday, Holidays, Hours, HoursAs, Opening,
    Over, Run, ShiftRule, ShiftSpan, When, Window, WindowKind, WindowRule, shifts_between, timetable,
    window_at, window_of_kinds,
};
use situation::fold::Situation;
use situation::time::Instant;

use super::almanac::*;
use super::story::*;

const MICROSECOND: std::time::Duration = std::time::Duration::from_micros(1);

/// What every function of the calendar answers at a moment, as far as a board or a desk hangs on it.
#[derive(Debug, PartialEq)]
struct Answers {
    stations: Vec<Answer>,
    windows: [Option<Window>; 3],
    shifts: Vec<ShiftSpan>,
    day: Option<Day>,
}

/// Of one timetable: what it says, and which of its ends are behind.
#[derive(Debug, PartialEq)]
struct Answer(Opening, bool, bool);

fn answers(area: &Area, at: Instant) -> Answers {
    let calendar = &area.calendar;
    let of = |kinds: &[WindowKind]| window_of_kinds(&area.windows, calendar, kinds, at);
    let answer = |opening: Opening| {
        let over = |end: Option<Instant>| end.is_some_and(|end| end <= at);
        let (intake, care) = (over(opening.intake_until), over(opening.last_care_until));
        // Until when an answer holds is no part of it.
        Answer(Opening { holds_until: None, ..opening }, intake, care)
    };
    let stations = area.stations.values().flat_map(|station| {
        let found = timetable(area, station, at);
        std::iter::once(found.station).chain(found.services.into_values()).map(answer)
    });
    Answers {
        stations: stations.collect(),
        windows: [
            window_at(&area.windows, calendar, at),
            of(&[WindowKind::Evening]),
            of(&[WindowKind::Weekend, WindowKind::Holiday]),
        ],
        shifts: shifts_between(&area.shifts, calendar, at, at.plus(MICROSECOND)),
        day: calendar.day_at(at).filter(|day| day.name.is_some()),
    }
}

fn half_hour() -> impl Strategy<Value = Time> {
    (0_i8..24, prop_oneof![Just(0_i8), Just(30)])
        .prop_map(|(hour, minute)| Time::constant(hour, minute, 0, 0))
}

fn some_days() -> impl Strategy<Value = Days> {
    const WEEK: [Weekday; 7] = [
        Weekday::Monday,
        Weekday::Tuesday,
        Weekday::Wednesday,
        Weekday::Thursday,
        Weekday::Friday,
        Weekday::Saturday,
        Weekday::Sunday,
    ];
    const KINDS: [DayKind; 3] = [DayKind::PublicHoliday, DayKind::CustomaryClosed, DayKind::Eve];
    let set = (0_u16..1024).prop_map(|bits| {
        let week = WEEK.into_iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1);
        let days = week.fold(Days::default(), |days, (_, day)| days.with(day));
        let kinds = KINDS.into_iter().enumerate().filter(|(at, _)| bits >> (at + 7) & 1 == 1);
        kinds.fold(days, |days, (_, kind)| days.with_kind(kind))
    });
    prop_oneof![3 => set, 1 => Just(Days::ALL)]
}

fn some_hours() -> impl Strategy<Value = Vec<Hours>> {
    let row = (some_days(), half_hour(), half_hour(), half_hour(), proptest::option::of(half_hour()));
    let row = row.prop_map(|(days, opens, intake_until, doors_until, last_care_until)| Hours {
        days,
        opens,
        intake_until,
        last_care_until,
        doors_until,
    });
    proptest::collection::vec(row, 0..3)
}

/// A date from Christmas 2026 to Easter 2027, the clock change among them.
fn some_date() -> impl Strategy<Value = Date> {
    (0_i32..110).prop_map(|days| date("2026-12-18").saturating_add(jiff::Span::new().days(days)))
}

fn some_exceptions() -> impl Strategy<Value = Vec<Exception>> {
    let one = (some_date(), 0_i32..80, some_hours()).prop_map(|(from, days, hours)| Exception {
        from,
        to: from.saturating_add(jiff::Span::new().days(days)),
        hours,
        reason: None,
    });
    proptest::collection::vec(one, 0..3)
}

fn some_windows() -> impl Strategy<Value = Vec<WindowRule>> {
    let kind = prop_oneof![
        Just(WindowKind::Office),
        Just(WindowKind::Evening),
        Just(WindowKind::Night),
        Just(WindowKind::Weekend),
        Just(WindowKind::Holiday),
    ];
    let to_day = proptest::option::of(prop_oneof![Just(Weekday::Monday), Just(Weekday::Friday)]);
    let run = prop_oneof![Just(Run::Weekend), Just(Run::Holiday)];
    let begins = prop_oneof![Just(Begins::DayBefore), Just(Begins::FirstDay)];
    let over = (run, begins, any::<bool>())
        .prop_map(|(run, begins, bridges)| When::Over(Over { run, begins, bridges }));
    let when = prop_oneof![(some_days(), to_day).prop_map(|(days, to_day)| When::On { days, to_day }), over,];
    let rule = (kind, when, half_hour(), half_hour(), 0_u8..9);
    let rule = rule.prop_map(|(kind, when, from, to, name)| WindowRule {
        kind,
        name: named(&name.to_string()),
        when,
        from,
        to,
    });
    proptest::collection::vec(rule, 0..5)
}

fn some_calendar() -> impl Strategy<Value = Calendar> {
    let hours_as = proptest::option::of(prop_oneof![
        Just(HoursAs::Closed),
        Just(HoursAs::Weekday(Weekday::Friday)),
        Just(HoursAs::Weekday(Weekday::Sunday)),
    ]);
    let before = prop_oneof![
        Just(Before::Any),
        Just(Before::Holiday(Holiday::Epiphany)),
        Just(Before::Holiday(Holiday::GoodFriday)),
    ];
    let eve =
        (before, hours_as).prop_map(|(before, hours_as)| Eve { before, name: named("aatto"), hours_as });
    (proptest::collection::vec(eve, 0..3), proptest::option::weighted(0.8, Just(Holidays::Finland)))
        .prop_map(|(eves, holidays)| Calendar { zone: helsinki(), holidays, eves })
}

prop_compose! {
    /// An area whose every timetable is thrown by dice.
    fn some_area()(
        calendar in some_calendar(),
        windows in some_windows(),
        shifts in proptest::collection::vec((some_days(), half_hour(), half_hour()), 0..3),
        porvoo in (some_hours(), some_exceptions()),
        laboratory in (some_hours(), some_exceptions()),
        loviisa in some_hours(),
    ) -> Area {
        let mut area = Area { calendar, windows, ..area() };
        area.shifts = shifts
            .into_iter()
            .map(|(days, from, to)| ShiftRule { name: named("vuoro"), days, from, to })
            .collect();
        let (hours, exceptions) = laboratory;
        let laboratory = Service { hours, exceptions, ..Service::default() };
        let station = area.stations.get_mut("porvoo").unwrap();
        (station.hours, station.exceptions) = porvoo;
        station.services.insert("labra".into(), laboratory);
        area.stations.get_mut("loviisa").unwrap().hours = loviisa;
        area
    }
}

/// How far after the moment of asking answers are compared, at most.
const COMPARED_HOURS: u32 = 40;

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    /// Asked at any moment: until the moment that is announced, and a microsecond before it too, every answer
    /// is the one of now.
    #[test]
    fn whatever_changes_by_the_clock_is_announced(
        area in some_area(), date in some_date(), minute in 0_u64..1440, micros in 0_u64..60_000_000,
    ) {
        let midnight = Instant::from(date.to_zoned(helsinki()).unwrap().timestamp());
        let now = midnight.plus(minutes(minute)).plus(std::time::Duration::from_micros(micros));
        let area = Arc::new(area);
        let boards =
            Boards::of_moment(&Boards::default(), Arc::clone(&area), Situation::default(), now, 1);
        let answered = answers(&area, now);
        let due = boards.next_due();
        prop_assert!(due.is_none_or(|due| due > now), "{:?} at {}", due, now);
        let end = now.plus(COMPARED_HOURS * HOUR);
        let end = due.map_or(end, |due| end.min(due.minus(MICROSECOND)));
        // Every boundary lies on a half hour of the clock.
        let mut moments = vec![end];
        let mut half = midnight.plus(minutes(30 * (minute / 30 + 1)));
        while half < end {
            moments.push(half);
            half = half.plus(minutes(30));
        }
        for moment in moments.into_iter().filter(|moment| *moment > now) {
            prop_assert_eq!(&answers(&area, moment), &answered, "at {}, asked at {}", moment, now);
        }
    }

    /// Walking from one announced moment to the next: the boards that were kept up show what boards show that
    /// are looked at from nothing.
    #[test]
    fn boards_that_follow_the_clock_show_what_a_new_look_shows(area in some_area(), date in some_date()) {
        let begins = Instant::from(date.to_zoned(helsinki()).unwrap().timestamp());
        let mut log = Log::of(area.clone());
        log.reach(begins);
        let area = Arc::new(area);
        for _ in 0..30 {
            let Some(due) = log.boards.next_due() else { break };
            log.reach(due);
            let like = Boards::default();
            let new = Boards::of_moment(&like, Arc::clone(&area), Situation::default(), due, 1);
            prop_assert_eq!(all_figures(&log.boards), all_figures(&new), "at {}", due);
            for view in situation::board::View::OF_THE_AREA {
                let (kept, seen) = (log.boards.view(&view).unwrap().0, new.view(&view).unwrap().0);
                prop_assert_eq!(kept, seen, "{} at {}", view, due);
            }
        }
    }
}
