//! What to expect of a queue: how long those waited who met one like it.

use std::sync::OnceLock;

use super::LEAST;
use crate::fold::words::Symbol;
use crate::time::Instant;

/// Of the waits that are known, the part that met a queue most like the one of now: one in so many.
const ONE_IN: usize = 5;
/// And of at least so many: of fewer the ninth of ten jumps about.
const FEWEST: usize = 100;
/// Queues shorter than this are met again and again: what they tell is worked out once.
const USUAL_QUEUES: usize = 64;

/// What one who comes may expect, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forecast {
    /// Half of those like them waited at most this long.
    pub p50: u32,
    /// Nine of ten waited at most this long.
    pub p90: u32,
    /// How many they were.
    pub of: u32,
}

/// A wait that is known, by the number of people who were waiting when it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Known {
    pub queue: u32,
    pub seconds: u32,
}

/// What is known at a moment, made to be asked often.
#[derive(Debug)]
pub struct Table {
    /// The waits that ended before it.
    pub until: Instant,
    of_all: Rows,
    by_urgency: Vec<(Option<Symbol>, Rows)>,
}

#[derive(Debug, Default)]
struct Rows {
    /// By queue, then by length.
    known: Vec<Known>,
    told: Vec<OnceLock<Option<Forecast>>>,
}

impl Table {
    /// Of these waits.
    pub fn of(until: Instant, waits: impl Iterator<Item = (Option<Symbol>, Known)>) -> Self {
        let mut table = Self { until, of_all: Rows::default(), by_urgency: Vec::new() };
        for (urgency, known) in waits {
            table.of_all.known.push(known);
            match table.by_urgency.iter_mut().find(|(code, _)| *code == urgency) {
                Some((_, rows)) => rows.known.push(known),
                None => table.by_urgency.push((urgency, Rows { known: vec![known], told: Vec::new() })),
            }
        }
        let rows = table.by_urgency.iter_mut().map(|(_, rows)| rows).chain([&mut table.of_all]);
        rows.for_each(Rows::arrange);
        table
    }

    /// What to expect behind `queue` people, of an urgency, and how many waits of it are known. `None`: too few.
    pub fn of_urgency(&self, urgency: Option<Symbol>, queue: u32) -> (Option<Forecast>, u32) {
        let rows = self.by_urgency.iter().find(|(code, _)| *code == urgency);
        rows.map_or((None, 0), |(_, rows)| rows.tell(queue))
    }

    /// The same of whatever urgency.
    pub fn of_all(&self, queue: u32) -> (Option<Forecast>, u32) {
        self.of_all.tell(queue)
    }
}

impl Rows {
    fn arrange(&mut self) {
        self.known.sort_unstable();
        self.told = (0..USUAL_QUEUES).map(|_| OnceLock::new()).collect();
    }

    fn tell(&self, queue: u32) -> (Option<Forecast>, u32) {
        let told = self.told.get(queue as usize);
        let work_out = || of_sorted(&self.known, queue);
        let forecast = told.map_or_else(work_out, |told| *told.get_or_init(work_out));
        (forecast, u32::try_from(self.known.len()).unwrap_or(u32::MAX))
    }
}

/// What to expect behind `queue` people, by these waits. `None`: too few.
pub fn forecast(mut known: Vec<Known>, queue: u32) -> Option<Forecast> {
    known.sort_unstable();
    of_sorted(&known, queue)
}

fn of_sorted(known: &[Known], queue: u32) -> Option<Forecast> {
    if known.len() < LEAST {
        return None;
    }
    let wanted = (known.len() / ONE_IN).max(FEWEST).min(known.len());
    // All that met a queue as like as the last of them: which of them came in first must not tell.
    let (mut least, mut most) = (0, u32::MAX);
    while least < most {
        let middle = least + (most - least) / 2;
        if those_like(known, queue, middle).len() < wanted {
            least = middle + 1;
        } else {
            most = middle;
        }
    }
    let mut seconds: Vec<u32> = those_like(known, queue, most).iter().map(|known| known.seconds).collect();
    Some(Forecast {
        p50: of_ten(&mut seconds, 5)?,
        p90: of_ten(&mut seconds, 9)?,
        of: u32::try_from(seconds.len()).unwrap_or(u32::MAX),
    })
}

/// Those that met a queue at most so much longer or shorter.
fn those_like(known: &[Known], queue: u32, distance: u32) -> &[Known] {
    let (shortest, longest) = (queue.saturating_sub(distance), queue.saturating_add(distance));
    let from = known.partition_point(|known| known.queue < shortest);
    let to = known.partition_point(|known| known.queue <= longest);
    known.get(from..to).unwrap_or_default()
}

/// The value that so many of ten do not exceed: with one more person still to come, so that few values promise no more
/// than many.
fn of_ten(values: &mut [u32], tenths: usize) -> Option<u32> {
    let place = (tenths * (values.len() + 1)).div_ceil(10).min(values.len()).checked_sub(1)?;
    let (_, value, _) = values.select_nth_unstable(place);
    Some(*value)
}
