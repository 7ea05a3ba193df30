//! The journal alone: durable appends of 200-byte records beside a plain file. The same beside other
//! stores, on real events too: `tests/peers`.

use std::time::Instant;

use bytes::Bytes;
use journal::Decision;

use super::plain;
use super::row::Row;
use crate::Error;

/// Bytes of a record.
const RECORD: usize = 200;
/// Records that differ; after them they come again, far beyond what compression looks back.
const DIFFERENT: usize = 102_400;
/// Group sizes, and how many records of each are appended: about a second's work each.
const GROUPS: [(usize, usize, [&str; 2]); 3] = [
    (1_024, 819_200, ["journal_append_1024", "journal_settled_1024"]),
    (64, 64_000, ["journal_append_64", "journal_settled_64"]),
    (1, 2_000, ["journal_append_1", "journal_settled_1"]),
];

/// Appends a second at three sizes of group: until the last receipt, and until all of it is bound and the
/// journal closed.
pub async fn journal() -> Result<Vec<Row>, Error> {
    let different = random(DIFFERENT);
    let mut found = Vec::new();
    for (group, records, [appended, settled]) in GROUPS {
        let records: Vec<Bytes> = different.iter().cycle().take(records).cloned().collect();
        let measured = tokio::task::spawn_blocking(move || measure(group, &records)).await??;
        let (receipts, all, plain) = measured;
        let beside = "plain file, write + CRC + fdatasync a group";
        found.push(Row::beside(appended, receipts, "records/s", beside, plain));
        found.push(Row::beside(settled, all, "records/s", beside, plain));
    }
    Ok(found)
}

/// Records a second until the last receipt, until the journal is closed, and of the plain file.
fn measure(group: usize, records: &[Bytes]) -> Result<(f64, f64, f64), Error> {
    let failed = |source| Error::Io { doing: "making a directory for the bench", source };
    let directory = tempfile::Builder::new().prefix(".tilanne-bench-").tempdir_in(".").map_err(failed)?;
    let journal = journal::open(&directory.path().join("journal"), &journal::Options::default())?;
    let begun = Instant::now();
    for records in records.chunks(group) {
        let decisions: Vec<Decision> =
            records.iter().map(|record| Decision { records: vec![record.clone()], cursor: 0 }).collect();
        journal.append(&decisions)?;
    }
    let receipts = begun.elapsed().as_secs_f64();
    journal.settle()?;
    drop(journal);
    let all = begun.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 records")]
    let count = records.len() as f64;
    Ok((count / receipts, count / all, plain::append(directory.path(), records, group)?))
}

/// Records that do not compress: the output of a cipher-like mixer from a fixed seed.
fn random(records: usize) -> Vec<Bytes> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    (0..records).map(|_| (0..RECORD / 8).flat_map(|_| next()).collect()).collect()
}
