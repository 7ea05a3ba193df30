//! What a recorder does next, case by case: `b` of `a`, `b` and `c`.

use proto::intake::Vote;
use situation::time::Instant as Moment;

use super::*;
use crate::replica::story::{follows, word};

/// A case: what this recorder knows.
struct Case {
    sequence: u64,
    stream: Option<Stream>,
    cursor: u64,
    state: Option<StreamState>,
    votes: Votes,
    peers: Peers,
    beyond_hole: Option<u64>,
}

/// `b` stands at fact 100, at message 40 of the stream `s` since fact 2; the stream has messages 1 to 40.
fn case() -> Case {
    let all = ["a", "b", "c"].map(str::to_owned);
    let state = StreamState { identity: "s".to_owned(), first: 1, last: 40 };
    let mut votes = Votes::default();
    votes.of("s", 40);
    let stream = Some(Stream { identity: "s".into(), since: 2 });
    let peers = Peers::new("b", &all);
    Case { sequence: 100, stream, cursor: 40, state: Some(state), votes, peers, beyond_hole: None }
}

impl Case {
    /// The stream is a new one, with messages 1 to 5.
    fn renewed(mut self) -> Self {
        self.state = Some(StreamState { identity: "t".to_owned(), first: 1, last: 5 });
        self.votes.of("t", 5);
        self
    }

    fn hears(mut self, word: Recorded) -> Self {
        self.peers.hear(word, Instant::now());
        self
    }

    fn voted(mut self, by: &[&str], sequence: u64) -> Self {
        let all = self.peers.all().clone();
        for by in by {
            let vote = Vote {
                by: (*by).to_owned(),
                identity: self.state.as_ref().unwrap().identity.clone(),
                from: 1,
                sequence,
                head: word("x", sequence).head,
                epoch: None,
                simulated: false,
                of: all.iter().cloned().collect(),
            };
            let at = self.votes.next();
            self.votes.take(vote, at, Moment::from_micros(0), &all);
        }
        self
    }

    fn next(&self) -> Step {
        let hash = [u8::try_from(self.sequence % 256).unwrap(); 32];
        let head = Head { sequence: self.sequence, hash };
        let mine = Mine {
            head,
            stream: self.stream.as_ref(),
            cursor: self.cursor,
            beyond_hole: self.beyond_hole,
            has_voted: self.votes.said_by("b").is_some(),
        };
        next(&mine, self.state.as_ref(), &self.votes, &self.peers, Instant::now())
    }
}

fn catch_up(peer: &str) -> Step {
    Step::CatchUp { peer: peer.to_owned() }
}

#[tokio::test]
async fn on_a_stream_that_it_knows_it_goes_on_alone() {
    assert_eq!(case().next(), Step::Follow { from: 41 });
    assert_eq!(Case { state: None, ..case() }.next(), Step::Wait(Wait::NoStream));
}

#[tokio::test]
async fn what_was_trimmed_comes_from_a_peer() {
    let mut trimmed = case();
    trimmed.state = Some(StreamState { identity: "s".to_owned(), first: 60, last: 70 });
    assert_eq!(trimmed.next(), Step::Wait(Wait::Trimmed { first: 60 }));
    let behind = trimmed.hears(follows(word("a", 120), "s", 58));
    assert_eq!(behind.next(), Step::Wait(Wait::Trimmed { first: 60 }), "it lacks message 59 too");
    assert_eq!(behind.hears(follows(word("a", 120), "s", 59)).next(), catch_up("a"));
}

#[tokio::test]
async fn what_was_trimmed_and_made_no_fact_is_passed_over() {
    let mut trimmed = case().hears(follows(word("a", 100), "s", 65));
    trimmed.state = Some(StreamState { identity: "s".to_owned(), first: 60, last: 70 });
    assert_eq!(trimmed.next(), Step::Follow { from: 60 });
}

#[tokio::test]
async fn a_new_stream_waits_for_a_majority() {
    let alone = case().renewed();
    assert_eq!(alone.next(), Step::Wait(Wait::Majority { heard: 1, wanted: 2 }));
    let level = alone.hears(word("a", 100));
    assert_eq!(level.next(), Step::Vote);
    assert_eq!(level.voted(&["b"], 100).next(), Step::Wait(Wait::Level { sequence: 100 }), "said already");
}

#[tokio::test]
async fn the_longest_chain_is_levelled_to() {
    let longer = case().renewed().hears(word("a", 100)).hears(word("c", 105));
    assert_eq!(longer.next(), catch_up("c"));
    let shorter = case().renewed().hears(word("a", 90)).hears(word("c", 90));
    assert_eq!(shorter.next(), Step::Wait(Wait::Level { sequence: 100 }), "they have to come here");
}

#[tokio::test]
async fn a_stream_that_is_shorter_than_what_anybody_has_read_of_it_is_a_new_one() {
    let mut shorter = case();
    shorter.cursor = 41;
    assert_eq!(shorter.next(), Step::Wait(Wait::Majority { heard: 1, wanted: 2 }));
    let known_from_a_peer = case().hears(follows(word("a", 100), "s", 41));
    assert_eq!(known_from_a_peer.next(), Step::Vote);
}

#[tokio::test]
async fn an_opened_stream_is_adopted_where_it_was_opened() {
    let Step::Adopt(opening) = case().renewed().voted(&["a", "c"], 100).next() else { panic!("not adopted") };
    assert_eq!(opening.sequence, 100);
    let behind = case().renewed().voted(&["a", "c"], 105);
    assert_eq!(behind.next(), Step::Wait(Wait::Behind { sequence: 105 }));
    assert_eq!(behind.hears(word("c", 105)).next(), catch_up("c"));
}

#[tokio::test]
async fn facts_that_the_majority_went_on_without_are_a_disagreement() {
    assert!(matches!(case().renewed().voted(&["a", "c"], 99).next(), Step::Disagree(_)));
    let others_follow = case().renewed().hears(follows(word("a", 100), "t", 5));
    assert!(matches!(others_follow.next(), Step::Disagree(_)));
    let further = case().renewed().hears(follows(word("a", 107), "t", 5));
    assert_eq!(further.next(), catch_up("a"), "the chain shows whether it is the same");
}

#[tokio::test]
async fn an_empty_journal_begins_with_the_others() {
    let empty = Case { sequence: 0, stream: None, cursor: 0, ..case().renewed() };
    let empty = empty.hears(word("a", 0));
    assert_eq!(empty.next(), Step::Wait(Wait::Everybody { heard: 2, all: 3 }), "c may have a log");
    let empty = empty.hears(word("c", 0));
    assert_eq!(empty.next(), Step::Vote);
    assert!(matches!(empty.voted(&["a", "b"], 0).next(), Step::Adopt(_)));
}

#[tokio::test]
async fn a_stream_that_was_trimmed_since_it_was_opened_is_entered_by_a_peers_journal() {
    let mut late = case().renewed().voted(&["a", "c"], 100);
    late.state = Some(StreamState { identity: "t".to_owned(), first: 3, last: 90 });
    assert_eq!(late.next(), Step::Wait(Wait::Trimmed { first: 3 }), "what is gone may have made facts");
    assert_eq!(late.hears(follows(word("a", 130), "t", 88)).next(), catch_up("a"));
}

#[tokio::test]
async fn what_grew_too_old_for_the_stream_is_passed_over_by_a_majority_that_stands_alike() {
    let mut old = case();
    old.state = Some(StreamState { identity: "s".to_owned(), first: 60, last: 70 });
    assert_eq!(old.next(), Step::Wait(Wait::Trimmed { first: 60 }));
    assert_eq!(old.hears(follows(word("a", 100), "s", 40)).next(), Step::Follow { from: 60 });
}

#[tokio::test]
async fn one_recorder_is_its_own_majority() {
    let mut only = case().renewed();
    only.peers = Peers::new("b", &[]);
    assert_eq!(only.next(), Step::Vote);
}

#[tokio::test]
async fn what_is_missing_in_the_middle_comes_from_a_peer_and_is_never_passed_over_alone() {
    let hole = Case { cursor: 20, beyond_hole: Some(25), ..case() };
    assert_eq!(hole.next(), Step::Wait(Wait::Hole { beyond: 25 }));
    let alike = Case { cursor: 20, beyond_hole: Some(25), ..case() };
    let alike = alike.hears(follows(word("a", 100), "s", 20)).hears(follows(word("c", 100), "s", 20));
    assert_eq!(
        alike.next(),
        Step::Wait(Wait::Hole { beyond: 25 }),
        "they may still read what is missing here"
    );
    let passed = Case { cursor: 20, beyond_hole: Some(25), ..case() }.hears(follows(word("a", 103), "s", 24));
    assert_eq!(passed.next(), catch_up("a"));
    let of_no_fact =
        Case { cursor: 20, beyond_hole: Some(25), ..case() }.hears(follows(word("a", 100), "s", 24));
    assert_eq!(of_no_fact.next(), Step::Follow { from: 25 });
    let behind_it = Case { cursor: 30, beyond_hole: Some(25), ..case() };
    assert_eq!(behind_it.next(), Step::Follow { from: 31 });
}

#[tokio::test]
async fn who_has_voted_takes_it_back_before_moving_on() {
    let ahead = case().renewed().voted(&["b"], 100).hears(word("a", 105));
    assert_eq!(ahead.next(), Step::TakeBack);
    assert_eq!(case().renewed().hears(word("a", 105)).next(), catch_up("a"));
}
