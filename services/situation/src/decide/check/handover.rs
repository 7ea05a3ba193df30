//! Which signatures of shifts' reports are taken.

use std::fmt;

use super::Refusal;
use crate::area::Area;
use crate::event::{Part, Person, Signing};
use crate::fold::{Signatures, Situation};
use crate::handover::Span;
use crate::name::Word;
use crate::time::Instant;

/// Why a signature is not recorded. The sentence says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsignable {
    /// The area has no such shift.
    NoShift,
    /// It has not ended.
    GoesOn {
        /// When it does.
        to: Instant,
    },
    /// Somebody has signed this part.
    Signed {
        /// Who.
        by: Word,
        /// When.
        at: Instant,
    },
    /// Nobody has handed over.
    NotGiven,
    /// Another report of the shift was handed over.
    OtherReport {
        /// The last fact in it.
        sequence: u64,
    },
    /// Who handed over would receive.
    FromOneself,
}

impl fmt::Display for Unsignable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoShift => f.write_str(
                "the area has no shift from there to there: sign the report of a shift, with its from and to",
            ),
            Self::GoesOn { to } => {
                write!(f, "the shift goes on until {to}: sign its report when it has ended")
            }
            Self::Signed { by, at } => {
                write!(f, "{by} signed this at {at}: there is nothing left to sign here")
            }
            Self::NotGiven => {
                f.write_str("nobody has handed this shift over yet: sign as given before received")
            }
            Self::OtherReport { sequence } => write!(
                f,
                "the report that was handed over is another one: ask for it with sequence={sequence}, and receive that"
            ),
            Self::FromOneself => f.write_str("who handed over cannot receive: let whoever takes over sign"),
        }
    }
}

/// Whether somebody may sign. That the hash is the report's is for whoever takes the command to see: it cannot be told from
/// what decisions rest on, and a report says of each signature whether it is of that report.
pub(super) fn check(
    area: &Area,
    situation: &Situation,
    signing: &Signing,
    at: Instant,
) -> Result<(), Refusal> {
    let Signing { by, part, from, to, sequence, hash } = signing;
    let is_shift = Span::between(area, *from, *to).is_some_and(|span| span.name.is_some());
    let none = Signatures::default();
    let Signatures { given, received } = situation.signed().of(*from, *to).unwrap_or(&none);
    let why = match (part, given, received) {
        _ if !is_shift => Unsignable::NoShift,
        _ if at < *to => Unsignable::GoesOn { to: *to },
        (Part::Given, Some(known), _) | (Part::Received, _, Some(known)) => {
            Unsignable::Signed { by: known.by.actor.clone(), at: known.at }
        }
        (Part::Received, None, None) => Unsignable::NotGiven,
        (Part::Received, Some(given), None) if is_same(&given.by, by) => Unsignable::FromOneself,
        (Part::Received, Some(given), None) if (given.sequence, &given.hash) != (*sequence, hash) => {
            Unsignable::OtherReport { sequence: given.sequence }
        }
        (Part::Given, None, _) | (Part::Received, Some(_), None) => return Ok(()),
    };
    Err(Refusal::Handover(why))
}

/// Whether two signed by one name: a capital or a blank makes nobody another.
fn is_same(one: &Person, other: &Person) -> bool {
    one.actor.as_str().trim().to_lowercase() == other.actor.as_str().trim().to_lowercase()
}
