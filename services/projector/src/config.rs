//! The projector's settings.

use runtime::Span;
use serde::{Deserialize, Serialize};

/// Section `[projector]`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Which of the area's projectors this is. One token of letters, digits and `-`.
    pub name: String,
    /// A view is pushed at most this many times a second; changes in between go out together.
    pub pushes_per_second: u32,
    /// How often it says that it lives, and where its boards stand.
    pub heartbeat: Span,
    /// Questions about past moments answered at once.
    pub moments_at_once: usize,
    /// Questions about past moments that may wait; more are answered "busy".
    pub moments_waiting: usize,
    /// What is folded is put away every so many facts; 0: never, and every start folds the whole journal.
    pub snapshot_facts: u64,
}

impl Default for Config {
    /// 50 a second: 20 ms is below what an eye notices, and bounds the work of a burst.
    /// 5 s: the contract's. 2 at once: one for each core of a small machine. 64 waiting: a few seconds' work.
    /// 262,144 facts: a few seconds' folding, which a start after a crash may take.
    fn default() -> Self {
        Self {
            name: "1".to_owned(),
            pushes_per_second: 50,
            heartbeat: Span::from_secs(5),
            moments_at_once: 2,
            moments_waiting: 64,
            snapshot_facts: 262_144,
        }
    }
}
