//! Where somebody was from when to when, waiting or in care, as their story tells it.

use super::{Ticket, What};
use crate::fold::words::Symbol;
use crate::time::Instant;

/// Somebody was in a lane, and is not any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spell {
    /// Where.
    pub lane: Symbol,
    /// From here …
    pub from: Instant,
    /// … to here, when they went over to another lane or left.
    pub until: Instant,
}

impl Ticket {
    /// All that are over, in the order of life.
    pub fn spells(&self) -> Vec<Spell> {
        let mut spells = Vec::new();
        let mut here: Option<(Symbol, Instant)> = None;
        for step in &self.steps {
            let next = match (self.amended(step), here) {
                (Some(What::Joined { lane, .. }), None) => Some((lane, step.time)),
                (Some(What::Joined { lane, .. } | What::Moved { lane }), Some((before, _)))
                    if lane != before =>
                {
                    Some((lane, step.time))
                }
                (Some(What::Left), Some(_)) => None,
                _ => continue,
            };
            spells.extend(here.map(|(lane, from)| Spell { lane, from, until: step.time }));
            here = next;
        }
        spells
    }
}
