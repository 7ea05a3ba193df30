//! The recorder's settings.

use serde::{Deserialize, Serialize};

/// Section `[recorder]`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Which of the area's recorders this is. One token of letters, digits and `-`.
    pub name: String,
    /// All of the area's recorders by their names; empty: this one only.
    pub all: Vec<String>,
    /// At most this many intakes are decided and flushed together.
    pub max_group: usize,
    /// The state is put away every so many facts; 0: never, and every start folds the whole journal.
    pub snapshot_facts: u64,
}

impl Default for Config {
    /// 1,024: at that size the flush is a small part of the cost, and a group takes a few
    /// milliseconds, which nobody at a desk notices. 262,144: a few seconds' folding, which a start after a
    /// crash may take.
    fn default() -> Self {
        Self { name: "1".to_owned(), all: Vec::new(), max_group: 1_024, snapshot_facts: 262_144 }
    }
}
