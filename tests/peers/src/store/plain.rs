//! The limit of the disk: a growing file.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read, Write};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use journal::Decision;

use super::{Reader, Sink, Store};
use crate::Error;
use crate::feeds::records;

/// Read at once: beyond this a scan gets no faster.
const READ: usize = 1024 * 1024;

/// Being written.
pub struct Plain {
    file: File,
    path: PathBuf,
    buffer: Vec<u8>,
}

impl Plain {
    /// Opens at the end.
    pub fn open(directory: &Path) -> Result<Self, Error> {
        let path = directory.join("plain");
        let file = File::options().create(true).append(true).open(&path).map_err(Error::file(&path))?;
        Ok(Self { file, path, buffer: Vec::new() })
    }
}

impl Store for Plain {
    fn append(&mut self, _: u64, group: &[Decision]) -> Result<(), Error> {
        self.buffer.clear();
        for record in records(group) {
            let length = u32::try_from(record.len()).unwrap_or(u32::MAX);
            self.buffer.extend_from_slice(&length.to_le_bytes());
            self.buffer.extend_from_slice(&crc32c::crc32c(record).to_le_bytes());
            self.buffer.extend_from_slice(record);
        }
        self.file
            .write_all(&self.buffer)
            .and_then(|()| self.file.sync_data())
            .map_err(Error::file(&self.path))
    }

    fn settle(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

/// Being read.
pub struct PlainReader {
    path: PathBuf,
}

impl PlainReader {
    /// Of a directory.
    pub fn new(directory: &Path) -> Self {
        Self { path: directory.join("plain") }
    }
}

impl Reader for PlainReader {
    fn scan(&self, range: RangeInclusive<u64>, sink: &mut Sink<'_>) -> Result<(), Error> {
        let file = File::open(&self.path).map_err(Error::file(&self.path))?;
        let mut file = BufReader::with_capacity(READ, file);
        let mut record = Vec::new();
        for sequence in 1..=*range.end() {
            let mut header = [0; 8];
            match file.read_exact(&mut header) {
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => break,
                read => read.map_err(Error::file(&self.path))?,
            }
            let [a, b, c, d, e, f, g, h] = header;
            record.resize(u32::from_le_bytes([a, b, c, d]) as usize, 0);
            file.read_exact(&mut record).map_err(Error::file(&self.path))?;
            if crc32c::crc32c(&record) != u32::from_le_bytes([e, f, g, h]) {
                return Err(Error::Wrong(format!("the plain file is damaged at record {sequence}")));
            }
            if range.contains(&sequence) {
                sink(&record)?;
            }
        }
        Ok(())
    }

    fn can_begin_anywhere(&self) -> bool {
        false
    }
}
