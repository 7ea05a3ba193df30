//! The acceptance tests: each module is one promise of the first issue, shown by the real program.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop at the first surprise"
)]

mod arrows;
mod cluster;
mod durability;
mod evening;
mod handover;
mod intake;
mod journal;
mod kill;
mod live;
mod nats;
mod openapi;
mod order;
mod poll;
mod quebec;
mod quickstart;
mod reference;
mod rubbish;
mod skane;
mod snapshots;
mod travel;
mod versions;
mod visits;

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_tilanne-under-test");
