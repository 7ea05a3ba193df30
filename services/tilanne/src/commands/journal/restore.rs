//! `tilanne journal restore`: go on from a backup, under a new epoch.

use std::path::Path;

use ::journal::{Head, Journal};
use proto::fact::Origin;

use super::copy::copy_tree;
use super::directory::{Unfinished, existing, has_first_format, open_to_read, open_to_write, sound};
use super::epoch::{self, Log, each_fact};
use super::expected::{Expected, text};
use super::{count, tell};
use crate::Error;
use crate::output::say;

pub fn restore(backup: &Path, dir: &Path, against: Option<&Expected>) -> Result<(), Error> {
    let source = existing(backup)?;
    // A copy of a stopped process of an earlier version can only be verified once it is brought up to date.
    let verified = if has_first_format(&source) { None } else { Some(verified(&source, against)?) };
    let unfinished = Unfinished::begin(dir)?;
    copy_tree(&source, unfinished.path())?;
    let journal = open_to_write(unfinished.path())?;
    let head = match verified {
        Some(head) if journal.head() == head => head,
        Some(head) => {
            let (copied, verified) = (text(journal.head()), text(head));
            return Err(Error::Bad(format!(
                "the copy ends at {copied}, the backup was verified up to {verified}: is somebody writing it?"
            )));
        }
        None => all_of(journal.as_ref(), against)?,
    };
    if head.sequence == 0 {
        return Err(Error::Bad(format!(
            "{} holds no facts: there is nothing to go on from",
            backup.display()
        )));
    }
    let mut log = Log::default();
    each_fact(journal.as_ref(), head.sequence, &mut |fact, _| log.take(&fact, fact.sequence))?;
    let to = log.last_received.map(|to| proto::time::format(to.into())).unwrap_or_default();
    let restored = epoch::begin(journal.as_ref(), log, Origin::Backup, &[])?;
    drop(journal);
    unfinished.finish()?;
    tell(&format!(
        "restored {} into {}, to {to}; a new epoch begins",
        count(head.sequence, "fact"),
        dir.display()
    ));
    say(&text(restored))
}

/// The head of a journal that is sound, and the one that is expected.
fn verified(source: &Path, against: Option<&Expected>) -> Result<Head, Error> {
    all_of(open_to_read(source)?.as_ref(), against)
}

fn all_of(journal: &dyn Journal, against: Option<&Expected>) -> Result<Head, Error> {
    let head = sound(journal).map_err(|error| {
        error.where_bad(|why| format!("the backup is {why}; verify it, which says what to do"))
    })?;
    if let Some(expected) = against {
        expected.check(journal, head)?;
    }
    Ok(head)
}
