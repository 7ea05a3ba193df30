//! What each hour was like, both ways.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ::situation::fold::state::{FeedState, Hourly, LaneHour, LastWord, SituationState};
use ::situation::name::{FeedId, StationId, Word};
use ::situation::time::Instant;

use super::{Error, body_error, places, v5};

pub(super) type Day<T> = Arc<BTreeMap<u8, T>>;

/// Days on their way out: one that is shared is written once.
#[derive(Default)]
pub(super) struct DaysOut {
    lanes: Shared<LaneHour>,
    lines: Shared<LastWord>,
    feeds: Shared<bool>,
}

/// Days of one kind, each numbered once.
pub(super) struct Shared<T> {
    known: HashMap<*const BTreeMap<u8, T>, u32>,
    days: Vec<Day<T>>,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self { known: HashMap::new(), days: Vec::new() }
    }
}

impl<T: Clone + Default + PartialEq> Shared<T> {
    pub fn of(&mut self, hours: &Hourly<T>) -> v5::ByDay {
        let place = |(day, hours): (i64, &Day<T>)| {
            let days = &mut self.days;
            let place = *self.known.entry(Arc::as_ptr(hours)).or_insert_with(|| {
                // Keeping it here keeps its address from being another's.
                days.push(Arc::clone(hours));
                u32::try_from(days.len() - 1).unwrap_or(u32::MAX)
            });
            (day, place)
        };
        hours.days().map(place).collect()
    }

    pub fn rows<U>(&self, row: impl Fn(&T) -> U + Copy) -> Vec<Vec<(u8, U)>> {
        let rows = |day: &Day<T>| day.iter().map(|(hour, value)| (*hour, row(value))).collect();
        self.days.iter().map(rows).collect()
    }
}

impl DaysOut {
    pub fn situation<'a>(&mut self, state: &'a SituationState) -> v5::Situation<'a> {
        let SituationState { stations, beats, .. } = state;
        let (mut lanes, mut lines, mut feeds) = (Vec::new(), Vec::new(), Vec::new());
        for (station, place) in stations.values().zip(0..) {
            for (id, lane) in station.lanes.iter().filter(|(_, lane)| !lane.by_hour.is_empty()) {
                let days = self.lanes.of(&lane.by_hour);
                lanes.push(v5::Lane { place, lane: id.as_str(), days });
            }
            for ((line, language), told) in &station.contacts {
                if !told.callbacks_by_hour.is_empty() {
                    let days = self.lines.of(&told.callbacks_by_hour);
                    let language = language.as_ref().map(Word::as_str);
                    lines.push(v5::Line { place, line: line.as_str(), language, days });
                }
            }
            feeds.extend(self.feeds(Some(place), &station.feeds));
        }
        feeds.extend(self.feeds(None, beats));
        v5::Situation { lanes, lines, feeds }
    }

    fn feeds<'a>(
        &mut self,
        place: Option<u32>,
        feeds: &'a BTreeMap<FeedId, FeedState>,
    ) -> impl Iterator<Item = v5::Feed<'a>> {
        feeds.iter().map(move |(id, feed)| v5::Feed {
            place,
            feed: id.as_str(),
            days: self.feeds.of(&feed.spoke),
        })
    }

    pub fn into_list(self) -> v5::Days {
        let lane_hour = |hour: &LaneHour| {
            let LaneHour { arrived, waiting, told } = *hour;
            v5::LaneHour { arrived, waiting, told: word_out(&told) }
        };
        let bits = |day: &Day<bool>| day.keys().fold(0, |bits, hour| bits | 1_u32 << (*hour).min(23));
        v5::Days {
            lanes: self.lanes.rows(lane_hour),
            lines: self.lines.rows(word_out),
            feeds: self.feeds.days.iter().map(bits).collect(),
        }
    }
}

pub(super) fn word_out(word: &LastWord) -> v5::LastWord {
    word.0.map(|(at, value)| (at.as_micros(), value))
}

pub(super) fn word_back(word: v5::LastWord) -> LastWord {
    LastWord(word.map(|(at, value)| (Instant::from_micros(at), value)))
}

/// Days on their way back, each shared by all that have it.
pub(super) struct DaysBack {
    lanes: Vec<Day<LaneHour>>,
    lines: Vec<Day<LastWord>>,
    feeds: Vec<Day<bool>>,
}

impl DaysBack {
    pub fn of(days: v5::Days) -> Self {
        let v5::Days { lanes, lines, feeds } = days;
        let lane_hour = |(hour, row): (u8, v5::LaneHour)| {
            let v5::LaneHour { arrived, waiting, told } = row;
            (hour, LaneHour { arrived, waiting, told: word_back(told) })
        };
        let spoke = |bits: u32| {
            Arc::new((0..24).filter(|hour| bits >> hour & 1 == 1).map(|hour| (hour, true)).collect())
        };
        let line = |(hour, word)| (hour, word_back(word));
        Self {
            lanes: lanes
                .into_iter()
                .map(|rows| Arc::new(rows.into_iter().map(lane_hour).collect()))
                .collect(),
            lines: lines.into_iter().map(|rows| Arc::new(rows.into_iter().map(line).collect())).collect(),
            feeds: feeds.into_iter().map(spoke).collect(),
        }
    }

    /// Puts what is known of the hours into a situation. `ids` are its stations in their order.
    pub fn situation(
        &self,
        more: v5::Situation<'_>,
        ids: &[StationId],
        state: &mut SituationState,
    ) -> Result<(), Error> {
        let v5::Situation { lanes, lines, feeds } = more;
        for v5::Lane { place, lane, days } in lanes {
            let station = places::station_at(place, ids, state)?;
            let known = station.lanes.get_mut(lane).ok_or_else(|| nothing(lane))?;
            known.by_hour = hourly(days, &self.lanes)?;
        }
        for v5::Line { place, line, language, days } in lines {
            let station = places::station_at(place, ids, state)?;
            let known = station.contacts.get_mut(&(line.into(), language.map(Into::into)));
            known.ok_or_else(|| nothing(line))?.callbacks_by_hour = hourly(days, &self.lines)?;
        }
        for v5::Feed { place, feed, days } in feeds {
            let id = FeedId::from(feed);
            let known = match place {
                Some(place) => places::station_at(place, ids, state)?.feeds.get_mut(&id),
                None => state.beats.get_mut(&id),
            };
            known.ok_or_else(|| nothing(feed))?.spoke = hourly(days, &self.feeds)?;
        }
        Ok(())
    }
}

pub(super) fn nothing(name: &str) -> Error {
    body_error(format_args!("nothing was said of {name}"))
}

pub(super) fn hourly<T: Clone>(days: v5::ByDay, known: &[Day<T>]) -> Result<Hourly<T>, Error> {
    let day = |(day, place): (i64, u32)| match known.get(place as usize) {
        Some(hours) => Ok((day, Arc::clone(hours))),
        None => Err(body_error(format_args!("there is no day {place}"))),
    };
    Ok(Hourly::of_days(days.into_iter().map(day).collect::<Result<_, Error>>()?))
}
