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

impl Config {
    /// Whether the names can be told apart and used as they are.
    ///
    /// # Errors
    /// A sentence that names the key.
    pub fn check(&self) -> Result<(), String> {
        let is_token = |name: &str| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if !is_token(&self.name) {
            return Err(format!("recorder.name is {:?}: use letters, digits and -", self.name));
        }
        if let Some(wrong) = self.all.iter().find(|name| !is_token(name)) {
            return Err(format!("recorder.all has {wrong:?}: use letters, digits and -"));
        }
        let twice =
            self.all.iter().enumerate().find(|(at, name)| self.all.iter().take(*at).any(|it| it == *name));
        match twice {
            Some((_, name)) => Err(format!(
                "recorder.all has {name:?} twice: a majority would be counted wrong, name each once"
            )),
            None => Ok(()),
        }
    }

    /// Whether this is one of all.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn check_membership(&self) -> Result<(), String> {
        if self.all.is_empty() || self.all.contains(&self.name) {
            return Ok(());
        }
        Err(format!(
            "recorder.name is {:?}, which is not in recorder.all {:?}: its receipts would count for nobody; add it on every machine, \
             or correct the name",
            self.name, self.all
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str, all: &[&str]) -> Config {
        let all = all.iter().map(|name| (*name).to_owned()).collect();
        Config { name: name.to_owned(), all, ..Config::default() }
    }

    #[test]
    fn names_are_tokens_and_each_is_there_once() {
        assert_eq!(named("rec-1", &["rec-1", "rec-2"]).check(), Ok(()));
        assert_eq!(named("1", &[]).check(), Ok(()));
        for (config, key) in [
            (named("a b", &[]), "recorder.name"),
            (named("", &[]), "recorder.name"),
            (named("1", &["1", "2.3"]), "recorder.all"),
            (named("1", &["1", "1", "3"]), "recorder.all"),
        ] {
            assert!(config.check().unwrap_err().starts_with(key), "{config:?}");
        }
    }

    #[test]
    fn a_recorder_is_one_of_all() {
        assert_eq!(named("1", &[]).check_membership(), Ok(()));
        assert_eq!(named("2", &["1", "2"]).check_membership(), Ok(()));
        assert!(named("4", &["1", "2", "3"]).check_membership().unwrap_err().contains("recorder.all"));
    }
}
