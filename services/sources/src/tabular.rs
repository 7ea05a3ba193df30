//! A table published as CSV, described wholly by one TOML file, read into CloudEvents.
//!
//! ```text
//! bytes -> body (gzip, encoding) -> header (columns by name) -> rows -> events
//!             \ Refusal             \ Refusal                    \ Complaint (that row only)
//! ```
//!
//! Two shapes of table are known: in [`Shape::Observation`] a row is what a station reports at one instant;
//! in [`Shape::Visit`] a row is one visit with several time columns, each an event of the ticket's life.
//!
//! What holds for every feed:
//! * structure is all or nothing: from a body that is not the feed (a web page, a cut-off file, another
//!   header) no event is made, and [`Refusal`] says what was expected and what was found;
//! * a row that cannot be read in a sound body is left out aloud, with its line number; the others count;
//! * what was not reported becomes `null`, never 0; a number that is not plain digits is never guessed;
//! * the same body read again yields nothing, and the same row always yields the same event ids.
//!
//! `config/feeds/quebec.toml` is annotated key by key: copy it to describe another table.

mod adapter;
mod body;
mod event;
mod header;
mod keys;
mod memory;
mod plan;
mod reading;
mod spec;
mod stamp;
mod template;
#[cfg(test)]
mod tests;
mod withheld;

pub use adapter::{Adapter, Detail};
pub use event::Event;
pub use memory::Memory;
pub use reading::{Complaint, MOST_COMPLAINTS, Outcome, Reading, Refusal, RowRead};
pub use spec::{Limits, Place, PollSpec, Shape, Spec};
pub(crate) use withheld::repeatable;
