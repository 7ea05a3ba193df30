//! Who signed the reports of shifts, both ways.

use std::sync::Arc;

use ::situation::event::Person;
use ::situation::fold::state::{SignedShifts, SituationState};
use ::situation::fold::{Signature, Signatures};
use ::situation::time::Instant;

use super::v7;

pub(super) fn out(state: &SituationState) -> Vec<v7::Signed<'_>> {
    let shifts = state.signed.0.iter().map(|((from, to), Signatures { given, received })| v7::Signed {
        from: from.as_micros(),
        to: to.as_micros(),
        given: given.as_ref().map(signature_out),
        received: received.as_ref().map(signature_out),
    });
    shifts.collect()
}

/// Puts them into a situation.
pub(super) fn back(signed: Vec<v7::Signed<'_>>, state: &mut SituationState) {
    let shifts = signed.into_iter().map(|v7::Signed { from, to, given, received }| {
        let span = (Instant::from_micros(from), Instant::from_micros(to));
        (span, Signatures { given: given.map(signature_back), received: received.map(signature_back) })
    });
    state.signed = SignedShifts(Arc::new(shifts.collect()));
}

fn signature_out(signature: &Signature) -> v7::Signature<'_> {
    let Signature { at, fact, by: Person { actor, role }, sequence, hash } = signature;
    let (actor, role, hash) = (actor.as_str(), role.as_str(), hash.as_str());
    v7::Signature { at: at.as_micros(), fact: *fact, actor, role, sequence: *sequence, hash }
}

fn signature_back(signature: v7::Signature<'_>) -> Signature {
    let v7::Signature { at, fact, actor, role, sequence, hash } = signature;
    let by = Person { actor: actor.into(), role: role.into() };
    Signature { at: Instant::from_micros(at), fact, by, sequence, hash: hash.into() }
}
