//! Whose word a group of figures is.

use std::sync::Arc;

use crate::fold::told::{Register, Stamp};
use crate::name::{FeedId, Word};
use crate::time::{Instant, earlier};

/// Takes values out of registers at a moment, and remembers who told those that still hold.
pub(super) struct Heard<'a> {
    clock: Instant,
    newest: Option<&'a Arc<Stamp>>,
    person: Option<&'a Arc<Stamp>>,
    /// When the first of the values goes by itself.
    pub lapses: Option<Instant>,
}

impl<'a> Heard<'a> {
    pub const fn at(clock: Instant) -> Self {
        Self { clock, newest: None, person: None, lapses: None }
    }

    pub fn value<T: Clone>(&mut self, register: &'a Register<T>) -> Option<T> {
        self.stamped(register).map(|(value, _)| value.clone())
    }

    /// The same with its stamp.
    pub fn stamped<T: Clone>(&mut self, register: &'a Register<T>) -> Option<(&'a T, &'a Arc<Stamp>)> {
        self.lapses = earlier(self.lapses, register.lapses_after(self.clock));
        let (value, stamp) = register.at(self.clock)?;
        self.newest = self.newest.max(Some(stamp));
        if stamp.by.is_some() {
            self.person = self.person.max(Some(stamp));
        }
        Some((value, stamp))
    }

    /// The feed of the newest value.
    pub fn feed(&self) -> Option<FeedId> {
        self.newest.map(|stamp| stamp.source.clone())
    }

    /// When the newest value was told: a feed may be alive and have said nothing of it for hours.
    pub fn told_at(&self) -> Option<Instant> {
        self.newest.map(|stamp| stamp.time)
    }

    /// The role of the person whose word some of it is. A feed that has since told other members leaves that so.
    pub fn by(&self) -> Option<Word> {
        self.person.and_then(|stamp| stamp.by.clone())
    }

    /// When they said it.
    pub fn said_at(&self) -> Option<Instant> {
        self.person.map(|stamp| stamp.time)
    }

    /// Until when their word holds.
    pub fn valid_until(&self) -> Option<Instant> {
        self.person.and_then(|stamp| stamp.valid_until)
    }
}
