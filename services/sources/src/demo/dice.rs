//! Chance, from a seed.
//!
//! Sebastiano Vigna's SplitMix64: a dozen lines that are fixed for ever, where a crate's generator may change with
//! its version and with it every demo. Whole numbers only: logarithms differ in the last bit between platforms.

const MINUTE: i64 = 60_000_000;
const SECOND: i64 = 1_000_000;

/// A seeded generator. Each actor has its own, so that a new one does not change the others' evening.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub fn new(seed: u64, name: &str) -> Self {
        let mut dice = Self(seed);
        for byte in name.bytes() {
            dice.0 ^= u64::from(byte);
            dice.0 = dice.draw();
        }
        dice
    }

    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A short name for what this seed gives.
    pub fn mark(mut self) -> String {
        format!("{:08x}", self.draw() >> 32)
    }

    /// 0 to `end - 1`; 0 where `end` is 0.
    pub fn below(&mut self, end: u32) -> u32 {
        // The high half times `end`, shifted: even to within 1 in 2^32.
        u32::try_from(((self.draw() >> 32) * u64::from(end)) >> 32).unwrap_or(0)
    }

    pub fn percent(&mut self, chance: u32) -> bool {
        self.below(100) < chance
    }

    pub fn per_million(&mut self, chance: u32) -> bool {
        self.below(1_000_000) < chance
    }

    /// A span of whole seconds between two numbers of minutes.
    pub fn minutes(&mut self, from: u32, to: u32) -> i64 {
        let spread = to.saturating_sub(from).saturating_mul(60).saturating_add(1);
        i64::from(from) * MINUTE + i64::from(self.below(spread)) * SECOND
    }

    /// A span around a mean number of minutes: 0.4 to 1.6 times as long, mostly in the middle.
    pub fn around(&mut self, mean_minutes: u32) -> i64 {
        let permille = 400 + self.below(401) + self.below(401) + self.below(401);
        i64::from(mean_minutes) * 60 * i64::from(permille) / 1_000 * SECOND
    }

    /// One of several, by their weights.
    pub fn pick<T>(&mut self, choices: &'static [T], weight: impl Fn(&T) -> u32) -> Option<&'static T> {
        let mut left = self.below(choices.iter().map(&weight).sum());
        choices.iter().find(|choice| {
            let share = weight(choice);
            let here = left < share;
            left = left.saturating_sub(share);
            here
        })
    }
}
