//! Bytes and files that are not what was written.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;

use bytes::Bytes;

use super::*;
use crate::Place;

fn change(path: &Path, at: u64, change: impl FnOnce(u8) -> u8) {
    let file = OpenOptions::new().read(true).write(true).open(path).unwrap();
    let mut byte = [0];
    file.read_exact_at(&mut byte, at).unwrap();
    file.write_all_at(&[change(byte[0])], at).unwrap();
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
    File::options().write(true).open(&tail).unwrap().set_len(3 * length / 5).unwrap();
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
