//! The evening that somebody wrote down, and then one simulated day after the other.

use std::iter::Peekable;

use jiff::tz::TimeZone;

use super::Demo;
use super::script::{Item, Script, Unreadable};

const SETTINGS: &str = include_str!("../../../../tests/scenarios/evening/scenario.toml");
/// The same files that the scenario's tests read, so that the demo cannot drift from what is tested.
const FILES: [(&str, &str); 4] = [
    ("at-five.txt", include_str!("../../../../tests/scenarios/evening/at-five.txt")),
    ("story.txt", include_str!("../../../../tests/scenarios/evening/story.txt")),
    ("porvoo.txt", include_str!("../../../../tests/scenarios/evening/porvoo.txt")),
    ("around.txt", include_str!("../../../../tests/scenarios/evening/around.txt")),
];

/// Plays the written evening if `begins_us` (microseconds since the Unix epoch) lies in it, and from the morning after
/// it on what `seed` gives, without end. From any other beginning it simulates at once, in the evening's zone.
///
/// What happened before `begins_us` is delivered at once.
///
/// # Errors
/// [`Unreadable`]: the evening was compiled in and is wrong.
pub fn evening_and_after(seed: u64, begins_us: i64) -> Result<Evening, Unreadable> {
    let Script { begins_us: first, ends_us: last, zone, items } = Script::read(SETTINGS, &FILES)?;
    if (first..last).contains(&begins_us) {
        Ok(Evening::of(items, seed, last, zone))
    } else {
        Ok(Evening::of(Vec::new(), seed, begins_us, zone))
    }
}

/// See [`evening_and_after`]. An endless iterator over [`Item`]s in the order of their delivery.
pub struct Evening {
    written: Peekable<std::vec::IntoIter<Item>>,
    simulated: Peekable<Demo>,
}

impl Evening {
    fn of(written: Vec<Item>, seed: u64, simulated_from: i64, zone: TimeZone) -> Self {
        let simulated = Demo::new(seed, simulated_from, zone).peekable();
        Self { written: written.into_iter().peekable(), simulated }
    }
}

impl Iterator for Evening {
    type Item = Item;

    /// Those whom the simulation finds waiting in the morning have come in the night, while the evening is still told.
    fn next(&mut self) -> Option<Item> {
        let soonest = self.simulated.peek()?.due_us;
        self.written.next_if(|item| item.due_us <= soonest).or_else(|| self.simulated.next())
    }
}
