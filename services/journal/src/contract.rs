//! The promise as tests. Every implementation runs all of them: `contract_suite!(name, fixture)`, where
//! the fixture is made anew for each test and gives an empty journal.

mod records;

use bytes::Bytes;
use proto::block::{Block, MAX_STORED, NOTHING, chain};

pub(crate) use self::records::{all, decision, group, head_after, noise, record};
use crate::{Decision, Error, Head, Journal, Page, Place, Progress};

macro_rules! contract_suite {
    ($name:ident, $fixture:expr) => {
        mod $name {
            crate::contract::contract_suite!(@tests $fixture;
                an_empty_journal_stands_at_the_start,
                records_come_back_in_order_with_their_heads,
                the_head_covers_records_and_not_how_they_were_grouped,
                a_page_can_begin_and_end_anywhere,
                blocks_cover_what_follows_and_say_the_same,
                a_run_of_blocks_is_bounded_by_bytes,
                the_records_of_a_decision_stay_in_one_block,
                records_that_do_not_compress_stay_below_the_stored_limit,
                a_big_decision_is_stored_if_it_compresses,
                a_decision_that_can_not_be_stored_changes_nothing,
                a_group_that_is_too_big_changes_nothing,
                a_decision_without_records_only_moves_the_cursor,
                the_tail_tells_each_waiting_reader,
                a_sound_journal_verifies_with_progress_to_its_end,
                stat_counts_what_was_appended,
                readers_beside_a_writer_see_whole_prefixes,
            );
        }
    };
    (@tests $fixture:expr; $($test:ident),+ $(,)?) => {
        $(#[test]
        fn $test() {
            let fixture = $fixture;
            crate::contract::$test(&*fixture.journal);
        })+
    };
}
pub(crate) use contract_suite;

pub(crate) fn an_empty_journal_stands_at_the_start(journal: &dyn Journal) {
    assert_eq!(journal.head(), Head::START);
    assert_eq!(journal.cursor(), 0);
    assert_eq!(*journal.tail().borrow(), Head::START);
    let page = journal.read_from(0, 10).unwrap();
    assert_eq!(page, Page { before: Head::START, records: vec![], journal: Head::START });
    assert!(journal.read_blocks(0, 1 << 20).unwrap().blocks.is_empty());
    assert_eq!(journal.append(&[]).unwrap(), Head::START);
    assert_eq!(journal.verify(&mut |_| {}).unwrap().damage, None);
    let stat = journal.stat().unwrap();
    assert_eq!((stat.facts, stat.blocks, stat.first_sequence), (0, 0, None));
}

pub(crate) fn records_come_back_in_order_with_their_heads(journal: &dyn Journal) {
    let mut done = 0;
    for size in [1, 2, 700, 1, 64, 1_500] {
        let head = journal.append(&group(done + 1..=done + size)).unwrap();
        done += size;
        assert_eq!(head, head_after(done));
        assert_eq!(journal.head(), head);
        assert_eq!(journal.cursor(), done * 10);
    }
    assert_eq!(all(journal), (1..=done).map(record).collect::<Vec<_>>());
    let page = journal.read_from(600, 200).unwrap();
    let (last, _) = page.heads().last().unwrap();
    assert_eq!((page.before, last, page.last_sequence()), (head_after(600), head_after(800), 800));
}

pub(crate) fn the_head_covers_records_and_not_how_they_were_grouped(journal: &dyn Journal) {
    let mut hash = NOTHING;
    for n in 1..=900 {
        hash = chain(&hash, &record(n));
    }
    journal.append(&group(1..=900)).unwrap();
    let one_by_one = crate::in_memory();
    for n in 1..=900 {
        one_by_one.append(&group(n..=n)).unwrap();
    }
    assert_eq!(journal.head(), Head { sequence: 900, hash });
    assert_eq!(one_by_one.head(), journal.head());
}

pub(crate) fn a_page_can_begin_and_end_anywhere(journal: &dyn Journal) {
    journal.append(&group(1..=1_300)).unwrap();
    for after in [0, 1, 511, 512, 513, 1_024, 1_298, 1_299] {
        for max in [0, 1, 2, 511, 512, 513, 5_000] {
            let page = journal.read_from(after, max).unwrap();
            let until = 1_300.min(after + max as u64);
            assert_eq!(page.records, (after + 1..=until).map(record).collect::<Vec<_>>(), "{after} {max}");
            assert_eq!(page.before, head_after(after));
            assert_eq!(page.journal, head_after(1_300));
        }
    }
    for beyond in [1_300, 1_301, u64::MAX] {
        assert!(journal.read_from(beyond, 10).unwrap().records.is_empty());
        assert!(journal.read_blocks(beyond, 10).unwrap().blocks.is_empty());
    }
}

pub(crate) fn blocks_cover_what_follows_and_say_the_same(journal: &dyn Journal) {
    journal.append(&group(1..=1_300)).unwrap();
    let mut head = Head::START;
    let mut seen = Vec::new();
    while head.sequence < 1_300 {
        for bytes in journal.read_blocks(head.sequence, 1).unwrap().blocks {
            let block = Block::decode(&bytes).unwrap();
            assert_eq!(block.first_sequence(), head.sequence + 1);
            assert!(block.follow(&head.hash));
            seen.extend(block.records().map(Bytes::copy_from_slice));
            head = Head { sequence: block.last_sequence(), hash: *block.head() };
        }
    }
    assert_eq!((head, seen), (journal.head(), all(journal)));
    // From the middle of a block: the block that holds it comes whole.
    let middle = journal.read_blocks(5, 1).unwrap();
    assert_eq!(Block::decode(&middle.blocks[0]).unwrap().first_sequence(), 1);
}

pub(crate) fn a_run_of_blocks_is_bounded_by_bytes(journal: &dyn Journal) {
    let group: Vec<Decision> = (0..50).map(|n| decision(&[noise(n, 50_000)], 0)).collect();
    journal.append(&group).unwrap();
    let run = journal.read_blocks(0, 210_000).unwrap().blocks;
    assert_eq!(run.len(), 4);
    assert_eq!(journal.read_blocks(0, 0).unwrap().blocks.len(), 1);
    assert_eq!(journal.read_blocks(0, usize::MAX).unwrap().blocks.len(), 50);
}

pub(crate) fn the_records_of_a_decision_stay_in_one_block(journal: &dyn Journal) {
    let sizes = [300, 300, 1, 700, 513, 2, 511];
    let mut n = 0;
    let mut ends = vec![];
    let mut group = vec![];
    for size in sizes {
        group.push(Decision { records: (n + 1..=n + size).map(record).collect(), cursor: 0 });
        n += size;
        ends.push(n);
    }
    journal.append(&group).unwrap();
    for bytes in journal.read_blocks(0, usize::MAX).unwrap().blocks {
        assert!(ends.contains(&Block::decode(&bytes).unwrap().last_sequence()));
    }
    assert_eq!(all(journal), (1..=n).map(record).collect::<Vec<_>>());
}

pub(crate) fn records_that_do_not_compress_stay_below_the_stored_limit(journal: &dyn Journal) {
    let group: Vec<Decision> = (0..1_024).map(|n| decision(&[noise(n, 200)], n)).collect();
    journal.append(&group).unwrap();
    let blocks = journal.read_blocks(0, usize::MAX).unwrap().blocks;
    assert!(blocks.iter().all(|block| block.len() <= MAX_STORED));
    assert!(blocks.len() <= 20, "{} blocks for 205 kB", blocks.len());
}

pub(crate) fn a_big_decision_is_stored_if_it_compresses(journal: &dyn Journal) {
    let big = format!("[{}]", r#"{"id":"a-station","name":{"fi":"Asema"}},"#.repeat(40_000));
    assert!(big.len() > 1_500_000);
    journal.append(&[decision(&["before"], 1), decision(&[&big], 2), decision(&["after"], 3)]).unwrap();
    assert_eq!(all(journal), ["before", &big, "after"]);
}

pub(crate) fn a_decision_that_can_not_be_stored_changes_nothing(journal: &dyn Journal) {
    journal.append(&group(1..=3)).unwrap();
    let refused = journal.append(&[decision(&["small"], 1), decision(&[noise(1, 70_000)], 2)]);
    assert!(matches!(refused, Err(Error::DecisionTooBig { index: 1, .. })), "{refused:?}");
    assert_eq!((journal.head(), journal.cursor()), (head_after(3), 30));
    assert_eq!(journal.append(&group(4..=4)).unwrap(), head_after(4));
    assert_eq!(all(journal), (1..=4).map(record).collect::<Vec<_>>());
}

pub(crate) fn a_group_that_is_too_big_changes_nothing(journal: &dyn Journal) {
    let wide = Bytes::from(vec![b'a'; 1_000_000]);
    let group = vec![Decision { records: vec![wide], cursor: 0 }; 20];
    assert!(matches!(journal.append(&group), Err(Error::GroupTooBig { .. })));
    assert_eq!(journal.head(), Head::START);
    assert_eq!(journal.append(&group[..5]).unwrap().sequence, 5);
}

pub(crate) fn a_decision_without_records_only_moves_the_cursor(journal: &dyn Journal) {
    let nothing = |cursor| Decision { records: vec![], cursor };
    assert_eq!(journal.append(&[nothing(5)]).unwrap(), Head::START);
    assert_eq!(journal.cursor(), 0);
    let mut mixed = vec![nothing(6)];
    mixed.extend(group(1..=1));
    mixed.extend([nothing(11), nothing(12)]);
    assert_eq!(journal.append(&mixed).unwrap(), head_after(1));
    assert_eq!(journal.cursor(), 12);
    let last = journal.read_blocks(0, 1).unwrap().blocks.remove(0);
    assert_eq!(Block::decode(&last).unwrap().cursor(), 12);
}

pub(crate) fn the_tail_tells_each_waiting_reader(journal: &dyn Journal) {
    let mut tails = [journal.tail(), journal.tail()];
    assert!(tails.iter().all(|tail| !tail.has_changed().unwrap()));
    let head = journal.append(&group(1..=2)).unwrap();
    for tail in &mut tails {
        assert!(tail.has_changed().unwrap());
        assert_eq!(*tail.borrow_and_update(), head);
    }
    journal.append(&[]).unwrap();
    assert!(!tails[0].has_changed().unwrap());
}

pub(crate) fn a_sound_journal_verifies_with_progress_to_its_end(journal: &dyn Journal) {
    journal.append(&group(1..=1_300)).unwrap();
    let mut seen = Vec::new();
    let report = journal.verify(&mut |progress| seen.push(progress)).unwrap();
    assert_eq!((report.sound, report.damage), (head_after(1_300), None));
    assert_eq!(seen.len() as u64, report.blocks);
    assert!(seen.is_sorted_by_key(|progress| progress.sequence));
    assert_eq!(seen.last(), Some(&Progress { sequence: 1_300, of: 1_300 }));
}

pub(crate) fn stat_counts_what_was_appended(journal: &dyn Journal) {
    journal.append(&group(1..=1_300)).unwrap();
    let stat = journal.stat().unwrap();
    let bytes: usize = (1..=1_300).map(|n| record(n).len()).sum();
    assert_eq!((stat.facts, stat.first_sequence, stat.head), (1_300, Some(1), head_after(1_300)));
    assert_eq!(stat.cursor, 13_000);
    assert!(stat.raw_bytes > bytes as u64 && stat.raw_bytes < bytes as u64 + 1_300 * 3 + stat.blocks * 60);
    // What is appended is stored plain; what is bound is packed.
    assert!(stat.stored_bytes < stat.raw_bytes + stat.blocks * 20, "{stat:?}");
    let blocks = journal.read_blocks(0, usize::MAX).unwrap().blocks;
    assert_eq!(stat.blocks, blocks.len() as u64);
    assert_eq!(stat.stored_bytes, blocks.iter().map(|block| block.len() as u64).sum::<u64>());
}

pub(crate) fn readers_beside_a_writer_see_whole_prefixes(journal: &dyn Journal) {
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut head = Head::START;
                while head.sequence < 2_000 {
                    let page = journal.read_from(head.sequence, 333).unwrap();
                    assert_eq!(page.before, head);
                    assert!(page.last_sequence() <= page.journal.sequence);
                    head = page.heads().last().map_or(head, |(head, _)| head);
                }
                assert_eq!(head, journal.head());
                assert_eq!(journal.verify(&mut |_| {}).unwrap().damage, None);
            });
        }
        for n in 0..200 {
            journal.append(&group(n * 10 + 1..=n * 10 + 10)).unwrap();
        }
    });
}

/// Not part of the suite: what damage to a stored block must look like. Each implementation says how to
/// put `bytes` in the place of the block with key `key`.
pub(crate) fn damage_is_found_where_it_is(
    journal: &dyn Journal,
    key: u64,
    wreck: impl FnOnce(Bytes) -> Option<Bytes>,
    replace: impl FnOnce(u64, Option<Bytes>),
) {
    let stored = journal.read_blocks(key - 1, 1).unwrap().blocks.remove(0);
    replace(key, wreck(stored));
    let report = journal.verify(&mut |_| {}).unwrap();
    assert_eq!(report.damage.unwrap().place, Place::Sequence(key));
    assert_eq!(report.sound, head_after(key - 1));
    // What lies before it can be read, and the reader is told where that ends.
    let page = journal.read_from(0, 10_000).unwrap();
    assert_eq!(page.records.len() as u64, key - 1);
    let error = journal.read_from(key - 1, 10).unwrap_err();
    assert!(matches!(error, Error::Damaged { sequence, .. } if sequence == key), "{error}");
}
