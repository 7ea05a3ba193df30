//! Handover: what a shift leaves to the next one.
//!
//! A report is a function of the facts up to one of them and of a span: [`Chronicle`] walks the facts of the span in the
//! order in which they came in, beside the boards that people saw, and makes the [`Report`] at the end. Whoever asks again,
//! now or in a year, walks the same facts and gets the same report; what comes in after the span is in it only if it is
//! asked for by the number of a later fact.
//!
//! Two things are kept apart. What people were *told* (alarms, levels, silent feeds, gaps, doors) is told as they were: in
//! the order of the facts received within the span. What *was* (who came, waited and left, and how many were there at once)
//! is counted at the time at which it happened, with corrections, as far as the facts of the report know it.

mod chronicle;
mod life;
mod queue;
mod report;
mod span;
mod stretch;
mod unsigned;

pub use chronicle::Chronicle;
pub use report::{
    ClosingReport, GapReport, Hours, LevelReport, Peak, PlacesReport, Report, SilenceReport, StationReport,
    WaitsReport,
};
pub use span::{LONGEST, Span, last_ended, shift_around};
pub use unsigned::{TOLD_FOR, Unsigned, unsigned};
