//! How it is said: wire and disk types, codecs, subject names, golden vectors.
//!
//! This crate is the only one that knows bytes. It depends on `situation` and converts: domain types
//! are never wire types, so that renaming a field in a rule is not a migration of a disk.

pub mod block;
pub mod live;
pub mod subject;
