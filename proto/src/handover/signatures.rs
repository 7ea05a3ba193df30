//! Who signed a report.

use serde_json::{Value, json};
use situation::event::Person;
use situation::fold::{Signature, Signatures};

use crate::time::format;

/// Puts onto a report as it was drawn who signed for its shift, and whether what they signed is this report.
pub fn sign(report: &mut Value, signatures: &Signatures) {
    let Signatures { given, received } = signatures;
    let drawn = |signature: &Signature| {
        let Signature { at, fact, by: Person { actor, role }, sequence, hash } = signature;
        json!({
            "at": format(*at),
            "fact": fact,
            "actor": actor.as_str(),
            "role": role.as_str(),
            "sequence": sequence,
            "hash": hash.as_str(),
            "matches": report.get("hash").and_then(Value::as_str) == Some(hash.as_str()),
        })
    };
    let parts = [("given", given), ("received", received)];
    let signed =
        parts.into_iter().filter_map(|(part, signed)| Some((part.to_owned(), drawn(signed.as_ref()?))));
    let signed: serde_json::Map<_, _> = signed.collect();
    if let (Value::Object(members), false) = (report, signed.is_empty()) {
        members.insert("signatures".into(), Value::Object(signed));
    }
}
