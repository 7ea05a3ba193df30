//! What a process says about itself: alive, and ready for traffic or not and why.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// The checks of a process. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Health(Arc<Mutex<BTreeMap<&'static str, Entry>>>);

/// One check's handle, which its service sets. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Check {
    health: Health,
    name: &'static str,
}

/// How a check stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Not yet.
    Starting,
    /// Passed.
    Ok,
    /// Not any more.
    Failed,
}

/// How a check stands, and a sentence for whoever reads it at night.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// How it stands.
    pub state: State,
    /// Why, or what it is waiting for.
    pub detail: String,
}

/// The answer to `/readyz`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Readiness {
    /// Every check passes, and there is at least one: a process that checks nothing vouches for nothing.
    pub ready: bool,
    /// An entry a check.
    pub checks: BTreeMap<&'static str, Entry>,
}

impl Health {
    /// No checks yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a check that is starting. Add all of them before the admin listener opens, or the process may
    /// look ready too early. A name that exists keeps its one entry.
    #[must_use]
    pub fn check(&self, name: &'static str) -> Check {
        let entry = Entry { state: State::Starting, detail: "has not reported yet".into() };
        self.entries().entry(name).or_insert(entry);
        Check { health: self.clone(), name }
    }

    /// How the process stands at this moment.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        let checks = self.entries().clone();
        let ready = !checks.is_empty() && checks.values().all(|entry| entry.state == State::Ok);
        Readiness { ready, checks }
    }

    /// A std mutex on purpose: nothing awaits or panics while it is held.
    fn entries(&self) -> MutexGuard<'_, BTreeMap<&'static str, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Check {
    /// On its way: what is it waiting for?
    pub fn starting(&self, detail: impl Into<String>) {
        self.set(State::Starting, detail.into());
    }

    /// Passed.
    pub fn ok(&self, detail: impl Into<String>) {
        self.set(State::Ok, detail.into());
    }

    /// Failed: why, and what helps?
    pub fn failed(&self, detail: impl Into<String>) {
        self.set(State::Failed, detail.into());
    }

    fn set(&self, state: State, detail: String) {
        let entry = Entry { state, detail };
        let before = self.health.entries().insert(self.name, entry.clone());
        if before.is_none_or(|before| before.state != state) {
            tracing::info!(check = self.name, ?state, detail = entry.detail, "a health check changed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_ready_when_every_check_passes() {
        let health = Health::new();
        assert!(!health.readiness().ready);
        let (journal, boards) = (health.check("journal"), health.check("boards"));
        journal.ok("verified");
        assert!(!health.readiness().ready);
        boards.ok("folded");
        assert!(health.readiness().ready);
        journal.clone().failed("the disk is full; make room and restart");
        let readiness = health.readiness();
        assert!(!readiness.ready);
        assert_eq!(readiness.checks["journal"].state, State::Failed);
    }

    #[test]
    fn asking_for_a_check_again_does_not_reset_it() {
        let health = Health::new();
        health.check("journal").ok("verified");
        let _again = health.check("journal");
        assert!(health.readiness().ready);
    }
}
