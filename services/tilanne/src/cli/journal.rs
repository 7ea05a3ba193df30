//! `tilanne journal …`: DIR is always a --data directory, the journal lies in DIR/journal.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::commands::journal::Expected;

#[derive(Args)]
pub struct Journal {
    #[command(subcommand)]
    pub action: JournalAction,
}

#[derive(Subcommand)]
pub enum JournalAction {
    /// Check every checksum, the order and the chain: exit 0 if sound, 2 if damaged, with where
    #[command(after_help = "Works beside a running process and writes nothing.\n\n\
        Example: tilanne journal verify ./data --against 4711:9f2c…64 hex digits")]
    Verify {
        /// The --data directory
        dir: PathBuf,
        /// Also insist that the journal had this head: SEQUENCE:HASH as printed by stat, export and backup,
        /// or the bare hash of the present head
        #[arg(long, value_name = "HEAD")]
        against: Option<Expected>,
        /// As JSON
        #[arg(long)]
        json: bool,
        /// Set in the child process in which a damaged store may do its worst
        #[arg(long, hide = true)]
        in_this_process: bool,
    },
    /// Facts, bytes, span, head, and a table by type
    #[command(after_help = "Works beside a running process.\n\nExample: tilanne journal stat ./data --json")]
    Stat {
        /// The --data directory
        dir: PathBuf,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Write every fact as a JSON line to standard output; each line carries the chain's head after it
    #[command(
        after_help = "Works beside a running process. How many, and the head, is said on standard error.\n\n\
        Example: tilanne journal export ./data --sealed > facts.ndjson"
    )]
    Export {
        /// The --data directory
        dir: PathBuf,
        /// Facts after this sequence only
        #[arg(long, value_name = "N", default_value_t = 0)]
        after: u64,
        /// End with one line more, {"end":{"facts","head","sequence"}}: without it nobody can tell an export
        /// that was cut off from a whole one
        #[arg(long)]
        sealed: bool,
    },
    /// Make a journal of exported lines, in an empty directory; prints its head
    #[command(
        after_help = "Every line must lead to the head that it carries: a changed, missing or reordered\n\
        line is refused with its number, and nothing is left in DIR. That nothing is missing at the end is\n\
        known from the line that `export --sealed` ends with, or by --against; without either that is said.\n\n\
        Example: tilanne journal import ./data2 facts.ndjson"
    )]
    Import {
        /// A --data directory that is empty or does not exist yet
        dir: PathBuf,
        /// The lines, or - for standard input
        #[arg(default_value = "-")]
        file: PathBuf,
        /// The head that the last fact must have: for lines without the one that ends an export, or to be sure
        #[arg(long, value_name = "HEAD")]
        against: Option<Expected>,
        /// Take what is there of an export that was cut off within a line
        #[arg(long, conflicts_with = "against")]
        cut_off: bool,
    },
    /// Copy a journal while it is being written, without asking its process; prints the copy's head
    #[command(
        after_help = "The copy is verified. Everything acknowledged before the backup began is in it.\n\n\
        Example: tilanne journal backup /var/lib/tilanne /backup/$(date +%F)"
    )]
    Backup {
        /// The --data directory
        dir: PathBuf,
        /// Where to: empty, or not there yet
        dest: PathBuf,
    },
    /// Go on from a backup under a new epoch: boards say to which moment they were restored
    #[command(
        after_help = "The backup is verified first. Start the process on DIR afterwards; sources send again\n\
        what they have no receipt for, clients start over from a whole board.\n\n\
        Example: tilanne journal restore /backup/2026-11-26 /var/lib/tilanne"
    )]
    Restore {
        /// The backup: a directory that `backup` made, or a copy of a stopped --data directory
        backup: PathBuf,
        /// A --data directory that is empty or does not exist yet
        dir: PathBuf,
        /// The head that the backup must have, as `backup` printed it
        #[arg(long, value_name = "HEAD")]
        against: Option<Expected>,
    },
    /// Recover every intact block of a store that nothing opens any more, under a new epoch
    #[command(
        after_help = "DIR is only read. Exit 0 if nothing is known to be missing, 2 if something is: standard\n\
        error says which sequences and which files. Facts behind a gap get new sequences.\n\n\
        Example: tilanne journal salvage ./damaged ./recovered"
    )]
    Salvage {
        /// The --data directory of the damaged journal, of which only the journal is read; or rescued files
        dir: PathBuf,
        /// Where to: empty, or not there yet
        dest: PathBuf,
        /// What the log was, where the fact that says so is lost
        #[arg(long, value_name = "WHAT")]
        log_was: Option<World>,
    },
}

/// Whose facts a log holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum World {
    /// Of real sources
    Real,
    /// Of the simulator
    Simulated,
}
