//! How stored things become bytes: bincode, with everything explicit that could be left to a default.

/// A stored fact may be this long: an area of a thousand stations, with room to grow.
pub const MAX_FACT_BYTES: usize = 4 * 1024 * 1024;

/// Little-endian, variable-length integers, and never more memory than a fact may take.
pub(crate) const fn codec() -> impl bincode::config::Config {
    bincode::config::standard().with_limit::<MAX_FACT_BYTES>()
}
