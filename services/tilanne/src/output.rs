//! What a command prints on standard output.

use std::io::Write;

use crate::Error;

/// Prints a line. A reader that went away (`| head`) ends the command quietly, as it does others.
pub fn say(line: &str) -> Result<(), Error> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{line}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            std::process::exit(i32::from(runtime::exit::DONE))
        }
        other => other.map_err(|source| Error::Io { doing: "writing to standard output", source }),
    }
}
