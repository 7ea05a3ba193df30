//! What `tilanne-under-test` can do and the program as it is shipped can't: stand on a disk that forgets,
//! fails or kills. Told by variables, so that a test chooses for each life of the process:
//!
//! | variable | value | what the disk does |
//! |---|---|---|
//! | `UNDER_TEST_FORGETS` | a [`Forgets`] | leaves out a protection, for showing that the harness notices |
//! | `UNDER_TEST_KILL` | a [`Kill`] | ends its own process with SIGKILL at a call |
//! | `UNDER_TEST_FAIL` | a [`Failure`] | answers a call with an error of the system |
//! | `UNDER_TEST_BIND` | a number | binds the journal's tail after so many blocks |

mod call;
mod disk;

use std::sync::Arc;

use tilanne::house::{Footing, Options, SystemDisk};

pub use call::{Call, Failure, Forgets, Kill, Moment};
pub use disk::RiggedDisk;

/// Which protection is left out.
pub const FORGETS: &str = "UNDER_TEST_FORGETS";
/// At which call the process kills itself.
pub const KILL: &str = "UNDER_TEST_KILL";
/// Which call fails.
pub const FAIL: &str = "UNDER_TEST_FAIL";
/// After how many blocks the tail is bound.
pub const BIND: &str = "UNDER_TEST_BIND";

/// What the variables ask for: without any of them, what the program stands on as it is shipped.
#[must_use]
pub fn footing() -> Footing {
    let said = |name| std::env::var(name).ok();
    let forgets = said(FORGETS).map(|text| Forgets::read(&text));
    let kill = said(KILL).map(|text| Kill::read(&text));
    let failure = said(FAIL).map(|text| Failure::read(&text));
    let mut options = Options::default();
    if let Some(blocks) = said(BIND) {
        options.bind_blocks = blocks.parse().expect("a number of blocks");
    }
    if forgets.is_none() && kill.is_none() && failure.is_none() {
        return Footing { disk: Arc::new(SystemDisk), options };
    }
    Footing { disk: Arc::new(RiggedDisk::new(forgets, kill, failure)), options }
}
