//! The line that ends an export. Every line before it proves itself and the ones before that; only this one
//! tells that nothing comes after them.

use serde::{Deserialize, Serialize};

use super::{LineError, hex, unhex};
use crate::block::ChainHash;
use crate::canonical;
use crate::time::cut;

/// How many facts were exported, and where they lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// The lines before this one.
    pub facts: u64,
    /// The last one's sequence.
    pub sequence: u64,
    /// The chain's head after it.
    pub head: ChainHash,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    end: Members,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    facts: u64,
    head: String,
    sequence: u64,
}

impl End {
    /// `{"end":{"facts":N,"head":HASH,"sequence":S}}`.
    #[must_use]
    pub fn to_line(&self) -> String {
        let end = Members { facts: self.facts, head: hex(&self.head), sequence: self.sequence };
        serde_json::to_value(Line { end }).map(|line| canonical::text(&line)).unwrap_or_default()
    }

    /// Reads such a line; `None` if it is another one, such as a fact's.
    ///
    /// # Errors
    /// [`LineError::Form`] if it begins as one and is not.
    #[must_use]
    pub fn from_line(line: &str) -> Option<Result<Self, LineError>> {
        let first = line.trim_start().strip_prefix('{')?.trim_start();
        first.starts_with("\"end\"").then(|| {
            let form = |error: serde_json::Error| LineError::Form(cut(&error.to_string()));
            let Line { end: Members { facts, head, sequence } } = serde_json::from_str(line).map_err(form)?;
            let head = unhex(&head)
                .ok_or_else(|| LineError::Form("head is not a hash in 64 hex digits".to_owned()))?;
            Ok(Self { facts, sequence, head })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_comes_back_and_nothing_else_is_one() {
        let end = End { facts: 3, sequence: 7, head: [0xab; 32] };
        let line = end.to_line();
        assert_eq!(line, format!(r#"{{"end":{{"facts":3,"head":"{}","sequence":7}}}}"#, "ab".repeat(32)));
        assert_eq!(End::from_line(&format!(" {line}\n")).unwrap().unwrap(), end);
        assert!(End::from_line(r#"{"data":{},"end":1}"#).is_none());
        for cut in [8, 30, line.len() - 1] {
            assert!(End::from_line(&line[..cut]).unwrap().is_err(), "cut at {cut}");
        }
        assert!(End::from_line(&line.replace("ab", "xy")).unwrap().is_err());
    }
}
