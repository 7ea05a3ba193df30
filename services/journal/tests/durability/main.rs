//! What power and rot can do to a journal, and what they must not.
//!
//! | module | what |
//! |---|---|
//! | [`cuts`] | losses of power, built from the trace of what was written and synced |
//! | [`blockdevice`] | losses of power on a real file system (needs root) |
//! | [`rot`] | bytes that change by themselves |
//! | [`inspection`] | what is asked of a journal after a loss of power |
//! | [`records`] | what is appended |
//! | [`roles`] | the processes that are killed, or may die |
//!
//! Each is shown failing, too, with what it rests on left out: those tests begin with `without`.
//!
//! `TILANNE_FULL=1` asks for the long form, `TILANNE_SEED` for other choices.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod blockdevice;
mod cuts;
mod dice;
mod inspection;
mod records;
mod roles;
mod rot;
mod scratch;
