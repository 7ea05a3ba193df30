//! Which situations of the past lie beside a snapshot of boards, each in a file of its own.
//!
//! Such a file is true only for those who have the same facts: what comes in late makes those of later moments untrue.
//! So none of them counts unless the list that was written with a snapshot names it.

use ::situation::time::Instant;
use bincode::{BorrowDecode, Encode};

use super::envelope::{Kind, Opened, open, seal};
use super::{Error, Stand, body_error, v1};

/// The list of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptList {
    /// Facts between two of them, as was aimed at.
    pub spacing: u64,
    /// In the order of their places.
    pub entries: Vec<KeptEntry>,
}

/// A situation of the past that lies in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptEntry {
    /// After which fact, by event time and sequence.
    pub place: (Instant, u64),
    /// The newest fact that was known when it was folded, in it or not.
    pub known: u64,
    /// The first eight bytes of the chain's head there: journals that differ have files of other names.
    pub mark: u64,
    /// The file's length in bytes.
    pub bytes: u64,
}

/// Columns, of which those of places are differences from the one before.
#[derive(Encode, BorrowDecode)]
struct Columns {
    spacing: u64,
    times: Vec<i64>,
    sequences: Vec<i64>,
    known: Vec<u64>,
    marks: Vec<u64>,
    bytes: Vec<u64>,
}

/// The list's file, for the snapshot that stands there.
///
/// # Errors
/// [`Error::TooBig`].
pub fn write_kept(list: &KeptList, stand: &Stand) -> Result<Vec<u8>, Error> {
    let KeptList { spacing, entries } = list;
    let mut columns = Columns {
        spacing: *spacing,
        times: vec![],
        sequences: vec![],
        known: vec![],
        marks: vec![],
        bytes: vec![],
    };
    let mut before = (0, 0);
    for KeptEntry { place, known, mark, bytes } in entries {
        let place = (place.0.as_micros(), place.1.cast_signed());
        columns.times.push(place.0.wrapping_sub(before.0));
        columns.sequences.push(place.1.wrapping_sub(before.1));
        columns.known.push(*known);
        columns.marks.push(*mark);
        columns.bytes.push(*bytes);
        before = place;
    }
    seal(Kind::Kept, stand, &v1::encode(&columns)?)
}

/// Reads a list, and says of which snapshot it is.
///
/// # Errors
/// Whatever is wrong with it first.
pub fn read_kept(file: &[u8]) -> Result<(Stand, KeptList), Error> {
    let Opened { version: _, stand, body } = open(Kind::Kept, file)?;
    let Columns { spacing, times, sequences, known, marks, bytes } = v1::decode(&body)?;
    if [sequences.len(), known.len(), marks.len(), bytes.len()] != [times.len(); 4] {
        return Err(body_error("its columns differ in length"));
    }
    let mut place = (0_i64, 0_i64);
    let rows = times.into_iter().zip(sequences).zip(known).zip(marks).zip(bytes);
    let entries = rows.map(|((((time, sequence), known), mark), bytes)| {
        place = (place.0.wrapping_add(time), place.1.wrapping_add(sequence));
        KeptEntry { place: (Instant::from_micros(place.0), place.1.cast_unsigned()), known, mark, bytes }
    });
    Ok((stand, KeptList { spacing, entries: entries.collect() }))
}

#[cfg(test)]
mod tests {
    use super::super::read_boards;
    use super::*;

    #[test]
    fn a_list_comes_back_as_it_was_and_a_damaged_one_does_not() {
        let entry = |time, sequence, known, bytes| KeptEntry {
            place: (Instant::from_micros(time), sequence),
            known,
            mark: known.wrapping_mul(0x9e37_79b9_7f4a_7c15),
            bytes,
        };
        // Late facts have low times and high sequences.
        let entries = vec![entry(-5, 9, 12, 100), entry(7, 3, 900, 0), entry(7, 800, 901, u64::MAX)];
        let list = KeptList { spacing: 2_048, entries };
        let stand = Stand { epoch: "01J".to_owned(), sequence: 950, head: [7; 32] };
        let file = write_kept(&list, &stand).unwrap();
        assert_eq!(read_kept(&file), Ok((stand, list)));
        for at in 0..file.len() {
            let mut damaged = file.clone();
            damaged[at] ^= 0x10;
            assert!(read_kept(&damaged).is_err(), "byte {at}");
            assert!(read_kept(&file[..at]).is_err(), "cut at {at}");
        }
        assert_eq!(read_boards(&file).unwrap_err(), Error::Kind(3), "it is no snapshot");
    }
}
