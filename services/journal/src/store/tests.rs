//! On a disk only: reopening, binding, damage, locks, and calls that fail.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use bytes::Bytes;
use tempfile::TempDir;

use super::*;
use crate::contract::{all, contract_suite, group, head_after, noise, record};
use crate::{Decision, Head, Journal, Place, SystemDisk};

struct Fixture {
    journal: Arc<dyn Journal>,
    _directory: TempDir,
}

impl Fixture {
    fn new(options: &Options) -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self { journal: open(directory.path(), options).unwrap(), _directory: directory }
    }
}

contract_suite!(contract, super::Fixture::new(&super::Options::default()));
// Bound after every append, so that most of what the suite reads comes from volumes.
contract_suite!(contract_while_binding, super::Fixture::new(&super::binding_often()));

fn binding_often() -> Options {
    Options { bind_bytes: 1, ..Options::default() }
}

fn open_in(directory: &Path) -> Result<Arc<dyn Journal>, Error> {
    open(directory, &Options::default())
}

/// Appends blocks of ten records and stops as a killed process does: nothing is bound at the end.
fn killed(blocks: u64) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let disk = Arc::new(Told::default());
    let journal = open_told(directory.path(), &disk);
    for n in 0..blocks {
        journal.append(&group(n * 10 + 1..=n * 10 + 10)).unwrap();
    }
    disk.fail_append.store(true, Ordering::SeqCst);
    journal.append(&group(1..=1)).unwrap_err();
    directory
}

/// The same, and stopped in order: all of it in one volume.
fn closed(blocks: u64) -> TempDir {
    let directory = killed(blocks);
    drop(open_in(directory.path()).unwrap());
    directory
}

fn names(directory: PathBuf) -> Vec<String> {
    let names = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

fn only(directory: PathBuf) -> PathBuf {
    let names = names(directory.clone());
    assert_eq!(names.len(), 1, "{names:?}");
    directory.join(&names[0])
}

fn change(path: &Path, at: u64, change: impl FnOnce(u8) -> u8) {
    let file = OpenOptions::new().read(true).write(true).open(path).unwrap();
    let mut byte = [0];
    file.read_exact_at(&mut byte, at).unwrap();
    file.write_all_at(&[change(byte[0])], at).unwrap();
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
    assert!(journal.stat().unwrap().disk_bytes > 0);
}

#[test]
fn closing_binds_the_tail_into_one_sled_store() {
    let directory = tempfile::tempdir().unwrap();
    for n in 1..=40 {
        let journal = open_in(directory.path()).unwrap();
        journal.append(&group(n..=n)).unwrap();
    }
    assert_eq!(names(directory.path().join("tail")), Vec::<String>::new());
    let volume = only(directory.path().join("volumes"));
    assert_eq!(names(volume.join("store/blobs")), Vec::<String>::new());
    // sled itself gives back what is in it.
    let store = sled::Config::new().path(volume.join("store")).segment_size(2 << 20).open().unwrap();
    let blocks: Vec<_> = store.open_tree("blocks").unwrap().iter().values().map(Result::unwrap).collect();
    assert_eq!(blocks.len(), 1, "forty small blocks are packed into one");
    let block = proto::block::Block::decode(&blocks[0]).unwrap();
    assert_eq!(block.records().collect::<Vec<_>>(), (1..=40).map(record).collect::<Vec<_>>());
}

#[test]
fn settling_binds_what_there_is_and_appends_go_on() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open_in(directory.path()).unwrap();
    for n in 0..20 {
        journal.append(&group(n * 100 + 1..=n * 100 + 100)).unwrap();
        journal.settle().unwrap();
        assert_eq!(names(directory.path().join("tail")), Vec::<String>::new());
    }
    only(directory.path().join("volumes"));
    journal.append(&group(2_001..=2_001)).unwrap();
    assert_eq!(all(&*journal), (1..=2_001).map(record).collect::<Vec<_>>());
    assert_eq!(journal.verify(&mut |_| {}).unwrap().damage, None);
}

#[test]
fn volumes_that_are_big_enough_are_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open_in(directory.path()).unwrap();
    for round in 0..3 {
        for n in 0..30 {
            let records = (0..1_500).map(|m| noise(round * 50_000 + n * 1_500 + m, 200));
            let group: Vec<Decision> = records.map(|r| Decision { records: vec![r], cursor: 0 }).collect();
            journal.append(&group).unwrap();
        }
        journal.settle().unwrap();
    }
    assert_eq!(names(directory.path().join("volumes")).len(), 3);
    assert_eq!(journal.verify(&mut |_| {}).unwrap().sound.sequence, 135_000);
}

#[test]
fn a_big_decision_gets_a_store_with_big_segments() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open_in(directory.path()).unwrap();
    for n in 0..40 {
        journal.append(&[Decision { records: vec![noise(n, 60_000)], cursor: 0 }]).unwrap();
    }
    journal.settle().unwrap();
    assert_eq!(names(only(directory.path().join("volumes")).join("store/blobs")), Vec::<String>::new());
    assert_eq!(all(&*journal), (0..40).map(|n| noise(n, 60_000)).collect::<Vec<_>>());
}

#[test]
fn a_journal_of_the_first_format_opens_and_is_kept_aside() {
    let directory = tempfile::tempdir().unwrap();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/format1");
    fs::create_dir_all(directory.path().join("store/blobs")).unwrap();
    for name in ["format", "witness"] {
        fs::copy(golden.join(name), directory.path().join(name)).unwrap();
    }
    for name in ["db", "conf"] {
        fs::copy(golden.join(name), directory.path().join("store").join(name)).unwrap();
    }
    assert!(matches!(open_to_read(directory.path()), Err(Error::NotAJournal { .. })));
    let journal = open_in(directory.path()).unwrap();
    assert_eq!((journal.head(), journal.cursor()), (head_after(1_300), 13_000));
    assert_eq!(all(&*journal), (1..=1_300).map(record).collect::<Vec<_>>());
    journal.append(&group(1_301..=1_301)).unwrap();
    drop(journal);
    assert_eq!(open_to_read(directory.path()).unwrap().head(), head_after(1_301));
    assert!(directory.path().join("aside/store.1/db").exists());
}

#[test]
fn a_missing_directory_is_made_with_its_parents() {
    let directory = tempfile::tempdir().unwrap();
    let deep = directory.path().join("a/b/journal");
    open_in(&deep).unwrap().append(&group(1..=1)).unwrap();
    assert_eq!(open_in(&deep).unwrap().head(), head_after(1));
}

#[test]
fn a_second_writer_is_told_who_has_it_and_a_reader_is_let_in() {
    let directory = killed(1);
    let first = open_in(directory.path()).unwrap();
    let error = open_in(directory.path()).err().unwrap();
    assert!(matches!(error, Error::InUse(_)), "{error}");
    assert!(error.to_string().contains("in use by another process"));
    first.append(&group(11..=20)).unwrap();
    let reader = open_to_read(directory.path()).unwrap();
    assert_eq!(reader.head(), head_after(20));
    assert!(matches!(reader.append(&group(21..=21)), Err(Error::ReadOnly(_))));
}

#[test]
fn readers_opened_beside_a_binding_writer_see_whole_prefixes() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open(directory.path(), &binding_often()).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..150 {
                journal.append(&group(n * 10 + 1..=n * 10 + 10)).unwrap();
            }
        });
        let mut seen = 0;
        while seen < 1_500 {
            let acknowledged = journal.head().sequence;
            let reader = open_to_read(directory.path()).unwrap();
            seen = reader.head().sequence;
            assert!(seen >= acknowledged, "{acknowledged} were acknowledged, {seen} seen");
            assert_eq!(reader.head(), head_after(seen));
            assert_eq!(reader.verify(&mut |_| {}).unwrap().damage, None);
        }
    });
}

#[test]
fn a_newer_format_is_refused_with_a_sentence_and_untouched() {
    let directory = closed(1);
    fs::write(directory.path().join("format"), "tilannekeskus journal\nformat 3\n").unwrap();
    let error = open_in(directory.path()).err().unwrap();
    assert!(matches!(error, Error::NewerFormat { found: 3, known: 2, .. }), "{error}");
    fs::write(directory.path().join("format"), "tilannekeskus journal\nformat 2\n").unwrap();
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
fn a_cut_off_append_is_reported_and_left_out() {
    let directory = killed(2);
    let tail = only(directory.path().join("tail"));
    let sound = fs::read(&tail).unwrap();
    let next = Fixture::new(&Options::default());
    next.journal.append(&group(1..=30)).unwrap();
    for cut in [1, 23, 24, 25, 60] {
        // What an append would have written first, without its end.
        fs::write(&tail, [&sound[..], &sound[..cut]].concat()).unwrap();
        let reader = open_to_read(directory.path()).unwrap();
        assert_eq!(reader.head(), head_after(20));
        let report = reader.verify(&mut |_| {}).unwrap();
        assert_eq!((report.damage, report.remains.len()), (None, 1));
    }
    let journal = open_in(directory.path()).unwrap();
    assert_eq!(journal.append(&group(21..=21)).unwrap(), head_after(21));
}

#[test]
fn a_file_without_one_whole_commit_is_set_aside() {
    let directory = killed(2);
    let torn = directory.path().join("tail/00000000000000000021.tail");
    fs::write(&torn, b"half a commit").unwrap();
    let journal = open_in(directory.path()).unwrap();
    journal.append(&group(21..=21)).unwrap();
    assert_eq!(journal.head(), head_after(21));
    let aside = directory.path().join("aside/00000000000000000021.tail.1");
    assert_eq!(fs::read(aside).unwrap(), b"half a commit");
}

#[test]
fn a_changed_commit_with_others_behind_it_is_damage() {
    let directory = killed(4);
    let tail = only(directory.path().join("tail"));
    for at in [3, 30, 200] {
        change(&tail, at, |byte| byte ^ 1);
        let error = open_in(directory.path()).err().unwrap();
        assert!(matches!(error, Error::Damaged { sequence: 1, .. }), "{error}");
        change(&tail, at, |byte| byte ^ 1);
    }
    assert_eq!(open_in(directory.path()).unwrap().head(), head_after(40));
}

#[test]
fn a_changed_last_commit_is_damage_because_it_was_acknowledged() {
    let directory = killed(4);
    let tail = only(directory.path().join("tail"));
    let length = fs::metadata(&tail).unwrap().len();
    change(&tail, length - 5, |byte| byte ^ 1);
    let error = open_in(directory.path()).err().unwrap();
    assert!(matches!(error, Error::Damaged { sequence: 31, .. }), "{error}");
    File::options().write(true).open(&tail).unwrap().set_len(length / 2).unwrap();
    assert!(matches!(open_in(directory.path()), Err(Error::Damaged { .. })));
    // A torn or missing note asks for nothing: it may be older than the tail, never newer.
    fs::write(directory.path().join("witness"), [0; 700]).unwrap();
    assert_eq!(open_in(directory.path()).unwrap().head(), head_after(20));
}

#[test]
fn a_missing_file_is_damage_where_it_began() {
    let directory = killed(4);
    fs::remove_file(only(directory.path().join("tail"))).unwrap();
    assert!(matches!(open_in(directory.path()), Err(Error::Damaged { sequence: 1, .. })));
    let directory = closed(4);
    fs::remove_dir_all(only(directory.path().join("volumes"))).unwrap();
    assert!(matches!(open_in(directory.path()), Err(Error::Damaged { sequence: 1, .. })));
}

#[test]
fn every_changed_byte_of_a_volume_is_found() {
    let directory = closed(4);
    let volume = only(directory.path().join("volumes"));
    let mut files = vec![volume.join("index")];
    files.extend(
        names(volume.join("store"))
            .iter()
            .filter(|name| *name != "blobs")
            .map(|n| volume.join("store").join(n)),
    );
    assert!(files.len() >= 4, "{files:?}");
    for file in files {
        let length = fs::metadata(&file).unwrap().len();
        // All of what is short, and what lies around the blocks in sled's long file of zeros.
        for at in (0..length.min(400)).chain((400..length).step_by(100_003)) {
            change(&file, at, |byte| byte ^ 0x10);
            let found = match open_to_read(directory.path()) {
                Err(error) => matches!(error, Error::Damaged { sequence: 1, .. }),
                Ok(journal) => journal.verify(&mut |_| {}).unwrap().damage.is_some(),
            };
            assert!(found, "byte {at} of {}", file.display());
            change(&file, at, |byte| byte ^ 0x10);
        }
    }
    assert_eq!(open_to_read(directory.path()).unwrap().verify(&mut |_| {}).unwrap().damage, None);
}

#[test]
fn a_block_that_changed_in_a_volume_is_read_up_to() {
    let directory = tempfile::tempdir().unwrap();
    let journal = open_in(directory.path()).unwrap();
    let records: Vec<Bytes> = (0..1_500).map(|n| noise(n, 200)).collect();
    let decide = |r: &Bytes| Decision { records: vec![r.clone()], cursor: 0 };
    journal.append(&records.iter().map(decide).collect::<Vec<_>>()).unwrap();
    drop(journal);
    let journal = open_in(directory.path()).unwrap();
    let blocks = journal.read_blocks(0, usize::MAX).unwrap().blocks;
    let second = proto::block::Block::decode(&blocks[1]).unwrap().first_sequence();
    let db = only(directory.path().join("volumes")).join("store/db");
    let bytes = fs::read(&db).unwrap();
    // sled's file holds a block more than once: change every copy.
    for at in (0..bytes.len() - 64).filter(|&at| bytes[at..].starts_with(&blocks[1][..64])) {
        change(&db, at as u64 + 60, |byte| byte ^ 1);
    }
    let report = journal.verify(&mut |_| {}).unwrap();
    assert_eq!(report.damage.unwrap().place, Place::Sequence(second));
    assert_eq!(journal.read_from(0, 2_000).unwrap().records.len() as u64, second - 1);
    let error = journal.read_from(second - 1, 10).unwrap_err();
    assert!(matches!(error, Error::Damaged { sequence, .. } if sequence == second), "{error}");
    // The part behind the damage is still there for a salvage.
    assert_eq!(journal.read_from(1_495, 10).unwrap().records, records[1_495..]);
}

#[test]
fn a_file_among_the_blobs_is_told() {
    let directory = closed(2);
    fs::write(only(directory.path().join("volumes")).join("store/blobs/1"), "x").unwrap();
    let report = open_in(directory.path()).unwrap().verify(&mut |_| {}).unwrap();
    assert_eq!(report.damage.unwrap().place, Place::Store);
}

#[test]
fn what_a_merge_has_replaced_is_removed_at_the_next_start() {
    let directory = closed(2);
    let small = only(directory.path().join("volumes"));
    let kept = directory.path().join("kept");
    let copy = |from: &Path, to: &Path| {
        assert!(std::process::Command::new("cp").arg("-r").args([from, to]).status().unwrap().success());
    };
    copy(&small, &kept);
    open_in(directory.path()).unwrap().append(&group(21..=30)).unwrap();
    copy(&kept, &small);
    fs::remove_dir_all(&kept).unwrap();
    fs::create_dir_all(directory.path().join("volumes/building/store")).unwrap();
    assert_eq!(names(directory.path().join("volumes")).len(), 3);
    assert_eq!(open_in(directory.path()).unwrap().head(), head_after(30));
    only(directory.path().join("volumes"));
}

/// Counts calls, and fails them when told to.
#[derive(Default)]
struct Told {
    syncs: AtomicUsize,
    copies: AtomicUsize,
    fail_sync: AtomicBool,
    fail_append: AtomicBool,
    full: AtomicBool,
    fail_rename: AtomicBool,
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

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        Self::answer(&self.fail_rename, 5)?;
        SystemDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        SystemDisk.remove(path)
    }
}

fn open_told(directory: &Path, told: &Arc<Told>) -> Arc<dyn Journal> {
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
        assert!(matches!(&error, Error::ReadOnly(why) if why.contains("space")), "{error}");
    }
    assert_eq!((journal.head(), all(&*journal).len()), (durable, 50));
    told.full.store(false, Ordering::SeqCst);
    drop(journal);
    let journal = open_told(directory.path(), &told);
    assert_eq!(journal.append(&group(51..=60)).unwrap(), head_after(60));
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

#[test]
fn a_journal_in_memory_and_one_on_disk_agree() {
    let directory = closed(3);
    let memory = crate::in_memory();
    assert_eq!(memory.append(&group(1..=30)).unwrap(), open_in(directory.path()).unwrap().head());
    assert_ne!(memory.head(), Head::START);
}
