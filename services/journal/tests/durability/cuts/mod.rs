//! Losses of power, built from what was written: a [`recorder`] puts every call of the disk on a [`tape`],
//! a [`shadow`] of the disk says what a cut may leave, the [`story`] what must be there all the same.

mod birth;
mod power;
pub mod recorder;
pub mod shadow;
pub mod story;
pub mod tape;
pub mod workload;
