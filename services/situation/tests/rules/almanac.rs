//! The words in which tests of the calendar are written.

use jiff::civil::{Date, Weekday, time};
use situation::calendar::{
    Before, Begins, Calendar, Days, Eve, Exception, Holiday, Holidays, Hours, HoursAs, Over, Run, ShiftRule,
    When, WindowKind, WindowRule,
};
use situation::name::Trilingual;

use super::story::helsinki;

/// Helsinki's time and Finland's holidays; New Year's Eve is kept as a Friday, Maundy Thursday as a closed
/// day, May Day Eve by its name only.
pub fn finland() -> Calendar {
    let eve =
        |holiday, name: &str, hours_as| Eve { before: Before::Holiday(holiday), name: named(name), hours_as };
    let eves = vec![
        eve(Holiday::NewYearsDay, "uudenvuodenaatto", Some(HoursAs::Weekday(Weekday::Friday))),
        eve(Holiday::GoodFriday, "kiirastorstai", Some(HoursAs::Closed)),
        eve(Holiday::MayDay, "vapunaatto", None),
    ];
    Calendar { zone: helsinki(), holidays: Some(Holidays::Finland), eves }
}

pub fn named(fi: &str) -> Trilingual {
    Trilingual { fi: fi.into(), ..Trilingual::default() }
}

/// A window over days off.
pub fn over(kind: WindowKind, run: Run, from: i8, to: i8, begins: Begins) -> WindowRule {
    WindowRule {
        kind,
        name: Trilingual::default(),
        when: When::Over(Over { run, begins, bridges: false }),
        from: time(from, 0, 0, 0),
        to: time(to, 0, 0, 0),
    }
}

pub fn shift(name: &str, days: Days, from: i8, to: i8) -> ShiftRule {
    ShiftRule { name: named(name), days, from: time(from, 0, 0, 0), to: time(to, 0, 0, 0) }
}

pub fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn exception(from: &str, to: &str, hours: Vec<Hours>) -> Exception {
    Exception { from: date(from), to: date(to), hours, reason: Some(named("poikkeus")) }
}
