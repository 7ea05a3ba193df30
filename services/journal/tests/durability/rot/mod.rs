//! Rot: bytes that change by themselves, anywhere in a journal's directory. Each must be found, or make no
//! difference.

mod base;
pub mod examiner;
mod mutation;
mod survey;
mod unprotected;
