//! What measures said at each look.

use std::collections::BTreeMap;

use situation::name::{StationId, Word};
use situation::strain::Reading;

/// Percentiles that become the thresholds of levels 2, 3 and 4: level 2 is what four in ten hours reach, level 4 what one
/// in thirty does.
pub const PERCENTILES: [u64; 3] = [60, 85, 97];

/// Of fewer looks nothing is proposed: a day and a night of quarters of an hour.
pub const LEAST: u64 = 96;

/// All of it, by station.
#[derive(Debug, Default)]
pub struct Samples(BTreeMap<StationId, Station>);

/// Of one station.
#[derive(Debug, Default)]
pub struct Station {
    /// Looks at which it was not closed.
    pub looks: u64,
    /// How often each value was seen, by measure.
    values: BTreeMap<Word, BTreeMap<i64, u64>>,
}

impl Samples {
    /// One look at a station.
    pub fn add(&mut self, id: &StationId, readings: &BTreeMap<Word, Reading>) {
        let station = self.0.entry(id.clone()).or_default();
        station.looks += 1;
        for (name, reading) in readings {
            if let Some(value) = reading.value {
                *station.values.entry(name.clone()).or_default().entry(value).or_default() += 1;
            }
        }
    }

    /// Of a station, if it was ever seen open.
    pub fn of(&self, id: &StationId) -> Option<&Station> {
        self.0.get(id)
    }
}

impl Station {
    /// How often a measure had a value.
    pub fn count(&self, measure: &Word) -> u64 {
        self.values.get(measure).map_or(0, |values| values.values().sum())
    }

    /// The percentiles of a measure; `None` of fewer than [`LEAST`].
    pub fn thresholds(&self, measure: &Word) -> Option<[i64; 3]> {
        let values = self.values.get(measure)?;
        let count = self.count(measure);
        let at = |percent: u64| {
            let wanted = (count * percent).div_ceil(100);
            let mut seen = 0;
            let reached = values.iter().find(|(_, times)| {
                seen += **times;
                seen >= wanted
            });
            reached.map_or(0, |(value, _)| *value)
        };
        (count >= LEAST).then(|| PERCENTILES.map(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(values: impl IntoIterator<Item = Option<i64>>) -> Samples {
        let mut samples = Samples::default();
        for value in values {
            let reading = Reading { value, ..Reading::default() };
            samples.add(&"porvoo".into(), &BTreeMap::from([("edwin".into(), reading)]));
        }
        samples
    }

    #[test]
    fn thresholds_are_values_that_so_many_looks_stay_at_or_below() {
        let samples = seen((1..=100).map(Some));
        let station = samples.of(&"porvoo".into()).unwrap();
        assert_eq!(station.thresholds(&"edwin".into()), Some([60, 85, 97]));
        let flat = seen((0..200).map(|_| Some(7)));
        assert_eq!(flat.of(&"porvoo".into()).unwrap().thresholds(&"edwin".into()), Some([7, 7, 7]));
    }

    #[test]
    fn of_too_few_looks_nothing_is_said_however_many_there_were_without_a_value() {
        let samples = seen((0..95).map(Some).chain((0..500).map(|_| None)));
        let station = samples.of(&"porvoo".into()).unwrap();
        assert_eq!((station.looks, station.count(&"edwin".into())), (595, 95));
        assert_eq!(station.thresholds(&"edwin".into()), None);
        assert_eq!(station.thresholds(&"nedocs".into()), None);
    }
}
