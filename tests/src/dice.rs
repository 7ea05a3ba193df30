//! Seeded choices, so that a failure can be played again.

/// A stream of numbers (SplitMix64): the same seed, the same choices.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// From `TILANNE_SEED`, or a fixed seed. Printed, so that a failure names what to set.
    #[must_use]
    pub fn thrown(what: &str) -> Self {
        let seed =
            std::env::var("TILANNE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_126);
        eprintln!("{what}: TILANNE_SEED={seed}");
        Self(seed)
    }

    /// The next number.
    pub const fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below `end`, which must not be 0.
    pub const fn below(&mut self, end: u64) -> u64 {
        self.number() % end
    }

    /// An index into something of this length.
    pub fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap()
    }

    /// Puts items into another order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.index(at + 1));
        }
    }
}
