//! How we know: what the acceptance tests share. They drive the real program from outside, over HTTP and
//! WebSocket, and hold it against the outer contract.
//!
//! | module | what |
//! |---|---|
//! | [`server`] | the program as a process: start, kill, stop, start again on the same data |
//! | [`program`] | the program as a command: arguments in, exit code and output out |
//! | [`cluster`] | all services as processes of their own, over NATS |
//! | [`door`] | its HTTP side: events in, boards and facts out |
//! | [`wire`] | its WebSocket side, held to the order of frames |
//! | [`canonical`] | hashes of boards, computed apart from the product |
//! | [`outline`] | the shape that the contract gives a board |
//! | [`events`] | events to send |
//! | [`recorded`] | the real data sets, where they are |
//! | [`dice`] | seeded choices |
//! | [`rig`] | disks that forget, fail or kill, for `tilanne-under-test` |
//! | [`mount`] | disks with little room |
//! | [`trace`] | what a process asked of the system, and whether receipts kept to their order |
//! | [`mod@reference`] | an independent fold of the facts |
//! | [`tree`] | directories, looked at and copied whole |

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "this crate is tests: it stops at the first surprise"
)]

pub mod canonical;
pub mod cluster;
pub mod dice;
pub mod door;
pub mod events;
pub mod mount;
pub mod outline;
pub mod program;
pub mod recorded;
pub mod reference;
pub mod rig;
pub mod server;
pub mod trace;
pub mod tree;
pub mod wire;
