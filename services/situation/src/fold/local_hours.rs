//! Hours as an area's clocks count them.

use jiff::tz::TimeZone;

use crate::time::Hour;

/// An hour as the clocks of a zone count them, in days of 24. Zones that differ from UTC by parts of an hour are rounded down.
pub(super) fn local_hour(zone: &TimeZone, hour: Hour) -> Option<i64> {
    let offset = zone.to_offset(hour.start().timestamp()?);
    Some(hour.0.saturating_add(i64::from(offset.seconds().div_euclid(3_600))))
}

/// The same of many hours, day by day: to ask the zone takes ten times as long as all else. Where the clocks go alike at both ends
/// of a day, they go alike all day.
pub(super) struct LocalDay<'a> {
    zone: &'a TimeZone,
    /// A day (UTC), and what to add to its hours, if that is one number.
    day: Option<(i64, Option<i64>)>,
}

impl<'a> LocalDay<'a> {
    pub const fn of(zone: &'a TimeZone) -> Self {
        Self { zone, day: None }
    }

    pub fn hour(&mut self, hour: Hour) -> Option<i64> {
        let (zone, day) = (self.zone, hour.day());
        let known = self.day.filter(|(of, _)| *of == day);
        let (_, ahead) = *self.day.insert(known.unwrap_or_else(|| (day, ahead(zone, day))));
        ahead.map_or_else(|| local_hour(zone, hour), |ahead| Some(hour.0.saturating_add(ahead)))
    }
}

fn ahead(zone: &TimeZone, day: i64) -> Option<i64> {
    let [begins, ends] = [day, day.saturating_add(1)].map(|day| {
        let hour = Hour::on(day, 0);
        Some(local_hour(zone, hour)?.saturating_sub(hour.0))
    });
    begins.filter(|_| begins == ends)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop")]

    use super::*;

    #[test]
    fn day_by_day_is_as_hour_by_hour() {
        // The beginning of 2024.
        let first = Hour(473_352);
        let zones = [
            ("Europe/Helsinki", 2),
            ("America/Toronto", 2),
            ("Australia/Lord_Howe", 2),
            ("Asia/Kolkata", 1),
            ("UTC", 1),
        ];
        for (name, distinct) in zones {
            let zone = TimeZone::get(name).unwrap();
            let mut clocks = LocalDay::of(&zone);
            let mut offsets = std::collections::BTreeSet::new();
            for hour in (first.0..first.0 + 3 * 366 * 24).map(Hour) {
                assert_eq!(clocks.hour(hour), local_hour(&zone, hour), "{name}, hour {}", hour.0);
                offsets.insert(local_hour(&zone, hour).unwrap() - hour.0);
            }
            assert_eq!(offsets.len(), distinct, "{name}");
        }
    }
}
