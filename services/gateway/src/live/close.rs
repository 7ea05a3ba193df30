//! Why a connection is closed, and how that is said.

/// Why the gateway closes a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Close {
    /// The gateway stops: come back soon.
    Restart,
    /// Only text frames are spoken here.
    Binary,
    /// A message was over the limit.
    TooLarge,
    /// The client did not take what it was sent.
    Slow,
    /// Nothing was heard of the client, not even a pong.
    Silent,
    /// The client sent more messages than a minute allows.
    Chatty,
}

impl Close {
    /// The close code: those of RFC 6455, and our own from 4000.
    pub(crate) const fn code(self) -> u16 {
        match self {
            Self::Restart => 1012,
            Self::Binary => 1003,
            Self::TooLarge => 1009,
            Self::Slow => 4008,
            Self::Silent => 4009,
            Self::Chatty => 4013,
        }
    }

    /// What the client is told.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::Restart => "the gateway restarts",
            Self::Binary => "send text frames",
            Self::TooLarge => "send a shorter message",
            Self::Slow => "frames were not taken in time",
            Self::Silent => "no pong",
            Self::Chatty => "too many messages a minute",
        }
    }
}
