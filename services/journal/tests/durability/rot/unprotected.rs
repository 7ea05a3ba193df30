//! The same rot with a protection off: what the checksum and the chain are for.

use bytes::Bytes;
use journal::{Head, in_memory};
use proto::block::{Block, ChainHash, Draft, Effort, chain, encode};

use crate::dice::Dice;
use crate::records::{Kind, group};

const MUTATIONS: usize = 200;
/// Where an envelope has its checksum, and where its payload begins.
const CHECKSUM: std::ops::Range<usize> = 14..18;

/// What a reader looks at.
#[derive(Debug, Clone, Copy)]
struct Reader {
    checksum: bool,
    chain: bool,
}

/// What became of the mutations.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    detected: usize,
    harmless: usize,
    silent: usize,
}

impl Reader {
    /// The records, or the sequence from which on nothing can be trusted.
    fn read(self, blocks: &[Bytes]) -> Result<Vec<Bytes>, u64> {
        let mut head = Head::START;
        let mut records = Vec::new();
        for stored in blocks {
            let at = head.sequence + 1;
            let stored = if self.checksum { stored.to_vec() } else { resealed(stored) };
            let block = Block::decode(&stored).map_err(|_| at)?;
            if block.first_sequence() != at || (self.chain && !block.follow(&head.hash)) {
                return Err(at);
            }
            head = Head { sequence: block.last_sequence(), hash: *block.head() };
            records.extend(block.records().map(Bytes::copy_from_slice));
        }
        Ok(records)
    }

    /// Reads what each of many mutations of one block leaves.
    fn survey(self, mutate: impl Fn(&[u8], &ChainHash, &mut Dice) -> Vec<u8>) -> Tally {
        let mut dice = Dice::thrown();
        let journal = in_memory();
        for _ in 0..6 {
            let after = journal.head().sequence;
            journal.append(&group(Kind::Random, dice.seed, after, 40, 0)).expect("appended");
        }
        let blocks = journal.read_blocks(0, usize::MAX).expect("blocks").blocks;
        let written = self.read(&blocks).expect("sound");
        let mut tally = Tally::default();
        for _ in 0..MUTATIONS {
            let mut spoilt = blocks.clone();
            // Not the last one: whether a whole log ends differently, only a head from elsewhere can tell.
            let at = dice.index(blocks.len() - 1);
            let before = match at.checked_sub(1).map(|before| Block::decode(&blocks[before])) {
                Some(block) => *block.expect("sound").head(),
                None => Head::START.hash,
            };
            spoilt[at] = mutate(&blocks[at], &before, &mut dice).into();
            match self.read(&spoilt) {
                Err(_) => tally.detected += 1,
                Ok(records) if records == written => tally.harmless += 1,
                Ok(_) => tally.silent += 1,
            }
        }
        tally
    }
}

/// A block with a checksum that fits its bytes, whatever they are.
fn resealed(stored: &[u8]) -> Vec<u8> {
    let mut block = stored.to_vec();
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(block.get(..CHECKSUM.start).unwrap_or_default());
    hasher.update(block.get(CHECKSUM.end..).unwrap_or_default());
    block.get_mut(CHECKSUM).expect("an envelope").copy_from_slice(&hasher.finalize().to_le_bytes());
    block
}

fn flip(stored: &[u8], _: &ChainHash, dice: &mut Dice) -> Vec<u8> {
    let mut bytes = stored.to_vec();
    let at = dice.between(CHECKSUM.end, bytes.len() - 1);
    bytes[at] ^= 1 << dice.index(8);
    bytes
}

/// The block with another record in it, its checksum and its head made to fit: only the next one can tell.
fn forge(stored: &[u8], before: &ChainHash, dice: &mut Dice) -> Vec<u8> {
    let block = Block::decode(stored).expect("sound");
    let mut records: Vec<Vec<u8>> = block.records().map(<[u8]>::to_vec).collect();
    let at = dice.index(records.len());
    records[at][0] ^= 1;
    let records: Vec<&[u8]> = records.iter().map(Vec::as_slice).collect();
    let head = records.iter().fold(*before, |head, record| chain(&head, record));
    let draft =
        Draft { first_sequence: block.first_sequence(), cursor: block.cursor(), head, records: &records };
    encode(&draft, Effort::Least).expect("a block")
}

#[test]
fn without_the_checksum_and_the_chain_flipped_bits_are_read_as_records() {
    let told = Reader { checksum: false, chain: false }.survey(flip);
    eprintln!("rot, no checksum and no chain: {told:?}");
    assert!(told.silent > 0);
    let told = Reader { checksum: true, chain: true }.survey(flip);
    eprintln!("rot, with both: {told:?}");
    assert_eq!((told.silent, told.harmless), (0, 0));
}

#[test]
fn without_the_checksum_the_chain_still_finds_flipped_bits() {
    let told = Reader { checksum: false, chain: true }.survey(flip);
    eprintln!("rot, no checksum: {told:?}");
    assert_eq!(told.silent, 0);
}

#[test]
fn without_the_chain_a_forged_block_is_read_as_it_stands() {
    let told = Reader { checksum: true, chain: false }.survey(forge);
    eprintln!("forged blocks, no chain: {told:?}");
    assert_eq!((told.detected, told.harmless), (0, 0));
    assert!(told.silent > 0);
    let told = Reader { checksum: true, chain: true }.survey(forge);
    eprintln!("forged blocks, with the chain: {told:?}");
    assert_eq!(told.silent, 0);
}
