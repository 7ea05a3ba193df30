//! What can keep a process from starting or from serving.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Why something shared by all processes failed, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration file cannot be read.
    #[error("the configuration file {} cannot be read ({cause}); check its path and its rights", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A layer of the configuration is not TOML.
    #[error("{place} is not valid TOML; mend this: {cause}")]
    Syntax {
        /// Which layer.
        place: String,
        /// Line and reason.
        cause: String,
    },
    /// A key that nothing knows.
    #[error("unknown key `{key}` in {place}; the nearest known key is `{nearest}`")]
    UnknownKey {
        /// The key as far as it was written.
        key: String,
        /// Which layer.
        place: String,
        /// What was probably meant.
        nearest: String,
    },
    /// An environment variable of ours that cannot name a key.
    #[error(
        "the environment variable {name} names no key; write TILANNE_SECTION__KEY with two underscores between"
    )]
    Variable {
        /// Its name.
        name: String,
    },
    /// A known key with an unusable value.
    #[error("the value of `{key}` in {place} cannot be used: {cause}")]
    Value {
        /// The key.
        key: String,
        /// Which layer.
        place: String,
        /// Why not.
        cause: String,
    },
    /// An address cannot be listened on.
    #[error("cannot listen on {address} ({cause}); is another instance running?")]
    Bind {
        /// Which address.
        address: SocketAddr,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A public listener was asked to leave the machine before anyone can sign in.
    #[error(
        "refusing to listen on {address}: until sign-in exists only this machine may connect; \
         use a loopback address such as 127.0.0.1"
    )]
    NotLoopback {
        /// Which address.
        address: SocketAddr,
    },
    /// A metric breaks the rules for names, or is made twice.
    #[error("the metric {name} cannot be made: {cause}")]
    Metric {
        /// Its full name.
        name: String,
        /// Which rule.
        cause: String,
    },
    /// The metrics cannot be written out.
    #[error("the metrics cannot be written out: {0}")]
    Gather(#[source] prometheus::Error),
    /// The log filter does not parse, or logging was started twice.
    #[error("logging cannot start: {cause}")]
    Telemetry {
        /// Why not.
        cause: String,
    },
    /// The operating system does not let us listen for signals.
    #[error("cannot listen for signals ({0}); without them the process could not stop in order")]
    Signals(#[source] std::io::Error),
    /// A demo clock that would stand still, run backwards or have no rate at all.
    #[error("a clock cannot run at speed {speed}; give a number above 0 and at most {most}", most = crate::clock::MAX_SPEED)]
    Speed {
        /// The refused speed.
        speed: f64,
    },
}

impl Error {
    /// Whether it is a matter of how the process is set, which starting it again will not mend.
    #[must_use]
    pub const fn is_configuration(&self) -> bool {
        match self {
            Self::File { .. }
            | Self::Syntax { .. }
            | Self::UnknownKey { .. }
            | Self::Variable { .. }
            | Self::Value { .. }
            | Self::NotLoopback { .. }
            | Self::Telemetry { .. }
            | Self::Speed { .. } => true,
            Self::Bind { .. } | Self::Metric { .. } | Self::Gather(_) | Self::Signals(_) => false,
        }
    }
}
