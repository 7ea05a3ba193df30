//! Losses of power on a real file system: ext4 on a loop device, whose backing file is what the device has
//! received. A copy of it is what a machine finds that lost its power at that moment; mounting the copy
//! replays ext4's own journal.

pub mod bare_sled;
mod image;
mod power;
pub mod writer;
