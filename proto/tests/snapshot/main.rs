//! A snapshot and the tail are as good as the whole journal; a damaged one is good for nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
#![allow(clippy::wildcard_enum_match_arm)]

mod damaged;
mod golden;
mod log;
mod rebuild;
#[path = "../../../services/situation/tests/rules/sayings.rs"]
mod sayings;
#[allow(dead_code, reason = "the rules' own tests need more of it")]
#[path = "../../../services/situation/tests/rules/story.rs"]
mod story;
#[path = "../../../services/situation/tests/rules/streams.rs"]
mod streams;
