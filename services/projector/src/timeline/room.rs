//! What is kept of a timeline, and for what there is room.

use situation::time::Instant;

use super::{Place, SPACING, Stored, Timeline};

/// Situations kept at the most; beyond, every other one goes. Those of thirty million facts.
const MAX_KEPT: usize = 16_384;
/// Bytes of their files, of which those of ten million facts have half; beyond, every other one goes.
const MAX_FILED: u64 = 2 * 1024 * 1024 * 1024;
/// Bytes of those that are in memory, for want of files; beyond, every other one of them goes.
pub(crate) const MAX_PACKED: u64 = 128 * 1024 * 1024;
impl Timeline {
    /// The end of a route: keeps what was folded on it, as far as that is still true. Answers with what is not kept any
    /// more.
    pub fn arrive(&mut self, number: u64, folded: Vec<(Place, Stored)>) -> Vec<(Place, Stored)> {
        let earliest = self.travelled.remove(&number).unwrap_or(Instant::MIN);
        for (place, stored) in folded {
            if place.0 >= earliest {
                self.gone.push((place, stored));
                continue;
            }
            self.made += 1;
            if let Some(before) = self.kept.insert(place, stored.clone())
                && !before.is_file_of(&stored)
            {
                self.gone.push((place, before));
            }
        }
        self.thin();
        self.take_gone()
    }

    /// What was kept at a place cannot be read. Answers whether it was still kept.
    pub fn forget(&mut self, place: Place, stored: &Stored) -> bool {
        let is_kept = self.kept.get(&place) == Some(stored);
        if is_kept {
            self.kept.remove(&place);
            self.stand_near_again();
        }
        is_kept
    }

    /// Forgets all of which there is no file.
    pub fn forget_missing(&mut self, is_there: impl Fn(Place, &Stored) -> bool) {
        self.kept.retain(|place, stored| is_there(*place, stored));
        self.stand_near_again();
    }

    /// What is not kept any more.
    fn take_gone(&mut self) -> Vec<(Place, Stored)> {
        std::mem::take(&mut self.gone)
    }

    /// Bytes of what is kept: of files, and in memory.
    pub fn bytes(&self) -> (u64, u64) {
        let sum = |of: fn(&Stored) -> u64| self.kept.values().map(of).fold(0, u64::saturating_add);
        (sum(Stored::filed), sum(Stored::packed))
    }

    /// Makes room. Where there is not enough for files they stand further apart from then on, so that nothing is kept again only to
    /// be thrown away; those in memory do where there are no files.
    fn thin(&mut self) {
        loop {
            let (filed, packed) = self.bytes();
            if packed > MAX_PACKED {
                self.drop_every_other(|stored| stored.packed() > 0);
                if filed > 0 {
                    continue;
                }
            } else if filed > MAX_FILED || self.kept.len() > MAX_KEPT {
                self.drop_every_other(|_| true);
            } else {
                return;
            }
            self.spacing = self.spacing.saturating_mul(2);
        }
    }

    /// No single one is as large as there is room for all, so this ends whatever does it again and again.
    fn drop_every_other(&mut self, of: impl Fn(&Stored) -> bool) {
        let those = self.kept.iter().filter(|(_, stored)| of(stored)).map(|(place, _)| *place);
        let others: Vec<Place> = those.skip(1).step_by(2).collect();
        self.gone.extend(others.iter().filter_map(|place| self.kept.remove_entry(place)));
    }

    /// Where none is kept there is room again.
    fn stand_near_again(&mut self) {
        if self.kept.is_empty() {
            self.spacing = SPACING;
        }
    }

    /// A kept situation at or after `from` lacks what has just come in.
    pub(super) fn forget_from(&mut self, from: Instant) {
        for earliest in self.travelled.values_mut() {
            *earliest = from.min(*earliest);
        }
        if self.kept.last_key_value().is_some_and(|((at, _), _)| *at >= from) {
            self.gone.extend(self.kept.split_off(&(from, 0)));
            self.stand_near_again();
        }
    }
}
