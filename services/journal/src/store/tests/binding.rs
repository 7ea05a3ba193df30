//! Binding that fails: nothing is lost by it, and it is told.

use std::fs::File;
use std::io;
use std::sync::Barrier;
use std::sync::atomic::AtomicBool;

use super::*;
use crate::SystemDisk;

#[test]
fn a_volume_that_can_not_be_named_leaves_the_tail_in_its_place() {
    let directory = tempfile::tempdir().unwrap();
    let told = Arc::new(Told::default());
    let journal = open_told(directory.path(), &told);
    journal.append(&group(1..=100)).unwrap();
    told.fail_rename.store(true, Ordering::SeqCst);
    assert!(journal.settle().is_err());
    only(directory.path().join("tail"));
    journal.append(&group(101..=200)).unwrap();
    assert_eq!(all(&*journal), (1..=200).map(record).collect::<Vec<_>>());
    drop(journal);
    told.fail_rename.store(false, Ordering::SeqCst);
    let journal = open_told(directory.path(), &told);
    assert_eq!(journal.head(), head_after(200));
    journal.settle().unwrap();
    assert_eq!(all(&*journal), (1..=200).map(record).collect::<Vec<_>>());
}

#[test]
fn binding_that_fails_is_told_until_it_succeeds() {
    let directory = tempfile::tempdir().unwrap();
    let told = Arc::new(Told::default());
    let journal = open_told(directory.path(), &told);
    assert_eq!(journal.bearing(), Bearing::default());
    journal.append(&group(1..=100)).unwrap();
    told.fail_rename.store(true, Ordering::SeqCst);
    let error = journal.settle().unwrap_err();
    assert!(matches!(&error, Error::NotBound(why) if why.contains("naming")), "{error}");
    let failing = journal.bearing();
    assert!(failing.binding_fails.unwrap().contains("Input/output error"));
    assert!(failing.unbound_bytes > 0 && failing.binding_failures > 0);
    assert_eq!(failing.read_only, None, "what is acknowledged is safe, and there is room for more");
    journal.append(&group(101..=101)).unwrap();
    told.fail_rename.store(false, Ordering::SeqCst);
    journal.settle().unwrap();
    let bearing = journal.bearing();
    assert_eq!((bearing.binding_fails, bearing.unbound_bytes), (None, 0));
    assert_eq!(bearing.binding_failures, failing.binding_failures, "a count only grows");
}

#[test]
fn a_binder_that_panicked_says_so_and_appends_go_on() {
    let directory = tempfile::tempdir().unwrap();
    let told = Arc::new(Told::default());
    let journal = open_told(directory.path(), &told);
    journal.append(&group(1..=10)).unwrap();
    told.panic_at_rename.store(true, Ordering::SeqCst);
    let error = journal.settle().unwrap_err();
    assert!(matches!(&error, Error::NotBound(why) if why.contains("panicked")), "{error}");
    assert!(journal.bearing().binding_fails.unwrap().contains("panicked"));
    journal.append(&group(11..=20)).unwrap();
    drop(journal);
    told.panic_at_rename.store(false, Ordering::SeqCst);
    let journal = open_told(directory.path(), &told);
    assert_eq!(journal.head(), head_after(20));
    journal.settle().unwrap();
}

#[test]
fn what_is_appended_is_plain_and_what_is_bound_is_packed() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open(directory.path(), &Options::default()).unwrap();
    journal.append(&group(1..=1_300)).unwrap();
    let plain = journal.stat().unwrap();
    assert!(plain.stored_bytes > plain.raw_bytes, "{plain:?}");
    journal.settle().unwrap();
    let packed = journal.stat().unwrap();
    assert!(packed.stored_bytes < packed.raw_bytes / 2, "{packed:?}");
    assert!(packed.blocks < plain.blocks, "{packed:?}");
}

/// Refuses an append and the naming of a volume, each once the other has been asked for: the append holds the
/// writer while the binder takes its state.
struct Meeting {
    /// The naming was asked for.
    naming: Barrier,
    /// The append was, too.
    both: Barrier,
    armed: AtomicBool,
}

/// The binder takes its state at once after the naming failed, which nobody can watch: so long it is given.
const TO_TAKE_ITS_STATE: Duration = Duration::from_millis(200);

impl Disk for Meeting {
    fn create(&self, path: &Path) -> io::Result<File> {
        SystemDisk.create(path)
    }

    fn append(&self, file: &File, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if !self.armed.load(Ordering::SeqCst) {
            return SystemDisk.append(file, path, bytes);
        }
        self.both.wait();
        std::thread::sleep(TO_TAKE_ITS_STATE);
        Err(io::Error::from_raw_os_error(5))
    }

    fn sync(&self, file: &File, path: &Path) -> io::Result<()> {
        SystemDisk.sync(file, path)
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        SystemDisk.sync_directory(path)
    }

    fn rename(&self, _from: &Path, _to: &Path) -> io::Result<()> {
        self.naming.wait();
        self.both.wait();
        Err(io::Error::from_raw_os_error(5))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        SystemDisk.remove(path)
    }
}

#[test]
fn an_append_that_fails_while_binding_fails_returns() {
    let (done, end) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let directory = tempfile::tempdir().unwrap();
        let (naming, both) = (Barrier::new(2), Barrier::new(2));
        let disk = Arc::new(Meeting { naming, both, armed: AtomicBool::new(false) });
        let options = Options { bind_blocks: 1, give_way: Duration::ZERO, ..Options::default() };
        let journal = open_on(directory.path(), &options, disk.clone()).unwrap();
        journal.append(&group(1..=1)).unwrap();
        disk.naming.wait();
        disk.armed.store(true, Ordering::SeqCst);
        journal.append(&group(2..=2)).unwrap_err();
        done.send(()).unwrap();
    });
    // A journal that waits for itself would wait for ever.
    end.recv_timeout(Duration::from_secs(20)).unwrap();
}
