//! Marks of a leg: what people had been told at some of its facts, each sealed like a snapshot, one behind the other.
//!
//! A mark is `sequence: u64 | length: u32 | snapshot`, little-endian, in the order of the sequences: whoever looks for one
//! passes over the others.

use ::situation::board::BoardsState;

use super::{Error, Projection, Stand, body_error, read_boards, write_boards};
use crate::block::ChainHash;

/// The file of marks, each with the chain's head at its fact.
///
/// # Errors
/// [`Error::TooBig`].
pub fn write_marks<'a>(
    marks: impl IntoIterator<Item = (&'a BoardsState, &'a ChainHash)>,
) -> Result<Vec<u8>, Error> {
    let mut file = Vec::new();
    for (told, head) in marks {
        let projection = Projection { boards: told.clone(), ..Projection::default() };
        let mark = write_boards(&projection, head)?;
        let length = u32::try_from(mark.len()).map_err(|_too_long| Error::TooBig(mark.len()))?;
        file.extend_from_slice(&told.sequence.to_le_bytes());
        file.extend_from_slice(&length.to_le_bytes());
        file.extend_from_slice(&mark);
    }
    Ok(file)
}

/// The last mark of a file at a fact or before it, if there is one.
///
/// # Errors
/// Whatever is wrong with the file as far as it is read.
pub fn read_mark(file: &[u8], sequence: u64) -> Result<Option<(Stand, BoardsState)>, Error> {
    let cut = || body_error("it ends within a mark");
    let (mut rest, mut found) = (file, None);
    while !rest.is_empty() {
        let (at, behind) = rest.split_first_chunk::<8>().ok_or_else(cut)?;
        let (length, behind) = behind.split_first_chunk::<4>().ok_or_else(cut)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).map_err(body_error)?;
        let (mark, behind) = behind.split_at_checked(length).ok_or_else(cut)?;
        if u64::from_le_bytes(*at) > sequence {
            break;
        }
        (found, rest) = (Some((u64::from_le_bytes(*at), mark)), behind);
    }
    let Some((at, mark)) = found else { return Ok(None) };
    let (stand, Projection { boards, .. }) = read_boards(mark)?;
    if stand.sequence != at {
        return Err(body_error("a mark stands elsewhere than the file says"));
    }
    Ok(Some((stand, boards)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(sequence: u64) -> BoardsState {
        BoardsState { sequence, ..BoardsState::default() }
    }

    #[test]
    fn the_last_mark_before_a_fact_is_found_and_a_file_that_was_cut_says_so() {
        let heads = [[1; 32], [2; 32], [3; 32]];
        let states = [told(256), told(512), told(768)];
        let file = write_marks(states.iter().zip(&heads)).unwrap();
        let found =
            |sequence| read_mark(&file, sequence).unwrap().map(|(stand, told)| (stand.head, told.sequence));
        assert_eq!(found(255), None);
        assert_eq!(found(256), Some(([1; 32], 256)));
        assert_eq!(found(767), Some(([2; 32], 512)));
        assert_eq!(found(5_000), Some(([3; 32], 768)));
        for end in [1, 11, 40, file.len() - 1] {
            assert!(read_mark(&file[..end], 5_000).is_err(), "{end}");
        }
        let mut other = file.clone();
        other[0] ^= 1;
        assert!(read_mark(&other, 256).is_err() || read_mark(&other, 256).unwrap().is_none());
        assert!(read_mark(&other, 300).is_err());
    }
}
