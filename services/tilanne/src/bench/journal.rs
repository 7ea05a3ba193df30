//! The journal alone: durable appends of 200-byte records beside a plain file.

use std::time::Instant;

use bytes::Bytes;
use journal::Decision;

use super::plain;
use super::row::Row;
use crate::Error;

/// Bytes of a record.
const RECORD: usize = 200;
/// Group sizes, and how many records of each are appended: about a second's work each.
const GROUPS: [(usize, usize, &str); 3] = [
    (1_024, 200_000, "journal_append_1024"),
    (64, 20_000, "journal_append_64"),
    (1, 1_000, "journal_append_1"),
];

/// Appends a second at three sizes of group.
pub async fn journal() -> Result<Vec<Row>, Error> {
    let rows = GROUPS.map(|(group, records, name)| {
        tokio::task::spawn_blocking(move || {
            measure(group, &random(records)).map(|(value, plain)| {
                Row::beside(name, value, "records/s", "plain file, write + CRC + fdatasync a group", plain)
            })
        })
    });
    let mut found = Vec::new();
    for row in rows {
        found.push(row.await??);
    }
    Ok(found)
}

fn measure(group: usize, records: &[Vec<u8>]) -> Result<(f64, f64), Error> {
    let failed = |source| Error::Io { doing: "making a directory for the bench", source };
    let directory = tempfile::Builder::new().prefix(".tilanne-bench-").tempdir_in(".").map_err(failed)?;
    let journal = journal::open(&directory.path().join("journal"), &journal::Options::default())?;
    let begun = Instant::now();
    for records in records.chunks(group) {
        let decisions: Vec<Decision> = records
            .iter()
            .map(|record| Decision { records: vec![Bytes::copy_from_slice(record)], cursor: 0 })
            .collect();
        journal.append(&decisions)?;
    }
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 records")]
    let value = records.len() as f64 / begun.elapsed().as_secs_f64();
    Ok((value, plain::append(directory.path(), records, group)?))
}

/// Records that do not compress: the output of a cipher-like mixer from a fixed seed.
fn random(records: usize) -> Vec<Vec<u8>> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    (0..records).map(|_| (0..RECORD / 8).flat_map(|_| next()).collect()).collect()
}
