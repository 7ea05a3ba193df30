//! Itä-Uusimaa as it might be: an evening that somebody wrote down, and every day after it simulated. People come, are
//! judged, wait, are seen and leave, staff changes, rooms fill, one feed falls silent for a while and returns.
//!
//! [`evening_and_after`] is both. [`Demo`] is the simulation: a pure, endless stream of CloudEvents with the moment at
//! which each is delivered. Neither looks at a clock, and the simulation draws from one seed, in whole numbers only,
//! so the events up to any moment are the same on every machine and in every run: whoever was interrupted sends from
//! the beginning again, and the recorder knows what it has. [`run_demo`] delivers them at the pace of the area's
//! clock.
//!
//! The simulation is of plausible figures, not of an organisation: staff changes do not slow care down, and
//! nothing that a person does at the desk reaches it.

mod beats;
mod capacity;
mod county;
mod dice;
mod drive;
mod evening;
mod flow;
mod hours;
mod place;
mod plan;
mod roster;
mod script;
mod slots;
#[cfg(test)]
mod tests;
mod voice;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde_json::Value;

pub use drive::{EVENTS_A_BATCH, FIRST_PAUSE, Gone, Intake, LONGEST_PAUSE, MOST_ATTEMPTS, Outcome, run_demo};
pub use evening::{Evening, evening_and_after};
use hours::Local;
pub use script::{Item, Unreadable};
use voice::{Said, Voice};

/// Somebody or something that acts in the simulation, again and again without end.
trait Actor: Send {
    /// When it next acts.
    fn due(&self) -> i64;
    /// Acts once, at the moment that [`Actor::due`] names; what it says happens at that moment.
    fn act(&mut self, voice: &mut Voice);
}

/// The simulated area. An endless iterator over [`Item`]s in the order of their delivery.
pub struct Demo {
    local: Local,
    actors: Vec<(Box<dyn Actor>, Voice)>,
    outbox: BTreeMap<(i64, u64), Value>,
    posted: u64,
}

impl Demo {
    /// The simulation that `seed` gives, from `begins_us` (microseconds since the Unix epoch) on, in the local
    /// time of `zone`.
    ///
    /// Its first items are deliveries before `begins_us`: they tell of the people who are waiting already.
    /// Ids carry both arguments, so that two different simulations never contradict each other in one journal.
    #[must_use]
    pub fn new(seed: u64, begins_us: i64, zone: TimeZone) -> Self {
        let local = Local::new(zone);
        let run = dice::Dice::new(seed, &begins_us.to_string()).mark();
        let mut demo = Self { local: local.clone(), actors: Vec::new(), outbox: BTreeMap::new(), posted: 0 };
        for (name, begin) in county::cast() {
            let mut voice = Voice::new(&run, name);
            let actor = begin(&mut voice, &local, dice::Dice::new(seed, name), begins_us);
            demo.post(voice.take());
            demo.actors.push((actor, voice));
        }
        demo
    }

    fn post(&mut self, said: Vec<Said>) {
        for Said { at, feed, heartbeat, event } in said {
            if let Some(due) = self.delivered(feed, at, heartbeat) {
                self.outbox.insert((due, self.posted), event);
                self.posted += 1;
            }
        }
    }

    /// When something said at `at` is delivered. A silent feed keeps what it has to tell, but a sign of life that
    /// nobody heard is none.
    fn delivered(&self, feed: &str, at: i64, heartbeat: bool) -> Option<i64> {
        match county::SILENCE.returns(&self.local, feed, at) {
            Some(_) if heartbeat => None,
            Some(returns) => Some(returns),
            None => Some(at),
        }
    }
}

impl Iterator for Demo {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        loop {
            let soonest = self.actors.iter_mut().min_by_key(|(actor, _)| actor.due())?;
            let ready = self.outbox.first_key_value().is_some_and(|((due, _), _)| *due <= soonest.0.due());
            if ready {
                let ((due_us, _), event) = self.outbox.pop_first()?;
                return Some(Item { due_us, event });
            }
            soonest.0.act(&mut soonest.1);
            let said = soonest.1.take();
            self.post(said);
        }
    }
}
