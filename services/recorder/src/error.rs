//! Why the recorder stops.

/// Every one of these ends the process: after it, what is in memory may not be what is on the disk.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The journal failed.
    #[error(transparent)]
    Journal(#[from] journal::Error),
    /// The journal can only be read, and the process can't begin without recording something.
    #[error(
        "{0}; the area's description is new or has changed and must be recorded before anything else: \
         mend that (make room on the journal's disk), then start again"
    )]
    NoRoomToBegin(journal::ReadOnly),
    /// The journal left facts out.
    #[error("the journal gave fact {got} after fact {after}; run `tilanne journal verify`, then start again")]
    Gap {
        /// The last fact folded.
        after: u64,
        /// The one that came next.
        got: u64,
    },
    /// A stored fact is wrong.
    #[error(transparent)]
    Fact(#[from] proto::fact::Error),
    /// The bus ended.
    #[error("the bus failed: {0}")]
    Bus(#[from] bus::Error),
    /// The stream could not be reached.
    #[error(transparent)]
    Stream(#[from] bus::nats::Error),
    /// The journal is another area's.
    #[error(
        "this journal belongs to the area {recorded:?}, not to {configured:?}: use another data directory"
    )]
    OtherArea {
        /// Whose it is.
        recorded: String,
        /// Whose it should be.
        configured: String,
    },
    /// Simulated facts and real ones must not meet.
    #[error("this journal is {}: use another data directory {}", if *.simulated { "simulated" } else { "real" },
        if *.simulated { "without --demo" } else { "with --demo" })]
    OtherWorld {
        /// Whether the journal's facts are simulated.
        simulated: bool,
    },
    /// No random number for a new epoch.
    #[error("no randomness for a new log's epoch: {0}")]
    Randomness(String),
    /// A blocking task did not come back.
    #[error("the recorder's work was cut off: {0}")]
    CutOff(#[from] tokio::task::JoinError),
    /// Metrics could not be registered.
    #[error(transparent)]
    Runtime(#[from] runtime::Error),
}
