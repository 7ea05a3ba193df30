//! Why a measurement could not be made.

use std::fmt::Display;
use std::path::{Path, PathBuf};

/// One error for the whole bench.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or directory of the bench.
    #[error("{}: {source}; is there room on the disk, and may this directory be written?", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The journal under test.
    #[error(transparent)]
    Journal(#[from] journal::Error),
    /// A block that cannot be encoded or decoded.
    #[error(transparent)]
    Block(#[from] proto::block::Error),
    /// A fact that cannot be encoded or decoded.
    #[error(transparent)]
    Fact(#[from] proto::fact::Error),
    /// A feed's description.
    #[error(transparent)]
    Feed(#[from] sources::Error),
    /// A peer.
    #[error("{name}: {why}")]
    Peer {
        /// Whose.
        name: &'static str,
        /// What it says.
        why: String,
    },
    /// What was read is not what was written, or a child did not do its part.
    #[error("{0}")]
    Wrong(String),
}

impl Error {
    /// For `map_err`: a system call on a path.
    pub fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }

    /// For `map_err`: what a peer says.
    pub fn peer<E: Display>(name: &'static str) -> impl Fn(E) -> Self {
        move |why| Self::Peer { name, why: why.to_string() }
    }
}
