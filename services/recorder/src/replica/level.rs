//! What a recorder does next to stand where the others stand: a pure function of what it knows.

use bus::nats::intake::StreamState;
use journal::Head;
use proto::fact::hex;
use proto::live::Recorded;
use situation::decide::Stream;
use tokio::time::Instant;

use super::peers::Peers;
use super::votes::{Opening, Votes};

/// Where this recorder stands.
pub(crate) struct Mine<'a> {
    pub head: Head,
    /// The stream that its journal goes on from.
    pub stream: Option<&'a Stream>,
    /// The last message of it that has been decided.
    pub cursor: u64,
    /// The message with which the stream goes on after a hole in its middle, if one was met.
    pub beyond_hole: Option<u64>,
    /// Whether a vote of this recorder may still be counted that has led to nothing yet.
    pub has_voted: bool,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Take what comes in, from this message on.
    Follow { from: u64 },
    /// Record that the intake comes from the stream, and take it from its first message on.
    Adopt(Opening),
    /// Copy from another's journal what is missing.
    CatchUp { peer: String },
    /// Say that this one would go on from here.
    Vote,
    /// Say that it would not any more: who moves on while its vote stands may find the stream opened behind it.
    TakeBack,
    /// Nothing can be done yet.
    Wait(Wait),
    /// This journal holds other facts than the others'.
    Disagree(String),
}

/// What is waited for. Each is a sentence for whoever asks whether the process is ready.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Wait {
    #[error("there is no intake stream: make it with `tilanne nats init`")]
    NoStream,
    #[error(
        "the stream is new or has lost its end, and {heard} of the {wanted} recorders that must agree are heard: start the others"
    )]
    Majority { heard: usize, wanted: usize },
    #[error(
        "a log begins once all recorders are heard, for one of them may have one already: {heard} of {all} are; start \
         the others"
    )]
    Everybody { heard: usize, all: usize },
    #[error(
        "the stream is new or has lost its end: waiting until a majority of the recorders stands at fact {sequence}"
    )]
    Level { sequence: u64 },
    #[error("the stream begins at message {first}, after what is missing here: start a recorder that has it")]
    Trimmed { first: u64 },
    #[error(
        "the stream has lost messages before {beyond} from its middle: start a recorder that has them; if none has, \
         delete the stream and make it again with `tilanne nats init`: sources send again what has no receipt"
    )]
    Hole { beyond: u64 },
    #[error("the stream was opened at fact {sequence}: start a recorder that has it")]
    Behind { sequence: u64 },
}

/// The next step. `state` must have been asked for after the words of `peers` were heard.
pub(crate) fn next(
    mine: &Mine<'_>,
    state: Option<&StreamState>,
    votes: &Votes,
    peers: &Peers,
    now: Instant,
) -> Step {
    let Some(state) = state else { return Step::Wait(Wait::NoStream) };
    let identity = state.identity.as_str();
    let since = mine.stream.filter(|stream| *stream.identity == *identity).map(|stream| stream.since);
    let of_it = |word: &&Recorded| word.stream.as_ref().is_some_and(|stream| stream.identity == identity);
    let follows = |word: &&Recorded| word.lends && word.stream.as_ref().is_some_and(|stream| stream.follows);
    if since.is_none()
        && let Some(ahead) = furthest(peers.alive(now).filter(of_it).filter(follows))
    {
        // Who follows it has recorded so, at a fact that this journal does not have. What they read of it before may be
        // trimmed, the votes among it: their journals tell more than the stream does.
        return if ahead.sequence > mine.head.sequence {
            Step::CatchUp { peer: ahead.recorder.clone() }
        } else {
            Step::Disagree(format!("recorder {} goes on from the stream without them", ahead.recorder))
        };
    }
    if let Some(opening) = votes.opening(since) {
        return toward(mine, opening, state, peers, now);
    }
    if since.is_some() {
        let decided = peers.alive(now).filter(of_it).filter_map(|word| Some(word.stream.as_ref()?.cursor));
        // One that goes on at a message which has been another one before would decide otherwise than the others.
        if decided.fold(mine.cursor, u64::max) <= state.last {
            return follow(mine, state, peers, now);
        }
    }
    level(mine, votes, peers, now)
}

/// Goes on where it stands, if the stream still has what comes next.
fn follow(mine: &Mine<'_>, state: &StreamState, peers: &Peers, now: Instant) -> Step {
    let wanted = mine.cursor + 1;
    let is_trimmed = state.first > wanted;
    let beyond =
        if is_trimmed { Some(state.first) } else { mine.beyond_hole.filter(|beyond| *beyond > wanted) };
    let Some(beyond) = beyond else { return Step::Follow { from: wanted } };
    let has_it = |word: &&Recorded| {
        let stands = word.stream.as_ref();
        word.lends && stands.is_some_and(|it| it.identity == state.identity && it.cursor + 1 >= beyond)
    };
    match furthest(peers.alive(now).filter(has_it)) {
        Some(peer) if peer.sequence > mine.head.sequence => Step::CatchUp { peer: peer.recorder.clone() },
        // Nothing that is missing made a fact: there is nothing to catch up on.
        Some(_) => Step::Follow { from: beyond },
        // Somebody may still read what is missing here, and record it.
        None if !is_trimmed => Step::Wait(Wait::Hole { beyond }),
        // Nor did what is too old to be kept, if a majority stands here.
        None if alike(mine, peers, now) >= peers.majority() => Step::Follow { from: state.first },
        None => Step::Wait(Wait::Trimmed { first: state.first }),
    }
}

/// The stream is open, from a fact that this journal stands at, or has to reach.
fn toward(mine: &Mine<'_>, opening: &Opening, state: &StreamState, peers: &Peers, now: Instant) -> Step {
    let Opening { from, sequence, head, .. } = opening;
    if mine.head.sequence < *sequence {
        let has_it = |word: &&Recorded| word.lends && word.sequence >= *sequence;
        return match furthest(peers.alive(now).filter(has_it)) {
            Some(peer) => Step::CatchUp { peer: peer.recorder.clone() },
            None => Step::Wait(Wait::Behind { sequence: *sequence }),
        };
    }
    if mine.head.sequence == *sequence && hex(&mine.head.hash) == *head {
        // Who adopts it reads it from where those read it who opened it.
        return if state.first <= *from {
            Step::Adopt(opening.clone())
        } else {
            Step::Wait(Wait::Trimmed { first: state.first })
        };
    }
    Step::Disagree(format!("a majority of the recorders went on from fact {sequence} of another chain"))
}

/// Nobody goes on from the stream yet: a majority has to stand where the longest of them stands.
fn level(mine: &Mine<'_>, votes: &Votes, peers: &Peers, now: Instant) -> Step {
    let heard = peers.alive(now).count() + 1;
    if heard < peers.majority() {
        return Step::Wait(Wait::Majority { heard, wanted: peers.majority() });
    }
    let head = hex(&mine.head.hash);
    let sequence = mine.head.sequence;
    if let Some(ahead) = furthest(peers.alive(now).filter(|word| word.lends && word.sequence > sequence)) {
        let peer = ahead.recorder.clone();
        return if mine.has_voted { Step::TakeBack } else { Step::CatchUp { peer } };
    }
    if sequence == 0 && heard < peers.all().len() {
        // The one that is missing may be the one that has a log.
        return Step::Wait(Wait::Everybody { heard, all: peers.all().len() });
    }
    if alike(mine, peers, now) < peers.majority() {
        return Step::Wait(Wait::Level { sequence });
    }
    let said = votes.said_by(peers.me()).is_some_and(|vote| (vote.sequence, &vote.head) == (sequence, &head));
    if said { Step::Wait(Wait::Level { sequence }) } else { Step::Vote }
}

/// How many stand where this one stands, itself among them.
fn alike(mine: &Mine<'_>, peers: &Peers, now: Instant) -> usize {
    let head = hex(&mine.head.hash);
    peers.alive(now).filter(|word| word.sequence == mine.head.sequence && word.head == head).count() + 1
}

fn furthest<'a>(words: impl Iterator<Item = &'a Recorded>) -> Option<&'a Recorded> {
    words.max_by_key(|word| word.sequence)
}

#[cfg(test)]
#[path = "level_tests.rs"]
mod tests;
