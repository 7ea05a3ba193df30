//! The block: how a group of facts lies on disk.
