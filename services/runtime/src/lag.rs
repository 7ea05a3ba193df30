//! How long something stays short of what is known to be there.

use std::time::Duration;

use tokio::time::Instant;

/// A mark that was there and had not been reached, and since when.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lag(Option<(u64, Instant)>);

impl Lag {
    /// Told how far something has come and how far there is to go. Answers for how long it has now missed what
    /// was there already: whoever is always a moment behind, and always gets there, is never long behind.
    pub fn measure(&mut self, here: u64, there: u64, now: Instant) -> Duration {
        match self.0 {
            Some((mark, since)) if here < mark.min(there) => now.saturating_duration_since(since),
            Some(_) | None => {
                self.0 = (here < there).then_some((there, now));
                Duration::ZERO
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_reached_counts_as_behind() {
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        let mut lag = Lag::default();
        assert_eq!(lag.measure(5, 5, at(0)), Duration::ZERO);
        assert_eq!(lag.measure(5, 9, at(1)), Duration::ZERO);
        assert_eq!(lag.measure(8, 20, at(3)), Duration::from_secs(2), "9 is not reached");
        assert_eq!(lag.measure(9, 30, at(4)), Duration::ZERO, "it is, and 30 is the next mark");
        assert_eq!(lag.measure(29, 40, at(7)), Duration::from_secs(3));
        assert_eq!(lag.measure(29, 29, at(8)), Duration::ZERO, "who had more has gone");
        assert_eq!(lag.measure(29, 30, at(9)), Duration::ZERO);
    }
}
