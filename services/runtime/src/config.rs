//! Configuration in layers: compiled-in annotated defaults, then a file, then the environment, then flags.
//!
//! The defaults are a TOML text in which every key stands with a comment; they are the list of what can be
//! set, so documentation and code cannot drift apart. A key that stands in a later layer alone is refused with
//! its nearest known name, and a value must be of the kind that its default has. An empty table in the
//! defaults is open: the names below it are the operator's own. An empty string means "not set".

mod layers;
mod nearest;
mod sections;
mod show;

pub use layers::{Layers, Loaded};
pub use sections::{Log, LogFormat, Server};
