//! A journal of the first format becomes one of the present, whatever happens on the way.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use super::*;
use crate::SystemDisk;

/// What the golden journal holds.
const FACTS: u64 = 1_300;

/// A copy of the golden journal of the first format.
fn first_format() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/format1");
    fs::create_dir_all(directory.path().join("store/blobs")).unwrap();
    for name in ["format", "witness"] {
        fs::copy(golden.join(name), directory.path().join(name)).unwrap();
    }
    for name in ["db", "conf"] {
        fs::copy(golden.join(name), directory.path().join("store").join(name)).unwrap();
    }
    directory
}

/// Makes so many calls and then none, as a process that was killed.
struct Dying {
    left: AtomicUsize,
    died: AtomicBool,
    /// The last call is made, and its caller never knows.
    late: bool,
}

impl Dying {
    fn after(calls: usize, late: bool) -> Arc<Self> {
        Arc::new(Self { left: AtomicUsize::new(calls), died: AtomicBool::new(false), late })
    }

    fn call<T>(&self, make: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        let left = self.left.load(Ordering::SeqCst);
        if left > 0 {
            self.left.store(left - 1, Ordering::SeqCst);
            return make();
        }
        if !self.died.swap(true, Ordering::SeqCst) && self.late {
            make()?;
        }
        Err(io::Error::other("the process is dead"))
    }
}

impl Disk for Dying {
    fn create(&self, path: &Path) -> io::Result<File> {
        self.call(|| SystemDisk.create(path))
    }

    fn append(&self, file: &File, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.call(|| SystemDisk.append(file, path, bytes))
    }

    fn sync(&self, file: &File, path: &Path) -> io::Result<()> {
        self.call(|| SystemDisk.sync(file, path))
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        self.call(|| SystemDisk.sync_directory(path))
    }

    fn overwrite(&self, path: &Path, bytes: &[u8]) -> io::Result<File> {
        self.call(|| SystemDisk.overwrite(path, bytes))
    }

    fn room(&self, path: &Path, bytes: usize) -> io::Result<()> {
        self.call(|| SystemDisk.room(path, bytes))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call(|| SystemDisk.rename(from, to))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.call(|| SystemDisk.remove(path))
    }
}

#[test]
fn a_journal_of_the_first_format_opens_and_is_kept_aside() {
    let directory = first_format();
    assert!(matches!(open_to_read(directory.path()), Err(Error::NotAJournal { .. })));
    let journal = open_in(directory.path()).unwrap();
    assert_eq!((journal.head(), journal.cursor()), (head_after(FACTS), 13_000));
    assert_eq!(all(&*journal), (1..=FACTS).map(record).collect::<Vec<_>>());
    journal.append(&group(1_301..=1_301)).unwrap();
    drop(journal);
    assert_eq!(open_to_read(directory.path()).unwrap().head(), head_after(FACTS + 1));
    assert!(directory.path().join("aside/store.1/db").exists());
}

#[test]
fn cut_off_at_any_call_the_next_start_has_every_fact() {
    for late in [false, true] {
        let mut calls = 0;
        loop {
            let directory = first_format();
            let disk = Dying::after(calls, late);
            let opened = open_on(directory.path(), &Options::default(), disk.clone());
            if opened.is_ok() && !disk.died.load(Ordering::SeqCst) {
                break;
            }
            drop(opened);
            let journal = open_in(directory.path()).unwrap_or_else(|error| panic!("call {calls}: {error}"));
            assert_eq!(journal.head(), head_after(FACTS), "call {calls}");
            assert_eq!(journal.verify(&mut |_| {}).unwrap().damage, None, "call {calls}");
            assert!(directory.path().join("aside/store.1/db").exists(), "call {calls}");
            assert!(!directory.path().join("store").exists(), "call {calls}");
            calls += 1;
        }
        assert!(calls > 10, "{calls} calls");
    }
}

/// Opens what must not be taken for a journal that never held anything.
fn refused(directory: &Path) {
    for _ in 0..2 {
        let error = open_in(directory).err().unwrap();
        assert!(matches!(error, Error::Unopenable { .. } | Error::Damaged { sequence: 1, .. }), "{error}");
        assert!(open_to_read(directory).is_err());
    }
}

#[test]
fn an_old_store_that_is_gone_or_empty_is_not_an_empty_journal() {
    // Without its note of what was acknowledged, too: a loss of power may take that.
    for noted in [true, false] {
        for wreck in [
            (|store| fs::remove_dir_all(store).unwrap()) as fn(&Path),
            |store| fs::remove_file(store.join("db")).unwrap(),
            |store| fs::write(store.join("db"), b"").unwrap(),
        ] {
            let directory = first_format();
            wreck(&directory.path().join("store"));
            if !noted {
                fs::remove_file(directory.path().join("witness")).unwrap();
            }
            refused(directory.path());
        }
    }
}

#[test]
fn a_marker_without_its_volumes_is_not_an_empty_journal() {
    for marker in ["tilannekeskus journal\nformat 2\n", ""] {
        let directory = first_format();
        fs::write(directory.path().join("format"), marker).unwrap();
        fs::remove_file(directory.path().join("witness")).unwrap();
        let error = open_in(directory.path()).err().unwrap();
        assert!(matches!(error, Error::Unopenable { .. } | Error::NotAJournal { .. }), "{error}");
        assert!(open_to_read(directory.path()).is_err());
        assert!(directory.path().join("store/db").exists(), "and nothing of it was changed");
    }
}
