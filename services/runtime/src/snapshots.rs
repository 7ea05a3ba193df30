//! Putting a folded state away now and then, so that a start need not fold everything.
//!
//! Nothing here knows what is in a file. A [`Shelf`] keeps the files: written aside, synced, renamed, the
//! last two kept. A [`Keeper`] says when it is time for the next one, and sees to it that this costs the
//! work that goes on as little as may be.

mod keeper;
mod shelf;

pub use keeper::Keeper;
pub use shelf::Shelf;
