//! Whatever happened to a file: an error, no panic, and no memory for what it claims.

use proto::snapshot::{Error, MAX_BODY, read_boards, read_decisions};

use super::log::Log;
use super::story::*;

fn files() -> (Vec<u8>, Vec<u8>) {
    let mut log = Log::begun();
    log.hear(joined("17:00", "t", "kiire", Some("A")), at("17:00"));
    log.hear(on_duty("17:04", "laakari", 2), at("17:01"));
    log.put_away()
}

fn refused(decisions: &[u8], boards: &[u8], what: &str) {
    assert!(read_decisions(decisions).is_err(), "decisions, {what}");
    assert!(read_boards(boards).is_err(), "boards, {what}");
}

#[test]
fn each_flipped_byte_is_seen() {
    let (decisions, boards) = files();
    let flip = |file: &[u8], at: usize, mask: u8| {
        let mut other = file.to_vec();
        if let Some(byte) = other.get_mut(at) {
            *byte ^= mask;
        }
        other
    };
    for at in 0..decisions.len().min(boards.len()) {
        for mask in [0x01, 0x80, 0xff] {
            refused(
                &flip(&decisions, at, mask),
                &flip(&boards, at, mask),
                &format!("byte {at} ^ {mask:02x}"),
            );
        }
    }
}

#[test]
fn each_cut_and_each_tail_is_seen() {
    let (decisions, boards) = files();
    for length in 0..decisions.len().min(boards.len()) {
        refused(&decisions[..length], &boards[..length], &format!("cut to {length}"));
    }
    refused(&[&decisions[..], b"x"].concat(), &[&boards[..], b"x"].concat(), "a byte behind");
    refused(&[&decisions[..], &decisions[..]].concat(), &[&boards[..], &boards[..]].concat(), "twice");
    refused(&vec![0; 4_096], &vec![0; 4_096], "zeros");
}

#[test]
fn one_kind_is_not_taken_for_the_other() {
    let (decisions, boards) = files();
    assert_eq!(read_decisions(&boards).unwrap_err(), Error::Kind(2));
    assert_eq!(read_boards(&decisions).unwrap_err(), Error::Kind(1));
}

/// A file whose checksum fits and whose body does not: what only a wrong program writes.
fn sealed(mut file: Vec<u8>) -> Vec<u8> {
    file.truncate(file.len() - 32);
    let sum = blake3::hash(&file);
    file.extend_from_slice(sum.as_bytes());
    file
}

#[test]
fn a_body_that_is_none_is_refused_also_under_a_checksum_that_fits() {
    let (decisions, boards) = files();
    let mut newer = boards.clone();
    newer[4] = 2;
    assert_eq!(read_boards(&sealed(newer)).unwrap_err(), Error::Version(2));
    // Each byte of header and body: an error, or what it says, but nothing else.
    for file in [&decisions, &boards] {
        for at in 5..file.len() - 32 {
            for mask in [0x01, 0x80, 0xff] {
                let mut other = file.clone();
                other[at] ^= mask;
                let other = sealed(other);
                drop(read_decisions(&other));
                drop(read_boards(&other));
            }
        }
    }
    // A body that claims to be enormous once unpacked.
    let length_at = 4 + 1 + 1 + 8 + 32 + 2 + 16;
    let mut huge = boards.clone();
    huge[length_at..length_at + 8].copy_from_slice(&(MAX_BODY as u64 + 1).to_le_bytes());
    assert_eq!(read_boards(&sealed(huge)).unwrap_err(), Error::TooBig(MAX_BODY + 1));
}
