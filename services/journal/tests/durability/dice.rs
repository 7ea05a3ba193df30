//! Seeded choices, the two tiers, and how a zero is stated.

/// A stream of numbers (SplitMix64): the same seed, the same choices.
#[derive(Debug, Clone)]
pub struct Dice {
    /// What it began with.
    pub seed: u64,
    state: u64,
}

impl Dice {
    /// From `TILANNE_SEED`, or a fixed seed.
    pub fn thrown() -> Self {
        let seed = std::env::var("TILANNE_SEED").ok().and_then(|seed| seed.parse().ok());
        Self::from(seed.unwrap_or(20_261_126))
    }

    pub const fn from(seed: u64) -> Self {
        Self { seed, state: seed }
    }

    pub const fn number(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// An index into something of this length, which must not be 0.
    pub fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.number() % length as u64).unwrap()
    }

    /// From `least` to `most`, both included.
    pub fn between(&mut self, least: usize, most: usize) -> usize {
        least + self.index(most - least + 1)
    }

    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.index(of.len())]
    }

    /// True so many times in a hundred.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.number() % 100 < percent
    }

    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(length + 8);
        while bytes.len() < length {
            bytes.extend_from_slice(&self.number().to_le_bytes());
        }
        bytes.truncate(length);
        bytes
    }
}

/// Whether the long form is asked for (`TILANNE_FULL=1`).
pub fn full() -> bool {
    std::env::var("TILANNE_FULL").is_ok_and(|asked| asked == "1")
}

/// A zero among `trials` with what it is worth: no more than 3/N of them fail, at 95 %.
pub fn zero(count: usize, of: &str, trials: usize) -> String {
    if count > 0 || trials == 0 {
        return format!("{count} {of}");
    }
    format!("0 {of} (95 % bound {:.2} %)", 300.0 / trials as f64)
}
