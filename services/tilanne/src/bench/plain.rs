//! The limit of the disk: a plain growing file, written, summed and synced as a journal must.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use crate::Error;

fn failed(source: std::io::Error) -> Error {
    Error::Io { doing: "writing the plain file", source }
}

/// Appends records in groups, each with its CRC and each group with one fdatasync. Returns records a second.
pub fn append<R: AsRef<[u8]>>(directory: &Path, records: &[R], group: usize) -> Result<f64, Error> {
    let mut file = File::create(directory.join("plain")).map_err(failed)?;
    let begun = Instant::now();
    let mut buffer = Vec::new();
    for records in records.chunks(group.max(1)) {
        buffer.clear();
        for record in records {
            let record = record.as_ref();
            buffer.extend_from_slice(&u32::try_from(record.len()).unwrap_or(u32::MAX).to_le_bytes());
            buffer.extend_from_slice(&crc32fast::hash(record).to_le_bytes());
            buffer.extend_from_slice(record);
        }
        file.write_all(&buffer).map_err(failed)?;
        file.sync_data().map_err(failed)?;
    }
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 records")]
    Ok(records.len() as f64 / begun.elapsed().as_secs_f64())
}

/// Reads the file back and checks every sum. Returns records a second.
pub fn scan(directory: &Path) -> Result<f64, Error> {
    let begun = Instant::now();
    let bytes = std::fs::read(directory.join("plain")).map_err(failed)?;
    let (mut rest, mut records) = (bytes.as_slice(), 0_u32);
    while let Some((head, tail)) = rest.split_first_chunk::<8>() {
        let [a, b, c, d, e, f, g, h] = *head;
        let length = u32::from_le_bytes([a, b, c, d]) as usize;
        let Some(record) = tail.get(..length) else { break };
        if crc32fast::hash(record) != u32::from_le_bytes([e, f, g, h]) {
            return Err(Error::Bad("the plain file is damaged".to_owned()));
        }
        rest = tail.get(length..).unwrap_or_default();
        records += 1;
    }
    Ok(f64::from(records) / begun.elapsed().as_secs_f64())
}
