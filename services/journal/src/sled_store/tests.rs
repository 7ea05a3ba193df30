//! On a disk only: reopening, damage, locks, and a sync that fails.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tempfile::TempDir;

use super::*;
use crate::contract::{all, contract_suite, group, head_after, record};
use crate::{Head, Place};

struct Fixture {
    journal: Arc<dyn Journal>,
    _directory: TempDir,
}

impl Fixture {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self { journal: open_in(directory.path()).unwrap(), _directory: directory }
    }
}

contract_suite!(contract, super::Fixture::new());

fn open_in(directory: &Path) -> Result<Arc<dyn Journal>, Error> {
    open(directory, &Options::default())
}

/// The store without the ledger's checks: to put damage where a disk might.
fn replace_block(directory: &Path, key: u64, block: Option<Bytes>) {
    let config = sled::Config::new().path(directory.join("store")).segment_size(SEGMENT_BYTES);
    let tree = config.open().unwrap().open_tree(TREE).unwrap();
    match block {
        Some(block) => drop(tree.insert(key.to_be_bytes(), block.as_ref()).unwrap()),
        None => drop(tree.remove(key.to_be_bytes()).unwrap()),
    }
    tree.flush().unwrap();
}

/// A directory with a journal of `blocks` blocks of ten records.
fn filled(blocks: u64) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let journal = open_in(directory.path()).unwrap();
    for n in 0..blocks {
        journal.append(&group(n * 10 + 1..=n * 10 + 10)).unwrap();
    }
    directory
}

fn names(directory: PathBuf) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_reopened_journal_goes_on_where_it_stopped() {
    let directory = tempfile::tempdir().unwrap();
    for round in 0..5 {
        let journal = open_in(directory.path()).unwrap();
        assert_eq!(journal.head(), head_after(round * 700));
        assert_eq!(journal.cursor(), round * 7_000);
        journal.append(&group(round * 700 + 1..=round * 700 + 700)).unwrap();
    }
    let journal = open_in(directory.path()).unwrap();
    assert_eq!(all(&*journal), (1..=3_500).map(record).collect::<Vec<_>>());
    assert_eq!(journal.verify(&mut |_| {}).unwrap().sound, head_after(3_500));
    assert_eq!(names(directory.path().join("store/blobs")), Vec::<String>::new());
    assert!(journal.stat().unwrap().disk_bytes > 0);
}

#[test]
fn a_missing_directory_is_made_with_its_parents() {
    let directory = tempfile::tempdir().unwrap();
    let deep = directory.path().join("a/b/journal");
    open_in(&deep).unwrap().append(&group(1..=1)).unwrap();
    assert_eq!(open_in(&deep).unwrap().head(), head_after(1));
}

#[test]
fn a_second_opener_is_told_who_has_it() {
    let directory = filled(1);
    let _first = open_in(directory.path()).unwrap();
    let error = open_in(directory.path()).err().unwrap();
    assert!(matches!(error, Error::InUse(_)), "{error}");
    assert!(error.to_string().contains("in use by another process"));
}

#[test]
fn a_newer_format_is_refused_with_a_sentence_and_untouched() {
    let directory = filled(1);
    fs::write(directory.path().join("format"), "tilannekeskus journal\nformat 2\n").unwrap();
    let error = open_in(directory.path()).err().unwrap();
    assert!(matches!(error, Error::NewerFormat { found: 2, known: 1, .. }), "{error}");
    fs::write(directory.path().join("format"), "tilannekeskus journal\nformat 1\n").unwrap();
    assert_eq!(open_in(directory.path()).unwrap().head(), head_after(10));
}

#[test]
fn a_directory_of_something_else_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("letter.txt"), "dear").unwrap();
    let error = open_in(directory.path()).err().unwrap();
    assert!(matches!(error, Error::NotAJournal { .. }), "{error}");
    assert_eq!(names(directory.path().to_owned()), ["letter.txt"]);
    fs::write(directory.path().join("format"), "pdf").unwrap();
    assert!(matches!(open_in(directory.path()).err().unwrap(), Error::NotAJournal { .. }));
}

#[test]
fn an_unfinished_snapshot_is_removed() {
    let directory = filled(2);
    let leftover = directory.path().join("store/snap.0000000000000042.generating");
    fs::write(&leftover, "half").unwrap();
    assert_eq!(open_in(directory.path()).unwrap().head(), head_after(20));
    assert!(!leftover.exists());
}

#[test]
fn a_snapshot_that_does_not_fit_is_set_aside_and_kept() {
    let directory = filled(2);
    // A second opening makes sled write a snapshot of its log.
    drop(open_in(directory.path()).unwrap());
    let store = directory.path().join("store");
    let snapshots: Vec<String> =
        names(store.clone()).into_iter().filter(|name| name.starts_with("snap.")).collect();
    assert!(!snapshots.is_empty());
    for name in &snapshots {
        fs::write(store.join(name), [0x5a; 64]).unwrap();
    }
    assert_eq!(open_in(directory.path()).unwrap().head(), head_after(20));
    let aside = directory.path().join("aside");
    assert_eq!(fs::read(aside.join(format!("{}.1", snapshots[0]))).unwrap(), [0x5a; 64]);
}

#[test]
fn a_damaged_middle_opens_and_is_reported_where_it_is() {
    for wreck in [
        |block: Bytes| Some(Bytes::from(block.iter().rev().copied().collect::<Vec<u8>>())),
        |block: Bytes| Some(block.slice(..block.len() - 1)),
        |_: Bytes| None,
    ] {
        let directory = filled(4);
        let stored = open_in(directory.path()).unwrap().read_blocks(10, 1).unwrap().blocks.remove(0);
        replace_block(directory.path(), 11, wreck(stored));
        let journal = open_in(directory.path()).unwrap();
        assert_eq!(journal.head(), head_after(40));
        let report = journal.verify(&mut |_| {}).unwrap();
        assert_eq!(report.damage.unwrap().place, Place::Sequence(11));
        assert_eq!(journal.read_from(0, 1_000).unwrap().records.len(), 10);
        let error = journal.read_from(10, 1).unwrap_err();
        assert!(matches!(error, Error::Damaged { sequence: 11, .. }), "{error}");
        // The part behind the damage is still there for a salvage.
        assert_eq!(journal.read_from(30, 10).unwrap().records.len(), 10);
    }
}

#[test]
fn a_rewritten_block_with_a_good_checksum_breaks_the_chain() {
    let directory = filled(4);
    let forged = crate::in_memory();
    let mut group = group(1..=20);
    group[14].records[0] = Bytes::from_static(b"another past");
    forged.append(&group[..10]).unwrap();
    forged.append(&group[10..]).unwrap();
    replace_block(directory.path(), 11, Some(forged.read_blocks(10, 1).unwrap().blocks.remove(0)));
    let report = open_in(directory.path()).unwrap().verify(&mut |_| {}).unwrap();
    // The forged block carries a head that fits itself: the one after it tells.
    assert_eq!(report.damage.unwrap().place, Place::Sequence(21));
}

#[test]
fn a_damaged_first_or_last_block_does_not_open() {
    for key in [1, 31] {
        let directory = filled(4);
        let stored = open_in(directory.path()).unwrap().read_blocks(key - 1, 1).unwrap().blocks.remove(0);
        replace_block(directory.path(), key, Some(stored.slice(1..)));
        let error = open_in(directory.path()).err().unwrap();
        assert!(matches!(error, Error::Damaged { sequence, .. } if sequence == key), "{error}");
    }
}

#[test]
fn rubbish_in_the_data_file_is_never_a_panic_and_never_silent() {
    let directory = filled(40);
    let db = directory.path().join("store/db");
    let sound = fs::read(&db).unwrap();
    let middle = sound.len() / 2;
    for (at, length) in [(0, 16), (25, 200), (middle, 40), (middle, sound.len()), (0, sound.len())] {
        let mut bytes = sound.clone();
        let end = bytes.len().min(at + length);
        bytes[at..end].fill(0xa5);
        fs::write(&db, &bytes).unwrap();
        match open_in(directory.path()) {
            Err(error) => assert!(!error.to_string().is_empty()),
            Ok(journal) => {
                let told = journal.verify(&mut |_| {}).unwrap().damage.is_some();
                assert!(told || journal.head() == head_after(400), "{at}: lost without a word");
            }
        }
    }
}

#[test]
fn a_file_among_the_blobs_is_told_and_stops_the_writer() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open_in(directory.path()).unwrap();
    journal.append(&group(1..=10)).unwrap();
    fs::write(directory.path().join("store/blobs/1"), "x").unwrap();
    assert_eq!(journal.verify(&mut |_| {}).unwrap().damage.unwrap().place, Place::Store);
    assert!(matches!(journal.append(&group(11..=11)), Err(Error::NotDurable(_))));
    assert!(matches!(journal.append(&group(11..=11)), Err(Error::Poisoned)));
    drop(journal);
    assert!(matches!(open_in(directory.path()), Err(Error::Unopenable { .. })));
}

#[test]
fn a_store_that_ends_before_what_was_acknowledged_is_refused() {
    let directory = filled(4);
    replace_block(directory.path(), 31, None);
    let error = open_in(directory.path()).err().unwrap();
    assert!(matches!(error, Error::Damaged { sequence: 31, .. }), "{error}");
    // A torn or missing note asks for nothing: it may be older than the store, never newer.
    fs::write(directory.path().join("witness"), [0; 700]).unwrap();
    assert_eq!(open_in(directory.path()).unwrap().head(), head_after(30));
}

/// Counts syncs, and fails them when told to.
#[derive(Default)]
struct Told {
    syncs: AtomicUsize,
    fail: AtomicBool,
}

impl Disk for Arc<Told> {
    fn sync(&self) -> io::Result<()> {
        self.syncs.fetch_add(1, Ordering::SeqCst);
        if self.fail.load(Ordering::SeqCst) { Err(io::Error::from_raw_os_error(5)) } else { Ok(()) }
    }
}

fn open_told(directory: &Path, told: &Arc<Told>) -> Arc<dyn Journal> {
    open_on(directory, &Options::default(), |_| Box::new(told.clone())).unwrap()
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
    told.fail.store(true, Ordering::SeqCst);
    let error = journal.append(&group(6..=9)).unwrap_err();
    assert!(matches!(&error, Error::NotDurable(why) if why.contains("fdatasync")), "{error}");
    // Even if the disk works again: what it forgot meanwhile nobody knows.
    told.fail.store(false, Ordering::SeqCst);
    let syncs = told.syncs.load(Ordering::SeqCst);
    assert!(matches!(journal.append(&group(6..=9)), Err(Error::Poisoned)));
    assert_eq!(told.syncs.load(Ordering::SeqCst), syncs, "a failed sync is never tried again");
    assert_eq!((journal.head(), journal.cursor()), (durable, 50));
    assert!(!tail.has_changed().unwrap());
    assert_eq!(all(&*journal), (1..=5).map(record).collect::<Vec<_>>());
    assert_eq!(journal.read_blocks(0, usize::MAX).unwrap().blocks.len(), 1);
    assert_eq!(journal.verify(&mut |_| {}).unwrap().sound, durable);
}

#[test]
fn a_group_cut_off_by_a_kill_is_there_whole_or_not_at_all() {
    let directory = filled(2);
    let head = {
        let told = Arc::new(Told::default());
        let journal = open_told(directory.path(), &told);
        told.fail.store(true, Ordering::SeqCst);
        journal.append(&group(21..=2_000)).unwrap_err();
        journal.head()
    };
    assert_eq!(head, head_after(20));
    let found = open_in(directory.path()).unwrap().head();
    assert!([head_after(20), head_after(2_000)].contains(&found), "{} of 20 or 2,000", found.sequence);
}

#[test]
fn a_journal_in_memory_and_one_on_disk_agree() {
    let directory = filled(3);
    let memory = crate::in_memory();
    assert_eq!(memory.append(&group(1..=30)).unwrap(), open_in(directory.path()).unwrap().head());
    assert_ne!(memory.head(), Head::START);
}
