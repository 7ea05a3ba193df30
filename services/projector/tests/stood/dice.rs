//! Numbers for tests.

/// Enough for a test: a fixed row of numbers.
#[derive(Default)]
pub struct Dice(u64);

impl Dice {
    pub const fn of(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}
