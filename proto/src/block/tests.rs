use super::{
    Block, ChainHash, Draft, Effort, Error, MAX_RAW, MAX_RECORDS, MAX_STORED, NOTHING, chain, encode, frames,
    outline,
};

const PLAIN: &[u8] = include_bytes!("../../golden/block/v1-plain.bin");
const ZSTD: &[u8] = include_bytes!("../../golden/block/v1-zstd.bin");

/// Few and unlike: not worth compressing. With an empty record, a NUL, non-UTF-8, and a length whose
/// varint takes three bytes.
fn unlike_records() -> Vec<Vec<u8>> {
    vec![b"a fact".to_vec(), Vec::new(), vec![0, 255, 128, 10], noise(7, 300)]
}

/// Many and alike.
fn alike_records() -> Vec<Vec<u8>> {
    let fact = |n: u32| format!(r#"{{"type":"queue.count","lane":"main","waiting":{n}}}"#).into_bytes();
    (0..40).map(fact).collect()
}

/// Bytes that do not compress: a fixed sequence for each seed.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}

fn head_of(records: &[Vec<u8>]) -> ChainHash {
    records.iter().fold(NOTHING, |head, record| chain(&head, record))
}

fn block_of(first_sequence: u64, cursor: u64, records: &[Vec<u8>], effort: Effort) -> Result<Vec<u8>, Error> {
    let slices: Vec<&[u8]> = records.iter().map(Vec::as_slice).collect();
    encode(&Draft { first_sequence, cursor, head: head_of(records), records: &slices }, effort)
}

fn plain() -> Vec<u8> {
    block_of(1_000_000, 7_777, &unlike_records(), Effort::Least).unwrap()
}

fn zstd() -> Vec<u8> {
    block_of(1, 0, &alike_records(), Effort::Thorough).unwrap()
}

#[test]
fn golden_blocks_of_version_1_decode_for_ever() {
    for (golden, first, cursor, records) in
        [(PLAIN, 1_000_000, 7_777, unlike_records()), (ZSTD, 1, 0, alike_records())]
    {
        let block = Block::decode(golden).unwrap();
        assert_eq!(block.first_sequence(), first);
        assert_eq!(block.last_sequence(), first + records.len() as u64 - 1);
        assert_eq!(block.cursor(), cursor);
        assert_eq!(block.records().collect::<Vec<_>>(), records);
        assert!(block.follow(&NOTHING));
    }
}

#[test]
fn encoding_gives_the_golden_bytes() {
    assert_eq!(plain(), PLAIN);
    // What zstd makes of a body may change with its version; the body may not.
    assert_eq!(outline(&zstd()).unwrap().raw, outline(ZSTD).unwrap().raw);
}

#[test]
fn only_what_stays_is_compressed_and_only_where_that_helps() {
    assert_eq!((plain()[5], zstd()[5]), (0, 1));
    assert_eq!(block_of(1, 0, &alike_records(), Effort::Least).unwrap()[5], 0);
    assert_eq!(block_of(1, 0, &[noise(1, 20_000)], Effort::Thorough).unwrap()[5], 0);
    let raw: usize = alike_records().iter().map(Vec::len).sum();
    assert!(zstd().len() < raw / 2);
}

#[test]
fn the_chain_starts_from_zero_and_covers_order_and_content() {
    let first: ChainHash = *blake3::hash(&[&[0; 32][..], b"one"].concat()).as_bytes();
    assert_eq!(chain(&NOTHING, b"one"), first);
    let second: ChainHash = *blake3::hash(&[&first[..], b"two"].concat()).as_bytes();
    assert_eq!(chain(&first, b"two"), second);
    let mut records = alike_records();
    let block = Block::decode(&zstd()).unwrap();
    records.swap(3, 4);
    assert_ne!(*block.head(), head_of(&records));
    assert!(!block.follow(&first));
}

#[test]
fn every_truncation_and_every_longer_form_is_an_error() {
    for block in [plain(), zstd()] {
        for end in 0..block.len() {
            assert!(Block::decode(&block[..end]).is_err(), "{end} of {} bytes decoded", block.len());
        }
        let longer = [block.as_slice(), &[0]].concat();
        let end = block.len();
        assert_eq!(Block::decode(&longer).unwrap_err(), Error::Overlong { end, found: end + 1 });
    }
}

#[test]
fn every_flipped_bit_is_an_error() {
    for block in [plain(), zstd()] {
        for bit in 0..block.len() * 8 {
            let mut changed = block.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(Block::decode(&changed).is_err(), "bit {bit} changed and nobody noticed");
        }
    }
}

#[test]
fn a_swapped_or_zeroed_stretch_is_an_error() {
    for block in [plain(), zstd()] {
        for start in 0..block.len() {
            for length in [1, 4, 16, 64] {
                let end = block.len().min(start + length);
                let mut zeroed = block.clone();
                zeroed[start..end].fill(0);
                let mut turned = block.clone();
                turned[start..end].reverse();
                for changed in [zeroed, turned].into_iter().filter(|changed| *changed != block) {
                    assert!(Block::decode(&changed).is_err(), "bytes {start}..{end} changed unnoticed");
                }
            }
        }
    }
}

/// With a checksum made to fit, so that the layers behind it are reached: an error or a block, but no
/// panic and no allocation beyond the limits.
#[test]
fn rubbish_behind_a_good_checksum_never_panics() {
    for (seed, block) in [plain(), zstd()].into_iter().cycle().take(20_000).enumerate() {
        let dice = noise(seed as u64, 8);
        let mut changed = block;
        for pair in dice.chunks_exact(2).take(1 + seed % 4) {
            // Spares the lengths at 6..14: those are the next test's.
            let at = 18 + usize::from(pair[0]) * (changed.len() - 18) / 256;
            changed[at] = pair[1];
        }
        let _ = Block::decode(&with_good_checksum(changed));
    }
}

#[test]
fn lengths_beyond_the_limits_are_refused_before_anything_is_allocated() {
    for (at, length) in [(6, u32::MAX), (6, MAX_STORED as u32), (10, u32::MAX), (10, MAX_RAW as u32 + 1)] {
        let mut block = zstd();
        block[at..at + 4].copy_from_slice(&length.to_le_bytes());
        let error = Block::decode(&with_good_checksum(block)).unwrap_err();
        assert!(matches!(error, Error::Length { at: found, .. } if found == at), "{error}");
    }
}

#[test]
fn a_payload_that_decompresses_to_another_length_is_refused() {
    for raw in [1_u32, 100_000] {
        let mut block = zstd();
        block[10..14].copy_from_slice(&raw.to_le_bytes());
        let error = Block::decode(&with_good_checksum(block)).unwrap_err();
        assert!(matches!(error, Error::Decompress(_)), "{error}");
    }
}

#[test]
fn a_newer_version_or_codec_is_named() {
    let mut block = plain();
    block[4] = 2;
    assert_eq!(Block::decode(&with_good_checksum(block)).unwrap_err(), Error::UnknownVersion(2));
    let mut block = plain();
    block[5] = 9;
    assert_eq!(Block::decode(&with_good_checksum(block)).unwrap_err(), Error::UnknownCodec(9));
}

fn with_good_checksum(mut block: Vec<u8>) -> Vec<u8> {
    let checksum = crc32fast::hash(&[&block[..14], &block[18..]].concat());
    block[14..18].copy_from_slice(&checksum.to_le_bytes());
    block
}

#[test]
fn records_are_found_by_their_sequence() {
    let block = Block::decode(&plain()).unwrap();
    assert_eq!(block.shared(1_000_003).unwrap(), noise(7, 300));
    assert_eq!(block.shared(1_000_004), None);
    assert_eq!(block.shared(999_999), None);
    let from: Vec<u64> = block.records_from(1_000_002).map(|(sequence, _)| sequence).collect();
    assert_eq!(from, [1_000_002, 1_000_003]);
    assert_eq!(block.records_from(0).count(), 4);
    assert_eq!(block.records_from(u64::MAX).count(), 0);
}

#[test]
fn a_draft_that_no_decoder_would_take_is_refused() {
    let none: Error = block_of(1, 0, &[], Effort::Least).unwrap_err();
    assert_eq!(none, Error::Records { first: 1, records: 0 });
    assert!(matches!(block_of(0, 0, &[vec![1]], Effort::Least), Err(Error::Records { first: 0, .. })));
    assert!(matches!(block_of(u64::MAX, 0, &[vec![1]], Effort::Least), Err(Error::Records { .. })));
    let many = vec![Vec::new(); MAX_RECORDS + 1];
    assert!(matches!(block_of(1, 0, &many, Effort::Least), Err(Error::Records { .. })));
    let most = block_of(1, 0, &many[1..], Effort::Least).unwrap();
    assert_eq!(Block::decode(&most).unwrap().count(), MAX_RECORDS);
}

#[test]
fn a_block_is_never_stored_above_the_limit() {
    let full = |length: usize| block_of(1, 0, &[noise(1, length)], Effort::Least);
    let fits = full(MAX_STORED - 18 - 38).unwrap();
    assert!(fits.len() <= MAX_STORED && fits.len() > MAX_STORED - 8);
    assert!(matches!(full(MAX_STORED), Err(Error::TooMuchStored { .. })));
    assert!(matches!(full(MAX_RAW + 1), Err(Error::TooMuchRaw { .. })));
}

#[test]
fn what_is_too_big_to_be_stored_plain_is_compressed_until_it_fits() {
    // Half noise, then the same again: only a window of a higher level sees the repetition.
    let half = noise(3, 50_000);
    let words: Vec<u8> = (0..60_000_u32)
        .flat_map(|n| format!("{:05x} ", n.wrapping_mul(40_503) % 4_096).into_bytes())
        .collect();
    let records = vec![half.clone(), words, half];
    let block = block_of(1, 0, &records, Effort::Least).unwrap();
    assert!(block.len() <= MAX_STORED);
    assert_eq!(Block::decode(&block).unwrap().records().collect::<Vec<_>>(), records);
}

#[test]
fn a_run_of_blocks_is_cut_where_they_meet() {
    let run = [plain(), zstd(), plain()].concat();
    let cut: Vec<&[u8]> = frames(&run).map(Result::unwrap).collect();
    assert_eq!(cut, [plain(), zstd(), plain()]);
    let mut torn = frames(&run[..run.len() - 1]);
    assert!(matches!(torn.by_ref().last(), Some(Err(Error::CutOff { .. }))));
    assert!(torn.next().is_none());
    assert_eq!(frames(&[]).count(), 0);
}
