//! `tilanne journal`: looking into a journal, and carrying it from one place to another.
//!
//! Those that look ([`verify`], [`stat`], [`export`], [`backup`]) work beside a running process and write
//! nothing into its directory. Those that make a journal ([`import`], [`backup`], [`restore`], [`salvage`])
//! make it in an empty directory, under another name until it is whole.
//!
//! What a script needs (a head) goes to standard output, what a person wants to know to standard error.

mod backup;
mod copy;
mod directory;
mod epoch;
mod expected;
mod export;
mod import;
mod progress;
mod restore;
mod salvage;
mod stat;
mod verify;

use std::io::Write;

pub use directory::read;
pub use epoch::each_fact;
pub use expected::Expected;
pub use progress::Bar;

use self::import::Whole;
use crate::Error;
use crate::cli::JournalAction;

pub async fn journal(action: JournalAction) -> Result<(), Error> {
    let work = move || match action {
        JournalAction::Verify { dir, against, json, in_this_process: true } => {
            verify::verify(&dir, against.as_ref(), json)
        }
        JournalAction::Verify { dir, against, json, in_this_process: false } => {
            verify::in_a_child(&dir, against.as_ref(), json)
        }
        JournalAction::Stat { dir, json } => stat::stat(&dir, json),
        JournalAction::Export { dir, after, sealed } => export::export(&dir, after, sealed),
        JournalAction::Import { dir, file, against, cut_off } => {
            let whole = match &against {
                Some(expected) => Whole::Against(expected),
                None if cut_off => Whole::CutOff,
                None => Whole::Sealed,
            };
            import::import(&dir, &file, whole)
        }
        JournalAction::Backup { dir, dest } => backup::backup(&dir, &dest),
        JournalAction::Restore { backup, dir, against } => restore::restore(&backup, &dir, against.as_ref()),
        JournalAction::Salvage { dir, dest, log_was } => salvage::salvage(&dir, &dest, log_was),
    };
    tokio::task::spawn_blocking(work).await?.map_err(damage_is_bad)
}

/// A journal that can't be what was written is the thing checked, and bad.
fn damage_is_bad(error: Error) -> Error {
    if let Error::Journal(
        damage @ (::journal::Error::NotAJournal { .. }
        | ::journal::Error::Unopenable { .. }
        | ::journal::Error::Damaged { .. }),
    ) = error
    {
        return Error::Bad(format!("damaged: {damage}"));
    }
    error
}

/// So many of something, as in "1 block" and "2 copies".
fn count(number: u64, what: &str) -> String {
    match (number, what.strip_suffix('y')) {
        (1, _) => format!("1 {what}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        (_, None) => format!("{number} {what}s"),
    }
}

/// Says something to the person at the terminal.
fn tell(sentence: &str) {
    drop(writeln!(std::io::stderr(), "{sentence}"));
}
