//! On a disk only: reopening, binding, locks, damage, calls that fail, and the first format.

mod binding;
mod claims;
mod damage;
mod ends;
mod failing;
mod upgrade;

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tempfile::TempDir;

use super::*;
use crate::contract::{all, contract_suite, group, head_after, noise, record};
use crate::{Decision, Head, Journal};
use failing::{Told, open_told};

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
    Options { bind_bytes: 1, give_way: Duration::ZERO, ..Options::default() }
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
    let store = sled::Config::new().path(volume.join("store")).segment_size(1 << 20).open().unwrap();
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
    let open = fs::read_dir("/proc/self/fd").unwrap().flatten().flat_map(|file| fs::read_link(file.path()));
    let volumes = directory.path().canonicalize().unwrap().join("volumes");
    assert_eq!(open.filter(|file| file.starts_with(&volumes)).count(), 3, "one file a volume is open");
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

#[test]
fn a_journal_in_memory_and_one_on_disk_agree() {
    let directory = closed(3);
    let memory = crate::in_memory();
    assert_eq!(memory.append(&group(1..=30)).unwrap(), open_in(directory.path()).unwrap().head());
    assert_ne!(memory.head(), Head::START);
}

#[test]
fn who_reads_while_it_is_bound_sees_every_record_in_order() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options { bind_blocks: 6, give_way: Duration::ZERO, ..Options::default() };
    let journal = open(directory.path(), &options).unwrap();
    let mut volumes = HashSet::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 1..=1_500 {
                journal.append(&group(n..=n)).unwrap();
            }
        });
        let mut turn = 0;
        while journal.head().sequence < 1_500 {
            let head = journal.head().sequence;
            turn += 1;
            volumes.extend(
                fs::read_dir(directory.path().join("volumes")).unwrap().flatten().map(|v| v.file_name()),
            );
            let after = head.saturating_sub(turn % 40);
            let page = journal.read_from(after, 1_000).unwrap();
            assert_eq!(page.records, (after + 1..=page.last_sequence()).map(record).collect::<Vec<_>>());
            let mut next = None;
            for bytes in journal.read_blocks(after, 1 << 20).unwrap().blocks {
                let block = proto::block::Block::decode(&bytes).unwrap();
                assert!(next.is_none_or(|next| next == block.first_sequence()), "{next:?} was skipped");
                next = Some(block.last_sequence() + 1);
            }
        }
    });
    assert!(volumes.len() > 3, "binding went on beside the reading: {volumes:?}");
}
