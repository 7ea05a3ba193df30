//! `tilanne journal backup`: a copy of a journal that somebody may be writing.

use std::path::Path;

use ::journal::Head;

use super::copy::copy_live;
use super::directory::{Unfinished, existing, open_to_read, sound};
use super::expected::text;
use super::{count, tell};
use crate::Error;
use crate::output::say;

pub fn backup(dir: &Path, dest: &Path) -> Result<(), Error> {
    let head = copy(dir, dest)?;
    tell(&format!("backed up {} into {}, verified", count(head.sequence, "fact"), dest.display()));
    say(&text(head))
}

/// Copies and verifies. Answers with the copy's head.
fn copy(dir: &Path, dest: &Path) -> Result<Head, Error> {
    let source = existing(dir)?;
    // Refuses what is no journal, and one of an earlier layout, before anything is made.
    drop(open_to_read(&source)?);
    let unfinished = Unfinished::begin(dest)?;
    copy_live(&source, unfinished.path())?;
    let journal = open_to_read(unfinished.path())?;
    let head = sound(journal.as_ref())
        .map_err(|error| error.where_bad(|why| format!("the copy is {why}; verify {}", dir.display())))?;
    drop(journal);
    unfinished.finish()?;
    Ok(head)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
    use std::time::Duration;

    use ::journal::{Decision, Options};

    use super::*;
    use crate::house::JOURNAL;

    const BACKUPS: usize = 25;

    /// The volumes of a copy, by name.
    fn volumes(copy: &Path) -> Vec<std::ffi::OsString> {
        let entries = std::fs::read_dir(copy.join(JOURNAL).join("volumes")).unwrap();
        entries.map(|entry| entry.unwrap().file_name()).collect()
    }

    fn group(from: u64) -> Vec<Decision> {
        let record = |n: u64| format!("record {n} {}", "x".repeat((n % 300) as usize)).into();
        (from..from + 1 + from % 7).map(|n| Decision { records: vec![record(n)], cursor: n }).collect()
    }

    #[test]
    fn while_everything_is_being_bound_each_backup_is_sound_and_whole() {
        let place = tempfile::tempdir().unwrap();
        let data = place.path().join("data");
        let options = Options {
            bind_bytes: 2_000,
            bind_blocks: 6,
            bind_after: Duration::from_millis(5),
            give_way: Duration::ZERO,
        };
        let journal = ::journal::open(&data.join(JOURNAL), &options).unwrap();
        let (acknowledged, stop) = (AtomicU64::new(0), AtomicBool::new(false));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let head = journal.append(&group(journal.head().sequence + 1)).unwrap();
                    acknowledged.store(head.sequence, Ordering::Release);
                }
            });
            let mut last = 0;
            let mut seen = std::collections::BTreeSet::new();
            for round in 0..BACKUPS {
                let before = acknowledged.load(Ordering::Acquire);
                let there = place.path().join(format!("backup-{round}"));
                let copied = copy(&data, &there);
                if copied.is_err() {
                    stop.store(true, Ordering::Relaxed);
                }
                last = copied.unwrap().sequence;
                seen.extend(volumes(&there));
                assert!(
                    last >= before,
                    "backup {round} ends at {last}, {before} were acknowledged before it"
                );
            }
            stop.store(true, Ordering::Relaxed);
            assert!(last > 0 && seen.len() > 2, "it was being bound all the time: {seen:?}");
        });
        drop(journal);
        let end = copy(&data, &place.path().join("at-rest")).unwrap();
        assert_eq!(end.sequence, acknowledged.load(Ordering::Acquire));
    }
}
