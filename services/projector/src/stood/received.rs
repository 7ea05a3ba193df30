//! At which fact the journal stood at a moment.

use situation::time::Instant;

use super::Past;
use crate::Error;

/// A moment's fact is looked for fact by fact among so many: some pages.
const PAGES: u64 = 1_024;

impl Past {
    /// The last fact that was received at a moment or before it; 0 before the first. `newest` is the newest known.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub async fn stood_at(&self, moment: Instant, newest: u64) -> Result<u64, Error> {
        let (mut low, mut high) = (self.archive.begun_at(moment).min(newest), newest);
        if low > 0 && !self.is_received(low, moment).await? {
            // A file of another journal tells nothing of this one's times.
            low = 0;
        }
        while let Some(next) = self.archive.next_beginning(low).filter(|next| *next <= newest) {
            if !self.is_received(next, moment).await? {
                high = next - 1;
                break;
            }
            low = next;
        }
        while high - low > PAGES {
            let middle = low + (high - low).div_ceil(2);
            if self.is_received(middle, moment).await? {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        // To ask for one fact takes as long as for some hundreds.
        while low < high {
            let received = self.reader.page_towards(low, high).await?.received()?;
            let by_then = received.iter().take_while(|(sequence, at)| *sequence <= high && *at <= moment);
            if received.is_empty() {
                // Whoever had these facts is away.
                return Err(Error::Gap { wanted: low + 1, got: 0 });
            }
            let Some((last, _)) = by_then.last() else { break };
            low = *last;
            if received.last().is_none_or(|(end, _)| *end != low) {
                break;
            }
        }
        Ok(low)
    }

    async fn is_received(&self, sequence: u64, moment: Instant) -> Result<bool, Error> {
        let facts = self.reader.facts(&[sequence]).await?;
        Ok(facts.first().is_some_and(|fact| fact.received <= moment))
    }
}
