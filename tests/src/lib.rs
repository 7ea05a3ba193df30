//! How we know: what acceptance tests share.

pub mod reference;
