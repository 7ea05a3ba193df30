//! What a sentence may repeat of a feed. Sentences go to logs and screens, and a cell in the wrong column
//! can be a person's identity code.

use situation::identity::contains_identity_code;

/// Stands where a text was that may not be repeated.
pub(crate) const WITHHELD: &str = "(withheld: looks like an identity code)";

/// The text, unless a Finnish personal identity code is in it.
pub(crate) fn repeatable(text: &str) -> &str {
    if contains_identity_code(text) { WITHHELD } else { text }
}
