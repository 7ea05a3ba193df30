//! Which stream the recorders go on from, and from which fact: decided by the order of their votes in it.

use std::collections::{BTreeMap, BTreeSet};

use proto::intake::Vote;
use situation::time::Instant;

/// A stream that a majority has opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Opening {
    /// The message from which it is read.
    pub from: u64,
    /// The fact that the journals go on from.
    pub sequence: u64,
    /// The chain's head there, in hex.
    pub head: String,
    /// The epoch of the log that begins, where there was none.
    pub epoch: Option<String>,
    /// Whether the simulator feeds it.
    pub simulated: bool,
    /// When the stream received the vote that decided it.
    pub received: Instant,
}

/// The votes of one stream, in its order.
#[derive(Debug, Default)]
pub(crate) struct Votes {
    identity: String,
    /// The next message of the stream to look at.
    next: u64,
    latest: BTreeMap<String, Vote>,
    /// The first epoch that was named for a log that begins.
    epoch: Option<String>,
    opened: Vec<Opening>,
}

impl Votes {
    /// Of this stream, which ends at `last`; what is known of another one is forgotten, and what is known of this one, too, if it
    /// has lost its end: new votes stand where others stood.
    pub fn of(&mut self, identity: &str, last: u64) {
        if self.identity != identity || last + 1 < self.next {
            *self = Self { identity: identity.to_owned(), next: 1, ..Self::default() };
        }
    }

    /// The stream.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// The sequence from which messages have not been looked at.
    pub const fn next(&self) -> u64 {
        self.next
    }

    /// Takes in the next vote of the stream, which stands at `at`. `all` are the recorders that count.
    pub fn take(&mut self, vote: Vote, at: u64, received: Instant, all: &BTreeSet<String>) {
        self.next = at + 1;
        if vote.identity != self.identity || !all.contains(&vote.by) {
            return;
        }
        if !vote.of.iter().eq(all) {
            tracing::error!(
                by = vote.by,
                "a recorder counts other recorders than this one: recorder.all must be the same for each"
            );
            return;
        }
        if vote.takes_back() {
            self.latest.remove(&vote.by);
            return;
        }
        if vote.sequence == 0 && self.epoch.is_none() {
            self.epoch.clone_from(&vote.epoch);
        }
        let (from, sequence, head, simulated) = (vote.from, vote.sequence, vote.head.clone(), vote.simulated);
        self.latest.insert(vote.by.clone(), vote);
        let alike = |vote: &&Vote| (vote.sequence, &vote.head) == (sequence, &head);
        if self.latest.values().filter(alike).count() > all.len() / 2 {
            self.latest.clear();
            let epoch = self.epoch.take();
            self.opened.push(Opening { from, sequence, head, epoch, simulated, received });
        }
    }

    /// Everything up to here has been looked at.
    pub fn looked_to(&mut self, sequence: u64) {
        self.next = self.next.max(sequence + 1);
    }

    /// The first opening that a journal has not recorded which goes on from this very stream since the fact `since`.
    pub fn opening(&self, since: Option<u64>) -> Option<&Opening> {
        self.opened.iter().find(|opening| since.is_none_or(|since| since <= opening.sequence))
    }

    /// What a recorder has said last and that has not led to an opening.
    pub fn said_by(&self, name: &str) -> Option<&Vote> {
        self.latest.get(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> BTreeSet<String> {
        ["a", "b", "c"].map(str::to_owned).into()
    }

    fn vote(by: &str, sequence: u64) -> Vote {
        let epoch = (sequence == 0).then(|| format!("drawn by {by}"));
        let (identity, head) = ("s".to_owned(), format!("h{sequence}"));
        let of = all().into_iter().collect();
        Vote { by: by.to_owned(), identity, from: 1, sequence, head, epoch, simulated: false, of }
    }

    fn votes(said: &[Vote]) -> Votes {
        let mut votes = Votes::default();
        votes.of("s", said.len() as u64);
        for (at, vote) in (1..).zip(said) {
            votes.take(vote.clone(), at, Instant::from_micros(0), &all());
        }
        votes
    }

    #[test]
    fn the_first_majority_in_the_streams_order_opens_it() {
        assert_eq!(votes(&[vote("a", 100)]).opening(None), None);
        assert_eq!(votes(&[vote("a", 100), vote("a", 100)]).opening(None), None, "one voice");
        let opened = votes(&[vote("a", 100), vote("c", 105), vote("b", 105), vote("a", 105)]);
        assert_eq!(opened.opening(None).unwrap().sequence, 105);
        assert_eq!(opened.next(), 5);
    }

    #[test]
    fn who_votes_again_takes_back_what_it_said() {
        let opened = votes(&[vote("b", 100), vote("b", 105), vote("a", 100), vote("c", 105)]);
        assert_eq!(opened.opening(None).unwrap().sequence, 105);
    }

    #[test]
    fn what_is_taken_back_counts_no_more() {
        let back = Vote { head: String::new(), ..vote("a", 0) };
        let said = [vote("a", 100), back, vote("b", 100)];
        assert_eq!(votes(&said).opening(None), None);
        assert_eq!(votes(&said).said_by("a"), None);
        let opened = votes(&[&said[..], &[vote("c", 100)]].concat());
        assert_eq!(opened.opening(None).unwrap().sequence, 100);
    }

    #[test]
    fn a_log_begins_under_the_first_epoch_that_was_named() {
        let opened = votes(&[vote("c", 0), vote("a", 0)]);
        assert_eq!(opened.opening(None).unwrap().epoch.as_deref(), Some("drawn by c"));
    }

    #[test]
    fn only_those_count_who_count_alike() {
        let stranger = Vote { by: "x".to_owned(), ..vote("a", 100) };
        let other_count = Vote { of: vec!["a".to_owned(), "b".to_owned()], ..vote("b", 100) };
        let of_another = Vote { identity: "t".to_owned(), ..vote("c", 100) };
        assert_eq!(votes(&[vote("a", 100), stranger, other_count, of_another]).opening(None), None);
    }

    #[test]
    fn a_stream_can_be_opened_again_after_it_lost_its_end() {
        let first = [vote("a", 100), vote("b", 100), vote("c", 100)];
        let again = [vote("a", 200), vote("b", 200)];
        let opened = votes(&[&first[..], &again[..]].concat());
        assert_eq!(opened.opening(None).unwrap().sequence, 100);
        assert_eq!(opened.opening(Some(101)).unwrap().sequence, 200, "the first is recorded as fact 101");
        assert_eq!(opened.opening(Some(201)), None);
    }
}
