//! Where and when somebody waited.

use super::{Ticket, What};
use crate::fold::words::Symbol;
use crate::time::Instant;

/// Somebody waited in a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    /// Where.
    pub lane: Symbol,
    /// From here …
    pub from: Instant,
    /// … to here, when they were taken in, went over to another lane or left; `None` while they wait.
    pub until: Option<Instant>,
    /// They came to the station with it, and not from another of its lanes.
    pub came: bool,
}

impl Ticket {
    /// All of them, in the order of life.
    pub fn stays(&self) -> Vec<Stay> {
        let mut stays: Vec<Stay> = Vec::new();
        let mut is_here = false;
        for step in &self.steps {
            let Some(what) = self.amended(step) else { continue };
            let waits = stays.last_mut().filter(|stay| stay.until.is_none());
            match what {
                What::Joined { lane, .. } if !is_here => {
                    is_here = true;
                    stays.push(Stay { lane, from: step.time, until: None, came: true });
                }
                What::Joined { lane, .. } | What::Moved { lane } => {
                    if let Some(stay) = waits.filter(|stay| stay.lane != lane) {
                        stay.until = Some(step.time);
                        stays.push(Stay { lane, from: step.time, until: None, came: false });
                    }
                }
                What::CareStarted | What::Left => {
                    if let Some(stay) = waits {
                        stay.until = Some(step.time);
                    }
                    is_here &= !matches!(what, What::Left);
                }
                What::Triaged { .. } | What::WaitingFor { .. } => {}
            }
        }
        stays
    }
}
