//! Which stations were changed last, so that nobody has to look at all of them to find out.

use std::collections::BTreeSet;

use super::Changed;
use crate::name::StationId;

/// Each station by the fact that last changed it.
#[derive(Debug, Clone, Default)]
pub(super) struct Changes(BTreeSet<(u64, StationId)>);

impl Changes {
    /// A fact changed the station: `stands` is which one did so last.
    pub fn mark(&mut self, id: &StationId, stands: &mut Changed, cause: Changed) {
        self.remove(id, *stands);
        self.0.insert((cause.sequence, id.clone()));
        *stands = cause;
    }

    /// There is no such station any more.
    pub fn remove(&mut self, id: &StationId, stands: Changed) {
        self.0.remove(&(stands.sequence, id.clone()));
    }

    /// Those that later facts changed, the last changed first.
    pub fn after(&self, sequence: u64) -> impl Iterator<Item = &StationId> {
        self.0.iter().rev().take_while(move |(changed, _)| *changed > sequence).map(|(_, id)| id)
    }
}
