//! What travels between projector, recorder and gateway about boards: JSON, because the parts that
//! matter (boards and patches) go to clients as they are.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// One change of one view: published under `Subject::board`. Its members are those of the
/// contract's `delta` frame, plus `epoch` and the `hash` that the board has after it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct BoardChange {
    /// Which of the projectors says so. Each numbers alike, and cuts what changed into pieces of its own.
    #[serde(default)]
    pub projector: String,
    /// The area's id.
    pub area: String,
    /// `situation`, `evening`, `weekend` or `station:{id}`.
    pub view: String,
    /// The log's epoch: a client with another one must start from a snapshot.
    pub epoch: String,
    /// The revision that the patch applies to.
    pub prev: u64,
    /// The revision after the patch.
    pub revision: u64,
    /// The newest fact folded when the patch was made (at least `revision`).
    pub sequence: u64,
    /// When what caused it happened (RFC 3339), if an event did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_time: Option<String>,
    /// When the newest fact in it was received (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received_time: Option<String>,
    /// The board's hash after the patch.
    pub hash: String,
    /// A JSON Merge Patch (RFC 7396) from revision `prev` to `revision`, including the board's own
    /// `revision`, `sequence`, `as_of` and `hash` members.
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    pub patch: Box<RawValue>,
}

/// Where one board stands: a line of the heartbeat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BoardStand {
    /// The area's id.
    pub area: String,
    /// The view's id.
    pub view: String,
    /// Its revision.
    pub revision: u64,
    /// Its hash.
    pub hash: String,
}

/// Published by the projector under `Subject::heartbeat`. The gateway passes it on and never makes
/// one itself: a dead projector must not look alive.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Heartbeat {
    /// Which of the projectors it is: also the last token of its own address, `Subject::boards_of`.
    #[serde(default)]
    pub projector: String,
    /// The area's clock (RFC 3339); the demo's own under `--demo`.
    pub server_time: String,
    /// The log's epoch.
    pub epoch: String,
    /// The newest fact of which every view has been shown all there is to show.
    pub sequence: u64,
    /// Every view's stand.
    pub boards: Vec<BoardStand>,
    /// What keeps these boards from being all that they should be, if anything does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub degraded: Option<Cause>,
}

/// Published under `Subject::heartbeat` in a heartbeat's place by a projector whose boards nobody can know to be live. It
/// makes nothing live; it tells why there is no heartbeat, so that nobody takes the projector for dead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Withheld {
    /// Which of the projectors it is.
    pub projector: String,
    /// Why, in a sentence for operators.
    pub why: String,
    /// What those who look at boards are to be told, if it is more than that there is no heartbeat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
}

/// Why a board that is shown should not be taken for live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// No heartbeat comes. Only the gateway can say so.
    ProjectorSilent,
    /// Nothing is recorded, because the journal's disk is full: boards show what was recorded before.
    JournalReadOnly,
    /// Nothing is recorded, because too much of the journal waits to be bound and binding fails: boards show
    /// what was recorded before.
    JournalUnbound,
    /// Nothing is recorded, because the intake's stream is gone, or is another one than before, or can't be
    /// reached, or no recorder is there: boards show what was recorded before. Or fewer recorders are there than a
    /// receipt needs: sources keep their events, and boards may show some that have no receipt.
    IntakeStopped,
}

/// Which moment of a board is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// The board as it stands.
    Now,
    /// What was: all facts known now with event time up to this (RFC 3339).
    At(String),
    /// What people saw at this time (RFC 3339).
    Shown(String),
    /// What people saw when the journal stood at this sequence.
    Sequence(u64),
}

/// A request under `Subject::boards_read`, answered with a [`BoardAnswer`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BoardQuery {
    /// The areas that this projector draws: answered with the contract's `{"areas":{…}}`.
    Areas,
    /// One board.
    Board {
        /// The view's id.
        view: String,
        /// Of which moment.
        moment: Moment,
    },
    /// What changed on a board as people saw it: answered with a [`ReplayPage`].
    Replay {
        /// The view's id.
        view: String,
        /// The fact that the journal stood at when the asker's board was shown: what changed after it.
        after: u64,
        /// Nothing that was received later than this.
        to: crate::time::Moment,
        /// What was received within so many microseconds goes out as one change.
        step_us: u64,
    },
    /// A shift's report: see [`handover::draw`](crate::handover::draw).
    Handover {
        /// Of which span.
        span: HandoverSpan,
        /// Of the facts up to this one; otherwise up to the last that was received within the span.
        sequence: Option<u64>,
    },
}

/// Of which span a report is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HandoverSpan {
    /// The shift that ended last.
    Last,
    /// The shift that goes on now.
    Now,
    /// The shift in which this moment lies (RFC 3339).
    Around(String),
    /// From one moment to another (RFC 3339), a shift or not.
    Between(String, String),
}

/// Some of what changed on a board, in the order in which people saw it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ReplayPage {
    /// The changes, each going on from the one before; the first from the board as it was shown at `after`.
    pub changes: Vec<BoardChange>,
    /// The fact up to which all is told: the next page is of what came after it.
    pub sequence: u64,
    /// When that fact was received; absent where the page tells of none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_time: Option<crate::time::Moment>,
    /// Nothing more was received up to the moment that was asked for.
    pub ended: bool,
}

/// The answer to a `BoardQuery`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BoardAnswer {
    /// The document asked for, as it goes to the client.
    Found(#[schemars(with = "serde_json::Map<String, serde_json::Value>")] Box<RawValue>),
    /// No such view, or a moment before the journal began; the text says what to do.
    NotFound(String),
    /// The question itself was wrong, such as a time that is not RFC 3339.
    BadQuestion(String),
    /// Too many expensive questions at once, or boards not folded yet: ask again later.
    Busy(String),
}

/// Published by a recorder under `Subject::recorded` once facts are durable, and every second: a wake-up, and
/// where it stands. What was recorded is read from the journal, so losing one of these loses nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Recorded {
    /// Which of the recorders it is: also the last token of its own address, `Subject::journal_of`.
    #[serde(default)]
    pub recorder: String,
    /// Sixteen digits that every process of a recorder chooses anew when it starts, where there are several recorders: two that say different ones
    /// under one name are two.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub process: String,
    /// The log's epoch.
    pub epoch: String,
    /// The newest durable fact.
    pub sequence: u64,
    /// The chain's head after it, in hex: recorders that stand at the same sequence have the same.
    #[serde(default)]
    pub head: String,
    /// Whether its journal may be read by those who draw boards: not while it is far behind, nor once it has
    /// disagreed with the others.
    #[serde(default)]
    pub lends: bool,
    /// Where it stands in the intake's stream, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<StreamStand>,
    /// Why nothing more is recorded until the recorder is started anew, if that is so. While it is, this is
    /// published again and again, so that a projector that comes later learns of it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub degraded: Option<Cause>,
}

/// Where a recorder stands in the stream that the intake comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StreamStand {
    /// The stream that its journal goes on from: its name and when it was made.
    pub identity: String,
    /// The last message of it that has been decided.
    pub cursor: u64,
    /// The last one that led to a fact: where it goes on after a restart, if what came after is gone.
    #[serde(default)]
    pub kept: u64,
    /// Whether it takes what comes in at the moment.
    pub follows: bool,
}

/// A request under `Subject::journal_read`. The answer is the pages' bytes in the form asked for,
/// empty where nothing follows `after`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FactsQuery {
    /// Facts after this sequence.
    pub after: u64,
    /// At most this many facts as JSON, or bytes of blocks (always one block where there is one). The
    /// recorder caps it.
    pub limit: u32,
    /// In which form.
    pub form: FactsForm,
}

/// How facts are to be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FactsForm {
    /// One compact JSON object a line, as `GET /v1/areas/{area}/facts` shows them.
    Json,
    /// Encoded blocks, as they lie on disk: what a projector folds.
    Blocks,
}
