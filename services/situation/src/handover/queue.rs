//! How many were there, moment by moment.

use std::collections::{BTreeMap, BTreeSet};

use super::life::Life;
use super::report::Peak;
use crate::event::{QueueObserved, Told};
use crate::name::LaneId;
use crate::time::Instant;

/// A figure over time: what it is from each moment on; `None`: not known.
type Course = BTreeMap<Instant, Option<u32>>;

/// What a lane of counts was told, in the order in which it happened.
#[derive(Debug, Clone, Default)]
pub(super) struct Tellings(BTreeMap<(Instant, u64), Counts>);

/// Counts of a lane: each told, withdrawn or left as it was.
#[derive(Debug, Clone)]
struct Counts {
    waiting: Told<u32>,
    in_care: Told<u32>,
    present: Told<u32>,
}

impl Tellings {
    /// What was known when the span began.
    pub fn begin(&mut self, at: Instant, waiting: Option<u32>, in_care: Option<u32>, present: Option<u32>) {
        let [waiting, in_care, present] =
            [waiting, in_care, present].map(|known| known.map_or(Told::Unsaid, Told::Value));
        self.0.insert((at, 0), Counts { waiting, in_care, present });
    }

    pub fn hear(&mut self, at: Instant, sequence: u64, said: &QueueObserved) {
        let QueueObserved { waiting, in_care, present, .. } = said;
        let counts = Counts { waiting: waiting.clone(), in_care: in_care.clone(), present: present.clone() };
        self.0.insert((at, sequence), counts);
    }

    /// Who waited, and who was there: where that is not told, who waited and who was in care.
    pub fn courses(&self) -> (Course, Course) {
        let (mut waited, mut were_there) = (Course::new(), Course::new());
        let (mut waiting, mut in_care, mut present) = (None, None, None);
        for ((at, _), counts) in &self.0 {
            put(&mut waiting, &counts.waiting);
            put(&mut in_care, &counts.in_care);
            put(&mut present, &counts.present);
            let sum =
                waiting.zip(in_care).map(|(waiting, in_care): (u32, u32)| waiting.saturating_add(in_care));
            waited.insert(*at, waiting);
            were_there.insert(*at, present.or(sum));
        }
        (waited, were_there)
    }
}

fn put(known: &mut Option<u32>, told: &Told<u32>) {
    match told {
        Told::Unsaid => {}
        Told::Withdrawn => *known = None,
        Told::Value(value) => *known = Some(*value),
    }
}

/// Who waited, and who was there, of people whose visits are known, in each lane of a station.
pub(super) fn of_lives<'a>(lives: impl Iterator<Item = &'a Life>) -> BTreeMap<LaneId, (Course, Course)> {
    let mut steps: BTreeMap<&LaneId, [BTreeMap<Instant, i64>; 2]> = BTreeMap::new();
    for stay in lives.flat_map(|life| &life.stays) {
        let [waiting, present] = steps.entry(&stay.lane).or_default();
        for (figure, counts) in [(waiting, !stay.in_care), (present, true)] {
            if counts {
                *figure.entry(stay.from).or_default() += 1;
                *figure.entry(stay.to).or_default() -= 1;
            }
        }
    }
    let summed = |steps: BTreeMap<Instant, i64>| -> Course {
        let sum = |sum: &mut i64, (at, step): (Instant, i64)| {
            *sum += step;
            Some((at, u32::try_from(*sum).ok()))
        };
        steps.into_iter().scan(0_i64, sum).collect()
    };
    steps
        .into_iter()
        .map(|(lane, [waiting, present])| (lane.clone(), (summed(waiting), summed(present))))
        .collect()
}

/// The sum of what is known of several lanes, within a span.
pub(super) struct Together<'a>(Vec<&'a Course>);

impl<'a> Together<'a> {
    pub fn of(courses: impl IntoIterator<Item = &'a Course>) -> Self {
        Self(courses.into_iter().collect())
    }

    /// What it is at a moment; `None` where nothing is known of any lane.
    pub fn at(&self, moment: Instant) -> Option<u32> {
        let known = self.0.iter().filter_map(|course| *course.range(..=moment).next_back()?.1);
        known.fold(None, |sum: Option<u32>, count| Some(sum.unwrap_or(0).saturating_add(count)))
    }

    /// The most it is from one moment to before another, and when first.
    pub fn peak(&self, from: Instant, until: Instant) -> Option<Peak> {
        let mut moments: BTreeSet<Instant> = self
            .0
            .iter()
            .flat_map(|course| course.keys().copied())
            .filter(|at| from <= *at && *at < until)
            .collect();
        moments.insert(from);
        let mut peak = None;
        for at in moments {
            if let Some(count) = self.at(at) {
                Peak::raise(&mut peak, count, at);
            }
        }
        peak
    }
}
