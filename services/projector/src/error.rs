//! Why the projector stops, or cannot answer.

/// The projector's errors.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The bus ended, or the recorder does not answer.
    #[error("the journal cannot be read over the bus: {0}")]
    Bus(#[from] bus::Error),
    /// A block is wrong.
    #[error(
        "a page of the journal after fact {after} cannot be read: {source}; run `tilanne journal verify`"
    )]
    Block {
        /// The last fact read.
        after: u64,
        /// What is wrong.
        source: proto::block::Error,
    },
    /// A fact is wrong.
    #[error(transparent)]
    Fact(#[from] proto::fact::Error),
    /// The journal skipped.
    #[error("the journal answered with fact {got} where {wanted} was asked for")]
    Gap {
        /// The fact asked for.
        wanted: u64,
        /// The fact that came.
        got: u64,
    },
    /// A page is not of the journal that the facts before it are of.
    #[error(
        "facts {from} to {to} do not continue the chain of those before them; run `tilanne journal verify` there"
    )]
    Chain {
        /// The first fact of it.
        from: u64,
        /// The last one.
        to: u64,
    },
    /// What is drawn is nobody's journal any more.
    #[error(
        "every recorder that is heard holds other facts than the ones drawn; if theirs are right, as after a \
         restored journal, restart this projector, so that it draws them"
    )]
    AllDiffer,
    /// The disk does not answer for what was kept.
    #[error("a past situation cannot be read now: {0}")]
    Kept(String),
    /// A blocking task did not come back.
    #[error("the projector's work was cut off: {0}")]
    CutOff(#[from] tokio::task::JoinError),
    /// A metric's name was taken.
    #[error(transparent)]
    Runtime(#[from] runtime::Error),
}

impl Error {
    /// Whether asking again may help: the recorder was away or busy, or another may come.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Bus(
                bus::Error::NoResponder
                | bus::Error::NoStream
                | bus::Error::NoLeader
                | bus::Error::Unconnected
                | bus::Error::Full
                | bus::Error::Deadline
                | bus::Error::Dropped,
            )
            | Self::AllDiffer => true,
            Self::Bus(bus::Error::Closed | bus::Error::TooLarge { .. })
            | Self::Block { .. }
            | Self::Fact(_)
            | Self::Gap { .. }
            | Self::Chain { .. }
            | Self::Kept(_)
            | Self::CutOff(_)
            | Self::Runtime(_) => false,
        }
    }

    /// Whether a page is to blame that is not, or not wholly, of the journal that is drawn: another recorder's may
    /// be.
    pub(crate) const fn is_misfit(&self) -> bool {
        matches!(self, Self::Block { .. } | Self::Gap { .. } | Self::Chain { .. })
    }
}
