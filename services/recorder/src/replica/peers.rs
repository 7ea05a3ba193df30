//! The other recorders of the area, as they are heard.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proto::live::Recorded;
use tokio::time::Instant;

/// Each says something every second; one that was not heard for three of them is not counted on.
const SILENT: Duration = Duration::from_secs(3);

/// All of the area's recorders: this one, and what is heard of the others.
#[derive(Debug, Clone)]
pub(crate) struct Peers {
    me: String,
    all: BTreeSet<String>,
    heard: BTreeMap<String, (Recorded, Instant)>,
    /// Names that were heard and do not belong here, so that each is told once.
    strange: BTreeSet<String>,
}

/// Strange names that are told: more of them say nothing new.
const STRANGE: usize = 16;

impl Peers {
    /// Where `all` is empty, there is only this one.
    pub fn new(me: &str, all: &[String]) -> Self {
        let all = all.iter().cloned().chain([me.to_owned()]).collect();
        Self { me: me.to_owned(), all, heard: BTreeMap::new(), strange: BTreeSet::new() }
    }

    pub fn me(&self) -> &str {
        &self.me
    }

    /// Every name, sorted.
    pub fn all(&self) -> &BTreeSet<String> {
        &self.all
    }

    /// How many are more than half of all.
    pub fn majority(&self) -> usize {
        self.all.len() / 2 + 1
    }

    /// This one's place among all: who says what any of them may say waits a little longer the later it comes.
    pub fn rank(&self) -> u32 {
        let before = self.all.iter().take_while(|name| **name != self.me).count();
        u32::try_from(before).unwrap_or(u32::MAX)
    }

    /// Takes in what a recorder says of itself. True if it is one of the others.
    pub fn hear(&mut self, word: Recorded, now: Instant) -> bool {
        if word.recorder == self.me {
            return false;
        }
        if !self.all.contains(&word.recorder) {
            if self.strange.len() < STRANGE && self.strange.insert(word.recorder.clone()) {
                tracing::error!(
                    name = word.recorder,
                    "a recorder is heard that is not in recorder.all: name all of them there, the same for each"
                );
            }
            return false;
        }
        self.heard.insert(word.recorder.clone(), (word, now));
        true
    }

    /// Those who were heard lately.
    pub fn alive(&self, now: Instant) -> impl Iterator<Item = &Recorded> {
        self.heard
            .values()
            .filter(move |(_, at)| now.saturating_duration_since(*at) < SILENT)
            .map(|(word, _)| word)
    }

    /// Up to which message of a stream all who follow it have decided, this one standing at `mine`; `None` while
    /// fewer than a majority are heard to follow it. What lies before may be taken out of the stream: who was away
    /// catches up from the others.
    pub fn decided(&self, identity: &str, mine: u64, now: Instant) -> Option<u64> {
        let streams = self.alive(now).filter_map(|word| word.stream.as_ref());
        let cursors: Vec<u64> = streams
            .filter(|stream| stream.follows && stream.identity == identity)
            .map(|stream| stream.cursor)
            .collect();
        if cursors.len() + 1 < self.majority() {
            return None;
        }
        Some(cursors.into_iter().fold(mine, u64::min))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replica::story::{follows, word};

    fn three() -> Peers {
        Peers::new("b", &["a".to_owned(), "b".to_owned(), "c".to_owned()])
    }

    #[tokio::test(start_paused = true)]
    async fn who_falls_silent_is_not_counted_on() {
        let mut peers = three();
        assert!(peers.hear(word("a", 5), Instant::now()));
        assert!(!peers.hear(word("b", 5), Instant::now()) && !peers.hear(word("x", 5), Instant::now()));
        assert_eq!(peers.alive(Instant::now()).count(), 1);
        tokio::time::advance(SILENT).await;
        assert_eq!(peers.alive(Instant::now()).count(), 0);
        assert_eq!((peers.majority(), peers.rank()), (2, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn the_stream_is_trimmed_to_the_last_of_a_majority() {
        let mut peers = three();
        let now = Instant::now();
        assert_eq!(peers.decided("s", 9, now), None, "alone");
        peers.hear(follows(word("a", 5), "s", 7), now);
        assert_eq!(peers.decided("s", 9, now), Some(7));
        peers.hear(follows(word("c", 5), "other", 3), now);
        assert_eq!(peers.decided("s", 9, now), Some(7), "of another stream");
        peers.hear(follows(word("c", 5), "s", 12), now);
        assert_eq!(peers.decided("s", 4, now), Some(4));
        assert_eq!(Peers::new("a", &[]).decided("s", 4, now), Some(4), "the only one");
    }
}
