//! What a command can fail with, and the exit code of each.

use std::path::PathBuf;

/// An error of the command line. Its chain is printed once, at the top.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Asked for something that cannot be.
    #[error("{0}")]
    Usage(String),
    /// The configuration is wrong.
    #[error(transparent)]
    Runtime(#[from] runtime::Error),
    /// A file cannot be read.
    #[error("{} can't be read ({source}): name a file that is there and that you may read", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The area file is wrong.
    #[error("{path}: {source}")]
    Area {
        /// Which.
        path: PathBuf,
        /// Why.
        source: proto::area::Error,
    },
    /// A feed file is wrong, or a poller could not be made.
    #[error(transparent)]
    Source(#[from] sources::Error),
    /// The journal failed.
    #[error(transparent)]
    Journal(#[from] journal::Error),
    /// The recorder stopped.
    #[error(transparent)]
    Recorder(#[from] recorder::Error),
    /// The projector stopped.
    #[error(transparent)]
    Projector(#[from] projector::Error),
    /// The gateway stopped.
    #[error(transparent)]
    Gateway(#[from] gateway::Error),
    /// The NATS server is not there or not as it must be.
    #[error(transparent)]
    Nats(#[from] bus::nats::Error),
    /// A stored fact cannot be read.
    #[error(transparent)]
    Fact(#[from] proto::fact::Error),
    /// A system call failed.
    #[error("{doing} failed: {source}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// A system call on a file or directory failed.
    #[error("{doing} {} failed: {source}", path.display())]
    Path {
        /// What was being done.
        doing: &'static str,
        /// To which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It could not be done now.
    #[error("{0}")]
    Failed(String),
    /// The server did not do as asked.
    #[error("{0}")]
    Server(String),
    /// The thing that was checked is bad.
    #[error("{0}")]
    Bad(String),
    /// A task did not come back.
    #[error("a task was cut off: {0}")]
    CutOff(#[from] tokio::task::JoinError),
}

impl Error {
    /// Adds to the sentence that says what is bad: where, or what to do. Other errors stay as they are.
    #[must_use]
    pub fn where_bad(self, say: impl FnOnce(String) -> String) -> Self {
        if let Self::Bad(why) = self { Self::Bad(say(why)) } else { self }
    }

    /// The exit code that a shell script sees.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::Area { .. } | Self::Source(_) | Self::File { .. } => runtime::exit::USAGE,
            Self::Recorder(recorder::Error::OtherArea { .. } | recorder::Error::OtherWorld { .. }) => {
                runtime::exit::USAGE
            }
            Self::Runtime(error) if error.is_configuration() => runtime::exit::USAGE,
            Self::Nats(bus::nats::Error::Address { .. } | bus::nats::Error::File { .. }) => {
                runtime::exit::USAGE
            }
            Self::Bad(_) => runtime::exit::BAD,
            Self::Runtime(_)
            | Self::Journal(_)
            | Self::Recorder(_)
            | Self::Projector(_)
            | Self::Gateway(_)
            | Self::Nats(_)
            | Self::Fact(_)
            | Self::Io { .. }
            | Self::Path { .. }
            | Self::Failed(_)
            | Self::Server(_)
            | Self::CutOff(_) => runtime::exit::FAILED,
        }
    }
}
