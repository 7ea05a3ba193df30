//! Calls that fail.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use super::*;
use crate::SystemDisk;

/// Counts calls, and fails them when told to.
#[derive(Default)]
pub(super) struct Told {
    syncs: AtomicUsize,
    copies: AtomicUsize,
    fail_sync: AtomicBool,
    pub(super) fail_append: AtomicBool,
    full: AtomicBool,
    fail_overwrite: AtomicBool,
    pub(super) fail_rename: AtomicBool,
    pub(super) panic_at_rename: AtomicBool,
    /// Bytes that were written once more, by path.
    overwritten: Mutex<Vec<(PathBuf, Vec<u8>)>>,
}

impl Told {
    fn answer(flag: &AtomicBool, code: i32) -> io::Result<()> {
        if flag.load(Ordering::SeqCst) { Err(io::Error::from_raw_os_error(code)) } else { Ok(()) }
    }
}

impl Disk for Told {
    fn create(&self, path: &Path) -> io::Result<File> {
        let copy = path.extension().is_some_and(|extension| extension == "copy");
        self.copies.fetch_add(usize::from(copy), Ordering::SeqCst);
        SystemDisk.create(path)
    }

    fn append(&self, mut file: &File, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if self.full.load(Ordering::SeqCst) {
            // As a full disk does: what fits is written.
            file.write_all(&bytes[..bytes.len() / 2])?;
        }
        Self::answer(&self.full, 28)?;
        Self::answer(&self.fail_append, 5)?;
        SystemDisk.append(file, path, bytes)
    }

    fn sync(&self, file: &File, path: &Path) -> io::Result<()> {
        self.syncs.fetch_add(1, Ordering::SeqCst);
        Self::answer(&self.fail_sync, 5)?;
        SystemDisk.sync(file, path)
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        SystemDisk.sync_directory(path)
    }

    fn overwrite(&self, path: &Path, bytes: &[u8]) -> io::Result<File> {
        Self::answer(&self.fail_overwrite, 28)?;
        let file = SystemDisk.overwrite(path, bytes)?;
        self.overwritten.lock().unwrap().push((path.to_owned(), bytes.to_vec()));
        Ok(file)
    }

    fn room(&self, path: &Path, bytes: usize) -> io::Result<()> {
        Self::answer(&self.full, 28)?;
        SystemDisk.room(path, bytes)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        assert!(!self.panic_at_rename.load(Ordering::SeqCst), "told to panic");
        Self::answer(&self.fail_rename, 5)?;
        SystemDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        SystemDisk.remove(path)
    }
}

pub(super) fn open_told(directory: &Path, told: &Arc<Told>) -> Arc<dyn Journal> {
    open_on(directory, &Options::default(), told.clone()).unwrap()
}

#[test]
fn each_append_is_synced_once_before_it_returns() {
    let directory = tempfile::tempdir().unwrap();
    let told = Arc::new(Told::default());
    let journal = open_told(directory.path(), &told);
    let opening = told.syncs.load(Ordering::SeqCst);
    for n in 1..=5 {
        journal.append(&group(n..=n)).unwrap();
        assert_eq!(told.syncs.load(Ordering::SeqCst), opening + n as usize);
    }
}

#[test]
fn a_failed_sync_is_final_and_nothing_of_it_is_shown() {
    let directory = tempfile::tempdir().unwrap();
    let told = Arc::new(Told::default());
    let journal = open_told(directory.path(), &told);
    let durable = journal.append(&group(1..=5)).unwrap();
    let mut tail = journal.tail();
    tail.mark_unchanged();
    told.fail_sync.store(true, Ordering::SeqCst);
    let error = journal.append(&group(6..=9)).unwrap_err();
    assert!(matches!(&error, Error::NotDurable(why) if why.contains("fdatasync")), "{error}");
    // Even if the disk works again: what it forgot meanwhile nobody knows.
    told.fail_sync.store(false, Ordering::SeqCst);
    let syncs = told.syncs.load(Ordering::SeqCst);
    assert!(matches!(journal.append(&group(6..=9)), Err(Error::Poisoned)));
    assert_eq!(told.syncs.load(Ordering::SeqCst), syncs, "a failed sync is never tried again");
    assert_eq!((journal.head(), journal.cursor()), (durable, 50));
    assert!(!tail.has_changed().unwrap());
    assert_eq!(all(&*journal), (1..=5).map(record).collect::<Vec<_>>());
    assert_eq!(journal.read_blocks(0, usize::MAX).unwrap().blocks.len(), 1);
    assert_eq!(journal.verify(&mut |_| {}).unwrap().sound, durable);
    assert!(journal.settle().is_err());
    drop(journal);
    assert_eq!(told.syncs.load(Ordering::SeqCst), syncs, "nothing is bound after a failure");
}

#[test]
fn a_full_disk_leaves_a_journal_that_can_be_read_and_goes_on_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let told = Arc::new(Told::default());
    let journal = open_told(directory.path(), &told);
    let durable = journal.append(&group(1..=50)).unwrap();
    told.full.store(true, Ordering::SeqCst);
    for _ in 0..2 {
        let error = journal.append(&group(51..=60)).unwrap_err();
        assert!(matches!(&error, Error::ReadOnly(why) if why.to_string().contains("space")), "{error}");
    }
    assert_eq!((journal.head(), all(&*journal).len()), (durable, 50));
    told.full.store(false, Ordering::SeqCst);
    drop(journal);
    let journal = open_told(directory.path(), &told);
    assert_eq!(journal.append(&group(51..=60)).unwrap(), head_after(60));
}

#[test]
fn a_start_without_room_writes_the_last_tail_file_in_place_and_is_read_only_at_once() {
    let directory = killed(3);
    let tail = only(directory.path().join("tail"));
    let bytes = fs::read(&tail).unwrap();
    let told = Arc::new(Told::default());
    told.full.store(true, Ordering::SeqCst);
    let journal = open_told(directory.path(), &told);
    assert_eq!(*told.overwritten.lock().unwrap(), [(tail.clone(), bytes.clone())]);
    assert!(told.syncs.load(Ordering::SeqCst) > 0, "and synced");
    assert_eq!(fs::read(&tail).unwrap(), bytes);
    assert!(matches!(journal.bearing().read_only, Some(ReadOnly::Full(_))), "{:?}", journal.bearing());
    assert!(matches!(journal.append(&group(31..=31)), Err(Error::ReadOnly(ReadOnly::Full(_)))));
    assert_eq!(all(&*journal), (1..=30).map(record).collect::<Vec<_>>());
    let error = journal.settle().unwrap_err();
    assert!(matches!(&error, Error::NotBound(why) if why.contains("no room")), "{error}");
    drop(journal);
    only(directory.path().join("tail"));
    told.full.store(false, Ordering::SeqCst);
    let journal = open_told(directory.path(), &told);
    assert_eq!(journal.bearing().read_only, None);
    assert_eq!(journal.append(&group(31..=31)).unwrap(), head_after(31));
}

#[test]
fn where_nothing_can_be_written_at_all_the_journal_is_still_read() {
    let directory = killed(3);
    let told = Arc::new(Told::default());
    told.full.store(true, Ordering::SeqCst);
    told.fail_overwrite.store(true, Ordering::SeqCst);
    let journal = open_told(directory.path(), &told);
    let Some(ReadOnly::Full(why)) = journal.bearing().read_only else { panic!("{:?}", journal.bearing()) };
    assert!(why.contains("may not be on the disk"), "{why}");
    assert_eq!(all(&*journal), (1..=30).map(record).collect::<Vec<_>>());
}

#[test]
fn a_start_without_room_is_noticed_where_there_is_no_tail_to_write_anew() {
    let directory = closed(3);
    let told = Arc::new(Told::default());
    told.full.store(true, Ordering::SeqCst);
    let journal = open_told(directory.path(), &told);
    assert!(matches!(journal.bearing().read_only, Some(ReadOnly::Full(_))));
    assert_eq!(journal.head(), head_after(30));
}

#[test]
fn looking_for_room_leaves_nothing_behind() {
    let directory = killed(1);
    drop(open_in(directory.path()).unwrap());
    assert_eq!(names(directory.path().join("tail")), Vec::<String>::new());
}

#[test]
fn a_start_after_a_kill_writes_the_last_tail_file_anew() {
    let directory = killed(3);
    let told = Arc::new(Told::default());
    let journal = open_told(directory.path(), &told);
    // What the killed process may not have synced is not taken on trust from the system's cache.
    assert_eq!(told.copies.load(Ordering::SeqCst), 1);
    assert_eq!(journal.head(), head_after(30));
    drop(journal);
    drop(open_told(directory.path(), &told));
    assert_eq!(told.copies.load(Ordering::SeqCst), 1, "after an orderly stop there is nothing to doubt");
}

#[test]
fn a_group_cut_off_by_a_kill_is_there_whole_or_not_at_all() {
    let directory = killed(2);
    {
        let told = Arc::new(Told::default());
        let journal = open_told(directory.path(), &told);
        told.fail_sync.store(true, Ordering::SeqCst);
        journal.append(&group(21..=2_000)).unwrap_err();
        assert_eq!(journal.head(), head_after(20));
    }
    let found = open_in(directory.path()).unwrap().head();
    assert!([head_after(20), head_after(2_000)].contains(&found), "{} of 20 or 2,000", found.sequence);
}
