//! The one binary: every service as a subcommand, and all of them in one process.
//!
//! | module | what |
//! |---|---|
//! | [`house`] | all services in one process, joined by the in-process bus |
//! | `commands` | what each subcommand does |
//! | `bench` | the product's own measurements |
//! | `config` | the configuration of the whole |

mod bench;
mod cli;
mod client;
mod commands;
pub mod config;
mod error;
pub mod house;
mod output;

pub use error::Error;

use std::ffi::OsString;
use std::process::ExitCode;

use house::Footing;

/// How long calls that wait for the disk may hold up the end of the process.
const LAST_CALLS: std::time::Duration = std::time::Duration::from_millis(250);

/// Reads the command line, does what it says, and answers with an exit code: 0 done, 1 failed, 2 the
/// thing checked is bad, 64 bad usage or configuration.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    run_on(arguments, Footing::default())
}

/// As [`run`], with what `up` stands on: for harnesses that try the program on a disk of their own making.
pub fn run_on(arguments: impl IntoIterator<Item = OsString>, footing: Footing) -> ExitCode {
    let command = match cli::parse(arguments) {
        Ok(command) => command,
        Err(code) => return code,
    };
    // One crypto backend for every outgoing connection. An earlier choice is the same one.
    drop(rustls::crypto::ring::default_provider().install_default());
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return commands::fail(&Error::Io { doing: "starting the runtime", source: error }),
    };
    let code = runtime.block_on(commands::dispatch(command, footing));
    // A call that hangs at the disk must not hold up the end for ever.
    runtime.shutdown_timeout(LAST_CALLS);
    code
}
