//! What can go wrong before any feed is read: a description that cannot be used.

use thiserror::Error;

/// Why a source cannot be set up. A body that is not the feed is a [`crate::tabular::Refusal`] instead:
/// that is an everyday answer about the publisher, not a fault of this process.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The feed's description is not TOML, or a value has the wrong type.
    #[error("{origin}: {detail}; mend the feed file")]
    FeedSyntax {
        /// The file, as named by the caller.
        origin: String,
        /// The parser's own words, with line and column.
        detail: String,
    },
    /// The feed's description has a key that nothing reads.
    #[error("{origin}: unknown key `{key}`; the nearest known one is `{nearest}`")]
    FeedKey {
        /// The file, as named by the caller.
        origin: String,
        /// The full path of the key, such as `time.tme_zone`.
        key: String,
        /// The nearest key that is read at that place.
        nearest: String,
    },
    /// The description is well formed but contradicts itself or asks for what does not exist.
    #[error("{origin}: {detail}")]
    FeedRule {
        /// The file, as named by the caller.
        origin: String,
        /// What is wrong and what to write instead.
        detail: String,
    },
    /// The HTTP client of a poller could not be made.
    #[error("the poller of {feed} cannot make an HTTP client: {detail}; check the machine's certificates")]
    Client {
        /// The feed, such as `/feeds/quebec`.
        feed: String,
        /// The client's own words.
        detail: String,
    },
}
