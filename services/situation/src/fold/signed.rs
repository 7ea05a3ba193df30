//! Which shifts' reports were signed, and by whom.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::event::{Part, Person, Signing};
use crate::name::Word;
use crate::time::Instant;

/// Shifts whose signatures are remembered: those of some years, at three shifts a day. What was signed before lies in the
/// journal.
pub const MAX_SIGNED: usize = 4_096;

/// Of these boards of past moments know: far more than the shifts of the days of which a board says that nobody signed.
const NEWEST: usize = 64;

/// Signatures by shift: when it began and ended. Shared with copies until somebody signs.
#[derive(Debug, Clone, Default)]
pub struct SignedShifts(pub Arc<BTreeMap<(Instant, Instant), Signatures>>);

/// Who signed one report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signatures {
    /// Who handed over.
    pub given: Option<Signature>,
    /// Who received.
    pub received: Option<Signature>,
}

/// One signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// When.
    pub at: Instant,
    /// Its fact.
    pub fact: u64,
    /// Who.
    pub by: Person,
    /// The last fact in the report that was signed.
    pub sequence: u64,
    /// Its hash, in lower-case hex.
    pub hash: Word,
}

impl SignedShifts {
    /// Who signed the report of a span.
    #[must_use]
    pub fn of(&self, from: Instant, to: Instant) -> Option<&Signatures> {
        self.0.get(&(from, to))
    }

    /// The first signature of each part counts, whichever came in first.
    pub(super) fn sign(&mut self, signing: &Signing, at: Instant, fact: u64) {
        let Signing { by, part, from, to, sequence, hash } = signing;
        let signature = Signature { at, fact, by: by.clone(), sequence: *sequence, hash: hash.clone() };
        let shifts = Arc::make_mut(&mut self.0);
        let signatures = shifts.entry((*from, *to)).or_default();
        let place = match part {
            Part::Given => &mut signatures.given,
            Part::Received => &mut signatures.received,
        };
        if place.as_ref().is_none_or(|known| (at, fact) < (known.at, known.fact)) {
            *place = Some(signature);
        }
        if shifts.len() > MAX_SIGNED {
            shifts.pop_first();
        }
    }

    /// The newest of them, for what is kept of the past.
    #[must_use]
    pub(super) fn newest(&self) -> Self {
        if self.0.len() <= NEWEST {
            return self.clone();
        }
        let newest = self.0.iter().rev().take(NEWEST).map(|(span, signed)| (*span, signed.clone()));
        Self(Arc::new(newest.collect()))
    }
}
