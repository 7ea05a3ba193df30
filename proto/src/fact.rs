//! Facts on disk and as JSON lines.
//!
//! On disk a fact is one version byte and a bincode document. These bytes are what the chain of hashes
//! runs over, so they never change for a fact that was written: a new version reads the old ones.
//! Versions 2 to 4 are laid out as version 1 and can say more; a fact has the first version that can say it.

mod end;
mod line;
mod restored;

use std::sync::Arc;

use bincode::{Decode, Encode};
use situation::fact::{Body, Fact};
use situation::time::Instant;

use crate::area;
pub use crate::codec::MAX_FACT_BYTES;
use crate::codec::codec;
use crate::event::{self, StoredEvent};
use crate::time::Moment;

pub use end::End;
pub use line::LineError;
pub use restored::{LogRestored, Lost, Origin};

/// The newest version that this program reads.
const NEWEST: u8 = 4;

const LOG_BEGUN: &str = "fi.tilanne.log.begun.v1";
const AREA_CONFIGURED: &str = "fi.tilanne.area.configured.v1";
const CLOCK_REACHED: &str = "fi.tilanne.clock.reached.v1";
const LOG_RESTORED: &str = "fi.tilanne.log.restored.v1";
const STREAM_CHANGED: &str = "fi.tilanne.stream.changed.v1";

/// A fact as it is stored, in this order of fields for ever.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct StoredFact {
    /// Its place.
    pub sequence: u64,
    /// When it was received.
    pub received: Moment,
    /// What it says.
    pub body: StoredBody,
}

/// What a stored fact says, in this order of variants for ever.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum StoredBody {
    /// A log began.
    LogBegun {
        /// Its epoch.
        epoch: String,
        /// Whether the simulator feeds it.
        simulated: bool,
    },
    /// The area is described like this.
    AreaConfigured {
        /// Canonical JSON of the area file.
        document: String,
    },
    /// A moment was reached.
    ClockReached {
        /// Which.
        due: Moment,
    },
    /// Somebody said something.
    Event(StoredEvent),
    /// The log goes on from a copy of itself, under a new epoch.
    LogRestored(LogRestored),
    /// The intake comes from another stream from here on.
    StreamChanged {
        /// Which: its name and when it was made.
        identity: String,
    },
}

impl StoredBody {
    /// The first version that can say it.
    const fn version(&self) -> u8 {
        match self {
            Self::LogBegun { .. }
            | Self::AreaConfigured { .. }
            | Self::ClockReached { .. }
            | Self::LogRestored(_)
            | Self::StreamChanged { .. } => 1,
            Self::Event(event) => event.data.version(),
        }
    }

    /// The full name of its type, such as `fi.tilanne.queue.joined.v1`.
    #[must_use]
    pub fn kind(&self) -> String {
        let own = match self {
            Self::LogBegun { .. } => LOG_BEGUN,
            Self::AreaConfigured { .. } => AREA_CONFIGURED,
            Self::ClockReached { .. } => CLOCK_REACHED,
            Self::LogRestored(_) => LOG_RESTORED,
            Self::StreamChanged { .. } => STREAM_CHANGED,
            Self::Event(event) => return event::kind_of(&event.data),
        };
        own.to_owned()
    }
}

/// What is wrong with stored bytes. Their CRC and chain have been checked before, so this means a
/// newer program wrote them, or a programming error.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not a version that this program reads.
    #[error(
        "fact version {0} is not known to this program: use the version that wrote the store, or a newer one"
    )]
    Version(u8),
    /// The bytes are not a fact.
    #[error("the stored fact cannot be read: {0}")]
    Bytes(String),
    /// What it says cannot be understood.
    #[error("the stored fact {sequence} cannot be understood: {reason}")]
    Meaning {
        /// Which.
        sequence: u64,
        /// Why.
        reason: String,
    },
    /// It cannot be written.
    #[error("the fact cannot be stored: {0}")]
    Encode(String),
}

impl StoredFact {
    /// The canonical bytes.
    ///
    /// # Errors
    /// [`Error::Encode`] if it is too long.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let mut bytes = vec![self.body.version()];
        bincode::encode_into_std_write(self, &mut bytes, codec())
            .map_err(|error| Error::Encode(error.to_string()))?;
        if bytes.len() > MAX_FACT_BYTES {
            return Err(Error::Encode(format!("it is longer than {MAX_FACT_BYTES} bytes")));
        }
        Ok(bytes)
    }

    /// Reads canonical bytes.
    ///
    /// # Errors
    /// [`Error::Version`] and [`Error::Bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let (version, rest) = bytes.split_first().ok_or_else(|| Error::Bytes("there are none".to_owned()))?;
        if !(1..=NEWEST).contains(version) {
            return Err(Error::Version(*version));
        }
        let (fact, read): (Self, usize) =
            bincode::decode_from_slice(rest, codec()).map_err(|error| Error::Bytes(error.to_string()))?;
        if read != rest.len() {
            return Err(Error::Bytes(format!("{} bytes follow it", rest.len() - read)));
        }
        if fact.body.version() != *version {
            // One fact has one form, or two journals of the same facts would have two chains.
            return Err(Error::Bytes(format!("what it says is not said in version {version}")));
        }
        Ok(fact)
    }

    /// The fact as the rules see it.
    ///
    /// # Errors
    /// [`Error::Meaning`] if it says what no program recorded.
    pub fn into_fact(self) -> Result<Fact, Error> {
        let sequence = self.sequence;
        let meaning = |reason: String| Error::Meaning { sequence, reason };
        let body = match self.body {
            StoredBody::LogBegun { epoch, simulated } => Body::LogBegun { epoch: epoch.into(), simulated },
            StoredBody::AreaConfigured { document } => Body::AreaConfigured {
                area: Arc::new(area::from_document(&document).map_err(|error| meaning(error.to_string()))?),
                document: document.into(),
            },
            StoredBody::ClockReached { due } => Body::ClockReached { due: due.into() },
            StoredBody::Event(event) => Body::Event(Box::new(event.into_event().map_err(meaning)?)),
            StoredBody::LogRestored(restored) => restored.into_body(),
            StoredBody::StreamChanged { identity } => Body::StreamChanged { identity: identity.into() },
        };
        Ok(Fact { sequence, received: Instant::from(self.received), body })
    }
}

/// A hash in lower-case hex, as heads are written.
#[must_use]
pub fn hex(hash: &[u8; 32]) -> String {
    blake3::Hash::from_bytes(*hash).to_hex().to_string()
}

/// Reads a hash in hex. `None` unless it is 64 hex digits.
#[must_use]
pub fn unhex(text: &str) -> Option<[u8; 32]> {
    blake3::Hash::from_hex(text).ok().map(Into::into)
}
