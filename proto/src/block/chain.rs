//! The chain: one hash that stands for every record up to a sequence, in order.

/// A BLAKE3 hash over a journal's records from the first one on.
pub type ChainHash = [u8; 32];

/// The head of a journal without records: `head(0)`.
pub const NOTHING: ChainHash = [0; 32];

/// Head and record together that are hashed from one buffer: most facts are shorter, and a hash over one
/// stretch costs a fifth less than one that is fed twice.
const ONE_STRETCH: usize = 512;

/// `head(n) = BLAKE3(head(n-1) ‖ record n)`. The link covers records, never block boundaries or
/// compressed bytes, so that stores which pack differently still agree.
#[must_use]
pub fn chain(head: &ChainHash, record: &[u8]) -> ChainHash {
    let mut stretch = [0; ONE_STRETCH];
    let length = head.len() + record.len();
    match stretch.get_mut(..length) {
        Some(both) => {
            let (first, second) = both.split_at_mut(head.len());
            first.copy_from_slice(head);
            second.copy_from_slice(record);
            blake3::hash(both).into()
        }
        None => {
            let mut hasher = blake3::Hasher::new();
            hasher.update(head).update(record);
            hasher.finalize().into()
        }
    }
}
