//! The other recorders of the area, as they are heard.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proto::live::Recorded;
use tokio::time::Instant;

/// Each says something every second; one that was not heard for three of them is not counted on.
pub(super) const SILENT: Duration = Duration::from_secs(3);

/// All of the area's recorders: this one, and what is heard of the others.
#[derive(Debug, Clone)]
pub(crate) struct Peers {
    me: String,
    all: BTreeSet<String>,
    heard: BTreeMap<String, (Recorded, Instant)>,
    /// Those whose journals hold other facts than this one's.
    differ: BTreeSet<String>,
    /// Names that were heard and do not belong here, so that each is told once.
    strange: BTreeSet<String>,
    /// This process, as it says of itself.
    process: String,
    /// Somebody who records beside this one and must not, and when that was last heard.
    intruder: Option<(Intruder, Instant)>,
}

/// A recorder beside which this one takes nothing in: each would go on with a log of its own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Intruder {
    /// It has the same name.
    #[error(
        "another recorder runs under this one's name {0:?}: give each a name of its own in recorder.name, and name all of \
         them in recorder.all"
    )]
    Namesake(String),
    /// This one is configured to be the only one.
    #[error(
        "recorder {0:?} is heard, and by recorder.all this one is the only one: name all of them there, the same for each, or \
         stop that one"
    )]
    Beside(String),
}

/// Strange names that are told: more of them say nothing new.
const STRANGE: usize = 16;

impl Peers {
    /// Where `all` is empty, there is only this one.
    pub fn new(me: &str, all: &[String]) -> Self {
        let all = all.iter().cloned().chain([me.to_owned()]).collect();
        Self {
            me: me.to_owned(),
            all,
            heard: BTreeMap::new(),
            differ: BTreeSet::new(),
            strange: BTreeSet::new(),
            process: String::new(),
            intruder: None,
        }
    }

    /// The same with this process's digits.
    pub fn of_process(self, process: &str) -> Self {
        Self { process: process.to_owned(), ..self }
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
    pub fn hear(&mut self, mut word: Recorded, now: Instant) -> bool {
        if word.recorder == self.me {
            if word.process != self.process {
                self.intruder = Some((Intruder::Namesake(word.recorder), now));
            }
            return false;
        }
        if !self.all.contains(&word.recorder) {
            if self.all.len() == 1 {
                self.intruder = Some((Intruder::Beside(word.recorder.clone()), now));
            }
            if self.strange.len() < STRANGE && self.strange.insert(word.recorder.clone()) {
                tracing::error!(
                    name = word.recorder,
                    "a recorder is heard that is not in recorder.all: name all of them there, the same for each"
                );
            }
            return false;
        }
        // Nothing is copied from a journal that does not continue this one.
        word.lends &= !self.differ.contains(&word.recorder);
        self.heard.insert(word.recorder.clone(), (word, now));
        true
    }

    /// Who was heard lately beside whom nothing may be taken in.
    pub fn intruder(&self, now: Instant) -> Option<&Intruder> {
        let lately = |at: Instant| now.saturating_duration_since(at) < SILENT;
        self.intruder.as_ref().filter(|(_, at)| lately(*at)).map(|(intruder, _)| intruder)
    }

    /// Another one was found to hold other facts. True if as many of all do that this one must be wrong, or nobody can
    /// say who is.
    pub fn differs(&mut self, name: &str) -> bool {
        self.differ.insert(name.to_owned());
        if let Some((word, _)) = self.heard.get_mut(name) {
            word.lends = false;
        }
        self.differ.len() * 2 >= self.all.len()
    }

    /// Another one was found to hold the same facts, as after it was filled anew.
    pub fn agrees(&mut self, name: &str) {
        self.differ.remove(name);
    }

    /// Those who were heard lately.
    pub fn alive(&self, now: Instant) -> impl Iterator<Item = &Recorded> {
        self.heard
            .values()
            .filter(move |(_, at)| now.saturating_duration_since(*at) < SILENT)
            .map(|(word, _)| word)
    }

    /// Those of them who take what comes in over a stream.
    pub fn followers(&self, identity: &str, now: Instant) -> impl Iterator<Item = &Recorded> {
        self.alive(now).filter(move |word| {
            word.stream.as_ref().is_some_and(|stream| stream.follows && stream.identity == identity)
        })
    }

    /// Up to which message of a stream all who follow it have facts on their disks, this one up to `mine`; `None` while
    /// fewer than a majority are heard to follow it, and for all but the first of them by name. What lies before may be
    /// taken out of the stream: who was away catches up from the others, and who starts again needs what follows.
    pub fn to_trim(&self, identity: &str, mine: u64, now: Instant) -> Option<u64> {
        let others: Vec<&Recorded> = self.followers(identity, now).collect();
        if others.len() + 1 < self.majority() || others.iter().any(|word| word.recorder < self.me) {
            return None;
        }
        Some(others.iter().filter_map(|word| word.stream.as_ref()).fold(mine, |least, it| least.min(it.kept)))
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
    async fn the_first_who_follows_trims_to_what_all_have_on_their_disks() {
        let mut peers = three();
        let now = Instant::now();
        assert_eq!(peers.to_trim("s", 9, now), None, "alone");
        peers.hear(follows(word("c", 5), "s", 7), now);
        assert_eq!(peers.to_trim("s", 9, now), Some(7));
        peers.hear(word("a", 5), now);
        assert_eq!(peers.to_trim("s", 9, now), Some(7), "one that does not follow does not trim either");
        peers.hear(follows(word("a", 5), "s", 12), now);
        assert_eq!(peers.to_trim("s", 4, now), None, "another one comes first");
        assert_eq!(Peers::new("a", &[]).to_trim("s", 4, now), Some(4), "the only one");
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_differs_is_not_copied_from_and_two_of_three_are_right() {
        let mut peers = three();
        peers.hear(word("a", 5), Instant::now());
        assert!(!peers.differs("a"));
        assert!(peers.alive(Instant::now()).all(|word| !word.lends));
        peers.hear(word("a", 6), Instant::now());
        assert!(peers.alive(Instant::now()).all(|word| !word.lends));
        assert!(peers.differs("c"));
        assert!(Peers::new("a", &["a".to_owned(), "b".to_owned()]).differs("b"), "of two nobody knows which");
    }

    #[test]
    fn beside_a_namesake_or_beside_anybody_where_it_is_the_only_one_nothing_is_taken_in() {
        let now = Instant::now();
        let mut peers = three().of_process("0123");
        let own = Recorded { process: "0123".to_owned(), ..word("b", 4) };
        peers.hear(own, now);
        peers.hear(word("x", 4), now);
        assert_eq!(
            peers.intruder(now),
            None,
            "its own word, and a stranger beside three that know each other"
        );
        peers.hear(Recorded { process: "4567".to_owned(), ..word("b", 9) }, now);
        assert_eq!(peers.intruder(now), Some(&Intruder::Namesake("b".to_owned())));
        assert_eq!(peers.intruder(now + SILENT), None, "it was stopped");
        let mut only = Peers::new("b", &[]);
        only.hear(word("x", 4), now);
        assert_eq!(only.intruder(now), Some(&Intruder::Beside("x".to_owned())));
    }
}
