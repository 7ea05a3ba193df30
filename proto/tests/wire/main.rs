//! How it is said: what is read, what is refused, and which bytes and texts come out, for ever.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod area;
mod boards;
mod decode;
mod desk;
mod forecast;
mod golden;
mod identity;
mod kept;
mod lines;
mod refuse;
mod samples;
mod strain;
mod waits;
