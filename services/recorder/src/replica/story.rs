//! Words of recorders, for tests.

use proto::live::{Recorded, StreamStand};

/// A word of a recorder whose journal stands at a fact, and that lends it.
pub(crate) fn word(recorder: &str, sequence: u64) -> Recorded {
    Recorded {
        recorder: recorder.to_owned(),
        process: String::new(),
        epoch: "e".to_owned(),
        sequence,
        head: proto::fact::hex(&[u8::try_from(sequence % 256).unwrap(); 32]),
        lends: true,
        stream: None,
        degraded: None,
    }
}

/// The same of one that goes on from a stream.
pub(crate) fn follows(word: Recorded, identity: &str, cursor: u64) -> Recorded {
    let stream = StreamStand { identity: identity.to_owned(), cursor, kept: cursor, follows: true };
    Recorded { stream: Some(stream), ..word }
}
