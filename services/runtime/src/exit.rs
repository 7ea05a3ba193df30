//! Exit codes: the numbers that scripts and service managers may rely on.

/// The work is done.
pub const DONE: u8 = 0;
/// The work failed.
pub const FAILED: u8 = 1;
/// The work was to check something, and that thing is bad.
pub const BAD: u8 = 2;
/// Wrong usage or configuration: trying again without a change is of no use (`EX_USAGE`).
pub const USAGE: u8 = 64;
