//! What recorders say to each other through the order of the intake's stream, and how a source asks for a receipt.
//!
//! Only the order of the intake decides what is recorded. So what a recorder would do by itself in a process of its
//! own (to begin a log, to describe the area, to say that a moment has come) it puts into the stream, and does when it
//! reads it there: then all of them do it, at the same place.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::time::Moment;

/// Where a source wants its receipt: a header of the event. JetStream keeps headers and drops the reply subject.
pub const RECEIPT_TO: &str = "Tilanne-Receipt-To";

/// Whether a source takes the receipts of several of its events in one message: a header of the event. They come under
/// the same name with [`TOGETHER`] in the place of its last token, one a line, each after its own last token.
pub const RECEIPTS_TOGETHER: &str = "Tilanne-Receipts-Together";

/// The last token of the name under which receipts come together.
pub const TOGETHER: &str = "together";

/// Which recorder a receipt comes from: a header of the receipt.
pub const RECORDER: &str = "Tilanne-Recorder";

/// One thing that recorders put into the stream under `Subject::intake_own`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Own {
    /// The area is to be described like this.
    Area {
        /// Canonical JSON of the area file.
        document: String,
    },
    /// A moment has come at which a board changes by itself.
    Clock {
        /// Which.
        due: Moment,
    },
}

/// What a recorder says, under `Subject::intake_opening`, of a stream that its journal does not go on from yet: that it
/// would go on from here. Once a majority of the recorders has said the same, the stream is open: that place in the
/// stream decides it for all of them. Whoever says it again takes back what it said before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Vote {
    /// Which recorder says so.
    pub by: String,
    /// The stream: its name and when it was made.
    pub identity: String,
    /// The stream's first message, from which it would be read.
    pub from: u64,
    /// The last fact of its journal.
    pub sequence: u64,
    /// The chain's head there, in hex. Empty: this recorder would not go on from anywhere at the moment.
    pub head: String,
    /// The epoch of the log that would begin, where there is none yet. That of the first who said so counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<String>,
    /// Whether the simulator would feed it.
    #[serde(default)]
    pub simulated: bool,
    /// All of the area's recorders, sorted, as this one knows them. Who counts others counts otherwise, so the votes of
    /// those who do not agree on it are worth nothing to each other.
    pub of: Vec<String>,
}

impl Vote {
    /// Whether it only takes back what its recorder said before.
    #[must_use]
    pub const fn takes_back(&self) -> bool {
        self.head.is_empty()
    }
}
