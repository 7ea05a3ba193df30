//! Scenarios: what a board shows at the moments of a written evening, compared with files that people have read.
//!
//! `tests/scenarios/*/README.md` says how a scenario is written. `TILANNE_WRITE_GOLDEN=1` draws the expected
//! boards anew; the tests in words beside them hold what such a drawing must show.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod evening;
mod independence_day;
mod paper;
mod play;
#[path = "../../../services/sources/src/demo/script.rs"]
mod script;
