//! Stores in pieces: what is recovered of them, and what is said of the rest.

use std::path::Path;

use proto::block::{ChainHash, Draft, Effort, NOTHING, chain, encode};

use super::*;

/// A block of these records from a sequence on, and the head after it.
fn block(first: u64, before: ChainHash, records: &[String]) -> (Vec<u8>, ChainHash) {
    let records: Vec<&[u8]> = records.iter().map(String::as_bytes).collect();
    let head = records.iter().fold(before, |head, record| chain(&head, record));
    let draft = Draft { first_sequence: first, cursor: 0, head, records: &records };
    (encode(&draft, Effort::Least).unwrap(), head)
}

fn records(from: u64, to: u64, world: &str) -> Vec<String> {
    (from..=to).map(|n| format!("{world} record {n} {}", "x".repeat(n as usize % 97))).collect()
}

/// Blocks of `each` records, one behind the other, from `first` to `last`.
fn run(first: u64, last: u64, each: u64, before: ChainHash, world: &str) -> Vec<(Vec<u8>, ChainHash)> {
    let mut head = before;
    let starts = (first..=last).step_by(each as usize);
    starts
        .map(|from| {
            let (bytes, after) = block(from, head, &records(from, last.min(from + each - 1), world));
            head = after;
            (bytes, after)
        })
        .collect()
}

fn bytes(run: &[(Vec<u8>, ChainHash)]) -> Vec<u8> {
    run.iter().flat_map(|(bytes, _)| bytes.iter().copied()).collect()
}

/// What comes out, as text, with the sequences that it had.
fn recovered(directory: &Path) -> (Vec<(u64, String)>, Findings, Salvage) {
    let salvage = Salvage::search(directory, &mut |_| {}).unwrap();
    let mut out = Vec::new();
    let findings = salvage.recover(&mut |Recovered { sequence, record, .. }| {
        out.push((sequence, String::from_utf8(record.to_vec()).unwrap()));
        ControlFlow::Continue(())
    });
    (out, findings.unwrap(), salvage)
}

fn told(from: u64, to: u64, world: &str) -> Vec<(u64, String)> {
    (from..=to).zip(records(from, to, world)).collect()
}

#[test]
fn copies_cut_otherwise_and_strewn_over_files_become_one_journal() {
    let place = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(place.path().join("a/b")).unwrap();
    let whole = run(1, 100, 10, NOTHING, "a");
    let wide = run(1, 60, 30, NOTHING, "a");
    let narrow = run(41, 100, 7, whole[3].1, "a");
    let garbage = [0x9f, b'T', b'K', b'B', 1, 1, 9, 9, 9].repeat(50);
    let strewn: Vec<u8> =
        whole.iter().rev().flat_map(|(bytes, _)| [&garbage[..7], bytes, &garbage].concat()).collect();
    std::fs::write(place.path().join("a/b/db"), strewn).unwrap();
    std::fs::write(place.path().join("a/tail"), bytes(&wide)).unwrap();
    std::fs::write(place.path().join("aside"), [bytes(&narrow), bytes(&whole)].concat()).unwrap();
    let (out, findings, salvage) = recovered(place.path());
    assert_eq!(out, told(1, 100, "a"));
    assert_eq!(findings, Findings { records: 100, last_sequence: 100, gaps: vec![], disputes: vec![] });
    assert_eq!((salvage.blocks(), salvage.copies()), (10 + 2 + 9, 10));
}

#[test]
fn what_is_destroyed_is_named_and_the_rest_recovered() {
    let place = tempfile::tempdir().unwrap();
    let mut blocks = run(1, 100, 10, NOTHING, "a");
    blocks[0].0[30] ^= 1;
    blocks[4].0.truncate(20);
    blocks[5].0.fill(0);
    std::fs::write(place.path().join("db"), bytes(&blocks)).unwrap();
    let (out, findings, _) = recovered(place.path());
    assert_eq!(out, [told(11, 40, "a"), told(61, 100, "a")].concat());
    assert_eq!(findings.gaps, [Gap { first: 1, last: 10 }, Gap { first: 41, last: 60 }]);
    assert_eq!((findings.records, findings.last_sequence, findings.disputes.len()), (70, 100, 0));
}

#[test]
fn of_two_that_disagree_the_one_that_the_chain_goes_on_from_is_kept_and_told() {
    let place = tempfile::tempdir().unwrap();
    let blocks = run(1, 50, 10, NOTHING, "a");
    // Written over the same sequences by another life of the store, and never acknowledged.
    let stale = block(31, blocks[2].1, &records(31, 45, "b"));
    // Of another store altogether.
    let strange = block(11, [9; 32], &records(11, 20, "c"));
    let file = [bytes(&blocks), stale.0, strange.0].concat();
    std::fs::write(place.path().join("db"), file).unwrap();
    let (out, findings, _) = recovered(place.path());
    assert_eq!(out, told(1, 50, "a"));
    assert!(findings.gaps.is_empty(), "{findings:?}");
    let places: Vec<_> = findings.disputes.iter().map(|it| (it.sequence, it.kept.is_some())).collect();
    assert_eq!(places, [(11, true), (31, true)], "{findings:?}");
}

#[test]
fn an_append_of_several_blocks_that_was_cut_off_does_not_end_the_recovery() {
    let place = tempfile::tempdir().unwrap();
    let blocks = run(1, 100, 10, NOTHING, "a");
    let stale = run(31, 50, 10, blocks[2].1, "b");
    std::fs::write(place.path().join("db"), [bytes(&stale), bytes(&blocks)].concat()).unwrap();
    let (out, findings, _) = recovered(place.path());
    assert_eq!(out, told(1, 100, "a"));
    assert!(findings.gaps.is_empty() && !findings.disputes.is_empty());
    assert!(findings.disputes.iter().all(|dispute| dispute.kept.is_some()), "{findings:?}");
}

#[test]
fn where_the_chain_cannot_tell_the_recovery_ends_and_says_so() {
    let place = tempfile::tempdir().unwrap();
    let blocks = run(1, 40, 10, NOTHING, "a");
    let other = block(31, blocks[2].1, &records(31, 44, "b"));
    std::fs::write(place.path().join("db"), [bytes(&blocks), other.0].concat()).unwrap();
    let (out, findings, _) = recovered(place.path());
    assert_eq!(out, told(1, 30, "a"));
    assert_eq!(findings.gaps, [Gap { first: 31, last: 44 }]);
    assert_eq!(findings.disputes.len(), 1);
    assert!(findings.disputes[0].kept.is_none() && findings.disputes[0].others.len() == 2);
}

#[test]
fn a_block_across_two_pieces_is_found_once() {
    const PIECE: usize = 4 * 1024 * 1024;
    let place = tempfile::tempdir().unwrap();
    let blocks = run(1, 30, 10, NOTHING, "a");
    let mut file = vec![0; PIECE - blocks[0].0.len() - 20];
    file.extend(bytes(&blocks));
    file.resize(3 * PIECE, 0x9f);
    std::fs::write(place.path().join("db"), file).unwrap();
    let (out, _, salvage) = recovered(place.path());
    assert_eq!(out, told(1, 30, "a"));
    assert_eq!((salvage.blocks(), salvage.copies()), (3, 0));
}

#[test]
fn nothing_comes_of_nothing() {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("db"), "9f54 TKB").unwrap();
    let (out, findings, _) = recovered(place.path());
    assert_eq!((out.len(), findings), (0, Findings::default()));
}

#[test]
fn a_store_of_the_first_format_is_recovered_with_its_cursor() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/format1");
    let place = tempfile::tempdir().unwrap();
    // sled's own header is gone, and with it everything that sled knows of the file.
    let mut db = std::fs::read(golden.join("db")).unwrap();
    let first = db.windows(4).position(|it| it == proto::block::MARK).unwrap();
    db[..first].fill(0);
    std::fs::write(place.path().join("db"), db).unwrap();
    let salvage = Salvage::search(place.path(), &mut |_| {}).unwrap();
    let (mut next, mut last) = (1, 0);
    let findings = salvage.recover(&mut |Recovered { sequence, cursor, record }| {
        assert_eq!((sequence, record), (next, &*crate::contract::record(next)));
        assert!((last..=sequence * 10).contains(&cursor), "{cursor} at {sequence}");
        (next, last) = (next + 1, cursor);
        ControlFlow::Continue(())
    });
    assert_eq!((findings.unwrap().records, last), (1_300, 13_000));
}
